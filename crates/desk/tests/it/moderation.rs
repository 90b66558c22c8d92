//! Decisions, what they weigh, appeals: a member drives one to the end, and everything is as it was.

use std::collections::BTreeMap;

use mainstreet_community::guidelines;
use mainstreet_community::moderation::{Act, Detail, Order, Target, standing_of};
use mainstreet_community::{flags, notices, posts};
use mainstreet_db::Db;
use mainstreet_db::testing::{self, TestDb, on_each_database};
use mainstreet_desk::moderation::{
    self, AppealState, Case, Decision, Filter, Ground, Openness, Source, Speech,
};
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::id::{AppealId, DecisionId, PostId};
use mainstreet_kernel::{Actor, Kind, Result, Timestamp};

use crate::support::{Cast, answer, ask, cast};

/// A place with guidelines, a question by mira and an answer by nils that mira flagged.
struct Place {
    cast: Cast,
    answer: PostId,
}

fn place(db: &TestDb) -> Result<Place> {
    let cast = cast(db)?;
    db.write_now(move |tx| guidelines::adopt(tx, cast.ada, "support").map(drop))?;
    let (topic, _) =
        ask(db, cast.mira, cast.help, "Which register is it?", "The manual does not say.", true)?;
    let answer = answer(db, cast.nils, topic, "Read the manual, fool.")?;
    db.write_now(move |tx| flags::raise(tx, cast.mira, answer, "harassment", "").map(drop))?;
    Ok(Place { cast, answer })
}

fn case(target: Target, act: Act) -> Case {
    let why = "The answer calls the asker a fool.".to_owned();
    Case {
        order: Order { target, act, why, until: None, detail: Detail::None },
        clause: "be-kind".to_owned(),
        source: Source::Flag,
        source_id: None,
        detected: false,
        ground: Ground::Incompatible,
    }
}

fn decide(db: &Db, who: Actor, case: &Case) -> Result<Decision> {
    let case = case.clone();
    db.write_now(move |tx| moderation::decide(tx, who, &case))
}

fn speak(db: &Db, who: Actor, id: AppealId, overturn: bool) -> Result<Speech> {
    db.write_now(move |tx| moderation::speak(tx, who, id, overturn, "I read the whole topic."))
}

fn appeal(db: &Db, who: Actor, id: DecisionId) -> Result<AppealId> {
    let person = who.person.unwrap();
    db.write_now(move |tx| moderation::appeal(tx, person, id, "I meant it kindly."))
}

#[track_caller]
fn refused<T>(result: Result<T>, kind: Kind, part: &str) {
    let error = result.err().unwrap_or_else(|| panic!("refused with {part}"));
    assert!(error.kind == kind && error.safe.contains(part), "{error:?} has {part}");
}

/// Every row of every table but the log and the record of decisions.
fn rows(db: &Db) -> Result<BTreeMap<String, Vec<String>>> {
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
        "signals",
        "signal_causes",
        "signal_steps",
    ];
    testing::rows(db, GROWS)
}

#[test]
fn a_decision_taken_back_leaves_no_trace_but_the_record() {
    on_each_database(|db| {
        let place = place(db)?;
        let (max, nils) = (place.cast.max, place.cast.nils.person.unwrap());
        let before = rows(db)?;
        for (target, act) in [
            (Target::Post(place.answer), Act::Hide),
            (Target::Post(place.answer), Act::Delete),
            (Target::Post(place.answer), Act::Hold),
            (Target::Person(nils), Act::Warn),
            (Target::Person(nils), Act::Mute),
        ] {
            let decision = decide(db, max, &case(target, act))?;
            assert!(rows(db)? != before, "{act:?}");
            db.hand.advance(HOUR);
            let id = decision.id;
            let undone = db.write_now(move |tx| moderation::undo(tx, max, id, "I misread it."))?;
            assert_eq!(undone.undone_why, "I misread it.");
            for (table, after) in rows(db)? {
                assert_eq!(Some(&after), before.get(&table), "{table} after {act:?}");
            }
            refused(
                db.write_now(move |tx| moderation::undo(tx, max, id, "again")),
                Kind::Conflict,
                "already",
            );
        }
        assert_eq!(
            db.read_now(|tx| moderation::list(tx, &Filter::default(), 99))?.len(),
            5,
            "the record stays"
        );
        assert_eq!(db.read_now(move |tx| moderation::active_strikes(tx, nils))?, 0);
        Ok(())
    });
}

