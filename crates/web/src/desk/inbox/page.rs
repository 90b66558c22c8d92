//! The page of the inbox: the list, the chosen item, the person.

use std::collections::HashSet;

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::accounts::MailStand;
use mainstreet_community::guidelines;
use mainstreet_community::meaning::Asker;
use mainstreet_community::posts;
use mainstreet_community::search::{Ways, alike};
use mainstreet_desk::canned_replies::{self, CannedReply, Values};
use mainstreet_desk::conflicts;
use mainstreet_desk::drafting::{self, Asked, Stand};
use mainstreet_desk::escalations::Escalation;
use mainstreet_desk::insights::{self, Help};
use mainstreet_desk::rules::{self, Draft};
use mainstreet_desk::signals::lists::{self, Counts, Filter};
use mainstreet_desk::signals::{self, Outcome, view};
use mainstreet_desk::triage::{Intent, Owner, Risk, RiskLevel, Urgency};
use mainstreet_kernel::id::{AppealId, CannedReplyId, ConflictId, PersonId, SignalId};
use mainstreet_kernel::{Actor, Error, Result, Timestamp};

use super::words::{self, Line};
use crate::request::Cx;
use crate::views::{self, Chrome, Flash, Page};

/// What the viewer asked to see.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) list: Filter,
    pub(super) page: usize,
    pub(super) item: Option<SignalId>,
    pub(super) canned: Option<CannedReplyId>,
}

/// An act that was refused, or a page that brings typed text back: which form, why, and what had been typed.
#[derive(Clone)]
pub(super) struct Mistake {
    pub(super) form: &'static str,
    pub(super) text: String,
    pub(super) typed: super::acts::Form,
    pub(super) status: StatusCode,
    /// What was done, when the page that says so also brings typed text back.
    pub(super) flash: Option<Flash>,
}

#[derive(Template)]
#[template(path = "desk/inbox/show.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    /// What keeps the place calm just now. HTML.
    calm: String,
    list: Filter,
    tabs: Vec<Tab>,
    lines: Vec<Line>,
    page: usize,
    more: bool,
    open: Option<Item>,
    form: &'static str,
    error: String,
    typed: super::acts::Form,
    /// False for auditors, who look and do nothing.
    works: bool,
}

struct Tab {
    filter: Filter,
    count: Option<i64>,
}

/// The chosen item, ready for the template.
pub(super) struct Item {
    pub(super) view: view::View,
    /// What helps with a question: its theme, how similar ones ended, who could answer.
    help: Help,
    place: String,
    standing: String,
    turns: Vec<Turn>,
    staff: Vec<(PersonId, String)>,
    merge: Vec<(SignalId, String)>,
    /// The conflict that it is about.
    conflict: Option<ConflictId>,
    /// The theme that it is about, with its latest conversations.
    trend: Option<insights::Shown>,
    /// The rule whose draft stands in the reply.
    drafted: Option<String>,
    /// A model can be asked for a draft.
    drafts: bool,
    /// What came of the last request.
    asked: Option<Asked>,
    /// What to look at in its draft.
    doubts: Vec<String>,
    canned: Vec<CannedReply>,
    /// The text in the composer.
    body: String,
    /// What the viewer had typed before a draft came; it stands beside the composer.
    beside: String,
    used: Option<CannedReplyId>,
    token: String,
    mine: bool,
    me: PersonId,
    /// Clauses that a held post can be rejected by.
    clauses: Vec<(String, String)>,
    /// Which of the appeals the viewer may decide.
    may_speak: Vec<AppealId>,
}

/// Something said: a post, or a note of the team.
struct Turn {
    note: bool,
    /// The post that the item is about.
    about: bool,
    name: String,
    person: i64,
    at: Timestamp,
    /// Safe HTML of a post; empty for a note.
    html: String,
    text: String,
    /// Where a post stands that not everybody sees; empty: published.
    gone: &'static str,
}

