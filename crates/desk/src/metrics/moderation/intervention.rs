//! How often staff step in (2.19 of the design), and what stands beside it: coverage, and the check on silence.

use std::collections::BTreeSet;

use mainstreet_db::Tx;
use mainstreet_kernel::{Result, Timestamp};

use super::facts::{Deed, Facts, Week};
use super::{BAND_LEAST, BAND_WEEKS, clause_word, parts, per_thousand, thousandth};
use crate::metrics::figure::{Figure, Point};
use crate::metrics::figures::Query;
use crate::metrics::participation::median;
use crate::metrics::rates::{Interval, Share};
use crate::metrics::store;

/// Weeks without a human act after which somebody must ask whether flags reach anyone, and the posts it takes.
const SILENCE: (usize, u64) = (4, 500);

pub(super) fn figures(tx: &mut Tx<'_>, query: &Query, facts: &Facts) -> Result<Vec<Figure>> {
    let human = |deed: &&Deed| deed.is_human() && deed.intervenes();
    let program = |deed: &&Deed| !deed.is_human() && deed.intervenes();
    let by = |name: &'static str, key: fn(&Deed) -> &str| -> Result<Figure> {
        let all = parts(facts.within().filter(human).map(|deed| (key(deed), deed.unit())));
        let series = all.into_iter().map(|(part, k)| thousandth(part, k, facts.posts)).collect();
        Ok(Figure {
            series,
            ..per_thousand(query.figure(name)?, count(facts.within().filter(human)), facts.posts)
        })
    };
    Ok(vec![
        rate(query, facts, "intervention-rate", human)?,
        by("intervention-by-source", |deed| source_word(&deed.source))?,
        by("intervention-by-clause", |deed| clause_word(&deed.clause))?,
        rate(query, facts, "intervention-automatic", program)?,
        reversed(query, facts)?,
        silence(query, facts)?,
        coverage(tx, query, facts)?,
    ])
}

/// The words for how staff came to look.
pub(super) fn source_word(source: &str) -> &'static str {
    match source {
        "flag" => "a member's flag",
        "rule" => "a rule",
        "program" => "machine reading",
        "appeal" => "an appeal",
        _ => "a moderator's own reading",
    }
}

fn count<'a>(deeds: impl Iterator<Item = &'a Deed>) -> u64 {
    deeds.map(Deed::unit).collect::<BTreeSet<i64>>().len() as u64
}

fn rate(query: &Query, facts: &Facts, id: &str, counts: fn(&&Deed) -> bool) -> Result<Figure> {
    let of = |week: &Week| {
        let deeds =
            || facts.deeds.iter().filter(counts).filter(|deed| deed.at >= week.from && deed.at < week.to);
        (count(deeds()), count(deeds().filter(|deed| deed.undone_at.is_some())))
    };
    let rates: Vec<Option<f64>> =
        facts.weeks.iter().map(|week| thousandth("", of(week).0, week.posts).value).collect();
    let mut above = Vec::new();
    let mut series = Vec::new();
    for (place, week) in facts.shown() {
        let (k, undone) = of(week);
        let normal = band(rates.get(..place).unwrap_or_default());
        let partial = !facts.is_over(week, query);
        let point = thousandth(week.monday.to_string(), k, week.posts);
        if !partial && normal.zip(point.value).is_some_and(|(normal, value)| value > normal.high) {
            above.push(week.monday.to_string());
        }
        series.push(Point {
            partial,
            reversed: Some(undone),
            normal: normal.map(|normal| [normal.low, normal.high]),
            ..point
        });
    }
    let figure = query.figure(id)?;
    let figure = Figure { series, ..per_thousand(figure, count(facts.within().filter(counts)), facts.posts) };
    Ok(if above.is_empty() {
        figure
    } else {
        figure
            .noted(format!("Above this community's own band in the week of {}: look why.", above.join(", ")))
    })
}

/// From where to where weekly rates usually lie here: the median of the last 26 weeks with posts, and three robust
/// standard deviations (1.4826 times the median distance from it) to both sides. Nothing with fewer than 13.
pub(super) fn band(before: &[Option<f64>]) -> Option<Interval> {
    let mut last: Vec<f64> = before.iter().rev().take(BAND_WEEKS).filter_map(|rate| *rate).collect();
    if last.len() < BAND_LEAST {
        return None;
    }
    let middle = median(&mut last)?;
    let mut distances: Vec<f64> = last.iter().map(|rate| (rate - middle).abs()).collect();
    let reach = 3.0 * 1.4826 * median(&mut distances)?;
    Some(Interval { low: (middle - reach).max(0.0), high: middle + reach })
}

fn reversed(query: &Query, facts: &Facts) -> Result<Figure> {
    let human = || facts.within().filter(|deed| deed.is_human() && deed.intervenes());
    let undone = count(human().filter(|deed| deed.undone_at.is_some()));
    Ok(query.figure("intervention-reversed")?.share(Share::new(undone, count(human()))))
}

