//! A conversation: twenty posts a page, each with its house number.

use std::collections::HashSet;

use askama::Template;
use mainstreet_community::calm::{self, Calm};
use mainstreet_community::cool_offs::{self, CoolOff};
use mainstreet_community::meaning::{Asker, Meaning, RELATED};
use mainstreet_community::people::Viewer;
use mainstreet_community::posts::{self, View};
use mainstreet_community::splits::{self, Split};
use mainstreet_community::tags::Tag;
use mainstreet_community::topics::{self, Row, SpaceName, Topic};
use mainstreet_community::{markdown, moderation, mutes, reactions, search, tags};
use mainstreet_kernel::id::{PersonId, PostId, TopicId};
use mainstreet_kernel::{Error, Result, Timestamp, text};
use serde::Deserialize;

use crate::pages::{Depends, Gap};
use crate::request::Cx;
use crate::routes::Routes;
use crate::views::{self, Chrome, Page};

/// Related topics beside a topic.
const LISTED: usize = 4;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/t/{slug}/{id}", show).get("/t/{slug}/{id}/{number}", jump).get("/p/{id}", post)
}

/// The page of a topic.
#[derive(Template)]
#[template(path = "community/topic.html")]
struct Show {
    chrome: Chrome,
    topic: Topic,
    space: SpaceName,
    tags: Vec<Tag>,
    views: Vec<View>,
    answer: Option<View>,
    related: Vec<Row>,
    page: i64,
    /// First post on this page that the viewer has not read.
    fresh_from: Option<i64>,
    fresh_count: i64,
    may_steer: bool,
    may_reply: bool,
    may_tidy: bool,
    /// That the topic is slowed down, and when the viewer may write again.
    slow: Option<String>,
    /// When a locked topic opens by itself.
    locked_until: Option<Timestamp>,
    can_accept: bool,
    composer: Composer,
    /// Calm and raid modes that hold here.
    calms: Vec<Calm>,
    /// The viewer's own pause here.
    pause: Option<CoolOff>,
    /// Where replies went, and where these came from.
    splits: Vec<Split>,
    /// Whose posts the viewer is not shown.
    hidden: HashSet<PersonId>,
    json_ld: String,
    description: String,
    me: i64,
}

/// The form to write with.
pub(super) struct Composer {
    pub(super) token: String,
    pub(super) body: String,
    pub(super) reply_to: Option<i64>,
    pub(super) error: Option<String>,
}

