//! Themes that trend come into the inbox, as often as the year's count says, and no more once a person dismissed it.

use mainstreet_db::params;
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_desk::insights::{self, List};
use mainstreet_desk::signals::lists::Filter;
use mainstreet_desk::signals::{self, Cause, Dismissal, Outcome, Sight, Signal, State, view};
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};
use mainstreet_kernel::id::{SpaceId, ThemeId, TopicId};
use mainstreet_kernel::{Actor, Kind as Fault, Result, Role};

use crate::support::{Cast, ask, cast, listed, open, person};

const THEME: ThemeId = ThemeId(77);
const OTHER: ThemeId = ThemeId(78);

struct Place {
    cast: Cast,
    people: Vec<Actor>,
}

/// A place with eight people and two themes that hold nothing.
fn place(db: &TestDb) -> Result<Place> {
    let cast = cast(db)?;
    let people = db.write_now(|tx| {
        for (theme, name) in [(THEME, "Leaking <pump>"), (OTHER, "Refunds")] {
            tx.run(
                "INSERT INTO themes (id, name, named_by, named_size, settled, status, created_at)
                 VALUES ($1, $2, 'person', 1, 1, 'open', 0)",
                params![theme, name],
            )?;
        }
        ["Olga", "Piet", "Quinn", "Rosa", "Sven", "Tara", "Udo", "Vera"]
            .iter()
            .map(|name| person(tx, name, Role::Member))
            .collect::<Result<Vec<_>>>()
    })?;
    Ok(Place { cast, people })
}

fn begin(db: &TestDb, who: Actor, space: SpaceId, theme: ThemeId) -> Result<()> {
    let (topic, _): (TopicId, _) = ask(db, who, space, "The pump leaks", "It leaks. What now?", false)?;
    db.write_now(move |tx| {
        tx.run(
            "INSERT INTO theme_posts (topic_id, theme_id, placed_by, kind, kind_by, text_hash, near, placed_at)
             VALUES ($1, $2, 'program', 'question', 'program', 0, 0.5, 0)",
            params![topic, theme],
        )
        .map(drop)
    })
}

fn burst(db: &TestDb, place: &Place, theme: ThemeId, count: usize) -> Result<()> {
    for who in place.people.iter().take(count) {
        db.hand.advance(MINUTE);
        begin(db, *who, place.cast.help, theme)?;
    }
    Ok(())
}

/// What the node does every five minutes; a second look finds nothing.
fn look(db: &TestDb) -> Result<usize> {
    let opened = db.write_now(insights::watch)?;
    assert_eq!(db.write_now(insights::watch)?, 0, "twice does no harm");
    Ok(opened)
}

fn trending(db: &TestDb, place: &Place) -> Result<Vec<Signal>> {
    let all = open(db, place.cast.ada)?;
    Ok(all.into_iter().filter(|item| item.kind == Cause::Trend).collect())
}

fn settle(db: &TestDb, who: Actor, item: &Signal) -> Result<()> {
    let see = sight(item);
    db.write_now(move |tx| {
        signals::claim(tx, who, see)?;
        signals::resolve(tx, who, see, Outcome::InsightFiled, "", false).map(drop)
    })
}

fn sight(item: &Signal) -> Sight {
    Sight { id: item.id, version: None }
}

