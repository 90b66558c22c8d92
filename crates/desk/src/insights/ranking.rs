//! Which themes matter most: by how many different people began one, never by how many posts there are.

use std::collections::{BTreeMap, BTreeSet};

use mainstreet_kernel::Timestamp;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{PersonId, ThemeId};

use super::growth::Growth;
use super::model::Kind;
use crate::conflicts::alarms::{self, Alarms};
use crate::metrics::rates::{Share, poisson_tail};

/// The time that themes are ranked over.
pub const RANKED: i64 = 90 * DAY;
/// Weeks of a theme's trend.
pub const TREND_WEEKS: usize = 26;
/// What one person alone began is no theme of many.
const FEWEST: u64 = 2;
/// A topic trends from so many authors within a day on (`docs/guide/insights.md`).
pub(super) const TREND_AUTHORS: u64 = 5;
/// And when chance alone would bring so many less often than this.
const TREND_CHANCE: f64 = 0.001;
/// So long nothing more is said of a theme that trended.
pub(super) const QUIET: i64 = 7 * DAY;
/// The time that a day is held against.
pub(super) const TREND_BEFORE: i64 = 28;

/// A list of themes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Whatever they are for.
    All,
    /// Only what counts as this.
    Of(Kind),
}

impl List {
    /// Every one, in reading order.
    pub const ALL: &'static [Self] =
        &[Self::Of(Kind::Question), Self::Of(Kind::Request), Self::Of(Kind::Objection), Self::All];

    /// The word in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Of(Kind::Question) => "questions",
            Self::Of(Kind::Request) => "requests",
            Self::Of(Kind::Objection) => "objections",
            Self::Of(Kind::Talk) => "talk",
        }
    }

    /// The one called `word`.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|list| list.as_str() == word)
    }

    fn holds(self, kind: Kind) -> bool {
        match self {
            Self::All => true,
            Self::Of(wanted) => wanted == kind,
        }
    }
}

/// A conversation, as much as counting needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fact {
    pub theme: ThemeId,
    /// Merged identities as one.
    pub person: PersonId,
    /// False for staff and programs.
    pub counts: bool,
    pub kind: Kind,
    pub unanswered: bool,
    pub at: Timestamp,
}

/// Many authors within a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trending {
    /// Different authors in the last 24 hours.
    pub authors: u64,
    /// Authors a day that the 28 days before lead to expect.
    pub expected: f64,
    /// How likely so many are by chance alone.
    pub chance: f64,
}

/// What a list says of a theme.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// Which.
    pub theme: ThemeId,
    /// Different people who began one in the last 90 days, and in the 90 days before.
    pub askers: Growth,
    /// Of what they began in the last 90 days, what nobody else replied to.
    pub unanswered: Share,
    /// Different people by week, oldest first.
    pub weeks: Vec<u64>,
    /// When it trends.
    pub trending: Option<Trending>,
    /// When the latest was begun.
    pub latest: Timestamp,
}

/// The themes of a list, what matters most first: most askers, then the surest growth (the lower end of its interval),
/// then the greatest share without an answer. Themes that fewer than two people asked about are left out.
pub(super) fn rank(facts: &[Fact], list: List, now: Timestamp) -> Vec<Ranked> {
    let mut themes: BTreeMap<ThemeId, Vec<Fact>> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.counts && list.holds(fact.kind) && fact.at <= now) {
        themes.entry(fact.theme).or_default().push(*fact);
    }
    let mut ranked: Vec<(f64, Ranked)> = themes
        .into_iter()
        .map(|(theme, facts)| tally(theme, &facts, now))
        .filter(|ranked| ranked.askers.now >= FEWEST)
        .map(|ranked| (ranked.askers.interval().low, ranked))
        .collect();
    ranked.sort_by(|(a_growth, a), (b_growth, b)| {
        let open = |ranked: &Ranked| ranked.unanswered.value().unwrap_or(0.0);
        (b.askers.now.cmp(&a.askers.now))
            .then(b_growth.total_cmp(a_growth))
            .then(open(b).total_cmp(&open(a)))
            .then(a.theme.cmp(&b.theme))
    });
    ranked.into_iter().map(|(_, ranked)| ranked).collect()
}

