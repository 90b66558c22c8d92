//! One question, from asked to resolved, with everybody who has a hand in it.

use mainstreet_community::posts;
use mainstreet_db::testing::on_each_database;
use mainstreet_db::{log, params};
use mainstreet_desk::signals::lists::{self, Filter};
use mainstreet_desk::signals::{self, Cause, Outcome, Reply, State, view};
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};
use mainstreet_kernel::{Kind, Verb};

use crate::support::{again, answer, ask, listed, open, settle, settled_cast, sight, standing};

#[test]
#[expect(clippy::too_many_lines, reason = "a story is read in one go")]
fn a_question_is_asked_waited_for_answered_and_solved() {
    on_each_database(|db| {
        let cast = settled_cast(db)?;
        let (topic, _) = ask(
            db,
            cast.mira,
            cast.help,
            "How do I calibrate the pulse sensor?",
            "It reads twice for each pulse. How can I set the threshold?",
            true,
        )?;
        settle(db)?;
        assert!(open(db, cast.ada)?.is_empty(), "it has a day");

        db.hand.advance(23 * HOUR);
        settle(db)?;
        assert!(open(db, cast.ada)?.is_empty(), "an hour is left");
        db.hand.advance(2 * HOUR);
        settle(db)?;
        settle(db)?;
        let items = open(db, cast.ada)?;
        assert_eq!(items.iter().map(standing).collect::<Vec<_>>(), ["question new high"]);
        let item = items[0].clone();
        assert!(item.is_overdue(db.clock().now()));
        assert!(
            item.assessment.urgency.reasons.iter().any(|why| why.contains("no response for 25 h")),
            "{item:?}"
        );

        // Max takes it; ada, who saw it as it was, is told.
        let seen = sight(&item);
        let held = db.write_now(move |tx| signals::claim(tx, cast.max, seen))?;
        assert_eq!((held.state, held.assignee), (State::InProgress, cast.max.person));
        let lost = db.write_now(move |tx| signals::claim(tx, cast.ada, seen)).unwrap_err();
        assert_eq!(lost.kind, Kind::Conflict);
        assert!(lost.safe.starts_with("Max took this item"), "{}", lost.safe);

        // Max answers; sent twice by an impatient click, it is one answer.
        let seen = sight(&held);
        let reply = Reply {
            body: "Set the threshold to 40 in the settings of the sensor. Does that help?".to_owned(),
            wait: true,
            form_token: Some("once".to_owned()),
            canned: None,
        };
        let twice = reply.clone();
        let waiting = db.write_now(move |tx| signals::reply(tx, cast.max, seen, &reply))?;
        let same = db.write_now(move |tx| signals::reply(tx, cast.max, seen, &twice))?;
        assert_eq!(same.version, waiting.version);
        assert_eq!((waiting.state, waiting.due_at), (State::WaitingMember, None));
        settle(db)?;
        assert_eq!(again(db, &waiting)?.version, waiting.version, "our own words are no news");

        // Mira answers: the item is Max's to look at again, with a new clock.
        db.hand.advance(HOUR);
        answer(db, cast.mira, topic, "It is better, but how do I keep the setting after a restart?")?;
        settle(db)?;
        let back = again(db, &waiting)?;
        assert_eq!((back.state, back.assignee), (State::Triaged, cast.max.person));
        assert!(back.due_at.is_some());
        assert_eq!(listed(db, cast.max, Filter::Mine)?.len(), 1);
        assert_eq!(listed(db, cast.ada, Filter::Mine)?.len(), 0);

        // Nils knows; Mira accepts his answer; the item ends by itself.
        let post = answer(db, cast.nils, topic, "Press and hold save for three seconds, then it stays.")?;
        settle(db)?;
        db.write_now(move |tx| posts::accept(tx, cast.mira, post))?;
        settle(db)?;
        let solved = again(db, &back)?;
        assert_eq!((solved.state, solved.outcome), (State::Resolved, Some(Outcome::SolvedByMember)));
        assert!(solved.told_back);

        // Thanks do not bring it back; a new problem does; then seven quiet days close it.
        answer(db, cast.mira, topic, "Thank you so much, that works great!")?;
        settle(db)?;
        assert_eq!(again(db, &back)?.state, State::Resolved);
        answer(db, cast.mira, topic, "It has stopped after the update. What can I do?")?;
        settle(db)?;
        let reopened = again(db, &back)?;
        assert_eq!((reopened.state, reopened.reopened), (State::Triaged, 1));
        let seen = sight(&reopened);
        db.write_now(move |tx| signals::resolve(tx, cast.max, seen, Outcome::Answered, "by mail", true))?;
        db.hand.advance(8 * DAY);
        settle(db)?;
        assert_eq!(again(db, &back)?.state, State::Closed);

        // Everything is in the history and in the log, and the log read again changes nothing.
        let id = back.id;
        let seen = db.read_now(move |tx| view::view(tx, cast.ada, id))?;
        assert_eq!(seen.causes.iter().map(|cause| cause.kind).collect::<Vec<_>>(), [Cause::Question]);
        assert!(seen.steps.len() >= 8, "{:?}", seen.steps);
        db.write_now(|tx| tx.run("UPDATE log_cursors SET tx = 0, seq = 0 WHERE reader = 'desk'", &[]))?;
        let before = db.read_now(|tx| lists::counts(tx, mainstreet_kernel::id::PersonId(1)))?;
        settle(db)?;
        let after = db.read_now(|tx| lists::counts(tx, mainstreet_kernel::id::PersonId(1)))?;
        assert_eq!(before, after);
        assert_eq!(again(db, &back)?.state, State::Closed);
        for verb in [
            Verb::SignalOpened,
            Verb::SignalAssigned,
            Verb::SignalReplied,
            Verb::SignalMoved,
            Verb::SignalResolved,
        ] {
            let n = db.read_now(move |tx| {
                tx.count("SELECT COUNT(*) AS n FROM activities WHERE verb = $1", params![verb])
            })?;
            assert!(n > 0, "{verb:?}");
        }
        Ok(())
    });
}

