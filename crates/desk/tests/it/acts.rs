//! What people do to an item, what is refused, and what can be taken back.

use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_desk::canned_replies;
use mainstreet_desk::escalations::{self, Question};
use mainstreet_desk::signals::{self, Dismissal, Outcome, Reply, Sight, Signal, State, view};
use mainstreet_desk::triage::{self, Correction, Intent, Owner, Risk, RiskLevel, SetBy, Urgency};
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};
use mainstreet_kernel::{Error, Kind, Result};

use crate::support::{Cast, again, ask, open, settle, settled_cast, sight};

fn item(db: &TestDb) -> Result<(Cast, Signal)> {
    let cast = settled_cast(db)?;
    ask(db, cast.mira, cast.help, "How do I read register 7?", "Which function code reads it?", true)?;
    db.hand.advance(25 * HOUR);
    settle(db)?;
    Ok((cast, open(db, cast.ada)?.remove(0)))
}

fn refused<T>(result: Result<T>, kind: Kind, part: &str) {
    let error: Error = result.map(drop).unwrap_err();
    assert_eq!(error.kind, kind, "{error:?}");
    assert!(error.safe.contains(part), "'{part}' is not in '{}'", error.safe);
}

fn take_back(db: &TestDb, who: mainstreet_kernel::Actor, signal: &Signal) -> Result<Signal> {
    let id = signal.id;
    db.write_now(move |tx| {
        let seen = view::view(tx, who, id)?;
        let step = seen.undo.ok_or_else(|| Error::conflict("nothing to undo"))?;
        signals::undo(tx, who, step.id)
    })
}

/// What of an item undo must bring back.
fn shape(signal: &Signal) -> Signal {
    Signal { version: 0, touched_at: signal.opened_at, lease_until: None, ..signal.clone() }
}

#[test]
fn members_do_nothing_here() {
    on_each_database(|db| {
        let (cast, item) = item(db)?;
        let seen = sight(&item);
        refused(
            db.write_now(move |tx| signals::claim(tx, cast.mira, seen)),
            Kind::Forbidden,
            "people who run",
        );
        refused(
            db.write_now(move |tx| signals::note(tx, cast.mira, seen, "x")),
            Kind::Forbidden,
            "people who run",
        );
        refused(db.read_now(move |tx| view::view(tx, cast.mira, seen.id)), Kind::Forbidden, "people who run");
        let targets = triage::Targets::default();
        refused(
            db.write_now(move |tx| triage::set_targets(tx, cast.max, &targets)),
            Kind::Forbidden,
            "manager",
        );
        Ok(())
    });
}

#[test]
fn every_reversible_step_is_really_taken_back() {
    on_each_database(|db| {
        let (cast, first) = item(db)?;
        let seen = sight(&first);
        let until = db.clock().now().plus(DAY);

        db.write_now(move |tx| signals::claim(tx, cast.max, seen))?;
        let back = take_back(db, cast.max, &first)?;
        assert_eq!(shape(&back), shape(&first), "claim");

        let seen = sight(&back);
        db.write_now(move |tx| signals::snooze(tx, cast.max, seen, until))?;
        let back = take_back(db, cast.max, &back)?;
        assert_eq!(shape(&back), shape(&first), "snooze");

        let seen = sight(&back);
        db.write_now(move |tx| signals::resolve(tx, cast.max, seen, Outcome::NoAction, "a test", false))?;
        let back = take_back(db, cast.max, &back)?;
        assert_eq!(shape(&back), shape(&first), "resolve");

        let seen = sight(&back);
        db.write_now(move |tx| signals::dismiss(tx, cast.max, seen, Dismissal::NotForUs, ""))?;
        let back = take_back(db, cast.max, &back)?;
        assert_eq!(shape(&back), shape(&first), "dismiss");

        let seen = sight(&back);
        db.write_now(move |tx| {
            let correction = Correction { intent: Some(Intent::Feedback), ..Correction::default() };
            triage::correct(tx, cast.max, seen, &correction)
        })?;
        let back = take_back(db, cast.max, &back)?;
        assert_eq!(shape(&back), shape(&first), "correct");

        let seen = sight(&back);
        db.write_now(move |tx| escalations::escalate(tx, cast.max, seen, &question(Owner::Product)))?;
        let back = take_back(db, cast.max, &back)?;
        assert_eq!(shape(&back), shape(&first), "escalate");

        let seen = sight(&back);
        let reply = Reply { body: "Use code 3.".to_owned(), wait: true, form_token: None, canned: None };
        db.write_now(move |tx| signals::reply(tx, cast.max, seen, &reply))?;
        let back = take_back(db, cast.max, &back)?;
        assert_eq!(shape(&back), shape(&first), "reply");
        let id = first.id;
        let view = db.read_now(move |tx| view::view(tx, cast.ada, id))?;
        assert!(view.causes.iter().all(|cause| cause.settled_at.is_none()), "the question is open again");
        settle(db)?;

        let seen = sight(&again(db, &first)?);
        db.write_now(move |tx| signals::note(tx, cast.max, seen, "for later"))?;
        take_back(db, cast.max, &first)?;
        assert!(db.read_now(move |tx| view::view(tx, cast.ada, id))?.notes.is_empty(), "note");
        Ok(())
    });
}

