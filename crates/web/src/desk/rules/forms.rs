//! Forms that rules can ask members to fill in, and what was answered.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_desk::forms::{self, Asked, Form, Kind, Question};
use mainstreet_kernel::id::EntryId;
use mainstreet_kernel::{Error, Result, Role};
use serde::Deserialize;

use super::fields::Typed;
use crate::request::Cx;
use crate::routes::is_mistake;
use crate::views::{self, Chrome, Page};

const PATH: &str = "/desk/rules/forms";
/// Empty lines offered for more questions.
const MORE: usize = 2;
/// Asks shown.
const SHOWN: usize = 30;

#[derive(Template)]
#[template(path = "desk/rules/forms.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    manager: bool,
    all: Vec<Form>,
    lately: Vec<Asked>,
    form: Form,
    error: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asks {
    name: String,
}

/// How many questions it has; used by the template.
fn questions(form: &Form) -> String {
    views::counted(i64::try_from(form.questions.len()).unwrap_or(0), "question", "questions")
}

/// Where an ask stands; used by the template.
fn stand(asked: &Asked) -> &'static str {
    match (asked.answered_at, asked.withdrawn_at) {
        (Some(_), _) => "answered",
        (None, Some(_)) => "taken back",
        (None, None) => "not answered yet",
    }
}

async fn draw(cx: &Cx, name: String, typed: Option<Form>, error: Option<Error>) -> Page {
    let role = cx.staff()?.role;
    let (all, lately) = cx.read(|tx| Ok((forms::all(tx)?, forms::lately(tx, SHOWN)?))).await?;
    let kept = all.iter().find(|one| one.name == name).cloned();
    let mut form = typed.or(kept).unwrap_or_default();
    let more = MORE.min(forms::MOST_QUESTIONS.saturating_sub(form.questions.len()));
    form.questions.extend(std::iter::repeat_n(Question::default(), more));
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        chrome: cx.chrome(),
        here: "rules",
        waiting: cx.waiting().await?,
        manager: role >= Role::Manager,
        all,
        lately,
        form,
        error: error.map(|error| error.safe.into_owned()).unwrap_or_default(),
    };
    views::html_with(status, &page)
}

/// `GET /desk/rules/forms?name=…`
pub(super) async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let asked: Asks = cx.query()?;
    draw(&cx, asked.name, None, None).await
}

/// `POST /desk/rules/forms`
pub(super) async fn save(cx: Cx) -> Page {
    let actor = cx.staff()?.actor();
    cx.form::<serde::de::IgnoredAny>()?;
    let typed = Typed::of(&cx.body);
    let question = |row: usize| Question {
        label: typed.one(&format!("question.{row}.label")).trim().to_owned(),
        kind: Kind::of(&typed.one(&format!("question.{row}.kind"))),
        options: typed
            .one(&format!("question.{row}.options"))
            .lines()
            .map(str::trim)
            .filter(|option| !option.is_empty())
            .map(str::to_owned)
            .collect(),
        required: !typed.one(&format!("question.{row}.required")).is_empty(),
    };
    let form = Form {
        name: typed.one("name"),
        title: typed.one("title"),
        intro: typed.one("intro").replace("\r\n", "\n"),
        questions: (0..forms::MOST_QUESTIONS).map(question).filter(|one| !one.label.is_empty()).collect(),
        ..Form::default()
    };
    let kept = form.clone();
    let saved: Result<()> = cx.write(move |tx| forms::save(tx, actor, &kept)).await;
    match saved {
        Ok(()) => views::see_saying(&cx, PATH, "Saved. Rules ask with it by “ask with form”."),
        Err(error) if is_mistake(&error) => draw(&cx, form.name.clone(), Some(form), Some(error)).await,
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "desk/rules/form_answer.html")]
struct ShowAnswer {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    asked: Asked,
}

/// `GET /desk/rules/forms/answers/{id}`
pub(super) async fn answers(cx: Cx) -> Page {
    cx.staff()?;
    let id = cx.path::<EntryId>("id")?;
    let asked = cx.read(move |tx| forms::asked(tx, id)).await?;
    views::html(&ShowAnswer { chrome: cx.chrome(), here: "rules", waiting: cx.waiting().await?, asked })
}

/// `POST /desk/rules/forms/answers/{id}/withdrawal`
pub(super) async fn withdraw(cx: Cx) -> Page {
    let (actor, _) = (cx.staff()?.actor(), cx.form::<serde::de::IgnoredAny>()?);
    let id = cx.path::<EntryId>("id")?;
    cx.write(move |tx| forms::withdraw(tx, actor, id)).await?;
    views::see_saying(&cx, PATH, "Taken back. Nothing is asked of them any more.")
}
