//! Linear support-vector machines with squared hinge loss by dual coordinate descent (Hsieh and others, "A dual
//! coordinate descent method for large-scale linear SVM", 2008, algorithm 3 with shrinking), in a seeded order.

use super::learn::Chance;

/// Passes over the rows; more did not change a figure.
const PASSES: usize = 5;
/// By what costs are lowered where labels contradict themselves.
const LOWERED: f32 = 0.4;
/// A row this far beyond its margin is not looked at again.
const SAFE: f32 = 0.3;

/// Rows of a sparse matrix, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Matrix {
    /// Columns and values.
    pub cells: Vec<(u32, f32)>,
    /// Where each row ends.
    pub ends: Vec<usize>,
}

impl Matrix {
    /// One row.
    pub(crate) fn row(&self, at: usize) -> &[(u32, f32)] {
        let from = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(at).and_then(|end| self.cells.get(from..*end)).unwrap_or(&[])
    }

    /// All rows.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[(u32, f32)]> {
        (0..self.ends.len()).map(|at| self.row(at))
    }
}

/// A separating plane: a weight a column, and a shift.
#[derive(Debug)]
pub(crate) struct Plane {
    /// One a column.
    pub weights: Vec<f32>,
    /// Added to every score.
    pub shift: f32,
}

/// What a miss costs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Costs {
    /// Of a yes.
    pub yes: f32,
    /// Of a no.
    pub no: f32,
    /// The labels contradict themselves when the first pass misses a larger share than this.
    pub unsure: f32,
}

/// Separates the rows for which `yes` holds from the others. `scale` says how much each column counts. The weights are
/// those of the columns as they stand in `matrix`.
///
/// The first pass meets each row before it has learnt it, so that its misses tell how far the labels can be believed:
/// where it misses many, what a miss costs is lowered for the passes to come.
pub(crate) fn separate(matrix: &Matrix, scale: &[f32], yes: &[bool], costs: Costs, seed: u64) -> Plane {
    let squared: Vec<f32> = scale.iter().map(|scale| scale * scale).collect();
    let mut plane = Plane { weights: vec![0.0; scale.len()], shift: 0.0 };
    let mut pulls = vec![0.0_f32; yes.len()];
    let mut active: Vec<usize> = (0..yes.len()).collect();
    let mut chance = Chance(seed);
    let (mut by, mut missed) = (1.0, (0, 0));
    for pass in 0..PASSES {
        if pass == 1 && share_of(missed, yes) > costs.unsure {
            by = LOWERED;
        }
        chance.shuffle(&mut active);
        active.retain(|at| {
            let (Some(yes), Some(pull)) = (yes.get(*at), pulls.get_mut(*at)) else { return false };
            let row = matrix.row(*at);
            let (side, cost) = if *yes { (1.0, costs.yes) } else { (-1.0, costs.no) };
            let give = 0.5 / (cost * by);
            let slope = side * plane.score(row) - 1.0 + give * *pull;
            if pass == 0 && slope < -1.0 {
                *(if *yes { &mut missed.0 } else { &mut missed.1 }) += 1;
            }
            if *pull == 0.0 && slope >= 0.0 {
                return slope < SAFE;
            }
            let next = (*pull - slope / (square(row, &squared) + give)).max(0.0);
            plane.shift(row, &squared, (next - *pull) * side);
            *pull = next;
            true
        });
    }
    plane
}

/// The share missed of the yes and of the no, in the mean.
fn share_of(missed: (usize, usize), yes: &[bool]) -> f32 {
    let of_yes = yes.iter().filter(|yes| **yes).count();
    let share = |missed: usize, of: usize| missed as f32 / of.max(1) as f32;
    (share(missed.0, of_yes) + share(missed.1, yes.len() - of_yes)) / 2.0
}

/// The length of a row with its shift, squared.
fn square(row: &[(u32, f32)], squared: &[f32]) -> f32 {
    let worth = |(column, value): &(u32, f32)| {
        squared.get(*column as usize).map_or(0.0, |scale| scale * value * value)
    };
    1.0 + row.iter().map(worth).sum::<f32>()
}

impl Plane {
    fn score(&self, row: &[(u32, f32)]) -> f32 {
        let worth = |(column, value): &(u32, f32)| {
            self.weights.get(*column as usize).map_or(0.0, |weight| weight * value)
        };
        self.shift + row.iter().map(worth).sum::<f32>()
    }

    fn shift(&mut self, row: &[(u32, f32)], squared: &[f32], by: f32) {
        self.shift += by;
        for (column, value) in row {
            let place = *column as usize;
            if let (Some(weight), Some(scale)) = (self.weights.get_mut(place), squared.get(place)) {
                *weight += by * value * scale;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_separated_is() {
        let mut matrix = Matrix::default();
        let mut yes = Vec::new();
        for n in 0..40_u32 {
            matrix.cells.extend([(n % 2, 1.0), (2 + n % 5, 0.3)]);
            matrix.ends.push(matrix.cells.len());
            yes.push(n % 2 == 0);
        }
        let costs = Costs { yes: 1.0, no: 1.0, unsure: 0.1 };
        let plane = separate(&matrix, &[1.0; 7], &yes, costs, 3);
        for (row, yes) in matrix.rows().zip(&yes) {
            assert_eq!(plane.score(row) > 0.0, *yes);
        }
    }

    #[test]
    fn labels_that_contradict_themselves_are_believed_less() {
        let mut matrix = Matrix::default();
        for _ in 0..60 {
            matrix.cells.push((0, 1.0));
            matrix.ends.push(matrix.cells.len());
        }
        let yes: Vec<bool> = (0..60).map(|n| n % 3 > 0).collect();
        let weight = |unsure: f32| {
            let costs = Costs { yes: 0.01, no: 0.01, unsure };
            separate(&matrix, &[1.0], &yes, costs, 3).weights.first().copied().unwrap_or(0.0)
        };
        assert_eq!(share_of((10, 5), &yes), 0.25);
        assert!(weight(0.1) > 0.0 && weight(0.1) < weight(1.0));
    }
}
