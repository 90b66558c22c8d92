//! The learner: logistic regression over sparse features by AdaGrad, one pass after the other in a seeded order.

use crate::across;
use crate::cues::Cue;
use crate::features::{BUCKETS, Features};
use crate::weights::{exp, norm, sigmoid};

/// One thing to learn from.
#[derive(Debug)]
pub(crate) struct Lesson<'a> {
    /// What the model sees.
    pub features: &'a Features,
    /// The right class; for a yes-or-no task 1 is yes.
    pub class: usize,
    /// How much it counts.
    pub weight: f32,
    /// Its home, below [`HOMES`]; none where homes are not told apart.
    pub home: Option<usize>,
}

/// Homes of lessons. How much more often the answer is yes in one than in another is learnt beside the weights and
/// thrown away, so that words need not explain it: nearly half of the collected comments are spam, of talk none is. Mails and text messages
/// share a home with talk: with one of their own, three times as much talk was taken for spam.
pub(crate) const HOMES: usize = 3;
/// First step size of what is learnt of a home.
const HOME_STEP: f32 = 0.2;
/// How much shingles across words count beside words.
const ACROSS: f32 = 1.5;

/// How to learn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Passes over all lessons.
    pub passes: u32,
    /// First step size of hashed features.
    pub step: f32,
    /// First step size of cues, which start from weights chosen by hand.
    pub cue_step: f32,
    /// Pull towards zero at each touch (towards the hand-chosen weight for cues).
    pub pull: f32,
}

/// A model of one task while it learns. One column means yes-or-no.
#[derive(Debug)]
pub(crate) struct Learner {
    columns: usize,
    /// True when it learns from what stands beside the name of a group.
    grouped: bool,
    /// Bucket after bucket, a value a column.
    pub table: Vec<f32>,
    table_sums: Vec<f32>,
    /// Cue after cue, a value a column.
    pub cues: Vec<f32>,
    cue_start: Vec<f32>,
    cue_sums: Vec<f32>,
    /// Cues that stay where they started.
    still: Vec<bool>,
    /// True when frames count.
    framed: bool,
    /// True when shingles across words count; their rows of the table follow the buckets.
    across: bool,
    homes: [f32; HOMES],
    home_sums: [f32; HOMES],
    /// One a column.
    pub bias: Vec<f32>,
    bias_sums: Vec<f32>,
}

impl Learner {
    /// A learner for `columns` columns that starts from `cues` and `bias`.
    pub(crate) fn new(columns: usize, cues: Vec<f32>, bias: Vec<f32>) -> Self {
        Self {
            columns,
            grouped: false,
            table: vec![0.0; BUCKETS * columns],
            table_sums: vec![1e-3; BUCKETS * columns],
            cue_start: cues.clone(),
            cue_sums: vec![1e-1; Cue::ALL.len() * columns],
            still: vec![false; Cue::ALL.len()],
            framed: false,
            across: false,
            homes: [0.0; HOMES],
            home_sums: [1e-1; HOMES],
            cues,
            bias_sums: vec![1e-1; columns],
            bias,
        }
    }

    /// The same learner, which also learns from what stands beside the name of a group, or not.
    pub(crate) fn grouped(mut self, grouped: bool) -> Self {
        self.grouped = grouped;
        self
    }

    /// The same learner, with `cues` held where they are.
    pub(crate) fn holding(mut self, cues: &[Cue]) -> Self {
        for cue in cues {
            if let Some(still) = self.still.get_mut(*cue as usize) {
                *still = true;
            }
        }
        self
    }

    /// The same learner, that looks at frames too where `framed`.
    pub(crate) fn framed(mut self, framed: bool) -> Self {
        self.framed = framed;
        self
    }

    /// The same learner, that looks at shingles across words too where `across`.
    pub(crate) fn across(mut self, across: bool) -> Self {
        self.across = across;
        let rows = BUCKETS + if across { across::ROWS } else { 0 };
        self.table.resize(rows * self.columns, 0.0);
        self.table_sums.resize(rows * self.columns, 1e-3);
        self
    }

    /// Learns `lessons`, in an order that only `seed` decides.
    pub(crate) fn learn(&mut self, lessons: &[Lesson<'_>], pace: Pace, seed: u64) {
        let mut order: Vec<usize> = (0..lessons.len()).collect();
        let mut chance = Chance(seed);
        let mut errors = vec![0.0; self.columns];
        for pass in 0..pace.passes {
            chance.shuffle(&mut order);
            let fade = 1.0 / (1.0 + 0.5 * pass as f32);
            for lesson in order.iter().filter_map(|at| lessons.get(*at)) {
                self.errors(lesson, &mut errors);
                self.step(lesson.features, &errors, pace, fade);
                self.step_home(lesson.home, &errors, fade);
            }
        }
    }

    /// Log-odds of every column.
    pub(crate) fn odds(&self, features: &Features) -> Vec<f32> {
        let mut odds = self.bias.clone();
        for (buckets, x) in groups(features, self.framed, self.grouped) {
            for bucket in buckets {
                for (odd, weight) in odds.iter_mut().zip(self.row(&self.table, *bucket as usize)) {
                    *odd += x * weight;
                }
            }
        }
        let (shingles, x) = self.shingles(features);
        for (shingle, _) in shingles {
            for (odd, weight) in odds.iter_mut().zip(self.row(&self.table, BUCKETS + *shingle as usize)) {
                *odd += x * weight;
            }
        }
        for cue in &features.cues {
            for (odd, weight) in odds.iter_mut().zip(self.row(&self.cues, usize::from(*cue))) {
                *odd += weight;
            }
        }
        odds
    }

    fn shingles<'f>(&self, features: &'f Features) -> (&'f [(u32, u32)], f32) {
        let shingles = if self.across { features.across.as_slice() } else { &[] };
        (shingles, ACROSS * norm(shingles.len()))
    }

