//! The learner by itself: any labelled texts in, a classifier out.
//!
//! A separating plane a label over words, pairs and shingles. Features count by how unequally the labels hold them
//! (as in "Baselines and bigrams", Wang and Manning 2012) and a little by how rare they are; rare labels cost
//! more, so that they are found too. Same rows and seed, same answer.

use std::collections::BTreeMap;

use crate::weights::norm;

use super::margin::{Costs, Matrix, separate};
use super::shingles::{ROWS, Scratch, look};

/// The column of a bucket that too few texts had.
const NOWHERE: u32 = u32::MAX;
/// What a miss costs, before rare labels are made dearer.
const COST: f32 = 0.12;
/// Share of misses in the first pass from which on labels are believed less: of two labels, and of one label against all
/// others, which is missed more often anyway. Chosen on the training part alone.
const UNSURE: f32 = 0.1;
const UNSURE_OF_ONE: f32 = 0.25;
/// How much rarity counts: the exponent of the inverse document frequency.
const RARITY: f32 = 0.4;
/// How much of a feature's scale is its log-count ratio between yes and no; the rest is 1.
const UNEQUAL: f32 = 0.5;
/// Features of fewer texts are left out, also where there are [`MANY`] labels.
const AT_LEAST: u32 = 2;
const AT_LEAST_OF_MANY: u32 = 3;
/// From this many planes on a weight is one byte, so that the rows of a text stay near the processor.
const MANY: usize = 9;
/// Planes added up at a time there.
const LANES: usize = 32;
/// The largest byte, and how many of them two bytes hold.
const LARGEST: f32 = 255.0;
const HELD: usize = 256;

/// Tells texts apart as its examples were.
#[derive(Debug)]
pub struct Classifier {
    labels: Vec<String>,
    shifts: Vec<f32>,
    planes: Planes,
}

/// Weights by feature.
#[derive(Debug)]
enum Planes {
    /// A row a bucket, a value a plane.
    Few(Vec<f32>),
    /// Where each bucket's runs of weights begin, and the runs: a byte of `zero` is no weight, one more is a `step`.
    Many { starts: Vec<u32>, runs: Vec<[u8; LANES]>, zero: f32, step: f32 },
}

impl Classifier {
    /// Learns from texts and their labels. With fewer than two labels it answers the one there is.
    pub fn learn(rows: &[(&str, &str)], seed: u64) -> Self {
        let mut labels: Vec<String> = rows.iter().map(|(_, label)| (*label).to_owned()).collect();
        labels.sort_unstable();
        labels.dedup();
        let places: BTreeMap<&str, usize> =
            labels.iter().enumerate().map(|(place, label)| (label.as_str(), place)).collect();
        let classes: Vec<usize> =
            rows.iter().map(|(_, label)| places.get(label).copied().unwrap_or(0)).collect();
        let count = if labels.len() == 2 { 1 } else { labels.len() };
        let table = Table::of(rows, if count < MANY { AT_LEAST } else { AT_LEAST_OF_MANY });
        let (mut shifts, mut weights) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for place in 0..count {
            let class = if count == 1 { 1 } else { place };
            let yes: Vec<bool> = classes.iter().map(|known| *known == class).collect();
            let seed = seed.wrapping_add(place as u64);
            let mut plane = separate(&table.matrix, &table.scale(&yes), &yes, costs(&yes, count), seed);
            for (weight, rarity) in plane.weights.iter_mut().zip(&table.rarity) {
                *weight *= rarity;
            }
            shifts.push(plane.shift);
            weights.push(plane.weights);
        }
        Self { labels, shifts, planes: table.planes(&weights) }
    }

    /// The labels, in the order of the scores.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// How far `text` lies on the side of each label; with two labels one score, of the second.
    pub fn scores<'a>(&self, text: &str, scratch: &'a mut Scratch) -> &'a [f32] {
        look(text, scratch);
        let Scratch { words, letters, known, scores, .. } = scratch;
        scores.clone_from(&self.shifts);
        for rows in [&*words, &*letters] {
            let share = norm(rows.len());
            match (&self.planes, scores.len()) {
                (Planes::Few(table), 1) => few::<1>(table, rows, share, scores),
                (Planes::Few(table), 3) => few::<3>(table, rows, share, scores),
                (Planes::Few(table), 4) => few::<4>(table, rows, share, scores),
                (Planes::Few(table), 5) => few::<5>(table, rows, share, scores),
                (Planes::Few(table), 6) => few::<6>(table, rows, share, scores),
                (Planes::Few(table), 7) => few::<7>(table, rows, share, scores),
                (Planes::Few(table), _) => few::<8>(table, rows, share, scores),
                (Planes::Many { starts, runs, zero, step }, _) => {
                    many(runs, *zero, carrying(starts, rows, known), share * step, scores);
                }
            }
        }
        scores
    }

    /// The label `text` most likely has.
    pub fn label(&self, text: &str, scratch: &mut Scratch) -> &str {
        let scores = self.scores(text, scratch);
        let place = match scores {
            [score] if self.labels.len() == 2 => usize::from(*score > 0.0),
            _ => {
                let (mut best, mut most) = (0, f32::MIN);
                for (place, score) in scores.iter().enumerate() {
                    if *score > most {
                        (best, most) = (place, *score);
                    }
                }
                best
            }
        };
        self.labels.get(place).map_or("", String::as_str)
    }
}

