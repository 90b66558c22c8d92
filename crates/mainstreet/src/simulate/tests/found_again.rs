//! The metrics find in the log what is known about the story: participation, waiting times, solutions. What is
//! expected is computed here from the happenings, in the plainest way there is.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_desk::metrics::clocks::Population;
use mainstreet_desk::metrics::figure::Figure;
use mainstreet_desk::metrics::figures::{Query, figures};
use mainstreet_desk::metrics::moderation;
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::id::{FlagId, PersonId, PostId, TopicId};
use mainstreet_kernel::{ActorClass, Error, Result, Timestamp, Zone};

use crate::simulate::happening::{Happening, What};
use crate::simulate::truth::Truth;
use crate::simulate::{Setting, Story};

/// 2026-05-29T00:00Z: the days of the story are those of the calendar.
const NOW: Timestamp = Timestamp(1_780_012_800_000);
const DAYS: u32 = 120;
const SETTING: Setting = Setting { seed: 20, members: 150, days: DAYS, now: NOW };

/// A question and what became of it.
#[derive(Debug, Default)]
struct Thread {
    asked: Timestamp,
    replies: Vec<(PostId, Timestamp, bool)>,
    accepted: Vec<(PostId, Timestamp)>,
    closed: Option<Timestamp>,
    gone: Option<Timestamp>,
}

impl Thread {
    fn answered(&self, away: &HashSet<PostId>) -> Option<(Timestamp, bool)> {
        let standing = self.replies.iter().filter(|(post, ..)| !away.contains(post));
        standing.map(|(_, at, staff)| (*at, *staff)).min()
    }

    fn solved(&self, away: &HashSet<PostId>) -> Option<Timestamp> {
        self.accepted.iter().filter(|(post, _)| !away.contains(post)).map(|(_, at)| *at).min()
    }

    /// How long it was watched, and whether the wait ended with an answer.
    fn wait(&self, away: &HashSet<PostId>) -> (i64, bool) {
        let stop = [self.closed, self.gone].into_iter().flatten().fold(NOW, Timestamp::min);
        match self.answered(away) {
            Some((at, _)) if at <= stop => (at.since(self.asked), true),
            _ => (stop.since(self.asked), false),
        }
    }
}

/// Those whose accounts were closed for spam before the end. The metrics leave them out.
fn closed(happenings: &[Happening]) -> HashSet<PersonId> {
    let closed = happenings.iter().filter_map(|happening| match happening.what {
        What::Suspended { person, until: None, .. } => Some(person),
        _ => None,
    });
    closed.collect()
}

/// Those who came to spam: the truth leaves them out, those as well whom nobody has found yet.
fn spammers(happenings: &[Happening], truth: &Truth) -> HashSet<PersonId> {
    let honest: HashSet<PersonId> = truth.lives.iter().map(|life| life.person).collect();
    happenings.iter().map(|happening| happening.who).filter(|who| !honest.contains(who)).collect()
}

/// What the happenings say, somebody left out.
#[derive(Debug, Default)]
struct Expected {
    /// On which days of the story each member contributed.
    days: BTreeMap<PersonId, BTreeSet<i64>>,
    threads: BTreeMap<TopicId, Thread>,
    away: HashSet<PostId>,
}

impl Expected {
    fn without(spammers: &HashSet<PersonId>, happenings: &[Happening]) -> Self {
        let start = NOW.plus(-i64::from(DAYS) * DAY);
        let mut expected = Self::default();
        let mut askers = HashMap::new();
        for happening in happenings {
            expected.look(happening, spammers, &mut askers);
            let contributes = matches!(
                happening.what,
                What::Asked(_) | What::Replied { .. } | What::Reacted { .. } | What::Accepted { .. }
            );
            let member = happening.actor().class == ActorClass::Member;
            if contributes && member && !spammers.contains(&happening.who) {
                let day = happening.at.since(start) / DAY;
                expected.days.entry(happening.who).or_default().insert(day);
            }
        }
        expected
    }

