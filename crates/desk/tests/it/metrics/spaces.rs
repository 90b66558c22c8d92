//! The figures of moderation split by space: the spaces add up to the whole, counted again by hand from the rows; what
//! lies in no space is said; and whoever moderates some spaces sees those.

use std::collections::{BTreeMap, BTreeSet};

use mainstreet_community::moderation::{self as acts, Act, Detail, Order, Target};
use mainstreet_community::{flags, guidelines, spaces};
use mainstreet_db::params;
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_desk::metrics::figure::Figure;
use mainstreet_desk::metrics::figures::Query;
use mainstreet_desk::metrics::moderation::{choose, placeless, rows, workload};
use mainstreet_desk::moderation::{self, Case, Source};
use mainstreet_desk::reviews;
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::id::{PostId, SpaceId, TopicId};
use mainstreet_kernel::{Actor, Kind, Result, Timestamp, Visibility};

use super::moderation::{Dice, Raw, case, clear, decide, figure, flag, query, raw, read, review};
use crate::support::{Cast, answer, ask, cast, settle};

/// What was made: who, since when, and the spaces, the last of which is for staff only.
struct Made {
    cast: Cast,
    from: Timestamp,
    spaces: Vec<SpaceId>,
}

fn open(db: &TestDb, who: Actor, name: &'static str, visibility: Visibility) -> Result<SpaceId> {
    let draft = spaces::Draft {
        name: name.to_owned(),
        description: String::new(),
        kind: spaces::Kind::Questions,
        visibility,
        hue: 2,
    };
    db.write_now(move |tx| spaces::open(tx, who, draft).map(|space| space.id))
}

/// Six weeks in four spaces: posts, flags, decisions on posts, on topics and on members with a flag behind them and
/// without one, second thoughts, appeals, moved conversations, blind reviews.
fn live(db: &TestDb) -> Result<Made> {
    let cast = cast(db)?;
    db.write_now(move |tx| guidelines::adopt(tx, cast.ada, "support").map(drop))?;
    let mut all = vec![cast.help];
    all.push(open(db, cast.ada, "Garden", Visibility::Public)?);
    all.push(open(db, cast.ada, "Workshop", Visibility::Members)?);
    all.push(open(db, cast.ada, "Back room", Visibility::Staff)?);
    db.hand.advance(40 * DAY);
    let from = db.clock().now();
    let mut dice = Dice(23);
    let mut topics: Vec<(TopicId, Vec<PostId>)> = Vec::new();
    for (number, space) in all.iter().cycle().take(8).enumerate() {
        let who = if number % 4 == 3 { cast.max } else { cast.mira };
        let (topic, first) =
            ask(db, who, *space, &format!("Which valve {number}?"), "Nothing is said.", true)?;
        topics.push((topic, vec![first]));
    }
    for step in 0..260 {
        db.hand.advance(HOUR / 2 + dice.below(7 * 3_600_000) as i64);
        let place = dice.below(topics.len());
        let (topic, posts) = &mut topics[place];
        step_on(db, cast, *topic, posts, &mut dice)?;
        if step % 65 == 64 {
            // A conversation goes to another space, one of them to the staff's.
            let (to, topic) = (all[(step / 65) % 4], *topic);
            let order = Order {
                target: Target::Topic(topic),
                act: Act::Move,
                why: "It belongs there.".to_owned(),
                until: None,
                detail: Detail::Space(to),
            };
            drop(decide(
                db,
                cast.kim,
                Case { order, ..case(Target::Topic(topic), Act::Move, "on-topic", None) },
            ));
        }
        if step % 20 == 0 {
            settle(db)?;
        }
        db.write_now(reviews::sweep)?;
    }
    settle(db)?;
    Ok(Made { cast, from, spaces: all })
}

