//! Spam of new accounts, raid mode, and cleaning up.

use mainstreet_community::calm;
use mainstreet_community::sign_ups::{self, State};
use mainstreet_community::{flags, notices, posts};
use mainstreet_db::Tx;
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_desk::moderation;
use mainstreet_desk::raids::{self, Arrival, breaker, cleanup};
use mainstreet_desk::signals::Cause;
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::id::{PersonId, PostId};
use mainstreet_kernel::{Actor, Kind, Result, Role, Timestamp};

use crate::calm::{place, refused, state};
use crate::support::{Cast, answer, ask, open, person, rows, settle};

fn sign_up(tx: &mut Tx<'_>, number: usize) -> Result<Actor> {
    let actor = person(tx, &format!("Guest{number}x{}", number * 7 + 100), Role::Member)?;
    let arrival = Arrival {
        username: format!("guest{number}"),
        email: format!("g{number}@example.net"),
        network: Some("one-network".to_owned()),
        proof: 14,
        asked: 14,
        took: Some(20_000),
        ..Arrival::default()
    };
    raids::arrive(tx, actor.person.unwrap(), &arrival)?;
    Ok(actor)
}

const ADVERT: &str =
    "Best prices for followers and likes, cheap and fast, see https://buy-likes.test/now today!";

/// `count` accounts within minutes, each with a topic of the same words.
fn raid(db: &TestDb, cast: Cast, count: usize) -> Result<Vec<(Actor, PostId)>> {
    flood(db, cast, count, ADVERT)
}

fn flood(db: &TestDb, cast: Cast, count: usize, body: &'static str) -> Result<Vec<(Actor, PostId)>> {
    let mut came = Vec::new();
    let known = db.read_now(|tx| sign_ups::since(tx, Timestamp(0)))? as usize;
    for number in known..known + count {
        db.hand.advance(10_000);
        let actor = db.write_now(move |tx| sign_up(tx, number))?;
        let who = actor.person.unwrap();
        db.write_now(move |tx| {
            tx.run("UPDATE sign_ups SET state = 'open' WHERE person_id = $1", mainstreet_db::params![who])
                .map(drop)
        })?;
        let (_, post) = ask(db, actor, cast.help, &format!("Great offer {number}"), body, false)?;
        came.push((actor, post));
    }
    Ok(came)
}

#[test]
fn a_flood_of_accounts_turns_raid_mode_on_once_and_it_ends_by_itself() {
    on_each_database(|db| {
        let (cast, _) = place(db)?;
        raid(db, cast, 9)?;
        settle(db)?;
        let raid = db.write_now(breaker::watch)?.unwrap();
        assert!(raid.by.is_none() && raid.why.contains("9 sign-ups in the last 10 minutes"), "{raid:?}");
        assert!(db.write_now(breaker::watch)?.is_none(), "once");
        let ada = cast.ada.person.unwrap();
        assert_eq!(db.read_now(move |tx| notices::of_person(tx, ada))?.len(), 1, "the team is told");
        assert!(
            open(db, cast.ada)?.iter().any(|item| item.kind == Cause::Conflict),
            "and it is in the inbox"
        );
        // While it is on, accounts wait for a person, and posts of new ones are looked at first.
        let late = db.write_now(|tx| sign_up(tx, 77))?;
        let who = late.person.unwrap();
        assert_eq!(db.read_now(move |tx| sign_ups::find(tx, who))?.unwrap().state, State::Approval);
        refused(
            ask(db, late, cast.help, "Hello there", "I am new.", false),
            Kind::Forbidden,
            "somebody of the team",
        );
        db.write_now(move |tx| sign_ups::decide(tx, cast.max, who, true))?;
        let (_, post) = ask(db, late, cast.help, "Hello there", "I am new.", false)?;
        assert_eq!(state(db, post)?, "held");
        db.hand.advance(breaker::LASTS);
        assert!(db.read_now(calm::raid)?.is_none(), "its time is over before any sweep");
        let (_, post) = ask(db, late, cast.help, "Hello again", "I am still new.", false)?;
        assert_eq!(state(db, post)?, "published");
        Ok(())
    });
}

