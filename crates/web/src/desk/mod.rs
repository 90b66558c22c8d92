//! The desk: where the community is run.

mod canned_replies;
pub(crate) mod conflicts;
mod guidelines;
mod inbox;
mod insights;
mod judgement;
pub(crate) mod metrics;
pub(crate) mod moderation;
mod proposals;
pub(crate) mod raids;
mod reviews;
mod rules;
mod settings;
mod styleguide;
mod team;
mod today;

use mainstreet_desk::signals::lists;
use mainstreet_kernel::Result;

use crate::request::Cx;
use crate::routes::Routes;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .and(today::routes())
        .and(inbox::routes())
        .and(canned_replies::routes())
        .and(guidelines::routes())
        .and(moderation::routes())
        .and(conflicts::routes())
        .and(raids::routes())
        .and(rules::routes())
        .and(proposals::routes())
        .and(insights::routes())
        .and(metrics::routes())
        .and(reviews::routes())
        .and(judgement::routes())
        .and(team::routes())
        .and(settings::routes())
        .and(styleguide::routes())
}

impl Cx {
    /// How many items wait for the viewer: the number in the navigation of the desk. Nothing waits for readers.
    pub(crate) async fn waiting(&self) -> Result<i64> {
        let viewer = self.reads_figures()?;
        if !viewer.role.is_staff() {
            return Ok(0);
        }
        let me = viewer.person;
        self.read(move |tx| lists::waiting(tx, me)).await
    }
}

/// The part of a version's name that tells it from others.
pub(crate) fn version_label(name: &str) -> &str {
    judgement::local(name)
}

/// A word with its first letter in capitals, for labels.
pub(crate) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
