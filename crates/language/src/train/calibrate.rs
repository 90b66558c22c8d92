//! Calibration: a factor and a shift on the log-odds, fitted on rows that were not learnt from, so that of all
//! texts said to be 0.8 likely, eight in ten are.

use super::Task;
use crate::features::Features;
use crate::weights::{easing, exp, sigmoid};

/// A judged row that was not learnt from.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// Log-odds of the columns of a task.
    pub odds: Vec<f32>,
    /// The right class.
    pub class: usize,
    /// How much the row counts.
    pub weight: f32,
    /// How many words and pairs it has.
    pub hits: usize,
    /// True for mails.
    pub mail: bool,
}

/// How log-odds become probabilities.
#[derive(Clone, Debug)]
pub(crate) struct Calibration {
    /// Factor on the log-odds.
    pub slope: f32,
    /// Added after the factor, one a column.
    pub shifts: Vec<f32>,
    /// By which power long texts are believed less; see [`easing`].
    pub ease: f32,
    /// Factor and shift of mails, where they are calibrated apart: of spam, which half of the mails we have are and hardly
    /// any talk is.
    pub mail: Option<(f32, f32)>,
}

impl Calibration {
    /// Fits `task` to `samples`.
    pub(crate) fn of(task: Task, samples: &[Sample]) -> Self {
        if task == Task::Intent {
            let (slope, shifts, ease) = eased(samples, task.columns());
            return Self { slope, shifts, ease, mail: None };
        }
        if task.columns() > 1 {
            let (slope, shifts) = temperature(samples, task.columns(), 0.0);
            return Self { slope, shifts, ease: 0.0, mail: None };
        }
        let apart = |mail: bool| -> Vec<Sample> {
            samples.iter().filter(|sample| task != Task::Spam || sample.mail == mail).cloned().collect()
        };
        let (slope, shift) = platt(&apart(false)).unwrap_or((1.0, 0.0));
        let mail = if task == Task::Spam { platt(&apart(true)) } else { None };
        Self { slope, shifts: vec![shift], ease: 0.0, mail }
    }

    /// The probability of each column that a text of `features` has `odds`; of yes alone for a yes-or-no task.
    pub(crate) fn probabilities(&self, odds: &[f32], features: &Features) -> Vec<f32> {
        if let ([odd], Some((slope, shift)), true) = (odds, self.mail, features.mail) {
            return vec![sigmoid(odd * slope + shift)];
        }
        let factor = easing(self.ease, features.words.len());
        let odds: Vec<f32> =
            odds.iter().zip(&self.shifts).map(|(odd, shift)| (odd * self.slope + shift) * factor).collect();
        if let [odd] = odds.as_slice() {
            return vec![sigmoid(*odd)];
        }
        let most = odds.iter().copied().fold(f32::MIN, f32::max);
        let parts: Vec<f32> = odds.iter().map(|odd| exp(odd - most)).collect();
        let sum: f32 = parts.iter().sum();
        parts.into_iter().map(|part| part / sum).collect()
    }
}

/// Slope and shift of a yes-or-no column by Platt's method with Newton steps (Platt 1999; targets smoothed as
/// he proposes); none where there is too little of yes or no.
pub(crate) fn platt(samples: &[Sample]) -> Option<(f32, f32)> {
    let mass =
        |class: usize| samples.iter().filter(|s| s.class == class).map(|s| f64::from(s.weight)).sum::<f64>();
    let (yes, no) = (mass(1), mass(0));
    if yes < 5.0 || no < 5.0 {
        return None;
    }
    let (high, low) = ((yes + 1.0) / (yes + 2.0), 1.0 / (no + 2.0));
    let (mut a, mut b) = (1.0_f64, 0.0_f64);
    for _ in 0..30 {
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, 0.0, 1e-6, 0.0, 1e-6);
        for Sample { odds, class, weight, .. } in samples {
            let x = f64::from(odds.first().copied().unwrap_or(0.0));
            let p = f64::from(sigmoid((a * x + b) as f32));
            let (d, w) = (p - if *class == 1 { high } else { low }, f64::from(*weight));
            let h = (p * (1.0 - p)).max(1e-9) * w;
            ga += d * x * w;
            gb += d * w;
            haa += h * x * x;
            hab += h * x;
            hbb += h;
        }
        let det = haa * hbb - hab * hab;
        a -= (hbb * ga - hab * gb) / det;
        b -= (haa * gb - hab * ga) / det;
        a = a.clamp(0.05, 5.0);
        b = b.clamp(-8.0, 8.0);
    }
    Some((a as f32, b as f32))
}

