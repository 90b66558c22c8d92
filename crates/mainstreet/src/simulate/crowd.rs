//! Who is here now, and who speaks next.

use std::collections::HashMap;

use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{IdMint, Role, Timestamp};

use super::dice::{Dice, seed_of};
use super::people::{Kind, Names, Person};
use super::rhythm::Rhythm;
use super::staging::Plot;
use super::story::{Setting, Story};

const KINDS: [Kind; 6] =
    [Kind::Passer, Kind::Reader, Kind::Regular, Kind::Helper, Kind::Champion, Kind::Staff];
/// How likely each of [`KINDS`] joins a conversation that is not a question.
const CHAT: [f64; 6] = [0.6, 0.9, 3.0, 4.0, 8.0, 3.0];

/// The people present, by kind.
#[derive(Debug)]
pub(crate) struct Crowd {
    here: [Vec<u32>; 6],
    /// Where each person stands in their list of `here`, so that leaving costs nothing.
    places: Vec<u32>,
    handles: HashMap<u64, u32>,
    order: Vec<u32>,
    arrived: usize,
}

impl Crowd {
    pub(crate) fn new(people: &[Person]) -> Self {
        let mut order: Vec<u32> = (0..u32::try_from(people.len()).unwrap_or(0)).collect();
        order.sort_by_key(|index| people.get(*index as usize).map(|person| person.joined));
        Self {
            here: Default::default(),
            places: vec![0; people.len()],
            handles: HashMap::new(),
            order,
            arrived: 0,
        }
    }

    /// The next person who joins before `before`.
    pub(crate) fn next_arrival(&mut self, people: &[Person], before: Timestamp) -> Option<(u32, Timestamp)> {
        let index = *self.order.get(self.arrived)?;
        let joined = people.get(index as usize)?.joined;
        (joined < before).then(|| {
            self.arrived += 1;
            (index, joined)
        })
    }

    /// Takes a handle; the number says how many had it before.
    pub(crate) fn claim(&mut self, handle: &str) -> u32 {
        let count = self.handles.entry(seed_of(handle)).or_insert(0);
        *count += 1;
        *count - 1
    }

    pub(crate) fn arrive(&mut self, index: u32, kind: Kind) {
        if let Some(list) = KINDS.iter().position(|known| *known == kind).and_then(|k| self.here.get_mut(k))
            && let Some(place) = self.places.get_mut(index as usize)
        {
            *place = u32::try_from(list.len()).unwrap_or(0);
            list.push(index);
        }
    }

    pub(crate) fn leave(&mut self, index: u32, kind: Kind) {
        let Some(list) = KINDS.iter().position(|known| *known == kind).and_then(|k| self.here.get_mut(k))
        else {
            return;
        };
        let Some(place) = self.places.get(index as usize).copied() else { return };
        if list.get(place as usize) == Some(&index) {
            list.swap_remove(place as usize);
            if let Some(moved) = list.get(place as usize)
                && let Some(slot) = self.places.get_mut(*moved as usize)
            {
                *slot = place;
            }
        }
    }
}

impl Story {
    /// Someone who is here and may speak next: not one of `except`, able to write `language`, champions by
    /// the energy they have left. `helping` prefers those who like to answer.
    pub(crate) fn draft(
        &mut self,
        at: Timestamp,
        helping: bool,
        language: &str,
        except: &[u32],
    ) -> Option<u32> {
        for _ in 0..40 {
            let mut weights = [0.0; 6];
            for (place, weight) in weights.iter_mut().enumerate() {
                let count = self.crowd.here.get(place).map_or(0, Vec::len) as f64;
                let habit = KINDS.get(place).map_or(0.0, |kind| kind.habit().answers);
                *weight = count * if helping { habit } else { CHAT.get(place).copied().unwrap_or(0.0) };
            }
            let place = self.dice.weighted(&weights);
            let index = *self.dice.pick(self.crowd.here.get(place)?)?;
            let person = self.people.get(index as usize)?;
            if !person.here(at) {
                let kind = person.kind;
                if person.closed || person.leaves < at {
                    self.crowd.leave(index, kind);
                }
                continue;
            }
            let willing = person.kind != Kind::Champion || self.dice.chance(person.energy(at));
            let speaks = language == "en" || self.names.speaks(person.culture, language);
            if willing && speaks && !except.contains(&index) {
                return Some(index);
            }
        }
        None
    }

