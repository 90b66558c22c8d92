//! Who is in a segment now. The same facts as for rules, asked at one moment of everybody.

use mainstreet_db::Tx;
use mainstreet_kernel::Result;
use mainstreet_kernel::id::PersonId;
use mainstreet_rules::{Rule, RuleSet, Segments, Truth, Vocabulary};

use super::around::of_person;
use super::facts::{Known, Setting};
use super::happenings::Happening;
use super::loading::{Needs, Window, furnish};
use super::past::Past;
use super::store::past as store;
use super::ticks::member;
use crate::triage;

/// Who a segment chooses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// People in it, those first who became known last.
    pub people: Vec<PersonId>,
    /// People of whom something it asks is not known.
    pub unknown: usize,
    /// People it was asked of.
    pub of: usize,
}

/// Who is in each of these segments now, of everybody who ever wrote or joined, programs left out.
pub fn choose(tx: &mut Tx<'_>, segments: &[Rule]) -> Result<Vec<Chosen>> {
    let at = tx.now().plus(1);
    let needs = Needs::of(segments, &Segments::default());
    let everybody = store::everybody(tx, false)?;
    let deeds = if needs.history { store::all_deeds(tx, at)? } else { Vec::new() };
    let mut past = Past::of(deeds);
    let found: Vec<Happening> = everybody.iter().rev().map(|(person, _)| member(*person, at, None)).collect();
    let window = Window { from: at, to: at.plus(1), judged_to: Some(at) };
    furnish(tx, &mut past, &needs, window, &found)?;
    let hours = triage::clocks(tx)?.hours;
    let setting = Setting { past: &past, hours: &hours, vocabulary: Vocabulary::standard() };
    let set = RuleSet::new(segments.to_vec());
    let mut all = vec![Chosen { of: found.len(), ..Chosen::default() }; segments.len()];
    for happening in &found {
        let known = Known::new(&setting, happening);
        let look = set.look(happening.event, &known);
        for (place, chosen) in all.iter_mut().enumerate() {
            match look.truth(place) {
                Truth::Yes => chosen.people.push(PersonId(happening.person)),
                Truth::Unknown => chosen.unknown += 1,
                Truth::No => {}
            }
        }
    }
    Ok(all)
}

/// What each of these segments says of one person now.
pub fn belongs(tx: &mut Tx<'_>, person: PersonId, segments: &[Rule]) -> Result<Vec<Truth>> {
    let at = tx.now().plus(1);
    let needs = Needs::of(segments, &Segments::default());
    let window = Window { from: at, to: at.plus(1), judged_to: None };
    let mut past = of_person(tx, &needs, person.0, window)?;
    let found = [member(person.0, at, None)];
    furnish(tx, &mut past, &needs, window, &found)?;
    let hours = triage::clocks(tx)?.hours;
    let setting = Setting { past: &past, hours: &hours, vocabulary: Vocabulary::standard() };
    let set = RuleSet::new(segments.to_vec());
    let [happening] = &found;
    let known = Known::new(&setting, happening);
    let look = set.look(happening.event, &known);
    Ok((0..segments.len()).map(|place| look.truth(place)).collect())
}
