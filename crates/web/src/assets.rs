//! Style sheet, scripts and pictures: embedded, named by a hash of their content, cached for ever.

use std::sync::LazyLock;

use crate::pages::Stored;

const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The folder all assets are served from.
pub(crate) const FOLDER: &str = concat!("/assets/", env!("MAINSTREET_ASSETS_HASH"), "/");

/// Value of the header that names which pages a browser may make ready before they are asked for.
pub(crate) const SPECULATION: &str =
    concat!("\"/assets/", env!("MAINSTREET_ASSETS_HASH"), "/speculation.json\"");

/// Address of the style sheet.
pub(crate) fn css() -> &'static str {
    concat!("/assets/", env!("MAINSTREET_ASSETS_HASH"), "/app.css")
}

/// Address of the script every page may load.
pub(crate) fn js() -> &'static str {
    concat!("/assets/", env!("MAINSTREET_ASSETS_HASH"), "/app.js")
}

static STORED: LazyLock<Vec<(String, Stored)>> = LazyLock::new(|| {
    FILES
        .iter()
        .map(|(name, bytes)| {
            let kind = match name.rsplit('.').next() {
                Some("css") => "text/css; charset=utf-8",
                Some("js") => "text/javascript; charset=utf-8",
                Some("svg") => "image/svg+xml",
                Some("json") => "application/speculationrules+json",
                Some("png") => "image/png",
                _ => "application/octet-stream",
            };
            let stored = Stored::new(kind, bytes, "public, max-age=31536000, immutable");
            stored.pack_smaller();
            (format!("{FOLDER}{name}"), stored)
        })
        .collect()
});

/// The asset at `path`, ready to send.
pub(crate) fn find(path: &str) -> Option<&'static Stored> {
    STORED.iter().find(|(name, _)| name == path).map(|(_, stored)| stored)
}
