mod found_again;
mod raid_found;
mod themes_again;

use std::collections::{BTreeMap, HashMap, HashSet};

use mainstreet_db::testing::on_each_database;
use mainstreet_db::{Dialect, params};
use mainstreet_kernel::id::{PersonId, PostId, TopicId};
use mainstreet_kernel::{Error, Timestamp, Verb};

use super::happening::{Happening, What};
use super::truth::verb;
use super::{Setting, Story};

const NOW: Timestamp = Timestamp(1_780_000_000_000);

fn tell(seed: u64, members: u32, days: u32) -> Result<(Vec<Happening>, Story), String> {
    let mut story = Story::new(Setting { seed, members, days, now: NOW })?;
    let happenings = story.by_ref().collect();
    Ok((happenings, story))
}

#[test]
fn one_seed_tells_one_story() -> Result<(), String> {
    let (first, _) = tell(7, 60, 120)?;
    let (again, _) = tell(7, 60, 120)?;
    let (other, _) = tell(8, 60, 120)?;
    assert!(first == again, "the same seed told two stories");
    assert!(first != other, "two seeds told one story");
    Ok(())
}

#[test]
fn a_year_of_400_members_is_a_lively_place() -> Result<(), String> {
    let (happenings, story) = tell(1, 400, 365)?;
    let truth = story.truth();
    assert!((6_000..=10_000).contains(&truth.posts()), "{} posts", truth.posts());
    assert_eq!(truth.counts.get(Verb::MemberJoined.as_str()), Some(&400));
    assert!(happenings.windows(2).all(|pair| matches!(pair, [a, b] if a.at <= b.at)), "out of order");
    assert!(happenings.iter().all(|happening| happening.at <= NOW && happening.at >= truth.from));
    let late = happenings.iter().filter(|happening| NOW.since(happening.at) < 86_400_000).count();
    assert!(late > 30, "the last day has {late} happenings");
    for (what, count) in [
        (Verb::AnswerAccepted, 200),
        (Verb::ReactionAdded, 3_000),
        (Verb::PostEdited, 50),
        (Verb::PostDeleted, 3),
        (Verb::PostHidden, 15),
        (Verb::FlagCreated, 20),
        (Verb::FlagDecided, 15),
        (Verb::TopicClosed, 1),
        (Verb::MemberSuspended, 15),
    ] {
        let told = truth.counts.get(what.as_str()).copied().unwrap_or(0);
        assert!(told >= count, "{told} {}", what.as_str());
    }
    Ok(())
}

#[test]
fn the_truth_agrees_with_what_was_told() -> Result<(), String> {
    let (happenings, story) = tell(3, 150, 200)?;
    let truth = story.truth();
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut askers: HashMap<TopicId, PersonId> = HashMap::new();
    let mut answered: HashMap<TopicId, Timestamp> = HashMap::new();
    let mut accepted: HashMap<TopicId, Timestamp> = HashMap::new();
    let raiders: HashSet<PersonId> = suspended_for_spam(&happenings);
    for happening in &happenings {
        *counts.entry(verb(&happening.what).as_str()).or_insert(0) += 1;
        match &happening.what {
            What::Asked(opening) if opening.question => {
                askers.insert(opening.place.topic, happening.who);
            }
            What::Replied { place, .. }
                if askers.get(&place.topic).is_some_and(|asker| *asker != happening.who) =>
            {
                answered.entry(place.topic).or_insert(happening.at);
            }
            What::Accepted { place } => {
                assert!(accepted.insert(place.topic, happening.at).is_none(), "accepted twice");
                assert_eq!(askers.get(&place.topic), Some(&happening.who));
            }
            _ => {}
        }
    }
    assert_eq!(truth.counts, counts);
    assert_eq!(truth.questions.len(), askers.len());
    for question in &truth.questions {
        assert_eq!(question.answered, answered.get(&question.topic).copied());
        assert_eq!(question.accepted, accepted.get(&question.topic).copied());
    }
    assert!(truth.raid.people.iter().all(|person| raiders.contains(person)));
    assert_eq!(truth.raid.people.len(), 5, "raid");
    assert!(truth.raid.posts >= 5);
    assert!(truth.quarrels.iter().all(|quarrel| quarrel.posts >= 6), "{:?}", truth.quarrels);
    assert!(!truth.outage.topics.is_empty(), "no outage");
    assert!(truth.clusters.values().filter(|topics| topics.len() >= 3).count() >= 6);
    Ok(())
}

