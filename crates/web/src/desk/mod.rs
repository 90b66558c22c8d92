//! The desk: where the community is run.

use crate::routes::Routes;

pub(crate) fn routes() -> Routes {
    Routes::new()
}
