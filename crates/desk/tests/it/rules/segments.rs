//! Segments in rules that work, schedules, and what sets rules off in the desk.

use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_desk::rules::{self, Hit, Kept, Mode};
use mainstreet_desk::segments::{self, Segment};
use mainstreet_desk::signals;
use mainstreet_desk::triage::Owner;
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::{Actor, Kind, Result};
use mainstreet_rules::{Rule, Truth, Vocabulary};

use super::{backtest, read};
use crate::support::{Cast, answer, ask, cast, open, settle, sight};

const CUSTOMERS: &str =
    "segment: customers\nwhy: They pay.\nif:\n  - author.labels includes any: [customer]\n";
const RULE: &str = "rule: Links\nwhen: post published\nif:\n  - post.text has any: [offer]\nunless:\n  - author.segment includes any: [customers]\nthen:\n  - open item: {urgency: low}\n";

fn segment(db: &TestDb, who: Actor, text: &str) -> Result<(Segment, Vec<Kept>)> {
    let text = text.to_owned();
    db.write_now(move |tx| segments::save(tx, who, None, &text))
}

fn change(db: &TestDb, who: Actor, segment: &Segment, text: &str) -> Result<(Segment, Vec<Kept>)> {
    let (id, text) = (segment.id, text.to_owned());
    db.write_now(move |tx| segments::save(tx, who, Some(id), &text))
}

fn rule(db: &TestDb, who: Actor, text: &str) -> Result<Kept> {
    let text = text.to_owned();
    let saved = db.write_now(move |tx| rules::save(tx, who, None, &text, false))?;
    Ok(saved.into_iter().next().unwrap())
}

fn hits(db: &TestDb, rule: &Kept) -> Result<Vec<Hit>> {
    let id = rule.id;
    db.read_now(move |tx| rules::hits_of(tx, id, 100))
}

fn give(db: &TestDb, who: Actor, names: &'static str, label: &'static str) -> Result<usize> {
    db.write_now(move |tx| segments::give(tx, who, names, label, 30))
}

fn enforce(db: &TestDb, cast: Cast, rule: &Kept) -> Result<Kept> {
    let id = rule.id;
    db.write_now(move |tx| rules::set_mode(tx, cast.ada, id, Mode::Enforce, "ready", None))
}

#[test]
fn a_segment_is_asked_as_it_was_live_in_the_back_test_and_in_why() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let missing = rule(db, cast.ada, RULE).unwrap_err();
        assert!(missing.safe.contains("no \"customers\" among the segments"), "{}", missing.safe);
        segment(db, cast.ada, CUSTOMERS)?;
        let kept = rule(db, cast.ada, RULE)?;
        let from = db.clock().now();
        db.hand.advance(1_000);
        let (_, first) = ask(db, cast.mira, cast.help, "An offer", "My offer for you", false)?;
        db.hand.advance(1_000);
        assert_eq!(give(db, cast.max, "mira, @nils Mira", "customer")?, 2);
        db.hand.advance(1_000);
        let (_, second) = ask(db, cast.mira, cast.help, "Another offer", "Another offer for you", false)?;
        db.hand.advance(1_000);
        let mira = cast.mira.person.unwrap();
        db.write_now(move |tx| segments::take_back(tx, cast.max, mira, "customer"))?;
        db.hand.advance(1_000);
        let (_, third) = ask(db, cast.mira, cast.help, "A third offer", "A third offer for you", false)?;
        read(db, 50)?;
        let live: Vec<i64> = hits(db, &kept)?.into_iter().rev().map(|hit| hit.object).collect();
        assert_eq!(live, [first.0, third.0], "the second was written by a customer");
        let report = backtest(db, RULE, from, db.clock().now().plus(1))?.remove(0);
        let tested: Vec<String> = report.matched.into_iter().map(|one| one.id).collect();
        assert_eq!(tested, [first.to_string(), third.to_string()]);
        let (why, _) = db.read_now(move |tx| rules::why(tx, second))?;
        let said = why.first().unwrap().explained();
        assert!(said.contains("segment \"customers\"") && said.contains("it is customer"), "{said}");
        Ok(())
    });
}