/// [`temperature`], and by which power long texts have to be believed less (see [`easing`]): a long post gives the learner
/// more to be sure by, but no more to be right by. The power is the one of a few with the least log-loss.
pub(crate) fn eased(samples: &[Sample], columns: usize) -> (f32, Vec<f32>, f32) {
    let mut best: Option<(f64, f32, Vec<f32>, f32)> = None;
    for step in 0..8 {
        let ease = step as f32 * 0.1;
        let (slope, shifts) = temperature(samples, columns, ease);
        let loss = loss(samples, slope, &shifts, ease);
        if best.as_ref().is_none_or(|known| loss < known.0) {
            best = Some((loss, slope, shifts, ease));
        }
    }
    best.map_or((1.0, vec![0.0; columns], 0.0), |(_, slope, shifts, ease)| (slope, shifts, ease))
}

fn loss(samples: &[Sample], slope: f32, shifts: &[f32], ease: f32) -> f64 {
    let lost = |Sample { odds, class, weight, hits, .. }: &Sample| {
        let factor = easing(ease, *hits);
        let values: Vec<f32> =
            odds.iter().zip(shifts).map(|(odd, shift)| (odd * slope + shift) * factor).collect();
        let most = values.iter().copied().fold(f32::MIN, f32::max);
        let sum: f32 = values.iter().map(|value| exp(value - most)).sum();
        let part = values.get(*class).map_or(0.0, |value| exp(value - most)) / sum;
        -f64::from(part.max(1e-6)).ln() * f64::from(*weight)
    };
    samples.iter().map(lost).sum()
}

/// One factor for all columns and a shift for each, by gradient steps on the log-loss.
pub(crate) fn temperature(samples: &[Sample], columns: usize, ease: f32) -> (f32, Vec<f32>) {
    let factors: Vec<f64> = samples.iter().map(|s| f64::from(easing(ease, s.hits))).collect();
    let mut slope = 1.0_f64;
    let mut shifts = vec![0.0_f64; columns];
    let mass: f64 = samples.iter().map(|s| f64::from(s.weight)).sum::<f64>().max(1.0);
    for round in 0..400 {
        let (mut gs, mut gshift) = (0.0, vec![0.0_f64; columns]);
        for (Sample { odds, class, weight, .. }, factor) in samples.iter().zip(&factors) {
            let values: Vec<f32> = odds
                .iter()
                .zip(&shifts)
                .map(|(o, b)| ((slope * f64::from(*o) + b) * factor) as f32)
                .collect();
            let most = values.iter().copied().fold(f32::MIN, f32::max);
            let parts: Vec<f64> = values.iter().map(|value| f64::from(exp(value - most))).collect();
            let sum: f64 = parts.iter().sum();
            for (place, ((part, odd), gradient)) in parts.iter().zip(odds).zip(&mut gshift).enumerate() {
                let d = (part / sum - if place == *class { 1.0 } else { 0.0 }) * f64::from(*weight) * factor
                    / mass;
                gs += d * f64::from(*odd);
                *gradient += d;
            }
        }
        let rate = 1.0 / (1.0 + f64::from(round) / 100.0);
        slope = (slope - 0.1 * rate * gs).clamp(0.05, 5.0);
        for (shift, gradient) in shifts.iter_mut().zip(gshift) {
            *shift -= rate * (gradient + 0.01 * *shift);
        }
    }
    (slope as f32, shifts.into_iter().map(|shift| shift as f32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Said 0.98, wrong in so many of eight cases.
    fn sample(n: usize, mail: bool, wrong: usize) -> Sample {
        let yes = n.is_multiple_of(2);
        let class = usize::from(yes != (n % 8 < wrong));
        Sample { odds: vec![if yes { 4.0 } else { -4.0 }], class, weight: 1.0, hits: 9, mail }
    }

    #[test]
    fn over_sure_odds_are_tamed() {
        let samples: Vec<Sample> = (0..400).map(|n| sample(n, false, 2)).collect();
        let (slope, shift) = platt(&samples).unwrap();
        let p = sigmoid(4.0 * slope + shift);
        assert!((p - 0.75).abs() < 0.02, "{p}");
    }

    #[test]
    fn mails_are_calibrated_apart_for_spam_alone() {
        let posts = (0..400).map(|n| sample(n, false, 2));
        let samples: Vec<Sample> = posts.chain((0..400).map(|n| sample(n, true, 0))).collect();
        let said = |task: Task, mail: bool| {
            let features = Features { mail, ..Features::default() };
            Calibration::of(task, &samples).probabilities(&[4.0], &features)[0]
        };
        assert!((said(Task::Spam, false) - 0.75).abs() < 0.02);
        assert!(said(Task::Spam, true) > 0.95);
        assert!((said(Task::Harassment, true) - said(Task::Harassment, false)).abs() < 1e-6);
    }
}
