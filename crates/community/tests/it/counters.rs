//! Counters are right after every verb: recomputed from rows by SQL of this file's own.

use mainstreet_community::spaces::Kind;
use mainstreet_community::{posts, reactions, topics};
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_db::{Tx, Value};
use mainstreet_kernel::clock::MINUTE;
use mainstreet_kernel::id::{PostId, TopicId};
use mainstreet_kernel::{Actor, Result, Role, Visibility};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::place::{self, member, space};

/// One random act; numbers choose among what is there.
#[derive(Clone, Debug)]
enum Act {
    Open { who: usize, space: usize },
    Reply { who: usize, topic: usize, to: usize },
    Delete { who: usize, post: usize },
    Hide { post: usize },
    Restore { who: usize, post: usize },
    Accept { who: usize, post: usize },
    Unaccept { post: usize },
    React { who: usize, post: usize, kind: usize },
    Move { topic: usize, space: usize },
    Tag { topic: usize, tags: usize },
}

fn act() -> impl Strategy<Value = Act> {
    let n = 0..64_usize;
    prop_oneof![
        2 => (n.clone(), n.clone()).prop_map(|(who, space)| Act::Open { who, space }),
        6 => (n.clone(), n.clone(), n.clone()).prop_map(|(who, topic, to)| Act::Reply { who, topic, to }),
        2 => (n.clone(), n.clone()).prop_map(|(who, post)| Act::Delete { who, post }),
        2 => n.clone().prop_map(|post| Act::Hide { post }),
        4 => (n.clone(), n.clone()).prop_map(|(who, post)| Act::Restore { who, post }),
        3 => (n.clone(), n.clone()).prop_map(|(who, post)| Act::Accept { who, post }),
        1 => n.clone().prop_map(|post| Act::Unaccept { post }),
        3 => (n.clone(), n.clone(), n.clone()).prop_map(|(who, post, kind)| Act::React { who, post, kind }),
        1 => (n.clone(), n.clone()).prop_map(|(topic, space)| Act::Move { topic, space }),
        1 => (n.clone(), n).prop_map(|(topic, tags)| Act::Tag { topic, tags }),
    ]
}

const TOPICS: &str =
    "SELECT t.id, t.reply_count, t.people_count, t.reaction_count, t.last_post_id, t.last_person_id,
    t.bumped_at, t.first_reply_at, t.post_count, t.state, t.accepted_post_id FROM topics t ORDER BY t.id";
const TOPICS_TRUE: &str = "SELECT t.id,
    (SELECT COUNT(*) FROM posts p WHERE p.topic_id = t.id AND p.state = 'published' AND p.number > 1) AS a,
    (SELECT COUNT(DISTINCT p.person_id) FROM posts p WHERE p.topic_id = t.id AND p.state = 'published') AS b,
    (SELECT COUNT(*) FROM posts p JOIN reactions r ON r.post_id = p.id WHERE p.topic_id = t.id AND p.state = 'published') AS c,
    (SELECT p.id FROM posts p WHERE p.topic_id = t.id AND p.state = 'published' ORDER BY p.number DESC LIMIT 1) AS d,
    (SELECT p.person_id FROM posts p WHERE p.topic_id = t.id AND p.state = 'published' ORDER BY p.number DESC LIMIT 1) AS e,
    COALESCE((SELECT p.created_at FROM posts p WHERE p.topic_id = t.id AND p.state = 'published' ORDER BY p.number DESC LIMIT 1), t.created_at) AS f,
    (SELECT MIN(p.created_at) FROM posts p WHERE p.topic_id = t.id AND p.state = 'published' AND p.number > 1 AND p.person_id <> t.person_id AND p.person_class IN ('member', 'staff')) AS g,
    (SELECT MAX(p.number) FROM posts p WHERE p.topic_id = t.id) AS h,
    (SELECT p.state FROM posts p WHERE p.id = t.first_post_id) AS i,
    (SELECT p.id FROM posts p WHERE p.id = t.accepted_post_id AND p.state = 'published') AS j
    FROM topics t ORDER BY t.id";
