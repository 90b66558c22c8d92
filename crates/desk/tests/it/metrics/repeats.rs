//! The repeat-question rate, counted again by going through everything.

use mainstreet_db::testing::on_each_database;
use mainstreet_db::{Tx, params};
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::id::{PostId, SpaceId, TopicId};
use mainstreet_kernel::{Activity, ActorClass, Result, Timestamp, Verb, Zone};

use super::history::{START, actor, add_person, set_zone, settle, sweep};
use mainstreet_desk::metrics::behind;
use mainstreet_desk::metrics::clocks::Population;
use mainstreet_desk::metrics::figure::Figure;
use mainstreet_desk::metrics::figures::{Query, figures};

/// A question of the invented history.
#[derive(Clone, Copy, Debug)]
struct Asked {
    topic: i64,
    at: Timestamp,
    accepted: Option<Timestamp>,
    gone: Option<Timestamp>,
    /// Looked at, and in which theme.
    theme: Option<Option<i64>>,
}

const DAYS: i64 = 70;
const NOW: Timestamp = Timestamp(START.0 + DAYS * DAY);

/// Two questions a day for ten weeks; the numbers that choose are those of a plain congruential sequence.
fn history() -> Vec<Asked> {
    let mut state = 7_u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((state >> 33) % below).unwrap()
    };
    (1..=2 * DAYS)
        .map(|topic| {
            let at = START.plus((topic - 1) * DAY / 2 + HOUR);
            let accepted = (next(4) == 0).then(|| at.plus((1 + next(10 * 24)) * HOUR));
            let gone = (next(6) == 0).then(|| at.plus((1 + next(20 * 24)) * HOUR));
            let theme = match next(8) {
                0 => None,
                1 => Some(None),
                theme => Some(Some(theme)),
            };
            Asked {
                topic,
                at,
                accepted: accepted.filter(|at| *at < NOW),
                gone: gone.filter(|at| *at < NOW),
                theme,
            }
        })
        .collect()
}

fn live(tx: &mut Tx<'_>) -> Result<()> {
    set_zone(tx, "UTC")?;
    for theme in 2..8_i64 {
        tx.run(
            "INSERT INTO themes (id, name, named_by, named_size, settled, status, created_at)
             VALUES ($1, $2, 'program', 1, 0, 'open', 0)",
            params![theme, format!("Theme {theme}")],
        )?;
    }
    add_person(tx, 11)?;
    let within = |verb: Verb, person: i64, asked: &Asked, post: i64, at: Timestamp| {
        Activity::new(verb, actor(person, ActorClass::Member), PostId(asked.topic * 100 + post), at)
            .within(TopicId(asked.topic), SpaceId(1))
    };
    for asked in history() {
        let opened = within(Verb::TopicCreated, 11, &asked, 0, asked.at);
        tx.record(&opened.with(serde_json::json!({ "question": true })))?;
        if let Some(at) = asked.accepted {
            tx.record(&within(Verb::ReplyCreated, 1, &asked, 1, at))?;
            tx.record(&within(Verb::AnswerAccepted, 11, &asked, 1, at))?;
        }
        if let Some(at) = asked.gone {
            tx.record(&within(Verb::PostDeleted, 11, &asked, 0, at))?;
        }
        if let Some(theme) = asked.theme {
            tx.run(
                "INSERT INTO theme_posts (topic_id, theme_id, placed_by, kind, kind_by, text_hash, near, placed_at)
                 VALUES ($1, $2, 'program', 'question', 'program', 0, 0.5, 0)",
                params![asked.topic, theme],
            )?;
        }
    }
    Ok(())
}

/// By the words of the definition, one question against every other.
fn counted(from: Timestamp, to: Timestamp) -> (u64, u64, Vec<i64>) {
    let all = history();
    let (mut repeats, mut looked) = (Vec::new(), 0);
    for asked in all.iter().filter(|asked| from <= asked.at && asked.at < to) {
        let Some(theme) = asked.theme else { continue };
        looked += 1;
        let answered = |other: &&Asked| {
            other.topic != asked.topic
                && theme.is_some()
                && other.theme == Some(theme)
                && other.accepted.is_some_and(|at| asked.at.since(at) >= 7 * DAY)
                && other.gone.is_none_or(|gone| gone > asked.at)
        };
        if all.iter().any(|other| answered(&other)) {
            repeats.push(asked.topic);
        }
    }
    (repeats.len() as u64, looked, repeats)
}

fn rate(all: &[Figure]) -> &Figure {
    all.iter().find(|figure| figure.id == "repeat-question-rate").unwrap()
}

#[test]
fn the_rate_is_what_a_loop_over_everything_counts() {
    on_each_database(|database| {
        database.write_now(sweep)?;
        database.write_now(live)?;
        settle(database, 500)?;
        let (mut all_repeats, mut left_out) = (0, 0);
        for (from, to) in [(0, 28), (14, 42), (28, 70), (0, 70), (63, 70)] {
            let (from, to) = (START.plus(from * DAY), START.plus(to * DAY));
            let query = Query {
                from,
                to,
                now: NOW,
                zone: Zone::utc(),
                space: None,
                population: Population::Question,
            };
            let (k, n, topics) = counted(from, to);
            let found = database.read_now({
                let query = query.clone();
                move |tx| figures(tx, &query)
            })?;
            let figure = rate(&found);
            assert_eq!((figure.k, figure.n), (Some(k), Some(n)), "{from} to {to}");
            let weeks: (u64, u64) = figure
                .series
                .iter()
                .fold((0, 0), |(k, n), week| (k + week.k.unwrap_or(0), n + week.n.unwrap_or(0)));
            assert_eq!(weeks, (k, n), "the weeks add up");
            left_out += usize::from(figure.note.is_some());
            all_repeats += k;

            // The rows behind it are those questions, each with an answer that was there before it.
            let list = database.read_now(move |tx| {
                behind::topics(tx, &query, "repeat-question-rate", Some(true), (0, 1_000))
            })?;
            assert_eq!(list.rows.iter().map(|row| row.times.topic.0).collect::<Vec<_>>(), topics);
            for row in &list.rows {
                let earlier = row.earlier.as_ref().unwrap();
                let other = history().into_iter().find(|one| one.topic == earlier.topic.0).unwrap();
                assert!(row.times.asked_at.since(other.accepted.unwrap()) >= 7 * DAY, "{row:?}");
                assert_eq!(earlier.theme.1, format!("Theme {}", earlier.theme.0.0));
            }
            let file = behind::csv(&list.rows);
            assert_eq!(file.lines().count(), topics.len() + 1);
            assert!(file.lines().skip(1).all(|line| line.split(',').count() == 11), "{file}");
        }
        assert!(
            all_repeats > 40 && left_out == 5,
            "{all_repeats} repeats, {left_out} notes: too little to tell"
        );
        Ok(())
    });
}
