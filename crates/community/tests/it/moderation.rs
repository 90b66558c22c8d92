//! Acts of staff: what each does, who may not, and that taking back restores every row.

use std::collections::BTreeMap;

use mainstreet_community::moderation::{self, Act, Back, Detail, Done, Order, Standing, Step, Target};
use mainstreet_community::spaces::{Kind as SpaceKind, Space};
use mainstreet_community::{accounts, flags, posts, reactions, topics};
use mainstreet_db::Db;
use mainstreet_db::testing::{self, TestDb, on_each_database};
use mainstreet_kernel::clock::{DAY, MINUTE};
use mainstreet_kernel::id::{PersonId, PostId, TopicId};
use mainstreet_kernel::{Actor, Kind, Result, Role, Visibility};

use crate::notifications::settle;
use crate::place::{Town, answer, ask, member, reply, space};

/// Tables that only grow, by design: the log, how far its readers are, and what texts were before.
const GROWS: &[&str] = &["activities", "log_cursors", "schema_migrations", "nodes", "post_revisions"];

/// Every row of every other table, when the readers of the log have caught up.
fn rows(db: &TestDb) -> Result<BTreeMap<String, Vec<String>>> {
    settle(db)?;
    testing::rows(db, GROWS)
}

fn order(target: Target, act: Act, detail: Detail) -> Order {
    Order { target, act, why: "Clause be-kind: it insults Ben.".to_owned(), until: None, detail }
}

fn act(db: &Db, who: Actor, order: &Order) -> Result<Done> {
    let order = order.clone();
    db.write_now(move |tx| moderation::carry_out(tx, who, &order))
}

/// An act as the desk keeps it: through text.
fn kept(db: &TestDb, order: &Order, done: &Done) -> Step {
    let text = serde_json::to_string(&(&done.before, order.detail.kept())).unwrap();
    let (before, detail) = serde_json::from_str(&text).unwrap();
    let (act, until, why) = (order.act, order.until, order.why.clone());
    Step { before, act, until, why, detail: Some(detail), at: db.clock().now(), undone_at: None }
}

fn undo(db: &TestDb, who: Actor, steps: &mut [Step], which: usize) -> Result<Back> {
    let known = steps.to_vec();
    steps[which].undone_at = Some(db.clock().now());
    db.write_now(move |tx| moderation::take_back(tx, who, &known, which))
}

/// A town with a busy topic: an accepted answer with a reaction and a reply to it, a mention, a flag, a notification.
struct Busy {
    town: Town,
    other: Space,
    boss: Actor,
    topic: TopicId,
    first: PostId,
    answer: PostId,
}

fn busy(db: &TestDb) -> Result<Busy> {
    let town = Town::new(db)?;
    let other = space(db, "Off topic", SpaceKind::Discussion, Visibility::Public)?;
    let boss = member(db, "zoe", Role::Manager)?;
    let opened = ask(db, town.ada, &town.help, "Third clamp always low")?;
    let topic = opened.topic.id;
    let (ada, ben) = (town.ada, town.ben);
    db.hand.advance(MINUTE);
    let answer_id = answer(db, ben, topic, "@ada set the gain to one.", Some(1))?.id;
    answer(db, ada, topic, "Thank you @ben!", Some(2))?;
    db.write_now(move |tx| {
        posts::accept(tx, ada, answer_id)?;
        reactions::add(tx, ada, answer_id, "thanks")?;
        flags::raise(tx, ada, answer_id, "other", "Is it safe?").map(drop)
    })?;
    let device = ben.person.unwrap();
    db.write_now(move |tx| accounts::open_session(tx, device, "A browser").map(drop))?;
    db.hand.advance(MINUTE);
    Ok(Busy { town, other, boss, topic, first: opened.post, answer: answer_id })
}

