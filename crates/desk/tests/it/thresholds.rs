//! Flags that weigh enough hide a post, its item waits for a person, and everybody is told what came of it.

use mainstreet_community::moderation::{Act, Detail, Order, Target};
use mainstreet_community::{flags, guidelines, notices, posts};
use mainstreet_db::testing::on_each_database;
use mainstreet_db::{Db, params};
use mainstreet_desk::moderation::{self, Case, Filter, Ground, Source};
use mainstreet_desk::signals::{Cause, view};
use mainstreet_kernel::id::{FlagId, PostId};
use mainstreet_kernel::{Activity, Actor, Result, Role, Verb};

use crate::support::{answer, ask, cast, open, person, settle};

/// Somebody new who has written so much that their flag weighs 4.
fn veteran(db: &Db, name: &'static str) -> Result<Actor> {
    db.write_now(move |tx| {
        let actor = person(tx, name, Role::Member)?;
        tx.run("UPDATE people SET post_count = 300 WHERE id = $1", params![actor.person.unwrap()])?;
        Ok(actor)
    })
}

fn flag(db: &Db, who: Actor, post: PostId) -> Result<()> {
    db.write_now(move |tx| flags::raise(tx, who, post, "spam", "").map(drop))?;
    settle(db)
}

fn state(db: &Db, post: PostId) -> Result<String> {
    db.read_now(move |tx| Ok(posts::store::find(tx, post)?.state.as_str().to_owned()))
}

#[test]
fn enough_flags_hide_a_post_until_a_person_has_looked() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let (topic, _) =
            ask(db, cast.mira, cast.help, "Which register is it?", "The manual does not say.", true)?;
        let post = answer(db, cast.nils, topic, "Buy my registers.")?;
        let people = [veteran(db, "Una")?, veteran(db, "Vic")?, veteran(db, "Wim")?];
        flag(db, people[0], post)?;
        flag(db, people[1], post)?;
        flag(db, people[2], post)?;
        assert_eq!(state(db, post)?, "published", "without guidelines there is nothing to cite");
        db.write_now(move |tx| guidelines::adopt(tx, cast.ada, "support").map(drop))?;
        let second = answer(db, cast.nils, topic, "Buy my registers now.")?;
        flag(db, people[0], second)?;
        flag(db, people[1], second)?;
        assert_eq!(state(db, second)?, "published", "8 is less than 8.33");
        flag(db, people[2], second)?;
        assert_eq!(state(db, second)?, "hidden");
        let decision = db.read_now(|tx| moderation::list(tx, &Filter::default(), 1))?.remove(0);
        assert!(decision.automatic && decision.detected, "{decision:?}");
        assert_eq!((decision.clause.as_str(), decision.source), ("no-spam", Source::Flag));
        assert!(
            decision.facts.contains("weigh 12.0") && decision.facts.contains("8.3"),
            "{}",
            decision.facts
        );
        assert_eq!(db.read_now(move |tx| flags::open_on(tx, second))?.len(), 3, "a program judges nobody");

        // The item still waits, with what a decision needs beside it.
        let items = open(db, cast.ada)?;
        let item = items.iter().find(|item| item.post == second).unwrap().id;
        let seen = db.read_now(move |tx| view::view(tx, cast.max, item))?.record;
        assert_eq!((seen.past.len(), seen.score.map(|score| score.0)), (1, Some(12.0)));
        assert_eq!(seen.strikes, 3);

        // Max finds that it may stay: it is back, the flags are cleared by the outcome, and their raisers are told.
        let id = decision.id;
        db.write_now(move |tx| moderation::undo(tx, cast.max, id, "He asks in a friendly way.").map(drop))?;
        assert_eq!(state(db, second)?, "published");
        settle(db)?;
        assert!(db.read_now(move |tx| flags::open_on(tx, second))?.is_empty());
        let una = people[0].person.unwrap();
        let told = db.read_now(move |tx| notices::of_person(tx, una))?;
        assert!(told.iter().any(|one| one.text.contains("may stay")), "{told:?}");
        assert!(open(db, cast.ada)?.iter().all(|item| item.post != second), "the item has ended");
        Ok(())
    });
}

