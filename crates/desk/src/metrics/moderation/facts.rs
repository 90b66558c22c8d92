//! What is read once and looked at from many sides.

use std::collections::{BTreeMap, BTreeSet};

use mainstreet_community::guidelines::{self, Severity};
use mainstreet_community::moderation::Act;
use mainstreet_db::Tx;
use mainstreet_kernel::id::{PersonId, SpaceId};
use mainstreet_kernel::{Day, Result, Timestamp};

use super::BAND_WEEKS;
use crate::metrics::figures::Query;
use crate::metrics::store;
use crate::moderation::clause_of;

/// What a deed was done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A post.
    Post,
    /// A topic as a whole.
    Topic,
    /// A member.
    Person,
}

impl Kind {
    pub(crate) fn of(word: &str) -> Self {
        match word {
            "topic" => Self::Topic,
            "person" => Self::Person,
            _ => Self::Post,
        }
    }
}

/// Something that was done by staff or by a program.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    /// The decision; 0 for what was done without one.
    pub decision: i64,
    /// When.
    pub at: Timestamp,
    /// To what.
    pub kind: Kind,
    /// The post it is about, when there is one.
    pub post: Option<i64>,
    /// Whom it concerns.
    pub person: PersonId,
    /// When they joined.
    pub joined_at: Timestamp,
    /// Where, unless it is about a member.
    pub space: Option<SpaceId>,
    /// Who did it; nothing: a program.
    pub by: Option<PersonId>,
    /// The word of the act.
    pub act: String,
    /// The clause it cites; may be empty.
    pub clause: String,
    /// How grave that clause is.
    pub severity: Option<Severity>,
    /// `flag`, `rule`, `own`, `program` or `appeal`.
    pub source: String,
    /// The rule behind it.
    pub rule: Option<String>,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
}

impl Deed {
    /// The post, or the member when no post is known: what is counted once.
    pub fn unit(&self) -> i64 {
        self.post.unwrap_or(-self.person.0)
    }

    /// A person did it.
    pub fn is_human(&self) -> bool {
        self.by.is_some()
    }

    /// It changed what can be seen, the text, the place, or what the author may do.
    pub fn intervenes(&self) -> bool {
        matches!(
            self.act.as_str(),
            "hold"
                | "hide"
                | "delete"
                | "edit"
                | "move"
                | "require_approval"
                | "mute"
                | "silence"
                | "suspend"
                | "ban"
        )
    }

    /// It restricts somebody, so that they are told why and can appeal.
    pub fn restricts(&self) -> bool {
        self.act.parse::<Act>().is_ok_and(Act::restricts)
    }

    /// It restricts what a member may do.
    pub fn restricts_member(&self) -> bool {
        matches!(self.act.as_str(), "require_approval" | "mute" | "silence" | "suspend" | "ban")
    }

    /// The member was a newcomer then.
    pub fn is_about_newcomer(&self) -> bool {
        self.at.since(self.joined_at) < super::NEWCOMER
    }
}

/// A post that went out of sight, or came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shade {
    /// The post.
    pub post: i64,
    /// When.
    pub at: Timestamp,
    /// True: gone from then on.
    pub gone: bool,
}

/// Something that asked for a decision on a post.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// The post.
    pub post: i64,
    /// Who wrote it.
    pub person: PersonId,
    /// Where.
    pub space: SpaceId,
    /// Since when.
    pub start: Timestamp,
    /// When it was settled.
    pub end: Option<Timestamp>,
    /// Of a flag: its reason; else empty.
    pub reason: String,
    /// Of a flag that was decided: whether staff agreed.
    pub upheld: Option<bool>,
    /// Of a flag that was decided: by whom.
    pub by: Option<PersonId>,
}

/// What a blind review of a sample said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The sample's Monday.
    pub week: Day,
    /// The post.
    pub post: i64,
    /// Who wrote it.
    pub author: PersonId,
    /// `fine`, `breaks`, `unclear`; nothing while nobody has looked.
    pub verdict: Option<String>,
    /// The clause it breaks.
    pub clause: String,
    /// Somebody flagged it as well.
    pub reported: bool,
}

/// What two people said of one post, apart from each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The post.
    pub post: i64,
    /// Who wrote it.
    pub author: PersonId,
    /// Verdict and clause of the first.
    pub first: (String, String),
    /// Verdict and clause of the second.
    pub second: (String, String),
    /// When the second looked.
    pub at: Timestamp,
}

