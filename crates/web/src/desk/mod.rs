//! The desk: where the community is run.

pub(crate) mod metrics;
mod styleguide;

use crate::routes::Routes;

pub(crate) fn routes() -> Routes {
    Routes::new().and(metrics::routes()).and(styleguide::routes())
}
