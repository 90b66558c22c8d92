//! Figures over a small invented community whose numbers are known.

use mainstreet_db::Tx;
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};
use mainstreet_kernel::id::{PersonId, PostId, SpaceId, TopicId};
use mainstreet_kernel::{Activity, ActorClass, Day, Result, Timestamp, Verb, Visibility, Zone};

use super::history::{START, actor, add_person, set_zone, settle, sweep};
use mainstreet_desk::metrics::clocks::Population;
use mainstreet_desk::metrics::figure::Figure;
use mainstreet_desk::metrics::figures::{ALL_TOPICS, Query, figures};
use mainstreet_desk::metrics::pulse::{Change, pulse};
use mainstreet_desk::metrics::{behind, definitions};

/// The golden sample: hours to the first response by member (M) or staff (S), and hours that three more waited.
const ANSWERED: [(f64, char); 9] = [
    (0.5, 'M'),
    (1.0, 'S'),
    (1.5, 'M'),
    (2.0, 'M'),
    (3.0, 'S'),
    (4.0, 'M'),
    (8.0, 'S'),
    (26.0, 'M'),
    (100.0, 'S'),
];
const OPEN: [i64; 3] = [30, 48, 72];

/// Ten days after the first Monday.
const END: Timestamp = Timestamp(START.0 + 10 * DAY);

fn act(verb: Verb, person: i64, class: ActorClass, topic: i64, post: i64, at: Timestamp) -> Activity {
    Activity::new(verb, actor(person, class), PostId(topic * 100 + post), at)
        .within(TopicId(topic), SpaceId(1))
}

/// Twelve questions by persons 11 to 22, answered by member 1 and staff 5.
fn golden(tx: &mut Tx<'_>) -> Result<()> {
    set_zone(tx, "UTC")?;
    let starts = ANSWERED.iter().map(|_| START).chain(OPEN.iter().map(|hours| END.plus(-hours * HOUR)));
    for (asked, number) in starts.zip(1..) {
        add_person(tx, 10 + number)?;
        let topic = act(Verb::TopicCreated, 10 + number, ActorClass::Member, number, 0, asked);
        tx.record(&topic.with(serde_json::json!({ "question": true })))?;
    }
    for ((hours, by), number) in ANSWERED.iter().zip(1..) {
        let (person, class) = if *by == 'M' { (1, ActorClass::Member) } else { (5, ActorClass::Staff) };
        let at = START.plus((hours * HOUR as f64) as i64);
        tx.record(&act(Verb::ReplyCreated, person, class, number, 1, at))?;
    }
    Ok(())
}

fn query() -> Query {
    Query { from: START, to: END, now: END, zone: Zone::utc(), space: None, population: Population::Question }
}

fn filled(database: &TestDb, fill: impl Fn(&mut Tx<'_>) -> Result<()> + Send + 'static) -> Result<()> {
    database.write_now(sweep)?;
    database.write_now(fill)?;
    settle(database, 7)
}

#[track_caller]
fn found<'a>(all: &'a [Figure], id: &str) -> &'a Figure {
    all.iter().find(|figure| figure.id == id).unwrap_or_else(|| panic!("no figure {id}"))
}

#[track_caller]
fn check(all: &[Figure], id: &str, expect: Option<f64>) {
    let value = found(all, id).value;
    let same = match (value, expect) {
        (Some(value), Some(expect)) => (value - expect).abs() < 5e-5,
        (value, expect) => value == expect,
    };
    assert!(same, "{id} is {value:?}, not {expect:?}");
}