fn question(owner: Owner) -> Question {
    Question {
        owner,
        question: "Which code reads register 7?".to_owned(),
        promise: "We come back by Friday.".to_owned(),
        due_at: None,
    }
}

#[test]
fn only_ones_own_last_step_is_taken_back_and_not_for_ever() {
    on_each_database(|db| {
        let (cast, first) = item(db)?;
        let seen = sight(&first);
        let held = db.write_now(move |tx| signals::claim(tx, cast.max, seen))?;
        let id = held.id;
        let step = db.read_now(move |tx| view::view(tx, cast.max, id))?.undo.unwrap();
        let step_id = step.id;
        refused(db.write_now(move |tx| signals::undo(tx, cast.ada, step_id)), Kind::Conflict, "Max did this");
        let seen = sight(&held);
        db.write_now(move |tx| signals::note(tx, cast.ada, seen, "I know the answer"))?;
        refused(
            db.write_now(move |tx| signals::undo(tx, cast.max, step_id)),
            Kind::Conflict,
            "Ada has acted",
        );
        take_back(db, cast.ada, &held)?;
        db.hand.advance(16 * MINUTE);
        refused(db.write_now(move |tx| signals::undo(tx, cast.max, step_id)), Kind::Conflict, "15 minutes");
        Ok(())
    });
}

#[test]
fn what_is_refused_says_why() {
    on_each_database(|db| {
        let (cast, first) = item(db)?;
        let any = Sight { id: first.id, version: None };
        let soon = db.clock().now().plus(HOUR);
        let seen = sight(&first);
        db.write_now(move |tx| signals::claim(tx, cast.max, seen))?;
        refused(
            db.write_now(move |tx| signals::snooze(tx, cast.kim, any, soon)),
            Kind::Conflict,
            "Max holds this item for 10 more minutes",
        );
        let kim = cast.kim.person.unwrap();
        refused(db.write_now(move |tx| signals::assign(tx, cast.kim, any, kim)), Kind::Conflict, "Max holds");
        let mira = cast.mira.person.unwrap();
        refused(
            db.write_now(move |tx| signals::assign(tx, cast.ada, any, mira)),
            Kind::Invalid,
            "work in the desk",
        );
        refused(
            db.write_now(move |tx| signals::resolve(tx, cast.max, any, Outcome::Answered, "", false)),
            Kind::Conflict,
            "Nobody has answered yet",
        );
        refused(
            db.write_now(move |tx| signals::resolve(tx, cast.max, any, Outcome::NoAction, " ", false)),
            Kind::Invalid,
            "Say why",
        );
        db.write_now(move |tx| {
            let urgent = Correction { urgency: Some(Urgency::Urgent), ..Correction::default() };
            triage::correct(tx, cast.max, any, &urgent)
        })?;
        refused(db.write_now(move |tx| signals::snooze(tx, cast.max, any, soon)), Kind::Conflict, "urgent");
        db.write_now(move |tx| {
            let legal = Correction {
                urgency: Some(Urgency::High),
                risks: vec![(Risk::Compliance, RiskLevel::Confirmed)],
                ..Correction::default()
            };
            triage::correct(tx, cast.max, any, &legal)
        })?;
        refused(db.write_now(move |tx| signals::snooze(tx, cast.max, any, soon)), Kind::Conflict, "legal");
        // A manager hands it on; whoever has it then keeps it without a lease.
        let given = db.write_now(move |tx| signals::assign(tx, cast.ada, any, kim))?;
        assert_eq!((given.assignee, given.lease_until), (Some(kim), None));
        db.hand.advance(HOUR);
        settle(db)?;
        assert_eq!(again(db, &first)?.assignee, Some(kim));
        Ok(())
    });
}

