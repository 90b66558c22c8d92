//! How good decisions are (2.22 of the design): reversals, appeals, rules' precision, agreement, equity.

use std::collections::{BTreeMap, BTreeSet};

use mainstreet_db::Tx;
use mainstreet_kernel::Result;
use mainstreet_kernel::clock::DAY;

use super::facts::{Deed, Facts, Look};
use super::{NEWCOMER, clause_word, difference};
use crate::metrics::agreement::Table;
use crate::metrics::figure::{Figure, Point};
use crate::metrics::figures::Query;
use crate::metrics::rates::{Share, mantel_haenszel, newcombe};
use crate::metrics::store;
use crate::rules::{self, gates};

/// A decision can be judged by whether it was taken back within this time.
const JUDGED_AFTER: i64 = 30 * DAY;

pub(super) fn figures(tx: &mut Tx<'_>, query: &Query, facts: &Facts) -> Result<Vec<Figure>> {
    let mut all = reversals(query, facts)?;
    all.extend(appeals(tx, query, facts)?);
    all.push(precision(tx, query)?);
    all.extend(agreement(tx, query)?);
    all.extend(equity(tx, query, facts)?);
    Ok(all)
}

/// Decisions of the window that restrict somebody and are thirty days old.
fn ripe(facts: &Facts) -> impl Iterator<Item = &Deed> {
    let old = |deed: &&Deed| deed.at.plus(JUDGED_AFTER) <= facts.until;
    facts.within().filter(|deed| deed.restricts()).filter(old)
}

fn was_reversed(deed: &Deed) -> bool {
    deed.undone_at.is_some_and(|at| at <= deed.at.plus(JUDGED_AFTER))
}

/// How many of these were reversed.
pub(super) fn reversed<'a>(deeds: impl Iterator<Item = &'a Deed>) -> Share {
    let (mut hits, mut trials) = (0, 0);
    for deed in deeds {
        trials += 1;
        hits += u64::from(was_reversed(deed));
    }
    Share::new(hits, trials)
}

/// Shares by name, those with most first.
fn by_name(named: BTreeMap<String, Vec<&Deed>>) -> Vec<Point> {
    let mut all: Vec<(String, Share)> =
        named.into_iter().map(|(name, deeds)| (name, reversed(deeds.into_iter()))).collect();
    all.sort_by(|a, b| b.1.trials.cmp(&a.1.trials).then_with(|| a.0.cmp(&b.0)));
    all.into_iter().map(|(name, share)| Point::share(name, share)).collect()
}

fn reversals(query: &Query, facts: &Facts) -> Result<Vec<Figure>> {
    let human = || ripe(facts).filter(|deed| deed.is_human());
    let program = || ripe(facts).filter(|deed| !deed.is_human());
    let (mut clauses, mut rules) = (BTreeMap::new(), BTreeMap::new());
    for deed in human() {
        clauses.entry(clause_word(&deed.clause).to_owned()).or_insert_with(Vec::new).push(deed);
    }
    for deed in program() {
        let name = deed.rule.clone().unwrap_or_else(|| "weighed flags and older rows".to_owned());
        rules.entry(name).or_insert_with(Vec::new).push(deed);
    }
    let told = |figure: Figure, share: Share| {
        if share.trials == 0 {
            figure.noted(
                "No decision of this window is thirty days old yet. Choose a longer or an earlier one.",
            )
        } else {
            figure
        }
    };
    let (by_people, by_programs) = (reversed(human()), reversed(program()));
    Ok(vec![
        told(
            Figure { series: by_name(clauses), ..query.figure("reversal-rate")?.share(by_people) },
            by_people,
        ),
        told(
            Figure { series: by_name(rules), ..query.figure("reversal-rate-automatic")?.share(by_programs) },
            by_programs,
        ),
    ])
}

