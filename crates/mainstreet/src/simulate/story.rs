//! A year in the life, told in the order of time.
//!
//! The story keeps the people, the conversations that are still going on, and the acts already decided on but
//! not yet due, in a heap; never the texts. A day is opened when the day before has been told. So a million
//! members need some hundred megabytes, and 400 a few.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashMap, VecDeque};

use mainstreet_kernel::clock::{HOUR, MINUTE};
use mainstreet_kernel::id::{PersonId, PostId, SpaceId, TopicId};
use mainstreet_kernel::{IdMint, Role, Timestamp};

use super::crowd::Crowd;
use super::dice::{Dice, mix};
use super::grammar::Grammar;
use super::happening::{Happening, Place, What};
use super::people::{Kind, Names, Person};
use super::rhythm::Rhythm;
use super::scenes::Repertoire;
use super::staging::{Cue, Plot};
use super::talk::{Beat, Talk};
use super::truth::Truth;

/// What to tell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    /// The same seed (and the same numbers below) tells the same story.
    pub(crate) seed: u64,
    /// People, staff and spammers among them: 50 to 1,000,000.
    pub(crate) members: u32,
    /// Days told: 28 to 3,650.
    pub(crate) days: u32,
    /// The story's end. Nothing happens later.
    pub(crate) now: Timestamp,
}

/// What is going to happen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Due {
    Join(u32),
    Visit(u32),
    Beat(u32, Beat),
    Cue(Cue),
}

/// A place in the future. Ordered by time; what was decided first comes first.
#[derive(Debug)]
struct Slot {
    at: Timestamp,
    order: u64,
    due: Due,
}

impl PartialEq for Slot {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}

impl Eq for Slot {}

impl PartialOrd for Slot {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Slot {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

/// A recent post that visitors may react to.
#[derive(Debug)]
pub(crate) struct Recent {
    pub(crate) place: Place,
    pub(crate) author: u32,
    pub(crate) charm: f64,
    pub(crate) reactors: Vec<u32>,
}

/// A space of the community, from `texts/spaces.txt`.
#[derive(Clone, Debug)]
pub(crate) struct Space {
    /// Its id.
    pub(crate) id: SpaceId,
    /// The address part.
    pub(crate) slug: String,
    /// Its name.
    pub(crate) name: String,
    /// What belongs there.
    pub(crate) about: String,
    /// Whether its topics ask something.
    pub(crate) questions: bool,
    /// Median hours to the first answer by day; twice and more at night.
    pub(crate) hours: f64,
    /// Standard deviation of the logarithm of that time.
    pub(crate) sigma: f64,
    /// Share of questions that nobody answers while the champions are fresh.
    pub(crate) never: f64,
}

/// The story: an iterator of happenings.
#[derive(Debug)]
pub(crate) struct Story {
    pub(crate) setting: Setting,
    pub(crate) dice: Dice,
    pub(crate) grammar: Grammar,
    pub(crate) names: Names,
    pub(crate) rhythm: Rhythm,
    pub(crate) repertoire: Repertoire,
    pub(crate) spaces: Vec<Space>,
    pub(crate) people: Vec<Person>,
    pub(crate) crowd: Crowd,
    pub(crate) talks: HashMap<u32, Talk>,
    pub(crate) recent: VecDeque<Recent>,
    pub(crate) plot: Plot,
    pub(crate) mint: IdMint,
    pub(crate) truth: Truth,
    heap: BinaryHeap<Reverse<Slot>>,
    order: u64,
    next_talk: u32,
    calendar: Vec<Vec<u32>>,
    next_day: usize,
    out: VecDeque<Happening>,
}

impl Story {
    /// Prepares the story. Fails with a sentence when the numbers are out of range or a text is wrong.
    pub(crate) fn new(setting: Setting) -> Result<Self, String> {
        if !(50..=1_000_000).contains(&setting.members) {
            return Err("Give between 50 and 1000000 members.".to_owned());
        }
        if !(28..=3_650).contains(&setting.days) {
            return Err("Give between 28 and 3650 days.".to_owned());
        }
        let days = setting.days as usize;
        let grammar = Grammar::parse(super::TEXTS)?;
        let rhythm = Rhythm::new(setting.now, days);
        let mut dice = Dice::new(mix(setting.seed, 0x6d61_696e));
        let mint = IdMint::new(0, 0);
        let spaces = super::scenes::spaces(&grammar, &mint, rhythm.start());
        let repertoire = Repertoire::new(&grammar, &spaces)?;
        let names = Names::new(&grammar);
        let plot = Plot::new(&setting, &rhythm, &grammar);
        let people = super::crowd::people(&setting, &rhythm, &names, &plot, &mint, &mut dice);
        let truth = Truth::new(&setting, &spaces, &people, &plot, &rhythm);
        let mut story = Self {
            crowd: Crowd::new(&people),
            calendar: vec![Vec::new(); days],
            talks: HashMap::new(),
            recent: VecDeque::new(),
            heap: BinaryHeap::new(),
            out: VecDeque::new(),
            order: 0,
            next_talk: 0,
            next_day: 0,
            setting,
            dice,
            grammar,
            names,
            rhythm,
            repertoire,
            spaces,
            people,
            plot,
            mint,
            truth,
        };
        story.stage();
        Ok(story)
    }