#[test]
fn every_act_and_its_undoing_leave_every_row_as_it_was() {
    on_each_database(|db| {
        let busy = busy(db)?;
        let ben = busy.town.ben.person.unwrap();
        let (post, first) = (Target::Post(busy.answer), Target::Post(busy.first));
        let (topic, person) = (Target::Topic(busy.topic), Target::Person(ben));
        let text = Detail::Text(1, "Set the gain to one. @ada".to_owned(), None);
        let acts = [
            order(post, Act::Hold, Detail::None),
            order(post, Act::Hide, Detail::None),
            order(post, Act::Delete, Detail::None),
            order(first, Act::Hold, Detail::None),
            order(first, Act::Hide, Detail::None),
            order(first, Act::Delete, Detail::None),
            order(post, Act::Label, Detail::Label("disputed".to_owned())),
            order(topic, Act::Move, Detail::Space(busy.other.id)),
            order(topic, Act::Slow, Detail::Every(10 * MINUTE)),
            order(topic, Act::Lock, Detail::None),
            Order { until: Some(db.clock().now().plus(DAY)), ..order(topic, Act::Lock, Detail::None) },
            order(
                first,
                Act::Edit,
                Detail::Text(1, "It reads low.".to_owned(), Some("A clamp that reads low".to_owned())),
            ),
            order(person, Act::Warn, Detail::None),
            order(person, Act::RequireApproval, Detail::None),
            order(person, Act::Mute, Detail::None),
            order(person, Act::Silence, Detail::None),
            Order { until: Some(db.clock().now().plus(DAY)), ..order(person, Act::Suspend, Detail::None) },
            order(person, Act::Ban, Detail::None),
            order(post, Act::Edit, text),
        ];
        let before = rows(db)?;
        for act_order in &acts {
            let done = act(db, busy.boss, act_order)?;
            let step = kept(db, act_order, &done);
            db.hand.advance(MINUTE);
            assert!(rows(db)? != before || act_order.act == Act::Warn, "{:?} does something", act_order.act);
            undo(db, busy.boss, &mut [step], 0)?;
            db.hand.advance(MINUTE);
            for (table, after) in rows(db)? {
                assert_eq!(Some(&after), before.get(&table), "{table} after {:?} was undone", act_order.act);
            }
        }
        Ok(())
    });
}

#[test]
fn acts_on_what_is_away_already_are_undone_to_where_it_was() {
    on_each_database(|db| {
        let busy = busy(db)?;
        let post = Target::Post(busy.answer);
        let mut steps = Vec::new();
        let mut states = vec![rows(db)?];
        for one in [
            Act::Hold,
            Act::Hide,
            Act::Delete,
            Act::Restore,
            Act::Hide,
            Act::Restore,
            Act::Hold,
            Act::Publish,
        ] {
            db.hand.advance(MINUTE);
            let order = order(post, one, Detail::None);
            let done = act(db, busy.boss, &order)?;
            steps.push(kept(db, &order, &done));
            states.push(rows(db)?);
        }
        states.pop();
        for which in (0..steps.len()).rev() {
            db.hand.advance(MINUTE);
            undo(db, busy.boss, &mut steps, which)?;
            let expect = states.pop().unwrap();
            for (table, after) in rows(db)? {
                assert_eq!(Some(&after), expect.get(&table), "{table}: {:?}", steps[which].act);
            }
        }
        // What came later stays; once that is undone as well, everything is as it was.
        let untouched = rows(db)?;
        let mut steps = Vec::new();
        for one in [Act::Hide, Act::Delete] {
            db.hand.advance(MINUTE);
            let order = order(post, one, Detail::None);
            let done = act(db, busy.boss, &order)?;
            steps.push(kept(db, &order, &done));
        }
        let deleted = rows(db)?;
        db.hand.advance(MINUTE);
        assert_eq!(undo(db, busy.boss, &mut steps, 0)?, Back::LaterStand);
        assert!(rows(db)? == deleted);
        assert_eq!(undo(db, busy.boss, &mut steps, 1)?, Back::Whole);
        assert!(rows(db)? == untouched);
        Ok(())
    });
}

fn refused<T>(result: Result<T>, kind: Kind, part: &str) {
    let error = result.err().unwrap_or_else(|| panic!("refused with {part}"));
    assert!(error.kind == kind && error.safe.contains(part), "{error:?} has {part}");
}

