//! Channels and archives of other places, one folder each, turned into [`mainstreet_kernel::channel::Incoming`].
//!
//! **Invariant:** knows `kernel` and nothing of the database, the community or the desk. What is read here may
//! be broken or hostile: a record that cannot be read is reported and the rest goes on.

mod archive;
mod discourse;
mod markup;
mod slack;

use std::path::PathBuf;
use std::str::FromStr;

use mainstreet_kernel::channel::{Incoming, Skipped};
use mainstreet_kernel::{Error, Result};

pub use archive::Progress;

/// The archive formats that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Post or topic objects of the Discourse API ([help](https://meta.discourse.org/), `discourse/help.md`).
    Discourse,
    /// A Slack export (`slack/help.md`).
    Slack,
}

impl Format {
    /// Every format, in the order of the help text.
    pub const ALL: &'static [Self] = &[Self::Discourse, Self::Slack];

    /// The word used on the command line and stored as the kind of the account.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Discourse => "discourse",
            Self::Slack => "slack",
        }
    }

    /// What a file of this format may be, for people who are about to look for one.
    pub fn help(self) -> &'static str {
        match self {
            Self::Discourse => include_str!("discourse/help.md"),
            Self::Slack => include_str!("slack/help.md"),
        }
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.iter().copied().find(|format| format.as_str() == text).ok_or_else(|| {
            Error::invalid(format!(
                "'{text}' is not a format that can be imported. Choose discourse or slack."
            ))
        })
    }
}

/// One thing found in an archive.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Something to take in.
    Incoming(Incoming),
    /// A record that could not be read.
    Skipped(Skipped),
    /// A record that is deliberately not taken in; the words name its kind and are counted.
    Left(&'static str),
    /// Something that the archive should hold and does not; the words name its kind and are counted.
    Gap(&'static str),
}

/// Reads the archive at `paths` from start to end and gives `each` what it finds, in an order that the intake
/// can work with. Memory does not grow with the length of the archive, except for people and spaces.
///
/// # Errors
/// What `each` returns; `NotFound`, `Unavailable` or `Invalid` when a path is not there, cannot be read or is
/// not of this format at all.
pub fn read(
    format: Format,
    paths: &[PathBuf],
    progress: &Progress,
    each: &mut dyn FnMut(Found) -> Result<()>,
) -> Result<()> {
    match format {
        Format::Discourse => discourse::read(paths, progress, each),
        Format::Slack => slack::read(paths, progress, each),
    }
}
