//! Where a theme may go from where it stands.

use mainstreet_kernel::{Error, Result};

use super::model::Status;

impl Status {
    /// What comes next, likeliest first.
    pub fn next(self) -> &'static [Status] {
        match self {
            Self::Open => &[Self::Shared, Self::Accepted, Self::Declined],
            Self::Shared => &[Self::Accepted, Self::Declined, Self::Open],
            Self::Accepted => &[Self::Shipped, Self::Declined, Self::Open],
            Self::Declined => &[Self::Told, Self::Open],
            Self::Shipped => &[Self::Told, Self::Accepted, Self::Open],
            Self::Told => &[Self::Open],
        }
    }

    /// In a sentence.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Shared => "Shared with those who decide",
            Self::Accepted => "Accepted",
            Self::Declined => "Declined",
            Self::Shipped => "Shipped",
            Self::Told => "Askers told",
        }
    }

    /// True when those who asked can be told how it ended.
    pub fn can_be_told(self) -> bool {
        matches!(self, Self::Accepted | Self::Declined | Self::Shipped | Self::Told)
    }
}

/// May a theme go from one status to another?
///
/// # Errors
/// `Conflict` with what it may become instead.
pub(super) fn may_move(from: Status, to: Status) -> Result<()> {
    if from.next().contains(&to) {
        return Ok(());
    }
    let words: Vec<&str> = from.next().iter().map(|status| status.as_str()).collect();
    Err(Error::conflict(format!(
        "It is {} now, and can become {}. Somebody may have moved it on a moment ago: look at its history.",
        from.as_str(),
        words.join(" or ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_goes_from_asked_to_told() {
        for (from, to, may) in [
            (Status::Open, Status::Shared, true),
            (Status::Shared, Status::Accepted, true),
            (Status::Accepted, Status::Shipped, true),
            (Status::Shipped, Status::Told, true),
            (Status::Declined, Status::Told, true),
            (Status::Open, Status::Shipped, false),
            (Status::Open, Status::Told, false),
            (Status::Told, Status::Shipped, false),
            (Status::Shared, Status::Shared, false),
        ] {
            assert_eq!(may_move(from, to).is_ok(), may, "{from} {to}");
        }
        assert!(Status::ALL.iter().all(|status| !status.next().is_empty()));
    }
}