#[test]
fn who_is_in_a_segment_can_be_counted_and_listed() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let (topic, _) = ask(db, cast.mira, cast.help, "A question", "How?", true)?;
        answer(db, cast.nils, topic, "So.")?;
        answer(db, cast.nils, topic, "And so.")?;
        give(db, cast.max, "mira", "customer")?;
        db.hand.advance(DAY);
        let chosen = |text: &str| -> Result<Vec<i64>> {
            let reading = mainstreet_rules::read_segments(text, mainstreet_rules::Vocabulary::standard());
            assert_eq!(reading.findings, []);
            let mut found = db.read_now(move |tx| rules::choose(tx, &reading.rules))?;
            let mut people: Vec<i64> = found.remove(0).people.into_iter().map(|person| person.0).collect();
            people.sort_unstable();
            Ok(people)
        };
        let ids = |people: &[Actor]| -> Vec<i64> {
            let mut ids: Vec<i64> =
                people.iter().filter_map(|who| who.person).map(|person| person.0).collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(chosen(CUSTOMERS)?, ids(&[cast.mira]));
        assert_eq!(chosen("segment: a\nif:\n  - author.posts >= 2\n")?, ids(&[cast.nils]));
        assert_eq!(
            chosen("segment: a\nif:\n  - times(post by author, 2 days) >= 1\n")?,
            ids(&[cast.mira, cast.nils])
        );
        assert_eq!(chosen("segment: a\nif:\n  - times(post by author, 2 hours) >= 1\n")?, ids(&[]));
        assert_eq!(chosen("segment: a\nif: author.is_staff\n")?, ids(&[cast.ada, cast.max, cast.kim]));
        assert_eq!(
            chosen("segment: a\nif: always\nunless:\n  - author.roles includes any: [member]\n")?.len(),
            3
        );
        Ok(())
    });
}

#[test]
fn a_segment_that_rules_ask_for_is_not_lost_and_its_change_is_a_change_of_them() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let (customers, none) = segment(db, cast.ada, CUSTOMERS)?;
        assert!(none.is_empty());
        let kept = rule(db, cast.ada, RULE)?;
        let acting = enforce(db, cast, &kept)?;
        let id = customers.id;
        let removed = db.write_now(move |tx| segments::remove(tx, cast.ada, id)).unwrap_err();
        assert_eq!(removed.kind, Kind::Conflict);
        assert_eq!(
            removed.safe,
            "The rule “Links” asks for this segment. Change it first, or keep the segment."
        );
        let renamed =
            change(db, cast.ada, &customers, &CUSTOMERS.replace("customers", "clients")).unwrap_err();
        assert_eq!(
            renamed.safe,
            "The rule “Links” asks for this segment. Change it first, or keep the name."
        );
        // A reason or an owner changes nobody's rule.
        let (same, changed) =
            change(db, cast.ada, &customers, &CUSTOMERS.replace("They pay.", "They pay us."))?;
        assert_eq!((same.version, changed.len()), (2, 0));
        let (_, changed) =
            change(db, cast.ada, &customers, &CUSTOMERS.replace("[customer]", "[customer, partner]"))?;
        let now = changed.first().unwrap();
        assert_eq!((now.version, now.mode), (acting.version + 1, Mode::Shadow));
        let id = kept.id;
        let turns = db.read_now(move |tx| rules::turns(tx, id))?;
        assert_eq!(turns.first().unwrap().why, "the segment \"customers\" changed");
        // Once nobody asks for it, it can go.
        let without = RULE.replace("unless:\n  - author.segment includes any: [customers]\n", "");
        rule(db, cast.ada, &without)?;
        let id = customers.id;
        db.write_now(move |tx| segments::remove(tx, cast.ada, id))?;
        assert!(db.read_now(segments::all)?.is_empty());
        let twin = segment(db, cast.ada, CUSTOMERS)?.0;
        assert_eq!(segment(db, cast.ada, CUSTOMERS).unwrap_err().kind, Kind::Conflict);
        let id = twin.id;
        let denied = db.write_now(move |tx| segments::remove(tx, cast.mira, id)).unwrap_err();
        assert_eq!(denied.kind, Kind::Forbidden);
        assert_eq!(segment(db, cast.mira, "segment: b\nif: always\n").unwrap_err().kind, Kind::Forbidden);
        assert_eq!(give(db, cast.mira, "nils", "x").unwrap_err().kind, Kind::Forbidden);
        let unknown = give(db, cast.max, "nils nobdy", "x").unwrap_err();
        assert!(unknown.safe.contains("“nobdy”"), "{}", unknown.safe);
        Ok(())
    });
}

