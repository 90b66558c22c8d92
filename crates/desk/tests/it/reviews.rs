//! Posts judged blind: the draw can be repeated, nobody judges what they had to do with, and where two judge apart a
//! lead hears of it.

use mainstreet_community::moderation::{Act, Detail, Order, Target};
use mainstreet_community::{flags, guidelines, posts};
use mainstreet_db::Db;
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_desk::moderation::{self, Case, Ground, Source};
use mainstreet_desk::reviews::{self, Card, EVERY, Origin, Review, Verdict, drawn, is_looked_at_again};
use mainstreet_desk::signals::{Cause, Sight, view};
use mainstreet_desk::triage::hours::Written;
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::id::{EntryId, PostId, TopicId};
use mainstreet_kernel::{Actor, Kind, Result};

use crate::support::{Cast, answer, ask, cast, settle};

/// A week with a topic of `posts` posts by nils, then the Monday after it.
fn week_of(db: &TestDb, posts: usize) -> Result<(Cast, TopicId, Vec<PostId>)> {
    let cast = cast(db)?;
    db.write_now(move |tx| guidelines::adopt(tx, cast.ada, "support").map(drop))?;
    let (topic, first) =
        ask(db, cast.mira, cast.help, "Which register is it?", "The manual is silent.", true)?;
    let mut all = vec![first];
    for number in 1..posts {
        db.hand.advance(HOUR / 60);
        all.push(answer(db, cast.nils, topic, &format!("It is register {number}."))?);
    }
    db.hand.advance(7 * DAY);
    db.write_now(reviews::sweep)?;
    Ok((cast, topic, all))
}

fn pile(db: &Db, who: Actor) -> Result<Option<Card>> {
    db.read_now(move |tx| reviews::next(tx, who))
}

fn judge(db: &Db, who: Actor, id: EntryId, verdict: Verdict, clause: &'static str) -> Result<Review> {
    db.write_now(move |tx| reviews::review(tx, who, id, verdict, clause))
}

#[track_caller]
fn refused<T>(result: Result<T>, kind: Kind, part: &str) {
    let error = result.err().unwrap_or_else(|| panic!("refused with {part}"));
    assert!(error.kind == kind && error.safe.contains(part), "{error:?} has {part}");
}

#[test]
fn a_week_is_drawn_once_and_the_draw_can_be_repeated() {
    on_each_database(|db| {
        let (cast, _, all) = week_of(db, 130)?;
        let weeks = db.read_now(|tx| reviews::weeks(tx, 9))?;
        let week = weeks.iter().find(|week| week.drawn > 0).unwrap();
        assert_eq!((week.drawn, week.published, week.judged), (100, 130, 0));
        let ids: Vec<i64> = all.iter().map(|post| post.0).collect();
        let mut expected = drawn(week.seed, &ids, 100);
        let mut sampled: Vec<i64> =
            db.read_now(|tx| tx.all("SELECT post_id FROM reviews", &[], |row| row.get("post_id")))?;
        expected.sort_unstable();
        sampled.sort_unstable();
        assert_eq!(sampled, expected);
        db.hand.advance(HOUR);
        db.write_now(reviews::sweep)?;
        assert_eq!(db.read_now(|tx| reviews::weeks(tx, 9))?, weeks, "not drawn again");
        assert_eq!(db.read_now(move |tx| reviews::left(tx, cast.max))?, 100);

        // Several share it, each in an order of their own.
        let (one, other) = (pile(db, cast.max)?.unwrap(), pile(db, cast.kim)?.unwrap());
        assert_ne!(one.id, other.id);
        // What goes away after the draw counts as drawn, and its judge cannot see that it is away.
        let (id, staff) = (one.id, cast.ada);
        let post = db.read_now(move |tx| {
            tx.one("SELECT post_id FROM reviews WHERE id = $1", mainstreet_db::params![id], |row| {
                row.get("post_id")
            })
        })?;
        let order = Order {
            target: Target::Post(post),
            act: Act::Hide,
            why: "Gone.".to_owned(),
            until: None,
            detail: Detail::None,
        };
        let case = Case {
            order,
            clause: "be-kind".to_owned(),
            source: Source::Own,
            source_id: None,
            detected: false,
            ground: Ground::Incompatible,
        };
        db.write_now(move |tx| moderation::decide(tx, staff, &case).map(drop))?;
        assert_eq!(pile(db, cast.max)?, Some(one));
        Ok(())
    });
}