    fn look(
        &mut self,
        happening: &Happening,
        spammers: &HashSet<PersonId>,
        askers: &mut HashMap<TopicId, PersonId>,
    ) {
        let (who, at) = (happening.who, happening.at);
        match &happening.what {
            What::Asked(opening) if opening.question && !spammers.contains(&who) => {
                askers.insert(opening.place.topic, who);
                self.threads.insert(opening.place.topic, Thread { asked: at, ..Thread::default() });
            }
            What::Replied { place, .. } if !spammers.contains(&who) => {
                let other = askers.get(&place.topic).is_some_and(|asker| *asker != who);
                if let Some(thread) = self.threads.get_mut(&place.topic).filter(|_| other) {
                    let staff = happening.actor().class == ActorClass::Staff;
                    thread.replies.push((place.post, at, staff));
                }
            }
            What::Accepted { place } => {
                if let Some(thread) = self.threads.get_mut(&place.topic) {
                    thread.accepted.push((place.post, at));
                }
            }
            What::Closed { place } => {
                if let Some(thread) = self.threads.get_mut(&place.topic) {
                    thread.closed = Some(at);
                }
            }
            What::Deleted { place } | What::Hidden { place, .. } => {
                self.away.insert(place.post);
                if let Some(thread) = self.threads.get_mut(&place.topic).filter(|_| place.number == 1) {
                    thread.gone = thread.gone.or(Some(at));
                }
            }
            _ => {}
        }
    }

    /// Members who contributed on one of the `length` days that end with `day`.
    fn contributing(&self, day: i64, length: i64) -> u64 {
        let within = |days: &BTreeSet<i64>| days.range(day - length + 1..=day).next().is_some();
        self.days.values().filter(|days| within(days)).count() as u64
    }

    /// Kaplan and Meier's share still waiting after `limit` milliseconds, each factor counted anew.
    fn still_waiting(&self, limit: i64) -> f64 {
        let waits: Vec<(i64, bool)> = self.threads.values().map(|thread| thread.wait(&self.away)).collect();
        let ends: BTreeSet<i64> = waits.iter().filter(|wait| wait.1).map(|wait| wait.0).collect();
        let factor = |end: i64| {
            let at_risk = waits.iter().filter(|wait| wait.0 >= end).count() as f64;
            1.0 - waits.iter().filter(|wait| **wait == (end, true)).count() as f64 / at_risk
        };
        ends.into_iter().filter(|end| *end <= limit).map(factor).product()
    }

    /// The shortest wait after which no more than half still waited.
    fn median(&self) -> Option<i64> {
        let mut waits: Vec<(i64, bool)> =
            self.threads.values().map(|thread| thread.wait(&self.away)).collect();
        waits.sort_unstable();
        waits.into_iter().find(|wait| wait.1 && self.still_waiting(wait.0) < 0.5 + 1e-9).map(|wait| wait.0)
    }

    /// Questions that wait for an answer at the end, by when they were asked.
    fn unanswered(&self) -> Vec<Timestamp> {
        let waits = |thread: &&Thread| {
            thread.answered(&self.away).is_none() && thread.closed.is_none() && thread.gone.is_none()
        };
        self.threads.values().filter(waits).map(|thread| thread.asked).collect()
    }

    /// Of the questions that are 28 days old: how many were solved within these, and how many there are.
    fn solutions(&self) -> (u64, u64) {
        let (mut solved, mut all) = (0, 0);
        for thread in self.threads.values() {
            let judged = thread.asked.plus(28 * DAY);
            let in_time = thread.solved(&self.away).is_some_and(|at| at <= judged);
            let withdrawn = !in_time && thread.gone.is_some_and(|gone| gone < judged);
            if judged <= NOW && !withdrawn {
                all += 1;
                solved += u64::from(in_time);
            }
        }
        (solved, all)
    }
}

fn told() -> Result<(Vec<Happening>, Truth)> {
    let mut story = Story::new(SETTING).map_err(Error::internal)?;
    let happenings = story.by_ref().collect();
    Ok((happenings, story.truth().clone()))
}

