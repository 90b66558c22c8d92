//! Forms with a file: the same bound, the same token, and nothing is kept on disk.

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::header;
use bytes::Bytes;
use mainstreet_kernel::{Error, Result};

use crate::cookies;
use crate::request::Cx;

/// No form with a file is longer than this.
pub(crate) const MOST: usize = 2 << 20;
/// Parts of such a form.
const PARTS: usize = 50;

/// A form with files, after its token was checked.
#[derive(Debug, Default)]
pub(crate) struct Upload {
    fields: HashMap<String, String>,
    files: HashMap<String, (String, Bytes)>,
}

impl Upload {
    /// What was typed into a field; empty when there is none.
    pub(crate) fn field(&self, name: &str) -> String {
        self.fields.get(name).cloned().unwrap_or_default()
    }

    /// The name and text of a file that was chosen; nothing: none was.
    ///
    /// # Errors
    /// `Invalid` when it is no text in UTF-8.
    pub(crate) fn text(&self, name: &str) -> Result<Option<(String, String)>> {
        let Some((name, bytes)) = self.files.get(name).filter(|(_, bytes)| !bytes.is_empty()) else {
            return Ok(None);
        };
        match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => {
                Ok(Some((name.clone(), text.trim_start_matches('\u{feff}').to_owned())))
            }
            _ => Err(Error::invalid(format!(
                "{name} is not a text in UTF-8. Export it as text, or save it with the encoding UTF-8, and choose it again."
            ))),
        }
    }
}

/// True when a body is a form with files, as its header says.
pub(crate) fn is_upload(kind: Option<&str>) -> bool {
    kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data"))
}

impl Cx {
    /// The fields and files of a form with files, after its token was checked.
    pub(crate) async fn upload(&self) -> Result<Upload> {
        if !is_upload(self.header("content-type")) {
            return Ok(Upload { fields: self.form()?, files: HashMap::new() });
        }
        let broken = || Error::invalid("This form could not be read. Go back and send it again.");
        let kind = self.header("content-type").unwrap_or_default().to_owned();
        let request =
            Request::builder().header(header::CONTENT_TYPE, kind).body(Body::from(self.body.clone()));
        let request = request.map_err(|_| broken())?;
        let mut parts = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
        let mut upload = Upload::default();
        while let Some(part) = parts.next_field().await.map_err(|_| broken())? {
            if upload.fields.len() + upload.files.len() >= PARTS {
                return Err(broken());
            }
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(|file| mainstreet_kernel::text::excerpt(file, 80));
            let bytes = part.bytes().await.map_err(|_| broken())?;
            match file {
                Some(file) => drop(upload.files.insert(name, (file, bytes))),
                None => {
                    let text = String::from_utf8(bytes.to_vec()).map_err(|_| broken())?;
                    upload.fields.insert(name, text);
                }
            }
        }
        if cookies::same(&upload.field("csrf"), &self.csrf()) {
            return Ok(upload);
        }
        Err(Error::forbidden(
            "This form is too old, or came from another site. Go back, load the page again, and send it once more.",
        ))
    }
}
