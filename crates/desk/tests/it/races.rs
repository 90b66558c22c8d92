//! Two moderators at once on the same posts and members: nothing is lost, and who comes second is told what happened.

use mainstreet_community::moderation::{Act, Detail, Order, Target};
use mainstreet_community::posts;
use mainstreet_community::splits::{self, To};
use mainstreet_community::{counters, guidelines};
use mainstreet_db::Db;
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_desk::batches::{self, Deed, NewBatch};
use mainstreet_desk::moderation::{self, Case, Ground, Source};
use mainstreet_desk::signals;
use mainstreet_kernel::clock::{HOUR, MINUTE};
use mainstreet_kernel::id::{DecisionId, PostId, TopicId};
use mainstreet_kernel::{Actor, Kind, Result};

use crate::support::{Cast, answer, ask, cast, open, settle, sight};

type Work = Box<dyn Fn(&Db) -> Result<()> + Send + Sync>;

/// Does both at once. What was refused was refused in a sentence.
fn both(db: &TestDb, one: &Work, other: &Work) -> Result<Vec<Result<()>>> {
    let handle: &Db = db;
    let results = std::thread::scope(|scope| {
        let first = scope.spawn(|| one(handle));
        let second = scope.spawn(|| other(handle));
        vec![first.join().unwrap(), second.join().unwrap()]
    });
    for told in results.iter().filter_map(|result| result.as_ref().err()) {
        assert!(matches!(told.kind, Kind::Conflict | Kind::TooMany) && told.safe.ends_with('.'), "{told:?}");
    }
    Ok(results)
}

fn won(results: &[Result<()>]) -> usize {
    results.iter().filter(|result| result.is_ok()).count()
}

fn case(target: Target, act: Act) -> Case {
    Case {
        order: Order { target, act, why: "It insults Mira.".to_owned(), until: None, detail: Detail::None },
        clause: "be-kind".to_owned(),
        source: Source::Own,
        source_id: None,
        detected: false,
        ground: Ground::Incompatible,
    }
}

fn decide(who: Actor, target: Target, act: Act) -> Work {
    let case = case(target, act);
    Box::new(move |db| {
        let case = case.clone();
        db.write_now(move |tx| moderation::decide(tx, who, &case).map(drop))
    })
}

fn undo(who: Actor, id: DecisionId) -> Work {
    Box::new(move |db| db.write_now(move |tx| moderation::undo(tx, who, id, "A mistake.").map(drop)))
}

fn split(who: Actor, from: TopicId, ids: &[PostId], to: To) -> Work {
    let ids = ids.to_vec();
    Box::new(move |db| {
        let (ids, to) = (ids.clone(), to.clone());
        db.write_now(move |tx| splits::split(tx, who, from, &ids, &to, "Another matter.").map(drop))
    })
}

/// Every post once, with a number of its own in its topic, and every counter right.
fn whole(db: &TestDb, expect: i64) -> Result<()> {
    let (posts, places, drifts) = db.read_now(|tx| {
        let posts = tx.count("SELECT COUNT(*) AS n FROM posts", &[])?;
        let places =
            tx.count("SELECT COUNT(*) AS n FROM (SELECT DISTINCT topic_id, number FROM posts) places", &[])?;
        Ok((posts, places, counters::drifts(tx)?))
    })?;
    assert_eq!((posts, places), (expect, expect), "no post is lost, none stands where another stands");
    assert!(drifts.is_empty(), "{drifts:?}");
    Ok(())
}

fn place(db: &TestDb) -> Result<Cast> {
    let cast = cast(db)?;
    db.write_now(move |tx| guidelines::adopt(tx, cast.ada, "support").map(drop))?;
    Ok(cast)
}

fn talk(db: &TestDb, cast: Cast) -> Result<(TopicId, Vec<PostId>)> {
    let (topic, _) = ask(db, cast.mira, cast.help, "Which register?", "The manual is silent.", false)?;
    let mut replies = Vec::new();
    for text in ["The third.", "And the glue?", "Which glue?", "The brown one."] {
        replies.push(answer(db, cast.nils, topic, text)?);
    }
    Ok((topic, replies))
}

#[test]
fn the_same_replies_are_split_moved_hidden_and_deleted_at_once() {
    on_each_database(|db| {
        let cast = place(db)?;
        let (ada, max, kim) = (cast.ada, cast.max, cast.kim);
        let mut posts = 0;
        for _ in 0..4 {
            let (one, two) = (talk(db, cast)?, talk(db, cast)?);
            posts += 10;
            let new = || To::New("Glue".to_owned());
            let some = &one.1[1..];
            let results =
                both(db, &split(max, one.0, some, new()), &split(kim, one.0, some, To::Topic(two.0)))?;
            assert_eq!(won(&results), 1, "{results:?}");
            whole(db, posts)?;
            // Across each other: what goes here while something else comes from there.
            let here = db.read_now({
                let (id, post) = (two.0, two.1[0]);
                move |tx| Ok((id, post, posts::store::find(tx, post)?.topic))
            })?;
            assert_eq!(here.0, here.2);
            both(
                db,
                &split(max, one.0, &one.1[..1], To::Topic(two.0)),
                &split(kim, two.0, &two.1[..2], To::Topic(one.0)),
            )?;
            whole(db, posts)?;
            // A reply is deleted while it is moved.
            let (three, ids) = talk(db, cast)?;
            posts += 5;
            let results = both(
                db,
                &split(max, three, &ids[2..], new()),
                &decide(kim, Target::Post(ids[3]), Act::Delete),
            )?;
            assert_eq!(won(&results), 2, "{results:?}");
            whole(db, posts)?;
            let gone = ids[3];
            let state = db.read_now(move |tx| Ok(posts::store::find(tx, gone)?.state.as_str()))?;
            assert_eq!(state, "deleted", "deleted wherever it stands");
            // Moved back while its first reply is hidden.
            let split = db.read_now(move |tx| splits::of_topic(tx, three))?.pop().unwrap();
            let back: Work =
                Box::new(move |db| db.write_now(move |tx| splits::undo(tx, ada, split.id).map(drop)));
            both(db, &back, &decide(kim, Target::Post(ids[2]), Act::Hide))?;
            whole(db, posts)?;
        }
        Ok(())
    });
}

