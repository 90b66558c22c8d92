//! What was contributed by whom on which day, and what that changes in the roll-ups.

use std::collections::{BTreeMap, BTreeSet};

use mainstreet_db::log::Entry;
use mainstreet_kernel::id::{PersonId, SpaceId};
use mainstreet_kernel::{ActorClass, Day, Verb, Visibility, Zone};

use super::clocks::{People, is_echo};
use super::rolling::{CohortCell, Measure, cohort_cells};
use super::taken_back::{self, AllTakenBack};

/// The space number under which the whole community is counted.
pub const EVERYWHERE: SpaceId = SpaceId(0);

/// Contributions by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Topics begun.
    pub topics: i64,
    /// Replies written.
    pub replies: i64,
    /// Reactions given.
    pub reactions: i64,
    /// Answers accepted.
    pub acceptances: i64,
}

impl Counts {
    /// What `entry` contributes; nothing for most verbs.
    fn of(entry: &Entry) -> Option<Self> {
        let none = Self::default();
        match entry.verb {
            Verb::TopicCreated => Some(Self { topics: 1, ..none }),
            Verb::ReplyCreated => Some(Self { replies: 1, ..none }),
            Verb::ReactionAdded => Some(Self { reactions: taken_back::count(entry), ..none }),
            Verb::AnswerAccepted if !is_echo(entry) => Some(Self { acceptances: 1, ..none }),
            _ => None,
        }
    }

    /// All kinds together.
    pub fn total(self) -> i64 {
        self.topics + self.replies + self.reactions + self.acceptances
    }

    /// True when something is less than nothing: these counts take back.
    pub fn is_less(self) -> bool {
        [self.topics, self.replies, self.reactions, self.acceptances].iter().any(|count| *count < 0)
    }

    /// Adds `other`, `times` times.
    pub fn add(&mut self, other: Self, times: i64) {
        self.topics += other.topics * times;
        self.replies += other.replies * times;
        self.reactions += other.reactions * times;
        self.acceptances += other.acceptances * times;
    }
}

/// A person's contributions in one space: by class at the time and day.
pub type PersonDays = BTreeMap<(ActorClass, Day), Counts>;

/// Contributions told by a stretch of the log.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// By space, day and class; those of nobody in particular as well.
    pub totals: BTreeMap<(SpaceId, Day, ActorClass), Counts>,
    /// By space and person, as merged now.
    pub people: BTreeMap<(SpaceId, PersonId), PersonDays>,
}

impl Ledger {
    /// Books `entries`, each under the whole community and under its space. What only staff may see, and what
    /// accounts closed for spam did, is left out. A reaction taken back is taken off the day it was given on.
    pub fn of(entries: &[Entry], zone: &Zone, people: &People, taken_back: &AllTakenBack) -> Self {
        let mut ledger = Self::default();
        for entry in entries {
            if let Some(counts) = Counts::of(entry) {
                ledger.book(entry, counts, zone, people);
            }
            for less in taken_back.get(&entry.cursor).into_iter().flatten() {
                let counts = Counts { reactions: -less.count, ..Counts::default() };
                ledger.book(&less.given, counts, zone, people);
            }
        }
        ledger.totals.retain(|_, counts| *counts != Counts::default());
        for days in ledger.people.values_mut() {
            days.retain(|_, counts| *counts != Counts::default());
        }
        ledger
    }

    fn book(&mut self, entry: &Entry, counts: Counts, zone: &Zone, people: &People) {
        let person = entry.actor.map(|actor| people.now(actor));
        if person == Some(None) || entry.visibility == Visibility::Staff {
            return;
        }
        let (person, class, day) = (person.flatten(), entry.actor_class, zone.day_of(entry.occurred_at));
        for space in [Some(EVERYWHERE), entry.space].into_iter().flatten() {
            self.totals.entry((space, day, class)).or_default().add(counts, 1);
            if let Some(person) = person {
                let days = self.people.entry((space, person)).or_default();
                days.entry((class, day)).or_default().add(counts, 1);
            }
        }
    }
}

/// On which days a person contributed as a member, as far as it is known here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    /// The first of all.
    pub first: Option<Day>,
    /// Those that matter.
    pub days: BTreeSet<Day>,
}

impl Presence {
    /// The same with `more` days.
    #[must_use]
    pub fn with(&self, more: impl IntoIterator<Item = Day>) -> Self {
        let mut days = self.days.clone();
        days.extend(more);
        Self { first: self.first.into_iter().chain(days.first().copied()).min(), days }
    }
}

/// Additions to the roll-ups (negative: what is taken back).
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// To contributions.
    pub contributions: BTreeMap<(SpaceId, Day, ActorClass), Counts>,
    /// To cohorts.
    pub cohorts: BTreeMap<(SpaceId, CohortCell), i64>,
    /// To rolling counts, as differences between a day and the one before.
    steps: BTreeMap<(SpaceId, Measure), BTreeMap<Day, i64>>,
}

impl Change {
    /// A person's presence in a space went from `before` to `after`.
    pub fn presence(&mut self, space: SpaceId, before: &Presence, after: &Presence) {
        for (presence, sign) in [(before, -1), (after, 1)] {
            for measure in Measure::ALL {
                let steps = self.steps.entry((space, measure)).or_default();
                for (from, to) in measure.stretches(&presence.days) {
                    *steps.entry(from).or_default() += sign;
                    *steps.entry(to.plus(1)).or_default() -= sign;
                }
            }
            let Some(first) = presence.first else { continue };
            for cell in cohort_cells(first, &presence.days) {
                *self.cohorts.entry((space, cell)).or_default() += sign;
            }
        }
    }

    /// Additions to the rolling counts, day by day, without those that come to nothing.
    pub fn active(&self) -> Vec<(SpaceId, Measure, Day, i64)> {
        let mut found = Vec::new();
        for ((space, measure), steps) in &self.steps {
            let mut level = 0;
            let ends = steps.keys().skip(1).copied().chain([Day(i32::MAX)]);
            for ((from, step), end) in steps.iter().zip(ends) {
                level += step;
                if level != 0 {
                    found.extend((from.0..end.0).map(|day| (*space, *measure, Day(day), level)));
                }
            }
        }
        found
    }
}
