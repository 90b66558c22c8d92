//! One ranking out of two.

use std::collections::HashMap;
use std::hash::Hash;

/// How much the first places count before the later ones: reciprocal rank fusion (Cormack, Clarke, Büttcher, 2009)
/// with its authors' constant.
const EVEN: f32 = 60.0;

/// Puts two rankings together by rank alone, because their scores are on different scales: what stands high in both
/// comes first. Of equals the one of `first` does.
pub fn blend<T: Copy + Eq + Hash>(first: &[T], second: &[T]) -> Vec<T> {
    let mut order: Vec<T> = Vec::with_capacity(first.len() + second.len());
    let mut scores: HashMap<T, f32> = HashMap::new();
    for list in [first, second] {
        for (place, item) in list.iter().enumerate() {
            let score = scores.entry(*item).or_insert_with(|| {
                order.push(*item);
                0.0
            });
            *score += 1.0 / (EVEN + place as f32 + 1.0);
        }
    }
    let of = |item: &T| scores.get(item).copied().unwrap_or_default();
    order.sort_by(|a, b| of(b).total_cmp(&of(a)));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(first: &[u8], second: &[u8], expect: &[u8]) {
        assert_eq!(blend(first, second), expect);
    }

    #[test]
    fn what_both_rank_high_comes_first() {
        check(&[1, 2, 3], &[], &[1, 2, 3]);
        check(&[], &[4, 5], &[4, 5]);
        check(&[1, 2, 3], &[3, 9], &[3, 1, 2, 9]);
        check(&[1, 2], &[3, 4], &[1, 3, 2, 4]);
        check(&[1, 2], &[2, 1], &[1, 2]);
    }
}