impl Item {
    fn intents(&self) -> &'static [Intent] {
        Intent::ALL
    }
    fn urgencies(&self) -> &'static [Urgency] {
        Urgency::ALL
    }
    fn owners(&self) -> &'static [Owner] {
        Owner::ALL
    }
    fn risks(&self) -> &'static [Risk] {
        Risk::ALL
    }
    fn levels(&self) -> &'static [RiskLevel] {
        RiskLevel::ALL
    }
    fn outcomes(&self) -> &'static [Outcome] {
        Outcome::CHOSEN
    }
    /// True when the viewer may say whether a decision was right.
    fn speaks(&self, id: &AppealId) -> bool {
        self.may_speak.contains(id)
    }
    fn is_open(&self) -> bool {
        self.view.signal.state.is_open()
    }
    /// What makes a button beside the composer one of its own, so that what is typed there comes along.
    fn carry(&self, act: &str) -> String {
        if !self.is_open() || self.view.topic.is_none() {
            return String::new();
        }
        format!(r#" form="reply" formaction="/desk/inbox/{}/{act}" formnovalidate"#, self.view.signal.id)
    }
    /// What makes a field of another form one of the composer's.
    fn field(&self) -> &'static str {
        if self.is_open() && self.view.topic.is_some() { r#" form="reply""# } else { "" }
    }
}

/// Conversations that the search finds to be about the same, before they are compared.
const LIKE: usize = 20;

/// What the closure reads in one go.
struct Read {
    counts: Counts,
    rows: Vec<lists::Row>,
    more: bool,
    open: Option<Open>,
}

struct Open {
    clauses: Vec<(String, String)>,
    view: view::View,
    help: Help,
    staff: Vec<(PersonId, String)>,
    merge: Vec<(SignalId, String)>,
    canned: Vec<CannedReply>,
    drafts: Vec<Draft>,
    asked: Option<Asked>,
    drafting: bool,
    conflict: Option<ConflictId>,
    trend: Option<insights::Shown>,
}

/// Draws the inbox. With a mistake, the form that was refused stands open with what was typed.
pub(super) async fn draw(cx: &Cx, actor: Actor, wanted: Wanted, mistake: Option<Mistake>) -> Page {
    let me = actor.person.ok_or_else(|| Error::forbidden("Sign in to work in the desk."))?;
    let operator = cx.app.config.drafting.clone();
    let read = cx.read(move |tx| {
        let page = lists::list(tx, wanted.list, me, wanted.page * lists::PAGE)?;
        let open = match wanted.item {
            None => None,
            Some(id) => {
                let view = view::view(tx, actor, id)?;
                let merge = view::merge_targets(tx, &view.signal)?;
                let holds = guidelines::holds(tx)?;
                let clauses = holds.map(|version| version.clauses).unwrap_or_default();
                let clauses = clauses.into_iter().map(|clause| (clause.slug, clause.text.title)).collect();
                let drafts = rules::drafts(tx, id)?;
                let (staff, canned, help) = (view::staff(tx)?, canned_replies::all(tx)?, Help::default());
                let conflict = conflicts::store::of_signal(tx, id)?;
                let asked = drafting::latest(tx, id)?
                    .filter(|asked| !matches!(asked.stand, Stand::Dropped | Stand::Used));
                let drafting = drafting::endpoint(tx, operator.as_ref())?.is_some();
                let trend = view.signal.theme().map(|theme| insights::show(tx, theme)).transpose()?;
                Some(Open {
                    clauses,
                    merge,
                    help,
                    staff,
                    canned,
                    drafts,
                    asked,
                    drafting,
                    conflict,
                    trend,
                    view,
                })
            }
        };
        Ok(Read { counts: lists::counts(tx, me)?, rows: page.rows, more: page.more, open })
    });
    let mut read = read.await?;
    if let Some(open) = &mut read.open {
        open.help = help(cx, &open.view).await?;
    }
    let mistake = mistake.unwrap_or_default();
    let mut chrome = cx.chrome();
    chrome.flash = mistake.flash.clone().or(chrome.flash);
    let open = match read.open {
        None => None,
        Some(open) => Some(item(&chrome, open, wanted, actor, &mistake)?),
    };
    let show = Show {
        here: "inbox",
        waiting: if actor.role.is_staff() { read.counts.of(Filter::Mine) } else { 0 },
        works: actor.role.is_staff(),
        calm: crate::desk::raids::banner(cx).await?,
        list: wanted.list,
        tabs: tabs(&read.counts),
        lines: words::lines(&chrome, read.rows),
        page: wanted.page,
        more: read.more,
        open,
        form: mistake.form,
        error: mistake.text,
        typed: mistake.typed,
        chrome,
    };
    views::html_with(mistake.status, &show)
}