/// Four months, looked at every six hours: bursts, a long talk, a burst within the seven quiet days, one of four.
#[test]
fn as_many_items_open_as_the_years_count_says() {
    on_each_database(|db| {
        let place = place(db)?;
        let (help, mut opened) = (place.cast.help, 0);
        for quarter in 0..4 * 120_i64 {
            match (quarter / 4, quarter % 4) {
                (35, 1) | (39, 2) | (60, 0) | (90, 3) => burst(db, &place, THEME, 6)?,
                (50, 1) => burst(db, &place, THEME, 4)?,
                (61, 0) | (100, 2) => burst(db, &place, OTHER, 8)?,
                // One person who does not stop makes no trend.
                (70, _) => begin(db, place.people[0], help, OTHER)?,
                (day, 0) if day % 9 == 0 => begin(db, place.people[7], help, THEME)?,
                _ => {}
            }
            opened += look(db)?;
            // The one of day 60 stays open, and the next time of its theme joins it.
            if quarter / 4 != 60 && quarter / 4 != 90 {
                for item in trending(db, &place)? {
                    if quarter / 4 < 60 || item.theme() == Some(OTHER) {
                        settle(db, place.cast.max, &item)?;
                    }
                }
            }
            db.hand.advance(6 * HOUR);
        }
        let year = db.read_now(|tx| insights::list(tx, List::All, 0, 10))?.year;
        assert_eq!(opened, 5, "two bursts lie in quiet days or are too small");
        assert_eq!(opened, year.all, "the year's count and the inbox go by one rule");
        let left = trending(db, &place)?;
        assert_eq!(left.len(), 1, "all but the one of day 60 are settled");
        let item = &left[0];
        assert!(item.state == State::New && item.title.starts_with("Trending: "), "{item:?}");
        let (id, ada) = (item.id, place.cast.ada);
        let seen = db.read_now(move |tx| view::view(tx, ada, id))?;
        assert_eq!(seen.causes.len(), 2, "the time of day 90 joined it");
        let times = |theme| db.read_now(move |tx| Ok(insights::show(tx, theme)?.trended));
        let (pump, other) = (times(THEME)?, times(OTHER)?);
        assert_eq!((pump.len(), other.len()), (3, 2));
        assert!(pump[0].signal == id && pump[1].signal == id && pump[2].signal != id);
        Ok(())
    });
}

#[test]
fn what_began_longer_than_a_day_ago_opens_nothing() {
    on_each_database(|db| {
        let place = place(db)?;
        burst(db, &place, THEME, 6)?;
        db.hand.advance(DAY + HOUR);
        assert_eq!(look(db)?, 0);
        Ok(())
    });
}

#[test]
fn a_person_settles_it_and_a_dismissed_theme_keeps_silent() {
    on_each_database(|db| {
        let place = place(db)?;
        let (max, nils) = (place.cast.max, place.cast.nils);
        burst(db, &place, THEME, 6)?;
        assert_eq!(look(db)?, 1);
        settle(db, max, &trending(db, &place)?.remove(0))?;
        // Resolved, it comes again when it trends again, after the quiet days.
        db.hand.advance(8 * DAY);
        burst(db, &place, THEME, 8)?;
        assert_eq!(look(db)?, 1);
        let item = trending(db, &place)?.remove(0);
        let see = sight(&item);
        db.write_now(move |tx| {
            signals::claim(tx, max, see)?;
            signals::dismiss(tx, max, see, Dismissal::NotForUs, "A game of the day.").map(drop)
        })?;
        for _ in 0..2 {
            db.hand.advance(40 * DAY);
            burst(db, &place, THEME, 8)?;
            burst(db, &place, OTHER, 5)?;
            assert_eq!(look(db)?, 1, "the other theme alone");
            assert!(trending(db, &place)?.iter().all(|item| item.theme() == Some(OTHER)));
        }
        // It speaks when somebody who runs the place takes that back.
        let refused = db.write_now(move |tx| insights::hear_again(tx, nils, THEME));
        assert_eq!(refused.unwrap_err().kind, Fault::Forbidden);
        let refused = db.write_now(move |tx| insights::hear_again(tx, max, OTHER));
        assert_eq!(refused.unwrap_err().kind, Fault::Conflict);
        db.write_now(move |tx| insights::hear_again(tx, max, THEME))?;
        db.hand.advance(40 * DAY);
        burst(db, &place, THEME, 8)?;
        assert_eq!(look(db)?, 1);
        let dismissed = listed(db, place.cast.ada, Filter::Resolved)?;
        assert!(dismissed.iter().any(|item| item.state == State::Dismissed && item.theme() == Some(THEME)));
        Ok(())
    });
}