    /// The spaces of the community.
    pub(crate) fn spaces(&self) -> &[Space] {
        &self.spaces
    }

    /// The story's first instant.
    pub(crate) fn start(&self) -> Timestamp {
        self.rhythm.start()
    }

    /// What is known of the story so far; complete when the iterator has ended.
    pub(crate) fn truth(&self) -> &Truth {
        &self.truth
    }

    /// Part of the story that has been told, 0 to 1.
    pub(crate) fn told(&self) -> f64 {
        self.next_day as f64 / f64::from(self.setting.days)
    }

    /// Puts something into the future; what lies after the story's end does not happen.
    pub(crate) fn due(&mut self, at: Timestamp, due: Due) {
        if at <= self.setting.now {
            self.order += 1;
            self.heap.push(Reverse(Slot { at, order: self.order, due }));
        }
    }

    /// Puts a beat of a conversation into the future.
    pub(crate) fn beat(&mut self, talk: u32, at: Timestamp, beat: Beat) {
        if at <= self.setting.now
            && let Some(open) = self.talks.get_mut(&talk)
        {
            open.pending += 1;
            self.due(at, Due::Beat(talk, beat));
        }
    }

    /// Registers a conversation and returns its key.
    pub(crate) fn open_talk(&mut self, talk: Talk) -> u32 {
        self.next_talk += 1;
        self.talks.insert(self.next_talk, talk);
        self.next_talk
    }

    fn open_day(&mut self, day: usize) {
        let (from, to) = (self.rhythm.day(day), self.rhythm.day(day + 1));
        while let Some((index, joined)) = self.crowd.next_arrival(&self.people, to) {
            self.due(joined.max(from), Due::Join(index));
        }
        for index in self.calendar.get_mut(day).map(std::mem::take).unwrap_or_default() {
            let at = self.rhythm.moment(day, &mut self.dice);
            self.due(at, Due::Visit(index));
        }
        self.stage_day(day);
    }

    fn act(&mut self, at: Timestamp, due: Due) {
        match due {
            Due::Join(index) => self.join(at, index),
            Due::Visit(index) => self.visit(at, index),
            Due::Beat(talk, beat) => {
                self.perform(at, talk, beat);
                if let Some(open) = self.talks.get_mut(&talk) {
                    open.pending -= 1;
                    if open.pending == 0 {
                        self.talks.remove(&talk);
                    }
                }
            }
            Due::Cue(cue) => self.cue(at, cue),
        }
    }

    fn join(&mut self, at: Timestamp, index: u32) {
        let Some(person) = self.people.get(index as usize) else { return };
        let kind = person.kind;
        let mut newcomer = self.names.newcomer(&self.grammar, self.setting.seed, index, person);
        if let Some((name, handle)) = self.plot.cast.get(index as usize) {
            (newcomer.name, newcomer.handle) = (name.clone(), handle.clone());
        }
        let suffix = self.crowd.claim(&newcomer.handle);
        newcomer.handle = super::people::with_suffix(newcomer.handle, suffix);
        if let Some(person) = self.people.get_mut(index as usize) {
            person.suffix = suffix;
        }
        self.crowd.arrive(index, kind);
        self.tell(at, index, What::Joined(Box::new(newcomer)));
        if kind == Kind::Raider {
            self.spammer_came(at, index);
        } else {
            let soon = at.plus(1 + self.dice.below(12 * MINUTE as usize) as i64);
            self.due(soon, Due::Visit(index));
        }
    }

    fn visit(&mut self, at: Timestamp, index: u32) {
        let Some(person) = self.people.get(index as usize) else { return };
        if !person.here(at) {
            let kind = person.kind;
            if person.closed || person.leaves < at {
                self.crowd.leave(index, kind);
            } else {
                self.due(person.back.plus(HOUR), Due::Visit(index));
            }
            return;
        }
        let (kind, first, habit) = (person.kind, person.seen == 0, person.kind.habit());
        let energy = person.energy(at).max(0.15);
        self.seen(at, index);
        let eager = match kind {
            Kind::Passer if first => 0.6,
            Kind::Regular | Kind::Helper if first => 0.45,
            _ => habit.topics,
        };
        if self.dice.chance(eager) {
            let later = at.plus((1 + self.dice.below(9)) as i64 * MINUTE);
            self.due(later, Due::Cue(Cue::Post(index)));
        }
        for _ in 0..self.dice.poisson(habit.reactions * energy) {
            self.react(at, index);
        }
        self.next_visit(at, index, habit.visits * energy);
    }