fn few<const N: usize>(table: &[f32], rows: &[u32], share: f32, scores: &mut [f32]) {
    let (table, _) = table.as_chunks::<N>();
    let mut sums = [0.0; N];
    for row in rows.iter().filter_map(|row| table.get(*row as usize)) {
        for (sum, weight) in sums.iter_mut().zip(row) {
            *sum += weight;
        }
    }
    for (score, sum) in scores.iter_mut().zip(sums) {
        *score += sum * share;
    }
}

/// Where the runs begin of those `rows` that have some; without a branch a row, which nothing could foretell.
fn carrying<'a>(starts: &[u32], rows: &[u32], known: &'a mut Vec<u32>) -> &'a [u32] {
    known.resize(rows.len(), 0);
    let mut count = 0;
    for row in rows {
        let start = starts.get(*row as usize).copied().unwrap_or(NOWHERE);
        if let Some(next) = known.get_mut(count) {
            *next = start;
        }
        count += usize::from(start != NOWHERE);
    }
    known.get(..count).unwrap_or(&[])
}

/// Adds up runs of bytes, [`LANES`] planes at a time.
fn many(runs: &[[u8; LANES]], zero: f32, starts: &[u32], share: f32, scores: &mut [f32]) {
    for (block, scores) in scores.chunks_mut(LANES).enumerate() {
        for starts in starts.chunks(HELD) {
            let mut sums = [0_u16; LANES];
            for run in starts.iter().filter_map(|start| runs.get(*start as usize + block)) {
                for (sum, weight) in sums.iter_mut().zip(run) {
                    *sum += u16::from(*weight);
                }
            }
            let nothing = zero * starts.len() as f32;
            for (score, sum) in scores.iter_mut().zip(sums) {
                *score += (f32::from(sum) - nothing) * share;
            }
        }
    }
}

/// What a missed yes and a missed no cost: each side together the same, within bounds where there are many labels.
fn costs(yes: &[bool], planes: usize) -> Costs {
    let all = yes.len() as f32;
    let cost = |side: bool| {
        let cost = COST * all / (2.0 * yes.iter().filter(|known| **known == side).count().max(1) as f32);
        if planes < MANY { cost } else { cost.clamp(2.0 * COST, 30.0 * COST) }
    };
    Costs { yes: cost(true), no: cost(false), unsure: if planes == 1 { UNSURE } else { UNSURE_OF_ONE } }
}

/// The examples as numbers.
struct Table {
    matrix: Matrix,
    /// Column of each bucket; none when too few texts have it.
    places: Vec<Option<u32>>,
    rarity: Vec<f32>,
    /// In how many texts each column stands.
    held: Vec<f32>,
}

impl Table {
    fn of(rows: &[(&str, &str)], at_least: u32) -> Self {
        let mut scratch = Scratch::default();
        let mut held = vec![0_u32; ROWS];
        let (mut seen, mut ends) = (Vec::new(), Vec::new());
        for (text, _) in rows {
            look(text, &mut scratch);
            let words = seen.len() + scratch.words.len();
            seen.extend(scratch.words.iter().chain(&scratch.letters).copied());
            ends.push((words, seen.len()));
        }
        for row in &seen {
            if let Some(count) = held.get_mut(*row as usize) {
                *count += 1;
            }
        }
        let all = rows.len() as f32;
        let (mut places, mut rarity, mut kept) = (vec![None; ROWS], Vec::new(), Vec::new());
        for (place, count) in places.iter_mut().zip(&held).filter(|(_, count)| **count >= at_least) {
            *place = Some(rarity.len() as u32);
            rarity.push((((1.0 + all) / (1.0 + *count as f32)).ln() + 1.0).powf(RARITY));
            kept.push(*count as f32);
        }
        let mut table = Self { matrix: Matrix::default(), places, rarity, held: kept };
        let mut from = 0;
        for (words, end) in ends {
            for part in [seen.get(from..words), seen.get(words..end)].into_iter().flatten() {
                table.push(part);
            }
            table.matrix.ends.push(table.matrix.cells.len());
            from = end;
        }
        table
    }