#[test]
fn the_golden_questions_give_the_golden_figures() {
    on_each_database(|database| {
        filled(database, golden)?;
        let all = database.read_now(|tx| figures(tx, &query()))?;
        check(&all, "first-response-median", Some(4.0));
        check(&all, "first-response-p75", Some(100.0));
        check(&all, "answered-within-1h", Some(0.1667));
        check(&all, "answered-within-24h", Some(0.5833));
        check(&all, "first-response-by-member-24h", Some(0.3333));
        check(&all, "first-response-by-staff-24h", Some(0.25));
        check(&all, "first-response-mean-naive", Some(16.2222));
        check(&all, "first-response-median-naive", Some(3.0));
        check(&all, "unanswered-72h", Some(0.3333));
        check(&all, "unanswered-open", Some(3.0));
        check(&all, "unanswered-oldest", Some(72.0));
        check(&all, "solution-rate-28d", None);
        check(&all, "topics-without-reply", Some(0.25));
        check(&all, "staff-reply-share", Some(4.0 / 9.0));
        check(&all, "replies-per-topic", Some(0.75));
        let day = found(&all, "answered-within-24h");
        assert_eq!(day.n, Some(12));
        assert!((day.low.unwrap() - 0.3347).abs() < 5e-5 && (day.high.unwrap() - 0.8475).abs() < 5e-5);
        Ok(())
    });
}

#[test]
fn people_are_counted_by_day_week_and_month() {
    on_each_database(|database| {
        filled(database, golden)?;
        let all = database.read_now(|tx| figures(tx, &query()))?;
        // The last full day is day 9 of the window: one asked 30 h before its end, on day 8; none on day 9.
        check(&all, "contributing-day", Some(0.0));
        // Days 3 to 9: the three open questions.
        check(&all, "contributing-week", Some(3.0));
        check(&all, "contributing-28d", Some(13.0));
        check(&all, "repeat-participation", Some(1.0 / 13.0));
        check(&all, "stickiness", Some(3.0 / 7.0 / 13.0));
        check(&all, "contribution-mix", Some(5.0 / 17.0));
        let first = &found(&all, "contributing-day").series[0];
        assert_eq!((first.at.as_str(), first.value), ("2026-01-05", Some(10.0)));
        Ok(())
    });
}

#[test]
fn every_figure_obeys_a_definition_and_leads_somewhere() {
    on_each_database(|database| {
        filled(database, golden)?;
        let all = database.read_now(|tx| figures(tx, &query()))?;
        let ids: Vec<&str> = all.iter().map(|figure| figure.id.as_str()).collect();
        let defined: Vec<&str> = definitions::ALL.iter().map(|definition| definition.id).collect();
        assert_eq!(ids, defined);
        for figure in &all {
            let list = figure.behind.starts_with(&format!("/desk/metrics/{}/", figure.definition.id));
            assert!(list && figure.behind.contains("?from="), "{}", figure.behind);
            if let (Some(value), Some(low), Some(high)) = (figure.value, figure.low, figure.high) {
                assert!(low <= value && value <= high, "{}: {low} {value} {high}", figure.id);
            }
        }
        Ok(())
    });
}

#[test]
fn figures_read_roll_ups_only() {
    on_each_database(|database| {
        filled(database, golden)?;
        let before = database.read_now(|tx| figures(tx, &query()))?;
        database.write_now(|tx| {
            mainstreet_db::log::waive(tx)?;
            tx.run("DELETE FROM activities", &[])?;
            mainstreet_db::log::unwaive(tx)
        })?;
        assert_eq!(before, database.read_now(|tx| figures(tx, &query()))?, "the log was not needed");
        Ok(())
    });
}

#[test]
fn a_window_in_the_past_does_not_know_what_came_later() {
    on_each_database(|database| {
        filled(database, golden)?;
        let early = Query { to: START.plus(3 * HOUR + 30 * MINUTE), ..query() };
        let all = database.read_now(move |tx| figures(tx, &early))?;
        check(&all, "unanswered-open", Some(4.0));
        check(&all, "first-response-mean-naive", Some(1.6));
        check(&all, "answered-within-24h", None);
        Ok(())
    });
}

