//! Doing something with a theme. Every act is a form; what is refused stands again as it was typed.

use std::collections::HashMap;

use mainstreet_db::Tx;
use mainstreet_desk::insights::{self, Kind, Status};
use mainstreet_kernel::id::{EntryId, PersonId, ThemeId, TopicId};
use mainstreet_kernel::{Actor, Error, Result};

use super::show::{Mistake, draw};
use crate::request::Cx;
use crate::routes::is_mistake;
use crate::views::{self, Page, counted};

type Fields = HashMap<String, String>;

/// The ids after `prefix` in the names of ticked boxes.
fn ticked<T: std::str::FromStr>(fields: &Fields, prefix: &str) -> Vec<T> {
    let mut ids: Vec<&str> = fields.keys().filter_map(|name| name.strip_prefix(prefix)).collect();
    ids.sort_unstable();
    ids.into_iter().filter_map(|id| id.parse().ok()).collect()
}

fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", String::as_str)
}

/// Does what a form asks for; answers where to go and what to say.
async fn act(
    cx: &Cx,
    actor: Actor,
    form: &'static str,
    work: impl FnOnce(&mut Tx<'_>, Actor, ThemeId, &Fields) -> Result<(ThemeId, String)> + Send + 'static,
) -> Page {
    let (fields, id) = (cx.form::<Fields>()?, cx.path::<ThemeId>("id")?);
    let typed = fields.clone();
    match cx.write(move |tx| work(tx, actor, id, &fields)).await {
        Ok((to, said)) => views::see_saying(cx, &format!("/desk/insights/{to}"), said),
        Err(error) if is_mistake(&error) => {
            let status = crate::error::status(error.kind);
            draw(cx, id, Mistake { form, text: error.safe.into_owned(), typed, status }).await
        }
        Err(error) => Err(error),
    }
}

fn many(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// `POST /desk/insights/{id}/confirmation`
pub(super) async fn confirm(cx: Cx) -> Page {
    let actor = cx.staff()?.actor();
    act(&cx, actor, "confirmation", |tx, actor, id, _| {
        insights::confirm(tx, actor, id)?;
        Ok((id, "Confirmed. It keeps its place whatever comes.".to_owned()))
    })
    .await
}

/// `POST /desk/insights/{id}/hearing`
pub(super) async fn hear_again(cx: Cx) -> Page {
    let actor = cx.staff()?.actor();
    act(&cx, actor, "hearing", |tx, actor, id, _| {
        insights::hear_again(tx, actor, id)?;
        Ok((id, "It comes into the inbox again when it trends.".to_owned()))
    })
    .await
}

/// `POST /desk/insights/{id}/name`
pub(super) async fn rename(cx: Cx) -> Page {
    let actor = cx.staff()?.actor();
    act(&cx, actor, "name", |tx, actor, id, fields| {
        insights::rename(tx, actor, id, text(fields, "name"))?;
        Ok((id, "Named. The name stays as you wrote it.".to_owned()))
    })
    .await
}

/// `POST /desk/insights/{id}/status`
pub(super) async fn move_on(cx: Cx) -> Page {
    let actor = cx.staff()?.actor();
    act(&cx, actor, "status", |tx, actor, id, fields| {
        let to: Status = text(fields, "status").parse()?;
        insights::move_on(tx, actor, id, to, text(fields, "note"))?;
        Ok((id, format!("{}.", to.label())))
    })
    .await
}

/// `POST /desk/insights/{id}/merger`
pub(super) async fn merge(cx: Cx) -> Page {
    let actor = cx.staff()?.actor();
    act(&cx, actor, "merger", |tx, actor, id, fields| {
        let into =
            text(fields, "into").parse().map_err(|_| Error::invalid("Choose the theme it belongs to."))?;
        insights::merge(tx, actor, id, into)?;
        Ok((into, "Merged. Its history below takes it apart again.".to_owned()))
    })
    .await
}

/// `POST /desk/insights/{id}/parting`
pub(super) async fn part(cx: Cx) -> Page {
    let actor = cx.staff()?.actor();
    act(&cx, actor, "parting", |tx, actor, _, fields| {
        let step: EntryId = text(fields, "step").parse()?;
        let gone = insights::part(tx, actor, step)?;
        Ok((gone, "It stands for itself again, and stays so.".to_owned()))
    })
    .await
}

/// `POST /desk/insights/{id}/conversations`: what to do with the chosen ones is the button's value.
pub(super) async fn conversations(cx: Cx) -> Page {
    let actor = cx.staff()?.actor();
    act(&cx, actor, "conversations", |tx, actor, id, fields| {
        let topics: Vec<TopicId> = ticked(fields, "topic-");
        match text(fields, "act") {
            "split" => {
                let new = insights::split(tx, actor, id, &topics, text(fields, "new"))?;
                let said = counted(many(topics.len()), "conversation", "conversations");
                Ok((new, format!("A theme of its own with {said}.")))
            }
            "take_out" => {
                let count = insights::take_out(tx, actor, id, &topics)?;
                Ok((id, format!("{} taken out.", counted(many(count), "conversation", "conversations"))))
            }
            "put" => {
                let into: ThemeId = text(fields, "other")
                    .parse()
                    .map_err(|_| Error::invalid("Choose the theme they belong to."))?;
                let count = insights::put(tx, actor, into, &topics)?;
                Ok((into, format!("{} put in here.", counted(many(count), "conversation", "conversations"))))
            }
            "count" => {
                let kind: Kind = text(fields, "kind").parse()?;
                let count = insights::count_as(tx, actor, id, &topics, kind)?;
                Ok((
                    id,
                    format!("{} counted as {kind}.", counted(many(count), "conversation", "conversations")),
                ))
            }
            _ => Err(Error::invalid("Choose what to do with the conversations you ticked.")),
        }
    })
    .await
}

/// `POST /desk/insights/{id}/telling`
pub(super) async fn tell(cx: Cx) -> Page {
    let actor = cx.staff()?.actor();
    act(&cx, actor, "telling", |tx, actor, id, fields| {
        let people: Vec<PersonId> = ticked(fields, "person-");
        if text(fields, "act") == "elsewhere" {
            let told = insights::mark_told(tx, actor, id, &people)?;
            return Ok((id, format!("Noted: {} told.", counted(many(told), "person", "people"))));
        }
        let (told, left) =
            insights::tell(tx, actor, id, &people, text(fields, "body"), text(fields, "token"))?;
        let said = format!("{} told, each where they asked.", counted(many(told), "person", "people"));
        let left = match left {
            0 => String::new(),
            _ => format!(
                " {} could not be answered: closed, or not open to you.",
                counted(many(left), "conversation", "conversations")
            ),
        };
        Ok((id, format!("{said}{left}")))
    })
    .await
}