/// How many were appealed, and how many of the decided appeals were right: each is read with the other.
fn appeals(tx: &mut Tx<'_>, query: &Query, facts: &Facts) -> Result<Vec<Figure>> {
    let open: BTreeSet<i64> = facts
        .within()
        .filter(|deed| deed.decision != 0 && deed.restricts())
        .map(|deed| deed.decision)
        .collect();
    let made: Vec<String> = store::appeals_against(tx, (facts.from, facts.until))?
        .into_iter()
        .filter(|(decision, _)| open.contains(decision))
        .map(|(_, state)| state)
        .collect();
    let count = |word: &str| made.iter().filter(|state| *state == word).count() as u64;
    let (overturned, upheld) = (count("overturned"), count("upheld"));
    let rate = Share::new(made.len() as u64, open.len() as u64);
    let right = Share::new(overturned, overturned + upheld);
    let beside = format!(
        "{} of {} decisions were appealed; {overturned} of {} decided appeals were right.",
        rate.hits, rate.trials, right.trials
    );
    Ok(vec![
        query.figure("appeal-rate")?.share(rate).noted(beside.clone()),
        query.figure("overturn-rate")?.share(right).noted(beside),
    ])
}

/// Of the matches that people have looked at, those that were right: by rule, as the page of each rule has it.
fn precision(tx: &mut Tx<'_>, query: &Query) -> Result<Figure> {
    let matching: BTreeSet<i64> = store::matching_rules(tx)?.into_iter().collect();
    let (mut hits, mut trials, mut series) = (0, 0, Vec::new());
    for kept in rules::all(tx)?.into_iter().filter(|kept| matching.contains(&kept.id.0)) {
        let seen = gates::reviewed(tx, &kept, query.space)?;
        hits += seen.k;
        trials += seen.n;
        series.push(Point::share(kept.name.clone(), Share::new(seen.k, seen.n)));
    }
    let figure = Figure { series, ..query.figure("rule-precision")?.share(Share::new(hits, trials)) };
    Ok(if trials == 0 { figure.noted("Nobody has judged a match of a rule yet.") } else { figure })
}

/// Who said what, first and second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    /// Fine or a breach.
    pub verdicts: Table,
    /// Fine, or which clause.
    pub clauses: Table,
    /// Second looks that could not tell; they are in neither table.
    pub unclear: u64,
}

/// The tables behind the figures of agreement.
///
/// # Errors
/// The window is empty or lies in the future.
pub fn confusion(tx: &mut Tx<'_>, query: &Query) -> Result<Confusion> {
    query.check()?;
    let looks = store::looked_again(tx, query.space, (query.from, query.until()))?;
    let told: Vec<&Look> = looks.iter().filter(|look| look.second.0 != "unclear").collect();
    let clause = |said: &'_ (String, String)| -> String {
        if said.0 == "fine" { "fine".to_owned() } else { clause_word(&said.1).to_owned() }
    };
    let clauses: Vec<(String, String)> =
        told.iter().map(|look| (clause(&look.first), clause(&look.second))).collect();
    Ok(Confusion {
        verdicts: Table::of(told.iter().map(|look| (look.first.0.as_str(), look.second.0.as_str()))),
        clauses: Table::of(clauses.iter().map(|(first, second)| (first.as_str(), second.as_str()))),
        unclear: (looks.len() - told.len()) as u64,
    })
}

fn agreement(tx: &mut Tx<'_>, query: &Query) -> Result<Vec<Figure>> {
    let found = confusion(tx, query)?;
    let figure = |id: &str, table: &Table| -> Result<Figure> {
        let kappa = table.kappa();
        // Where all agree there is no spread to estimate from: that is no certainty.
        let spread = kappa.filter(|kappa| kappa.error > 0.0);
        let figure = Figure {
            value: kappa.map(|kappa| kappa.value),
            low: spread.map(|kappa| kappa.interval.low),
            high: spread.map(|kappa| kappa.interval.high),
            n: Some(table.total()),
            k: Some(table.agreed()),
            ..query.figure(id)?
        };
        Ok(match (table.total(), kappa) {
            (0, _) => figure.noted("No second look was given in this window."),
            (_, None) => figure
                .noted("Both always said the same one thing, so agreement beyond chance cannot be told."),
            (n, Some(_)) if n < 50 => figure.noted("From fewer than 50 second looks: no more than a hint."),
            _ => figure,
        })
    };
    Ok(vec![figure("agreement", &found.verdicts)?, figure("agreement-clause", &found.clauses)?])
}