#[test]
fn a_flood_of_accounts_that_write_nothing_opens_an_item_too() {
    on_each_database(|db| {
        let (cast, _) = place(db)?;
        for number in 0..12 {
            db.write_now(move |tx| sign_up(tx, number).map(drop))?;
            db.hand.advance(10_000);
        }
        settle(db)?;
        db.write_now(|tx| breaker::watch(tx).map(drop))?;
        assert!(db.read_now(calm::raid)?.is_some());
        let items = open(db, cast.max)?;
        let item = items.iter().find(|item| item.kind == Cause::Conflict).unwrap();
        assert_eq!((item.title.as_str(), item.topic.0), ("A flood of sign-ups", 0));
        settle(db)
    });
}

#[test]
fn raid_mode_ended_by_hand_stays_off() {
    on_each_database(|db| {
        let (cast, _) = place(db)?;
        raid(db, cast, 9)?;
        settle(db)?;
        let raid = db.write_now(breaker::watch)?.unwrap();
        db.write_now(move |tx| calm::end(tx, cast.max, raid.id, "A class signed up together."))?;
        assert!(db.write_now(breaker::watch)?.is_none());
        Ok(())
    });
}

#[test]
fn copies_of_new_accounts_are_held_and_the_first_of_them_too() {
    on_each_database(|db| {
        let (cast, topic) = place(db)?;
        let calm_words = "I moved here in spring, and my tomatoes grew well in the new soil all summer long.";
        let came = flood(db, cast, 5, calm_words)?;
        let kept = answer(db, cast.nils, topic, "It is 40001, as https://manual.test/registers says.")?;
        settle(db)?;
        for (_, post) in &came {
            assert_eq!(state(db, *post)?, "held");
        }
        assert_eq!(state(db, kept)?, "published");
        let first = came[0].1;
        let scored = db.read_now(move |tx| raids::store::score_of(tx, first))?.unwrap();
        assert!(
            scored.held && scored.score.reasons.iter().any(|one| one.text.contains("accounts wrote")),
            "{scored:?}"
        );
        // A person published it: nothing holds it again until its text changes.
        let decision = db.read_now(move |tx| moderation::of_object(tx, "post", first.0))?.remove(0);
        db.write_now(move |tx| moderation::undo(tx, cast.max, decision.id, "It is fine."))?;
        flood(db, cast, 1, calm_words)?;
        settle(db)?;
        assert_eq!(state(db, first)?, "published");
        Ok(())
    });
}