    fn push(&mut self, part: &[u32]) {
        let share = norm(part.len());
        for row in part {
            let Some(column) = self.places.get(*row as usize).copied().flatten() else { continue };
            let rarity = self.rarity.get(column as usize).copied().unwrap_or(1.0);
            self.matrix.cells.push((column, rarity * share));
        }
    }

    /// How unequally each column is held by the two sides.
    fn scale(&self, yes: &[bool]) -> Vec<f32> {
        let mut held = vec![0.0_f32; self.rarity.len()];
        for (row, _) in self.matrix.rows().zip(yes).filter(|(_, yes)| **yes) {
            for (column, _) in row {
                if let Some(count) = held.get_mut(*column as usize) {
                    *count += 1.0;
                }
            }
        }
        let texts = yes.iter().filter(|yes| **yes).count() as f32;
        let all = yes.len() as f32;
        let even = ((texts + 1.0) / (all - texts + 1.0)).ln();
        let ratio = |held: f32, of: f32| (((held + 1.0) / (of - held + 1.0)).ln() - even).abs();
        held.iter().zip(&self.held).map(|(held, of)| 1.0 - UNEQUAL + UNEQUAL * ratio(*held, *of)).collect()
    }

    fn planes(&self, weights: &[Vec<f32>]) -> Planes {
        let at = |plane: &Vec<f32>, column: Option<u32>| {
            column.and_then(|column| plane.get(column as usize)).copied().unwrap_or(0.0)
        };
        if weights.len() < MANY {
            let width = if weights.len() == 2 || weights.len() == 8 { 8 } else { weights.len() };
            let mut table = Vec::with_capacity(ROWS * width);
            for column in &self.places {
                table.extend(weights.iter().map(|plane| at(plane, *column)));
                table.resize(table.len().next_multiple_of(width.max(1)), 0.0);
            }
            return Planes::Few(table);
        }
        self.bytes(weights)
    }

    fn bytes(&self, weights: &[Vec<f32>]) -> Planes {
        let all = weights.iter().flatten();
        let (least, most) =
            all.fold((0.0_f32, 0.0_f32), |(least, most), weight| (least.min(*weight), most.max(*weight)));
        let step = ((most - least) / LARGEST).max(f32::MIN_POSITIVE);
        let zero = (-least / step).round();
        let wide = weights.len().div_ceil(LANES);
        let mut runs = Vec::with_capacity(self.rarity.len() * wide);
        for column in 0..self.rarity.len() {
            for planes in weights.chunks(LANES) {
                let mut run = [zero as u8; LANES];
                for (byte, plane) in run.iter_mut().zip(planes) {
                    *byte = (plane.get(column).copied().unwrap_or(0.0) / step + zero).round() as u8;
                }
                runs.push(run);
            }
        }
        let start = |column: &Option<u32>| column.map_or(NOWHERE, |column| column * wide as u32);
        Planes::Many { starts: self.places.iter().map(start).collect(), runs, zero, step }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(labels: usize) -> Vec<(String, String)> {
        let fruits = ["apple", "pear", "plum", "fig", "cherry", "quince", "melon", "grape", "lemon", "peach"];
        let fruit = |n: usize| fruits.get(n % labels).copied().unwrap_or("apple");
        (0..labels * 12).map(|n| (format!("I ate a {} on day {n}", fruit(n)), fruit(n).to_owned())).collect()
    }

    #[test]
    fn few_and_many_labels_are_learnt() {
        for labels in [2, 3, 5, 8, 10] {
            let rows = rows(labels);
            let rows: Vec<(&str, &str)> = rows.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            let learnt = Classifier::learn(&rows, 1);
            let mut scratch = Scratch::default();
            for (_, label) in rows.iter().take(labels) {
                let text = format!("we bought one {label}");
                assert_eq!(learnt.label(&text, &mut scratch), *label, "{labels} labels");
            }
        }
    }

    #[test]
    fn a_thousand_largest_bytes_fill_no_sum() {
        let mut scores = [0.0; 40];
        many(&[[255; LANES], [1; LANES]], 1.0, &[0; 1000], 0.5, &mut scores);
        assert_eq!((scores[0], scores[31], scores[32], scores[39]), (127_000.0, 127_000.0, 0.0, 0.0));
    }

    #[test]
    fn nothing_and_one_label_are_no_mishap() {
        let mut scratch = Scratch::default();
        assert_eq!(Classifier::learn(&[], 1).label("x", &mut scratch), "");
        assert_eq!(Classifier::learn(&[("a b", "only")], 1).label("x", &mut scratch), "only");
    }
}