/// Counts a theme. `facts` are of it alone.
pub(super) fn tally(theme: ThemeId, facts: &[Fact], now: Timestamp) -> Ranked {
    let mut facts: Vec<Fact> = facts.iter().copied().filter(|fact| fact.counts && fact.at <= now).collect();
    facts.sort_by_key(|fact| (fact.at, fact.person));
    let people = |from: Timestamp, to: Timestamp| people(&facts, from, to);
    let (start, earlier) = (now.plus(-RANKED), now.plus(-2 * RANKED));
    let recent = || facts.iter().filter(|fact| fact.at > start);
    let open = recent().filter(|fact| fact.unanswered).count() as u64;
    let week = |back: usize| now.plus(-7 * DAY * i64::try_from(back).unwrap_or(0));
    Ranked {
        theme,
        askers: Growth { now: people(start, now), before: people(earlier, start) },
        unanswered: Share::new(open, recent().count() as u64),
        weeks: (0..TREND_WEEKS).rev().map(|back| people(week(back + 1), week(back))).collect(),
        trending: trending(&facts, now),
        latest: facts.iter().map(|fact| fact.at).max().unwrap_or(now),
    }
}

/// Different people after `from`, up to `to`. `facts` are in the order of their times.
fn people(facts: &[Fact], from: Timestamp, to: Timestamp) -> u64 {
    let place = |at: Timestamp| facts.partition_point(|fact| fact.at <= at);
    let within = facts.get(place(from)..place(to)).unwrap_or_default();
    within.iter().map(|fact| fact.person).collect::<BTreeSet<_>>().len() as u64
}

/// At least five authors within 24 hours, where Poisson with the mean of the 28 days before gives so many less than
/// once in a thousand. A theme without a past counts as one author in these 28 days.
/// `facts` are in the order of their times.
fn trending(facts: &[Fact], now: Timestamp) -> Option<Trending> {
    let day = |back: i64| now.plus(-back * DAY);
    let people = |from: Timestamp, to: Timestamp| people(facts, from, to);
    let authors = people(day(1), now);
    if authors < TREND_AUTHORS {
        return None;
    }
    let before: u64 = (1..=TREND_BEFORE).map(|back| people(day(back + 1), day(back))).sum();
    let expected = before.max(1) as f64 / TREND_BEFORE as f64;
    let chance = poisson_tail(authors, expected);
    (chance < TREND_CHANCE).then_some(Trending { authors, expected, chance })
}

/// How often a theme would have trended over the last year; false when nobody else began a conversation about it in the
/// seven days after, which are quiet.
pub(super) fn year(facts: &[Fact], now: Timestamp) -> Alarms {
    let mut themes: BTreeMap<ThemeId, Vec<Fact>> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.counts && fact.at <= now) {
        themes.entry(fact.theme).or_default().push(*fact);
    }
    let mut alarms = Alarms::default();
    for facts in themes.values_mut() {
        for (at, ..) in fires(facts, now.plus(-alarms::DAYS * DAY)) {
            let quiet_until = at.plus(QUIET);
            let known: BTreeSet<PersonId> =
                facts.iter().filter(|one| one.at <= at).map(|one| one.person).collect();
            let mut after = facts.iter().filter(|one| one.at > at && one.at <= quiet_until);
            alarms.add(quiet_until > now || after.any(|one| !known.contains(&one.person)));
        }
    }
    alarms
}

