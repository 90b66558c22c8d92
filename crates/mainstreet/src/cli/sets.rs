//! Reading a labelled set, a folder of logs or an archive of pages as one text: for training, and for the bench.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

/// A file's text; the pages of an archive, or the logs of a folder each after a line with its name, in order of names.
pub(crate) fn contents(path: &Path) -> std::io::Result<String> {
    if path.is_dir() {
        return logs(path);
    }
    let archive = path.extension().is_some_and(|ending| ending == "zst");
    if archive { unpacked(path) } else { std::fs::read_to_string(path) }
}

fn logs(folder: &Path) -> std::io::Result<String> {
    let mut logs = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name =
            path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".raw.txt"));
        if let Some(name) = name {
            logs.insert(name.to_owned(), String::from_utf8_lossy(&std::fs::read(&path)?).into_owned());
        }
    }
    Ok(logs
        .into_iter()
        .map(|(name, log)| format!("==> {name} <==\n{}\n", log.trim_end_matches('\n')))
        .collect())
}

fn unpacked(path: &Path) -> std::io::Result<String> {
    let mut archive = tar::Archive::new(zstd::Decoder::new(std::fs::File::open(path)?)?);
    let mut pages = BTreeMap::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = entry.path()?.into_owned();
        if name.extension().is_some_and(|ending| ending == "html") {
            let mut page = String::new();
            entry.read_to_string(&mut page)?;
            pages.insert(name, page);
        }
    }
    Ok(pages.into_values().collect())
}
