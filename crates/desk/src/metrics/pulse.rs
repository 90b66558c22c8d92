//! The pulse of the community for the page `Today`: four figures of the last days against the weeks before, and
//! whether the difference is more than chance.

use mainstreet_db::Tx;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::{Day, Result, Timestamp, Zone};

use super::clocks::{Population, Times};
use super::definitions::{self, Better, Definition, Unit};
use super::figure::hours;
use super::ledger::EVERYWHERE;
use super::participation::DropLimits;
use super::rates::{Interval, Share, Z95, apart, newcombe};
use super::rolling::Measure;
use super::store;
use super::survival::{Curve, Watch};

/// One line of the pulse.
#[derive(Clone, Debug, PartialEq)]
pub struct Beat {
    /// What it means.
    pub definition: &'static Definition,
    /// What is looked at, in a few words.
    pub span: &'static str,
    /// The value now, in the definition's unit.
    pub value: Option<f64>,
    /// Against the weeks before.
    pub change: Change,
    /// The last nine weeks, oldest first.
    pub course: Vec<Option<f64>>,
    /// From where to where the value usually lies.
    pub normal: Option<Interval>,
}

/// A difference to the weeks before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// There is nothing to compare.
    Unknown,
    /// The difference could be chance.
    NotClear,
    /// More than chance.
    Clear {
        /// Now minus before, in the definition's unit.
        by: f64,
        /// True when that way is the better one.
        good: bool,
    },
}

impl Change {
    fn clear(definition: &Definition, by: f64) -> Self {
        let good = match definition.better {
            Better::Higher => by > 0.0,
            Better::Lower => by < 0.0,
            Better::Neither => true,
        };
        Self::Clear { by, good }
    }
}

const WEEKS: i32 = 8;

/// Reads the pulse at `now`. Weeks are seven full days and end with yesterday.
pub fn pulse(tx: &mut Tx<'_>, now: Timestamp, zone: &Zone) -> Result<Vec<Beat>> {
    let last = zone.day_of(now).plus(-1);
    let mut beats = participation(tx, last)?;
    let start = |weeks: i32| zone.start_of(last.plus(1 - 7 * weeks));
    let read =
        |tx: &mut Tx<'_>, population| store::asked_between(tx, None, population, start(WEEKS + 1), now);
    let questions = read(tx, Population::Question)?;
    let only_topics = questions.is_empty();
    let asked = if only_topics { read(tx, Population::Topic)? } else { questions };
    let weeks: Vec<Vec<Times>> = (0..=WEEKS)
        .rev()
        .map(|back| {
            let end = if back == 0 { now } else { start(back) };
            asked
                .iter()
                .filter(|times| start(back + 1) <= times.asked_at && times.asked_at < end)
                .copied()
                .collect()
        })
        .collect();
    beats.extend(responses(&weeks, now, only_topics));
    Ok(beats)
}

fn named(id: &str) -> Option<&'static Definition> {
    definitions::find(id)
}

fn participation(tx: &mut Tx<'_>, last: Day) -> Result<Vec<Beat>> {
    let days = (last.plus(-7 * WEEKS), last);
    let week = store::active(tx, EVERYWHERE, Measure::Week, days)?;
    let month = store::active(tx, EVERYWHERE, Measure::Month, days)?;
    let repeat = store::active(tx, EVERYWHERE, Measure::Repeat, days)?;
    let ends = || (0..=WEEKS).rev().map(|back| last.plus(-7 * back));
    let counts: Vec<u64> = ends().map(|day| week.get(&day).copied().unwrap_or(0)).collect();
    let share =
        |day: &Day| Share::new(repeat.get(day).copied().unwrap_or(0), month.get(day).copied().unwrap_or(0));
    Ok(named("contributing-week")
        .map(|definition| contributing(definition, &counts))
        .into_iter()
        .chain(named("repeat-participation").map(|definition| Beat {
            definition,
            span: "28 days",
            value: share(&last).value(),
            change: match newcombe(share(&last), share(&last.plus(-28))) {
                None => Change::Unknown,
                Some(difference) if difference.is_clear() => Change::clear(definition, difference.value),
                Some(_) => Change::NotClear,
            },
            course: ends().map(|day| share(&day).value()).collect(),
            normal: share(&last.plus(-28)).value().map(|_| share(&last.plus(-28)).wilson()),
        }))
        .collect())
}

