//! The strongest promise: a rule that watched for a week has the hits that a back-test of that week finds, whatever
//! happened, in whatever order we learned of it.

use std::collections::BTreeSet;

use mainstreet_community::intake::{open_account, receive};
use mainstreet_community::{accounts, flags, posts, reactions, settings};
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_desk::{rules, segments};
use mainstreet_kernel::channel::{Incoming, IncomingMessage, IncomingPerson, Standing};
use mainstreet_kernel::clock::{HOUR, MINUTE};
use mainstreet_kernel::id::{PostId, TopicId};
use mainstreet_kernel::{Actor, ActorClass, Result, Role, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use crate::support::{Cast, answer, ask, cast};

const RULES: &str = include_str!("replay.yaml");

/// Segments that some of them ask for.
const SEGMENTS: [&str; 2] = [
    "segment: writers\nif:\n  - author.posts >= 2 or times(post by author, 3 hours) >= 2\nunless: author.is_staff\n",
    "segment: marked\nif:\n  - author.labels includes any: [mark]\n",
];

/// Something that happens. Numbers choose among what is there.
#[derive(Clone, Debug)]
enum Act {
    Ask {
        who: usize,
        words: usize,
        question: bool,
    },
    Reply {
        who: usize,
        topic: usize,
        words: usize,
    },
    Edit {
        post: usize,
        words: usize,
    },
    Flag {
        who: usize,
        post: usize,
    },
    Decide {
        post: usize,
        upheld: bool,
    },
    Hide {
        post: usize,
    },
    Restore {
        post: usize,
    },
    Delete {
        post: usize,
    },
    React {
        who: usize,
        post: usize,
    },
    Join,
    /// Somebody gets a label, or loses it.
    Label {
        who: usize,
    },
    /// Somebody of the other place turns out to be one of ours: from then on what they write is ours.
    Merge {
        who: usize,
    },
    /// A message of another channel arrives, so many minutes late; the same id again is an edit.
    Late {
        id: usize,
        who: usize,
        topic: usize,
        words: usize,
        minutes: i64,
        gone: bool,
    },
    Wait {
        minutes: i64,
    },
    Read {
        batch: usize,
    },
}

/// Which rules there are: half of the time a single one.
fn chosen() -> impl Strategy<Value = Vec<usize>> {
    let places: Vec<usize> = (0..RULES.split("---\n").count()).collect();
    let all = places.len();
    prop_oneof![
        proptest::sample::subsequence(places.clone(), 1),
        proptest::sample::subsequence(places, 2..=all)
    ]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let small = 0..12_usize;
    let act = prop_oneof![
        3 => (small.clone(), small.clone(), any::<bool>())
            .prop_map(|(who, words, question)| Act::Ask { who, words, question }),
        6 => (small.clone(), small.clone(), small.clone())
            .prop_map(|(who, topic, words)| Act::Reply { who, topic, words }),
        3 => (small.clone(), small.clone()).prop_map(|(post, words)| Act::Edit { post, words }),
        3 => (small.clone(), small.clone()).prop_map(|(who, post)| Act::Flag { who, post }),
        2 => (small.clone(), any::<bool>()).prop_map(|(post, upheld)| Act::Decide { post, upheld }),
        1 => small.clone().prop_map(|post| Act::Hide { post }),
        1 => small.clone().prop_map(|post| Act::Restore { post }),
        1 => small.clone().prop_map(|post| Act::Delete { post }),
        2 => (small.clone(), small.clone()).prop_map(|(who, post)| Act::React { who, post }),
        1 => Just(Act::Join),
        2 => small.clone().prop_map(|who| Act::Label { who }),
        2 => small.clone().prop_map(|who| Act::Merge { who }),
        4 => (0..6_usize, 0..3_usize, 0..2_usize, small.clone(), 0..2_000_i64, 0..8_u8).prop_map(
            |(id, who, topic, words, minutes, gone)| Act::Late { id, who, topic, words, minutes, gone: gone == 0 }
        ),
        5 => (0..500_i64).prop_map(|minutes| Act::Wait { minutes }),
        4 => (1..40_usize).prop_map(|batch| Act::Read { batch }),
    ];
    proptest::collection::vec(act, 1..45)
}

const WORDS: [&str; 5] = ["alpha and more", "beta is here", "gamma rays", "nothing much", "alpha gamma"];

struct World<'a> {
    db: &'a TestDb,
    cast: Cast,
    posts: Vec<PostId>,
    topics: Vec<TopicId>,
    joined: usize,
}