/// Each time that a theme trended from `from` on: when the conversation was begun that made it, by whom, and with what
/// counts. After one time come seven quiet days. `facts` are of it alone, and counted; they are put in order.
pub(super) fn fires(facts: &mut [Fact], from: Timestamp) -> Vec<(Timestamp, PersonId, Trending)> {
    let mut fired = Vec::new();
    if (facts.len() as u64) < TREND_AUTHORS {
        return fired;
    }
    facts.sort_by_key(|fact| (fact.at, fact.person));
    let mut quiet_until = from;
    for fact in facts.iter() {
        if fact.at < quiet_until {
            continue;
        }
        if let Some(found) = trending(facts, fact.at) {
            quiet_until = fact.at.plus(QUIET);
            fired.push((fact.at, fact.person, found));
        }
    }
    fired
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_780_000_000_000);

    fn fact(theme: i64, person: i64, days: i64) -> Fact {
        let at = NOW.plus(-days * DAY + DAY / 2);
        let (theme, person) = (ThemeId(theme), PersonId(person));
        Fact { theme, person, counts: true, kind: Kind::Question, unanswered: false, at }
    }

    fn order(facts: &[Fact], list: List) -> Vec<i64> {
        rank(facts, list, NOW).iter().map(|ranked| ranked.theme.0).collect()
    }

    #[test]
    fn a_burst_that_nobody_joined_was_a_false_alarm() {
        let burst = |days: i64| (0..6).map(move |person| fact(1, days * 100 + person, days));
        let joined = |days: i64| std::iter::once(fact(1, 7_777 + days, days - 3));
        for (facts, all, wrong) in [
            (vec![], 0, 0),
            (burst(40).collect(), 1, 1),
            (burst(40).chain(joined(40)).collect(), 1, 0),
            (burst(40).chain(joined(40)).chain(burst(150)).collect::<Vec<Fact>>(), 2, 1),
            // Nobody can know yet; and what is older than a year is over.
            (burst(2).collect(), 1, 0),
            (burst(400).collect(), 0, 0),
        ] {
            let found = year(&facts, NOW);
            assert_eq!((found.all, found.wrong), (all, wrong), "{facts:?}");
        }
    }

    #[test]
    fn people_count_and_posts_do_not() {
        let loud = (0..40).map(|n| fact(1, n % 2, n));
        let wide = (0..3).map(|n| fact(2, n, 5));
        let alone = (0..9).map(|n| fact(3, 7, n + 1));
        let staff = (0..9).map(|n| Fact { counts: false, ..fact(4, n, 2) });
        let facts: Vec<Fact> = loud.chain(wide).chain(alone).chain(staff).collect();
        assert_eq!(order(&facts, List::All), [2, 1], "one person and staff alone make no theme of many");
        assert!(order(&facts, List::Of(Kind::Request)).is_empty());
    }

    #[test]
    fn of_equals_the_growing_then_the_unanswered_come_first() {
        let old = (0..3).flat_map(|n| [fact(1, n, 10), fact(1, n + 20, 120)]);
        let new = (0..3).map(|n| fact(2, n, 10));
        let open = (0..3).map(|n| Fact { unanswered: true, ..fact(3, n, 10) });
        let facts: Vec<Fact> = old.chain(new).chain(open).collect();
        assert_eq!(order(&facts, List::All), [3, 2, 1]);
        let ranked = rank(&facts, List::All, NOW);
        let last = ranked.last().map(|ranked| (ranked.askers.now, ranked.askers.before, ranked.weeks.len()));
        assert_eq!(last, Some((3, 3, TREND_WEEKS)));
        assert_eq!(ranked.first().map(|ranked| ranked.unanswered), Some(Share::new(3, 3)));
    }

    #[test]
    fn a_topic_trends_when_five_come_in_a_day_where_few_came_before() {
        for (today, before, expect) in
            [(5, 0, true), (4, 0, false), (5, 10, true), (5, 60, false), (12, 60, true)]
        {
            let now = (0..today).map(|n| fact(1, n, 1));
            let past = (0..before).map(|n| fact(1, 100 + n, 2 + n % 28));
            let facts: Vec<Fact> = now.chain(past).collect();
            let found = tally(ThemeId(1), &facts, NOW);
            assert_eq!(found.trending.is_some(), expect, "{today} {before} {:?}", found.trending);
        }
        let one: Vec<Fact> = (0..9).map(|_| fact(1, 3, 1)).collect();
        assert!(tally(ThemeId(1), &one, NOW).trending.is_none(), "one person is no trend");
    }

    #[test]
    fn people_of_a_stretch_are_found_in_any_order() {
        let facts: Vec<Fact> = [3, 1, 2, 1, 9, 4].into_iter().map(|days| fact(1, days % 3, days)).collect();
        let mut sorted = facts.clone();
        sorted.sort_by_key(|fact| fact.at);
        for (from, to) in [(0, 10), (2, 5), (3, 3), (5, 2), (1, 2), (8, 20)] {
            let (start, end) = (NOW.plus(-to * DAY), NOW.plus(-from * DAY));
            let within = facts.iter().filter(|fact| fact.at > start && fact.at <= end);
            let each: BTreeSet<PersonId> = within.map(|fact| fact.person).collect();
            assert_eq!(people(&sorted, start, end), each.len() as u64, "{from} {to}");
        }
    }
}
