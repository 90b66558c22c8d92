//! Learning one judgement: logistic regression on words and cues that starts from what the shipped weights say.

use std::collections::{BTreeMap, HashMap};

use super::answers::Judgement;
use super::layer::{Part, steps};
use crate::features::Features;
use crate::train::Chance;
use crate::weights::{exp, norm, sigmoid};

/// Passes over all lessons.
const PASSES: u32 = 10;
/// First step of words; cues and bias take smaller ones, because they stand in more texts.
const WORD_STEP: f32 = 0.5;
const CUE_STEP: f32 = 0.05;
/// Pull towards what ships, at each touch.
const PULL: f32 = 2e-3;
/// Decides the order of learning.
const SEED: u64 = 17;
/// Rows of words that are kept, those that weigh most.
const MOST_WORDS: usize = 2_000;
/// A row that moves nothing by more is not kept.
const LEAST_WEIGHT: f32 = 0.02;

/// One text with what is right of it.
pub(super) struct Lesson<'a> {
    pub features: &'a Features,
    /// Log-odds that ship, one a column of the judgement.
    pub base: &'a [f32],
    pub class: usize,
}

struct Rows {
    columns: usize,
    place: HashMap<u32, usize>,
    weights: Vec<f32>,
    sums: Vec<f32>,
}

impl Rows {
    fn new(columns: usize) -> Self {
        Self { columns, place: HashMap::new(), weights: Vec::new(), sums: Vec::new() }
    }

    fn at(&mut self, row: u32) -> usize {
        let next = self.weights.len();
        let at = *self.place.entry(row).or_insert(next);
        if at == next {
            self.weights.resize(next + self.columns, 0.0);
            self.sums.resize(next + self.columns, 1e-3);
        }
        at
    }

    fn add(&self, row: u32, x: f32, odds: &mut [f32]) {
        let Some(at) = self.place.get(&row) else { return };
        for (odd, weight) in odds.iter_mut().zip(self.weights.iter().skip(*at)) {
            *odd += x * weight;
        }
    }

    fn step(&mut self, row: u32, x: f32, errors: &[f32], rate: f32) {
        let at = self.at(row);
        let own = self.weights.iter_mut().skip(at).zip(self.sums.iter_mut().skip(at));
        for ((weight, sum), error) in own.zip(errors) {
            let slope = error * x + PULL * *weight;
            *sum += slope * slope;
            *weight -= rate * slope / sum.sqrt();
        }
    }

    /// The rows that weigh most, rounded.
    fn kept(&self, most: usize) -> BTreeMap<u32, Vec<i32>> {
        let mut rows: Vec<(f32, u32, &[f32])> = Vec::new();
        for (row, at) in &self.place {
            let weights = self.weights.get(*at..at + self.columns).unwrap_or(&[]);
            let most = weights.iter().fold(0.0_f32, |most, weight| most.max(weight.abs()));
            if most >= LEAST_WEIGHT {
                rows.push((most, *row, weights));
            }
        }
        rows.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        rows.truncate(most);
        rows.into_iter()
            .map(|(_, row, weights)| (row, weights.iter().copied().map(steps).collect()))
            .collect()
    }
}

/// Learns what has to be added to what ships.
pub(super) fn learn(judgement: Judgement, lessons: &[Lesson<'_>]) -> Part {
    let columns = judgement.columns().len();
    let (mut words, mut cues, mut bias) = (Rows::new(columns), Rows::new(columns), Rows::new(columns));
    let mut order: Vec<usize> = (0..lessons.len()).collect();
    let mut chance = Chance(SEED);
    for pass in 0..PASSES {
        chance.shuffle(&mut order);
        let fade = 1.0 / (1.0 + 0.5 * pass as f32);
        for lesson in order.iter().filter_map(|at| lessons.get(*at)) {
            let x = norm(lesson.features.words.len());
            let mut odds = lesson.base.to_vec();
            bias.add(0, 1.0, &mut odds);
            lesson.features.words.iter().for_each(|row| words.add(*row, x, &mut odds));
            lesson.features.cues.iter().for_each(|row| cues.add(u32::from(*row), 1.0, &mut odds));
            let errors = errors(judgement, &odds, lesson.class);
            bias.step(0, 1.0, &errors, CUE_STEP * fade);
            lesson.features.words.iter().for_each(|row| words.step(*row, x, &errors, WORD_STEP * fade));
            let rows = lesson.features.cues.iter();
            rows.for_each(|row| cues.step(u32::from(*row), 1.0, &errors, CUE_STEP * fade));
        }
    }
    let cues = cues.kept(usize::MAX).into_iter();
    Part {
        bias: bias.weights.iter().copied().map(steps).collect(),
        cues: cues.filter_map(|(row, weights)| Some((u8::try_from(row).ok()?, weights))).collect(),
        words: words.kept(MOST_WORDS),
    }
}

/// What each column says minus what it should say. Where several columns speak for an answer, each should say its
/// share of them.
fn errors(judgement: Judgement, odds: &[f32], class: usize) -> Vec<f32> {
    if let [odd] = odds {
        return vec![sigmoid(*odd) - if class == 1 { 1.0 } else { 0.0 }];
    }
    let most = odds.iter().copied().fold(f32::MIN, f32::max);
    let parts: Vec<f32> = odds.iter().map(|odd| exp(odd - most)).collect();
    let all: f32 = parts.iter().sum();
    let own = parts.iter().enumerate().filter(|(column, _)| judgement.speaks_for(*column, class));
    let right: f32 = own.map(|(_, part)| part).sum::<f32>().max(1e-9);
    let error = |(column, part): (usize, &f32)| {
        let truth = if judgement.speaks_for(column, class) { part / right } else { 0.0 };
        part / all - truth
    };
    parts.iter().enumerate().map(error).collect()
}
