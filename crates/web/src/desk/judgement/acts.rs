//! What managers do about the reading. Every act is a form; what is refused stands again as it was typed.

use std::collections::HashMap;

use mainstreet_db::Tx;
use mainstreet_desk::judgement;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Actor, Error, Result, Role};

use super::{Mistake, PATH, draw};
use crate::request::Cx;
use crate::routes::{Routes, is_mistake};
use crate::views::{self, Page};

type Fields = HashMap<String, String>;

pub(super) fn routes() -> Routes {
    Routes::new()
        .post("/desk/judgement/attempt", attempt)
        .post("/desk/judgement/version", choose)
        .post("/desk/judgement/learning", learning)
        .post("/desk/judgement/rules", follow)
        .post("/desk/judgement/answers", answers)
}

async fn act(
    cx: &Cx,
    actor: Actor,
    form: &'static str,
    work: impl FnOnce(&mut Tx<'_>, Actor, &Fields) -> Result<&'static str> + Send + 'static,
) -> Page {
    let fields = cx.form::<Fields>()?;
    let typed = fields.clone();
    match cx.write(move |tx| work(tx, actor, &fields)).await {
        Ok(said) => views::see_saying(cx, PATH, said),
        Err(error) if is_mistake(&error) => {
            let status = crate::error::status(error.kind);
            draw(cx, Mistake { form, text: error.safe.into_owned(), typed, status }).await
        }
        Err(error) => Err(error),
    }
}

fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", String::as_str)
}

/// `POST /desk/judgement/attempt`: learns from what there is, whether or not there is news.
async fn attempt(cx: Cx) -> Page {
    let actor = cx.at_least(Role::Manager)?.actor();
    act(&cx, actor, "attempt", |tx, actor, _| {
        judgement::ask_now(tx, actor)?;
        Ok("It learns within a minute. Look again then.")
    })
    .await
}

/// `POST /desk/judgement/version`: puts a version in force.
async fn choose(cx: Cx) -> Page {
    let actor = cx.at_least(Role::Manager)?.actor();
    act(&cx, actor, "version", |tx, actor, fields| {
        judgement::choose(tx, actor, text(fields, "name"), text(fields, "why"))?;
        Ok("Texts are read with this version from now on. What was read before stays as it was said.")
    })
    .await
}

/// `POST /desk/judgement/learning`: better versions take force by themselves again.
async fn learning(cx: Cx) -> Page {
    let actor = cx.at_least(Role::Manager)?.actor();
    act(&cx, actor, "learning", |tx, actor, _| {
        judgement::let_it_learn(tx, actor)?;
        Ok("Better versions take force by themselves again.")
    })
    .await
}

/// `POST /desk/judgement/rules`: rules are run with the version in force.
async fn follow(cx: Cx) -> Page {
    let actor = cx.at_least(Role::Manager)?.actor();
    act(&cx, actor, "rules", |tx, actor, _| {
        judgement::rules_follow(tx, actor)?;
        Ok("Rules are run with this version now. Those that ask for a measure only watch until you let them act again.")
    })
    .await
}

/// `POST /desk/judgement/answers`: leaves a person's answers out, or takes them in again.
async fn answers(cx: Cx) -> Page {
    let actor = cx.at_least(Role::Manager)?.actor();
    act(&cx, actor, "answers", |tx, actor, fields| {
        let person = text(fields, "person")
            .parse::<PersonId>()
            .map_err(|_| Error::invalid("Choose whose answers are meant."))?;
        if text(fields, "act") == "in" {
            judgement::take_in(tx, actor, person)?;
            return Ok("Their answers are learnt from again.");
        }
        judgement::leave_out(tx, actor, person, text(fields, "why"))?;
        Ok("Their answers are left out from the next attempt on.")
    })
    .await
}
