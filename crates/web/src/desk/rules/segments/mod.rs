//! Segments: the list with labels given by hand, a segment's page with who is in it, and the form to write one.

mod editor;

use std::collections::HashMap;

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::people;
use mainstreet_community::people::Face;
use mainstreet_desk::rules::{self, Chosen, Kept};
use mainstreet_desk::segments::{self, Count, Segment, USUAL_DAYS, Version};
use mainstreet_kernel::id::{PersonId, SegmentId};
use mainstreet_kernel::{Error, Result};
use mainstreet_rules::{Rule, print_condition};
use serde::Deserialize;

pub(super) use editor::{change, create, edit, new};

use crate::request::Cx;
use crate::routes::is_mistake;
use crate::views::{self, Chrome, Page};

/// People shown on a segment's page.
const SHOWN: usize = 100;

/// Somebody in a segment.
pub(super) struct Member {
    pub(super) id: PersonId,
    pub(super) name: String,
    pub(super) handle: String,
    /// True when they can sign in here.
    pub(super) here: bool,
}

impl Member {
    fn of(face: &Face) -> Self {
        Self { id: face.id, name: face.name.clone(), handle: face.handle.clone(), here: face.role.is_some() }
    }
}

/// The first of those chosen, with their names.
pub(super) fn named(tx: &mut mainstreet_db::Tx<'_>, chosen: &Chosen, most: usize) -> Result<Vec<Member>> {
    let first: Vec<PersonId> = chosen.people.iter().take(most).copied().collect();
    let faces: HashMap<PersonId, Face> = people::store::faces(tx, &first)?;
    Ok(first.iter().filter_map(|id| faces.get(id)).map(Member::of).collect())
}

/// `12 people of 80`
fn count(chosen: &Chosen) -> String {
    let n = i64::try_from(chosen.people.len()).unwrap_or(i64::MAX);
    format!("{} of {}", views::counted(n, "person", "people"), chosen.of)
}

struct Row {
    segment: Segment,
    count: Option<Count>,
    readable: bool,
    rules: usize,
}

