//! Teaching: learns from most answers, tries it on those held back, and says what may be taken.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::answers::{Judgement, Material, is_held_back, settled};
use super::layer::{Added, Layer, Part};
use super::learning::{Lesson, learn};
use super::reference::{Example, examples, recall};
use crate::features::{Features, see};
use crate::reading::Context;
use crate::weights::Weights;

/// Texts of which people must have said something before a judgement is learnt.
pub const LEAST_ANSWERS: usize = 40;
/// Of these so many must be held back.
pub const LEAST_HELD_BACK: usize = 8;
/// Of what is learnt from, so many must have each of two different answers: who only ever hears one word learns nothing
/// but that word.
pub const LEAST_OF_A_CLASS: usize = 5;
/// Of what was held back, the reading in force must have been right of so many: where people only ever say what is
/// wrong, nobody can tell what a change would do to the rest, and who says that everything is wrong is not believed.
pub const LEAST_RIGHT: f64 = 0.2;
/// The examples that ship may be judged worse by so much of their mean recall, no more.
pub const MOST_FORGOTTEN: f64 = 0.05;
/// Whose answers held back are fewer is not asked for themselves.
const LEAST_OF_A_PERSON: usize = 5;

/// What became of one judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Agrees more often on what was held back: taken.
    Better,
    /// Too few answers.
    TooFew,
    /// Nearly all answers are the same word.
    OneSided,
    /// Nearly all answers say that the reading was wrong.
    OnlyWrong,
    /// Does not agree more often on what was held back.
    NoBetter,
    /// Better on the whole, and worse for one of the people who answered.
    WorseForOne,
    /// It would forget the examples that ship.
    Forgets,
}

/// How one person's answers that were held back agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfPerson {
    /// Who.
    pub person: i64,
    /// Their answers held back.
    pub held: usize,
    /// Those that the reading in force gives too.
    pub before: usize,
    /// Those that the new one gives too.
    pub after: usize,
}

/// What was found of one judgement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Which.
    pub judgement: Judgement,
    /// What became of it.
    pub verdict: Verdict,
    /// Texts learnt from.
    pub learnt: usize,
    /// Texts held back.
    pub held: usize,
    /// Texts of which people say different things, as many one as the other: left out.
    pub disputed: usize,
    /// Of those held back, judged as people do by the reading in force.
    pub before: usize,
    /// And by the new one.
    pub after: usize,
    /// Mean log-loss on those held back, before.
    pub loss_before: f64,
    /// And after.
    pub loss_after: f64,
    /// Mean recall on the examples that ship, with the shipped weights alone.
    pub reference_before: f64,
    /// And after.
    pub reference_after: f64,
    /// By person, those with enough answers held back.
    pub people: Vec<OfPerson>,
}

/// What came of teaching.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// The layer with every judgement that may be taken, and the others as they were; none: nothing is taken, and
    /// nothing was there before.
    pub layer: Option<Layer>,
    /// By judgement, those that somebody answered.
    pub figures: Vec<Figures>,
}

impl Trial {
    /// True when a judgement may be taken.
    pub fn is_better(&self) -> bool {
        self.figures.iter().any(|figures| figures.verdict == Verdict::Better)
    }
}

/// A text taken apart once for all judgements.
struct Read {
    post: i64,
    features: Features,
    base: Added,
    /// What is said in force.
    now: Added,
}

/// Learns from `material` on top of the shipped weights, and tries it against them with the layer in force.
pub fn teach(weights: &'static Weights, now: Option<&Layer>, material: &Material) -> Trial {
    let now = now.filter(|layer| layer.base() == weights.name());
    let read = |matter: &super::Matter| {
        let reply = matter.title.is_empty();
        let seen = see(&matter.text, &Context { title: &matter.title, reply, own_hosts: &[] });
        let base = crate::read::base(weights, &seen);
        let added = now.map_or(super::NOTHING, |layer| layer.added(&seen.features));
        Read { post: matter.post, features: seen.features, base, now: sum(&base, &added) }
    };
    let texts: Vec<Read> = material.matters.iter().map(read).collect();
    let answered: BTreeSet<&str> = material.answers.iter().map(|one| one.judgement.as_str()).collect();
    let asked = || Judgement::ALL.iter().copied().filter(|judgement| answered.contains(judgement.as_str()));
    let examples = if asked().next().is_some() { examples(weights) } else { Vec::new() };
    let mut parts: BTreeMap<String, Part> = now.map(|layer| layer.parts().clone()).unwrap_or_default();
    let mut figures = Vec::new();
    for judgement in asked() {
        let (found, part) = one(weights, judgement, material, &texts, &examples);
        if let Some(part) = part {
            parts.insert(judgement.as_str().to_owned(), part);
        }
        figures.push(found);
    }
    let layer = (!parts.is_empty()).then(|| Layer::of(weights.name(), parts));
    Trial { layer, figures }
}

fn sum(base: &Added, added: &Added) -> Added {
    let mut odds = *base;
    for (odd, more) in odds.iter_mut().zip(added) {
        *odd += more;
    }
    odds
}

fn of(odds: &Added, judgement: Judgement) -> &[f32] {
    odds.get(judgement.columns()).unwrap_or(&[])
}