const MORNING: &str = "rule: Every morning\nwhen: schedule\nevery: day at 08:00\nfor each: member\nif:\n  - author.posts = 0\n  - not author.is_staff\nthen:\n  - label: quiet for 30 days\n";

#[test]
fn a_schedule_goes_through_members_once_a_time_and_acts() {
    on_each_database(|db| {
        let cast = cast(db)?;
        ask(db, cast.mira, cast.help, "Hello", "I am Mira.", false)?;
        let kept = enforce(db, cast, &rule(db, cast.ada, MORNING)?)?;
        read(db, 50)?;
        assert!(hits(db, &kept)?.is_empty(), "it is nine; the next time is tomorrow");
        db.hand.advance(DAY);
        for _ in 0..3 {
            read(db, 50)?;
        }
        let found = hits(db, &kept)?;
        assert_eq!(found.len(), 1, "nobody but Nils, and once");
        let hit = found.first().unwrap();
        assert_eq!((hit.person, hit.acted, hit.event.as_str()), (cast.nils.person, true, "schedule"));
        let nils = cast.nils.person.unwrap();
        let held = db.read_now(move |tx| segments::held(tx, nils))?;
        let given = held
            .first()
            .map(|given| (given.label.as_str(), given.rule.as_ref().map(|(_, name)| name.as_str())));
        assert_eq!(given, Some(("quiet", Some("Every morning"))));
        db.hand.advance(DAY);
        read(db, 50)?;
        assert_eq!(hits(db, &kept)?.len(), 2, "the next day is another time");
        let to = db.clock().now();
        let report = backtest(db, MORNING, to.plus(-2 * DAY), to)?.remove(0);
        assert_eq!((report.matches, report.looked_at), (2, 10));
        Ok(())
    });
}

const RAISED: &str = "rule: Raised\nwhen: ticket escalated\nif:\n  - item.owner is product\nthen:\n  - notify: {who: moderators}\n---\nrule: Complaint came in\nwhen: signal fired\nif:\n  - item.cause is newcomer\nthen:\n  - open item: {urgency: high}\n";

#[test]
fn items_and_questions_to_owners_set_rules_off_and_rules_do_not() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let saved = db.write_now(move |tx| rules::save(tx, cast.ada, None, RAISED, false))?;
        let [raised, came] = saved.as_slice() else { panic!("{}", saved.len()) };
        enforce(db, cast, came)?;
        ask(db, cast.mira, cast.help, "Hello", "I am Mira and I build meters.", false)?;
        settle(db)?;
        let item = open(db, cast.max)?.remove(0);
        read(db, 50)?;
        db.hand.advance(HOUR);
        settle(db)?;
        read(db, 50)?;
        let found = hits(db, came)?;
        assert_eq!((found.len(), found.first().unwrap().acted), (1, true), "its own item sets nothing off");
        let now = crate::support::again(db, &item)?;
        let question = mainstreet_desk::escalations::Question {
            owner: Owner::Product,
            question: "May we say when?".to_owned(),
            promise: String::new(),
            due_at: None,
        };
        let seen = sight(&now);
        let now = db.write_now(move |tx| signals::claim(tx, cast.max, seen))?;
        db.write_now(move |tx| mainstreet_desk::escalations::escalate(tx, cast.max, sight(&now), &question))?;
        read(db, 50)?;
        let found = hits(db, raised)?;
        assert_eq!((found.len(), found.first().unwrap().event.as_str()), (1, "ticket escalated"));
        let from = found.first().unwrap().occurred_at;
        let report = backtest(db, RAISED, from, from.plus(1))?.remove(0);
        assert_eq!(report.matches, 1);
        let text = "rule: x\nwhen: event RSVP\nif: always\nthen:\n  - notify: {who: moderators}\n";
        let refused = rule(db, cast.ada, text).unwrap_err();
        assert!(refused.safe.contains("no events here"), "{}", refused.safe);
        Ok(())
    });
}

