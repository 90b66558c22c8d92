//! A model on disk: the net, what cuts its texts, and what its makers allow.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use mainstreet_kernel::{Error, Result};
use sha2::{Digest as _, Sha256};

/// Largest net that is read, in bytes.
pub(crate) const NET: u64 = 600 << 20;
/// Largest tokenizer that is read, in bytes.
const TOKENIZER: u64 = 32 << 20;
/// As much of a model card as is looked at, in bytes.
const CARD: u64 = 256 << 10;

/// The two files of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The net, as ONNX.
    pub net: PathBuf,
    /// `tokenizer.json`, or a list of word pieces (`vocab.txt`).
    pub tokenizer: PathBuf,
}

impl Files {
    /// The model `net` with the tokenizer that was named, or else the one that stands beside it. Errors: a file is
    /// not there.
    pub fn find(net: &Path, tokenizer: Option<&Path>) -> Result<Self> {
        if !net.is_file() {
            return Err(Error::invalid(format!("There is no file {}. Name an .onnx file.", net.display())));
        }
        let beside = |name: &str| Some(net.parent()?.join(name)).filter(|path| path.is_file());
        let above = |name: &str| Some(net.parent()?.parent()?.join(name)).filter(|path| path.is_file());
        let found = match tokenizer {
            Some(path) if path.is_file() => Some(path.to_owned()),
            Some(path) => {
                return Err(Error::invalid(format!("There is no tokenizer {}.", path.display())));
            }
            None => {
                ["tokenizer.json", "vocab.txt"].iter().find_map(|name| beside(name).or_else(|| above(name)))
            }
        };
        let tokenizer = found.ok_or_else(|| {
            Error::invalid(
                "Neither tokenizer.json nor vocab.txt stands beside the model. Name its tokenizer with --tokenizer FILE.",
            )
        })?;
        Ok(Self { net: net.to_owned(), tokenizer })
    }

    /// True when the tokenizer is a plain list of words.
    pub fn is_plain(&self) -> bool {
        self.tokenizer.extension().is_some_and(|ending| ending == "txt")
    }

    pub(crate) fn read(&self) -> Result<(Vec<u8>, String, bool)> {
        let net = bounded(&self.net, NET)?;
        let tokenizer = String::from_utf8(bounded(&self.tokenizer, TOKENIZER)?)
            .map_err(|_| Error::invalid(format!("{} is not a text file.", self.tokenizer.display())))?;
        Ok((net, tokenizer, self.is_plain()))
    }
}

/// The bytes of a file that is no larger than `most`.
fn bounded(path: &Path, most: u64) -> Result<Vec<u8>> {
    let cannot = |cause: std::io::Error| Error::invalid(format!("Cannot read {}: {cause}.", path.display()));
    let file = std::fs::File::open(path).map_err(cannot)?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > most {
        return Err(Error::invalid(format!(
            "{} is larger than {} MB. Take a smaller model: 20 to 120 MB are common.",
            path.display(),
            most >> 20
        )));
    }
    Ok(bytes)
}

/// The checksum of a file (SHA-256, hexadecimal) and its length in bytes.
pub fn sha256(path: &Path) -> Result<(String, u64)> {
    let bytes = bounded(path, NET)?;
    let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((digest, bytes.len() as u64))
}

/// What a model's makers allow, and where that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    /// Its name, such as `apache-2.0`.
    pub name: String,
    /// The file that says so.
    pub from: String,
}

/// Looks for the licence in the files that commonly stand beside a model: the head of its card, or a file of its own.
pub fn licence(net: &Path) -> Option<Licence> {
    let near = net.parent().into_iter().chain(net.parent().and_then(Path::parent));
    for folder in near {
        for name in ["README.md", "MODEL_CARD.md", "model_card.md", "modelcard.md"] {
            let Some(text) = beginning(&folder.join(name)) else { continue };
            if let Some(licence) = in_head(&text) {
                return Some(Licence { name: licence, from: name.to_owned() });
            }
        }
        for name in ["LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "COPYING"] {
            let Some(text) = beginning(&folder.join(name)) else { continue };
            if let Some(line) = text.lines().map(str::trim).find(|line| !line.is_empty()) {
                return Some(Licence { name: clean(line), from: name.to_owned() });
            }
        }
    }
    None
}

fn beginning(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok()?.take(CARD).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The licence in the fields at the head of a model card: `license: apache-2.0` between two lines `---`.
fn in_head(card: &str) -> Option<String> {
    let mut lines = card.trim_start_matches('\u{feff}').lines();
    if lines.next()?.trim() != "---" {
        return None;
    }
    let fields = lines.take_while(|line| line.trim() != "---");
    let found =
        fields.filter_map(|line| line.strip_prefix("license:").or(line.strip_prefix("licence:"))).next()?;
    let name = clean(found.trim().trim_matches(['"', '\'']));
    (!name.is_empty()).then_some(name)
}

/// A name that can be shown: one line, no control characters, not endless.
fn clean(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(80).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_read_from_the_head_of_a_card() {
        for (card, expect) in [
            ("---\nlanguage: en\nlicense: apache-2.0\n---\n# A model", Some("apache-2.0")),
            ("---\nlicense: \"mit\"\n---", Some("mit")),
            ("# A model\nlicense: mit", None),
            ("---\ntags: x\n---\nlicense: mit", None),
            ("---\nlicense:\n---", None),
            ("", None),
        ] {
            assert_eq!(in_head(card).as_deref(), expect, "{card}");
        }
    }
}
