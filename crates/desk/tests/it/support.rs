//! The standing cast and how a test makes the community live.

use std::collections::BTreeMap;

use mainstreet_community::accounts::{self, NewMember};
use mainstreet_community::{moderation, posts, spaces, topics};
use mainstreet_db::testing::{self, TestDb};
use mainstreet_db::{Db, Tx, log};
use mainstreet_desk::signals::lists::{self, Filter};
use mainstreet_desk::signals::{self, Sight, Signal, view};
use mainstreet_desk::{rhythm, triage};
use mainstreet_kernel::id::{PersonId, PostId, SpaceId, TopicId};
use mainstreet_kernel::{Actor, Result, Role, Visibility};

/// ada owns the place, max moderates, kim too, mira asks, nils answers.
#[derive(Clone, Copy)]
pub(crate) struct Cast {
    pub(crate) ada: Actor,
    pub(crate) max: Actor,
    pub(crate) kim: Actor,
    pub(crate) mira: Actor,
    pub(crate) nils: Actor,
    pub(crate) help: SpaceId,
}

pub(crate) fn person(tx: &mut Tx<'_>, name: &str, role: Role) -> Result<Actor> {
    let new = NewMember {
        username: name.to_lowercase(),
        name: name.to_owned(),
        email: format!("{}@example.org", name.to_lowercase()),
        password_hash: None,
    };
    Ok(Actor::signed_in(accounts::open(tx, &new, role)?, role))
}

/// Opens the place, a day before the clock of the test, so that nobody is new on the day itself.
pub(crate) fn cast(db: &TestDb) -> Result<Cast> {
    db.write_now(|tx| {
        let ada = person(tx, "Ada", Role::Owner)?;
        let space = spaces::open(
            tx,
            ada,
            spaces::Draft {
                name: "Help".to_owned(),
                description: String::new(),
                kind: spaces::Kind::Questions,
                visibility: Visibility::Public,
                hue: 3,
            },
        )?;
        Ok(Cast {
            ada,
            max: person(tx, "Max", Role::Moderator)?,
            kim: person(tx, "Kim", Role::Moderator)?,
            mira: person(tx, "Mira", Role::Member)?,
            nils: person(tx, "Nils", Role::Member)?,
            help: space.id,
        })
    })
}

/// The cast with a first post each behind them, dealt with.
pub(crate) fn settled_cast(db: &TestDb) -> Result<Cast> {
    let cast = cast(db)?;
    let (topic, _) = ask(db, cast.mira, cast.help, "Hello from me", "I am Mira and I build meters.", false)?;
    answer(db, cast.nils, topic, "Welcome, I am Nils.")?;
    settle(db)?;
    db.write_now(|tx| tx.run("UPDATE signals SET state = 'closed', open = 0", &[]))?;
    Ok(cast)
}

pub(crate) fn ask(
    db: &Db,
    who: Actor,
    space: SpaceId,
    title: &str,
    body: &str,
    question: bool,
) -> Result<(TopicId, PostId)> {
    let new = topics::NewTopic {
        space,
        title: title.to_owned(),
        body: body.to_owned(),
        tags: Vec::new(),
        question,
        form_token: None,
    };
    db.write_now(move |tx| topics::open(tx, who, &new).map(|opened| (opened.topic.id, opened.post)))
}

/// What staff do when they hide a post, clause and record apart.
pub(crate) fn hide(tx: &mut Tx<'_>, who: Actor, post: PostId, why: &str) -> Result<()> {
    let (target, act, why) = (moderation::Target::Post(post), moderation::Act::Hide, why.to_owned());
    let order = moderation::Order { target, act, why, until: None, detail: moderation::Detail::None };
    moderation::carry_out(tx, who, &order).map(drop)
}

/// What staff do when they delete somebody else's post.
pub(crate) fn delete(tx: &mut Tx<'_>, who: Actor, post: PostId) -> Result<()> {
    let (target, act) = (moderation::Target::Post(post), moderation::Act::Delete);
    let order = moderation::Order {
        target,
        act,
        why: "Spam.".to_owned(),
        until: None,
        detail: moderation::Detail::None,
    };
    moderation::carry_out(tx, who, &order).map(drop)
}

pub(crate) fn answer(db: &Db, who: Actor, topic: TopicId, body: &str) -> Result<PostId> {
    let new = posts::NewReply { topic, body: body.to_owned(), reply_to: None, form_token: None };
    db.write_now(move |tx| posts::reply(tx, who, &new).map(|post| post.id))
}

/// Lets the desk read the log to its end and look at the clock, as a node does. On a PostgreSQL server where other
/// tests write too, the end of the log shows a moment later.
pub(crate) fn settle(db: &Db) -> Result<()> {
    loop {
        let read = db.write_now(|tx| log::advance(tx, "desk", 3, rhythm::advance))?;
        if read == 0 && unread(db)? == 0 {
            break;
        }
        if read == 0 {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
    db.write_now(signals::sweep).map(drop)
}

fn unread(db: &Db) -> Result<i64> {
    db.read_now(|tx| {
        tx.count(
            "SELECT COUNT(*) AS n FROM activities a, log_cursors c WHERE c.reader = 'desk'
             AND (a.tx > c.tx OR (a.tx = c.tx AND a.seq > c.seq))",
            &[],
        )
    })
}

/// The open items, as ada's list has them.
pub(crate) fn open(db: &Db, me: Actor) -> Result<Vec<Signal>> {
    listed(db, me, Filter::Open)
}

pub(crate) fn listed(db: &Db, me: Actor, filter: Filter) -> Result<Vec<Signal>> {
    let person = me.person.unwrap_or(PersonId(0));
    let page = db.read_now(move |tx| lists::list(tx, filter, person, 0))?;
    Ok(page.rows.into_iter().map(|row| row.signal).collect())
}

pub(crate) fn again(db: &Db, signal: &Signal) -> Result<Signal> {
    let id = signal.id;
    db.read_now(move |tx| view::find(tx, id))
}

pub(crate) fn sight(signal: &Signal) -> Sight {
    Sight { id: signal.id, version: Some(signal.version) }
}

/// Shortest form of where an item stands.
pub(crate) fn standing(signal: &Signal) -> String {
    format!("{} {} {}", signal.kind, signal.state, signal.assessment.urgency.is)
}

/// True when the desk would read these words as a complaint.
pub(crate) fn reads_as_complaint(text: &str) -> bool {
    triage::observe(text, "").complaint >= triage::rules::COMPLAINT_FLOOR
}

/// Every row of every table that a clean-up and its undoing do not add to.
pub(crate) fn rows(db: &Db) -> Result<BTreeMap<String, Vec<String>>> {
    const GROWS: &[&str] = &[
        "activities",
        "log_cursors",
        "schema_migrations",
        "nodes",
        "decisions",
        "audit_entries",
        "audit_seals",
        "appeals",
        "appeal_voices",
        "cleanups",
        "cleanup_decisions",
    ];
    testing::rows(db, GROWS)
}
