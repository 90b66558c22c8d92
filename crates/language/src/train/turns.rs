//! How well texts are judged by learners that had not seen them.

use crate::weights::Weights;

use super::calibrate::Calibration;
use super::{Prepared, Row, Task, learn_task, learner, prepare, samples};

/// What a text was judged by a learner that had not seen it.
#[derive(Clone, Debug)]
pub struct HeldOut {
    /// Place of the row among the rows given.
    pub row: usize,
    /// True when the learner knew whether it opens a conversation or answers, where the row says so.
    pub in_context: bool,
    /// The right class.
    pub class: usize,
    /// Probability of each class; of yes alone where there is nothing but yes and no.
    pub probabilities: Vec<f32>,
}

/// Judges the examples we wrote or labelled, and those of the spam sets, in `folds` turns by learners that saw everything
/// but the turn's share of them, so that thresholds and probabilities can be checked on more than a tenth.
pub fn held_out(task: Task, rows: &[Row], seed: u64, folds: usize) -> Vec<HeldOut> {
    let folds = folds.max(2);
    let mut prepared: Vec<Prepared> = Vec::new();
    let mut places: Vec<(usize, bool)> = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        for (number, one) in prepare(row).into_iter().enumerate() {
            places.push((place, number == 0));
            prepared.push(one);
        }
    }
    let start = Weights::untrained();
    let mut all = Vec::new();
    for fold in 0..folds {
        let own = |row: &Prepared| row.fold % folds == fold;
        let learner = learner(task, &prepared, seed, &start, |row| !own(row));
        // Calibrated by the next share of rows, which a second learner has not seen either.
        let next = |row: &Prepared| row.fold % folds == (fold + 1) % folds;
        let second = super::learner(task, &prepared, seed, &start, |row| !own(row) && !next(row));
        let calibration = Calibration::of(task, &samples(task, &prepared, &second, next));
        let judged =
            places.iter().zip(&prepared).filter(|((row, _), p)| own(p) && rows.get(*row).is_some_and(judged));
        for ((place, in_context), row) in judged {
            let Some(target) = row.targets.iter().find(|target| target.task == task) else { continue };
            let probabilities = calibration.probabilities(&learner.odds(&row.features), &row.features);
            all.push(HeldOut { row: *place, in_context: *in_context, class: target.class, probabilities });
        }
    }
    all
}

/// Judges the rows that `out` says by a learner that saw none of them, learnt and calibrated as what ships is: how it
/// would do on a video, or on mail, that is new to it.
pub fn left_out(task: Task, rows: &[Row], seed: u64, out: impl Fn(&Row) -> bool) -> Vec<HeldOut> {
    let start = Weights::untrained();
    let (away, kept): (Vec<(usize, &Row)>, Vec<_>) = rows.iter().enumerate().partition(|(_, row)| out(row));
    let kept: Vec<Prepared> = kept.into_iter().flat_map(|(_, row)| prepare(row)).collect();
    let learnt = learn_task(task, &kept, seed, &start);
    let judge = |(place, row): (usize, &Row)| {
        let seen = prepare(row).into_iter().next()?;
        let target = seen.targets.iter().find(|target| target.task == task)?;
        let probabilities =
            learnt.calibration.probabilities(&learnt.learner.odds(&seen.features), &seen.features);
        Some(HeldOut { row: place, in_context: true, class: target.class, probabilities })
    };
    away.into_iter().filter_map(judge).collect()
}

/// Examples we wrote or labelled, and sets of spam, whose tenth is too small to say much.
fn judged(row: &Row) -> bool {
    row.set == "own" || row.intent.is_some() || row.set.starts_with("spam-")
}