impl Row {
    /// `12 people of 80`
    fn counted(&self) -> Option<String> {
        self.count
            .map(|count| format!("{} of {}", views::counted(count.people, "person", "people"), count.of))
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Labelling {
    names: String,
    label: String,
    days: String,
    back: String,
}

#[derive(Template)]
#[template(path = "desk/segments/list.html")]
struct List {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    rows: Vec<Row>,
    labels: Vec<(String, i64)>,
    form: Labelling,
    error: Option<String>,
}

async fn draw(cx: &Cx, form: Labelling, error: Option<(StatusCode, String)>) -> Page {
    let (rows, labels) = cx
        .read(|tx| {
            let counts = segments::counts(tx)?;
            let mut rows = Vec::new();
            for segment in segments::all(tx)? {
                let rules = segments::asked_by(tx, &segment)?.len();
                let count = counts.get(&segment.id).copied();
                rows.push(Row { readable: segment.rule().is_some(), segment, count, rules });
            }
            Ok((rows, segments::labels(tx)?))
        })
        .await?;
    let status = error.as_ref().map_or(StatusCode::OK, |(status, _)| *status);
    let page = List {
        chrome: cx.chrome(),
        here: "rules",
        waiting: cx.waiting().await?,
        rows,
        labels,
        form,
        error: error.map(|(_, text)| text),
    };
    views::html_with(status, &page)
}

/// `GET /desk/segments`
pub(in crate::desk::rules) async fn list(cx: Cx) -> Page {
    cx.staff()?;
    draw(&cx, Labelling { days: USUAL_DAYS.to_string(), ..cx.query()? }, None).await
}

/// `POST /desk/segments/labels`: members get a label.
pub(in crate::desk::rules) async fn give(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<Labelling>()?);
    let typed = form.clone();
    let days = match form.days.trim().parse::<i64>() {
        Ok(days) => Ok(days),
        Err(_) => Err(Error::invalid("Write for how many days, as a whole number such as 365.")),
    };
    let given = match days {
        Ok(days) => cx.write(move |tx| segments::give(tx, actor, &form.names, &form.label, days)).await,
        Err(error) => Err(error),
    };
    match given {
        Ok(count) => {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            let said = format!("{} the label now.", views::counted(count, "member has", "members have"));
            let path = match typed.back.parse::<SegmentId>() {
                Ok(id) => format!("/desk/segments/{id}"),
                Err(_) => "/desk/segments".to_owned(),
            };
            views::see_saying(&cx, &path, said)
        }
        Err(error) if is_mistake(&error) => {
            draw(&cx, typed, Some((crate::error::status(error.kind), error.safe.into_owned()))).await
        }
        Err(error) => Err(error),
    }
}

struct Known {
    segment: Segment,
    /// Its conditions, as lines.
    parts: Vec<(&'static str, Vec<String>)>,
    why: String,
    chosen: Option<Chosen>,
    members: Vec<Member>,
    rules: Vec<Kept>,
    versions: Vec<(Version, String)>,
    /// The only label it asks for: then it is a list kept by hand.
    label: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/segments/show.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    known: Known,
    error: Option<String>,
    days: i64,
}

/// The label a segment asks for, when that is all it asks for.
fn only_label(rule: &Rule) -> Option<String> {
    use mainstreet_rules::{Comparison, Condition, Quantity, Subject, Test};
    let [Condition::Test(Comparison { subject: Subject::Field(field), test, .. })] = rule.all.as_slice()
    else {
        return None;
    };
    let alone = rule.any.is_empty() && rule.unless.is_empty() && field == "author.labels";
    match test {
        Test::Members(Quantity::Any | Quantity::All, _, labels) if alone => match labels.as_slice() {
            [label] => Some(label.clone()),
            _ => None,
        },
        _ => None,
    }
}

async fn known(cx: &Cx, id: SegmentId) -> Result<Known> {
    cx.read(move |tx| {
        let segment = segments::find(tx, id)?;
        let rule = segment.rule();
        let chosen = match &rule {
            Some(rule) => rules::choose(tx, std::slice::from_ref(rule))?.pop(),
            None => None,
        };
        let members = match &chosen {
            Some(chosen) => named(tx, chosen, SHOWN)?,
            None => Vec::new(),
        };
        let rule = rule.unwrap_or_default();
        let lines =
            |part: &[mainstreet_rules::Condition]| part.iter().map(print_condition).collect::<Vec<_>>();
        let parts = [
            ("all of these hold", lines(&rule.all)),
            ("at least one of these holds", lines(&rule.any)),
            ("none of these holds", lines(&rule.unless)),
        ];
        let versions = segments::versions(tx, id)?;
        let who: Vec<PersonId> = versions.iter().filter_map(|version| version.author).collect();
        let faces = people::store::faces(tx, &who)?;
        let by = |version: &Version| match version.author {
            Some(author) => {
                faces.get(&author).map_or_else(|| "somebody".to_owned(), |face| face.name.clone())
            }
            None => "a command".to_owned(),
        };
        Ok(Known {
            parts: parts.into_iter().filter(|(_, lines)| !lines.is_empty()).collect(),
            why: rule.why.clone().unwrap_or_default(),
            label: only_label(&rule),
            chosen,
            members,
            rules: segments::asked_by(tx, &segment)?,
            versions: versions.into_iter().map(|version| (version.clone(), by(&version))).collect(),
            segment,
        })
    })
    .await
}

async fn draw_one(cx: &Cx, id: SegmentId, error: Option<(StatusCode, String)>) -> Page {
    let known = known(cx, id).await?;
    let status = error.as_ref().map_or(StatusCode::OK, |(status, _)| *status);
    let page = Show {
        chrome: cx.chrome(),
        here: "rules",
        waiting: cx.waiting().await?,
        known,
        error: error.map(|(_, text)| text),
        days: USUAL_DAYS,
    };
    views::html_with(status, &page)
}

/// `GET /desk/segments/{id}`
pub(in crate::desk::rules) async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let id = cx.path::<SegmentId>("id")?;
    draw_one(&cx, id, None).await
}

/// `POST /desk/segments/{id}/removal`
pub(in crate::desk::rules) async fn remove(cx: Cx) -> Page {
    let (actor, _, id) =
        (cx.staff()?.actor(), cx.form::<serde::de::IgnoredAny>()?, cx.path::<SegmentId>("id")?);
    match cx.write(move |tx| segments::remove(tx, actor, id)).await {
        Ok(()) => views::see_saying(&cx, "/desk/segments", "Removed."),
        Err(error) if is_mistake(&error) => {
            draw_one(&cx, id, Some((crate::error::status(error.kind), error.safe.into_owned()))).await
        }
        Err(error) => Err(error),
    }
}

#[derive(Clone, Deserialize)]
struct TakingBack {
    person: PersonId,
    label: String,
}

/// `POST /desk/segments/{id}/labels`: takes the label of a segment back from somebody.
pub(in crate::desk::rules) async fn take_back(cx: Cx) -> Page {
    let (actor, form, id) = (cx.staff()?.actor(), cx.form::<TakingBack>()?, cx.path::<SegmentId>("id")?);
    match cx.write(move |tx| segments::take_back(tx, actor, form.person, &form.label)).await {
        Ok(()) => {
            views::see_saying(&cx, &format!("/desk/segments/{id}"), "They do not have the label any more.")
        }
        Err(error) if is_mistake(&error) => {
            draw_one(&cx, id, Some((crate::error::status(error.kind), error.safe.into_owned()))).await
        }
        Err(error) => Err(error),
    }
}
