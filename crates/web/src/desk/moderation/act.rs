//! The form of an act: what, which clause, why, for how long.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::guidelines::{self, Version};
use mainstreet_community::moderation::{self as acts, Act, By, Detail, Order, Standing, State, Target};
use mainstreet_community::posts::{self, Post};
use mainstreet_community::spaces::{self, Space};
use mainstreet_community::topics::{self, Topic};
use mainstreet_community::{flags, people};
use mainstreet_db::Tx;
use mainstreet_desk::moderation::{self, Case, Decision, Ground, Source, ladder};
use mainstreet_kernel::clock::{HOUR, MINUTE};
use mainstreet_kernel::id::{PersonId, PostId, TopicId};
use mainstreet_kernel::{Actor, Error, Result, Timestamp};
use serde::Deserialize;

use crate::request::Cx;
use crate::routes::is_mistake;
use crate::views::{self, Chrome, Flash, Page};

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Form {
    post: String,
    topic: String,
    person: String,
    act: String,
    clause: String,
    why: String,
    hours: String,
    /// Of an edit.
    body: String,
    title: String,
    version: String,
    /// Of a label.
    label: String,
    /// Of slowing down.
    minutes: String,
    /// Of a limit of links.
    links: String,
    /// Of a move.
    space: String,
    ground: String,
    /// The person to act on instead of what they wrote; what was typed stays.
    instead: String,
}

#[derive(Template)]
#[template(path = "desk/moderation/act.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    form: Form,
    error: Option<String>,
    about: About,
    acts: Vec<Act>,
    guidelines: Option<Version>,
    spaces: Vec<Space>,
}

/// What an act is to be done to, and what helps to decide.
struct About {
    target: Target,
    person: PersonId,
    name: String,
    standing: Standing,
    until: Option<Timestamp>,
    post: Option<Post>,
    topic: Option<Topic>,
    flags: Vec<flags::Flag>,
    strikes: i64,
    past: Vec<Decision>,
    similar: Vec<Decision>,
    state: State,
}

impl Form {
    fn target(&self) -> Result<Target> {
        match (self.post.as_str(), self.topic.as_str(), self.person.as_str()) {
            ("", "", person) => Ok(Target::Person(person.parse()?)),
            ("", topic, _) => Ok(Target::Topic(topic.parse()?)),
            (post, _, _) => Ok(Target::Post(post.parse()?)),
        }
    }

    /// The same words, about the person.
    fn about_person(self) -> Self {
        let (act, person) = (Act::Warn.as_str().to_owned(), self.instead);
        let (clause, why, hours, ground) = (self.clause, self.why, self.hours, self.ground);
        Self { act, person, clause, why, hours, ground, ..Self::default() }
    }

    fn order(&self, now: Timestamp) -> Result<Order> {
        let act: Act = self.act.parse()?;
        let hours = match self.hours.trim() {
            "" => None,
            text => {
                Some(text.parse::<i64>().ok().filter(|hours| (1..=24 * 3_650).contains(hours)).ok_or_else(
                    || Error::invalid("Give the length as a number of hours, from 1 to 87,600."),
                )?)
            }
        };
        let detail = match act {
            Act::Edit => {
                let title = Some(self.title.clone()).filter(|title| !title.trim().is_empty());
                Detail::Text(self.version.parse().unwrap_or(0), self.body.clone(), title)
            }
            Act::Label => Detail::Label(self.label.clone()),
            Act::Slow => Detail::Every(self.minutes.trim().parse::<i64>().unwrap_or(0) * MINUTE),
            Act::LimitLinks => {
                let most = self.links.trim().parse::<i64>().ok().filter(|most| (0..=20).contains(most));
                Detail::Links(most.ok_or_else(|| {
                    Error::invalid("Say how many links a post may hold: a number from 0 to 20.")
                })?)
            }
            Act::Move => Detail::Space(self.space.parse()?),
            _ => Detail::None,
        };
        let until = hours.filter(|_| act.may_end()).map(|hours| now.plus(hours * HOUR));
        let mut why = self.why.clone();
        if let (Detail::Links(most), false) = (&detail, why.trim().is_empty()) {
            why.push_str(&moderation::says_links(*most));
        }
        Ok(Order { target: self.target()?, act, why, until, detail })
    }
}

fn about(tx: &mut Tx<'_>, target: Target, clause: &str) -> Result<About> {
    let (person, post, topic, state, flags) = match target {
        Target::Post(id) => {
            let post = posts::store::find(tx, id)?;
            let topic = topics::store::find(tx, post.topic)?;
            let flags = flags::of_post(tx, id)?;
            (post.person, Some(post.clone()), Some(topic), State::Post(post.state), flags)
        }
        Target::Topic(id) => {
            let topic = topics::store::find(tx, id)?;
            let flow = match (topic.closed_at, acts::slow_of(tx, id)?) {
                (Some(_), _) => acts::Flow::Locked,
                (None, Some(_)) => acts::Flow::Slow,
                (None, None) => acts::Flow::Open,
            };
            (topic.person, None, Some(topic), State::Topic(flow), Vec::new())
        }
        Target::Person(id) => {
            (id, None, None, State::Member(acts::standing_of(tx, id)?.standing), Vec::new())
        }
    };
    let stands = acts::standing_of(tx, person)?;
    Ok(About {
        target,
        person,
        name: people::store::face_of(tx, person)?.name,
        standing: stands.standing,
        until: stands.until,
        post,
        topic,
        flags,
        strikes: moderation::active_strikes(tx, person)?,
        past: moderation::of_person(tx, person, 5)?,
        similar: if clause.is_empty() { Vec::new() } else { moderation::similar(tx, clause, person, 5)? },
        state,
    })
}