#[test]
fn a_decision_keeps_all_that_a_statement_of_reasons_needs() {
    on_each_database(|db| {
        let place = place(db)?;
        let hide = case(Target::Post(place.answer), Act::Hide);
        let decision = decide(db, place.cast.max, &hide)?;
        assert_eq!((decision.clause.as_str(), decision.guideline_version), ("be-kind", 1));
        assert_eq!((decision.was.as_str(), decision.became.as_str()), ("published", "hidden"));
        assert_eq!((decision.person, decision.object_version), (place.cast.nils.person.unwrap(), Some(1)));
        assert_eq!((decision.strikes, decision.strikes_until), (3, Some(db.clock().now().plus(180 * DAY))));
        assert!(!decision.automatic && !decision.detected && decision.content_at.is_some());
        assert_eq!(decision.dsa(), (Some("DECISION_VISIBILITY_CONTENT_DISABLED"), None));
        let (post, nils) = (place.answer, place.cast.nils.person.unwrap());
        assert_eq!(db.read_now(move |tx| flags::of_post(tx, post))?.remove(0).upheld, Some(true));
        let told = db.read_now(move |tx| notices::of_person(tx, nils))?;
        assert_eq!(told.iter().map(|one| one.object).collect::<Vec<_>>(), [decision.id.0]);
        assert!(told[0].text.contains("Be kind"), "{}", told[0].text);
        assert_eq!(db.read_now(move |tx| moderation::untold(tx, 9))?.len(), 1, "a mail is to be written");

        // A program is no judge: it hides, the flags wait, and the statement says so.
        let own = db.read_now(move |tx| posts::store::find(tx, post))?.topic;
        let other = answer(db, place.cast.nils, own, "You fools.")?;
        db.write_now(move |tx| flags::raise(tx, place.cast.mira, other, "harassment", "").map(drop))?;
        let rule = Case { source: Source::Rule, detected: true, ..case(Target::Post(other), Act::Hide) };
        let by_rule = decide(db, Actor::SYSTEM, &rule)?;
        assert!(by_rule.automatic && by_rule.by.is_none());
        assert_eq!(db.read_now(move |tx| flags::open_on(tx, other))?.len(), 1);
        refused(
            decide(db, Actor::SYSTEM, &case(Target::Post(other), Act::Delete)),
            Kind::Forbidden,
            "A person",
        );
        Ok(())
    });
}

#[test]
fn what_cannot_be_decided_says_why() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let (topic, _) = ask(db, cast.mira, cast.help, "Which register is it?", "Which?", true)?;
        let post = answer(db, cast.nils, topic, "Read the manual, fool.")?;
        let hide = case(Target::Post(post), Act::Hide);
        refused(decide(db, cast.max, &hide), Kind::Conflict, "No guidelines");
        db.write_now(move |tx| guidelines::adopt(tx, cast.ada, "support").map(drop))?;
        let wrong = Case { clause: "no-such".to_owned(), ..hide.clone() };
        refused(decide(db, cast.max, &wrong), Kind::Invalid, "Choose the clause");
        let mut silent = hide.clone();
        silent.order.why = " ".to_owned();
        refused(decide(db, cast.max, &silent), Kind::Invalid, "Say why");
        refused(decide(db, cast.mira, &hide), Kind::Forbidden, "moderators");
        let nils = cast.nils.person.unwrap();
        refused(decide(db, cast.max, &case(Target::Person(nils), Act::Suspend)), Kind::Invalid, "how long");
        refused(
            decide(db, cast.max, &case(Target::Person(nils), Act::Hide)),
            Kind::Invalid,
            "something else",
        );
        let done = decide(db, cast.max, &hide)?;
        refused(decide(db, cast.max, &hide), Kind::Conflict, "does not go");
        let id = done.id;
        refused(db.write_now(move |tx| moderation::undo(tx, cast.kim, id, "no")), Kind::Forbidden, "manager");
        refused(db.write_now(move |tx| moderation::undo(tx, cast.max, id, " ")), Kind::Invalid, "Say");
        db.write_now(move |tx| moderation::undo(tx, cast.ada, id, "Too hard.").map(drop))
    });
}