#[test]
fn a_restricted_member_may_only_what_is_left_to_them() {
    on_each_database(|db| {
        let busy = busy(db)?;
        let (ben, topic, first) = (busy.town.ben, busy.topic, busy.first);
        let person = Target::Person(ben.person.unwrap());
        let write = |text: &str| reply(db, ben, topic, text);
        let react = || db.write_now(move |tx| reactions::toggle(tx, ben, first, "thanks"));
        let mute =
            Order { until: Some(db.clock().now().plus(DAY)), ..order(person, Act::Mute, Detail::None) };
        act(db, busy.town.mod_, &mute)?;
        refused(write("Hm."), Kind::Forbidden, "muted");
        assert!(react()?, "a muted member reacts");
        db.hand.advance(DAY);
        write("It has run out.")?;
        act(db, busy.town.mod_, &order(person, Act::Silence, Detail::None))?;
        refused(write("Hm."), Kind::Forbidden, "silenced");
        refused(react(), Kind::Forbidden, "silenced");
        act(db, busy.town.mod_, &order(person, Act::RequireApproval, Detail::None))?;
        let count = |db: &Db| db.read_now(move |tx| Ok(topics::store::find(tx, topic)?.reply_count));
        let before = count(db)?;
        let held = write("Look at this first.")?;
        assert_eq!((held.state.as_str(), count(db)?), ("held", before));
        assert_eq!(db.read_now(|tx| moderation::held_posts(tx, 10))?, [held.id]);
        settle(db)?;
        act(db, busy.town.mod_, &order(Target::Post(held.id), Act::Publish, Detail::None))?;
        assert_eq!(count(db)?, before + 1);
        act(db, busy.boss, &order(person, Act::Ban, Detail::None))?;
        let id = ben.person.unwrap();
        refused(db.write_now(move |tx| accounts::open_session(tx, id, "Another")), Kind::Forbidden, "closed");
        refused(write("Hm."), Kind::Forbidden, "suspended");
        let lenient = order(person, Act::Reinstate, Detail::None);
        refused(act(db, busy.town.mod_, &lenient), Kind::Forbidden, "manager");
        act(db, busy.boss, &lenient)?;
        assert_eq!(db.read_now(move |tx| moderation::standing_of(tx, id))?.standing, Standing::Active);
        write("Back.").map(drop)
    });
}

#[test]
fn a_slow_topic_takes_one_reply_of_each_person_at_a_time() {
    on_each_database(|db| {
        let busy = busy(db)?;
        let (ben, topic) = (busy.town.ben, busy.topic);
        let slow = order(Target::Topic(topic), Act::Slow, Detail::Every(10 * MINUTE));
        act(db, busy.town.mod_, &slow)?;
        refused(reply(db, ben, topic, "Again."), Kind::TooMany, "one reply in 10 min");
        reply(db, busy.town.mod_, topic, "Staff need not wait.")?;
        db.hand.advance(10 * MINUTE);
        reply(db, ben, topic, "Now.")?;
        let wrong = order(Target::Topic(topic), Act::Slow, Detail::Every(5));
        refused(act(db, busy.town.mod_, &wrong), Kind::Invalid, "10 seconds");
        Ok(())
    });
}

#[test]
fn a_lock_ends_by_itself_and_a_hidden_post_is_changed_and_looked_at_again() {
    on_each_database(|db| {
        let busy = busy(db)?;
        let (ben, topic, mira) = (busy.town.ben, busy.topic, busy.town.mod_);
        let until = db.clock().now().plus(DAY);
        let lock = Order { until: Some(until), ..order(Target::Topic(topic), Act::Lock, Detail::None) };
        act(db, mira, &lock)?;
        refused(reply(db, ben, topic, "Hm."), Kind::Conflict, "closed");
        assert_eq!(db.read_now(move |tx| moderation::lock_of(tx, topic))?, Some(until));
        db.hand.advance(DAY);
        reply(db, ben, topic, "It is open before any sweep.")?;
        let again = Order { until: Some(until.plus(DAY)), ..lock };
        act(db, mira, &again)?;
        db.hand.advance(DAY);
        assert_eq!(db.write_now(moderation::open_ended)?, 1);
        assert!(db.read_now(move |tx| topics::store::find(tx, topic))?.closed_at.is_none());

        let post = reply(db, ben, topic, "Buy my clamps.")?.id;
        let edit = |body: &str, version: i64| posts::Edit {
            post,
            expected: version,
            body: body.to_owned(),
            title: None,
            tags: None,
            why: String::new(),
        };
        let theirs = edit("Taken out.", 1);
        refused(db.write_now(move |tx| posts::edit(tx, mira, &theirs)), Kind::Forbidden, "is a decision");
        refused(db.write_now(move |tx| posts::delete(tx, mira, post)), Kind::Forbidden, "is a decision");
        refused(
            db.write_now(move |tx| posts::hide(tx, mira, post, "Spam.")),
            Kind::Forbidden,
            "is a decision",
        );
        let open = ask(db, busy.town.ada, &busy.town.help, "Which clamp fits?")?.topic.id;
        refused(db.write_now(move |tx| topics::close(tx, mira, open)), Kind::Forbidden, "is a decision");
        let hide = order(Target::Post(post), Act::Hide, Detail::None);
        let hidden = kept(db, &hide, &act(db, mira, &hide)?);
        let own = edit("A clamp costs little.", 1);
        db.write_now(move |tx| posts::edit(tx, ben, &own).map(drop))?;
        let state = |db: &Db| db.read_now(move |tx| Ok(posts::store::find(tx, post)?.state.as_str()));
        assert_eq!(state(db)?, "held");
        undo(db, mira, &mut [hidden], 0)?;
        assert_eq!(state(db)?, "published", "an appeal can still be right about what was changed since");
        let members = space(db, "Inner", SpaceKind::Discussion, Visibility::Members)?.id;
        let away = order(Target::Topic(topic), Act::Move, Detail::Space(members));
        refused(act(db, mira, &away), Kind::Conflict, "Fewer people");
        Ok(())
    });
}