/// What helps with the question that opens this conversation.
async fn help(cx: &Cx, view: &view::View) -> Result<Help> {
    let Some(topic) = view.topic.clone().filter(|topic| topic.question) else { return Ok(Help::default()) };
    let Some(first) = topic.first_post else { return Ok(Help::default()) };
    let body = cx.read(move |tx| Ok(posts::store::find(tx, first)?.body)).await?;
    let (asked, except) = (format!("{} {body}", topic.title), topic.id);
    let (index, meaning) = (cx.app.search.clone(), cx.app.meaning.clone());
    let like = tokio::task::spawn_blocking(move || {
        let everything = Asker { visible: None, muted: &HashSet::new() };
        alike(Ways { words: &index, meaning: &meaning }, &asked, everything, Some(except), LIKE)
    });
    let like = like.await.map_err(Error::internal)??;
    cx.read(move |tx| insights::help(tx, &topic, &body, &like)).await
}

fn tabs(counts: &Counts) -> Vec<Tab> {
    let shown = |filter: &Filter| !matches!(filter, Filter::Overdue);
    let count = |filter: Filter| (filter != Filter::Resolved).then(|| counts.of(filter));
    Filter::ALL.iter().filter(|filter| shown(filter)).map(|f| Tab { filter: *f, count: count(*f) }).collect()
}

fn item(chrome: &Chrome, open: Open, wanted: Wanted, actor: Actor, mistake: &Mistake) -> Result<Item> {
    let me = actor.person.unwrap_or(PersonId(0));
    let may_speak = open
        .view
        .appeals
        .iter()
        .filter(|(_, decision, voices)| {
            let concerned = actor.is(decision.person) || decision.by.is_some_and(|by| actor.is(by));
            let spoken = voices.iter().any(|voice| actor.is(voice.person));
            actor.role.is_staff() && !concerned && !spoken
        })
        .map(|(appeal, ..)| appeal.id)
        .collect();
    let signal = &open.view.signal;
    let mine = signal.assignee == Some(me);
    let used = wanted.canned.or_else(|| mistake.typed.canned.parse().ok());
    let asked = open.asked;
    let done = asked.as_ref().filter(|asked| asked.stand == Stand::Done);
    let chosen = open.canned.iter().find(|canned| Some(canned.id) == wanted.canned);
    let chosen = chosen.map(|canned| canned_replies::fill(&canned.body, &values(chrome, &open.view)));
    let by_rule = open.drafts.first().map(|draft| draft.body.as_str()).unwrap_or_default();
    let Composed { body, beside } = compose(mistake, asked.as_ref(), by_rule, me, chosen);
    let drafted = open.drafts.first().filter(|draft| draft.body == body).map(|draft| draft.rule.clone());
    let doubts = done.map(|asked| drafting::doubts(&asked.draft, &asked.body)).unwrap_or_default();
    Ok(Item {
        drafted,
        drafts: open.drafting,
        asked,
        doubts,
        conflict: open.conflict,
        help: open.help,
        place: words::place(signal, &open.view.channel, &open.view.space, open.view.own),
        trend: open.trend,
        standing: words::standing(chrome, signal, open.view.assignee.as_deref(), mine),
        turns: turns(&open.view),
        staff: open.staff,
        merge: open.merge,
        canned: open.canned,
        body,
        beside,
        used,
        token: mainstreet_community::accounts::random_token()?,
        mine,
        me,
        clauses: open.clauses,
        may_speak,
        view: open.view,
    })
}

/// What stands in the composer and beside it.
struct Composed {
    body: String,
    beside: String,
}