/// Full weeks at the end without a human act, and the posts in them.
fn silence(query: &Query, facts: &Facts) -> Result<Figure> {
    let over = facts.weeks.iter().rev().filter(|week| facts.is_over(week, query));
    let silent: Vec<&Week> = over
        .take_while(|week| {
            let acted = |deed: &Deed| {
                deed.is_human() && deed.intervenes() && deed.at >= week.from && deed.at < week.to
            };
            !facts.deeds.iter().any(acted)
        })
        .collect();
    let posts: u64 = silent.iter().map(|week| week.posts).sum();
    let figure = query.figure("intervention-silence")?;
    let figure = Figure { value: Some(silent.len() as f64), n: Some(posts), ..figure };
    let since = silent.last().map_or(facts.until, |week| week.from);
    let decided = facts.flags.iter().filter(|flag| flag.end.is_some_and(|end| end >= since)).count();
    let reached = match decided {
        0 => "Not one flag was decided in that time.".to_owned(),
        n => format!("Flags decided in that time: {n}."),
    };
    Ok(if silent.len() >= SILENCE.0 && posts >= SILENCE.1 {
        figure.noted(format!(
            "No moderator stepped in for {} weeks and {posts} posts. Do flags reach someone? {reached} Flag a post of your own team and see whether it comes up in the inbox.",
            silent.len()
        ))
    } else {
        figure
    })
}

/// Which part of the posts somebody or something has looked at.
fn coverage(tx: &mut Tx<'_>, query: &Query, facts: &Facts) -> Result<Figure> {
    let (watched, unwatched) = watch(&store::rule_turns(tx)?, facts.from, facts.until);
    let by_rule: u64 = store::published(tx, query.space, &watched)?.iter().sum();
    let mut read = 0;
    for stretch in &unwatched {
        read += store::read_by_staff(tx, query.space, *stretch)?;
    }
    let by_staff = store::read_by_staff(tx, query.space, (facts.from, facts.until))?;
    let share = |hits: u64| Share::new(hits, facts.posts);
    let series =
        vec![Point::share("read by staff", share(by_staff)), Point::share("tried by a rule", share(by_rule))];
    Ok(Figure { series, ..query.figure("coverage")?.share(share(by_rule + read)) })
}

type Stretches = Vec<(Timestamp, Timestamp)>;

/// When at least one rule looked, and when none did.
fn watch(turns: &[(i64, bool, Timestamp)], from: Timestamp, to: Timestamp) -> (Stretches, Stretches) {
    let (mut on, mut off) = (Vec::new(), Vec::new());
    let mut looking: BTreeSet<i64> = BTreeSet::new();
    let mut since = from;
    let mut until = |end: Timestamp, any: bool| {
        let end = end.clamp(from, to);
        if end > since {
            if any {
                on.push((since, end));
            } else {
                off.push((since, end));
            }
            since = end;
        }
    };
    for (rule, looks, at) in turns {
        let before = !looking.is_empty();
        if *looks {
            looking.insert(*rule)
        } else {
            looking.remove(rule)
        };
        if before == looking.is_empty() {
            until(*at, before);
        }
    }
    until(to, !looking.is_empty());
    (on, off)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_is_the_communitys_own() {
        let weeks: Vec<Option<f64>> =
            [4.0, 6.0, 5.0, 5.0, 7.0, 3.0, 5.0, 4.0, 6.0, 5.0, 5.0, 4.0, 6.0].into_iter().map(Some).collect();
        // Median 5; distances 1 1 0 0 2 2 0 1 1 0 0 1 1, their median 1: 5 ± 4.4478.
        let found = band(&weeks).unwrap();
        assert!((found.low - 0.5522).abs() < 1e-9 && (found.high - 9.4478).abs() < 1e-9, "{found:?}");
        assert_eq!(band(&weeks[..12]), None, "twelve weeks are too few");
        let quiet = [&[None; 20], weeks.as_slice()].concat();
        assert_eq!(band(&quiet).map(|band| band.high), Some(found.high), "weeks without posts say nothing");
    }

    #[test]
    fn rules_look_from_their_first_turn_on() {
        let at = Timestamp;
        let turns =
            [(1, true, at(20)), (2, true, at(30)), (1, false, at(40)), (2, false, at(50)), (1, true, at(90))];
        let (on, off) = watch(&turns, at(25), at(80));
        assert_eq!(on, [(at(25), at(50))]);
        assert_eq!(off, [(at(50), at(80))]);
        assert_eq!(watch(&[], at(0), at(9)), (vec![], vec![(at(0), at(9))]));
        assert_eq!(watch(&turns, at(95), at(99)), (vec![(at(95), at(99))], vec![]));
    }
}