fn one(
    weights: &Weights,
    judgement: Judgement,
    material: &Material,
    texts: &[Read],
    examples: &[Example],
) -> (Figures, Option<Part>) {
    let settled = settled(material, judgement);
    let known = |(at, class): &(usize, usize)| Some((texts.get(*at)?, *class));
    let agreed: Vec<(&Read, usize)> = settled.agreed.iter().filter_map(known).collect();
    let (held, lessons): (Vec<_>, Vec<_>) = agreed.into_iter().partition(|(text, _)| is_held_back(text.post));
    let mut figures = Figures {
        judgement,
        verdict: Verdict::TooFew,
        learnt: lessons.len(),
        held: held.len(),
        disputed: settled.disputed,
        before: 0,
        after: 0,
        loss_before: 0.0,
        loss_after: 0.0,
        reference_before: 0.0,
        reference_after: 0.0,
        people: Vec::new(),
    };
    if lessons.len() + held.len() < LEAST_ANSWERS || held.len() < LEAST_HELD_BACK {
        return (figures, None);
    }
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    lessons.iter().for_each(|(_, class)| *counts.entry(*class).or_default() += 1);
    if counts.values().filter(|count| **count >= LEAST_OF_A_CLASS).count() < 2 {
        figures.verdict = Verdict::OneSided;
        return (figures, None);
    }
    let lessons: Vec<Lesson<'_>> = lessons
        .iter()
        .map(|(text, class)| Lesson {
            features: &text.features,
            base: of(&text.base, judgement),
            class: *class,
        })
        .collect();
    let part = learn(judgement, &lessons);
    let parts = BTreeMap::from([(judgement.as_str().to_owned(), part.clone())]);
    let layer = Layer::of(weights.name(), parts);
    let after = |text: &Read| sum(&text.base, &layer.added(&text.features));
    let was = judged(judgement, &held, |text| text.now);
    let is = judged(judgement, &held, after);
    (figures.before, figures.loss_before) = was;
    (figures.after, figures.loss_after) = is;
    let shipped = |example: &Example| of(&example.base, judgement).to_vec();
    let taught =
        |example: &Example| of(&sum(&example.base, &layer.added(&example.features)), judgement).to_vec();
    figures.reference_before = recall(judgement, examples, shipped).unwrap_or(0.0);
    figures.reference_after = recall(judgement, examples, taught).unwrap_or(0.0);
    figures.people = by_person(judgement, &settled.each, texts, after);
    figures.verdict = verdict(&figures);
    let taken = (figures.verdict == Verdict::Better).then_some(part);
    (figures, taken)
}

/// How many are judged as people do, and the mean log-loss.
fn judged(judgement: Judgement, held: &[(&Read, usize)], odds: impl Fn(&Read) -> Added) -> (usize, f64) {
    let (mut right, mut loss) = (0, 0.0);
    for (text, class) in held {
        let probabilities = judgement.probabilities(of(&odds(text), judgement));
        right += usize::from(judgement.decided(&probabilities) == *class);
        let own = probabilities.get(*class).copied().unwrap_or(0.0);
        loss -= f64::from(own.max(1e-4)).ln();
    }
    // Six decimals: what is kept comes back as it was, and the last bits may differ between machines.
    let mean = loss / held.len().max(1) as f64;
    (right, (mean * 1e6).round() / 1e6)
}

fn by_person(
    judgement: Judgement,
    each: &[(usize, i64, usize)],
    texts: &[Read],
    after: impl Fn(&Read) -> Added,
) -> Vec<OfPerson> {
    let mut people: BTreeMap<i64, OfPerson> = BTreeMap::new();
    for (at, person, class) in each {
        let Some(text) = texts.get(*at).filter(|text| is_held_back(text.post)) else { continue };
        let says = |odds: &Added| judgement.decided(&judgement.probabilities(of(odds, judgement))) == *class;
        let one = people.entry(*person).or_insert(OfPerson { person: *person, held: 0, before: 0, after: 0 });
        one.held += 1;
        one.before += usize::from(says(&text.now));
        one.after += usize::from(says(&after(text)));
    }
    people.into_values().filter(|one| one.held >= LEAST_OF_A_PERSON).collect()
}

/// Never worse than before: on what was held back, for anyone of the people, on the examples that ship.
fn verdict(figures: &Figures) -> Verdict {
    if figures.after <= figures.before {
        return Verdict::NoBetter;
    }
    if (figures.before as f64) < LEAST_RIGHT * figures.held as f64 {
        return Verdict::OnlyWrong;
    }
    // One answer in twenty is chance, and so is a single one.
    let worse = |one: &OfPerson| {
        let lost = one.before.saturating_sub(one.after);
        lost >= 2 && lost * 20 > one.held
    };
    if figures.people.iter().any(worse) {
        return Verdict::WorseForOne;
    }
    if figures.reference_before - figures.reference_after > MOST_FORGOTTEN {
        return Verdict::Forgets;
    }
    Verdict::Better
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_is_the_first_thing_that_speaks_against_it() {
        let figures = |before, after, people: Vec<OfPerson>, reference_after| Figures {
            judgement: Judgement::Spam,
            verdict: Verdict::TooFew,
            learnt: 60,
            held: 20,
            disputed: 0,
            before,
            after,
            loss_before: 0.5,
            loss_after: 0.4,
            reference_before: 0.9,
            reference_after,
            people,
        };
        let one = |before, after| OfPerson { person: 1, held: 20, before, after };
        let check = |figures: Figures, expect| assert_eq!(verdict(&figures), expect, "{figures:?}");
        check(figures(10, 15, vec![one(10, 15)], 0.9), Verdict::Better);
        check(figures(10, 10, vec![], 0.9), Verdict::NoBetter);
        check(figures(10, 9, vec![], 0.9), Verdict::NoBetter);
        check(figures(3, 15, vec![], 0.9), Verdict::OnlyWrong);
        check(figures(10, 15, vec![one(10, 9)], 0.9), Verdict::Better);
        check(figures(10, 15, vec![one(10, 8), one(0, 7)], 0.9), Verdict::WorseForOne);
        check(figures(10, 15, vec![], 0.7), Verdict::Forgets);
    }
}