const SPACES: &str = "SELECT s.id, s.topic_count, s.post_count FROM spaces s ORDER BY s.id";
const SPACES_TRUE: &str = "SELECT s.id,
    (SELECT COUNT(*) FROM topics t WHERE t.space_id = s.id AND t.state = 'published') AS a,
    (SELECT COUNT(*) FROM topics t JOIN posts p ON p.topic_id = t.id WHERE t.space_id = s.id AND t.state = 'published' AND p.state = 'published') AS b
    FROM spaces s ORDER BY s.id";
const PEOPLE: &str = "SELECT id, post_count, accepted_count, last_post_at FROM people ORDER BY id";
const PEOPLE_TRUE: &str = "SELECT w.id,
    (SELECT COUNT(*) FROM posts p WHERE p.person_id = w.id AND p.state = 'published') AS a,
    (SELECT COUNT(*) FROM topics t JOIN posts p ON p.id = t.accepted_post_id WHERE p.person_id = w.id AND t.person_id <> w.id) AS b,
    (SELECT MAX(p.created_at) FROM posts p WHERE p.person_id = w.id AND p.state = 'published') AS c
    FROM people w ORDER BY w.id";
const POSTS: &str = "SELECT id, reply_count, reaction_count FROM posts ORDER BY id";
const POSTS_TRUE: &str = "SELECT q.id,
    (SELECT COUNT(*) FROM posts p WHERE p.topic_id = q.topic_id AND p.reply_to = q.number AND p.state = 'published') AS a,
    (SELECT COUNT(*) FROM reactions r WHERE r.post_id = q.id) AS b FROM posts q ORDER BY q.id";
const TAGS: &str = "SELECT id, topic_count FROM tags ORDER BY id";
const TAGS_TRUE: &str = "SELECT g.id, (SELECT COUNT(*) FROM topic_tags tt JOIN topics t ON t.id = tt.topic_id
    WHERE tt.tag_id = g.id AND t.state = 'published') AS a FROM tags g ORDER BY g.id";

fn rows(tx: &mut Tx<'_>, sql: &str) -> Result<Vec<Vec<Value>>> {
    tx.all(sql, &[], |row| Ok(row.clone().into_parts().1))
}

pub(crate) fn check_counters(db: &TestDb) -> Result<()> {
    db.read_now(|tx| {
        for (kept, counted) in [
            (TOPICS, TOPICS_TRUE),
            (SPACES, SPACES_TRUE),
            (PEOPLE, PEOPLE_TRUE),
            (POSTS, POSTS_TRUE),
            (TAGS, TAGS_TRUE),
        ] {
            assert_eq!(rows(tx, kept)?, rows(tx, counted)?, "{kept}");
        }
        Ok(())
    })
}

fn ids<T: mainstreet_db::FromValue + Send + 'static>(db: &TestDb, table: &'static str) -> Result<Vec<T>> {
    db.read_now(move |tx| tx.all(&format!("SELECT id FROM {table} ORDER BY id"), &[], |row| row.get("id")))
}

fn pick<T: Copy>(list: &[T], at: usize) -> Option<T> {
    (!list.is_empty()).then(|| list[at % list.len()])
}

/// Refusals are part of the game; only defects are errors.
fn tolerate<T>(result: Result<T>) -> Result<()> {
    match result {
        Err(error) if error.kind == mainstreet_kernel::Kind::Internal => Err(error),
        _ => Ok(()),
    }
}