/// An upheld violation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Breach {
    pub unit: i64,
    pub person: PersonId,
    pub clause: String,
    pub severity: Option<Severity>,
    pub at: Timestamp,
}

/// A week of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Week {
    pub monday: Day,
    pub from: Timestamp,
    pub to: Timestamp,
    pub posts: u64,
}

/// Everything the figures are counted from.
pub(super) struct Facts {
    /// Deeds from half a year before the window until its end, oldest first.
    pub deeds: Vec<Deed>,
    /// Flags that matter to the window.
    pub flags: Vec<Trigger>,
    /// Weeks that touch the window, and half a year before.
    pub weeks: Vec<Week>,
    /// Posts published in the window.
    pub posts: u64,
    /// How grave a clause of the guidelines is that hold now.
    pub severities: BTreeMap<String, Severity>,
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Facts {
    pub(super) fn read(tx: &mut Tx<'_>, query: &Query) -> Result<Self> {
        let (from, until) = (query.from, query.until());
        let mondays = mondays(query);
        let stretches: Vec<(Timestamp, Timestamp)> = mondays
            .iter()
            .map(|monday| (query.zone.start_of(*monday), query.zone.start_of(monday.plus(7)).min(until)))
            .collect();
        let counts = store::published(tx, query.space, &stretches)?;
        let weeks: Vec<Week> = mondays
            .iter()
            .zip(&stretches)
            .zip(counts)
            .map(|((monday, (from, to)), posts)| Week { monday: *monday, from: *from, to: *to, posts })
            .collect();
        let begun = weeks.first().map_or(from, |week| week.from).min(from);
        let mut deeds = gathered(tx, begun, until)?;
        let mut flags = store::flags(tx, begun, until)?;
        if let Some(space) = query.space {
            let places = places(tx, &deeds)?;
            deeds.retain(|deed| places.get(&deed.unit()) == Some(&space));
            flags.retain(|flag| flag.space == space);
        }
        for flag in flags.iter_mut().filter(|flag| flag.end.is_some_and(|end| end >= until)) {
            (flag.end, flag.upheld, flag.by) = (None, None, None);
        }
        let severities = guidelines::holds(tx)?.map(|version| {
            version.clauses.into_iter().map(|clause| (clause.slug, clause.severity)).collect()
        });
        let posts = store::published(tx, query.space, &[(from, until)])?;
        Ok(Self {
            deeds,
            flags,
            weeks,
            posts: posts.first().copied().unwrap_or(0),
            severities: severities.unwrap_or_default(),
            from,
            until,
        })
    }

    /// The facts of a shorter window with the same end, out of these.
    pub(super) fn narrowed(&self, tx: &mut Tx<'_>, query: &Query) -> Result<Self> {
        let from = query.from;
        let first = mondays(query).first().copied();
        let weeks = self.weeks.iter().filter(|week| first.is_none_or(|first| week.monday >= first));
        let weeks: Vec<Week> = weeks.copied().collect();
        let begun = weeks.first().map_or(from, |week| week.from).min(from);
        let posts = store::published(tx, query.space, &[(from, self.until)])?;
        Ok(Self {
            deeds: self.deeds.iter().filter(|deed| deed.at >= begun).cloned().collect(),
            flags: self.flags.clone(),
            weeks,
            posts: posts.first().copied().unwrap_or(0),
            severities: self.severities.clone(),
            from,
            until: self.until,
        })
    }

    /// Deeds of the window.
    pub(super) fn within(&self) -> impl Iterator<Item = &Deed> {
        self.deeds.iter().filter(|deed| deed.at >= self.from && deed.at < self.until)
    }

    /// The weeks to be shown: those that touch the window, each with its place among all.
    pub(super) fn shown(&self) -> impl Iterator<Item = (usize, &Week)> {
        self.weeks.iter().enumerate().filter(|(_, week)| week.to > self.from && week.from < self.until)
    }

    /// True when the whole week lies before the window's end.
    pub(super) fn is_over(&self, week: &Week, query: &Query) -> bool {
        query.zone.start_of(week.monday.plus(7)) <= self.until
    }

    /// Violations that people upheld in the window and that stand: of every post or member and clause one.
    pub(super) fn breaches(&self) -> Vec<Breach> {
        let mut found: BTreeMap<(i64, String), Breach> = BTreeMap::new();
        let mut cited: BTreeSet<i64> = BTreeSet::new();
        let stands = |deed: &&Deed| deed.is_human() && deed.restricts() && deed.undone_at.is_none();
        for deed in self.within().filter(stands).filter(|deed| !deed.clause.is_empty()) {
            cited.insert(deed.unit());
            let (unit, severity) = (deed.unit(), deed.severity);
            let breach =
                Breach { unit, person: deed.person, clause: deed.clause.clone(), severity, at: deed.at };
            found.entry((unit, deed.clause.clone())).or_insert(breach);
        }
        for flag in self.flags.iter().filter(|flag| flag.upheld == Some(true) && !cited.contains(&flag.post))
        {
            let Some(at) = flag.end.filter(|at| *at >= self.from && *at < self.until) else { continue };
            let clause = clause_of(&flag.reason).to_owned();
            let severity = self.severities.get(&clause).copied();
            let breach =
                Breach { unit: flag.post, person: flag.person, clause: clause.clone(), severity, at };
            found.entry((flag.post, clause)).or_insert(breach);
        }
        let named: BTreeSet<i64> = found.keys().map(|key| key.0).collect();
        for deed in
            self.within().filter(stands).filter(|deed| deed.decision == 0 && !named.contains(&deed.unit()))
        {
            let breach = Breach {
                unit: deed.unit(),
                person: deed.person,
                clause: String::new(),
                severity: None,
                at: deed.at,
            };
            found.entry((deed.unit(), String::new())).or_insert(breach);
        }
        found.into_values().collect()
    }
}

/// Where each post or member counts that something was done to: a post where it stands now, so that the spaces add up
/// to the whole; one that went to a space for staff, where it stood at the first deed. A member with no post behind the
/// deed counts in no space.
fn places(tx: &mut Tx<'_>, deeds: &[Deed]) -> Result<BTreeMap<i64, SpaceId>> {
    let posts: BTreeSet<i64> = deeds.iter().filter_map(|deed| deed.post).collect();
    let posts: Vec<i64> = posts.into_iter().collect();
    let mut places: BTreeMap<i64, SpaceId> = store::places_of_posts(tx, &posts)?.into_iter().collect();
    for deed in deeds {
        if let (Some(post), Some(space)) = (deed.post, deed.space) {
            places.entry(post).or_insert(space);
        }
    }
    Ok(places)
}

/// Deeds of the window that restrict a member with no post behind them: they are in no space.
///
/// # Errors
/// The window is empty or lies in the future.
pub fn placeless(tx: &mut Tx<'_>, query: &Query) -> Result<u64> {
    query.check()?;
    let all = gathered(tx, query.from, query.until())?;
    Ok(all.iter().filter(|deed| deed.post.is_none() && (deed.intervenes() || deed.restricts())).count()
        as u64)
}

/// Mondays of the weeks that touch the window, and of half a year before.
fn mondays(query: &Query) -> Vec<Day> {
    let first = query.zone.day_of(query.from).monday().plus(-7 * BAND_WEEKS as i32);
    let last = query.zone.day_of(query.until().plus(-1)).monday();
    (first.0..=last.0).step_by(7).map(Day).collect()
}

/// Decisions, and what was done without one; taken back counts only when it happened before the end.
fn gathered(tx: &mut Tx<'_>, from: Timestamp, until: Timestamp) -> Result<Vec<Deed>> {
    let mut all = store::decisions(tx, from, until)?;
    let decided: BTreeSet<(i64, Timestamp)> = all
        .iter()
        .flat_map(|deed| {
            let post = deed.post.map(|post| (post, deed.at));
            post.into_iter().chain([(-deed.person.0, deed.at)])
        })
        .collect();
    let mut back: BTreeMap<i64, Vec<Timestamp>> = BTreeMap::new();
    for shade in store::shades(tx, from, until)?.into_iter().filter(|shade| !shade.gone) {
        back.entry(shade.post).or_default().push(shade.at);
    }
    for mut deed in store::bare_deeds(tx, from, until)? {
        if decided.contains(&(deed.unit(), deed.at)) {
            continue;
        }
        let times = deed.post.and_then(|post| back.get(&post));
        deed.undone_at = times.and_then(|times| times.iter().find(|at| **at > deed.at)).copied();
        all.push(deed);
    }
    for deed in &mut all {
        deed.undone_at = deed.undone_at.filter(|at| *at < until);
    }
    all.sort_by_key(|deed| (deed.at, deed.decision, deed.unit()));
    Ok(all)
}