    fn row<'t>(&self, table: &'t [f32], at: usize) -> &'t [f32] {
        table.get(at * self.columns..(at + 1) * self.columns).unwrap_or(&[])
    }

    /// Probability minus truth, times the lesson's weight.
    fn errors(&self, lesson: &Lesson<'_>, errors: &mut [f32]) {
        let odds = self.odds(lesson.features);
        if let ([odd], [error]) = (odds.as_slice(), &mut *errors) {
            let home = lesson.home.and_then(|home| self.homes.get(home).copied()).unwrap_or(0.0);
            *error = (sigmoid(*odd + home) - if lesson.class == 1 { 1.0 } else { 0.0 }) * lesson.weight;
            return;
        }
        let most = odds.iter().copied().fold(f32::MIN, f32::max);
        let sum: f32 = odds.iter().map(|odd| exp(odd - most)).sum();
        for (class, (error, odd)) in errors.iter_mut().zip(&odds).enumerate() {
            let truth = if class == lesson.class { 1.0 } else { 0.0 };
            *error = (exp(odd - most) / sum - truth) * lesson.weight;
        }
    }

    #[inline]
    fn step_row(&mut self, row: usize, x: f32, errors: &[f32], pace: Pace, fade: f32) {
        let (at, columns) = (row * self.columns, self.columns);
        let (weights, sums) =
            (row_of(&mut self.table, at, columns), row_of(&mut self.table_sums, at, columns));
        for ((weight, sum), error) in weights.iter_mut().zip(sums).zip(errors) {
            let slope = error * x + pace.pull * *weight;
            *sum += slope * slope;
            *weight -= pace.step * fade * slope / sum.sqrt();
        }
    }

    fn step_home(&mut self, home: Option<usize>, errors: &[f32], fade: f32) {
        let Some(home) = home else { return };
        if let ([error], Some(odds), Some(sum)) =
            (errors, self.homes.get_mut(home), self.home_sums.get_mut(home))
        {
            *sum += error * error;
            *odds -= HOME_STEP * fade * error / sum.sqrt();
        }
    }

    /// Weights of shingles across words, as they count before [`norm`].
    pub(crate) fn shingle_weights(&self) -> impl Iterator<Item = f32> {
        self.table.iter().skip(BUCKETS * self.columns).map(|weight| weight * ACROSS)
    }

    fn step(&mut self, features: &Features, errors: &[f32], pace: Pace, fade: f32) {
        let columns = self.columns;
        for (buckets, x) in groups(features, self.framed, self.grouped) {
            for bucket in buckets {
                self.step_row(*bucket as usize, x, errors, pace, fade);
            }
        }
        let (shingles, x) = self.shingles(features);
        for (shingle, _) in shingles {
            self.step_row(BUCKETS + *shingle as usize, x, errors, pace, fade);
        }
        for cue in &features.cues {
            if self.still.get(usize::from(*cue)).copied().unwrap_or(false) {
                continue;
            }
            let at = usize::from(*cue) * columns;
            let row =
                self.cues.iter_mut().zip(&mut self.cue_sums).zip(&self.cue_start).skip(at).take(columns);
            for (((weight, sum), start), error) in row.zip(errors) {
                let slope = error + pace.pull * (*weight - start);
                *sum += slope * slope;
                *weight -= pace.cue_step * fade * slope / sum.sqrt();
            }
        }
        for ((bias, sum), error) in self.bias.iter_mut().zip(&mut self.bias_sums).zip(errors) {
            *sum += error * error;
            *bias -= pace.cue_step * fade * error / sum.sqrt();
        }
    }
}

fn row_of(table: &mut [f32], at: usize, columns: usize) -> &mut [f32] {
    table.get_mut(at..at + columns).unwrap_or(&mut [])
}

fn groups(features: &Features, framed: bool, grouped: bool) -> [(&[u32], f32); 4] {
    let frames = if framed { features.frames.as_slice() } else { &[] };
    let beside = if grouped { features.groups.as_slice() } else { &[] };
    [features.words.as_slice(), features.letters.as_slice(), frames, beside]
        .map(|rows| (rows, norm(rows.len())))
}

/// A small seeded generator (splitmix64): good enough to shuffle, the same everywhere.
#[derive(Debug)]
pub(crate) struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    pub(crate) fn shuffle(&mut self, order: &mut [usize]) {
        for at in (1..order.len()).rev() {
            let other = (self.next() % (at as u64 + 1)) as usize;
            order.swap(at, other);
        }
    }
}
