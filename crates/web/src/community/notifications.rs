//! What a member was told: replies, mentions, accepted answers.

use askama::Template;
use mainstreet_community::notices::{self, About, Notice};
use mainstreet_community::notifications::{self, Kind, MOST_COUNTED, Notification};
use mainstreet_kernel::Error;
use mainstreet_kernel::id::EntryId;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/notifications", show)
        .post("/notifications/reading", read_all)
        .get("/notifications/{id}", open)
}

#[derive(Template)]
#[template(path = "community/notifications.html")]
struct Show {
    chrome: Chrome,
    notices: Vec<Notice>,
    lines: Vec<Notification>,
    next: Option<EntryId>,
    first_page: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    before: Option<EntryId>,
}

/// The unread count as the header shows it.
pub(crate) fn unread(count: i64) -> String {
    match count {
        MOST_COUNTED.. => format!("{}+", MOST_COUNTED - 1),
        _ => count.to_string(),
    }
}

/// What happened, in words that follow a name; used by the template.
fn did(kind: Kind) -> &'static str {
    match kind {
        Kind::Reply => "replied to you in",
        Kind::Mention => "mentioned you in",
        Kind::Accepted => "accepted your answer in",
    }
}

/// Where a notice leads; used by the template.
fn leads_to(notice: &Notice) -> String {
    let id = mainstreet_kernel::id::encode(notice.object);
    match notice.about {
        About::Flag => format!("/p/{id}"),
        About::Decision | About::Appeal => format!("/statements/{id}"),
        About::Raid => "/desk/raids".to_owned(),
        About::Mediation => format!("/mediations/{id}"),
        About::SignUp => "/".to_owned(),
        About::Letter => format!("/letters/{id}"),
    }
}

/// `GET /notifications?before=…`
async fn show(cx: Cx) -> Page {
    cx.member()?;
    let (viewer, before) = (cx.reader(), cx.query::<Asked>()?.before);
    let (page, notices) = cx
        .read(move |tx| {
            let notices = match viewer.person {
                Some(person) if before.is_none() => notices::of_person(tx, person)?,
                _ => Vec::new(),
            };
            Ok((notifications::list(tx, viewer, before)?, notices))
        })
        .await?;
    let next = page.more.then(|| page.rows.last().map(|line| line.id)).flatten();
    views::html(&Show { chrome: cx.chrome(), notices, lines: page.rows, next, first_page: before.is_none() })
}

/// `POST /notifications/reading`: all of them count as read.
async fn read_all(cx: Cx) -> Page {
    let (viewer, _) = (cx.member()?.clone(), cx.form::<IgnoredAny>()?);
    cx.write(move |tx| {
        notices::read_all(tx, viewer.person)?;
        notifications::read_all(tx, viewer.person)
    })
    .await?;
    cx.app.sessions.forget(&viewer.session);
    views::see_saying(&cx, "/notifications", "All of them count as read.")
}

/// `GET /notifications/{id}`: on to the post; the line counts as read.
async fn open(cx: Cx) -> Page {
    let (viewer, id) = (cx.member()?.clone(), cx.path::<EntryId>("id")?);
    let post = cx.write(move |tx| notifications::open(tx, viewer.person, id)).await?;
    cx.app.sessions.forget(&viewer.session);
    match post {
        Some(post) => views::see(&format!("/p/{post}")),
        None => Err(Error::not_found("There is no such notification. It may have been taken back.")),
    }
}
