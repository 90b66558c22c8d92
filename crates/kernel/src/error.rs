//! One error type with two texts: what a person may read, and what the log keeps.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// Shorthand used by every crate of the workspace.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in the words a caller can act on. `web` maps each to one status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request makes no sense as it stands (422).
    Invalid,
    /// There is no such thing, or the asker may not know that there is (404).
    NotFound,
    /// It was here and has been taken away for good or for now (410).
    Gone,
    /// The asker may see it but not do this (403).
    Forbidden,
    /// Somebody must sign in first (401).
    SignIn,
    /// Somebody else was faster, or the thing is in a state that does not allow it (409).
    Conflict,
    /// Too many requests of this sort; try again later (429).
    TooMany,
    /// Something we need does not answer just now; trying again may help (503).
    Unavailable,
    /// A defect or a broken environment (500). The safe text never carries detail.
    Internal,
}

/// A failure: its [`Kind`], a sentence that may be shown to anyone, and the cause for the log.
pub struct Error {
    /// What the caller can act on.
    pub kind: Kind,
    /// A full sentence that says what to do next. Safe to show to anyone.
    pub safe: Cow<'static, str>,
    /// The cause; only ever logged.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error whose safe text is `safe`.
    pub fn new(kind: Kind, safe: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, safe: safe.into(), source: None }
    }

    /// The request makes no sense as it stands.
    pub fn invalid(safe: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Invalid, safe)
    }

    /// There is no such thing (or the asker may not know).
    pub fn not_found(safe: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::NotFound, safe)
    }

    /// The asker may not do this.
    pub fn forbidden(safe: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Forbidden, safe)
    }

    /// It was here and was taken away.
    pub fn gone(safe: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Gone, safe)
    }

    /// Somebody else was faster, or the state does not allow it.
    pub fn conflict(safe: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Conflict, safe)
    }

    /// A defect or broken environment; `source` goes to the log, the asker reads a constant text.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            kind: Kind::Internal,
            safe: Cow::Borrowed("Something went wrong on our side."),
            source: Some(source.into()),
        }
    }

    /// Something we need does not answer just now.
    pub fn unavailable(
        safe: impl Into<Cow<'static, str>>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { kind: Kind::Unavailable, safe: safe.into(), source: Some(source.into()) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.safe)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.safe)?;
        // A cause often says what happened only in its own cause: a database's error is "db error" to begin with.
        let mut cause = std::error::Error::source(self);
        while let Some(why) = cause {
            write!(f, " ({why})")?;
            cause = why.source();
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Mistakes in a form, by field name. A mistake is a page, not an error: the form is shown again with what
/// was typed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct FieldErrors(pub BTreeMap<&'static str, String>);

impl FieldErrors {
    /// Notes one mistake; the first one for a field stays.
    pub fn add(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.entry(field).or_insert_with(|| message.into());
    }

    /// The mistake noted for `field`, or nothing.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    /// True when the form may be acted on.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
