//! Invented histories: a few people in two spaces doing everything that moves a figure.

use std::collections::BTreeSet;

use mainstreet_community::settings::{self, Settings};
use mainstreet_db::testing::TestDb;
use mainstreet_db::{Tx, log, params};
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::id::{PersonId, PostId, SpaceId, TopicId};
use mainstreet_kernel::{Activity, Actor, ActorClass, Result, Role, Timestamp, Verb, Visibility};
use proptest::prelude::*;

use mainstreet_desk::metrics::rollups;

/// 2026-01-05T00:00Z, a Monday.
pub(super) const START: Timestamp = Timestamp(1_767_571_200_000);

/// Something that happens.
#[derive(Clone, Debug)]
pub(super) struct Act {
    what: u8,
    person: i64,
    topic: i64,
    post: i64,
    hours: i64,
}

/// Up to `most` acts spread over a hundred days, in no order of time.
pub(super) fn acts(most: usize) -> impl Strategy<Value = Vec<Act>> {
    let act = (0..28_u8, 1..7_i64, 1..6_i64, 0..8_i64, 0..2_400_i64)
        .prop_map(|(what, person, topic, post, hours)| Act { what, person, topic, post, hours });
    proptest::collection::vec(act, 1..most).prop_map(|mut acts| {
        // A post is written once.
        let mut written = BTreeSet::new();
        acts.retain(|act| !act.writes_a_reply() || written.insert((act.topic, act.post)));
        acts
    })
}

/// The time zone of the histories: one whose days do not begin at midnight UTC.
pub(super) const ZONE: &str = "Asia/Kolkata";

pub(super) fn set_zone(tx: &mut Tx<'_>, zone: &str) -> Result<()> {
    let settings = Settings { zone: zone.parse()?, ..Settings::default() };
    settings::save(tx, Actor::SYSTEM, &settings)
}

/// Takes in up to `most` activities.
pub(super) fn advance(tx: &mut Tx<'_>, most: usize) -> Result<usize> {
    log::advance(tx, rollups::READER, most, rollups::take_in)
}

/// Takes the whole log in. On PostgreSQL rows stay out of sight while any older transaction on the server
/// runs, those of other tests too: this waits for them.
pub(super) fn settle(database: &TestDb, batch: usize) -> Result<()> {
    loop {
        let taken = database.write_now(move |tx| advance(tx, batch))?;
        let left = database.read_now(|tx| {
            tx.count(
                "SELECT COUNT(*) AS n FROM activities a JOIN log_cursors c ON c.reader = 'metrics'
                 WHERE a.tx > c.tx OR (a.tx = c.tx AND a.seq > c.seq)",
                &[],
            )
        })?;
        if left == 0 {
            return Ok(());
        }
        if taken == 0 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }
}

/// Empties what a history fills.
pub(super) fn sweep(tx: &mut Tx<'_>) -> Result<()> {
    set_zone(tx, ZONE)?;
    log::waive(tx)?;
    for sql in ["DELETE FROM activities", "DELETE FROM log_cursors", "DELETE FROM people"] {
        tx.run(sql, &[])?;
    }
    log::unwaive(tx)?;
    rollups::build_again(tx)?;
    for person in 1..7_i64 {
        add_person(tx, person)?;
    }
    Ok(())
}

pub(super) fn add_person(tx: &mut Tx<'_>, person: i64) -> Result<()> {
    tx.run(
        "INSERT INTO people (id, name, class, joined_at) VALUES ($1, $2, 'member', 0)",
        params![person, format!("Person {person}")],
    )
    .map(drop)
}

pub(super) fn actor(person: i64, class: ActorClass) -> Actor {
    Actor { person: Some(PersonId(person)), role: Role::Member, class }
}

impl Act {
    fn writes_a_reply(&self) -> bool {
        matches!(self.what, 1..=9 | 22) && self.post > 0
    }

    /// The posts of topic t are numbered from 100 t on; the first belongs to the topic itself.
    fn post(&self) -> PostId {
        PostId(self.topic * 100 + self.post)
    }

    fn class(&self) -> ActorClass {
        match self.person {
            5 => ActorClass::Staff,
            6 if self.topic == 5 => ActorClass::Bot,
            _ => ActorClass::Member,
        }
    }

    fn activity(&self, verb: Verb) -> Activity {
        let at = START.plus(self.hours * HOUR);
        Activity::new(verb, actor(self.person, self.class()), self.post(), at)
            .within(TopicId(self.topic), SpaceId(if self.topic < 4 { 1 } else { 2 }))
    }

    /// Does it. A merge and a closed account are followed by the recount they need.
    pub(super) fn happen(&self, tx: &mut Tx<'_>) -> Result<()> {
        let activity = match self.what {
            0 => Activity { object: PostId(self.topic * 100).into(), ..self.activity(Verb::TopicCreated) }
                .with(serde_json::json!({ "question": self.person % 2 == 0 })),
            1..=9 if self.post > 0 => self
                .activity(Verb::ReplyCreated)
                .with(serde_json::json!({ "mention_only": self.hours % 7 == 0 })),
            10 | 11 => self.activity(Verb::ReactionAdded),
            26 => self.activity(Verb::ReactionRemoved),
            27 => Activity { actor: None, ..self.activity(Verb::ReactionRemoved) }
                .with(serde_json::json!({ "count": 2 })),
            12 => Activity { actor: None, ..self.activity(Verb::ReactionAdded) }
                .with(serde_json::json!({ "count": 3 })),
            13 if self.hours % 3 == 0 => {
                self.activity(Verb::AnswerAccepted).with(serde_json::json!({ "because": "post_back" }))
            }
            13 => self.activity(Verb::AnswerAccepted),
            14 => self.activity(Verb::AnswerUnaccepted),
            15 => self.activity(Verb::PostDeleted).seen_by(Visibility::Staff),
            16 => self.activity(Verb::PostHidden).seen_by(Visibility::Staff),
            17 => self.activity(Verb::PostRestored),
            18 => self.activity(Verb::TopicClosed),
            19 => self.activity(Verb::TopicReopened),
            20 => self.activity(Verb::QuestionMarked),
            21 => self.activity(Verb::QuestionUnmarked),
            22 if self.post > 0 => self.activity(Verb::ReplyCreated).seen_by(Visibility::Staff),
            23 => return self.merge(tx),
            24 => return self.close_account(tx),
            _ => Activity { space: Some(SpaceId(2)), ..self.activity(Verb::TopicEdited) },
        };
        tx.record(&activity)
    }

    fn merge(&self, tx: &mut Tx<'_>) -> Result<()> {
        // Always into a lower number, so that there are no circles; into oneself: unmerge.
        let into = 1 + self.post % self.person;
        let target = (into != self.person).then_some(PersonId(into));
        let was: Option<PersonId> =
            tx.one("SELECT merged_into FROM people WHERE id = $1", params![self.person], |row| {
                row.get("merged_into")
            })?;
        tx.run("UPDATE people SET merged_into = $2 WHERE id = $1", params![self.person, target])?;
        let people = [Some(PersonId(self.person)), target, was].into_iter().flatten().collect();
        rollups::recount(tx, &people)
    }

    fn close_account(&self, tx: &mut Tx<'_>) -> Result<()> {
        let closed = self.post % 2 == 0;
        tx.run("UPDATE people SET spammer = $2 WHERE id = $1", params![self.person, closed])?;
        let verb = if closed { Verb::MemberSuspended } else { Verb::MemberReinstated };
        let at = START.plus(100 * DAY);
        tx.record(&Activity::new(verb, Actor::SYSTEM, PersonId(self.person), at))
    }
}
