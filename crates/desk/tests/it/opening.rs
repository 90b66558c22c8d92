//! What opens an item and what does not.

use mainstreet_community::flags;
use mainstreet_db::params;
use mainstreet_db::testing::on_each_database;
use mainstreet_desk::signals::{self, Cause, Outcome, State, view};
use mainstreet_desk::triage::{Risk, RiskLevel};
use mainstreet_kernel::clock::{DAY, HOUR};

use crate::support::{
    again, answer, ask, cast, open, reads_as_complaint, settle, settled_cast, sight, standing,
};

const RUDE: &str = "You are a pathetic idiot, nobody wants you here, get lost.";

#[test]
fn somebodys_first_post_is_greeted() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let (topic, _) =
            ask(db, cast.mira, cast.help, "Hello from me", "I am Mira and I build meters.", false)?;
        settle(db)?;
        let items = open(db, cast.ada)?;
        assert_eq!(items.iter().map(standing).collect::<Vec<_>>(), ["newcomer new normal"]);
        assert_eq!(Some(items[0].person), cast.mira.person);
        ask(db, cast.mira, cast.help, "The second meter", "It runs since Sunday.", false)?;
        settle(db)?;
        assert_eq!(open(db, cast.ada)?.len(), 1, "only the first post");
        // Nils greets her with his own first post: hers is settled, his opens no second item of the topic.
        answer(db, cast.nils, topic, "Welcome, Mira!")?;
        settle(db)?;
        let greeted = again(db, &items[0])?;
        assert!(greeted.first_response_at.is_some() || greeted.state == State::Resolved, "{greeted:?}");
        Ok(())
    });
}

#[test]
fn flags_of_three_people_are_one_item_with_three_reasons() {
    on_each_database(|db| {
        let cast = settled_cast(db)?;
        let (topic, first) =
            ask(db, cast.mira, cast.help, "Cheap panels", "Limited offer on my panels.", false)?;
        answer(db, cast.nils, topic, "Is this the right place for it?")?;
        for (who, reason) in [(cast.nils, "spam"), (cast.kim, "spam"), (cast.max, "off_topic")] {
            db.write_now(move |tx| flags::raise(tx, who, first, reason, "please look"))?;
        }
        settle(db)?;
        let items = open(db, cast.ada)?;
        let flagged: Vec<_> = items.iter().filter(|item| item.kind == Cause::Flag).collect();
        assert_eq!(flagged.len(), 1, "{items:#?}");
        let item = flagged[0].clone();
        assert_eq!(standing(&item), "flag new high");
        assert_eq!(item.assessment.risk(Risk::BrandSafety), RiskLevel::Possible);
        let id = item.id;
        let seen = db.read_now(move |tx| view::view(tx, cast.ada, id))?;
        assert_eq!(seen.causes.iter().filter(|cause| cause.kind == Cause::Flag).count(), 3);

        // Resolved as moderated, the flags are upheld, and that cannot be taken back silently.
        let sees = sight(&item);
        let done =
            db.write_now(move |tx| signals::resolve(tx, cast.max, sees, Outcome::Moderated, "", true))?;
        assert_eq!(done.state, State::Resolved);
        let upheld =
            db.read_now(|tx| tx.count("SELECT COUNT(*) AS n FROM flags WHERE state = 'upheld'", &[]))?;
        assert_eq!(upheld, 3);
        settle(db)?;
        assert_eq!(again(db, &item)?.version, done.version);
        let seen = db.read_now(move |tx| view::view(tx, cast.max, id))?;
        assert_eq!(seen.undo, None);
        Ok(())
    });
}

#[test]
fn a_hidden_post_settles_what_it_was_flagged_for() {
    on_each_database(|db| {
        let cast = settled_cast(db)?;
        let (topic, _) = ask(db, cast.mira, cast.help, "Meters", "Which one do you use at home?", false)?;
        let rude = answer(db, cast.nils, topic, RUDE)?;
        settle(db)?;
        let items = open(db, cast.ada)?;
        assert_eq!(items.iter().map(standing).collect::<Vec<_>>(), ["harm new high"], "{items:#?}");
        assert_eq!(items[0].anchor, Some(rude));
        db.write_now(move |tx| flags::raise(tx, cast.mira, rude, "harassment", ""))?;
        settle(db)?;
        assert_eq!(open(db, cast.ada)?.len(), 1, "the flag joins the item about that post");
        db.write_now(move |tx| crate::support::hide(tx, cast.max, rude, "an insult"))?;
        settle(db)?;
        let ended = again(db, &items[0])?;
        assert_eq!((ended.state, ended.outcome), (State::Resolved, Some(Outcome::Moderated)));
        Ok(())
    });
}

#[test]
fn a_complaint_opens_an_item_and_the_desks_own_words_do_not() {
    let words = "This is the third time the update bricked my meter and nobody cares. I am fed up, this is \
                 unacceptable and I am very disappointed.";
    assert!(reads_as_complaint(words));
    on_each_database(|db| {
        let cast = settled_cast(db)?;
        ask(db, cast.ada, cast.help, "What we heard", words, false)?;
        settle(db)?;
        assert!(open(db, cast.ada)?.is_empty());
        ask(db, cast.mira, cast.help, "Bricked again", words, false)?;
        settle(db)?;
        let items = open(db, cast.ada)?;
        assert_eq!(items.len(), 1);
        assert_eq!(items[0].kind, Cause::Complaint);
        assert!(!items[0].assessment.intent.reasons.is_empty());
        Ok(())
    });
}

