//! Decisions undone in any order: the state is as if the undone ones had never been made.

use std::cell::RefCell;

use mainstreet_community::guidelines;
use mainstreet_community::moderation::{self as acts, Act, Detail, Order, Target};
use mainstreet_community::{flags, posts, spaces};
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_db::{Dialect, params};
use mainstreet_desk::moderation::{self, Case, Ground, Source};
use mainstreet_kernel::clock::MINUTE;
use mainstreet_kernel::id::{DecisionId, PersonId, PostId, SpaceId, TopicId};
use mainstreet_kernel::{Actor, Error, Kind, Result, Role, Visibility};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use crate::support::{Cast, answer, ask, cast, person};

/// What happens to a twin.
#[derive(Clone, Copy, Debug)]
enum Happening {
    /// The act with this number; it ends after so many turns, where it can.
    Decide(usize, i64),
    /// The decision with this number among those made is undone.
    Undo(usize),
    /// The author writes the post anew.
    Rewrite,
}

const ACTS: [Act; 18] = [
    Act::Hold,
    Act::Publish,
    Act::Hide,
    Act::Delete,
    Act::Restore,
    Act::Edit,
    Act::Label,
    Act::Move,
    Act::Slow,
    Act::Lock,
    Act::Open,
    Act::RequireApproval,
    Act::Mute,
    Act::Silence,
    Act::Suspend,
    Act::Ban,
    Act::Reinstate,
    Act::CoolOff,
];
/// Acts that change something else than the state which allows them; where the twin refuses one of them, the two lives
/// cannot be compared.
const ASIDE: [Act; 4] = [Act::Edit, Act::Label, Act::CoolOff, Act::Part];

/// Acts on a post, on a topic, on a member: each life is about one of them.
fn lives() -> impl Strategy<Value = Vec<Happening>> {
    prop_oneof![3 => Just((0_usize, 7_usize)), 2 => Just((7, 11)), 3 => Just((11, 19))].prop_flat_map(
        |(from, to)| {
            let happening = prop_oneof![
                5 => (from..to, 1..9_i64).prop_map(|(act, turns)| Happening::Decide(act, turns)),
                3 => (0..12_usize).prop_map(Happening::Undo),
                1 => Just(Happening::Rewrite),
            ];
            proptest::collection::vec(happening, 1..16)
        },
    )
}

/// Somebody, what they wrote, and where.
#[derive(Clone, Copy)]
struct Twin {
    author: Actor,
    topic: TopicId,
    post: PostId,
}

struct Place {
    cast: Cast,
    rooms: [SpaceId; 3],
}

fn place(db: &TestDb) -> Result<Place> {
    let cast = cast(db)?;
    let room = |name: &'static str| {
        db.write_now(move |tx| {
            let draft = spaces::Draft {
                name: name.to_owned(),
                description: String::new(),
                kind: spaces::Kind::Discussion,
                visibility: Visibility::Public,
                hue: 1,
            };
            Ok(spaces::open(tx, cast.ada, draft)?.id)
        })
    };
    let rooms = [cast.help, room("Here")?, room("There")?];
    db.write_now(move |tx| guidelines::adopt(tx, cast.ada, "support").map(drop))?;
    Ok(Place { cast, rooms })
}

fn twin(db: &TestDb, place: &Place, name: String) -> Result<Twin> {
    let author = db.write_now(move |tx| person(tx, &name, Role::Member))?;
    let (topic, post) = ask(db, author, place.cast.help, "Which register?", "The manual is silent.", true)?;
    answer(db, author, topic, "I asked the maker too.")?;
    let mira = place.cast.mira;
    db.write_now(move |tx| flags::raise(tx, mira, post, "harassment", "").map(drop))?;
    Ok(Twin { author, topic, post })
}

fn case(place: &Place, twin: Twin, (act, turns): (usize, i64), turn: usize, version: i64) -> Case {
    let act = ACTS.get(act).copied().unwrap_or(Act::Part);
    let person = twin.author.person.unwrap();
    let detail = match act {
        Act::Edit => {
            Detail::Text(version, format!("Words {turn}"), (turns % 2 == 0).then(|| format!("Title {turn}")))
        }
        Act::Label => Detail::Label(if turns == 1 { String::new() } else { format!("label {turn}") }),
        Act::Move => Detail::Space(place.rooms[turns as usize % 3]),
        Act::Slow => Detail::Every(turns * MINUTE),
        Act::CoolOff => Detail::Topic(twin.topic),
        Act::Part => Detail::From(place.cast.nils.person.unwrap()),
        _ => Detail::None,
    };
    let target = match act {
        _ if act.is_about_member() => Target::Person(person),
        _ if act.is_about_topic() => Target::Topic(twin.topic),
        _ => Target::Post(twin.post),
    };
    let ends = act.may_end() && (turns > 3 || matches!(act, Act::Suspend | Act::CoolOff));
    let until = ends.then(|| turns * 10 * MINUTE);
    Case {
        order: Order {
            target,
            act,
            why: format!("Turn {turn}"),
            until: until.map(mainstreet_kernel::Timestamp),
            detail,
        },
        clause: "be-kind".to_owned(),
        source: Source::Flag,
        source_id: None,
        detected: false,
        ground: Ground::Incompatible,
    }
}

