//! The place as it was: rewinding and then looking gives what looking then gave.

use mainstreet_community::posts::{self, Edit};
use mainstreet_community::splits::{self, To};
use mainstreet_community::{counters, reactions, rewind};
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_db::{Db, Value};
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::id::PostId;
use mainstreet_kernel::{Result, Role};

use crate::place::{Town, answer, ask, member, reply};

/// What the tables of the place hold, but for what a rewind cannot know.
fn look(db: &Db) -> Result<Vec<Vec<Value>>> {
    let looks = [
        "SELECT id, title, state, closed_at, created_at, bumped_at, reply_count, people_count, reaction_count,
           first_post_id, last_post_id, last_person_id, first_reply_at, accepted_post_id FROM topics ORDER BY id",
        "SELECT id, topic_id, number, body, state, state_by, edited_at, reaction_count, reply_count FROM posts ORDER BY id",
        "SELECT post_id, kind, person_id FROM reactions ORDER BY post_id, kind, person_id",
        "SELECT id, name, post_count, accepted_count, last_post_at FROM people ORDER BY id",
        "SELECT id, topic_count, post_count FROM spaces ORDER BY id",
        "SELECT post_id, version, body FROM post_revisions ORDER BY post_id, version",
    ];
    db.read_now(move |tx| {
        let mut all = Vec::new();
        for sql in looks {
            all.extend(tx.all(sql, &[], |row| Ok(row.clone().into_parts().1))?);
        }
        Ok(all)
    })
}

#[test]
fn what_came_later_is_gone_and_what_was_is_back() {
    on_each_database(|db| {
        let town = Town::new(db)?;
        let opened = ask(db, town.ada, &town.help, "How do I clamp a round table?")?;
        let first = answer(db, town.ben, opened.topic.id, "With a strap.", Some(1))?;
        let second = reply(db, town.mod_, opened.topic.id, "Or with wedges.")?;
        let (one, two) = (first.id, second.id);
        db.write_now(move |tx| reactions::add(tx, town.ada, one, "like"))?;
        let (at, then) = (db.clock().now(), look(db)?);

        db.hand.advance(HOUR);
        member(db, "carl", Role::Member)?;
        let later = ask(db, town.ben, &town.help, "Which glue is for oak?")?;
        reply(db, town.ada, later.topic.id, "The brown one.")?;
        reply(db, town.ada, opened.topic.id, "Thank you, that held.")?;
        db.write_now(move |tx| {
            let (body, why) = ("With two straps.".to_owned(), String::new());
            let edit = Edit { post: one, expected: first.version, body, title: None, tags: None, why };
            posts::edit(tx, town.ben, &edit)?;
            posts::accept(tx, town.ada, one)?;
            crate::place::decide(
                tx,
                town.mod_,
                two,
                mainstreet_community::moderation::Act::Hide,
                "Off topic.",
            )?;
            reactions::add(tx, town.mod_, one, "like")
        })?;
        assert_ne!(look(db)?, then);

        let taken = db.write_now(move |tx| rewind::rewind(tx, at))?;
        assert_eq!(taken, rewind::Taken { topics: 1, posts: 3, people: 1 });
        assert_eq!(look(db)?, then);
        assert_eq!(db.read_now(counters::drifts)?, []);
        Ok(())
    });
}

#[test]
fn a_wrong_counter_is_found_and_mended() {
    on_each_database(|db| {
        let town = Town::new(db)?;
        let opened = ask(db, town.ada, &town.help, "How do I clamp a round table?")?;
        reply(db, town.ben, opened.topic.id, "With a strap.")?;
        assert_eq!(db.read_now(counters::drifts)?, []);
        db.write_now(|tx| tx.run("UPDATE topics SET reply_count = 7", &[]))?;
        let found = db.read_now(counters::drifts)?;
        assert_eq!(found, [counters::Drift { counter: "topics.reply_count".to_owned(), rows: 1 }]);
        assert_eq!(db.write_now(counters::recount)?, 1);
        assert_eq!(db.read_now(counters::drifts)?, []);
        Ok(())
    });
}

#[test]
fn replies_split_off_stand_where_they_stood() {
    on_each_database(|db| {
        let town = Town::new(db)?;
        let topic = ask(db, town.ada, &town.help, "How do I clamp a round table?")?.topic.id;
        let one = answer(db, town.ben, topic, "With a strap.", Some(1))?;
        let two = answer(db, town.ada, topic, "Which strap?", Some(one.number))?;
        let three = answer(db, town.ben, topic, "Any will do.", Some(two.number))?;
        let moderator = town.mod_;
        let (first, second) = (one.id, two.id);
        let split = |ids: Vec<PostId>, title: &'static str| {
            db.write_now(move |tx| {
                splits::split(
                    tx,
                    moderator,
                    topic,
                    &ids,
                    &To::New(title.to_owned()),
                    "Straps are another matter.",
                )
            })
        };
        let mut past = vec![(db.clock().now(), look(db)?)];
        let mut then = |db: &TestDb| -> Result<()> {
            past.push((db.clock().now(), look(db)?));
            db.hand.advance(HOUR);
            Ok(())
        };
        db.hand.advance(HOUR);
        let away = split(vec![second, three.id], "Straps")?;
        then(db)?;
        reply(db, town.ada, topic, "Back to the table.")?;
        then(db)?;
        db.write_now(move |tx| splits::undo(tx, moderator, away.id).map(drop))?;
        then(db)?;
        split(vec![first], "One strap")?;
        then(db)?;
        // Back through all of it, step by step.
        for (at, expect) in past.into_iter().rev() {
            db.write_now(move |tx| {
                mainstreet_db::log::rewind(tx, at)?;
                rewind::rewind(tx, at).map(drop)
            })?;
            let found = look(db)?;
            assert_eq!(found.len(), expect.len(), "at {at}");
            for (found, expect) in found.iter().zip(&expect) {
                assert_eq!(found, expect, "at {at}");
            }
        }
        Ok(())
    });
}