fn measured(test: &TestDb) -> Result<Vec<Figure>> {
    let story = Story::new(SETTING).map_err(Error::internal)?;
    let from = story.start();
    crate::simulate::write(test, story)?;
    test.wait_for_log();
    crate::node::catch_up(test)?;
    let query =
        Query { from, to: NOW, now: NOW, zone: Zone::utc(), space: None, population: Population::Question };
    test.read_now(move |tx| {
        let mut all = figures(tx, &query)?;
        all.extend(moderation::figures(tx, &query)?);
        Ok(all)
    })
}

/// What staff did and how long flags waited, from the happenings alone.
#[derive(Debug, Default)]
struct Kept {
    posts: u64,
    hidden: BTreeSet<PostId>,
    suspended: BTreeSet<PersonId>,
    /// Of each post: since when each flag waits, and when it was decided.
    flags: BTreeMap<PostId, Vec<(FlagId, Timestamp, Option<Timestamp>)>>,
}

impl Kept {
    fn of(happenings: &[Happening]) -> Self {
        let mut kept = Self::default();
        for happening in happenings {
            let at = happening.at;
            match &happening.what {
                What::Asked(_) | What::Replied { .. } => kept.posts += 1,
                What::Flagged { flag, place, .. } => {
                    kept.flags.entry(place.post).or_default().push((*flag, at, None));
                }
                What::Judged { flag, place, .. } => kept.end(place.post, Some(*flag), at),
                What::Hidden { place, .. } => {
                    kept.hidden.insert(place.post);
                    kept.end(place.post, None, at);
                }
                What::Suspended { person, .. } => drop(kept.suspended.insert(*person)),
                _ => {}
            }
        }
        kept
    }

    fn end(&mut self, post: PostId, only: Option<FlagId>, at: Timestamp) {
        for flag in self.flags.entry(post).or_default() {
            if flag.2.is_none() && only.is_none_or(|only| only == flag.0) {
                flag.2 = Some(at);
            }
        }
    }

    /// How long each case was open, and whether it was decided: flags that overlap on a post are one.
    fn cases(&self) -> Vec<(i64, bool)> {
        let mut cases = Vec::new();
        for flags in self.flags.values() {
            let mut rest: Vec<(Timestamp, Option<Timestamp>)> =
                flags.iter().map(|flag| (flag.1, flag.2)).collect();
            rest.sort_unstable();
            while !rest.is_empty() {
                let (start, mut end) = rest.remove(0);
                while rest.first().is_some_and(|next| end.is_none_or(|end| next.0 <= end)) {
                    end = end.zip(rest.remove(0).1).map(|(one, other)| one.max(other));
                }
                cases.push((end.unwrap_or(NOW).since(start), end.is_some()));
            }
        }
        cases
    }
}

/// Kaplan and Meier's share of cases still open after `limit` milliseconds.
fn still_open(cases: &[(i64, bool)], limit: i64) -> f64 {
    let ends: BTreeSet<i64> =
        cases.iter().filter(|case| case.1 && case.0 <= limit).map(|case| case.0).collect();
    let factor = |end: i64| {
        let at_risk = cases.iter().filter(|case| case.0 >= end).count() as f64;
        1.0 - cases.iter().filter(|case| **case == (end, true)).count() as f64 / at_risk
    };
    ends.into_iter().map(factor).product()
}

fn figure<'a>(all: &'a [Figure], id: &str) -> &'a Figure {
    all.iter().find(|figure| figure.id == id).unwrap_or_else(|| panic!("no figure {id}"))
}

#[track_caller]
fn near(all: &[Figure], id: &str, expect: f64) {
    let value = figure(all, id).value.unwrap_or(f64::NAN);
    assert!((value - expect).abs() < 1e-9, "{id} is {value}, not {expect}");
}