#[test]
fn an_archives_past_opens_nothing_but_questions_of_the_last_month() {
    on_each_database(|db| {
        let cast = settled_cast(db)?;
        for (title, days, question) in [
            ("An old insult", 200, false),
            ("An old question", 100, true),
            ("A question of this month", 20, true),
        ] {
            let (topic, post) = ask(db, cast.nils, cast.help, title, RUDE, question)?;
            let at = db.clock().now().plus(-days * DAY);
            let (new_topic, new_post) = db.write_now(move |tx| {
                let ids = (tx.mint_at(at), tx.mint_at(at));
                mainstreet_db::log::waive(tx)?;
                tx.run("UPDATE activities SET occurred_at = $2, topic_id = $3, object_id = $4 WHERE topic_id = $1",
                    params![topic, at, ids.0, ids.1])?;
                mainstreet_db::log::unwaive(tx)?;
                tx.run("UPDATE topics SET first_post_id = NULL WHERE id = $1", params![topic])?;
                copy(tx, topic, ids.0, at)?;
                tx.run("UPDATE posts SET id = $2, topic_id = $3, created_at = $4 WHERE id = $1",
                    params![post, ids.1, ids.0, at])?;
                tx.run("UPDATE topics SET first_post_id = $2 WHERE id = $1", params![ids.0, ids.1])?;
                tx.run("DELETE FROM topics WHERE id = $1", params![topic])?;
                Ok(ids)
            })?;
            assert!(new_topic > 0 && new_post > 0);
        }
        settle(db)?;
        let items = open(db, cast.ada)?;
        assert_eq!(
            items.iter().map(|item| item.title.as_str()).collect::<Vec<_>>(),
            ["A question of this month"]
        );
        Ok(())
    });
}

fn copy(
    tx: &mut mainstreet_db::Tx<'_>,
    topic: mainstreet_kernel::id::TopicId,
    to: i64,
    at: mainstreet_kernel::Timestamp,
) -> mainstreet_kernel::Result<u64> {
    tx.run(
        "INSERT INTO topics (id, space_id, account_id, person_id, title, slug, question, created_at, bumped_at,
         post_count, people_count) SELECT $2, space_id, account_id, person_id, title, slug, question, $3, $3, 1, 1
         FROM topics WHERE id = $1",
        params![topic, to, at],
    )
}

#[test]
fn a_clock_set_back_sees_the_archive_as_it_was_then() {
    on_each_database(|db| {
        let cast = settled_cast(db)?;
        db.hand.advance(40 * DAY);
        ask(db, cast.nils, cast.help, "How do I wire it?", "Which terminal is live?", true)?;
        db.hand.advance(40 * DAY);
        let (topic, _) = ask(db, cast.mira, cast.help, "Meters", "Which one do you use?", false)?;
        answer(db, cast.nils, topic, RUDE)?;
        // The log is read while the clock stands forty days earlier.
        db.hand.advance(-39 * DAY);
        settle(db)?;
        let items = open(db, cast.ada)?;
        assert_eq!(items.iter().map(standing).collect::<Vec<_>>(), ["question new high"], "{items:#?}");
        // As it moves on, what becomes present is looked at.
        db.hand.advance(39 * DAY + HOUR);
        ask(db, cast.mira, cast.help, "Later", "This lies in the future.", false)?;
        db.hand.advance(-HOUR / 2);
        settle(db)?;
        assert!(
            open(db, cast.ada)?.iter().any(|item| item.kind == Cause::Harm || item.kind == Cause::Question)
        );
        Ok(())
    });
}

#[test]
fn what_reads_as_a_question_waits_though_nobody_marked_it() {
    on_each_database(|db| {
        let cast = settled_cast(db)?;
        for (title, body) in [
            (
                "Which inverter for a small roof?",
                "I have six panels facing east. Which inverter should I buy? Any help is welcome, I am stuck.",
            ),
            (
                "Minutes of the spring meeting",
                "Here are the minutes of the meeting on 4 May. Twelve members came. The next one is in June.",
            ),
        ] {
            ask(db, cast.mira, cast.help, title, body, false)?;
        }
        settle(db)?;
        assert_eq!(open(db, cast.ada)?, [], "not before their target");
        db.hand.advance(3 * DAY);
        settle(db)?;
        let items = open(db, cast.ada)?;
        assert_eq!(
            items.iter().map(|item| item.title.as_str()).collect::<Vec<_>>(),
            ["Which inverter for a small roof?"]
        );
        let id = items[0].id;
        let seen = db.read_now(move |tx| view::view(tx, cast.ada, id))?;
        assert!(seen.causes[0].reason.starts_with("reads as a question, "), "{:?}", seen.causes);
        Ok(())
    });
}