fn suspended_for_spam(happenings: &[Happening]) -> HashSet<PersonId> {
    happenings
        .iter()
        .filter_map(|happening| match happening.what {
            What::Suspended { person, reason: "spam", .. } => Some(person),
            _ => None,
        })
        .collect()
}

#[test]
fn posts_stand_in_their_places_and_say_something() -> Result<(), String> {
    let (happenings, _) = tell(5, 200, 250)?;
    let mut numbers: HashMap<TopicId, u32> = HashMap::new();
    let mut posts: HashSet<PostId> = HashSet::new();
    let mut handles: HashSet<String> = HashSet::new();
    let mut bodies: HashMap<TopicId, HashSet<String>> = HashMap::new();
    for happening in &happenings {
        match &happening.what {
            What::Joined(newcomer) => {
                assert!(handles.insert(newcomer.handle.clone()), "two are called {}", newcomer.handle);
                assert!(!newcomer.name.is_empty() && newcomer.handle.is_ascii());
            }
            What::Asked(opening) => {
                assert!(numbers.insert(opening.place.topic, 1).is_none() && posts.insert(opening.place.post));
                assert!(opening.title.len() >= 8 && opening.body.len() >= 30, "{opening:?}");
                assert!(
                    opening.title.len() <= 140 && !opening.title.contains(['<', '{']),
                    "{}",
                    opening.title
                );
            }
            What::Replied { place, body, parent, .. } => {
                let number = numbers.entry(place.topic).or_insert(0);
                *number += 1;
                assert_eq!(*number, place.number);
                assert!(posts.insert(place.post));
                assert!(parent.is_none_or(|parent| posts.contains(&parent.post)));
                assert!(bodies.entry(place.topic).or_default().insert(body.clone()), "said twice: {body}");
            }
            What::Reacted { place, .. } => {
                assert!(posts.contains(&place.post) && place.author != happening.who);
            }
            _ => {}
        }
    }
    Ok(())
}

#[test]
fn champions_tire() -> Result<(), String> {
    let (happenings, story) = tell(11, 800, 365)?;
    let (mut fresh, mut tired) = (0_f64, 0_f64);
    for champion in &story.truth().champions {
        let long_after = champion.tires.plus(30 * 86_400_000);
        let replies = happenings.iter().filter(|h| h.who == champion.person);
        for reply in replies.filter(|h| matches!(h.what, What::Replied { .. })) {
            if reply.at < champion.tires {
                fresh += 1.0;
            } else if reply.at > long_after {
                tired += 1.0;
            }
        }
    }
    assert!(fresh > 300.0 && tired < fresh / 4.0, "{fresh} fresh, {tired} tired");
    Ok(())
}

#[test]
fn no_two_handles_are_the_same_in_a_crowd() {
    let mut seen = HashSet::new();
    for base in ["anna", "anna_b", "anna60", "anna61", "anna99", "banna"] {
        for suffix in 0..20_000 {
            let handle = super::people::with_suffix(base.to_owned(), suffix);
            assert!(seen.insert(handle.clone()), "{handle}");
        }
    }
}

#[test]
fn numbers_out_of_range_are_refused() {
    for (members, days) in [(49, 365), (1_000_001, 365), (400, 27), (400, 4_000)] {
        assert!(Story::new(Setting { seed: 1, members, days, now: NOW }).is_err());
    }
}

#[test]
fn what_is_written_agrees_with_the_truth() {
    on_each_database(|test| {
        let setting = Setting { seed: 4, members: 60, days: 60, now: NOW };
        let story = Story::new(setting).map_err(Error::internal)?;
        let story = super::write(test, story)?;
        let truth = story.truth();
        test.read_now({
            let counts: Vec<(String, u64)> =
                truth.counts.iter().map(|(verb, count)| ((*verb).to_owned(), *count)).collect();
            move |tx| {
                // A flag is decided as well by what becomes of its post.
                for (verb, count) in counts.into_iter().filter(|(verb, _)| verb != "flag.decided") {
                    let sql = "SELECT COUNT(*) AS n FROM activities WHERE verb = $1";
                    assert_eq!(tx.count(sql, params![&verb])?, count.cast_signed(), "{verb}");
                }
                for (what, sql) in WRONG {
                    assert_eq!(tx.count(sql, &[])?, 0, "{what}");
                }
                if tx.dialect() == Dialect::Sqlite {
                    // Nothing looked references up while the story was written.
                    let dangling =
                        tx.all("PRAGMA foreign_key_check", &[], |row| row.get::<String>("table"))?;
                    assert_eq!(dangling, Vec::<String>::new());
                }
                Ok(())
            }
        })?;
        let again = Story::new(setting).map_err(Error::internal)?;
        assert!(super::write(test, again).is_err(), "a second story went into the same database");
        Ok(())
    });
}

