//! Looking at themes: the lists, and one of them with everything that is known.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{PersonId, ThemeId, TopicId};
use mainstreet_kernel::{Result, Timestamp};

use super::model::{Kind, Step, Theme, Turn};
use super::ranking::{self, List, RANKED, Ranked, TREND_BEFORE, TREND_WEEKS, rank, tally};
use super::store::{self, shown, trends};
use super::trends::Trended;
use crate::conflicts::alarms::{self, Alarms};
use crate::metrics::rates::Share;

/// Conversations shown of a theme.
const TURNS: usize = 300;
/// Quotes of a theme.
const QUOTES: usize = 3;
/// Steps shown of its history.
const STEPS: usize = 50;
/// Themes to choose from.
const CHOICES: usize = 300;
/// How far back counting looks.
const LOOKED_AT: i64 = 7 * DAY * TREND_WEEKS as i64;

/// A theme in a list.
#[derive(Clone, Debug)]
pub struct Line {
    /// The theme.
    pub theme: Theme,
    /// Its counts.
    pub ranked: Ranked,
    /// Its most central conversations by different people.
    pub quotes: Vec<Turn>,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Overview {
    /// What trends, on whatever page and list.
    pub trending: Vec<Line>,
    /// The themes of the page.
    pub lines: Vec<Line>,
    /// How many themes each list holds, in the order of [`List::ALL`].
    pub counts: Vec<usize>,
    /// How often a theme would have trended over the last year.
    pub year: Alarms,
}

/// Some of the themes of `list`, ranked, from `skip` on.
///
/// # Errors
/// Those of the database.
pub fn list(tx: &mut Tx<'_>, list: List, skip: usize, limit: usize) -> Result<Overview> {
    let now = tx.now();
    let mut facts = shown::facts(tx, now.plus(-(alarms::DAYS + TREND_BEFORE + 1) * DAY))?;
    let year = ranking::year(&facts, now);
    facts.retain(|fact| fact.at > now.plus(-LOOKED_AT));
    let counts = List::ALL.iter().map(|list| rank(&facts, *list, now).len()).collect();
    let all = rank(&facts, List::All, now);
    let trending = all.into_iter().filter(|ranked| ranked.trending.is_some()).collect();
    let page = rank(&facts, list, now).into_iter().skip(skip).take(limit).collect();
    Ok(Overview { trending: lines(tx, trending)?, lines: lines(tx, page)?, counts, year })
}

fn lines(tx: &mut Tx<'_>, ranked: Vec<Ranked>) -> Result<Vec<Line>> {
    let ids: Vec<ThemeId> = ranked.iter().map(|ranked| ranked.theme).collect();
    let mut themes: HashMap<ThemeId, Theme> =
        store::find_all(tx, &ids)?.into_iter().map(|theme| (theme.id, theme)).collect();
    let mut lines = Vec::with_capacity(ranked.len());
    for ranked in ranked {
        if let Some(theme) = themes.remove(&ranked.theme) {
            lines.push(Line { quotes: quotes(tx, theme.id)?, theme, ranked });
        }
    }
    Ok(lines)
}

/// The most central conversations of the last 90 days, each by another person.
fn quotes(tx: &mut Tx<'_>, theme: ThemeId) -> Result<Vec<Turn>> {
    let from = tx.now().plus(-RANKED);
    let mut people = BTreeSet::new();
    let mut quotes = shown::central(tx, theme, from, 8 * QUOTES)?;
    quotes.retain(|turn| people.insert(turn.person));
    quotes.truncate(QUOTES);
    Ok(quotes)
}

/// Somebody who asked.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// How many conversations they began.
    pub times: usize,
    /// The latest of them.
    pub latest: Turn,
    /// When they were told how it ended.
    pub told_at: Option<Timestamp>,
}

/// A theme with everything that is known.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The theme.
    pub theme: Theme,
    /// Its counts.
    pub ranked: Ranked,
    /// Different people by what they began one for, most first.
    pub kinds: Vec<(Kind, usize)>,
    /// Its most central conversations by different people.
    pub quotes: Vec<Turn>,
    /// Its conversations, latest first.
    pub turns: Vec<Turn>,
    /// How many there are in all.
    pub all: usize,
    /// Who asked, who waits longest to be told first.
    pub askers: Vec<Asker>,
    /// Of those who asked, who was told: the loop-closed rate.
    pub told: Share,
    /// Its history, latest first.
    pub steps: Vec<Step>,
    /// The times that it trended, latest first.
    pub trended: Vec<Trended>,
}

/// A theme with everything that is known. What joined another is shown as that one.
///
/// # Errors
/// `NotFound` for none, and those of the database.
pub fn show(tx: &mut Tx<'_>, id: ThemeId) -> Result<Shown> {
    let mut theme = store::find(tx, id)?;
    // Each step leads to one that stands longer; a bound all the same, for a table somebody edited.
    for _ in 0..1_000 {
        let Some(next) = theme.merged_into else { break };
        theme = store::find(tx, next)?;
    }
    let now = tx.now();
    let facts = shown::facts_of(tx, theme.id)?;
    let mut people: BTreeMap<Kind, BTreeSet<PersonId>> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.counts) {
        people.entry(fact.kind).or_default().insert(fact.person);
    }
    let mut kinds: Vec<(Kind, usize)> =
        people.into_iter().map(|(kind, people)| (kind, people.len())).collect();
    kinds.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let turns = shown::turns(tx, theme.id, TURNS)?;
    let askers = askers(tx, theme.id)?;
    let told = askers.iter().filter(|asker| asker.told_at.is_some()).count() as u64;
    Ok(Shown {
        ranked: tally(theme.id, &facts, now),
        kinds,
        quotes: quotes(tx, theme.id)?,
        turns,
        all: facts.len(),
        told: Share::new(told, askers.len() as u64),
        askers,
        steps: store::steps(tx, theme.id, STEPS)?,
        trended: trends::of(tx, theme.id)?,
        theme,
    })
}

fn askers(tx: &mut Tx<'_>, theme: ThemeId) -> Result<Vec<Asker>> {
    let told: HashMap<PersonId, Timestamp> = store::told(tx, theme)?.into_iter().collect();
    let mut all: BTreeMap<PersonId, Asker> = BTreeMap::new();
    for turn in shown::turns(tx, theme, usize::from(u16::MAX))?.into_iter().filter(|turn| turn.counts) {
        let asker = all.entry(turn.person).or_insert_with(|| Asker {
            person: turn.person,
            name: turn.name.clone(),
            times: 0,
            told_at: told.get(&turn.person).copied(),
            latest: turn,
        });
        asker.times += 1;
    }
    let mut all: Vec<Asker> = all.into_values().collect();
    all.sort_by_key(|asker| (asker.told_at.is_some(), asker.latest.at, asker.person));
    Ok(all)
}

/// Other themes, the largest first, to choose one from.
///
/// # Errors
/// Those of the database.
pub fn choices(tx: &mut Tx<'_>, but: ThemeId) -> Result<Vec<(ThemeId, String)>> {
    shown::choices(tx, but, CHOICES)
}

/// The theme that a conversation belongs to.
///
/// # Errors
/// Those of the database.
pub fn of_topic(tx: &mut Tx<'_>, topic: TopicId) -> Result<Option<ThemeId>> {
    shown::theme_of(tx, topic)
}
