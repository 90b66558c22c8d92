//! Searching what people wrote.

use askama::Template;
use mainstreet_community::meaning::Asker;
use mainstreet_community::mutes;
use mainstreet_community::people::store::by_handle;
use mainstreet_community::search::{self, Query, Shown, Sort, Ways};
use mainstreet_community::spaces::{self, Space};
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::{Error, Result};
use serde::Deserialize;

use crate::pages::Depends;
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

/// Longest query taken, in characters.
const MOST_QUERY: usize = 200;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/search", show)
}

#[derive(Template)]
#[template(path = "community/search.html")]
struct Results {
    chrome: Chrome,
    asked: Asked,
    spaces: Vec<Space>,
    hits: Vec<Shown>,
    total: usize,
    loose: bool,
    /// How many people the reader mutes, whose posts are left out.
    muted: usize,
    previous: Option<String>,
    next: Option<String>,
}

/// What the form of the page asks for.
#[derive(Clone, Default, Deserialize, serde::Serialize)]
#[serde(default)]
struct Asked {
    q: String,
    space: String,
    by: String,
    solved: String,
    since: String,
    sort: String,
    page: Option<usize>,
}

impl Asked {
    fn is_empty(&self) -> bool {
        [&self.q, &self.space, &self.by, &self.solved, &self.since]
            .iter()
            .all(|field| field.trim().is_empty())
    }

    /// True for a part of what the words find: search engines need not keep it.
    fn is_narrowed(&self) -> bool {
        self.page.unwrap_or(1) > 1
            || [&self.space, &self.by, &self.solved, &self.since, &self.sort]
                .iter()
                .any(|field| !field.is_empty())
    }

    /// The address of another page of the same results.
    fn at(&self, page: usize) -> Result<String> {
        let asked = Self { page: Some(page), ..self.clone() };
        Ok(format!("/search?{}", serde_urlencoded::to_string(&asked).map_err(Error::internal)?))
    }
}

/// `GET /search?q=…&space=…&by=…&solved=yes&since=30&sort=newest&page=2`
async fn show(cx: Cx) -> Page {
    let mut asked: Asked = cx.query()?;
    asked.q = asked.q.chars().take(MOST_QUERY).collect();
    let (viewer, given, now) = (cx.reader(), asked.clone(), cx.app.now());
    let (spaces, visible, query) = cx
        .read(move |tx| {
            let spaces = spaces::store::all(tx, viewer)?;
            let author = match given.by.trim().trim_start_matches('@') {
                "" => None,
                handle => Some(by_handle(tx, handle)?.unwrap_or(mainstreet_kernel::id::PersonId(0))),
            };
            let query = Query {
                text: given.q.clone(),
                space: spaces.iter().find(|space| space.slug == given.space).map(|space| space.id),
                author,
                without: match viewer.person {
                    Some(person) => mutes::hidden_from(tx, person)?.into_iter().collect(),
                    None => Vec::new(),
                },
                solved: match given.solved.as_str() {
                    "yes" => Some(true),
                    "no" => Some(false),
                    _ => None,
                },
                tags: Vec::new(),
                from: given.since.parse::<i64>().ok().map(|days| now.plus(-days.clamp(1, 36_500) * DAY)),
                to: None,
                sort: if given.sort == "newest" { Sort::Newest } else { Sort::Rank },
                page: given.page.unwrap_or(1).clamp(1, search::PAGES),
            };
            Ok((spaces, search::visible(tx, viewer)?, query))
        })
        .await?;
    let (page, muted) = (query.page, query.without.len());
    let found = if asked.is_empty() {
        search::Found::default()
    } else {
        let (index, meaning) = (cx.app.search.clone(), cx.app.meaning.clone());
        let look = move || {
            let muted = query.without.iter().copied().collect();
            let asker = Asker { visible: visible.as_deref(), muted: &muted };
            search::find(Ways { words: &index, meaning: &meaning }, &query, asker)
        };
        tokio::task::spawn_blocking(look).await.map_err(Error::internal)??
    };
    let (total, loose, hits) = (found.total, found.loose, found.hits);
    let hits = cx.read(move |tx| search::show(tx, viewer, &hits)).await?;
    note(&cx, &asked, total);
    let last = total.div_ceil(search::PAGE).min(search::PAGES);
    let document = Results {
        chrome: cx.chrome(),
        previous: (page > 1).then(|| asked.at(page - 1)).transpose()?,
        next: (page < last).then(|| asked.at(page + 1)).transpose()?,
        asked,
        spaces,
        hits,
        total,
        loose,
        muted,
    };
    let mut response = views::html(&document)?;
    response.extensions_mut().insert(Depends::OnEverything);
    Ok(response)
}

/// Keeps what a member searched for, without making them wait.
fn note(cx: &Cx, asked: &Asked, total: usize) {
    let Some(actor) = cx.actor().filter(|_| !asked.q.trim().is_empty() && asked.page.unwrap_or(1) == 1)
    else {
        return;
    };
    let (db, text) = (cx.app.db.clone(), asked.q.clone());
    tokio::spawn(async move {
        if let Err(error) = db.write(move |tx| search::record(tx, actor, &text, total)).await {
            tracing::warn!(?error, "a search was not noted");
        }
    });
}