const WAITS: &str = "rule: Ask again\nwhen: post published\nif:\n  - post.text has any: [broken]\n  - author.posts < 1\nunless:\n  - author.segment includes any: [customers]\nthen:\n  - after 4 hours: {notify: {who: moderators}}\n";

#[test]
fn a_step_that_waited_asks_again_what_may_have_changed() {
    on_each_database(|db| {
        let cast = cast(db)?;
        segment(db, cast.ada, CUSTOMERS)?;
        let kept = enforce(db, cast, &rule(db, cast.ada, WAITS)?)?;
        db.hand.advance(1_000);
        ask(db, cast.mira, cast.help, "It is broken", "It is broken", false)?;
        ask(db, cast.nils, cast.help, "Mine is broken", "Mine is broken", false)?;
        read(db, 50)?;
        db.hand.advance(HOUR);
        give(db, cast.max, "nils", "customer")?;
        db.hand.advance(4 * HOUR);
        read(db, 50)?;
        let mut found = hits(db, &kept)?;
        found.sort_by_key(|hit| hit.id.0);
        let said: Vec<String> = found.iter().map(|hit| hit.doing.to_string()).collect();
        // Mira has a post by now; that was about the moment, and is not asked again.
        assert!(said[0].contains("told") || said[0].contains("notif"), "{}", said[0]);
        assert!(
            said[1].contains("it does not hold any more: unless author.segment includes any [customers]"),
            "{}",
            said[1]
        );
        Ok(())
    });
}

#[test]
fn what_segments_say_of_one_person_is_what_they_say_of_everybody() {
    on_each_database(|db| {
        let cast = cast(db)?;
        give(db, cast.max, "nils", "customer")?;
        for (who, words) in [(cast.mira, "one"), (cast.mira, "two"), (cast.nils, "three")] {
            db.hand.advance(HOUR);
            ask(db, who, cast.help, words, words, false)?;
        }
        let texts = [
            "segment: a\nif:\n  - author.labels includes any: [customer]\n",
            "segment: b\nif:\n  - author.posts >= 2\n",
            "segment: c\nif:\n  - times(post by author, 90 minutes) >= 1\n",
            "segment: d\nif:\n  - author.trust <= 1\n  - author.reactions = 0\nunless: author.is_staff\n",
        ];
        let all: Vec<Rule> = texts
            .iter()
            .flat_map(|text| mainstreet_rules::read_segments(text, Vocabulary::standard()).rules)
            .collect();
        let asked = all.clone();
        let chosen = db.read_now(move |tx| rules::choose(tx, &asked))?;
        assert!(chosen.iter().all(|chosen| !chosen.people.is_empty()), "{chosen:?}");
        for who in [cast.mira, cast.nils, cast.max, cast.kim, cast.ada] {
            let (person, asked) = (who.person.unwrap(), all.clone());
            let said = db.read_now(move |tx| rules::belongs(tx, person, &asked))?;
            for (chosen, truth) in chosen.iter().zip(said) {
                assert_eq!(chosen.people.contains(&person), truth == Truth::Yes, "{person:?} {truth:?}");
            }
        }
        Ok(())
    });
}
