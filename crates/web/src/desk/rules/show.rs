//! A rule's page: what it says, what it may do, how it has done, what it matched, and who changed what.

use std::collections::HashMap;

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::guidelines::{Line, lines};
use mainstreet_community::{people, posts};
use mainstreet_desk::rules::runs::{self, Run};
use mainstreet_desk::rules::{self, Hit, Kept, Mode, Report, Standing, Turn, Version};
use mainstreet_kernel::id::{PersonId, PostId, RuleId};
use mainstreet_kernel::{Error, Timestamp};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::is_mistake;
use crate::views::{self, Chrome, Page};

/// Hits shown on a rule's page.
const HITS: usize = 50;

/// The beginning of a post that was matched.
struct Peek {
    id: PostId,
    by: String,
    text: String,
}

/// A version of the text, and what it changed.
struct Change {
    version: Version,
    by: String,
    lines: Vec<Line>,
}

/// What the page is drawn from.
struct Known {
    rule: Kept,
    hits: Vec<Hit>,
    changes: Vec<Change>,
    turns: Vec<(Turn, String)>,
    gate: Vec<String>,
    standing: Standing,
    test: Option<(Report, Timestamp)>,
    run: Option<Run>,
    peeks: HashMap<String, Peek>,
}

#[derive(Template)]
#[template(path = "desk/rules/show.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    manager: bool,
    known: Known,
    error: Option<String>,
}

impl Show {
    fn stages(&self) -> [(Mode, &'static str); 3] {
        [(Mode::Draft, "Draft"), (Mode::Shadow, "Shadow: it watches"), (Mode::Enforce, "Enforced: it acts")]
    }

    fn peek(&self, hit: &Hit) -> Option<&Peek> {
        self.known.peeks.get(&PostId(hit.object).to_string()).filter(|_| hit.object_kind == "post")
    }

    fn sampled(&self, id: &str) -> Option<&Peek> {
        self.known.peeks.get(id)
    }

    fn is(&self, mode: Mode) -> bool {
        self.known.rule.mode == mode
    }

    /// True while it is being tried.
    fn runs(&self) -> bool {
        self.known.run.as_ref().is_some_and(|run| run.stand.open())
    }

    /// How far a running back-test is, in percent.
    fn percent(&self, run: &Run) -> i64 {
        if run.total > 0 { run.looked_at * 100 / run.total } else { 0 }
    }

    /// What may hurt: what, how many, and the first posts of them.
    fn harm(&self, report: &Report) -> Vec<(&'static str, usize, Vec<String>)> {
        let harm = &report.harm;
        let all = [
            ("on posts of the team", &harm.by_staff),
            ("on posts of members with ten accepted answers or more", &harm.by_experts),
            ("on accepted answers", &harm.accepted_answers),
            ("on the hundred posts with the most reactions", &harm.most_reacted),
        ];
        all.into_iter()
            .filter(|(_, list)| !list.is_empty())
            .map(|(what, list)| (what, list.len(), list.iter().take(5).cloned().collect()))
            .collect()
    }
}

async fn known(cx: &Cx, id: RuleId) -> mainstreet_kernel::Result<Known> {
    cx.read(move |tx| {
        let rule = rules::find(tx, id)?;
        let (versions, turns) = (rules::versions(tx, id)?, rules::turns(tx, id)?);
        let test = rules::gates::last_test(tx, &rule)?;
        let hits = rules::hits_of(tx, id, HITS)?;
        let shown = hits.iter().filter(|hit| hit.object_kind == "post").map(|hit| PostId(hit.object));
        let sample = test.iter().flat_map(|(report, _)| &report.sample).filter_map(|id| id.parse().ok());
        let mut ids: Vec<PostId> = shown.chain(sample).collect();
        ids.sort_unstable_by_key(|id| id.0);
        ids.dedup();
        let found = posts::store::find_all(tx, &ids)?;
        let mut who: Vec<PersonId> = found.iter().map(|post| post.person).collect();
        who.extend(versions.iter().filter_map(|version| version.author));
        who.extend(turns.iter().filter_map(|turn| turn.actor));
        who.sort_unstable_by_key(|id| id.0);
        who.dedup();
        let faces = people::store::faces(tx, &who)?;
        let name =
            |id: PersonId| faces.get(&id).map_or_else(|| "somebody".to_owned(), |face| face.name.clone());
        let peeks = found.into_iter().map(|post| {
            let peek = Peek { id: post.id, by: name(post.person), text: views::short(&post.body) };
            (post.id.to_string(), peek)
        });
        let peeks = peeks.collect();
        let changes =
            changes(versions, &|by: Option<PersonId>| by.map_or_else(|| "a command".to_owned(), name));
        let turns = turns.into_iter().map(|turn| {
            let by = turn.actor.map_or_else(|| "Mainstreet itself".to_owned(), name);
            (turn, by)
        });
        Ok(Known {
            turns: turns.collect(),
            gate: rules::gates::gate(tx, &rule)?,
            standing: rules::standing(tx, &rule)?,
            run: runs::latest(tx, id)?,
            rule,
            hits,
            changes,
            test,
            peeks,
        })
    })
    .await
}

/// Each version beside the one before it, the latest first.
fn changes(versions: Vec<Version>, name: &dyn Fn(Option<PersonId>) -> String) -> Vec<Change> {
    let split = |text: &str| text.lines().map(str::to_owned).collect::<Vec<String>>();
    let texts: Vec<Vec<String>> = versions.iter().map(|version| split(&version.text)).collect();
    let one = |(place, version): (usize, Version)| {
        let (new, old) = (texts.get(place), texts.get(place + 1));
        let differ = match (old, new) {
            (Some(old), Some(new)) => lines(old, new),
            _ => Vec::new(),
        };
        Change { by: name(version.author), version, lines: differ }
    };
    versions.into_iter().enumerate().map(one).collect()
}

async fn draw(cx: &Cx, id: RuleId, error: Option<(StatusCode, String)>) -> Page {
    let known = known(cx, id).await?;
    let status = error.as_ref().map_or(StatusCode::OK, |(status, _)| *status);
    let show = Show {
        chrome: cx.chrome(),
        here: "rules",
        waiting: cx.waiting().await?,
        manager: cx.staff()?.role >= mainstreet_kernel::Role::Manager,
        known,
        error: error.map(|(_, text)| text),
    };
    views::html_with(status, &show)
}

/// `GET /desk/rules/{id}`
pub(super) async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let id = cx.path::<RuleId>("id")?;
    draw(&cx, id, None).await
}