#[test]
fn each_post_of_the_pile_is_judged_once_by_somebody_who_had_nothing_to_do_with_it() {
    on_each_database(|db| {
        let (cast, topic, all) = week_of(db, 3)?;
        let card = pile(db, cast.max)?.unwrap();
        assert_eq!((card.topic.as_str(), card.space.as_str()), ("Which register is it?", "Help"));
        assert_eq!(card.opens, card.before.is_empty());
        refused(pile(db, cast.mira), Kind::Forbidden, "people who run");
        refused(judge(db, cast.mira, card.id, Verdict::Fine, ""), Kind::Forbidden, "people who run");
        refused(judge(db, cast.max, card.id, Verdict::Breaks, ""), Kind::Invalid, "Choose the clause");
        refused(judge(db, cast.max, card.id, Verdict::Breaks, "no-such"), Kind::Invalid, "Choose the clause");
        judge(db, cast.max, card.id, Verdict::Breaks, "be-kind")?;
        refused(judge(db, cast.kim, card.id, Verdict::Fine, ""), Kind::Conflict, "a moment ago");

        // Taken back while it is fresh, by who gave it.
        let id = card.id;
        refused(
            db.write_now(move |tx| reviews::take_back(tx, cast.kim, id)),
            Kind::Forbidden,
            "Only who judged",
        );
        db.write_now(move |tx| reviews::take_back(tx, cast.max, id))?;
        judge(db, cast.max, id, Verdict::Breaks, "be-kind")?;
        db.hand.advance(HOUR);
        refused(db.write_now(move |tx| reviews::take_back(tx, cast.max, id)), Kind::Conflict, "too late");

        // A found breach becomes an ordinary item, once.
        let item = db.write_now(move |tx| reviews::raise(tx, cast.max, id))?;
        assert_eq!(db.write_now(move |tx| reviews::raise(tx, cast.kim, id))?, item);
        let found = db.read_now(move |tx| view::find(tx, item))?;
        assert_eq!(found.kind, Cause::Review);
        refused(db.write_now(move |tx| reviews::raise(tx, cast.mira, id)), Kind::Forbidden, "people who run");

        // Who flagged a post, or decided on it, is not asked about it.
        let rest: Vec<PostId> = all.iter().copied().filter(|post| *post != found.post).collect();
        for post in rest {
            db.write_now(move |tx| flags::raise(tx, cast.kim, post, "off_topic", "").map(drop))?;
        }
        assert_eq!(pile(db, cast.kim)?, None);
        assert_eq!(db.read_now(move |tx| reviews::left(tx, cast.max))?, 2);
        let theirs = answer(db, cast.max, topic, "I wrote this myself.")?;
        db.hand.advance(7 * DAY);
        db.write_now(reviews::sweep)?;
        let own = db.read_now(move |tx| {
            tx.one("SELECT id FROM reviews WHERE post_id = $1", mainstreet_db::params![theirs], |row| {
                row.get("id")
            })
        })?;
        refused(judge(db, cast.max, own, Verdict::Fine, ""), Kind::Forbidden, "You wrote this");
        let week = db.read_now(|tx| reviews::weeks(tx, 9))?.into_iter().find(|week| week.judged > 0).unwrap();
        assert_eq!((week.judged, week.broke, week.unclear), (1, 1, 0));
        Ok(())
    });
}

