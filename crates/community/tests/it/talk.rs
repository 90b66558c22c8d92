//! Topics and posts.

use mainstreet_community::posts::{self, Edit, Edited, NewReply};
use mainstreet_community::topics::{self, NewTopic, Opened};
use mainstreet_db::testing::on_each_database;
use mainstreet_kernel::{Kind, Result};

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
        let ada = town.ada;
        let saved = db.write_now(move |tx| posts::edit(tx, ada, &mine))?;
        assert!(matches!(saved, Edited::Saved(post) if post.version == 2 && post.html.contains("11 A")));
        let stale = db.write_now(move |tx| posts::edit(tx, ada, &theirs))?;
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
        db.write_now(move |tx| {
            crate::place::decide(
                tx,
                moderator,
                answer,
                mainstreet_community::moderation::Act::Hide,
                "Off topic.",
            )
        })?;
        assert_eq!(state()?.0.accepted_post, None);
        check_counters(db)?;
        db.write_now(move |tx| posts::restore(tx, moderator, answer))?;
        assert_eq!(state()?, before);
        check_counters(db)
    });
}

#[test]
fn a_topic_form_sent_twice_at_once_opens_one_topic() {
    on_each_database(|db| {
        let town = Town::new(db)?;
        let new = NewTopic {
            space: town.help.id,
            title: "Third clamp always low".to_owned(),
            body: "It reads 11 A.".to_owned(),
            tags: Vec::new(),
            question: true,
            form_token: Some("once".to_owned()),
        };
        let opened: Vec<Opened> = std::thread::scope(|scope| {
            let senders: Vec<_> = (0..4)
                .map(|_| {
                    let (new, ada) = (new.clone(), town.ada);
                    scope.spawn(move || db.write_now(move |tx| topics::open(tx, ada, &new)))
                })
                .collect();
            senders.into_iter().map(|sender| sender.join().unwrap()).collect::<Result<_>>()
        })?;
        assert_eq!(opened.iter().filter(|opened| opened.new).count(), 1);
        assert!(opened.iter().all(|other| other.post == opened[0].post));
        check_counters(db)
    });
}

#[test]
fn many_who_reply_at_once_get_numbers_of_their_own() {
    on_each_database(|db| {
        let town = Town::new(db)?;
        let (one, two) = (
            ask(db, town.ada, &town.help, "Third clamp always low")?.topic.id,
            ask(db, town.ben, &town.help, "Fourth clamp always high")?.topic.id,
        );
        std::thread::scope(|scope| {
            for number in 0..6 {
                let who = [town.ada, town.ben, town.mod_][number % 3];
                scope.spawn(move || {
                    for _ in 0..10 {
                        reply(db, who, one, "Like this.").unwrap();
                        reply(db, who, two, "Or like that.").unwrap();
                    }
                });
            }
        });
        let numbers = db.read_now(move |tx| posts::store::between(tx, one, 1, 1_000))?;
        assert_eq!(numbers.iter().map(|post| post.number).collect::<Vec<_>>(), (1..=61).collect::<Vec<_>>());
        check_counters(db)
    });
}

#[test]
fn of_two_moderators_one_hides_and_the_other_is_told() {
    on_each_database(|db| {
        let town = Town::new(db)?;
        let topic = ask(db, town.ada, &town.help, "Third clamp always low")?.topic;
        let post = reply(db, town.ben, topic.id, "Spam.")?.id;
        let moderator = town.mod_;
        let results: Vec<_> = std::thread::scope(|scope| {
            let both: Vec<_> = (0..2)
                .map(|_| {
                    scope.spawn(move || {
                        db.write_now(move |tx| {
                            crate::place::decide(
                                tx,
                                moderator,
                                post,
                                mainstreet_community::moderation::Act::Hide,
                                "Spam.",
                            )
                        })
                    })
                })
                .collect();
            both.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        let told = results.into_iter().find_map(Result::err).unwrap();
        assert_eq!(told.kind, Kind::Conflict);
        check_counters(db)
    });
}

#[test]
fn who_may_do_what() {
    on_each_database(|db| {
        let town = Town::new(db)?;
        let (ada, ben, moderator) = (town.ada, town.ben, town.mod_);
        let opened = ask(db, ada, &town.help, "Third clamp always low")?;
        let (topic, first) = (opened.topic.id, opened.post);
        let answer = reply(db, ben, topic, "Calibrate it alone.")?.id;
        let refused = |work: Result<()>, kind: Kind| assert_eq!(work.unwrap_err().kind, kind);
        refused(db.write_now(move |tx| posts::accept(tx, ben, answer)), Kind::Forbidden);
        refused(db.write_now(move |tx| posts::accept(tx, ada, first)), Kind::Conflict);
        refused(db.write_now(move |tx| posts::delete(tx, ada, first).map(drop)), Kind::Conflict);
        refused(db.write_now(move |tx| posts::delete(tx, ada, answer).map(drop)), Kind::Forbidden);
        refused(
            db.write_now(move |tx| {
                crate::place::decide(tx, ben, first, mainstreet_community::moderation::Act::Hide, "x")
                    .map(drop)
            }),
            Kind::Forbidden,
        );
        refused(db.write_now(move |tx| topics::close(tx, ada, topic)), Kind::Forbidden);
        refused(db.write_now(move |tx| topics::close(tx, moderator, topic)), Kind::Forbidden);
        refused(db.write_now(move |tx| posts::delete(tx, moderator, answer).map(drop)), Kind::Forbidden);
        refused(db.write_now(move |tx| posts::hide(tx, moderator, answer, "x").map(drop)), Kind::Forbidden);
        db.hand.advance(topics::QUIET);
        db.write_now(move |tx| topics::close(tx, moderator, topic))?;
        refused(db.write_now(move |tx| topics::close(tx, moderator, topic)), Kind::Conflict);
        refused(reply(db, ben, topic, "More.").map(drop), Kind::Conflict);
        reply(db, moderator, topic, "Closed because it is solved.")?;
        db.write_now(move |tx| topics::reopen(tx, moderator, topic))?;
        refused(reply(db, ben, topic, " \n ").map(drop), Kind::Invalid);
        refused(reply(db, ben, topic, &"x".repeat(32_001)).map(drop), Kind::Invalid);
        db.write_now(move |tx| posts::delete(tx, ben, answer))?;
        refused(db.write_now(move |tx| posts::restore(tx, ada, answer).map(drop)), Kind::Forbidden);
        db.write_now(move |tx| posts::restore(tx, ben, answer))?;
        db.write_now(move |tx| topics::mark_question(tx, ada, topic, false))?;
        refused(db.write_now(move |tx| posts::accept(tx, ada, answer)), Kind::Conflict);
        check_counters(db)
    });
}