/// Goes back to a rule's page, or shows it with what was wrong.
async fn back(cx: &Cx, id: RuleId, part: &str, done: Result<&'static str, Error>) -> Page {
    match done {
        Ok(said) => views::see_saying(cx, &format!("/desk/rules/{id}{part}"), said),
        Err(error) if is_mistake(&error) => {
            let shown = (crate::error::status(error.kind), error.safe.into_owned());
            draw(cx, id, Some(shown)).await
        }
        Err(error) => Err(error),
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Turning {
    mode: String,
    why: String,
    override_why: String,
}

/// `POST /desk/rules/{id}/mode`
pub(super) async fn turn(cx: Cx) -> Page {
    let (actor, form, id) = (cx.staff()?.actor(), cx.form::<Turning>()?, cx.path::<RuleId>("id")?);
    let done = cx
        .write(move |tx| {
            let mode = form.mode.parse()?;
            let given = Some(form.override_why.as_str()).filter(|why| !why.trim().is_empty());
            rules::set_mode(tx, actor, id, mode, &form.why, given)
        })
        .await;
    let said = done.map(|kept| match kept.mode {
        Mode::Enforce => "From now on it acts.",
        Mode::Shadow => "It only watches now.",
        _ => "Done. It is not tried on anything now.",
    });
    back(&cx, id, "", said).await
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Window {
    days: String,
}

/// `POST /desk/rules/{id}/backtest`: asks for one; it runs beside everything else.
pub(super) async fn backtest(cx: Cx) -> Page {
    let (actor, form, id) = (cx.staff()?.actor(), cx.form::<Window>()?, cx.path::<RuleId>("id")?);
    let days = match form.days.trim() {
        "" => Ok(0),
        days => days.parse::<i64>().ok().filter(|days| *days > 0).ok_or_else(|| {
            Error::invalid("Write how many days it is tried on, as a whole number such as 90.")
        }),
    };
    let done = match days {
        Ok(days) => cx.write(move |tx| runs::ask(tx, actor, id, days)).await,
        Err(error) => Err(error),
    };
    back(&cx, id, "#r-test", done.map(|_| "It is being tried. You can go on working meanwhile.")).await
}

/// `POST /desk/rules/{id}/backtest/cancellation`
pub(super) async fn cancel(cx: Cx) -> Page {
    let (actor, _, id) = (cx.staff()?.actor(), cx.form::<Window>()?, cx.path::<RuleId>("id")?);
    let done = cx.write(move |tx| runs::cancel(tx, actor, id)).await;
    back(&cx, id, "#r-test", done.map(|()| "It ends now. What it had found so far is not kept.")).await
}

#[derive(Clone, Deserialize)]
struct Label {
    post: PostId,
    upheld: bool,
}

/// `POST /desk/rules/{id}/labels`: a match was right, or wrong.
pub(super) async fn label(cx: Cx) -> Page {
    let (actor, form, id) = (cx.staff()?.actor(), cx.form::<Label>()?, cx.path::<RuleId>("id")?);
    let done = cx.write(move |tx| rules::label(tx, actor, id, form.post, form.upheld)).await;
    back(&cx, id, "", done.map(|()| "Noted. It counts when the rule is tried again.")).await
}
