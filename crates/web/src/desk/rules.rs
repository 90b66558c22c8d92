//! Rules: the list, a rule's page with its text, back-test, hits and modes, and "why (not)?" for a post.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_desk::rules::{self, Hit, Kept, Measured, Mode, Report, Turn, Version, Watch, Why};
use mainstreet_kernel::id::{PostId, RuleId};
use mainstreet_kernel::{Error, Timestamp};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::{Routes, is_mistake};
use crate::views::{self, Chrome, Page};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/desk/rules", list)
        .post("/desk/rules", create)
        .get("/desk/rules/{id}", show)
        .post("/desk/rules/{id}", change)
        .post("/desk/rules/{id}/mode", turn)
        .post("/desk/rules/{id}/backtest", backtest)
        .post("/desk/rules/{id}/labels", label)
        .get("/desk/posts/{id}/why", why)
}

/// What a new rule begins with: small, and it only asks for attention.
const BEGIN: &str = "\
rule: Links of newcomers
why: Say here why the rule is there.
when: post published
if:
  - author.posts < 2
  - post.links.count >= 1
then:
  - open item: {urgency: normal}
";

/// Hits shown on a rule's page.
const HITS: usize = 50;

struct Row {
    rule: Kept,
    hits: i64,
    last: Option<Timestamp>,
    reviewed: Measured,
}

#[derive(Template)]
#[template(path = "desk/rules/list.html")]
struct List {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    rows: Vec<Row>,
    text: String,
    error: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Text {
    text: String,
    draft: Option<String>,
}

async fn draw_list(cx: &Cx, text: String, error: Option<(StatusCode, String)>) -> Page {
    let rows = cx
        .read(|tx| {
            let counts = rules::counts(tx)?;
            let mut rows = Vec::new();
            for rule in rules::all(tx)? {
                let count = counts.iter().find(|(id, _, _)| *id == rule.id);
                let (hits, last) = count.map_or((0, None), |(_, hits, last)| (*hits, *last));
                let reviewed = rules::gates::reviewed(tx, &rule)?;
                rows.push(Row { rule, hits, last, reviewed });
            }
            Ok(rows)
        })
        .await?;
    let status = error.as_ref().map_or(StatusCode::OK, |(status, _)| *status);
    let waiting = cx.waiting().await?;
    let error = error.map(|(_, text)| text);
    views::html_with(status, &List { chrome: cx.chrome(), here: "rules", waiting, rows, text, error })
}

/// `GET /desk/rules`: all of them, and the form to write one.
async fn list(cx: Cx) -> Page {
    cx.staff()?;
    draw_list(&cx, BEGIN.to_owned(), None).await
}

/// `POST /desk/rules`
async fn create(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<Text>()?);
    let typed = form.text.clone();
    let saved =
        cx.write(move |tx| rules::save(tx, actor, None, &plain(&form.text), form.draft.is_some())).await;
    match saved {
        Ok(saved) => {
            let path = match saved.as_slice() {
                [one] => format!("/desk/rules/{}", one.id),
                _ => "/desk/rules".to_owned(),
            };
            views::see_saying(&cx, &path, "Saved. New rules only watch until you let them act.")
        }
        Err(error) if is_mistake(&error) => {
            let shown = (crate::error::status(error.kind), error.safe.into_owned());
            draw_list(&cx, typed, Some(shown)).await
        }
        Err(error) => Err(error),
    }
}

/// Browsers send line ends of their own.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n")
}

#[derive(Template)]
#[template(path = "desk/rules/show.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    rule: Kept,
    text: String,
    error: Option<String>,
    hits: Vec<Hit>,
    versions: Vec<Version>,
    turns: Vec<Turn>,
    gate: Vec<String>,
    reviewed: Measured,
    test: Option<(Report, Timestamp)>,
}

impl Show {
    fn modes(&self) -> Vec<Mode> {
        let all = [Mode::Draft, Mode::Shadow, Mode::Enforce, Mode::Paused];
        all.into_iter().filter(|mode| *mode != self.rule.mode).collect()
    }

    fn object(&self, hit: &Hit) -> Option<PostId> {
        (hit.object_kind == "post").then_some(PostId(hit.object))
    }
}

/// A share for people: `80 % (49 to 94), 8 of 10`.
fn share(measured: &Measured) -> String {
    match (measured.value, measured.low, measured.high) {
        (Some(value), Some(low), Some(high)) => format!(
            "{:.0} % ({:.0} to {:.0}), {} of {}",
            value * 100.0,
            low * 100.0,
            high * 100.0,
            measured.k,
            measured.n
        ),
        _ => "not known yet".to_owned(),
    }
}