/// Lets max hide answers until one of them is to be looked at again.
fn looked_at_again(db: &TestDb, cast: Cast, topic: TopicId) -> Result<PostId> {
    let seed: i64 = db.read_now(|tx| {
        tx.one("SELECT value FROM review_marks WHERE name = 'second.seed'", &[], |row| row.get("value"))
    })?;
    let post = answer(db, cast.nils, topic, "Read the manual, fool.")?;
    while !is_looked_at_again(seed, post.0, db.clock().now().0, EVERY) {
        db.hand.advance(1);
    }
    let order = Order {
        target: Target::Post(post),
        act: Act::Hide,
        why: "It calls the asker a fool.".to_owned(),
        until: None,
        detail: Detail::None,
    };
    let case = Case {
        order,
        clause: "be-kind".to_owned(),
        source: Source::Own,
        source_id: None,
        detected: false,
        ground: Ground::Incompatible,
    };
    db.write_now(move |tx| moderation::decide(tx, cast.max, &case).map(drop))?;
    settle(db)?;
    db.hand.advance(1);
    db.write_now(reviews::sweep)?;
    db.write_now(reviews::sweep)?;
    Ok(post)
}

#[test]
fn a_second_look_is_blind_and_a_lead_hears_of_a_difference() {
    on_each_database(|db| {
        let cast = cast(db)?;
        db.write_now(move |tx| guidelines::adopt(tx, cast.ada, "support").map(drop))?;
        let (topic, _) = ask(db, cast.mira, cast.help, "Which register?", "The manual is silent.", true)?;
        db.write_now(reviews::sweep)?;
        let post = looked_at_again(db, cast, topic)?;
        assert_eq!(pile(db, cast.max)?, None, "not who decided");
        let card = pile(db, cast.kim)?.unwrap();
        assert_eq!(card.body, "Read the manual, fool.");
        refused(
            judge(db, cast.max, card.id, Verdict::Fine, ""),
            Kind::Forbidden,
            "dealt with this post before",
        );
        let said = judge(db, cast.kim, card.id, Verdict::Fine, "")?;
        assert_eq!((said.origin, said.post), (Origin::Second, post));
        let state = db.read_now(move |tx| posts::store::find(tx, post))?.state;
        assert_eq!(state.as_str(), "hidden", "no decision changes");
        let item = said.signal.expect("an item");
        let signal = db.read_now(move |tx| view::find(tx, item))?;
        assert_eq!((signal.kind, signal.assignee), (Cause::Review, cast.ada.person));
        let differing = db.read_now(move |tx| reviews::disagreements(tx, cast.ada, 9))?;
        assert_eq!(differing.len(), 1);
        assert_eq!(differing[0].0.first.as_ref().unwrap().said(), "breaks be-kind");
        let id = card.id;
        refused(db.write_now(move |tx| reviews::take_back(tx, cast.kim, id)), Kind::Conflict, "too late");
        let other = looked_at_again(db, cast, topic)?;
        let card = pile(db, cast.kim)?.unwrap();
        let agrees = judge(db, cast.kim, card.id, Verdict::Breaks, "on-topic")?;
        assert_eq!((agrees.post, agrees.signal), (other, None), "another clause is no disagreement");
        settle(db)?;
        let still = db.read_now(move |tx| view::find(tx, item))?;
        assert!(still.state.is_open(), "{:?} {:?}", still.state, Sight { id: item, version: None });
        Ok(())
    });
}

#[test]
fn everybody_sets_their_own_hours_and_nobody_elses() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let person = cast.max.person.unwrap();
        let own = db.read_now(move |tx| reviews::own(tx, person))?;
        assert!(own.covers && own.hours.is_none(), "texts are covered until somebody says otherwise");
        let mut written = Written { kept: true, zone: "Europe/Berlin".to_owned(), ..Written::default() };
        written.week[0] = "9-12".to_owned();
        let kept = written.clone();
        assert_eq!(db.write_now(move |tx| reviews::set_hours(tx, cast.max, &written))?, None);
        db.write_now(move |tx| reviews::set_covers(tx, cast.max, false))?;
        let own = db.read_now(move |tx| reviews::own(tx, person))?;
        assert_eq!((own.covers, own.hours), (false, Some(kept)));
        let wrong = Written { kept: true, zone: "Atlantis".to_owned(), ..Written::default() };
        let errors = db.write_now(move |tx| reviews::set_hours(tx, cast.max, &wrong))?;
        assert!(errors.unwrap().get("zone").is_some());
        refused(
            db.write_now(move |tx| reviews::set_covers(tx, cast.mira, false)),
            Kind::Forbidden,
            "moderators",
        );
        Ok(())
    });
}