/// Newcomers and everybody else: acted on, reversed, and treated for the same clause.
fn equity(tx: &mut Tx<'_>, query: &Query, facts: &Facts) -> Result<Vec<Figure>> {
    let new_posts = store::published_by_new(tx, query.space, (facts.from, facts.until), NEWCOMER)?;
    let units = |new: bool| {
        let acted = facts.within().filter(|deed| deed.is_human() && deed.intervenes());
        acted.filter(|deed| deed.is_about_newcomer() == new).map(Deed::unit).collect::<BTreeSet<i64>>().len()
            as u64
    };
    let (acted_new, acted_old) =
        (Share::new(units(true), new_posts), Share::new(units(false), facts.posts.saturating_sub(new_posts)));
    let back =
        |new: bool| reversed(ripe(facts).filter(|deed| deed.is_human() && deed.is_about_newcomer() == new));
    let (back_new, back_old) = (back(true), back(false));
    let pair = |new: Share, old: Share| vec![Point::share("newcomers", new), Point::share("others", old)];
    let strata = strata(facts);
    let pooled = |part: fn(&(Share, Share)) -> Share| {
        strata
            .iter()
            .map(part)
            .fold(Share::new(0, 0), |sum, one| Share::new(sum.hits + one.hits, sum.trials + one.trials))
    };
    let (harsh_new, harsh_old) = (pooled(|pair| pair.0), pooled(|pair| pair.1));
    let harsher = mantel_haenszel(&strata);
    // No spread within any clause: the formula would claim to be certain from a handful of people.
    let sure = harsher.is_some_and(|(_, error)| error > 1e-9);
    let total = harsh_new.trials + harsh_old.trials;
    let harshness = Figure {
        series: pair(harsh_new, harsh_old),
        ..difference(query.figure("equity-harshness")?, harsher.map(|found| found.0), total)
    };
    let harshness = match (sure, harsher) {
        (false, Some(_)) => Figure { low: None, high: None, ..harshness }
            .noted("Too few people of both kinds under one clause to say how sure this is."),
        _ => harshness,
    };
    Ok(vec![
        Figure {
            series: pair(acted_new, acted_old),
            ..difference(query.figure("equity-actions")?, newcombe(acted_new, acted_old), facts.posts)
        },
        Figure {
            series: pair(back_new, back_old),
            ..difference(
                query.figure("equity-reversals")?,
                newcombe(back_new, back_old),
                back_new.trials + back_old.trials,
            )
        },
        harshness,
    ])
}

/// For each clause: of the people found to have broken it, newcomers and others, how many were restricted themselves.
fn strata(facts: &Facts) -> Vec<(Share, Share)> {
    let mut by: BTreeMap<&str, BTreeMap<i64, (bool, bool)>> = BTreeMap::new();
    for deed in facts.within().filter(|deed| deed.is_human() && deed.restricts() && !deed.clause.is_empty()) {
        let people = by.entry(deed.clause.as_str()).or_default();
        let of = people.entry(deed.person.0).or_insert((deed.is_about_newcomer(), false));
        of.1 |= deed.restricts_member();
    }
    let share = |people: &BTreeMap<i64, (bool, bool)>, new: bool| {
        let those = || people.values().filter(|one| one.0 == new);
        Share::new(those().filter(|one| one.1).count() as u64, those().count() as u64)
    };
    by.values().map(|people| (share(people, true), share(people, false))).collect()
}
