//! How far the reading agrees with people here, over time and word by word, and what was tried.

use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::EntryId;
use mainstreet_kernel::{Error, Result, Timestamp};
use mainstreet_language::Weights;
use mainstreet_language::local::Judgement;

use super::learning::{EVERY, NEWS};
use super::store::{self, LeftOut, Turn, Version};
use super::{Drift, actions, again, drift, reader};

/// Attempts and turns shown.
const SHOWN: usize = 20;
/// Spans of time shown.
const SPANS: i64 = 12;

/// How people agreed in a span of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Of what.
    pub judgement: Judgement,
    /// From when.
    pub from: Timestamp,
    /// Until before when.
    pub to: Timestamp,
    /// What they said.
    pub answers: i64,
    /// Of these, the same as the reading.
    pub agreed: i64,
}

/// What the reading said against what people said: a row for each of its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    /// Of what.
    pub judgement: Judgement,
    /// The words, in the order of rows and columns.
    pub words: &'static [&'static str],
    /// Counts, by what the reading said and then by what people said.
    pub counts: Vec<Vec<i64>>,
}

impl Confusion {
    /// How many answers there are.
    pub fn all(&self) -> i64 {
        self.counts.iter().flatten().sum()
    }

    /// How many agree.
    pub fn agreed(&self) -> i64 {
        self.counts.iter().enumerate().filter_map(|(at, row)| row.get(at)).sum()
    }
}

/// Everything the page says of what was learnt here.
#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    /// What texts are read with.
    pub in_force: String,
    /// What ships.
    pub shipped: &'static str,
    /// What rules are run with.
    pub rules: String,
    /// Rules that ask for a measure, and whether they act.
    pub measuring: Vec<(String, bool)>,
    /// A person chose the version in force.
    pub held: bool,
    /// A person asked for an attempt.
    pub asked: bool,
    /// Answers in all.
    pub answers: i64,
    /// How many more answers make the next attempt; 0: it comes by itself.
    pub missing: i64,
    /// When the next attempt may be made at the earliest.
    pub next_at: Option<Timestamp>,
    /// Attempts, latest first.
    pub versions: Vec<Version>,
    /// What was in force from when, latest first.
    pub turns: Vec<Turn>,
    /// Whose answers are left out.
    pub left_out: Vec<LeftOut>,
    /// Agreement over time, by judgement and then by time.
    pub periods: Vec<Period>,
    /// Versions that people answered.
    pub models: Vec<String>,
    /// What changed in what members write; none: it was not looked at yet.
    pub drift: Option<Drift>,
    /// Open items that another version read.
    pub older: usize,
}

/// Gathers it.
pub fn overview(tx: &mut Tx<'_>) -> Result<Overview> {
    let versions = store::versions(tx, SHOWN)?;
    let (answers, _) = store::count_answers(tx)?;
    let last = versions.first();
    let news = store::answers_after(tx, last.map_or(EntryId(0), |version| version.last_answer))?;
    let now = tx.now();
    Ok(Overview {
        in_force: reader::in_force(tx)?.name().to_owned(),
        shipped: Weights::shipped().name(),
        rules: reader::of_rules(tx)?.name().to_owned(),
        measuring: crate::rules::measuring(tx)?,
        held: store::mark(tx, actions::HELD)?.is_some(),
        asked: store::mark(tx, actions::ASKED)?.is_some(),
        answers,
        missing: (NEWS - news).max(0),
        next_at: last.map(|version| version.at.plus(EVERY)).filter(|at| *at > now),
        turns: store::turns(tx, SHOWN)?,
        left_out: store::left_out(tx)?,
        periods: periods(tx)?,
        models: store::models(tx)?,
        drift: drift::last(tx)?,
        older: again::older(tx)?.len(),
        versions,
    })
}

/// Weeks, or, where answers reach further back than twelve of them, spans of four weeks.
fn periods(tx: &mut Tx<'_>) -> Result<Vec<Period>> {
    let now = tx.now();
    let Some(first) = store::first_answer(tx)? else { return Ok(Vec::new()) };
    let length = if now.since(first) <= SPANS * 7 * DAY { 7 * DAY } else { 28 * DAY };
    let from = Timestamp((now.0 / length - SPANS + 1) * length);
    let mut all: Vec<Period> = store::agreement(tx, from, length)?
        .into_iter()
        .map(|(judgement, span, answers, agreed)| {
            let from = Timestamp(span * length);
            Period { judgement, from, to: from.plus(length), answers, agreed }
        })
        .collect();
    all.sort_by_key(|period| (period.judgement, period.from));
    Ok(all)
}

/// Word by word, of one version or (with an empty name) of all.
pub fn confusion(tx: &mut Tx<'_>, judgement: Judgement, model: &str) -> Result<Confusion> {
    let words = judgement.words();
    let mut counts = vec![vec![0; words.len()]; words.len()];
    for (was, became, count) in store::confusion(tx, judgement, model)? {
        let (Some(row), Some(column)) = (judgement.class(&was), judgement.class(&became)) else { continue };
        if let Some(cell) = counts.get_mut(row).and_then(|row| row.get_mut(column)) {
            *cell += count;
        }
    }
    Ok(Confusion { judgement, words, counts })
}

/// An attempt, with the names of the people in its figures.
///
/// # Errors
/// `NotFound`.
pub fn version(tx: &mut Tx<'_>, id: EntryId) -> Result<(Version, Vec<(i64, String)>)> {
    let found = store::version(tx, id)?.ok_or_else(|| Error::not_found("There was no such attempt."))?;
    let people = found.figures.iter().flat_map(|figures| &figures.people);
    let mut people: Vec<i64> = people.map(|one| one.person).collect();
    people.sort_unstable();
    people.dedup();
    let names = store::names(tx, &people)?;
    Ok((found, names))
}