#[test]
fn of_two_moderators_at_once_one_wins_and_the_other_is_told() {
    on_each_database(|db| {
        let cast = settled_cast(db)?;
        ask(db, cast.mira, cast.help, "Why does the meter restart?", "It restarts each night. Why?", true)?;
        db.hand.advance(25 * HOUR);
        settle(db)?;
        let item = open(db, cast.ada)?.remove(0);
        let seen = sight(&item);
        let other = db.second_handle()?;
        let results = std::thread::scope(|scope| {
            let one = scope.spawn(|| db.write_now(move |tx| signals::claim(tx, cast.max, seen)));
            let two = scope.spawn(|| other.write_now(move |tx| signals::claim(tx, cast.kim, seen)));
            [one.join().unwrap(), two.join().unwrap()]
        });
        let won: Vec<_> = results.iter().filter_map(|result| result.as_ref().ok()).collect();
        let lost: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).collect();
        assert_eq!((won.len(), lost.len()), (1, 1), "{results:?}");
        assert_eq!(lost[0].kind, Kind::Conflict);
        let winner = if won[0].assignee == cast.max.person { "Max" } else { "Kim" };
        assert!(lost[0].safe.starts_with(winner), "{}", lost[0].safe);

        // Ten minutes later nobody holds it any more.
        db.hand.advance(11 * MINUTE);
        settle(db)?;
        let free = again(db, &item)?;
        assert_eq!((free.state, free.assignee), (State::Triaged, None));
        Ok(())
    });
}

#[test]
fn many_verbs_never_leave_the_log_behind() {
    on_each_database(|db| {
        let cast = settled_cast(db)?;
        for number in 0..5 {
            let title = format!("How do I read register {number}?");
            ask(db, cast.mira, cast.help, &title, "Which function code reads it?", true)?;
        }
        db.hand.advance(26 * HOUR);
        settle(db)?;
        assert_eq!(open(db, cast.ada)?.len(), 5);
        let rest = db.write_now(|tx| log::advance(tx, "desk", 100, |_, _| Ok(())))?;
        assert!(rest <= 10, "the sweep's own rows only: {rest}");
        Ok(())
    });
}
