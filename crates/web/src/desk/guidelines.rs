//! Writing the guidelines: the draft, its clauses and translations, publishing.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::guidelines::{
    self, Difference, Line, NewClause, STARTERS, Severity, Starter, Version,
};
use mainstreet_kernel::{Error, Result, Role};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::{Routes, is_mistake};
use crate::views::{self, Chrome, Page};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/desk/guidelines", show)
        .post("/desk/guidelines/starter", start)
        .post("/desk/guidelines/clauses", save)
        .post("/desk/guidelines/clauses/{slug}/removal", remove)
        .post("/desk/guidelines/publication", publish)
}

const PATH: &str = "/desk/guidelines";

#[derive(Template)]
#[template(path = "desk/guidelines.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    draft: Version,
    holds: Option<Version>,
    differences: Vec<Difference>,
    form: Form,
    changes: String,
    error: Option<String>,
    writes: bool,
}

impl Show {
    fn starters(&self) -> &'static [Starter] {
        STARTERS
    }
    fn severities(&self) -> [Severity; 3] {
        Severity::ALL
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    slug: String,
    severity: String,
    language: String,
    title: String,
    summary: String,
    body: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    clause: String,
    language: String,
}

/// The clause that is asked for, as the form holds it; a translation that is not there yet starts from the text that
/// counts.
fn filled(draft: &Version, asked: &Asked) -> Form {
    let Some(clause) = draft.clause(&asked.clause) else { return Form::default() };
    let text = clause.text_in(&asked.language);
    let language = if asked.language.is_empty() { &draft.language } else { &asked.language };
    Form {
        slug: clause.slug.clone(),
        severity: clause.severity.as_str().to_owned(),
        language: language.clone(),
        title: text.title.clone(),
        summary: text.summary.clone(),
        body: text.body.clone(),
    }
}

/// `GET /desk/guidelines?clause=be-kind&language=de`
async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let asked: Asked = cx.query()?;
    let draft = cx.read(guidelines::draft).await?;
    let form = filled(&draft, &asked);
    draw(&cx, form, String::new(), None).await
}

async fn draw(cx: &Cx, form: Form, changes: String, error: Option<Error>) -> Page {
    let writes = cx.staff()?.role >= Role::Manager;
    let (draft, holds) = cx.read(|tx| Ok((guidelines::draft(tx)?, guidelines::holds(tx)?))).await?;
    let nothing = Version { clauses: Vec::new(), ..draft.clone() };
    let differences = guidelines::compare(holds.as_ref().unwrap_or(&nothing), &draft);
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        chrome: cx.chrome(),
        here: "guidelines",
        waiting: cx.waiting().await?,
        draft,
        holds,
        differences,
        form,
        changes,
        error: error.map(|error| error.safe.into_owned()),
        writes,
    };
    views::html_with(status, &page)
}

async fn done(cx: &Cx, result: Result<()>, said: &'static str, form: Form, changes: String) -> Page {
    match result {
        Ok(()) => views::see_saying(cx, PATH, said),
        Err(error) if is_mistake(&error) => draw(cx, form, changes, Some(error)).await,
        Err(error) => Err(error),
    }
}

#[derive(Deserialize)]
struct StarterForm {
    #[serde(default)]
    starter: String,
}

/// `POST /desk/guidelines/starter`
async fn start(cx: Cx) -> Page {
    let (actor, form) = (cx.at_least(Role::Manager)?.actor(), cx.form::<StarterForm>()?);
    let result = cx.write(move |tx| guidelines::from_starter(tx, actor, &form.starter)).await;
    done(&cx, result, "The draft is filled. Make it yours, then publish.", Form::default(), String::new())
        .await
}

/// `POST /desk/guidelines/clauses`
async fn save(cx: Cx) -> Page {
    let (actor, form) = (cx.at_least(Role::Manager)?.actor(), cx.form::<Form>()?);
    let typed = form.clone();
    let new = NewClause {
        slug: form.slug,
        severity: form.severity,
        language: form.language,
        title: form.title,
        summary: form.summary,
        body: form.body,
    };
    let result = cx.write(move |tx| guidelines::save_clause(tx, actor, &new).map(drop)).await;
    done(&cx, result, "Saved in the draft. Members see it once it is published.", typed, String::new()).await
}

/// `POST /desk/guidelines/clauses/{slug}/removal`
async fn remove(cx: Cx) -> Page {
    let (actor, _) = (cx.at_least(Role::Manager)?.actor(), cx.form::<serde::de::IgnoredAny>()?);
    let slug: String = cx.path("slug")?;
    let result = cx.write(move |tx| guidelines::drop_clause(tx, actor, &slug)).await;
    done(&cx, result, "Removed from the draft.", Form::default(), String::new()).await
}

#[derive(Deserialize)]
struct PublishForm {
    #[serde(default)]
    changes: String,
}

/// `POST /desk/guidelines/publication`
async fn publish(cx: Cx) -> Page {
    let (actor, form) = (cx.at_least(Role::Manager)?.actor(), cx.form::<PublishForm>()?);
    let changes = form.changes.clone();
    let result = cx.write(move |tx| guidelines::publish(tx, actor, &form.changes).map(drop)).await;
    cx.app.sessions.clear();
    done(&cx, result, "Published. Members are asked to read it.", Form::default(), changes).await
}
