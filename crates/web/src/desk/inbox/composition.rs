//! The buttons beside the composer. Each is a button of its form, so that what is typed comes along whatever is pressed:
//! a model is asked for a draft, a prepared answer is put in, a draft is thrown away.

use mainstreet_desk::drafting;
use mainstreet_desk::signals::lists::Filter;
use mainstreet_kernel::id::SignalId;
use mainstreet_kernel::{Error, Result};

use super::acts::Form;
use super::draft;
use super::page::{draw_typed, joined};
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{Flash, Page};

pub(super) fn routes() -> Routes {
    Routes::new().post("/desk/inbox/{id}/composition", press)
}

/// What the buttons say.
enum Press {
    /// Show what would be sent to a model.
    Draft,
    /// Throw the model's draft away.
    Drop,
    /// Put aside that no draft came.
    Aside,
    /// Put what was typed before the draft into the reply.
    Join,
    /// Draw the item again, with a prepared answer where one was chosen.
    Look,
}

fn press_of(act: &str) -> Result<Press> {
    match act {
        "draft" => Ok(Press::Draft),
        "drop" => Ok(Press::Drop),
        "aside" => Ok(Press::Aside),
        "join" => Ok(Press::Join),
        "look" => Ok(Press::Look),
        other if other.starts_with("canned-") => Ok(Press::Look),
        _ => Err(Error::invalid("Press one of the buttons beside the reply.")),
    }
}

/// `POST /desk/inbox/{id}/composition`: `act` is `draft`, `look`, `join`, `drop`, `aside` or `canned-` with an id.
async fn press(cx: Cx) -> Page {
    let (actor, id, mut form) = (cx.staff()?.actor(), cx.path::<SignalId>("id")?, cx.form::<Form>()?);
    let list = form.list.parse().unwrap_or(Filter::Open);
    let said = match press_of(&form.act)? {
        Press::Draft => return draft::draw(&cx, form, None).await,
        Press::Look => None,
        Press::Join => {
            form.body = joined(&form.beside, &form.body);
            form.beside = String::new();
            Some("What you had typed stands above the draft now.")
        }
        Press::Drop => {
            cx.write(move |tx| drafting::drop_draft(tx, actor, id)).await?;
            form.body = std::mem::take(&mut form.beside);
            form.drafted = String::new();
            Some(if form.body.is_empty() {
                "Thrown away."
            } else {
                "The draft is thrown away. What you had typed stands in the reply again."
            })
        }
        Press::Aside => {
            cx.write(move |tx| drafting::drop_draft(tx, actor, id)).await?;
            Some("Put aside.")
        }
    };
    let flash = said.map(|text| Flash { text: text.to_owned(), undo: None });
    draw_typed(&cx, actor, list, id, form, flash).await
}
