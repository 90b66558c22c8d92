//! The guidelines as members read them: the version that holds, earlier ones, what changed.

use std::collections::HashMap;

use askama::Template;
use mainstreet_community::guidelines::{self, Clause, Difference, Line, Text, Version};
use mainstreet_community::markdown;
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/guidelines", show)
        .get("/guidelines/versions", versions)
        .get("/guidelines/versions/{number}", old)
        .get("/guidelines/versions/{number}/changes", changes)
        .post("/guidelines/acknowledgement", acknowledge)
}

#[derive(Template)]
#[template(path = "community/guidelines.html")]
struct Show {
    chrome: Chrome,
    version: Option<Version>,
    language: String,
    holds: bool,
}

impl Show {
    fn text<'a>(&'a self, clause: &'a Clause) -> &'a Text {
        clause.text_in(&self.language)
    }
}

/// The text of a clause as safe HTML; used by templates.
pub(crate) fn html(body: &str) -> String {
    markdown::render(body, &HashMap::new())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    language: String,
}

/// `GET /guidelines?language=de`
async fn show(cx: Cx) -> Page {
    let language = cx.query::<Asked>()?.language;
    let version = cx.read(guidelines::holds).await?;
    views::html(&Show { chrome: cx.chrome(), version, language, holds: true })
}

/// `GET /guidelines/versions/{number}`
async fn old(cx: Cx) -> Page {
    let (number, language) = (cx.path::<i64>("number")?, cx.query::<Asked>()?.language);
    let (version, latest) =
        cx.read(move |tx| Ok((guidelines::version(tx, number)?, guidelines::holds(tx)?))).await?;
    let holds = latest.is_some_and(|latest| latest.number == number);
    views::html(&Show { chrome: cx.chrome(), version: Some(version), language, holds })
}

#[derive(Template)]
#[template(path = "community/guideline_versions.html")]
struct Versions {
    chrome: Chrome,
    all: Vec<Version>,
}

/// `GET /guidelines/versions`
async fn versions(cx: Cx) -> Page {
    let all = cx.read(guidelines::versions).await?;
    views::html(&Versions { chrome: cx.chrome(), all })
}

#[derive(Template)]
#[template(path = "community/guideline_changes.html")]
struct Changes {
    chrome: Chrome,
    version: Version,
    differences: Vec<Difference>,
}

/// `GET /guidelines/versions/{number}/changes`: beside the version before.
async fn changes(cx: Cx) -> Page {
    let number = cx.path::<i64>("number")?;
    let (version, before) = cx
        .read(move |tx| {
            let version = guidelines::version(tx, number)?;
            let nothing = Version { clauses: Vec::new(), ..version.clone() };
            let before = if number > 1 { guidelines::version(tx, number - 1)? } else { nothing };
            Ok((version, before))
        })
        .await?;
    let differences = guidelines::compare(&before, &version);
    views::html(&Changes { chrome: cx.chrome(), version, differences })
}

/// What stands above every page until the member has read the version; the token is that of their forms.
pub(crate) fn banner(number: i64, csrf: &str) -> String {
    let said = if number > 1 {
        format!(
            "Our guidelines have changed. <a href=\"/guidelines/versions/{number}/changes\">What is new</a>"
        )
    } else {
        "We have written down what we expect of each other: <a href=\"/guidelines\">the guidelines</a>."
            .to_owned()
    };
    format!(
        "<div class=\"flash\" role=\"region\" aria-label=\"Guidelines\"><span>{said}</span>\
         <form method=\"post\" action=\"/guidelines/acknowledgement\">\
         <input type=\"hidden\" name=\"csrf\" value=\"{csrf}\"><input type=\"hidden\" name=\"version\" \
         value=\"{number}\"><button class=\"btn btn-s\">I have read them</button></form></div>"
    )
}

#[derive(Deserialize)]
struct ReadForm {
    version: i64,
}

/// `POST /guidelines/acknowledgement`
async fn acknowledge(cx: Cx) -> Page {
    let (viewer, form) = (cx.member()?.clone(), cx.form::<ReadForm>()?);
    cx.write(move |tx| guidelines::acknowledge(tx, viewer.person, form.version)).await?;
    cx.app.sessions.forget(&viewer.session);
    let back = cx.header("referer").and_then(|from| from.strip_prefix(cx.app.config.url.as_str()));
    let back = back.filter(|path| path.starts_with('/') && !path.starts_with("//")).unwrap_or("/").to_owned();
    views::see_saying(&cx, &back, "Thank you for reading the guidelines.")
}