impl World<'_> {
    fn who(&self, who: usize) -> Actor {
        let all = [self.cast.mira, self.cast.nils, self.cast.max, self.cast.kim];
        all[who % all.len()]
    }

    fn post(&self, post: usize) -> Option<PostId> {
        self.posts.get(post % self.posts.len().max(1)).copied()
    }

    /// Does it, if it can be done; what is refused simply did not happen.
    fn act(&mut self, act: &Act) -> Result<()> {
        self.db.hand.advance(1_000);
        match act {
            Act::Ask { who, words, question } => {
                let (topic, post) = ask(
                    self.db,
                    self.who(*who),
                    self.cast.help,
                    WORDS[words % 5],
                    WORDS[(words + 2) % 5],
                    *question,
                )?;
                self.topics.push(topic);
                self.posts.push(post);
            }
            Act::Reply { who, topic, words } => {
                if let Some(topic) = self.topics.get(topic % self.topics.len().max(1)) {
                    self.posts.push(answer(self.db, self.who(*who), *topic, WORDS[words % 5])?);
                }
            }
            Act::Edit { post, words } => {
                let Some(post) = self.post(*post) else { return Ok(()) };
                let body = WORDS[words % 5].to_owned();
                self.db.write_now(move |tx| {
                    let now = posts::store::find(tx, post)?;
                    let author = Actor::signed_in(now.person, Role::Member);
                    let title = now.is_first().then(|| body.clone());
                    let why = String::new();
                    let edit = posts::Edit { post, expected: now.version, body, title, tags: None, why };
                    posts::edit(tx, author, &edit).map(drop)
                })?;
            }
            Act::Join => {
                self.joined += 1;
                let name = format!("new{}", self.joined);
                let new = accounts::NewMember {
                    email: format!("{name}@example.org"),
                    name: name.clone(),
                    username: name,
                    password_hash: None,
                };
                self.db.write_now(move |tx| accounts::open(tx, &new, Role::Member).map(drop))?;
            }
            Act::Late { id, who, topic, words, minutes, gone } => {
                let at = self.db.clock().now().plus(-minutes * MINUTE);
                let message = late(*id, *who, *topic, WORDS[words % 5], at, *gone);
                self.db.write_now(move |tx| {
                    let source = open_account(tx, "discourse", "old place", None)?;
                    receive(tx, &source, &[Incoming::Message(Box::new(message))]).map(drop)
                })?;
            }
            Act::Merge { who } => {
                let into = self.who(*who).person;
                self.db.write_now(move |tx| {
                    tx.run(
                        "UPDATE people SET merged_into = $1 WHERE id = (SELECT MIN(p.id) FROM people p
                           WHERE p.merged_into IS NULL AND p.id NOT IN (SELECT m.person_id FROM members m))",
                        mainstreet_db::params![into],
                    )
                    .map(drop)
                })?;
            }
            Act::Wait { minutes } => self.db.hand.advance(minutes * MINUTE),
            Act::Read { batch } => self.read(*batch)?,
            Act::Label { who } => self.label(*who)?,
            other => self.judge(other)?,
        }
        Ok(())
    }

    /// The desk and the rules look at the log.
    fn read(&self, batch: usize) -> Result<()> {
        crate::support::settle(self.db)?;
        super::read(self.db, batch)
    }

    /// Gives a label, or takes it back.
    fn label(&self, who: usize) -> Result<()> {
        let (ada, name) = (self.cast.ada, ["mira", "nils", "max", "kim"][who % 4]);
        let person = self.who(who).person.unwrap_or(mainstreet_kernel::id::PersonId(0));
        self.db.write_now(move |tx| match segments::held(tx, person)?.is_empty() {
            true => segments::give(tx, ada, name, "mark", 1).map(drop),
            false => segments::take_back(tx, ada, person, "mark"),
        })
    }

    fn judge(&self, act: &Act) -> Result<()> {
        let ada = self.cast.ada;
        match act {
            Act::Flag { who, post } => {
                let (who, Some(post)) = (self.who(*who), self.post(*post)) else { return Ok(()) };
                self.db.write_now(move |tx| flags::raise(tx, who, post, "spam", "").map(drop))?;
            }
            Act::Decide { post, upheld } => {
                let (Some(post), upheld) = (self.post(*post), *upheld) else { return Ok(()) };
                self.db.write_now(move |tx| {
                    for flag in flags::open_on(tx, post)? {
                        flags::decide(tx, ada, flag.id, upheld)?;
                    }
                    Ok(())
                })?;
            }
            Act::Hide { post } => {
                let Some(post) = self.post(*post) else { return Ok(()) };
                self.db.write_now(move |tx| crate::support::hide(tx, ada, post, "spam").map(drop))?;
            }
            Act::Restore { post } => {
                let Some(post) = self.post(*post) else { return Ok(()) };
                self.db.write_now(move |tx| posts::restore(tx, ada, post).map(drop))?;
            }
            Act::Delete { post } => {
                let Some(post) = self.post(*post) else { return Ok(()) };
                self.db.write_now(move |tx| crate::support::delete(tx, ada, post).map(drop))?;
            }
            Act::React { who, post } => {
                let (who, Some(post)) = (self.who(*who), self.post(*post)) else { return Ok(()) };
                self.db.write_now(move |tx| reactions::add(tx, who, post, "like").map(drop))?;
            }
            _ => {}
        }
        Ok(())
    }
}