fn step_on(db: &TestDb, cast: Cast, topic: TopicId, posts: &mut Vec<PostId>, dice: &mut Dice) -> Result<()> {
    let post = posts[dice.below(posts.len())];
    // What opens the conversation mostly stays, or nothing more could happen there.
    let reply = posts[dice.below(posts.len()).max(1).min(posts.len() - 1)];
    let staff = [cast.max, cast.kim][dice.below(2)];
    let clause = ["be-kind", "on-topic", "no-spam"][dice.below(3)];
    match dice.below(12) {
        0..=3 => posts.extend(answer(db, cast.nils, topic, &format!("It is valve {}.", posts.len()))),
        4 | 5 => drop(flag(db, cast.mira, post, ["spam", "harassment", "off_topic"][dice.below(3)])),
        6..=8 if posts.len() < 3 => {}
        6..=8 => drop(decide(
            db,
            staff,
            case(Target::Post(reply), [Act::Hide, Act::Delete][dice.below(2)], clause, None),
        )),
        9 => {
            // A member is muted: by a flag on a post, or just so.
            let behind = db.read_now(move |tx| flags::open_on(tx, post))?.first().map(|flag| flag.id.0);
            let until = Some(db.clock().now().plus(HOUR));
            let nils = cast.nils.person.unwrap();
            let muted = case(Target::Person(nils), Act::Mute, clause, until);
            let source = if behind.is_some() { Source::Flag } else { Source::Own };
            let decided = decide(db, staff, Case { source, source_id: behind, ..muted });
            if let (Ok(decision), 0) = (decided, dice.below(3)) {
                db.write_now(move |tx| {
                    moderation::undo(tx, cast.ada, decision.id, "I look again.").map(drop)
                })?;
            }
        }
        10 => clear(db, staff, post)?,
        _ => review(db, staff, dice, clause)?,
    }
    Ok(())
}

/// Figures whose `k` and `n` are things that lie in one space each.
const ADD_UP: &[&str] = &[
    "coverage",
    "prevalence",
    "prevalence-unreported",
    "resolution-within-target",
    "reversal-rate-automatic",
    "overturn-rate",
    "rule-precision",
    "agreement",
    "agreement-clause",
];

fn k_and_n(all: &[Figure], id: &str) -> (u64, u64) {
    let found = figure(all, id);
    (found.k.unwrap_or(0), found.n.unwrap_or(0))
}

/// The rows as they are, and where each post stands now.
struct Rows {
    posts: Vec<Raw>,
    decisions: Vec<Raw>,
    flags: Vec<Raw>,
    reviews: Vec<Raw>,
    place: BTreeMap<i64, i64>,
    hidden: BTreeSet<i64>,
}

fn rows_of(db: &TestDb) -> Result<Rows> {
    db.read_now(|tx| {
        let posts = raw(
            tx,
            "SELECT p.id, t.space_id, t.first_post_id, p.topic_id, CASE p.state WHEN 'held' THEN 1 ELSE 0 END AS held
             FROM posts p JOIN topics t ON t.id = p.topic_id",
            &["id", "space_id", "first_post_id", "topic_id", "held"],
        )?;
        let decisions = raw(
            tx,
            "SELECT CASE object_kind WHEN 'post' THEN 1 WHEN 'topic' THEN 2 ELSE 3 END AS kind, object_id, person_id,
               space_id, decided_by, CASE source WHEN 'flag' THEN source_id ELSE -1 END AS flag,
               CASE WHEN act IN ('hide', 'delete', 'mute', 'move') THEN 1 ELSE 0 END AS steps_in FROM decisions ORDER BY id",
            &["kind", "object_id", "person_id", "space_id", "decided_by", "flag", "steps_in"],
        )?;
        let flags = raw(
            tx,
            "SELECT id, post_id, created_at, decided_at FROM flags",
            &["id", "post_id", "created_at", "decided_at"],
        )?;
        let reviews = raw(
            tx,
            "SELECT space_id, CASE verdict WHEN 'fine' THEN 0 WHEN 'breaks' THEN 1 ELSE 2 END AS verdict FROM reviews
             WHERE origin = 'sample'",
            &["space_id", "verdict"],
        )?;
        let hidden = raw(tx, "SELECT id FROM spaces WHERE visibility = 'staff'", &["id"])?;
        Ok(Rows {
            place: posts.iter().map(|row| (row["id"], row["space_id"])).collect(),
            hidden: hidden.iter().map(|row| row["id"]).collect(),
            posts,
            decisions,
            flags,
            reviews,
        })
    })
}

