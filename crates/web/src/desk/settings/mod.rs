//! How the place and the desk work: what the community is called, who answers for what, and until when.

mod drafting;
mod general;
mod meaning;
mod owners;
mod targets;
mod webhooks;

use crate::routes::Routes;

pub(crate) fn routes() -> Routes {
    general::routes()
        .and(owners::routes())
        .and(targets::routes())
        .and(webhooks::routes())
        .and(drafting::routes())
        .and(meaning::routes())
}
