//! Clocks told from the log, case by case.

use mainstreet_db::Tx;
use mainstreet_db::testing::on_each_database;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::id::{PersonId, PostId, SpaceId, TopicId};
use mainstreet_kernel::{Activity, ActorClass, Result, Timestamp, Verb, Visibility};

use super::history::{START, actor, settle, sweep};
use mainstreet_desk::metrics::clocks::{Population, TopicClock};
use mainstreet_desk::metrics::survival::Cause;
use mainstreet_desk::metrics::{behind, rollups};

const ASKER: i64 = 1;
const HELPER: i64 = 2;
const STAFF: i64 = 5;

fn hour(hour: i64) -> Timestamp {
    START.plus(hour * HOUR)
}

fn act(verb: Verb, person: i64, post: i64, at: i64) -> Activity {
    let class = if person == STAFF { ActorClass::Staff } else { ActorClass::Member };
    Activity::new(verb, actor(person, class), PostId(post), hour(at)).within(TopicId(1), SpaceId(1))
}

fn asked() -> Activity {
    act(Verb::TopicCreated, ASKER, 100, 0).with(serde_json::json!({ "question": true }))
}

/// A question at 19:00 UTC.
pub(super) fn one_question(tx: &mut Tx<'_>) -> Result<()> {
    tx.record(&Activity { occurred_at: hour(19), ..asked() })
}

/// Tells the story on each database, every act in a step of its own, and checks the clock at the end.
#[track_caller]
fn check(acts: &[Activity], expect: impl Fn(&TopicClock)) {
    on_each_database(|database| {
        database.write_now(sweep)?;
        for act in acts {
            let act = act.clone();
            database.write_now(move |tx| tx.record(&act))?;
            settle(database, 10)?;
        }
        let clock = database.read_now(|tx| behind::clock(tx, TopicId(1)))?;
        expect(&clock.expect("a clock"));
        Ok(())
    });
}

fn response(clock: &TopicClock) -> Option<(Timestamp, Cause)> {
    clock.response.map(|response| (response.at, response.by))
}

#[test]
fn the_first_reply_of_another_person_stops_the_clock() {
    let acts = [
        asked(),
        act(Verb::ReplyCreated, ASKER, 101, 1),
        act(Verb::ReplyCreated, STAFF, 102, 5),
        act(Verb::ReplyCreated, HELPER, 103, 3),
    ];
    check(&acts, |clock| {
        assert_eq!(clock.population, Population::Question);
        assert_eq!(response(clock), Some((hour(3), Cause::Member)), "the earlier one, though it came later");
        assert_eq!(clock.replies, 3);
    });
}

#[test]
fn bots_mentions_and_removed_replies_do_not_answer() {
    let bot = Activity { actor_class: ActorClass::Bot, ..act(Verb::ReplyCreated, 6, 101, 1) };
    let mention = act(Verb::ReplyCreated, HELPER, 102, 2).with(serde_json::json!({ "mention_only": true }));
    let hidden = act(Verb::PostHidden, STAFF, 103, 9).seen_by(Visibility::Staff);
    let removed = [act(Verb::ReplyCreated, HELPER, 103, 3), hidden];
    let acts: Vec<Activity> = [asked(), bot, mention].into_iter().chain(removed).collect();
    check(&acts, |clock| assert_eq!((response(clock), clock.replies), (None, 2), "a bot's reply is none"));
    let back: Vec<Activity> = acts.into_iter().chain([act(Verb::PostRestored, STAFF, 103, 10)]).collect();
    check(&back, |clock| assert_eq!(response(clock), Some((hour(3), Cause::Member))));
}

#[test]
fn replies_may_arrive_before_their_topic() {
    let acts = [act(Verb::ReplyCreated, ASKER, 101, 1), act(Verb::ReplyCreated, HELPER, 102, 2), asked()];
    check(&acts, |clock| {
        assert_eq!(clock.asked_at, Some(hour(0)));
        assert_eq!(response(clock), Some((hour(2), Cause::Member)), "the asker's own reply does not count");
    });
}

#[test]
fn an_acceptance_stands_until_it_is_taken_back() {
    let acts = [asked(), act(Verb::ReplyCreated, HELPER, 101, 1), act(Verb::AnswerAccepted, ASKER, 101, 2)];
    check(&acts, |clock| assert_eq!(clock.accepted_at, Some(hour(2))));
    let more = [act(Verb::AnswerUnaccepted, ASKER, 101, 3), act(Verb::AnswerAccepted, ASKER, 102, 8)];
    let acts: Vec<Activity> = acts.into_iter().chain(more).collect();
    check(&acts, |clock| assert_eq!(clock.accepted_at, Some(hour(8))));
}

#[test]
fn an_acceptance_goes_and_comes_back_with_its_post() {
    let gone = [
        asked(),
        act(Verb::ReplyCreated, HELPER, 101, 1),
        act(Verb::AnswerAccepted, ASKER, 101, 2),
        act(Verb::PostHidden, STAFF, 101, 5),
        act(Verb::AnswerUnaccepted, STAFF, 101, 5).with(serde_json::json!({ "because": "post_gone" })),
    ];
    check(&gone, |clock| assert_eq!((clock.accepted_at, response(clock)), (None, None)));
    let back = [
        act(Verb::PostRestored, STAFF, 101, 7),
        act(Verb::AnswerAccepted, ASKER, 101, 7).with(serde_json::json!({ "because": "post_back" })),
    ];
    let acts: Vec<Activity> = gone.into_iter().chain(back).collect();
    check(&acts, |clock| {
        assert_eq!(clock.accepted_at, Some(hour(2)), "when it was accepted, not when it came back");
    });
}

#[test]
fn a_question_may_stop_being_one_and_stop_waiting() {
    check(&[asked(), act(Verb::QuestionUnmarked, STAFF, 100, 1)], |clock| {
        assert_eq!(clock.population, Population::Topic);
    });
    check(&[asked(), act(Verb::TopicClosed, STAFF, 100, 4)], |clock| {
        assert_eq!(clock.closed_at, Some(hour(4)));
    });
    let reopened = [asked(), act(Verb::TopicClosed, STAFF, 100, 4), act(Verb::TopicReopened, STAFF, 100, 5)];
    check(&reopened, |clock| assert_eq!(clock.closed_at, None));
    let deleted = act(Verb::PostDeleted, ASKER, 100, 6).seen_by(Visibility::Staff);
    check(&[asked(), deleted], |clock| {
        assert_eq!(clock.gone_at, Some(hour(6)));
    });
}

#[test]
fn two_accounts_of_one_person_do_not_answer_each_other() {
    on_each_database(|database| {
        database.write_now(sweep)?;
        database.write_now(|tx| {
            tx.record(&asked())?;
            tx.record(&act(Verb::ReplyCreated, HELPER, 101, 1))
        })?;
        settle(database, 10)?;
        let clock = |tx: &mut Tx<'_>| behind::clock(tx, TopicId(1));
        assert!(database.read_now(clock)?.expect("a clock").response.is_some());
        database.write_now(|tx| {
            tx.run("UPDATE people SET merged_into = 1 WHERE id = 2", &[])?;
            rollups::recount(tx, &[PersonId(1), PersonId(2)].into())
        })?;
        let clock = database.read_now(clock)?.expect("a clock");
        assert_eq!((clock.response, clock.asker), (None, Some(PersonId(ASKER))));
        Ok(())
    });
}