    fn next_visit(&mut self, at: Timestamp, index: u32, visits: f64) {
        let today = self.rhythm.day_of(at);
        let rate = (visits / 7.0).clamp(0.01, 0.95);
        let gap = ((1.0 - self.dice.unit()).ln() / (1.0 - rate).ln()) as usize;
        let mut day = today + 1 + gap;
        if !self.dice.chance(self.rhythm.week_weight(day) / 1.15) {
            day += 1;
        }
        if let Some(visitors) = self.calendar.get_mut(day) {
            visitors.push(index);
        }
    }

    /// Notes that a person is here today; once a day that is a happening of its own.
    pub(crate) fn seen(&mut self, at: Timestamp, index: u32) {
        let today = u16::try_from(self.rhythm.day_of(at) + 1).unwrap_or(u16::MAX);
        if let Some(person) = self.people.get_mut(index as usize)
            && person.seen != today
        {
            person.seen = today;
            self.tell(at, index, What::Visited);
        }
    }

    /// Lets a person do something: it goes out, and into the truth.
    pub(crate) fn tell(&mut self, at: Timestamp, index: u32, what: What) {
        let Some(person) = self.people.get_mut(index as usize) else { return };
        let happening = Happening { at, who: person.id, role: person.role, what };
        self.truth.note(&happening, person, self.rhythm.day_of(at));
        self.out.push_back(happening);
    }

    fn react(&mut self, at: Timestamp, index: u32) {
        let count = self.recent.len();
        for _ in 0..4 {
            let back = (count as f64 * self.dice.unit().powf(2.2)) as usize;
            let (luck, kind) = (self.dice.unit(), REACTIONS.get(self.dice.weighted(&REACTION_WEIGHTS)));
            let Some(recent) = self.recent.get_mut(count.saturating_sub(1 + back)) else { return };
            if recent.author != index && luck < recent.charm && !recent.reactors.contains(&index) {
                recent.reactors.push(index);
                let place = recent.place;
                self.tell(at, index, What::Reacted { place, kind: kind.copied().unwrap_or("like") });
                return;
            }
        }
    }

    /// Remembers a post for those who come by.
    pub(crate) fn remember(&mut self, place: Place, author: u32, charm: f64) {
        let cap = (self.setting.members as usize / 6).clamp(60, 60_000);
        if self.recent.len() >= cap {
            self.recent.pop_front();
        }
        self.recent.push_back(Recent { place, author, charm, reactors: Vec::new() });
    }

    /// Ids for a new post at `at`.
    pub(crate) fn mint_post(&mut self, at: Timestamp) -> PostId {
        PostId(self.mint.mint_past(at))
    }

    /// An id for a new topic at `at`.
    pub(crate) fn mint_topic(&mut self, at: Timestamp) -> TopicId {
        TopicId(self.mint.mint_past(at))
    }

    /// The id and role of a person.
    pub(crate) fn id(&self, index: u32) -> PersonId {
        self.people.get(index as usize).map_or(PersonId(0), |person| person.id)
    }

    /// Those who are always there: id, name, handle and role, the owner first, a member last.
    pub(crate) fn cast(&self) -> Vec<(PersonId, String, String, Role)> {
        let cast = self.plot.cast.iter().zip(&self.people);
        cast.map(|((name, handle), person)| (person.id, name.clone(), handle.clone(), person.role)).collect()
    }

    /// A person's name and handle.
    pub(crate) fn name(&self, index: u32) -> (String, String) {
        if let Some(known) = self.plot.cast.get(index as usize) {
            return known.clone();
        }
        let Some(person) = self.people.get(index as usize) else { return (String::new(), String::new()) };
        let (name, handle) = self.names.name(&self.grammar, self.setting.seed, index, person.culture);
        (name, super::people::with_suffix(handle, person.suffix))
    }
}

const REACTIONS: [&str; 5] = ["thanks", "like", "heart", "idea", "celebrate"];
const REACTION_WEIGHTS: [f64; 5] = [4.0, 5.0, 1.2, 0.8, 0.7];

impl Iterator for Story {
    type Item = Happening;

    fn next(&mut self) -> Option<Happening> {
        loop {
            if let Some(happening) = self.out.pop_front() {
                return Some(happening);
            }
            let next_due = self.heap.peek().map(|Reverse(slot)| slot.at);
            let days = self.setting.days as usize;
            if self.next_day < days && next_due.is_none_or(|at| at >= self.rhythm.day(self.next_day)) {
                self.open_day(self.next_day);
                self.next_day += 1;
            } else {
                let Reverse(slot) = self.heap.pop()?;
                self.act(slot.at, slot.due);
            }
        }
    }
}
