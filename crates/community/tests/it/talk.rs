//! Topics and posts.

use mainstreet_community::posts::{self, Edit, Edited, NewReply};
use mainstreet_community::topics;
use mainstreet_db::testing::on_each_database;
use mainstreet_kernel::Kind;

use crate::counters::check_counters;
use crate::place::{Town, ask, reply};

#[test]
fn the_same_form_sent_twice_is_one_reply() {
    on_each_database(|db| {
        let town = Town::new(db)?;
        let topic = ask(db, town.ada, &town.help, "Third clamp always low")?.topic;
        let new = NewReply {
            topic: topic.id,
            body: "Calibrate it alone.".to_owned(),
            reply_to: None,
            form_token: Some("abc".to_owned()),
        };
        let send = |who| {
            let new = new.clone();
            db.write_now(move |tx| posts::reply(tx, who, &new))
        };
        let (first, second) = (send(town.ben)?, send(town.ben)?);
        assert_eq!(first.id, second.id);
        assert_eq!(send(town.ada).unwrap_err().kind, Kind::Conflict, "somebody else's form");
        let now = db.read_now(move |tx| topics::store::find(tx, topic.id))?;
        assert_eq!((now.reply_count, now.people_count, now.post_count), (1, 2, 2));
        check_counters(db)
    });
}

#[test]
fn of_two_editors_one_wins_and_the_other_sees_both_texts() {
    on_each_database(|db| {
        let town = Town::new(db)?;
        let opened = ask(db, town.ada, &town.help, "Third clamp always low")?;
        let edit = |body: &str| Edit {
            post: opened.post,
            expected: 1,
            body: body.to_owned(),
            title: Some("Third clamp reads low".to_owned()),
            tags: None,
            why: "clearer".to_owned(),
        };
        let (mine, theirs) = (edit("It reads 11 A."), edit("It reads twelve."));
        let (ada, moderator) = (town.ada, town.mod_);
        let saved = db.write_now(move |tx| posts::edit(tx, ada, &mine))?;
        assert!(matches!(saved, Edited::Saved(post) if post.version == 2 && post.html.contains("11 A")));
        let stale = db.write_now(move |tx| posts::edit(tx, moderator, &theirs))?;
        assert!(matches!(stale, Edited::Stale(post) if post.body == "It reads 11 A."));
        let (revisions, topic) = db.read_now(move |tx| {
            Ok((posts::store::revisions(tx, opened.post)?, topics::store::find(tx, opened.topic.id)?))
        })?;
        assert_eq!(topic.title, "Third clamp reads low");
        assert_eq!(revisions.len(), 1);
        assert_eq!(revisions[0].title.as_deref(), Some("Third clamp always low"));
        assert_eq!(revisions[0].editor.as_ref().map(|face| face.handle.as_str()), Some("ada"));
        Ok(())
    });
}

#[test]
fn restoring_is_the_inverse_of_hiding_also_for_the_answer() {
    on_each_database(|db| {
        let town = Town::new(db)?;
        let topic = ask(db, town.ada, &town.help, "Third clamp always low")?.topic;
        let answer = reply(db, town.ben, topic.id, "Calibrate it alone.")?.id;
        let (ada, moderator) = (town.ada, town.mod_);
        db.write_now(move |tx| posts::accept(tx, ada, answer))?;
        let state = || {
            db.read_now(move |tx| {
                let mut topic = topics::store::find(tx, topic.id)?;
                topic.version = 0;
                Ok((
                    topic,
                    posts::store::find(tx, answer)?,
                    mainstreet_community::people::store::profile(tx, ada.person.unwrap())?,
                ))
            })
        };
        let before = state()?;
        assert_eq!(before.0.accepted_post, Some(answer));
        db.hand.advance(60_000);
        db.write_now(move |tx| posts::hide(tx, moderator, answer, "Off topic."))?;
        assert_eq!(state()?.0.accepted_post, None);
        check_counters(db)?;
        db.write_now(move |tx| posts::restore(tx, moderator, answer))?;
        assert_eq!(state()?, before);
        check_counters(db)
    });
}
