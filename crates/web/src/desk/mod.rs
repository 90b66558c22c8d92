//! The desk: where the community is run.

pub(crate) mod metrics;
mod settings;
mod styleguide;
mod team;

use crate::routes::Routes;

pub(crate) fn routes() -> Routes {
    Routes::new().and(metrics::routes()).and(team::routes()).and(settings::routes()).and(styleguide::routes())
}