impl Rows {
    /// Posts on which a person stepped in, by the space each counts in; 0: members with no post behind it.
    fn stepped_in(&self) -> BTreeMap<i64, BTreeSet<i64>> {
        let mut units: BTreeMap<i64, i64> = BTreeMap::new();
        let mut acted: BTreeSet<i64> = BTreeSet::new();
        for row in self.decisions.iter().filter(|row| !self.hidden.contains(&row["space_id"])) {
            let post = match row["kind"] {
                1 => Some(row["object_id"]),
                2 => self
                    .posts
                    .iter()
                    .find(|post| post["topic_id"] == row["object_id"])
                    .map(|post| post["first_post_id"]),
                _ => self.flags.iter().find(|flag| flag["id"] == row["flag"]).map(|flag| flag["post_id"]),
            };
            let unit = post.unwrap_or(-row["person_id"]);
            let now = post.map(|post| self.place[&post]).filter(|space| !self.hidden.contains(space));
            let place = now.or(post.is_some().then_some(row["space_id"]).filter(|space| *space > 0));
            units.entry(unit).or_insert(place.unwrap_or(0));
            if row["decided_by"] > 0 && row["steps_in"] == 1 {
                acted.insert(unit);
            }
        }
        let mut by: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
        for unit in acted {
            by.entry(units[&unit]).or_default().insert(unit);
        }
        by
    }

    fn published(&self, space: i64) -> u64 {
        self.posts.iter().filter(|row| row["space_id"] == space && row["held"] == 0).count() as u64
    }

    /// Flags on a post that overlap in time are one case.
    fn cases(&self, space: i64) -> u64 {
        let mut count = 0;
        for post in self.posts.iter().filter(|row| row["space_id"] == space) {
            let mut of: Vec<(i64, i64)> = self
                .flags
                .iter()
                .filter(|row| row["post_id"] == post["id"])
                .map(|row| {
                    (row["created_at"], if row["decided_at"] > 0 { row["decided_at"] } else { i64::MAX })
                })
                .collect();
            of.sort_unstable();
            let mut open_until = -1;
            for (start, end) in of {
                count += u64::from(start > open_until);
                open_until = open_until.max(end);
            }
        }
        count
    }
}

fn within(whole: &Query, space: SpaceId) -> Query {
    Query { space: Some(space), ..whole.clone() }
}

#[test]
fn the_spaces_add_up_to_the_whole_counted_again_by_hand() {
    on_each_database(|db| {
        let made = live(db)?;
        db.hand.advance(31 * DAY);
        let now = db.clock().now();
        let whole = query(made.from, now, now);
        let all = read(db, &whole)?;
        let known = rows_of(db)?;
        let stepped_in = known.stepped_in();
        let mut sums: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        let (mut rated, mut violations, mut cases, mut posts) = (0, 0, 0, 0);
        for space in &made.spaces[..3] {
            let part = read(db, &within(&whole, *space))?;
            for id in ADD_UP.iter().chain(["reversal-rate", "intervention-reversed"].iter()) {
                let (k, n) = k_and_n(&part, id);
                let sum = sums.entry(id).or_default();
                *sum = (sum.0 + k, sum.1 + n);
            }
            let expect = stepped_in.get(&space.0).map_or(0, |set| set.len() as u64);
            assert!(expect > 2, "too little was done in {space}: {expect}");
            assert_eq!(k_and_n(&part, "intervention-rate"), (expect, known.published(space.0)), "{space}");
            let weekly: u64 =
                figure(&part, "intervention-rate").series.iter().filter_map(|week| week.n).sum();
            assert_eq!(weekly, known.published(space.0), "weeks of {space}");
            assert_eq!(figure(&part, "resolution-median").n, Some(known.cases(space.0)), "cases of {space}");
            let judged = |verdict: i64| {
                known
                    .reviews
                    .iter()
                    .filter(|row| row["space_id"] == space.0 && row["verdict"] == verdict)
                    .count() as u64
            };
            assert_eq!(k_and_n(&part, "prevalence"), (judged(1), judged(0) + judged(1)), "{space}");
            rated += expect;
            violations += k_and_n(&part, "violation-rate").0;
            cases += known.cases(space.0);
            posts += known.published(space.0);
            // The lists behind hold as many as the figure counts, and nothing from elsewhere.
            let asked = within(&whole, *space);
            let list = db.read_now(move |tx| rows(tx, &asked, "resolution-median", made.cast.ada, None))?;
            assert_eq!(list.len() as u64, known.cases(space.0));
            let asked = within(&whole, *space);
            let broke = db.read_now(move |tx| rows(tx, &asked, "violation-rate", made.cast.ada, None))?;
            let elsewhere = broke.iter().chain(&list).filter_map(|row| row.title.as_ref());
            let elsewhere: Vec<_> = elsewhere
                .filter(|title| title.space_id != *space && !known.hidden.contains(&title.space_id.0))
                .collect();
            assert!(elsewhere.is_empty(), "{elsewhere:?}");
        }
        for id in ADD_UP {
            assert_eq!(sums[id], k_and_n(&all, id), "{id}");
        }
        // What lies in no space is what is missing, and is said.
        let placeless_people = stepped_in.get(&0).map_or(0, |set| set.len() as u64);
        assert!(placeless_people > 0);
        assert_eq!(k_and_n(&all, "intervention-rate"), (rated + placeless_people, posts));
        assert!(k_and_n(&all, "violation-rate").0.abs_diff(violations) <= placeless_people);
        assert_eq!(figure(&all, "resolution-median").n, Some(cases));
        let bare = known.decisions.iter().filter(|row| row["kind"] == 3 && row["flag"] < 0).count() as u64;
        let asked = whole.clone();
        assert_eq!(db.read_now(move |tx| placeless(tx, &asked))?, bare);
        // What counts decisions about members as well misses these, and nothing else.
        for (id, missing) in [("reversal-rate", bare), ("intervention-reversed", placeless_people)] {
            let (k, n) = k_and_n(&all, id);
            assert_eq!(sums[id].1 + missing, n, "{id}");
            assert!((sums[id].0..=sums[id].0 + missing).contains(&k), "{id}: {k} of {:?}", sums[id]);
        }
        Ok(())
    });
}

