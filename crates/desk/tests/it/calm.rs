//! Conflicts that are found, calm mode, and keeping people apart.

use mainstreet_community::calm::{self, Kind as Mode, NewCalm, Place};
use mainstreet_community::{cool_offs, flags, guidelines, mutes, posts};
use mainstreet_db::Db;
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_desk::conflicts::{self, Ask};
use mainstreet_desk::signals::Cause;
use mainstreet_desk::{moderation, triage};
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};
use mainstreet_kernel::id::{PostId, TopicId};
use mainstreet_kernel::{Actor, Kind, Result, Role, Timestamp};

use crate::support::{Cast, answer, ask, cast, open, person, rows, settle};

pub(crate) fn place(db: &TestDb) -> Result<(Cast, TopicId)> {
    let cast = cast(db)?;
    db.write_now(move |tx| guidelines::adopt(tx, cast.ada, "support").map(drop))?;
    db.hand.advance(30 * DAY);
    let (topic, _) =
        ask(db, cast.mira, cast.help, "Which register is it?", "The manual does not say.", true)?;
    Ok((cast, topic))
}

fn wanted(place: Place, until: Timestamp) -> NewCalm {
    NewCalm {
        kind: Mode::Calm,
        place,
        every: 10 * MINUTE,
        newer_than: 7 * DAY,
        why: "Two of us are angry.".to_owned(),
        clause: "be-kind".to_owned(),
        until,
    }
}

pub(crate) fn state(db: &Db, post: PostId) -> Result<String> {
    db.read_now(move |tx| Ok(posts::store::find(tx, post)?.state.as_str().to_owned()))
}

fn flag(db: &Db, who: Actor, post: PostId, reason: &'static str) -> Result<()> {
    db.write_now(move |tx| flags::raise(tx, who, post, reason, "").map(drop))?;
    settle(db)
}

#[track_caller]
pub(crate) fn refused<T>(result: Result<T>, kind: Kind, part: &str) {
    let error = result.err().unwrap_or_else(|| panic!("refused with {part}"));
    assert!(error.kind == kind && error.safe.contains(part), "{error:?} has {part}");
}

#[test]
fn three_flags_by_three_people_open_one_urgent_item() {
    on_each_database(|db| {
        let (cast, topic) = place(db)?;
        let post = answer(db, cast.nils, topic, "Nobody needs that register.")?;
        let other = answer(db, cast.nils, topic, "Nor that one.")?;
        let people =
            db.write_now(|tx| Ok([person(tx, "Una", Role::Member)?, person(tx, "Vic", Role::Member)?]))?;
        flag(db, cast.mira, post, "harassment")?;
        flag(db, people[0], other, "other")?;
        assert!(db.read_now(move |tx| conflicts::store::open_on(tx, topic))?.is_none(), "two are not enough");
        db.hand.advance(HOUR);
        flag(db, people[1], post, "harassment")?;
        let found = db.read_now(move |tx| conflicts::store::open_on(tx, topic))?.unwrap();
        assert!(found.inputs[0].text.starts_with("3 flags by 3 people"), "{:?}", found.inputs);
        let items: Vec<_> =
            open(db, cast.ada)?.into_iter().filter(|one| one.kind == Cause::Conflict).collect();
        assert_eq!(items.len(), 1);
        assert_eq!(items[0].assessment.urgency.is, triage::Urgency::Urgent);
        let year = db.read_now(conflicts::alarms::year)?;
        assert_eq!((year.flags.all, year.flags.wrong, year.turns.all, year.rise.all), (1, 0, 0, 0));
        // Cleared since, the same flags are a false alarm of the year.
        let cleared = db.read_now(move |tx| flags::open_on(tx, post))?.remove(0).id;
        let year = db.write_now(move |tx| {
            flags::decide(tx, cast.max, cleared, false)?;
            let year = conflicts::alarms::year(tx)?;
            flags::undecide(tx, cast.max, cleared)?;
            Ok(year)
        })?;
        assert_eq!((year.flags.all, year.flags.wrong), (1, 1));
        // More of the same adds nothing; once ended, only what comes after counts.
        flag(db, people[0], post, "harassment")?;
        db.write_now(move |tx| conflicts::end(tx, cast.max, found.id, "They talked it over."))?;
        db.hand.advance(61 * MINUTE);
        let last = answer(db, cast.nils, topic, "And so on.")?;
        flag(db, cast.mira, last, "other")?;
        assert!(db.read_now(move |tx| conflicts::store::open_on(tx, topic))?.is_none());
        Ok(())
    });
}