/// A week's people against the mean of the four weeks before, as Poisson counts.
fn contributing(definition: &'static Definition, counts: &[u64]) -> Beat {
    let (before, now) = counts.split_at(counts.len().saturating_sub(1));
    let now = now.first().copied().unwrap_or(0) as f64;
    let four: Vec<f64> = before.iter().rev().take(4).map(|count| *count as f64).collect();
    let mean = four.iter().sum::<f64>() / four.len().max(1) as f64;
    let reach = Z95 * (mean + mean / four.len().max(1) as f64).sqrt();
    let change = match now - mean {
        _ if mean == 0.0 => Change::Unknown,
        by if by.abs() > reach => Change::clear(definition, by),
        _ => Change::NotClear,
    };
    let normal = DropLimits::of(before)
        .map(|limits| Interval { low: limits.noise.max(0.0), high: 2.0 * limits.median - limits.noise });
    let course = counts.iter().map(|count| Some(*count as f64)).collect();
    Beat { definition, span: "7 days", value: Some(now), change, course, normal }
}

fn responses(weeks: &[Vec<Times>], now: Timestamp, only_topics: bool) -> Vec<Beat> {
    let curve = |weeks: &[Vec<Times>]| {
        let watches: Vec<Watch> = weeks.iter().flatten().map(|times| times.watch_response(now)).collect();
        Curve::of(&watches)
    };
    let (before, this) = weeks.split_at(weeks.len().saturating_sub(1));
    let four = before.get(before.len().saturating_sub(4)..).unwrap_or_default();
    let (then, this) = (curve(four), curve(this));
    let course: Vec<Curve> = weeks.iter().map(|week| curve(std::slice::from_ref(week))).collect();
    let span = if only_topics { "7 days, all topics" } else { "7 days" };
    let median =
        named("first-response-median").map(|definition| median(definition, span, &then, &this, &course));
    let waiting = named("unanswered-72h").map(|definition| waiting(definition, span, &then, &this, &course));
    median.into_iter().chain(waiting).collect()
}

/// A median is clearly another when the two intervals do not meet.
fn median(
    definition: &'static Definition,
    span: &'static str,
    then: &Curve,
    now: &Curve,
    course: &[Curve],
) -> Beat {
    let (then, now) = (then.quantile(0.5), now.quantile(0.5));
    let change = match (then, now) {
        (Some(then), Some(now)) => {
            let below = now.high.zip(then.low).is_some_and(|(now, then)| now < then);
            let above = now.low.zip(then.high).is_some_and(|(now, then)| now > then);
            if below || above {
                Change::clear(definition, hours(now.millis - then.millis))
            } else {
                Change::NotClear
            }
        }
        _ => Change::Unknown,
    };
    Beat {
        definition,
        span,
        value: now.map(|now| hours(now.millis)),
        change,
        course: course.iter().map(|curve| curve.quantile(0.5).map(|found| hours(found.millis))).collect(),
        normal: then.and_then(|then| Some(Interval { low: hours(then.low?), high: hours(then.high?) })),
    }
}

fn waiting(
    definition: &'static Definition,
    span: &'static str,
    then: &Curve,
    now: &Curve,
    course: &[Curve],
) -> Beat {
    debug_assert_eq!(definition.unit, Unit::Share);
    let at = |curve: &Curve| curve.survival_at(72 * HOUR);
    let change = match (at(now), at(then)) {
        (Some(now), Some(then)) => match apart((now.value, now.interval), (then.value, then.interval)) {
            difference if difference.is_clear() => Change::clear(definition, difference.value),
            _ => Change::NotClear,
        },
        _ => Change::Unknown,
    };
    Beat {
        definition,
        span,
        value: at(now).map(|now| now.value),
        change,
        course: course.iter().map(|curve| at(curve).map(|found| found.value)).collect(),
        normal: at(then).map(|then| then.interval),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(counts: &[u64], expect: Change) {
        let definition = named("contributing-week").unwrap();
        assert_eq!(contributing(definition, counts).change, expect, "{counts:?}");
    }

    #[test]
    fn only_more_than_chance_is_a_change() {
        check(&[0, 0, 0, 0, 0, 0, 0, 0, 5], Change::Unknown);
        check(&[40, 42, 38, 41, 39, 43, 40, 42, 44], Change::NotClear);
        check(&[40, 42, 38, 41, 39, 41, 40, 40, 20], Change::Clear { by: -20.0, good: false });
        check(&[40, 42, 38, 41, 39, 41, 40, 40, 70], Change::Clear { by: 30.0, good: true });
    }
}
