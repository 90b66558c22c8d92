//! Looking: a list, and an item in it.

use mainstreet_desk::signals::lists::Filter;
use mainstreet_kernel::id::{CannedReplyId, SignalId};
use serde::Deserialize;

use super::page::{Wanted, draw};
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::Page;

pub(super) fn routes() -> Routes {
    Routes::new().get("/desk/inbox", list).get("/desk/inbox/{id}", item)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    list: Option<String>,
    page: Option<usize>,
    canned: Option<CannedReplyId>,
}

fn wanted(cx: &Cx, item: Option<SignalId>) -> mainstreet_kernel::Result<Wanted> {
    let asked = cx.query::<Asked>()?;
    let usual = if cx.staff().is_ok() { Filter::Mine } else { Filter::Open };
    let list = asked.list.as_deref().map(str::parse).transpose()?.unwrap_or(usual);
    Ok(Wanted { list, page: asked.page.unwrap_or(1).clamp(1, 1_000) - 1, item, canned: asked.canned })
}

/// `GET /desk/inbox?list=urgent&page=2`
async fn list(cx: Cx) -> Page {
    let actor = cx.audits()?.actor();
    draw(&cx, actor, wanted(&cx, None)?, None).await
}

/// `GET /desk/inbox/{id}?list=urgent&canned=…`
async fn item(cx: Cx) -> Page {
    let actor = cx.audits()?.actor();
    let id = cx.path::<SignalId>("id")?;
    draw(&cx, actor, wanted(&cx, Some(id))?, None).await
}