pub(super) fn late(
    id: usize,
    who: usize,
    topic: usize,
    words: &str,
    at: Timestamp,
    gone: bool,
) -> IncomingMessage {
    IncomingMessage {
        external_id: format!("{topic}-{id}"),
        topic: topic.to_string(),
        title: Some(words.to_owned()),
        space: "7".to_owned(),
        author: IncomingPerson {
            external_id: who.to_string(),
            handle: format!("guest{who}"),
            name: format!("Guest {who}"),
            class: ActorClass::Member,
            joined_at: None,
            old_path: None,
        },
        notice: false,
        markdown: words.to_owned(),
        original: words.to_owned(),
        format: "markdown",
        at,
        edited_at: Some(at),
        version: 1,
        snapshot: at.0,
        number: 0,
        reply_to: None,
        reactions: Vec::new(),
        accepted: false,
        mentions: Vec::new(),
        tags: Vec::new(),
        question: id.is_multiple_of(2),
        views: 0,
        standing: if gone { Standing::Hidden } else { Standing::Shown },
        closed: false,
        old_paths: Vec::new(),
        topic_paths: Vec::new(),
        at_source: "a test".to_owned(),
    }
}

type Told = BTreeSet<(String, String, i64, String, String)>;

/// The hits of every rule, as the live rules kept them and as the back-test finds them.
fn both(db: &TestDb, rules: &str, from: Timestamp) -> Result<Vec<(String, Told, Told)>> {
    let to = db.clock().now().plus(1);
    let reports = super::backtest(db, rules, from, to)?;
    let mut all = Vec::new();
    for report in reports {
        let name = report.rule.clone();
        let live = db.read_now(move |tx| {
            let rule = rules::find_by(tx, &name)?;
            rules::hits_of(tx, rule.id, 10_000)
        })?;
        let live: Told = live
            .into_iter()
            .map(|hit| {
                let id = if hit.object_kind == "person" {
                    mainstreet_kernel::id::PersonId(hit.object).to_string()
                } else {
                    PostId(hit.object).to_string()
                };
                (hit.object_kind, id, hit.object_version, hit.event, hit.occurred_at.to_string())
            })
            .collect();
        let tested: Told = report
            .matched
            .into_iter()
            .map(|one| (one.kind, one.id, one.version, one.event, one.at))
            .collect();
        all.push((report.rule, live, tested));
    }
    Ok(all)
}

/// Some of the rules. What few rules ask about is less of the past than what all of them ask about together.
fn some(which: &[usize]) -> String {
    let chosen = RULES.split("---\n").enumerate().filter(|(place, _)| which.contains(place));
    chosen.map(|(_, rule)| rule).collect::<Vec<_>>().join("---\n")
}