#[test]
fn an_appeal_is_never_decided_by_who_decided_and_overturning_puts_everything_back() {
    on_each_database(|db| {
        let place = place(db)?;
        let Cast { max, kim, mira, nils, .. } = place.cast;
        let before = rows(db)?;
        let hide = decide(db, max, &case(Target::Post(place.answer), Act::Hide))?;
        refused(appeal(db, mira, hide.id), Kind::Forbidden, "Only the person");
        db.hand.advance(DAY);
        let id = appeal(db, nils, hide.id)?;
        refused(appeal(db, nils, hide.id), Kind::Conflict, "have appealed");
        let waiting = db.read_now(moderation::queue)?;
        assert_eq!(waiting[0].0.due_at, db.clock().now().plus(7 * DAY));
        refused(speak(db, max, id, false), Kind::Forbidden, "Somebody else");
        refused(speak(db, mira, id, true), Kind::Forbidden, "people who run");
        assert_eq!(speak(db, kim, id, true)?, Speech::Decided(AppealState::Overturned));
        refused(speak(db, place.cast.ada, id, true), Kind::Conflict, "decided already");
        let after = rows(db)?;
        for (table, was) in &before {
            if !matches!(table.as_str(), "flags" | "member_notices") {
                assert_eq!(Some(was), after.get(table), "{table}");
            }
        }
        let post = place.answer;
        let flag = db.read_now(move |tx| flags::of_post(tx, post))?.remove(0);
        assert_eq!(flag.upheld, Some(false), "the flag that caused it was wrong");
        let person = nils.person.unwrap();
        let told = db.read_now(move |tx| notices::of_person(tx, person))?;
        assert!(told.iter().any(|one| one.text.contains("Your appeal was right")));
        assert_eq!(db.read_now(move |tx| moderation::active_strikes(tx, person))?, 0);

        // Upheld: the decision stands. Too late: no appeal.
        let again = decide(db, max, &case(Target::Post(place.answer), Act::Hide))?;
        let id = appeal(db, nils, again.id)?;
        assert_eq!(speak(db, kim, id, false)?, Speech::Decided(AppealState::Upheld));
        assert!(db.read_now(move |tx| moderation::find(tx, again.id))?.undone_at.is_none());
        let late = decide(db, max, &case(Target::Person(person), Act::Warn))?;
        db.hand.advance(31 * DAY);
        refused(appeal(db, nils, late.id), Kind::Conflict, "within 30 days");
        Ok(())
    });
}