#[test]
fn the_work_of_each_space_is_a_part_of_ones_own() {
    on_each_database(|db| {
        let made = live(db)?;
        let now = db.clock().now();
        let whole = query(made.from, now, now);
        let max = made.cast.max;
        let acts = |asked: Query| -> Result<u64> {
            let found = db.read_now(move |tx| workload(tx, &asked, max, max.person.unwrap()))?;
            Ok(figure(&found.figures, "workload-acts").n.unwrap_or(0))
        };
        let all = acts(whole.clone())?;
        let mut sum = 0;
        for space in &made.spaces[..3] {
            let part = acts(within(&whole, *space))?;
            assert!(part > 0);
            sum += part;
        }
        let bare: i64 = db.read_now(move |tx| {
            tx.count(
                "SELECT COUNT(*) AS n FROM decisions WHERE object_kind = 'person' AND source <> 'flag' AND decided_by = $1",
                params![max.person.unwrap()],
            )
        })?;
        assert!(bare > 0 && all > sum && all - sum <= bare.cast_unsigned() + 2, "{all} {sum} {bare}");
        Ok(())
    });
}

#[test]
fn whoever_moderates_some_spaces_looks_at_those() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let garden = open(db, cast.ada, "Garden", Visibility::Public)?;
        let back = open(db, cast.ada, "Back room", Visibility::Staff)?;
        let max = cast.max.person.unwrap();
        let of = |who: Actor, asked: Option<SpaceId>| db.read_now(move |tx| choose(tx, who, asked));
        let free = of(cast.max, None)?;
        assert_eq!((free.space, free.whole, free.spaces.len()), (None, true, 2));
        for asked in [back, SpaceId(77)] {
            assert_eq!(of(cast.ada, Some(asked)).unwrap_err().kind, Kind::Invalid, "{asked}");
        }
        db.write_now(move |tx| acts::set_spaces(tx, cast.ada, max, &[garden]))?;
        let kept = of(cast.max, None)?;
        assert_eq!((kept.space, kept.name.as_deref(), kept.whole), (Some(garden), Some("Garden"), false));
        assert_eq!(kept.spaces, [(garden, "Garden".to_owned())]);
        assert_eq!(of(cast.max, Some(cast.help)).unwrap_err().kind, Kind::Invalid);
        db.hand.advance(DAY);
        let now = db.clock().now();
        let asked = |space| Query { space, ..query(now.plus(-DAY), now, now) };
        for (space, kind) in
            [(None, Some(Kind::Forbidden)), (Some(cast.help), Some(Kind::Forbidden)), (Some(garden), None)]
        {
            let asked = asked(space);
            let found = db.read_now(move |tx| rows(tx, &asked, "violation-rate", cast.max, None));
            assert_eq!(found.err().map(|error| error.kind), kind, "{space:?}");
        }
        db.write_now(move |tx| acts::set_spaces(tx, cast.ada, max, &[back]))?;
        let none = of(cast.max, None).unwrap_err();
        assert!(none.kind == Kind::Invalid && none.safe.contains("Ask a manager"), "{none:?}");
        Ok(())
    });
}
