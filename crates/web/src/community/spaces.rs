//! Spaces: the list of all, and one with its topics. Managers open and change them.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::spaces::{self, Draft, Kind, Space};
use mainstreet_community::topics::{self, Key, List, Row};
use mainstreet_kernel::{FieldErrors, Role, Visibility};
use serde::Deserialize;

use super::home::{Part, ROWS};
use crate::pages::Depends;
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/spaces", index)
        .post("/spaces", create)
        .get("/spaces/new", fresh)
        .get("/c/{slug}", show)
        .get("/c/{slug}/edit", edit)
        .post("/c/{slug}", update)
}

#[derive(Template)]
#[template(path = "community/spaces.html")]
struct Index {
    chrome: Chrome,
    spaces: Vec<Space>,
    manages: bool,
}

#[derive(Template)]
#[template(path = "community/space.html")]
struct Show {
    chrome: Chrome,
    space: Space,
    pinned: Vec<Row>,
    rows: Vec<Row>,
    next: Option<String>,
    first_page: bool,
    manages: bool,
}

#[derive(Template)]
#[template(path = "community/space_form.html")]
struct SpacePage {
    chrome: Chrome,
    form: Form,
    action: String,
    heading: &'static str,
    errors: FieldErrors,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Form {
    name: String,
    description: String,
    kind: String,
    visibility: String,
    /// Its colour; 0: one is chosen.
    hue: i64,
}

impl Form {
    fn draft(&self) -> mainstreet_kernel::Result<Draft> {
        Ok(Draft {
            name: self.name.clone(),
            description: self.description.clone(),
            kind: self.kind.parse()?,
            visibility: self.visibility.parse()?,
            hue: if (1..=8).contains(&self.hue) {
                self.hue
            } else {
                views::hue(&i64::from(self.name.bytes().map(u32::from).sum::<u32>()))
            },
        })
    }
}

/// `GET /spaces`
async fn index(cx: Cx) -> Page {
    let viewer = cx.reader();
    let spaces = cx.read(move |tx| spaces::store::all(tx, viewer)).await?;
    let mut response = views::html(&Index { chrome: cx.chrome(), spaces, manages: manages(&cx) })?;
    response.extensions_mut().insert(Depends::OnEverything);
    Ok(response)
}

fn manages(cx: &Cx) -> bool {
    cx.viewer.as_ref().is_some_and(|viewer| viewer.role >= Role::Manager)
}

/// `GET /c/{slug}`
async fn show(cx: Cx) -> Page {
    let (slug, viewer, key) = (cx.path::<String>("slug")?, cx.reader(), cx.query::<Part>()?.key()?);
    let (space, pinned, rows) = cx
        .read(move |tx| {
            let space = spaces::seen(tx, viewer, &slug)?;
            let pinned =
                if key == Key::START { topics::store::pinned(tx, viewer, space.id)? } else { Vec::new() };
            let rows = topics::store::list(tx, viewer, List::Space(space.id), key, ROWS)?;
            Ok((space, pinned, rows))
        })
        .await?;
    let list = List::Space(space.id);
    let next = rows
        .more
        .then(|| rows.rows.last().map(|row| topics::store::key_after(list, row).to_string()))
        .flatten();
    let rows =
        rows.rows.into_iter().filter(|row| !pinned.iter().any(|pin| pin.topic.id == row.topic.id)).collect();
    let mut response = views::html(&Show {
        chrome: cx.chrome(),
        space,
        pinned,
        rows,
        next,
        first_page: key == Key::START,
        manages: manages(&cx),
    })?;
    response.extensions_mut().insert(Depends::OnEverything);
    Ok(response)
}

/// `GET /spaces/new`
async fn fresh(cx: Cx) -> Page {
    cx.at_least(Role::Manager)?;
    let form = Form {
        kind: Kind::Questions.as_str().into(),
        visibility: Visibility::Public.as_str().into(),
        ..Form::default()
    };
    views::html(&SpacePage {
        chrome: cx.chrome(),
        form,
        action: "/spaces".to_owned(),
        heading: "Open a space",
        errors: FieldErrors::default(),
    })
}

/// `POST /spaces`
async fn create(cx: Cx) -> Page {
    let (actor, form) = (cx.at_least(Role::Manager)?.actor(), cx.form::<Form>()?);
    let draft = form.draft()?;
    match cx.write(move |tx| spaces::open(tx, actor, draft)).await {
        Ok(space) => views::see_saying(&cx, &format!("/c/{}", space.slug), "The space is open."),
        Err(error) => again(&cx, form, "/spaces".to_owned(), "Open a space", &error),
    }
}

/// `GET /c/{slug}/edit`
async fn edit(cx: Cx) -> Page {
    cx.at_least(Role::Manager)?;
    let (slug, viewer) = (cx.path::<String>("slug")?, cx.reader());
    let space = cx.read(move |tx| spaces::seen(tx, viewer, &slug)).await?;
    let form = Form {
        name: space.name,
        description: space.description,
        kind: space.kind.as_str().to_owned(),
        visibility: space.visibility.as_str().to_owned(),
        hue: space.hue,
    };
    views::html(&SpacePage {
        chrome: cx.chrome(),
        form,
        action: format!("/c/{}", space.slug),
        heading: "Change this space",
        errors: FieldErrors::default(),
    })
}

/// `POST /c/{slug}`
async fn update(cx: Cx) -> Page {
    let (actor, form) = (cx.at_least(Role::Manager)?.actor(), cx.form::<Form>()?);
    let (slug, viewer, draft) = (cx.path::<String>("slug")?, cx.reader(), form.draft()?);
    let path = format!("/c/{slug}");
    let saved = cx
        .write(move |tx| {
            let space = spaces::seen(tx, viewer, &slug)?;
            spaces::edit(tx, actor, space.id, draft)
        })
        .await;
    match saved {
        Ok(_) => views::see_saying(&cx, &path, "The space is changed."),
        Err(error) => again(&cx, form, path, "Change this space", &error),
    }
}

fn again(
    cx: &Cx,
    form: Form,
    action: String,
    heading: &'static str,
    error: &mainstreet_kernel::Error,
) -> Page {
    let mut errors = FieldErrors::default();
    errors.add("name", error.safe.to_string());
    let page = SpacePage { chrome: cx.chrome(), form, action, heading, errors };
    views::html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