#[test]
fn flags_for_spam_are_no_conflict_and_six_turns_with_a_flag_are() {
    on_each_database(|db| {
        let (cast, topic) = place(db)?;
        let people =
            db.write_now(|tx| Ok([person(tx, "Una", Role::Member)?, person(tx, "Vic", Role::Member)?]))?;
        let spam = answer(db, cast.nils, topic, "Cheap registers.")?;
        for who in [cast.mira, people[0], people[1]] {
            flag(db, who, spam, "spam")?;
        }
        assert!(db.read_now(move |tx| conflicts::store::open_on(tx, topic))?.is_none());
        let mut last = spam;
        for turn in 0..6 {
            db.hand.advance(5 * MINUTE);
            let who = if turn % 2 == 0 { cast.mira } else { cast.nils };
            last = answer(db, who, topic, "No, you are wrong about that.")?;
        }
        settle(db)?;
        assert!(
            db.read_now(move |tx| conflicts::store::open_on(tx, topic))?.is_none(),
            "no flag, no conflict"
        );
        flag(db, people[0], last, "other")?;
        let found = db.read_now(move |tx| conflicts::store::open_on(tx, topic))?.unwrap();
        assert_eq!(found.inputs[0].threshold, "turns", "{:?}", found.inputs);
        Ok(())
    });
}

#[test]
fn calm_mode_slows_down_looks_at_newcomers_and_ends_by_itself() {
    on_each_database(|db| {
        let (cast, topic) = place(db)?;
        let fresh = db.write_now(|tx| person(tx, "Fay", Role::Member))?;
        let until = db.clock().now().plus(2 * HOUR);
        refused(
            db.write_now(move |tx| calm::start(tx, cast.mira, &wanted(Place::Topic(topic), until))),
            Kind::Forbidden,
            "moderators",
        );
        let new = NewCalm { clause: "no-such".to_owned(), ..wanted(Place::Topic(topic), until) };
        refused(db.write_now(move |tx| calm::start(tx, cast.max, &new)), Kind::Invalid, "clause");
        db.write_now(move |tx| calm::start(tx, cast.max, &wanted(Place::Topic(topic), until)))?;
        answer(db, cast.nils, topic, "It is 40001.")?;
        refused(answer(db, cast.nils, topic, "Or 40002."), Kind::TooMany, "Calm mode is on here");
        answer(db, cast.max, topic, "Let us slow down.")?;
        answer(db, cast.max, topic, "Please.")?;
        let held = answer(db, fresh, topic, "Hello, I am new.")?;
        assert_eq!(state(db, held)?, "held");
        settle(db)?;
        let told = db.read_now(move |tx| moderation::of_object(tx, "post", held.0))?;
        assert_eq!(told.len(), 1, "its author gets a statement of reasons");
        assert!(told[0].automatic && told[0].clause == "be-kind", "{:?}", told[0]);
        assert!(told[0].facts.contains("Two of us are angry."), "{}", told[0].facts);
        // Taking that decision back publishes the post.
        let id = told[0].id;
        db.write_now(move |tx| moderation::undo(tx, cast.max, id, "Fine."))?;
        assert_eq!(state(db, held)?, "published");
        db.hand.advance(2 * HOUR);
        answer(db, cast.nils, topic, "As I said.")?;
        answer(db, cast.nils, topic, "Twice.")?;
        assert_eq!(db.write_now(calm::expire)?, 1);
        assert_eq!(db.write_now(calm::expire)?, 0);
        Ok(())
    });
}