#[test]
fn who_may_not() {
    on_each_database(|db| {
        let busy = busy(db)?;
        let (mira, boss, ada) = (busy.town.mod_, busy.boss, busy.town.ada);
        let second = member(db, "kim", Role::Moderator)?;
        let owner = member(db, "pia", Role::Owner)?;
        let ben = busy.town.ben.person.unwrap();
        let hide = order(Target::Post(busy.answer), Act::Hide, Detail::None);
        let mute = |who: PersonId| order(Target::Person(who), Act::Mute, Detail::None);
        for role in [Role::Member, Role::Analyst, Role::Auditor] {
            let reader = member(db, ["al", "an", "au"][role as usize], role)?;
            refused(act(db, reader, &hide), Kind::Forbidden, "moderators");
            refused(act(db, reader, &mute(ben)), Kind::Forbidden, "moderators");
        }
        refused(act(db, mira, &mute(second.person.unwrap())), Kind::Forbidden, "less rights");
        refused(act(db, boss, &mute(boss.person.unwrap())), Kind::Forbidden, "less rights");
        refused(
            act(db, mira, &order(Target::Person(ben), Act::Ban, Detail::None)),
            Kind::Forbidden,
            "manager",
        );
        refused(
            act(db, Actor::SYSTEM, &Order { act: Act::Delete, ..hide.clone() }),
            Kind::Forbidden,
            "A person must",
        );
        let staff_post = reply(db, mira, busy.topic, "A word from staff.")?.id;
        let auto = order(Target::Post(staff_post), Act::Hide, Detail::None);
        refused(act(db, Actor::SYSTEM, &auto), Kind::Forbidden, "by a person");

        // A moderator of one space has no say in another, with whichever verb.
        let (elsewhere, mira_id) = (busy.other.id, mira.person.unwrap());
        refused(
            db.write_now(move |tx| moderation::set_spaces(tx, second, mira_id, &[elsewhere])),
            Kind::Forbidden,
            "manager",
        );
        db.write_now(move |tx| moderation::set_spaces(tx, owner, mira_id, &[elsewhere]))?;
        let (topic, answer) = (busy.topic, busy.answer);
        let flag = db.read_now(move |tx| flags::open_on(tx, answer))?.remove(0).id;
        let other = "other spaces";
        refused(act(db, mira, &hide), Kind::Forbidden, other);
        refused(act(db, mira, &order(Target::Topic(topic), Act::Lock, Detail::None)), Kind::Forbidden, other);
        db.write_now(move |tx| posts::accept(tx, owner, answer)).ok();
        refused(db.write_now(move |tx| topics::close(tx, mira, topic)), Kind::Forbidden, other);
        refused(db.write_now(move |tx| topics::pin(tx, mira, topic, true)), Kind::Forbidden, other);
        refused(db.write_now(move |tx| topics::move_to(tx, mira, topic, elsewhere)), Kind::Forbidden, other);
        refused(db.write_now(move |tx| flags::decide(tx, mira, flag, true)), Kind::Forbidden, other);
        act(db, second, &hide)?;
        refused(db.write_now(move |tx| posts::restore(tx, mira, answer)), Kind::Forbidden, other);
        let own = ask(db, ada, &busy.other, "Off topic")?.post;
        act(db, mira, &order(Target::Post(own), Act::Hide, Detail::None)).map(drop)
    });
}