fn run(db: &TestDb, rules: &str, acts: &[Act]) -> Result<Vec<(String, Told, Told)>> {
    db.hand.set(Timestamp(mainstreet_db::testing::TEST_NOW.0));
    let cast = cast(db)?;
    // Something of the time before: what the rules must know, but not hit.
    let mut world = World { db, cast, posts: Vec::new(), topics: Vec::new(), joined: 0 };
    for act in [
        Act::Ask { who: 0, words: 0, question: true },
        Act::Reply { who: 1, topic: 0, words: 1 },
        Act::Flag { who: 2, post: 1 },
        Act::Wait { minutes: 90 },
    ] {
        world.act(&act)?;
    }
    let from = db.clock().now();
    for text in SEGMENTS {
        db.write_now(move |tx| segments::save(tx, cast.ada, None, text).map(drop))?;
    }
    // Posts of the other place that say so name us.
    db.write_now(|tx| settings::keep_names(tx, Actor::SYSTEM, "alpha, gamma rays"))?;
    let text = rules.to_owned();
    db.write_now(move |tx| rules::save(tx, cast.ada, None, &text, false).map(drop))?;
    for act in acts {
        let _ = world.act(act);
    }
    db.hand.advance(HOUR);
    crate::support::settle(db)?;
    super::read(db, 17)?;
    both(db, rules, from)
}

#[test]
fn a_week_in_shadow_has_the_hits_of_a_back_test_of_that_week() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(10);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 60, ..Config::default() };
    let seen = std::cell::Cell::new(0);
    TestRunner::new(config)
        .run(&(acts(), chosen()), |(acts, chosen)| {
            let rules = some(&chosen);
            for db in TestDb::each() {
                let all =
                    run(&db, &rules, &acts).map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
                for (rule, live, tested) in all {
                    seen.set(seen.get() + tested.len());
                    prop_assert_eq!(&live, &tested, "{} on {:?}", rule, db.dialect());
                }
            }
            Ok(())
        })
        .unwrap();
    assert!(seen.get() > 20, "only {} hits: that proves nothing", seen.get());
}

#[test]
fn a_story_with_late_news_replays_as_it_was() {
    on_each_database(|db| {
        let story = [
            Act::Ask { who: 0, words: 0, question: true },
            Act::Read { batch: 5 },
            Act::Reply { who: 1, topic: 1, words: 2 },
            Act::Label { who: 3 },
            Act::Wait { minutes: 300 },
            Act::Read { batch: 5 },
            Act::Late { id: 0, who: 0, topic: 0, words: 0, minutes: 200, gone: false },
            Act::Late { id: 1, who: 1, topic: 0, words: 0, minutes: 100, gone: false },
            Act::Read { batch: 2 },
            // Older than both: it changes what was known when they came.
            Act::Late { id: 2, who: 1, topic: 0, words: 0, minutes: 150, gone: true },
            Act::Edit { post: 2, words: 1 },
            Act::Wait { minutes: 1 },
            Act::Edit { post: 2, words: 2 },
            Act::Flag { who: 2, post: 3 },
            Act::Flag { who: 3, post: 2 },
            Act::Decide { post: 3, upheld: true },
            Act::Reply { who: 1, topic: 1, words: 2 },
            Act::Read { batch: 50 },
        ];
        let all = run(db, RULES, &story)?;
        for (rule, live, tested) in &all {
            assert_eq!(live, tested, "{rule}");
        }
        let counts: Vec<(&str, usize)> =
            all.iter().map(|(rule, live, _)| (rule.as_str(), live.len())).filter(|(_, n)| *n > 0).collect();
        let expect = [
            ("Newcomer with words", 3),
            ("Busy author", 1),
            ("Several flags", 1),
            ("Settled", 4),
            ("Same words", 4),
            ("Known trouble", 1),
            ("Well liked", 7),
            ("Edited often", 1),
            ("New here", 6),
            ("Same matter", 4),
            ("Lively", 1),
            ("A writer", 6),
            ("Everybody, late in the morning", 3),
            ("Threads after noon", 3),
            ("The inbox", 3),
            ("Named elsewhere", 3),
        ];
        assert_eq!(counts, expect);
        Ok(())
    });
}
