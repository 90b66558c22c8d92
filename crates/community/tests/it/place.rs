//! A small community to test in.

use mainstreet_community::moderation::{self, Act, Detail, Done, Order, Target};
use mainstreet_community::posts::{self, NewReply, Post};
use mainstreet_community::spaces::{self, Draft, Kind, Space};
use mainstreet_community::topics::{self, NewTopic, Opened};
use mainstreet_db::testing::TestDb;
use mainstreet_db::{Db, Tx, params};
use mainstreet_kernel::id::{PersonId, PostId, TopicId};
use mainstreet_kernel::{Actor, Result, Role, Timestamp, Visibility};

/// A member who can sign in.
pub(crate) fn member(db: &Db, name: &'static str, role: Role) -> Result<Actor> {
    db.write_now(move |tx| {
        let (id, now) = (PersonId(tx.mint()), tx.now());
        tx.run(
            "INSERT INTO people (id, name, class, joined_at) VALUES ($1, $2, 'member', $3)",
            params![id, name, now],
        )?;
        tx.run(
            "INSERT INTO members (person_id, username, username_folded, email, email_folded, role, created_at)
             VALUES ($1, $2, $2, $3, $3, $4, $5)",
            params![id, name, format!("{name}@example.org"), role, now],
        )?;
        Ok(Actor::signed_in(id, role))
    })
}

pub(crate) fn space(db: &Db, name: &str, kind: Kind, visibility: Visibility) -> Result<Space> {
    let draft = Draft { name: name.to_owned(), description: String::new(), kind, visibility, hue: 1 };
    db.write_now(move |tx| spaces::open(tx, Actor::SYSTEM, draft))
}

/// A community with a public space for questions, an asker, a helper and a moderator.
pub(crate) struct Town {
    pub(crate) help: Space,
    pub(crate) ada: Actor,
    pub(crate) ben: Actor,
    pub(crate) mod_: Actor,
}

impl Town {
    pub(crate) fn new(db: &TestDb) -> Result<Self> {
        Ok(Self {
            help: space(db, "Help", Kind::Questions, Visibility::Public)?,
            ada: member(db, "ada", Role::Member)?,
            ben: member(db, "ben", Role::Member)?,
            mod_: member(db, "mira", Role::Moderator)?,
        })
    }
}

pub(crate) fn ask(db: &Db, who: Actor, space: &Space, title: &str) -> Result<Opened> {
    let new = NewTopic {
        space: space.id,
        title: title.to_owned(),
        body: format!("{title} Please help."),
        tags: vec!["clamp".to_owned()],
        question: true,
        form_token: None,
    };
    db.write_now(move |tx| topics::open(tx, who, &new))
}

pub(crate) fn reply(db: &Db, who: Actor, topic: TopicId, body: &str) -> Result<Post> {
    answer(db, who, topic, body, None)
}

/// What staff do to a post.
pub(crate) fn decide(tx: &mut Tx<'_>, who: Actor, post: PostId, act: Act, why: &str) -> Result<Done> {
    let why = why.to_owned();
    let order = Order { target: Target::Post(post), act, why, until: None, detail: Detail::None };
    moderation::carry_out(tx, who, &order)
}

/// Hiding a post, as a record keeps it.
pub(crate) fn hidden(before: moderation::Before, at: Timestamp) -> moderation::Step {
    let why = "Spam.".to_owned();
    moderation::Step { before, act: Act::Hide, until: None, why, detail: None, at, undone_at: None }
}

pub(crate) fn answer(db: &Db, who: Actor, topic: TopicId, body: &str, to: Option<i64>) -> Result<Post> {
    let new = NewReply { topic, body: body.to_owned(), reply_to: to, form_token: None };
    db.write_now(move |tx| posts::reply(tx, who, &new))
}
