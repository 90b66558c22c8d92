//! Where the files of an export lie: in its zip, or in a folder it was unpacked into.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use mainstreet_kernel::{Error, Result};

use crate::archive::{self, Progress};

/// An export, opened.
pub(super) enum Export {
    /// The zip as Slack gives it.
    Zip {
        /// The open zip.
        zip: Box<zip::ZipArchive<BufReader<File>>>,
        /// What stands before every name when the export was packed with its folder.
        prefix: String,
    },
    /// The folder that holds `users.json`.
    Folder(PathBuf),
}

impl Export {
    /// Opens the export at `path`.
    ///
    /// # Errors
    /// `NotFound`, `Unavailable`, or `Invalid` when it is something else.
    pub(super) fn open(path: &Path) -> Result<Self> {
        if path.is_dir() {
            let files =
                archive::files(path, &|file| file.file_name().is_some_and(|name| name == "channels.json"))?;
            let root =
                files.iter().min_by_key(|file| file.components().count()).and_then(|file| file.parent());
            return root.map(|root| Self::Folder(root.to_owned())).ok_or_else(|| not_slack(path));
        }
        archive::files(path, &|_| true)?;
        let file = File::open(path).map_err(|error| archive::unreadable(path, error))?;
        let zip = zip::ZipArchive::new(BufReader::new(file)).map_err(|_| not_slack(path))?;
        let lists = zip.file_names().flatten().filter(|name| name.ends_with("channels.json"));
        let list = lists.min_by_key(|name| name.len()).ok_or_else(|| not_slack(path))?;
        let prefix = list.trim_end_matches("channels.json").to_owned();
        Ok(Self::Zip { zip: Box::new(zip), prefix })
    }

    /// Names of all files, from the export's root, sorted.
    pub(super) fn names(&self) -> Result<Vec<String>> {
        let mut names: Vec<String> = match self {
            Self::Zip { zip, prefix } => {
                let names = zip.file_names().flatten();
                names.filter_map(|name| name.strip_prefix(prefix.as_str()).map(str::to_owned)).collect()
            }
            Self::Folder(root) => archive::files(root, &|_| true)?
                .iter()
                .filter_map(|file| file.strip_prefix(root).ok())
                .map(|file| file.to_string_lossy().replace('\\', "/"))
                .collect(),
        };
        names.retain(|name| name.ends_with(".json"));
        names.sort();
        Ok(names)
    }

    /// Bytes of `name` as it lies on disk; 0 when it is not there.
    pub(super) fn size(&mut self, name: &str) -> u64 {
        match self {
            Self::Zip { zip, prefix } => {
                zip.by_name(&format!("{prefix}{name}")).map_or(0, |file| file.compressed_size())
            }
            Self::Folder(root) => std::fs::metadata(root.join(name)).map_or(0, |about| about.len()),
        }
    }

    /// Gives the bytes of `name` to `visit`; does nothing when there is no such file.
    pub(super) fn with(
        &mut self,
        name: &str,
        progress: &Progress,
        visit: &mut dyn FnMut(&mut dyn std::io::BufRead) -> Result<()>,
    ) -> Result<()> {
        let size = self.size(name);
        match self {
            Self::Zip { zip, prefix } => match zip.by_name(&format!("{prefix}{name}")) {
                Ok(file) => visit(&mut BufReader::new(file))?,
                Err(zip::result::ZipError::FileNotFound) => return Ok(()),
                Err(error) => {
                    return Err(Error::invalid(format!(
                        "'{name}' in the zip cannot be unpacked ({error}). Download the export again."
                    )));
                }
            },
            Self::Folder(root) => {
                let path = root.join(name);
                if !path.exists() {
                    return Ok(());
                }
                let file = File::open(&path).map_err(|error| archive::unreadable(&path, error))?;
                visit(&mut BufReader::new(file))?;
            }
        }
        progress.add(size);
        Ok(())
    }

    /// A whole small file, such as a list of channels; nothing when it is absent.
    pub(super) fn whole(&mut self, name: &str, limit: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.with(name, &Progress::default(), &mut |input| {
            input
                .take(limit)
                .read_to_end(&mut bytes)
                .map(drop)
                .map_err(|error| Error::invalid(format!("'{name}' cannot be read ({error}).")))
        })?;
        Ok(bytes)
    }
}

fn not_slack(path: &Path) -> Error {
    Error::invalid(format!(
        "'{}' is not a Slack export: it has no channels.json. Give the zip that Slack made, or the folder it was unpacked into.",
        path.display()
    ))
}