impl Composer {
    /// An empty form with a fresh one-time token.
    pub(super) fn empty() -> Self {
        Self { token: Gap::OneTime.mark(), body: String::new(), reply_to: None, error: None }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: Option<i64>,
    reply_to: Option<i64>,
    quote: Option<i64>,
}

/// `GET /t/{slug}/{id}?page=2&reply_to=3&quote=3`
async fn show(cx: Cx) -> Page {
    let (slug, id, asked) = (cx.path::<String>("slug")?, cx.path::<TopicId>("id")?, cx.query::<Asked>()?);
    let page = asked.page.unwrap_or(1).max(1);
    let mut composer = Composer::empty();
    composer.reply_to = asked.reply_to.or(asked.quote);
    if let Some(number) = asked.quote {
        composer.body = quoted(&cx, id, number).await?;
    }
    render(&cx, id, Some(&slug), page, composer).await
}

/// What a topic's page is drawn from.
struct Loaded {
    tags: Vec<Tag>,
    related: Vec<Row>,
    answer: Option<View>,
    views: Vec<View>,
    /// How far the viewer has read.
    read_to: Option<i64>,
    space: SpaceName,
    topic: Topic,
    /// How far apart replies must be, and from when on the viewer may write again.
    slow: Option<(i64, Option<Timestamp>)>,
    /// When a locked topic opens by itself.
    locked: Option<Timestamp>,
    calming: Calming,
}

fn load(
    tx: &mut mainstreet_db::Tx<'_>,
    viewer: Viewer,
    meaning: &Meaning,
    id: TopicId,
    page: i64,
) -> Result<Loaded> {
    let (topic, space) = topics::store::find_placed(tx, id)?;
    topics::seen(viewer, &topic, space.visibility)?;
    let page = page.min(topic.pages());
    let views = posts::page(tx, viewer, &topic, page)?;
    let read_to = match viewer.person {
        Some(person) => topics::reading::of(tx, person, &[id])?.remove(&id),
        None => None,
    };
    let answer = match topic.accepted_post {
        Some(post) if page == 1 => {
            let post = posts::store::find(tx, post)?;
            Some(posts::view(tx, viewer, &topic, post)?)
        }
        _ => None,
    };
    Ok(Loaded {
        related: related(tx, viewer, meaning, id)?,
        slow: moderation::may_write_from(tx, id, viewer.person)?,
        locked: moderation::lock_of(tx, id)?,
        calming: calming(tx, viewer.person, &topic)?,
        tags: tags::store::of_topic(tx, id)?,
        answer,
        views,
        read_to,
        space,
        topic,
    })
}

/// What is near this topic in meaning, then what shares its tags. Nothing by somebody whom the viewer does not see.
fn related(
    tx: &mut mainstreet_db::Tx<'_>,
    viewer: Viewer,
    meaning: &Meaning,
    id: TopicId,
) -> Result<Vec<Row>> {
    let muted = match viewer.person {
        Some(person) => mutes::hidden_from(tx, person)?,
        None => HashSet::new(),
    };
    let visible = search::visible(tx, viewer)?;
    let asker = Asker { visible: visible.as_deref(), muted: &muted };
    let near = meaning.related(id, asker, (LISTED, RELATED))?;
    let near: Vec<TopicId> = near.into_iter().map(|(topic, _)| topic).collect();
    let mut rows = topics::store::rows(tx, viewer, &near)?;
    for row in topics::store::related(tx, viewer, id, LISTED + muted.len().min(8))? {
        let known = rows.iter().any(|other| other.topic.id == row.topic.id);
        if !known && !muted.contains(&row.author.id) {
            rows.push(row);
        }
    }
    rows.truncate(LISTED);
    Ok(rows)
}

/// Renders a topic's page; with another slug than its own, sends on to the right address.
pub(super) async fn render(cx: &Cx, id: TopicId, slug: Option<&str>, page: i64, composer: Composer) -> Page {
    let viewer = cx.reader();
    let meaning = cx.app.meaning.clone();
    let loaded = cx.read(move |tx| load(tx, viewer, &meaning, id, page)).await?;
    let Loaded { tags, related, answer, views, read_to, space, topic, slow, locked, calming } = loaded;
    if slug.is_some_and(|slug| slug != topic.slug) {
        return views::moved(&topic.path());
    }
    let Calming { calms, pause, splits, hidden, unseen } = calming;
    let answer = answer.filter(|view: &View| !hidden.contains(&view.author.id));
    let page = page.min(topic.pages());
    let marked = note_read(cx, &topic, &views, read_to);
    let actor = cx.actor();
    let fresh_from = read_to.and_then(|read| first_after(&views, read, &hidden));
    let chrome = cx.chrome();
    let now = chrome.now;
    let is_slow = slow.is_some();
    let document = Show {
        may_tidy: actor.is_some_and(|actor| topics::may_tidy(actor, &topic, now).is_ok()),
        slow: slow.map(|slow| slowed(&chrome, slow, cx.staff().is_ok())),
        locked_until: locked,
        may_steer: actor.is_some_and(|actor| topics::may_steer(actor, &topic).is_ok()),
        may_reply: actor.is_some() && (topic.closed_at.is_none() || cx.staff().is_ok()),
        can_accept: topic.question,
        fresh_count: read_to.map_or(0, |read| topic.post_count - read - unseen),
        fresh_from: fresh_from.filter(|number| *number > 1),
        json_ld: super::feeds::json_ld(&chrome, &topic, &views, answer.as_ref()),
        description: views
            .first()
            .map(|view| text::excerpt(&markdown::plain(&view.post.body), 160))
            .unwrap_or_default(),
        me: actor.and_then(|actor| actor.person).map_or(0, |person| person.0),
        chrome,
        topic,
        space,
        tags,
        views,
        answer,
        related,
        page,
        composer,
        calms,
        pause,
        splits,
        hidden,
    };
    let wrong = document.composer.error.is_some();
    let mut response = views::html(&document)?;
    if wrong {
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    // When somebody may write again differs from person to person.
    if !marked && !is_slow {
        response.extensions_mut().insert(Depends::OnTopic(id));
    }
    Ok(response)
}

/// What keeps a topic calm, for one viewer.
struct Calming {
    calms: Vec<Calm>,
    pause: Option<CoolOff>,
    splits: Vec<Split>,
    hidden: HashSet<PersonId>,
    /// How many of the posts they have not read are by those whom they do not see.
    unseen: i64,
}

/// The first post after what was read that the viewer is shown.
fn first_after(views: &[View], read: i64, hidden: &HashSet<PersonId>) -> Option<i64> {
    let shown = |view: &&View| view.post.number > read && !hidden.contains(&view.post.person);
    views.iter().find(shown).map(|view| view.post.number)
}

fn calming(tx: &mut mainstreet_db::Tx<'_>, viewer: Option<PersonId>, topic: &Topic) -> Result<Calming> {
    Ok(Calming {
        calms: calm::on(tx, Some(topic.id), topic.space)?,
        pause: match viewer {
            Some(person) => cool_offs::of(tx, topic.id, person)?,
            None => None,
        },
        splits: splits::of_topic(tx, topic.id)?,
        hidden: match viewer {
            Some(person) => mutes::hidden_from(tx, person)?,
            None => HashSet::new(),
        },
        unseen: match viewer {
            Some(person) => {
                topics::reading::muted_since(tx, person, &[topic.id])?.remove(&topic.id).unwrap_or_default()
            }
            None => 0,
        },
    })
}

/// What readers of a topic that is slowed down are told.
fn slowed(chrome: &Chrome, (every, from): (i64, Option<Timestamp>), staff: bool) -> String {
    let each = mainstreet_desk::triage::spell(every);
    let then = match from {
        _ if staff => " You are of the team and need not wait.".to_owned(),
        Some(from) => format!(" You can write again at {}.", chrome.date(&from)),
        None => String::new(),
    };
    format!("Moderators have slowed this topic down: everybody writes once in {each}.{then}")
}

/// Remembers how far the viewer has read, without making them wait. True when that changed.
fn note_read(cx: &Cx, topic: &Topic, views: &[View], read_to: Option<i64>) -> bool {
    let Some(person) = cx.viewer.as_ref().map(|viewer| viewer.person) else { return false };
    let last = views.last().map_or(0, |view| view.post.number);
    let (id, app) = (topic.id, cx.app.clone());
    let further = read_to.is_none_or(|read| last > read);
    if further {
        tokio::spawn(async move {
            match app.db.write(move |tx| topics::reading::mark(tx, person, id, last)).await {
                Ok(()) => app.pages.changed_for(person),
                Err(error) => tracing::warn!(?error, "how far a member has read was not noted"),
            }
        });
    }
    further
}

/// A post of a topic as a quote, with its author and a link.
pub(super) async fn quoted(cx: &Cx, id: TopicId, number: i64) -> Result<String> {
    let viewer = cx.reader();
    cx.read(move |tx| {
        let (topic, space) = topics::store::find_placed(tx, id)?;
        topics::seen(viewer, &topic, space.visibility)?;
        let post = posts::store::by_number(tx, id, number)?
            .filter(|post| post.state == topics::State::Published)
            .ok_or_else(|| Error::not_found("The post you quote is gone."))?;
        let face = mainstreet_community::people::store::face_of(tx, post.person)?;
        Ok(format!("{}\n", posts::quote(&face.handle, &format!("/p/{}", post.id), &post.body)))
    })
    .await
}

/// `GET /t/{slug}/{id}/{number}`: on to the page that holds this post.
async fn jump(cx: Cx) -> Page {
    let (id, number, viewer) = (cx.path::<TopicId>("id")?, cx.path::<i64>("number")?, cx.reader());
    let topic = cx
        .read(move |tx| {
            let (topic, space) = topics::store::find_placed(tx, id)?;
            topics::seen(viewer, &topic, space.visibility)?;
            Ok(topic)
        })
        .await?;
    views::moved(&topic.path_to(number.clamp(1, topic.post_count.max(1))))
}

/// `GET /p/{id}`: a post's address that stays, whatever its topic is called.
async fn post(cx: Cx) -> Page {
    let (id, viewer) = (cx.path::<PostId>("id")?, cx.reader());
    let path = cx
        .read(move |tx| {
            let post = posts::store::find(tx, id)?;
            let (topic, space) = topics::store::find_placed(tx, post.topic)?;
            topics::seen(viewer, &topic, space.visibility)?;
            posts::seen(viewer, &post)?;
            Ok(topic.path_to(post.number))
        })
        .await?;
    views::moved(&path)
}

/// For templates: the word of a reaction. Ways of other channels show their own names.
pub(crate) fn reaction_word(kind: &str) -> &str {
    reactions::label(kind).0
}

/// For templates: the picture of a reaction; empty for those that came from elsewhere.
pub(crate) fn reaction_icon(kind: &str) -> &'static str {
    match kind {
        "thanks" => "gift",
        "like" => "thumb",
        "heart" => "heart",
        "idea" => "idea",
        "celebrate" => "star",
        _ => "",
    }
}