#[test]
fn without_questions_all_topics_stand_in() {
    on_each_database(|database| {
        filled(database, |tx| {
            golden(tx)?;
            for number in 1..=12 {
                tx.record(&act(Verb::QuestionUnmarked, 5, ActorClass::Staff, number, 0, END))?;
            }
            Ok(())
        })?;
        let all = database.read_now(|tx| figures(tx, &query()))?;
        check(&all, "first-response-median", None);
        assert!(
            found(&all, "first-response-median").note.as_deref().unwrap_or_default().contains("question")
        );
        check(&all, &format!("first-response-median{ALL_TOPICS}"), Some(4.0));
        Ok(())
    });
}

/// Two people begin in the week of START; one comes back in their week 1, one in their week 4.
fn comers(tx: &mut Tx<'_>) -> Result<()> {
    set_zone(tx, "UTC")?;
    for (person, day) in [(1, 0), (1, 8), (2, 6), (2, 34), (3, 7)] {
        let at = START.plus(day * DAY + HOUR);
        tx.record(&act(Verb::ReactionAdded, person, ActorClass::Member, 1, 0, at))?;
    }
    Ok(())
}

#[test]
fn cohorts_are_shown_when_all_have_lived_through_the_week() {
    on_each_database(|database| {
        filled(database, comers)?;
        let long = Query { to: START.plus(60 * DAY), now: START.plus(60 * DAY), ..query() };
        let all = database.read_now({
            let long = long.clone();
            move |tx| figures(tx, &long)
        })?;
        let cohorts = &found(&all, "retention-cohorts").cohorts;
        assert_eq!(cohorts.iter().map(|cohort| cohort.people).collect::<Vec<_>>(), [2, 1]);
        let back: Vec<u64> = cohorts[0].weeks.iter().map(|week| week.k).collect();
        assert_eq!(back, [1, 0, 0, 1, 0, 0], "the youngest began on day 6 and ends week 6 on day 54");
        check(&all, "retention-week-1", Some(1.0 / 3.0));
        check(&all, "retention-week-4", Some(1.0 / 3.0));
        let cell = Some((Day(long.first_day().0), 4));
        let people =
            database.read_now(move |tx| behind::people(tx, &long, "retention-cohorts", cell, (0, 10)))?;
        assert_eq!(people.iter().map(|row| row.person).collect::<Vec<_>>(), [PersonId(2)]);
        Ok(())
    });
}

#[test]
fn lists_hold_what_the_figures_count() {
    on_each_database(|database| {
        filled(database, golden)?;
        let list = |id: &'static str, only| {
            database.read_now(move |tx| behind::topics(tx, &query(), id, only, (0, 50)))
        };
        assert_eq!(list("answered-within-24h", Some(true))?.total, 7);
        assert_eq!(list("answered-within-24h", None)?.total, 12);
        assert_eq!(list("first-response-by-staff-24h", Some(true))?.total, 3);
        assert_eq!(list("unanswered-open", None)?.total, 3);
        assert_eq!(list("unanswered-open", None)?.rows[0].times.topic, TopicId(12), "the oldest first");
        assert_eq!(list("topics-without-reply", Some(true))?.total, 3);
        let people =
            |id: &'static str| database.read_now(move |tx| behind::people(tx, &query(), id, None, (0, 50)));
        assert_eq!(people("contributing-week")?.len(), 3);
        assert_eq!(people("contributing-28d")?.len(), 13);
        assert_eq!(people("repeat-participation")?[0].person, PersonId(1));
        assert!(list("no-such-figure", None).is_err());
        Ok(())
    });
}

#[test]
fn the_pulse_compares_with_the_weeks_before() {
    on_each_database(|database| {
        filled(database, golden)?;
        let beats = database.read_now(|tx| pulse(tx, END, &Zone::utc()))?;
        let ids: Vec<&str> = beats.iter().map(|beat| beat.definition.id).collect();
        assert_eq!(
            ids,
            ["contributing-week", "repeat-participation", "first-response-median", "unanswered-72h"]
        );
        assert_eq!(beats[0].value, Some(3.0));
        assert_eq!(beats[0].course.len(), 9);
        assert_eq!(beats[1].change, Change::Unknown);
        Ok(())
    });
}