#[test]
fn a_clean_up_taken_back_leaves_everything_as_it_was() {
    on_each_database(|db| {
        let (cast, topic) = place(db)?;
        let from = db.clock().now();
        let came = raid(db, cast, 6)?;
        // One of them wrote in an honest topic, and somebody flagged that.
        let reply =
            answer(db, came[0].0, topic, "Cheap likes, see https://buy-likes.test/x for all of it now!")?;
        db.write_now(move |tx| flags::raise(tx, cast.nils, reply, "spam", "").map(drop))?;
        let guest = came[5].0.person.unwrap();
        let criteria = cleanup::Criteria {
            from: from.0,
            to: db.clock().now().0 + 1,
            domain: "https://www.buy-likes.test/".to_owned(),
            copies: Some(3),
            network: Some(3),
            ..cleanup::Criteria::default()
        };
        let asked = criteria.clone();
        let found = db.read_now(move |tx| cleanup::suspects(tx, &asked))?;
        assert_eq!(found.len(), 6, "{found:?}");
        assert!(found.iter().all(|one| one.member && one.reasons.len() == 3), "{found:?}");
        assert!(!found.iter().any(|one| Some(one.person) == cast.nils.person));
        let before = rows(db)?;
        let people: Vec<PersonId> = found.iter().map(|one| one.person).filter(|one| *one != guest).collect();
        let plan = cleanup::Plan {
            criteria,
            people,
            days: 30,
            clause: "no-spam".to_owned(),
            why: "It is advertising by many accounts at once.".to_owned(),
        };
        let done = db.write_now({
            let plan = plan.clone();
            move |tx| cleanup::clean(tx, cast.max, &plan)
        })?;
        assert_eq!((done.posts, done.people), (6, 5), "the one left out stays");
        assert_eq!(state(db, reply)?, "hidden");
        assert_eq!(state(db, came[5].1)?, "published");
        refused(db.write_now(move |tx| cleanup::clean(tx, cast.max, &plan)), Kind::Conflict, "Look again");
        refused(
            db.write_now(move |tx| cleanup::undo(tx, cast.kim, done.id, "Mine too.")),
            Kind::Forbidden,
            "manager",
        );
        db.hand.advance(HOUR);
        let undone =
            db.write_now(move |tx| cleanup::undo(tx, cast.max, done.id, "It was a school class."))?;
        assert_eq!(undone.left_out, 0);
        for (table, after) in rows(db)? {
            assert_eq!(Some(&after), before.get(&table), "{table}");
        }
        let told: Vec<String> = db.read_now(|tx| {
            let sql = "SELECT props FROM activities WHERE verb = 'raid.cleaned' ORDER BY seq";
            tx.all(sql, &[], |row| row.get("props"))
        })?;
        assert_eq!(
            told,
            [r#"{"people":5,"posts":6,"undone":false}"#, r#"{"people":5,"posts":6,"undone":true}"#]
        );
        refused(
            db.write_now(move |tx| cleanup::undo(tx, cast.max, done.id, "Again.")),
            Kind::Conflict,
            "already",
        );
        Ok(())
    });
}

#[test]
fn a_raid_that_was_cleaned_up_was_no_false_alarm_of_the_year() {
    on_each_database(|db| {
        let (cast, _) = place(db)?;
        let from = db.clock().now();
        raid(db, cast, 9)?;
        settle(db)?;
        assert!(db.write_now(breaker::watch)?.is_some());
        let year = || db.read_now(raids::alarms::year).map(|year| (year.all, year.wrong));
        assert_eq!(year()?, (1, 1), "nobody has judged it yet, so all of it stands");
        let criteria = cleanup::Criteria {
            from: from.0,
            to: db.clock().now().0 + 1,
            domain: "buy-likes.test".to_owned(),
            ..cleanup::Criteria::default()
        };
        let asked = criteria.clone();
        let found = db.read_now(move |tx| cleanup::suspects(tx, &asked))?;
        let plan = cleanup::Plan {
            criteria,
            people: found.iter().map(|one| one.person).collect(),
            days: 30,
            clause: "no-spam".to_owned(),
            why: "It is advertising by many accounts at once.".to_owned(),
        };
        let done = db.write_now(move |tx| cleanup::clean(tx, cast.max, &plan))?;
        assert_eq!((done.people, year()?), (9, (1, 0)));
        // Who was suspended for good reasons stays so in the books when the time is over.
        db.hand.advance(31 * DAY);
        assert_eq!(year()?, (1, 0));
        db.write_now(move |tx| cleanup::undo(tx, cast.max, done.id, "It was a school class.").map(drop))?;
        assert_eq!(year()?, (1, 1));
        db.hand.advance(365 * DAY);
        assert_eq!(year()?, (0, 0), "more than a year ago");
        Ok(())
    });
}

#[test]
fn what_happened_since_is_left_out_of_the_undoing() {
    on_each_database(|db| {
        let (cast, _) = place(db)?;
        let from = db.clock().now();
        let came = raid(db, cast, 3)?;
        let plan = cleanup::Plan {
            criteria: cleanup::Criteria {
                from: from.0,
                to: db.clock().now().0 + 1,
                copies: Some(3),
                ..cleanup::Criteria::default()
            },
            people: came.iter().filter_map(|(actor, _)| actor.person).collect(),
            days: 30,
            clause: "no-spam".to_owned(),
            why: "Advertising.".to_owned(),
        };
        let done = db.write_now(move |tx| cleanup::clean(tx, cast.max, &plan))?;
        let gone = came[1].1;
        db.write_now(move |tx| posts::delete(tx, cast.ada, gone).map(drop)).err();
        db.write_now(move |tx| {
            tx.run("UPDATE posts SET state = 'deleted' WHERE id = $1", mainstreet_db::params![gone]).map(drop)
        })?;
        let undone = db.write_now(move |tx| cleanup::undo(tx, cast.max, done.id, "Wrong."))?;
        assert_eq!(undone.left_out, 1);
        assert_eq!(state(db, came[0].1)?, "published");
        assert_eq!(state(db, gone)?, "deleted");
        Ok(())
    });
}