/// Both press at the same moment, many times: each time one wins and the other is told.
#[test]
fn two_moderators_cannot_turn_one_calm_mode_on_or_off_twice() {
    on_each_database(|db| {
        let (cast, topic) = place(db)?;
        let until = db.clock().now().plus(2 * HOUR);
        for round in 0..8 {
            let both = |work: &(dyn Fn(&Db, Actor) -> Result<()> + Sync)| -> Result<Vec<bool>> {
                let handle = db.second_handle()?;
                std::thread::scope(|scope| {
                    let first = scope.spawn(|| work(db, cast.max));
                    let second = scope.spawn(|| work(&handle, cast.kim));
                    Ok(vec![first.join().unwrap().is_ok(), second.join().unwrap().is_ok()])
                })
            };
            let on = both(&|db: &Db, who| {
                db.write_now(move |tx| calm::start(tx, who, &wanted(Place::Topic(topic), until)).map(drop))
            })?;
            assert_eq!(on.iter().filter(|won| **won).count(), 1, "round {round}: {on:?}");
            let id = db.read_now(calm::holding)?[0].id;
            let off = both(&|db: &Db, who| {
                db.write_now(move |tx| calm::end(tx, who, id, "It is quiet.").map(drop))
            })?;
            assert_eq!(off.iter().filter(|won| **won).count(), 1, "round {round}: {off:?}");
        }
        assert!(db.read_now(calm::holding)?.is_empty());
        assert_eq!(db.read_now(|tx| calm::list(tx, 99))?.len(), 8);
        Ok(())
    });
}

#[test]
fn a_pause_and_keeping_apart_are_decisions_that_can_be_taken_back() {
    on_each_database(|db| {
        let (cast, topic) = place(db)?;
        let (mira, nils) = (cast.mira.person.unwrap(), cast.nils.person.unwrap());
        let hers = answer(db, cast.mira, topic, "I tried both.")?;
        let before = rows(db)?;
        let until = db.clock().now().plus(DAY);
        let said = ("be-kind", "You called each other names.");
        let pause =
            db.write_now(move |tx| conflicts::ask(tx, cast.max, nils, &Ask::Pause(topic, until), said))?;
        refused(answer(db, cast.nils, topic, "But it is 40001!"), Kind::Forbidden, "pause in this topic");
        refused(db.write_now(move |tx| cool_offs::lift_own(tx, cast.nils, topic)), Kind::Forbidden, "appeal");
        let apart =
            db.write_now(move |tx| conflicts::ask(tx, cast.max, mira, &Ask::KeepApart(nils), said))?;
        assert_eq!(apart.len(), 2, "each of them is told");
        let call =
            posts::NewReply { topic, body: "Hear, @nils!".to_owned(), reply_to: None, form_token: None };
        refused(
            db.write_now(move |tx| posts::reply(tx, cast.mira, &call)),
            Kind::Forbidden,
            "keeps you and Nils apart",
        );
        db.write_now(move |tx| mutes::unmute(tx, cast.mira, nils))?;
        assert!(
            db.read_now(move |tx| mutes::hidden_from(tx, mira))?.contains(&nils),
            "it is not theirs to end"
        );
        refused(
            db.write_now(move |tx| {
                conflicts::ask(tx, cast.max, cast.ada.person.unwrap(), &Ask::KeepApart(nils), said)
            }),
            Kind::Forbidden,
            "less rights",
        );
        for id in [apart[1].id, apart[0].id, pause[0].id] {
            db.write_now(move |tx| moderation::undo(tx, cast.max, id, "They made up."))?;
        }
        for (table, after) in rows(db)? {
            assert_eq!(Some(&after), before.get(&table), "{table}");
        }
        answer(db, cast.nils, topic, "It is 40001.")?;
        let _ = hers;
        Ok(())
    });
}

#[test]
fn what_passed_between_two_members_is_counted_both_ways() {
    on_each_database(|db| {
        let (cast, topic) = place(db)?;
        let (mira, nils) = (cast.mira.person.unwrap(), cast.nils.person.unwrap());
        let reply =
            posts::NewReply { topic, body: "It is, @mira.".to_owned(), reply_to: Some(1), form_token: None };
        let post = db.write_now(move |tx| posts::reply(tx, cast.nils, &reply))?.id;
        flag(db, cast.mira, post, "other")?;
        let seen = db.read_now(move |tx| conflicts::between::between(tx, mira, nils))?;
        assert_eq!((seen.forth.totals, seen.back.totals), ([0, 0, 0, 1], [1, 1, 0, 0]));
        assert_eq!((seen.shared_count, seen.shared[0].one, seen.shared[0].other), (1, 1, 1));
        assert_eq!(seen.back.weeks.last(), Some(&[1, 1, 0, 0]));
        assert!(seen.first.is_some() && seen.first <= seen.last);
        Ok(())
    });
}