#[test]
fn who_flagged_is_told_what_came_of_it_and_weighs_by_having_been_right() {
    on_each_database(|db| {
        let cast = cast(db)?;
        db.write_now(move |tx| guidelines::adopt(tx, cast.ada, "support").map(drop))?;
        let (topic, _) =
            ask(db, cast.mira, cast.help, "Which register is it?", "The manual does not say.", true)?;
        let mira = cast.mira.person.unwrap();
        let mut last = 0.0;
        for round in 0..8 {
            let post = answer(db, cast.nils, topic, &format!("Buy my registers, {round}."))?;
            db.write_now(move |tx| flags::raise(tx, cast.mira, post, "spam", "").map(drop))?;
            last = db.read_now(move |tx| flags::score(tx, post))?;
            let order = Order {
                target: Target::Post(post),
                act: Act::Hide,
                why: "It sells.".to_owned(),
                until: None,
                detail: Detail::None,
            };
            let case = Case {
                order,
                clause: "no-spam".to_owned(),
                source: Source::Flag,
                source_id: None,
                detected: false,
                ground: Ground::Incompatible,
            };
            db.write_now(move |tx| moderation::decide(tx, cast.max, &case).map(drop))?;
        }
        assert!(last > 7.0, "seven right flags weigh {last}");
        let told = db.read_now(move |tx| notices::of_person(tx, mira))?;
        assert_eq!(told.len(), 8);
        assert!(told[0].text.contains("agreed with your flag"));
        Ok(())
    });
}

#[test]
fn one_member_alone_hides_nothing_and_sets_no_threshold() {
    on_each_database(|db| {
        let cast = cast(db)?;
        db.write_now(move |tx| guidelines::adopt(tx, cast.ada, "support").map(drop))?;
        let (topic, _) =
            ask(db, cast.mira, cast.help, "Which register is it?", "The manual does not say.", true)?;
        let post = answer(db, cast.nils, topic, "Buy my registers.")?;
        let una = veteran(db, "Una")?;
        db.write_now(move |tx| {
            let flag = flags::raise(tx, una, post, "spam", "")?;
            tx.run("UPDATE flags SET weight = 40 WHERE id = $1", params![flag]).map(drop)
        })?;
        settle(db)?;
        assert_eq!(state(db, post)?, "published");
        for round in 0..20 {
            let post = answer(db, cast.nils, topic, &format!("Buy my registers, {round}."))?;
            db.write_now(move |tx| {
                let flag = flags::raise(tx, una, post, "spam", "")?;
                flags::decide(tx, cast.max, flag, true)
            })?;
        }
        let threshold = db.read_now(moderation::hide_at)?;
        assert!((threshold - 8.333).abs() < 0.01, "{threshold} comes of posts that one member flagged");
        Ok(())
    });
}

#[test]
fn a_flag_that_an_archive_tells_of_twice_stops_nothing() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let (topic, _) =
            ask(db, cast.mira, cast.help, "Which register is it?", "The manual does not say.", true)?;
        let post = answer(db, cast.nils, topic, "Buy my registers.")?;
        db.write_now(move |tx| {
            let kept = flags::raise(tx, cast.mira, post, "spam", "")?;
            let mut told = Activity::new(Verb::FlagCreated, cast.mira, post, tx.now());
            let twice = FlagId(kept.0 + 1);
            told.parent = Some(twice.0);
            assert!(flags::find(tx, twice).is_err());
            tx.record(&told)
        })?;
        settle(db)?;
        let reasons: Vec<_> =
            open(db, cast.ada)?.into_iter().filter(|item| item.kind == Cause::Flag).collect();
        assert_eq!(reasons.len(), 1, "{reasons:?}");
        Ok(())
    });
}
