//! The place, as members see it.

pub(crate) mod accounts;
mod sign_in;
mod sign_up;
mod your_settings;

use mainstreet_kernel::Error;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::Page;

pub(crate) fn routes() -> Routes {
    Routes::new().and(sign_in::routes()).and(sign_up::routes()).and(your_settings::routes())
}

/// Any path that no page has.
pub(crate) async fn missing(_cx: Cx) -> Page {
    Err(Error::not_found("There is nothing at this address. It may have moved: try the search."))
}