#[test]
fn a_correction_is_kept_with_who_from_and_to() {
    on_each_database(|db| {
        let (cast, first) = item(db)?;
        let seen = sight(&first);
        let fixed = db.write_now(move |tx| {
            let correction = Correction {
                intent: Some(Intent::Complaint),
                risks: vec![(Risk::Harassment, RiskLevel::Confirmed)],
                why: "read the second sentence".to_owned(),
                ..Correction::default()
            };
            triage::correct(tx, cast.max, seen, &correction)
        })?;
        assert_eq!(fixed.state, State::Triaged);
        assert_eq!(
            (fixed.assessment.intent.is, fixed.assessment.intent.by),
            (Intent::Complaint, SetBy::Person)
        );
        assert_eq!(fixed.assessment.owner.is, Owner::Community, "the map follows the correction");
        let id = first.id;
        let rows = db.read_now(move |tx| triage::corrections_of(tx, id))?;
        let kept: Vec<_> = rows.iter().map(|row| (row.field.as_str(), row.became.as_str())).collect();
        assert_eq!(kept, [("intent", "complaint"), ("harassment", "confirmed")]);
        assert_eq!(Some(rows[0].person), cast.max.person);
        Ok(())
    });
}

#[test]
fn an_owner_is_asked_answers_once_and_the_item_goes_on() {
    on_each_database(|db| {
        let (cast, first) = item(db)?;
        let seen = sight(&first);
        let waiting =
            db.write_now(move |tx| escalations::escalate(tx, cast.max, seen, &question(Owner::Product)))?;
        assert_eq!((waiting.state, waiting.assessment.owner.is), (State::WaitingOwner, Owner::Product));
        let id = first.id;
        let asked = db.read_now(move |tx| escalations::of_signal(tx, id))?.remove(0);
        let ask = asked.id;
        refused(
            db.write_now(move |tx| escalations::answer(tx, cast.nils, ask, "3")),
            Kind::Forbidden,
            "people who run",
        );
        let nils = cast.nils.person.unwrap();
        db.write_now(move |tx| escalations::set_owner_person(tx, cast.ada, Owner::Product, nils, true))?;
        let on = db.write_now(move |tx| escalations::answer(tx, cast.nils, ask, "Function code 3."))?;
        assert_eq!(on.state, State::Triaged);
        refused(
            db.write_now(move |tx| escalations::answer(tx, cast.ada, ask, "4")),
            Kind::Conflict,
            "Nils has answered",
        );
        Ok(())
    });
}

#[test]
fn merged_items_are_one_and_can_be_parted() {
    on_each_database(|db| {
        let (cast, first) = item(db)?;
        ask(db, cast.nils, cast.help, "Register 7 again?", "Which function code is it?", true)?;
        db.hand.advance(25 * HOUR);
        settle(db)?;
        let second = open(db, cast.ada)?.into_iter().find(|other| other.id != first.id).unwrap();
        let (seen, into) = (Sight { id: second.id, version: None }, first.id);
        refused(db.write_now(move |tx| signals::merge(tx, cast.max, seen, seen.id)), Kind::Invalid, "itself");
        let gone = db.write_now(move |tx| signals::merge(tx, cast.max, seen, into))?;
        assert_eq!((gone.state, gone.merged_into), (State::Merged, Some(into)));
        let causes = db.read_now(move |tx| view::view(tx, cast.ada, into))?.causes.len();
        assert_eq!(causes, 2);
        let soon = db.clock().now().plus(HOUR);
        refused(
            db.write_now(move |tx| signals::snooze(tx, cast.max, seen, soon)),
            Kind::Conflict,
            "Part the two",
        );
        let parted = db.write_now(move |tx| signals::reopen(tx, cast.max, seen, "two things after all"))?;
        assert_eq!(parted.state, State::Triaged);
        assert_eq!(db.read_now(move |tx| view::view(tx, cast.ada, into))?.causes.len(), 1);
        Ok(())
    });
}

#[test]
fn prepared_answers_are_checked_and_counted() {
    on_each_database(|db| {
        let (cast, first) = item(db)?;
        refused(
            db.write_now(move |tx| canned_replies::save(tx, cast.max, None, "Code", "Hi {{nam}}")),
            Kind::Invalid,
            "{{nam}}",
        );
        let id = db.write_now(move |tx| {
            canned_replies::save(tx, cast.max, None, "Code", "Hi {{first_name}}, use code 3.")
        })?;
        refused(
            db.write_now(move |tx| canned_replies::save(tx, cast.max, None, " code ", "Hi")),
            Kind::Conflict,
            "title",
        );
        let seen = sight(&first);
        let reply = Reply {
            body: "Hi Mira, use code 3.".to_owned(),
            wait: false,
            form_token: None,
            canned: Some(id),
        };
        let stays = db.write_now(move |tx| signals::reply(tx, cast.max, seen, &reply))?;
        assert_eq!(stays.state, State::InProgress);
        let all = db.read_now(canned_replies::all)?;
        assert_eq!(all.iter().map(|one| one.used_count).collect::<Vec<_>>(), [1]);
        db.write_now(move |tx| canned_replies::remove(tx, cast.max, id))?;
        assert!(db.read_now(canned_replies::all)?.is_empty());
        Ok(())
    });
}