#[test]
fn a_ban_is_upheld_or_overturned_by_two_who_say_the_same() {
    on_each_database(|db| {
        let place = place(db)?;
        let Cast { ada, max, kim, nils, .. } = place.cast;
        let person = nils.person.unwrap();
        let ban = case(Target::Person(person), Act::Ban);
        refused(decide(db, max, &ban), Kind::Forbidden, "manager");
        let boss = db.write_now(|tx| crate::support::person(tx, "Zoe", mainstreet_kernel::Role::Manager))?;
        let decision = decide(db, boss, &ban)?;
        let id = appeal(db, nils, decision.id)?;
        assert_eq!(speak(db, max, id, true)?, Speech::Noted);
        refused(speak(db, max, id, true), Kind::Conflict, "Somebody else has to");
        assert_eq!(speak(db, kim, id, false)?, Speech::Noted);
        assert_eq!(db.read_now(move |tx| standing_of(tx, person))?.standing.as_str(), "banned");
        assert_eq!(speak(db, ada, id, true)?, Speech::Decided(AppealState::Overturned));
        assert_eq!(db.read_now(move |tx| standing_of(tx, person))?.standing.as_str(), "active");
        assert_eq!(db.read_now(move |tx| moderation::voices_on(tx, id))?.len(), 3);
        Ok(())
    });
}

#[test]
fn strikes_add_up_and_expire() {
    on_each_database(|db| {
        let place = place(db)?;
        let (max, nils) = (place.cast.max, place.cast.nils.person.unwrap());
        let strikes = |db: &Db| db.read_now(move |tx| moderation::active_strikes(tx, nils));
        decide(db, max, &case(Target::Post(place.answer), Act::Hide))?;
        decide(db, max, &case(Target::Person(nils), Act::Mute))?;
        assert_eq!(strikes(db)?, 3, "a restriction that follows does not weigh again");
        db.hand.advance(100 * DAY);
        let slip = Case { clause: "on-topic".to_owned(), ..case(Target::Person(nils), Act::Warn) };
        decide(db, max, &slip)?;
        assert_eq!(strikes(db)?, 4);
        db.hand.advance(81 * DAY);
        assert_eq!(strikes(db)?, 1);
        db.hand.advance(10 * DAY);
        assert_eq!(strikes(db)?, 0);
        Ok(())
    });
}

#[test]
fn the_report_counts_what_the_record_holds() {
    on_each_database(|db| {
        let place = place(db)?;
        let Cast { max, kim, nils, .. } = place.cast;
        let person = nils.person.unwrap();
        let from = db.clock().now();
        let hide = decide(db, max, &case(Target::Post(place.answer), Act::Hide))?;
        decide(db, max, &case(Target::Person(person), Act::Mute))?;
        let id = appeal(db, nils, hide.id)?;
        db.hand.advance(5 * HOUR);
        speak(db, kim, id, true)?;
        let to = db.clock().now();
        let report = db.read_now(move |tx| moderation::report::report(tx, from, to, None))?;
        assert_eq!((report.decisions, report.people, report.undone), (2, 1, 1));
        assert_eq!((report.appeals, report.overturned, report.median_hours), (1, 1, Some(5.0)));
        assert_eq!(report.by_clause, [("be-kind".to_owned(), 2)]);
        assert_eq!((report.automatic, report.automatic_error), (0, None));
        let csv = moderation::report::csv(&report);
        assert_eq!(csv.lines().count(), 3, "{csv}");
        assert!(!csv.contains("Nils") && !csv.contains("fool"), "no person and no text is in it");
        let empty = db.read_now(move |tx| moderation::report::report(tx, to, Timestamp(to.0 + DAY), None))?;
        assert_eq!((empty.decisions, empty.median_hours), (0, None));

        // The log without names, as far as it is open.
        refused(db.read_now(|tx| moderation::redacted(tx, true, 9)), Kind::NotFound, "not open");
        let ada = place.cast.ada;
        refused(
            db.write_now(move |tx| moderation::set_openness(tx, max, Openness::Public)),
            Kind::Forbidden,
            "manager",
        );
        db.write_now(move |tx| moderation::set_openness(tx, ada, Openness::Members))?;
        refused(db.read_now(|tx| moderation::redacted(tx, false, 9)), Kind::NotFound, "not open");
        let lines = db.read_now(|tx| moderation::redacted(tx, true, 9))?;
        assert_eq!((lines.len(), lines[1].undone, lines[1].appeal.as_deref()), (2, true, Some("overturned")));
        Ok(())
    });
}
