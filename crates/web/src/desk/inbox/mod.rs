//! The inbox: what needs a decision, the conversation around it, and what can be done. Every list and every item
//! has an address; every act is a form.

mod acts;
mod bulk;
mod composition;
mod draft;
mod page;
mod reading;
mod show;
mod words;

use crate::routes::Routes;

pub(super) use words::{Line, lines};

pub(crate) fn routes() -> Routes {
    let acts = Routes::new().and(acts::routes()).and(bulk::routes()).and(composition::routes());
    Routes::new().and(show::routes()).and(acts).and(draft::routes())
}