async fn draw(cx: &Cx, id: RuleId, typed: Option<String>, error: Option<(StatusCode, String)>) -> Page {
    let (rule, hits, versions, turns, gate, reviewed, test) = cx
        .read(move |tx| {
            let rule = rules::find(tx, id)?;
            let gate = rules::gates::gate(tx, &rule)?;
            let reviewed = rules::gates::reviewed(tx, &rule)?;
            let test = rules::gates::last_test(tx, &rule)?;
            let hits = rules::hits_of(tx, id, HITS)?;
            Ok((rule, hits, rules::versions(tx, id)?, rules::turns(tx, id)?, gate, reviewed, test))
        })
        .await?;
    let status = error.as_ref().map_or(StatusCode::OK, |(status, _)| *status);
    let show = Show {
        chrome: cx.chrome(),
        here: "rules",
        waiting: cx.waiting().await?,
        text: typed.unwrap_or_else(|| rule.text.clone()),
        rule,
        error: error.map(|(_, text)| text),
        hits,
        versions,
        turns,
        gate,
        reviewed,
        test,
    };
    views::html_with(status, &show)
}

/// `GET /desk/rules/{id}`
async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let id = cx.path::<RuleId>("id")?;
    draw(&cx, id, None, None).await
}

/// Goes back to a rule's page, or shows it with what was wrong and what was typed.
async fn back(cx: &Cx, id: RuleId, typed: Option<String>, done: Result<&'static str, Error>) -> Page {
    match done {
        Ok(said) => views::see_saying(cx, &format!("/desk/rules/{id}"), said),
        Err(error) if is_mistake(&error) => {
            let shown = (crate::error::status(error.kind), error.safe.into_owned());
            draw(cx, id, typed, Some(shown)).await
        }
        Err(error) => Err(error),
    }
}

/// `POST /desk/rules/{id}`
async fn change(cx: Cx) -> Page {
    let (actor, form, id) = (cx.staff()?.actor(), cx.form::<Text>()?, cx.path::<RuleId>("id")?);
    let typed = form.text.clone();
    let saved = cx.write(move |tx| rules::save(tx, actor, Some(id), &plain(&form.text), false)).await;
    let said = saved.map(|_| "Saved. A changed rule only watches until you let it act again.");
    back(&cx, id, Some(typed), said).await
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Turning {
    mode: String,
    why: String,
    override_why: String,
}

/// `POST /desk/rules/{id}/mode`
async fn turn(cx: Cx) -> Page {
    let (actor, form, id) = (cx.staff()?.actor(), cx.form::<Turning>()?, cx.path::<RuleId>("id")?);
    let done = cx
        .write(move |tx| {
            let mode = form.mode.parse()?;
            let given = Some(form.override_why.as_str()).filter(|why| !why.trim().is_empty());
            rules::set_mode(tx, actor, id, mode, &form.why, given)
        })
        .await;
    back(&cx, id, None, done.map(|_| "Done.")).await
}

/// `POST /desk/rules/{id}/backtest`: the last ninety days.
async fn backtest(cx: Cx) -> Page {
    cx.staff()?;
    let (_, id) = (cx.form::<Text>()?, cx.path::<RuleId>("id")?);
    let tested = cx
        .read(move |tx| {
            let kept = rules::find(tx, id)?;
            let rule = kept
                .rule()
                .ok_or_else(|| Error::conflict("This text cannot be read any more. Save it again first."))?;
            let to = tx.now();
            let from = to.plus(-rules::USUAL_WINDOW);
            let mut reports = rules::backtest(tx, &[rule], from, to, &Watch::default())?;
            Ok((kept, reports.pop().unwrap_or_default()))
        })
        .await;
    let done = match tested {
        Ok((kept, report)) => cx.write(move |tx| rules::keep_test(tx, &kept, &report)).await,
        Err(error) => Err(error),
    };
    back(&cx, id, None, done.map(|()| "Tried on the last ninety days.")).await
}

#[derive(Clone, Deserialize)]
struct Label {
    post: PostId,
    upheld: bool,
}

/// `POST /desk/rules/{id}/labels`: a match was right, or wrong.
async fn label(cx: Cx) -> Page {
    let (actor, form, id) = (cx.staff()?.actor(), cx.form::<Label>()?, cx.path::<RuleId>("id")?);
    let done = cx.write(move |tx| rules::label(tx, actor, id, form.post, form.upheld)).await;
    back(&cx, id, None, done.map(|()| "Noted. It counts when the rule is tried again.")).await
}

#[derive(Template)]
#[template(path = "desk/rules/why.html")]
struct WhyNot {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    post: PostId,
    all: Vec<Why>,
    hits: Vec<Hit>,
}

/// `GET /desk/posts/{id}/why`: what every rule makes of a post.
async fn why(cx: Cx) -> Page {
    cx.staff()?;
    let post = cx.path::<PostId>("id")?;
    let (all, hits) = cx.read(move |tx| rules::why(tx, post)).await?;
    let waiting = cx.waiting().await?;
    views::html(&WhyNot { chrome: cx.chrome(), here: "rules", waiting, post, all, hits })
}