#[test]
fn a_post_or_a_member_is_decided_on_once() {
    on_each_database(|db| {
        let cast = place(db)?;
        let (ada, max, kim, nils) = (cast.ada, cast.max, cast.kim, Target::Person(cast.nils.person.unwrap()));
        for round in 0..4 {
            let (_, ids) = talk(db, cast)?;
            let post = Target::Post(ids[0]);
            let results = both(db, &decide(max, post, Act::Hide), &decide(kim, post, Act::Hide))?;
            assert_eq!(won(&results), 1, "{results:?}");
            let id = ids[0].0;
            let made = db.read_now(move |tx| moderation::of_object(tx, "post", id))?;
            assert_eq!(made.len(), 1, "round {round}: one left no trace");
            let first = made[0].id;
            let results = both(db, &undo(ada, first), &undo(ada, first))?;
            assert_eq!(won(&results), 1, "{results:?}");
            // Undone while another extends it: what stands follows from what stands in the record.
            let mute = db.write_now(move |tx| moderation::decide(tx, max, &case(nils, Act::Mute)))?;
            db.hand.advance(MINUTE);
            let results = both(db, &undo(ada, mute.id), &decide(kim, nils, Act::Silence))?;
            assert_eq!(won(&results), 2, "{results:?}");
            let standing = standing(db, cast)?;
            assert_eq!(standing, "silenced", "round {round}");
            let later = latest(db, cast)?;
            db.hand.advance(MINUTE);
            let again = db.write_now(move |tx| moderation::decide(tx, max, &case(nils, Act::Mute)))?;
            db.hand.advance(MINUTE);
            // Two undoings at once, in whatever order, leave nothing.
            let results = both(db, &undo(ada, later), &undo(ada, again.id))?;
            assert_eq!(
                (won(&results), self::standing(db, cast)?),
                (2, "active"),
                "round {round}: {results:?}"
            );
            db.hand.advance(MINUTE);
        }
        Ok(())
    });
}

fn standing(db: &TestDb, cast: Cast) -> Result<&'static str> {
    let nils = cast.nils.person.unwrap();
    db.read_now(move |tx| Ok(mainstreet_community::moderation::standing_of(tx, nils)?.standing.as_str()))
}

fn latest(db: &TestDb, cast: Cast) -> Result<DecisionId> {
    let nils = cast.nils.person.unwrap();
    db.read_now(move |tx| Ok(moderation::of_person(tx, nils, 1)?.remove(0).id))
}

#[test]
fn a_batch_and_a_single_act_do_not_both_win() {
    on_each_database(|db| {
        let cast = place(db)?;
        let (max, kim, mira) = (cast.max, cast.kim, cast.mira);
        for round in 0..4 {
            let (_, ids) = talk(db, cast)?;
            let post = ids[0];
            db.write_now(move |tx| {
                mainstreet_community::flags::raise(tx, mira, post, "harassment", "").map(drop)
            })?;
            settle(db)?;
            let item = open(db, kim)?.into_iter().find(|one| one.post == post).unwrap();
            let new = NewBatch {
                deed: Deed::Act(Act::Hide),
                clause: "be-kind".to_owned(),
                why: "All of these insult.".to_owned(),
                hours: None,
            };
            let batch = db.write_now(move |tx| batches::begin(tx, max, &new, 1))?;
            let id = item.id;
            let bulk: Work =
                Box::new(move |db| db.write_now(move |tx| batches::do_one(tx, max, batch, id).map(drop)));
            let results = both(db, &bulk, &decide(kim, Target::Post(post), Act::Hide))?;
            assert_eq!(won(&results), 1, "{results:?}");
            let made = db.read_now(move |tx| moderation::of_object(tx, "post", post.0))?;
            assert_eq!(made.len(), 1, "round {round}");
            // The lease: both take an item, one has it.
            let other = ids[1];
            db.write_now(move |tx| {
                mainstreet_community::flags::raise(tx, mira, other, "harassment", "").map(drop)
            })?;
            settle(db)?;
            let item = open(db, kim)?.into_iter().find(|one| one.post == other).unwrap();
            let claim = |who: Actor| -> Work {
                let see = sight(&item);
                Box::new(move |db| db.write_now(move |tx| signals::claim(tx, who, see).map(drop)))
            };
            let results = both(db, &claim(max), &claim(kim))?;
            assert_eq!(won(&results), 1, "{results:?}");
            db.hand.advance(HOUR);
            settle(db)?;
        }
        Ok(())
    });
}