#[test]
fn an_empty_community_has_figures_without_values() {
    on_each_database(|database| {
        filled(database, |_| Ok(()))?;
        let all = database.read_now(|tx| figures(tx, &query()))?;
        check(&all, "contributing-28d", Some(0.0));
        check(&all, "stickiness", None);
        check(&all, "first-response-median", None);
        check(&all, "retention-week-1", None);
        assert!(figures_of_nothing(database).is_err(), "a window needs an end after its beginning");
        Ok(())
    });
}

fn figures_of_nothing(database: &TestDb) -> Result<Vec<Figure>> {
    database.read_now(|tx| figures(tx, &Query { to: START, ..query() }))
}

#[test]
fn a_reaction_taken_back_no_longer_counts() {
    on_each_database(|database| {
        let react = |verb, person, kind: &str, at| {
            let kind = serde_json::json!({ "kind": kind });
            act(verb, person, ActorClass::Member, 1, 1, at).with(kind)
        };
        filled(database, move |tx| {
            golden(tx)?;
            // On the fifth day two who had never done anything react; one thinks better of it on the eighth.
            tx.record(&react(Verb::ReactionAdded, 2, "like", START.plus(4 * DAY)))?;
            tx.record(&react(Verb::ReactionAdded, 3, "like", START.plus(4 * DAY)))?;
            tx.record(&react(Verb::ReactionAdded, 3, "heart", START.plus(9 * DAY)))?;
            tx.record(&react(Verb::ReactionRemoved, 2, "like", START.plus(7 * DAY)))?;
            tx.record(&react(Verb::ReactionRemoved, 3, "like", START.plus(7 * DAY)))
        })?;
        let all = database.read_now(|tx| figures(tx, &query()))?;
        let on = |at: &str| {
            let series = &found(&all, "contributing-day").series;
            series.iter().find(|point| point.at == at).and_then(|point| point.value)
        };
        assert_eq!(on("2026-01-09"), Some(0.0), "both took theirs back");
        assert_eq!(on("2026-01-12"), Some(1.0), "who asked that day; taking back is no contribution");
        assert_eq!(on("2026-01-14"), Some(1.0), "the heart stands");
        let mix = found(&all, "contribution-mix");
        let reactions = mix.series.iter().find(|point| point.at == "reactions");
        assert_eq!(reactions.and_then(|point| point.k), Some(1));
        Ok(())
    });
}

#[test]
fn removed_posts_count_as_written_but_not_as_answers() {
    on_each_database(|database| {
        filled(database, |tx| {
            set_zone(tx, "UTC")?;
            let asker = ActorClass::Member;
            for topic in 1..=3 {
                let asked = act(Verb::TopicCreated, 1, asker, topic, 0, START);
                tx.record(&asked.with(serde_json::json!({ "question": true })))?;
            }
            let later = |hours: i64| START.plus(hours * HOUR);
            let gone = |topic, post, at| {
                act(Verb::PostDeleted, 2, asker, topic, post, at).seen_by(Visibility::Staff)
            };
            // The first reply is taken back by its author, the second stands, the third question is withdrawn.
            tx.record(&act(Verb::ReplyCreated, 2, asker, 1, 1, later(1)))?;
            tx.record(&gone(1, 1, later(2)))?;
            tx.record(&act(Verb::ReplyCreated, 2, asker, 2, 1, later(2)))?;
            tx.record(&gone(3, 0, later(3)))
        })?;
        let all = database.read_now(|tx| figures(tx, &query()))?;
        check(&all, "replies-per-topic", Some(2.0 / 3.0));
        check(&all, "topics-without-reply", Some(1.0 / 3.0));
        check(&all, "answered-within-1h", Some(0.0));
        check(&all, "answered-within-4h", Some(1.0 / 3.0));
        check(&all, "unanswered-open", Some(1.0));
        check(&all, "unanswered-oldest", Some(240.0));
        let mix = found(&all, "contribution-mix");
        assert_eq!((mix.k, mix.n), (Some(2), Some(5)), "two replies of five contributions");
        Ok(())
    });
}