/// What the truth noted while the story was told is what the happenings say.
#[test]
fn the_truth_is_what_happened() -> Result<()> {
    let (happenings, truth) = told()?;
    let expected = Expected::without(&spammers(&happenings, &truth), &happenings);
    for (day, count) in (0..).zip(truth.contributing_by_day.iter().take(DAYS as usize)) {
        assert_eq!(expected.contributing(day, 1), u64::from(*count), "day {day}");
    }
    assert_eq!(expected.threads.len(), truth.questions.len());
    for question in &truth.questions {
        let thread = expected.threads.get(&question.topic).expect("a question of the truth");
        assert_eq!(thread.asked, question.asked);
        // The truth does not look at what was taken away later.
        let answered = thread.answered(&HashSet::new());
        assert_eq!(answered.map(|answer| answer.0), question.answered);
        assert!(answered.is_none_or(|answer| answer.1 == question.by_staff));
        assert_eq!(thread.solved(&HashSet::new()), question.accepted);
    }
    Ok(())
}

#[test]
fn the_metrics_find_the_story_again() {
    let (happenings, truth) = told().unwrap();
    let (closed, spammers) = (closed(&happenings), spammers(&happenings, &truth));
    let expected = Expected::without(&closed, &happenings);
    let unfound = |day: i64| {
        let days = expected.days.iter().filter(|(person, _)| spammers.contains(person));
        days.filter(|(_, days)| days.contains(&day)).count() as u64
    };
    assert!(expected.threads.len() > 100 && !expected.unanswered().is_empty(), "too small to tell anything");
    let kept = Kept::of(&happenings);
    let cases = kept.cases();
    assert!(!expected.away.is_empty() && !closed.is_empty(), "nothing was taken away");
    on_each_database(|test| {
        let all = measured(test)?;
        for (id, length) in [("contributing-day", 1), ("contributing-week", 7), ("contributing-28d", 28)] {
            let series = &figure(&all, id).series;
            assert_eq!(series.len(), DAYS as usize, "{id}");
            for (day, point) in (0..).zip(series) {
                let expect = expected.contributing(day, length) as f64;
                assert_eq!(point.value, Some(expect), "{id} on {}", point.at);
            }
        }
        let series = &figure(&all, "contributing-day").series;
        for ((day, point), known) in (0..).zip(series).zip(&truth.contributing_by_day) {
            let known = u64::from(*known) + unfound(day);
            assert_eq!(point.value, Some(known as f64), "the truth of {}", point.at);
        }
        for (id, limit) in [
            ("answered-within-1h", 1),
            ("answered-within-4h", 4),
            ("answered-within-24h", 24),
            ("answered-within-72h", 72),
        ] {
            near(&all, id, 1.0 - expected.still_waiting(limit * HOUR));
        }
        near(&all, "unanswered-72h", expected.still_waiting(72 * HOUR));
        near(&all, "first-response-median", expected.median().unwrap_or(-1) as f64 / HOUR as f64);
        let waiting = expected.unanswered();
        let oldest = waiting.iter().min().map_or(-1, |asked| NOW.since(*asked));
        near(&all, "unanswered-open", waiting.len() as f64);
        near(&all, "unanswered-oldest", oldest as f64 / HOUR as f64);
        let (solved, judged) = expected.solutions();
        let rate = figure(&all, "solution-rate-28d");
        assert_eq!((rate.k, rate.n), (Some(solved), Some(judged)));
        assert!(solved > 20, "{solved} of {judged}");
        let acted = (kept.hidden.len() + kept.suspended.len()) as u64;
        let rate = figure(&all, "intervention-rate");
        assert_eq!((rate.k, rate.n), (Some(acted), Some(kept.posts)), "what staff did");
        let decided = cases.iter().filter(|case| case.1).count();
        let time = figure(&all, "resolution-median");
        assert_eq!(time.n, Some(cases.len() as u64), "what was reported");
        assert!(decided > 5 && acted > 5, "too little to tell anything");
        let mut ended: Vec<i64> = cases.iter().filter(|case| case.1).map(|case| case.0).collect();
        ended.sort_unstable();
        let median = ended.into_iter().find(|end| still_open(&cases, *end) < 0.5 + 1e-9);
        assert_eq!(time.value, median.map(|millis| millis as f64 / HOUR as f64), "of {cases:?}");
        Ok(())
    });
}