    /// The part of the champions' first energy that is left at `at`, on average.
    pub(crate) fn champions_energy(&self, at: Timestamp) -> f64 {
        let champions = self.crowd.here.get(4).map_or(&[][..], Vec::as_slice);
        let sample = champions.iter().take(50).filter_map(|index| self.people.get(*index as usize));
        let energies: Vec<f64> = sample.map(|person| person.energy(at)).collect();
        if energies.is_empty() { 1.0 } else { energies.iter().sum::<f64>() / energies.len() as f64 }
    }

    /// Somebody of the team, any but the first: the owner seldom works the floor.
    pub(crate) fn moderator(&mut self) -> u32 {
        1 + u32::try_from(self.dice.below(self.plot.staff.saturating_sub(1))).unwrap_or(0)
    }
}

/// Everybody the story has, before it begins. The first are the team, the last the spammers of the raid.
pub(crate) fn people(
    setting: &Setting,
    rhythm: &Rhythm,
    names: &Names,
    plot: &Plot,
    mint: &IdMint,
    dice: &mut Dice,
) -> Vec<Person> {
    let mut people = Vec::with_capacity(setting.members as usize);
    for place in 0..plot.cast.len() {
        let role = match place {
            0 => Role::Owner,
            1 => Role::Manager,
            place if place < plot.staff => Role::Moderator,
            _ => Role::Member,
        };
        let kind = if role == Role::Member { Kind::Helper } else { Kind::Staff };
        let joined = rhythm.start().plus(place as i64 * 7 * HOUR / 2 + 1);
        people.push(person(mint, joined, setting.now, kind, role, names.culture(dice)));
    }
    let ordinary = setting.members as usize - plot.cast.len() - plot.raiders as usize;
    let champions = (ordinary / 120).max(2);
    let arrivals = rhythm.arrivals(ordinary, plot.launch, dice);
    let shares: Vec<f64> = Kind::DRAWN.iter().map(|kind| kind.habit().share).collect();
    let mut early = 0;
    for (day, count) in arrivals.iter().enumerate() {
        for _ in 0..*count {
            // The champions come with the first quarter of the people.
            early += 1;
            let kind = if early % 7 == 3 && early / 7 < champions {
                Kind::Champion
            } else {
                let kind = Kind::DRAWN.get(dice.weighted(&shares)).copied().unwrap_or(Kind::Passer);
                if kind == Kind::Champion { Kind::Helper } else { kind }
            };
            let joined = rhythm.moment(day, dice);
            let habit = kind.habit();
            let stay = dice.log_normal(habit.stay_days, habit.stay_sigma) * DAY as f64;
            let mut made =
                person(mint, joined, joined.plus(stay as i64), kind, Role::Member, names.culture(dice));
            if kind == Kind::Champion {
                let fresh = dice.log_normal(190.0, 0.35).clamp(60.0, 900.0);
                made.tires = joined.plus((fresh * DAY as f64) as i64);
                made.leaves = setting.now;
            }
            people.push(made);
        }
    }
    for place in 0..plot.raiders {
        let joined = match place.checked_sub(plot.raid) {
            None => plot.raid_at.plus(dice.below(usize::try_from(HOUR * 2 / 3).unwrap_or(1)) as i64),
            Some(lone) => plot.lone_spammer(lone, setting),
        };
        people.push(person(mint, joined, setting.now, Kind::Raider, Role::Member, names.culture(dice)));
    }
    people
}

fn person(
    mint: &IdMint,
    joined: Timestamp,
    leaves: Timestamp,
    kind: Kind,
    role: Role,
    culture: u8,
) -> Person {
    Person {
        id: PersonId(mint.mint_past(joined)),
        joined,
        back: joined,
        leaves,
        tires: leaves,
        kind,
        role,
        culture,
        closed: false,
        suffix: 0,
        seen: 0,
        contributed: 0,
        wrote: false,
    }
}