/// Decides, if that is possible then.
fn decide(
    db: &TestDb,
    place: &Place,
    twin: Twin,
    what: (usize, i64),
    turn: usize,
) -> Result<Option<DecisionId>> {
    let (ada, post) = (place.cast.ada, twin.post);
    let version = db.read_now(move |tx| Ok(posts::store::find(tx, post)?.version))?;
    let mut case = case(place, twin, what, turn, version);
    let made = db.write_now(move |tx| {
        case.order.until = case.order.until.map(|length| tx.now().plus(length.0));
        moderation::decide(tx, ada, &case)
    });
    possible(made.map(|decision| decision.id))
}

fn possible<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error { kind: Kind::Conflict | Kind::Forbidden | Kind::Gone, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The author writes anew, if they may; answers whether the post waits then to be looked at.
fn rewrite(db: &TestDb, twin: Twin, turn: usize) -> Result<Option<bool>> {
    let written = db.write_now(move |tx| {
        let now = posts::store::find(tx, twin.post)?;
        let edit = posts::Edit {
            post: twin.post,
            expected: now.version,
            body: format!("My words {turn}"),
            title: None,
            tags: None,
            why: String::new(),
        };
        posts::edit(tx, twin.author, &edit)?;
        Ok(posts::store::find(tx, twin.post)?.state == mainstreet_community::topics::State::Held)
    });
    possible(written)
}

/// Everything about a twin that decisions change.
fn looks(db: &TestDb, twin: Twin) -> Result<Vec<String>> {
    let person: PersonId = twin.author.person.unwrap();
    db.read_now(move |tx| {
        let mut all = Vec::new();
        for (sql, id) in [
            ("SELECT state, state_by, state_why, state_at, body, edited_at, reply_count FROM posts WHERE id = $1", twin.post.0),
            ("SELECT label FROM post_labels WHERE post_id = $1", twin.post.0),
            ("SELECT state FROM flags WHERE post_id = $1", twin.post.0),
            ("SELECT title, space_id, closed_at, state, reply_count, people_count FROM topics WHERE id = $1", twin.topic.0),
            ("SELECT every, until_at FROM topic_limits WHERE topic_id = $1", twin.topic.0),
            ("SELECT until_at FROM topic_locks WHERE topic_id = $1", twin.topic.0),
            ("SELECT standing, until_at, why FROM member_standings WHERE person_id = $1", person.0),
            ("SELECT suspended_until, suspended_why FROM members WHERE person_id = $1", person.0),
            ("SELECT post_count FROM people WHERE id = $1", person.0),
            ("SELECT until_at, why, by_staff, at FROM cool_offs WHERE person_id = $1", person.0),
            ("SELECT other_id, by_staff FROM mutes WHERE person_id = $1", person.0),
        ] {
            all.extend(tx.all(sql, params![id], |row| Ok(format!("{:?}", row.clone().into_parts())))?);
        }
        Ok(all)
    })
}

/// Lives twice: once with decisions that are undone, once without them. Nothing when the second life took another way.
fn both(
    db: &TestDb,
    place: &Place,
    life: &[Happening],
    name: &str,
) -> Result<Option<(Vec<String>, Vec<String>)>> {
    let one = twin(db, place, format!("{name}a"))?;
    let other = twin(db, place, format!("{name}b"))?;
    let ada = place.cast.ada;
    // The first life, and which decisions were undone in the end.
    let start = db.clock().now();
    let (mut made, mut undone, mut written) = (Vec::new(), Vec::new(), Vec::new());
    for (turn, happening) in life.iter().enumerate() {
        db.hand.advance(10 * MINUTE);
        db.write_now(|tx| acts::open_ended(tx).map(drop))?;
        match happening {
            Happening::Decide(act, turns) => {
                if let Some(id) = decide(db, place, one, (*act, *turns), turn)? {
                    made.push((turn, id));
                }
            }
            Happening::Undo(which) => {
                let Some((turn, id)) = made.get(which % made.len().max(1)).copied() else { continue };
                if !undone.contains(&turn) {
                    db.write_now(move |tx| moderation::undo(tx, ada, id, "A mistake.").map(drop))?;
                    undone.push(turn);
                }
            }
            Happening::Rewrite => {
                let held = rewrite(db, one, turn)?;
                written.push((turn, held));
            }
        }
    }
    // The second, at the same times.
    db.hand.set(start);
    for (turn, happening) in life.iter().enumerate() {
        db.hand.advance(10 * MINUTE);
        db.write_now(|tx| acts::open_ended(tx).map(drop))?;
        match happening {
            Happening::Decide(act, turns)
                if made.iter().any(|made| made.0 == turn) && !undone.contains(&turn) =>
            {
                let done = decide(db, place, other, (*act, *turns), turn)?;
                if done.is_none() && ASIDE.contains(ACTS.get(*act).unwrap_or(&Act::Part)) {
                    return Ok(None);
                }
            }
            Happening::Rewrite => {
                let first = written.iter().find(|one| one.0 == turn).and_then(|one| one.1);
                // Had they written then, or had it made a post wait, in one life only, the lives part for good.
                match (first, rewrite(db, other, turn)?) {
                    (None, None) | (Some(true), Some(_)) | (Some(false), Some(false)) => {}
                    _ => return Ok(None),
                }
            }
            _ => {}
        }
    }
    Ok(Some((looks(db, one)?, looks(db, other)?)))
}

#[test]
fn what_was_undone_in_any_order_might_never_have_been() {
    on_each_database(|db| {
        let place = place(db)?;
        let cases = if db.dialect() == Dialect::Sqlite { 120 } else { 12 };
        let config = Config { cases, failure_persistence: None, max_shrink_iters: 300, ..Config::default() };
        let (count, compared) = (RefCell::new(0), RefCell::new(0));
        let result = TestRunner::new(config).run(&lives(), |life| {
            *count.borrow_mut() += 1;
            let name = format!("t{}", count.borrow());
            let lived =
                both(db, &place, &life, &name).map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
            if let Some((one, other)) = lived {
                *compared.borrow_mut() += 1;
                prop_assert_eq!(one, other);
            }
            Ok(())
        });
        assert!(result.is_ok(), "{}", result.err().map(|error| error.to_string()).unwrap_or_default());
        assert!(compared.into_inner() * 2 > cases, "most lives can be compared");
        Ok(())
    });
}

#[test]
fn a_mute_is_overturned_while_a_later_ban_stands() {
    on_each_database(|db| {
        let place = place(db)?;
        let one = twin(db, &place, "dora".to_owned())?;
        let (ada, max, kim) = (place.cast.ada, place.cast.max, place.cast.kim);
        let person = one.author.person.unwrap();
        let before = looks(db, one)?;
        let mute = decide(db, &place, one, (12, 1), 0)?.unwrap();
        let muted = looks(db, one)?;
        db.hand.advance(MINUTE);
        let ban = decide(db, &place, one, (15, 1), 1)?.unwrap();
        let banned = looks(db, one)?;
        db.hand.advance(MINUTE);
        let overturn = |id: DecisionId, who: Actor| {
            db.write_now(move |tx| {
                let appeal = match moderation::appeal_of(tx, id)? {
                    Some(appeal) => appeal.id,
                    None => moderation::appeal(tx, person, id, "It was not me.")?,
                };
                moderation::speak(tx, who, appeal, true, "It was somebody else.").map(drop)
            })
        };
        overturn(mute, max)?;
        assert_eq!(looks(db, one)?, banned, "the ban stands");
        let told = db.read_now(move |tx| mainstreet_community::notices::of_person(tx, person))?;
        assert!(told.iter().any(|notice| notice.text.contains("A later decision still stands")), "{told:?}");
        overturn(ban, max)?;
        assert_eq!(looks(db, one)?, banned, "one of two has spoken");
        overturn(ban, kim)?;
        assert_eq!(looks(db, one)?, before, "nothing is left, not even {muted:?}");
        let again = db.write_now(move |tx| moderation::undo(tx, ada, ban, "Once more."));
        assert!(again.is_err_and(|error| error.kind == Kind::Conflict));
        Ok(())
    });
}

#[test]
fn what_an_author_did_meanwhile_stays() {
    on_each_database(|db| {
        let place = place(db)?;
        let one = twin(db, &place, "dora".to_owned())?;
        let ada = place.cast.ada;
        let edited = decide(db, &place, one, (5, 2), 0)?.unwrap();
        db.hand.advance(MINUTE);
        assert_eq!(rewrite(db, one, 1)?, Some(false));
        let rewritten = looks(db, one)?;
        db.write_now(move |tx| moderation::undo(tx, ada, edited, "The words were fine.").map(drop))?;
        let after = looks(db, one)?;
        assert_eq!(after.first(), rewritten.first(), "their new words");
        let steps = db.read_now(move |tx| Ok(posts::store::find(tx, one.post)?.body))?;
        assert_eq!(steps, "My words 1");
        Ok(())
    });
}
