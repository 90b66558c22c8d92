//! Whether a member wants to be introduced to others.

use mainstreet_desk::proposals;
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Page};

pub(crate) fn routes() -> Routes {
    Routes::new().post("/settings/introductions", change)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    welcome: String,
}

/// `POST /settings/introductions`
async fn change(cx: Cx) -> Page {
    let (actor, form) = (cx.member()?.actor(), cx.form::<Form>()?);
    let none = form.welcome.is_empty();
    cx.write(move |tx| proposals::set_wants_none(tx, actor, none)).await?;
    let said = if none {
        "Saved. Nobody introduces you to anybody."
    } else {
        "Saved. The team may introduce you to somebody who cares for the same."
    };
    views::see_saying(&cx, "/settings", said)
}
