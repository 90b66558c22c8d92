//! The desk: where the community is run.

mod canned_replies;
mod inbox;
pub(crate) mod metrics;
mod settings;
mod styleguide;
mod team;
mod today;

use crate::routes::Routes;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .and(today::routes())
        .and(inbox::routes())
        .and(canned_replies::routes())
        .and(metrics::routes())
        .and(team::routes())
        .and(settings::routes())
        .and(styleguide::routes())
}