fn play(
    db: &TestDb,
    people: &[Actor],
    places: &[mainstreet_community::spaces::Space],
    act: &Act,
) -> Result<()> {
    let posts: Vec<PostId> = ids(db, "posts")?;
    let topics: Vec<TopicId> = ids(db, "topics")?;
    let staff = people[people.len() - 1];
    let post = |at: usize| pick(&posts, at);
    let topic = |at: usize| pick(&topics, at);
    let who = |at: usize| people[at % people.len()];
    match *act {
        Act::Open { who: at, space } => {
            tolerate(place::ask(db, who(at), &places[space % places.len()], "How does it work?"))
        }
        Act::Reply { who: at, topic: number, to } => {
            let Some(topic) = topic(number) else { return Ok(()) };
            let to = (to % 4 > 0).then_some(to as i64 % 4);
            tolerate(place::answer(db, who(at), topic, "Like this, @ada.", to))
        }
        Act::Delete { who: at, post: number } => {
            let (Some(post), who) = (post(number), who(at)) else { return Ok(()) };
            tolerate(db.write_now(move |tx| {
                if who.role.is_staff() {
                    let act = mainstreet_community::moderation::Act::Delete;
                    return crate::place::decide(tx, who, post, act, "Off topic.").map(drop);
                }
                posts::delete(tx, who, post).map(drop)
            }))
        }
        Act::Hide { post: number } => {
            let Some(post) = post(number) else { return Ok(()) };
            let act = mainstreet_community::moderation::Act::Hide;
            tolerate(db.write_now(move |tx| crate::place::decide(tx, staff, post, act, "Off topic.")))
        }
        Act::Restore { who: at, post: number } => {
            let (Some(post), who) = (post(number), who(at)) else { return Ok(()) };
            tolerate(db.write_now(move |tx| posts::restore(tx, who, post)))
        }
        Act::Accept { who: at, post: number } => {
            let (Some(post), who) = (post(number), who(at)) else { return Ok(()) };
            tolerate(db.write_now(move |tx| posts::accept(tx, who, post)))
        }
        Act::Unaccept { post: number } => {
            let Some(post) = post(number) else { return Ok(()) };
            tolerate(db.write_now(move |tx| posts::unaccept(tx, staff, post)))
        }
        Act::React { who: at, post: number, kind } => {
            let (Some(post), who) = (post(number), who(at)) else { return Ok(()) };
            let kind = reactions::KINDS[kind % 2].0;
            tolerate(db.write_now(move |tx| reactions::toggle(tx, who, post, kind)))
        }
        Act::Move { topic: number, space } => {
            let (Some(topic), space) = (topic(number), places[space % places.len()].id) else {
                return Ok(());
            };
            tolerate(db.write_now(move |tx| topics::move_to(tx, staff, topic, space)))
        }
        Act::Tag { topic: number, tags } => {
            let Some(topic) = topic(number) else { return Ok(()) };
            tolerate(db.write_now(move |tx| retag(tx, staff, topic, tags % 4)))
        }
    }
}

fn retag(tx: &mut mainstreet_db::Tx<'_>, staff: Actor, topic: TopicId, tags: usize) -> Result<posts::Edited> {
    let first = topics::store::find(tx, topic)?.first_post.unwrap();
    let post = posts::store::find(tx, first)?;
    let tags = (0..tags).map(|number| format!("tag{number}")).collect();
    let edit = posts::Edit {
        post: first,
        expected: post.version,
        body: post.body,
        title: None,
        tags: Some(tags),
        why: String::new(),
    };
    posts::edit(tx, staff, &edit)
}

#[test]
fn counters_hold_whatever_is_done() {
    on_each_database(|db| {
        let people = [
            member(db, "ada", Role::Member)?,
            member(db, "ben", Role::Member)?,
            member(db, "cleo", Role::Member)?,
            member(db, "mira", Role::Moderator)?,
        ];
        let places = [
            space(db, "Help", Kind::Questions, Visibility::Public)?,
            space(db, "Talk", Kind::Discussion, Visibility::Members)?,
        ];
        let config = Config { cases: 12, failure_persistence: None, ..Config::default() };
        let run = TestRunner::new(config).run(&prop::collection::vec(act(), 1..40), |acts| {
            for act in &acts {
                db.hand.advance(MINUTE);
                play(db, &people, &places, act).map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
            }
            check_counters(db).map_err(|error| TestCaseError::fail(format!("{error:?}")))
        });
        if let Err(error) = run {
            panic!("{error}");
        }
        Ok(())
    });
}