/// Nothing that was typed is replaced: a draft that came meanwhile moves it beside the composer, a prepared answer
/// goes under it.
fn compose(
    mistake: &Mistake,
    asked: Option<&Asked>,
    by_rule: &str,
    me: PersonId,
    chosen: Option<String>,
) -> Composed {
    let typed = &mistake.typed;
    let carried = mistake.form == "reply" || typed.carries();
    let done = asked.filter(|asked| asked.stand == Stand::Done);
    let kept = asked.filter(|asked| asked.by == me).map(|asked| asked.beside.clone()).unwrap_or_default();
    let (body, beside) = match done {
        Some(draft) if !carried => (draft.draft.clone(), kept),
        Some(draft) if typed.drafted != draft.id.to_string() => {
            let own = if typed.body.contains(kept.trim()) { String::new() } else { kept };
            (draft.draft.clone(), joined(&joined(&own, &typed.beside), &typed.body))
        }
        _ if carried => (typed.body.clone(), typed.beside.clone()),
        _ if !kept.is_empty() => (kept, String::new()),
        _ => (by_rule.to_owned(), String::new()),
    };
    match chosen {
        Some(text) if body.trim() == by_rule.trim() => Composed { body: text, beside },
        Some(text) => Composed { body: joined(&body, &text), beside },
        None => Composed { body, beside },
    }
}

/// One text under the other.
pub(super) fn joined(above: &str, below: &str) -> String {
    match (above.trim(), below.trim()) {
        ("", text) | (text, "") => text.to_owned(),
        (above, below) => format!("{above}\n\n{below}"),
    }
}

/// Draws an item with what was typed in its composer.
pub(super) async fn draw_typed(
    cx: &Cx,
    actor: Actor,
    list: Filter,
    id: SignalId,
    typed: super::acts::Form,
    flash: Option<Flash>,
) -> Page {
    let canned = typed.act.strip_prefix("canned-").and_then(|id| id.parse().ok());
    let wanted = Wanted { list, page: 0, item: Some(id), canned };
    let mistake = Mistake { form: "reply", typed, flash, ..Mistake::default() };
    draw(cx, actor, wanted, Some(mistake)).await
}

fn values(chrome: &Chrome, view: &view::View) -> Values {
    Values {
        name: view.person.name.clone(),
        topic: view.topic.as_ref().map(|topic| topic.title.clone()).unwrap_or_default(),
        community: chrome.site.clone(),
        me: chrome.viewer.as_ref().map(|viewer| viewer.name.clone()).unwrap_or_default(),
    }
}

fn turns(view: &view::View) -> Vec<Turn> {
    let posts = view.posts.iter().map(|seen| Turn {
        note: false,
        about: seen.post.id == view.signal.post,
        name: seen.author.name.clone(),
        person: seen.author.id.0,
        at: seen.post.created_at,
        html: seen.html.clone(),
        text: String::new(),
        gone: match seen.post.state.as_str() {
            "published" => "",
            "held" => "held",
            "hidden" => "hidden",
            _ => "deleted",
        },
    });
    let notes = view.notes.iter().map(|note| Turn {
        note: true,
        about: false,
        name: note.name.clone(),
        person: note.person.0,
        at: note.created_at,
        html: String::new(),
        text: note.body.clone(),
        gone: "",
    });
    let mut turns: Vec<Turn> = posts.chain(notes).collect();
    turns.sort_by_key(|turn| turn.at);
    turns
}

/// The address of an item in a list.
pub(super) fn address(id: SignalId, list: Filter) -> String {
    format!("/desk/inbox/{id}?list={list}")
}

/// The state word for a page; used by the template.
pub(super) fn act_label(act: signals::Act) -> String {
    act.as_str().replace('_', " ")
}

/// How far the mail to an owner has come, in a sentence; used by the template.
pub(super) fn mailed(chrome: &Chrome, asked: &Escalation) -> String {
    let to = &asked.mailed_to;
    match &asked.mail_stand {
        Some(MailStand::Sent(at)) => format!("Mailed to {to} {}.", chrome.ago(at)),
        Some(MailStand::Waiting) => format!("The mail to {to} waits to go out."),
        Some(MailStand::Refused(_)) => {
            format!("The mail server refused the mail to {to}; tell them yourself.")
        }
        None => format!("The mail to {to} was taken back."),
    }
}
