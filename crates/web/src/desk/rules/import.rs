//! Rules of other places, taken over into shadow, with a report of what could not be.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_desk::rules;
use mainstreet_kernel::Error;
use mainstreet_rules::carry_over::{self, Carried, Note};
use mainstreet_rules::{Vocabulary, print};

use crate::request::Cx;
use crate::upload::Upload;
use crate::views::{self, Chrome, Page};

#[derive(Template)]
#[template(path = "desk/rules/import.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    guidelines: Vec<String>,
    form: Form,
    error: String,
    came: Option<Came>,
}

/// What came of it.
#[derive(Default)]
struct Came {
    saved: bool,
    /// Rules that were, or would be, saved: id and name.
    taken: Vec<(String, String)>,
    /// Those that were not: name, why, and the text to begin from.
    refused: Vec<(String, String, String)>,
    report: Vec<Note>,
}

impl Came {
    fn count(&self, one: &str, many: &str) -> String {
        views::counted(i64::try_from(self.taken.len()).unwrap_or(0), one, many)
    }
}

#[derive(Clone, Default)]
struct Form {
    from: String,
    guideline: String,
    action: String,
    text: String,
    /// The name of the file that was chosen; its text stands in `text`.
    file: String,
    /// `check`, `save` or `report`.
    act: String,
}

impl Form {
    /// What was chosen, with the text of the file where one was.
    fn of(upload: &Upload) -> (Self, Option<Error>) {
        let mut form = Self {
            from: upload.field("from"),
            guideline: upload.field("guideline"),
            action: upload.field("action"),
            text: upload.field("text"),
            file: String::new(),
            act: upload.field("act"),
        };
        match upload.text("file") {
            Ok(Some((name, text))) => (form.file, form.text) = (name, text),
            Ok(None) => {}
            Err(error) => return (form, Some(error)),
        }
        (form, None)
    }
}

async fn draw(cx: &Cx, form: Form, came: Option<Came>, error: &str) -> Page {
    let names = cx.read(rules::names).await?;
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Show {
        chrome: cx.chrome(),
        here: "rules",
        waiting: cx.waiting().await?,
        guidelines: names.set("guidelines").into_iter().flatten().cloned().collect(),
        form,
        error: error.to_owned(),
        came,
    };
    views::html_with(status, &page)
}

/// `GET /desk/rules/import`
pub(super) async fn show(cx: Cx) -> Page {
    cx.staff()?;
    draw(&cx, Form::default(), None, "").await
}

fn carried(form: &Form) -> Option<Carried> {
    let text = form.text.replace("\r\n", "\n");
    let guideline = Some(form.guideline.trim()).filter(|guideline| !guideline.is_empty());
    let words = Vocabulary::standard();
    Some(match form.from.as_str() {
        "automoderator" => carry_over::automoderator(&text, guideline, words),
        "discord" => carry_over::discord(&text, guideline, words),
        "discourse" => {
            let action = if form.action.is_empty() { "require_approval" } else { &form.action };
            carry_over::watched_words(&text, action, guideline, words)
        }
        _ => return None,
    })
}

/// `POST /desk/rules/import`: says what would be taken over, or takes it over.
pub(super) async fn import(cx: Cx) -> Page {
    let viewer = cx.staff()?.clone();
    let (form, wrong) = Form::of(&cx.upload().await?);
    if let Some(error) = wrong {
        return draw(&cx, form, None, &error.safe).await;
    }
    if form.text.trim().is_empty() {
        return draw(&cx, form, None, "Choose a file that the other place exported, or paste what is in it.")
            .await;
    }
    let Some(carried) = carried(&form) else {
        return draw(&cx, form, None, "Choose where the rules come from.").await;
    };
    if form.act == "report" {
        return report(&carried);
    }
    let save = form.act == "save";
    let mut came = Came { saved: save, report: carried.report, ..Came::default() };
    for rule in carried.rules {
        let (text, name, actor, role) =
            (print(&rule, Vocabulary::standard()), rule.name.clone(), viewer.actor(), viewer.role);
        let shown = text.clone();
        let done: Result<String, Error> = if save {
            let saved = cx.write(move |tx| rules::save_new(tx, actor, &text, false)).await;
            saved.map(|saved| saved.first().map(|kept| kept.id.to_string()).unwrap_or_default())
        } else {
            let reading = cx.read(move |tx| rules::check(tx, role, &text)).await?;
            match reading.findings.iter().find(|one| one.gravity == mainstreet_rules::Gravity::Error) {
                Some(finding) => Err(Error::invalid(finding.message.clone())),
                None => Ok(String::new()),
            }
        };
        match done {
            Ok(id) => came.taken.push((id, name)),
            Err(error) if crate::routes::is_mistake(&error) => {
                came.refused.push((name, error.safe.into_owned(), shown));
            }
            Err(error) => return Err(error),
        }
    }
    draw(&cx, form, Some(came), "").await
}

/// What could not be carried over, as a table.
fn report(carried: &Carried) -> Page {
    let mut table = String::from("rule,what,why,rule_left_out\r\n");
    for note in &carried.report {
        let cells = [&note.rule, &note.what, &note.why].map(|text| mainstreet_kernel::text::cell(text));
        table.push_str(&format!("{},{}\r\n", cells.join(","), note.rule_left_out));
    }
    let mut response = views::typed("text/csv; charset=utf-8", table);
    let name = axum::http::HeaderValue::from_static("attachment; filename=\"carried-over.csv\"");
    response.headers_mut().insert(axum::http::header::CONTENT_DISPOSITION, name);
    Ok(response)
}