/// Rows whose counters do not say what the rows they count say.
const WRONG: &[(&str, &str)] = &[
    (
        "decisions on flags",
        "SELECT COUNT(*) AS n FROM flags f WHERE (state <> 'open') <> EXISTS
         (SELECT 1 FROM activities a WHERE a.verb = 'flag.decided' AND a.parent_id = f.id)",
    ),
    (
        "posts that staff hid without a decision",
        "SELECT COUNT(*) AS n FROM posts p WHERE state = 'hidden' AND NOT EXISTS (SELECT 1 FROM decisions d
         WHERE d.object_kind = 'post' AND d.object_id = p.id AND d.undone_at IS NULL)",
    ),
    (
        "closed accounts without a decision",
        "SELECT COUNT(*) AS n FROM people p WHERE spammer = 1 AND NOT EXISTS (SELECT 1 FROM decisions d
         WHERE d.person_id = p.id AND d.act = 'ban' AND d.clause = 'no-spam')",
    ),
    (
        "replies of topics",
        "SELECT COUNT(*) AS n FROM topics t WHERE reply_count <> (SELECT COUNT(*) FROM posts p
         WHERE p.topic_id = t.id AND p.number > 1 AND p.state = 'published')",
    ),
    (
        "people of topics",
        "SELECT COUNT(*) AS n FROM topics t WHERE state = 'published' AND people_count <>
         (SELECT COUNT(DISTINCT p.person_id) FROM posts p WHERE p.topic_id = t.id AND p.state = 'published')",
    ),
    (
        "last posts of topics",
        "SELECT COUNT(*) AS n FROM topics t WHERE state = 'published' AND last_post_id <> (SELECT p.id FROM posts p
         WHERE p.topic_id = t.id AND p.state = 'published' ORDER BY p.number DESC LIMIT 1)",
    ),
    (
        "first replies",
        "SELECT COUNT(*) AS n FROM topics t WHERE COALESCE(first_reply_at, 0) <> COALESCE((SELECT MIN(p.created_at)
         FROM posts p WHERE p.topic_id = t.id AND p.state = 'published' AND p.number > 1 AND p.person_id <> t.person_id
           AND p.person_class IN ('member', 'staff')), 0)",
    ),
    (
        "reactions of posts",
        "SELECT COUNT(*) AS n FROM posts p WHERE reaction_count <> (SELECT COUNT(*) FROM reactions r
         WHERE r.post_id = p.id)",
    ),
    (
        "reactions by kind",
        "SELECT COUNT(*) AS n FROM reaction_counts c WHERE count <> (SELECT COUNT(*) FROM reactions r
         WHERE r.post_id = c.post_id AND r.kind = c.kind)",
    ),
    (
        "posts of people",
        "SELECT COUNT(*) AS n FROM people a WHERE post_count <> (SELECT COUNT(*) FROM posts p
         WHERE p.person_id = a.id AND p.state = 'published')",
    ),
    (
        "accepted answers of people",
        "SELECT COUNT(*) AS n FROM people a WHERE accepted_count <> (SELECT COUNT(*) FROM topics t JOIN posts p
         ON p.id = t.accepted_post_id WHERE p.person_id = a.id)",
    ),
    (
        "topics of spaces",
        "SELECT COUNT(*) AS n FROM spaces s WHERE topic_count <> (SELECT COUNT(*) FROM topics t
         WHERE t.space_id = s.id AND t.state = 'published')",
    ),
    (
        "posts of spaces",
        "SELECT COUNT(*) AS n FROM spaces s WHERE post_count <> (SELECT COUNT(*) FROM topics t JOIN posts p
         ON p.topic_id = t.id WHERE t.space_id = s.id AND t.state = 'published' AND p.state = 'published')",
    ),
    (
        "topics of tags",
        "SELECT COUNT(*) AS n FROM tags g WHERE topic_count <> (SELECT COUNT(*) FROM topic_tags tt JOIN topics t
         ON t.id = tt.topic_id WHERE tt.tag_id = g.id AND t.state = 'published')",
    ),
];