impl Show {
    /// Clauses with what the ladder suggests for the person.
    fn clauses(&self) -> Vec<(String, String)> {
        let Some(version) = &self.guidelines else { return Vec::new() };
        let words = |clause: &guidelines::Clause| {
            let next = ladder::suggest(clause.severity, self.about.strikes);
            let length = next.length.map(|length| format!(" {} h", length / HOUR)).unwrap_or_default();
            let severity = clause.severity.as_str();
            format!("{} ({severity}; the ladder suggests: {}{length})", clause.text.title, next.act.as_str())
        };
        version.clauses.iter().map(|clause| (clause.slug.clone(), words(clause))).collect()
    }

    fn excerpt(&self) -> String {
        self.about.post.as_ref().map(|post| views::short(&post.body)).unwrap_or_default()
    }
}

/// `GET /desk/moderation/act?post=…&act=hide`
pub(super) async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let form: Form = cx.query()?;
    draw(&cx, form, None).await
}

async fn draw(cx: &Cx, mut form: Form, error: Option<Error>) -> Page {
    let (actor, viewer) = (cx.staff()?.actor(), cx.reader());
    let (target, clause) = (form.target()?, form.clause.clone());
    let (about, guidelines, spaces) = cx
        .read(move |tx| {
            Ok((about(tx, target, &clause)?, guidelines::holds(tx)?, spaces::store::all(tx, viewer)?))
        })
        .await?;
    if let (Some(post), true) = (&about.post, form.body.is_empty()) {
        form.body.clone_from(&post.body);
        form.version = post.version.to_string();
        form.title = about.topic.as_ref().map(|topic| topic.title.clone()).unwrap_or_default();
    }
    let may = |act: &&Act| acts::may_move(about.state, **act, By::from(actor)).is_ok();
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        acts: Act::ALL.iter().filter(may).copied().collect(),
        chrome: cx.chrome(),
        here: "moderation",
        waiting: cx.waiting().await?,
        form,
        error: error.map(|error| error.safe.into_owned()),
        about,
        guidelines,
        spaces,
    };
    views::html_with(status, &page)
}

/// `POST /desk/moderation/act`
pub(super) async fn decide(cx: Cx) -> Page {
    let (actor, form) = (cx.staff()?.actor(), cx.form::<Form>()?);
    if !form.instead.is_empty() {
        return draw(&cx, form.about_person(), None).await;
    }
    let case = match prepare(&cx, actor, &form).await {
        Ok(case) => case,
        Err(error) if is_mistake(&error) => return draw(&cx, form, Some(error)).await,
        Err(error) => return Err(error),
    };
    match cx.write(move |tx| moderation::decide(tx, actor, &case)).await {
        Ok(decision) => {
            cx.app.sessions.clear();
            cx.app.wake_mail();
            let path = format!("/desk/moderation/decisions/{}", decision.id);
            let undo = Some(format!("{path}/undo"));
            let text = format!("Done: {}. {} is told why.", decision.act.label(), decision.person_name);
            views::see_with(&cx, &path, &Flash { text, undo })
        }
        Err(error) if is_mistake(&error) => draw(&cx, form, Some(error)).await,
        Err(error) => Err(error),
    }
}

async fn prepare(cx: &Cx, _: Actor, form: &Form) -> Result<Case> {
    let order = form.order(cx.app.now())?;
    let ground = if form.ground == "illegal" { Ground::Illegal } else { Ground::Incompatible };
    let flagged = match order.target {
        Target::Post(post) => cx.read(move |tx| flags::open_on(tx, post)).await?,
        _ => Vec::new(),
    };
    let flag = flagged.first().map(|flag| flag.id.0);
    let source = if flag.is_some() { Source::Flag } else { Source::Own };
    Ok(Case { order, clause: form.clause.clone(), source, source_id: flag, detected: false, ground })
}

/// The form's address for a post, from elsewhere.
pub(crate) fn act_on(post: PostId, act: Act) -> String {
    format!("/desk/moderation/act?post={post}&act={}", act.as_str())
}

/// The id of a topic in the form; used by the template.
fn topic_id(target: &Target) -> Option<TopicId> {
    if let Target::Topic(id) = target { Some(*id) } else { None }
}

/// The id of a post in the form; used by the template.
fn post_id(target: &Target) -> Option<PostId> {
    if let Target::Post(id) = target { Some(*id) } else { None }
}
