//! Chance that can be repeated: a keyed order of posts.

/// `SplitMix64`'s finaliser (Steele, Lea and Flood 2014) over the id and the seed: even, and the same everywhere.
fn mixed(seed: i64, id: i64) -> u64 {
    let mut word =
        (seed.cast_unsigned() ^ id.cast_unsigned().rotate_left(32)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    for _ in 0..2 {
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^= word >> 31;
    }
    word
}

/// A simple random sample without replacement: the `wanted` ids that come first in the order of the seed, whatever
/// the order in which they are given. All of them when there are no more.
pub fn drawn(seed: i64, ids: &[i64], wanted: usize) -> Vec<i64> {
    let mut keyed: Vec<(u64, i64)> = ids.iter().map(|id| (mixed(seed, *id), *id)).collect();
    keyed.sort_unstable();
    keyed.dedup();
    keyed.into_iter().take(wanted).map(|(_, id)| id).collect()
}

/// Whether what was decided on this post at this time is one of the `every`-th that are looked at again. Nobody who
/// decides can know or choose: it follows from the post, the time and a seed that lies in the database alone.
pub fn is_looked_at_again(seed: i64, post: i64, at: i64, every: u64) -> bool {
    mixed(seed, mixed(seed, post).cast_signed() ^ at).is_multiple_of(every.max(1))
}

/// The order in which a person meets the pile: each their own, so that two who work at once seldom meet.
pub(super) fn place(person: i64, review: i64) -> u64 {
    mixed(person, review)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_posts_in_any_order() {
        let ids: Vec<i64> = (1..=1_000).map(|number| number << 21).collect();
        let mut back = ids.clone();
        back.reverse();
        let sample = drawn(77, &ids, 100);
        assert_eq!(sample, drawn(77, &back, 100));
        assert_eq!(sample.len(), 100);
        assert_ne!(sample, drawn(78, &ids, 100));
        assert_eq!(drawn(77, &ids[..40], 100).len(), 40, "no more than there are");
        // One more post changes one place of the sample at most.
        let more = drawn(77, &[ids.as_slice(), &[9]].concat(), 100);
        assert!(sample.iter().filter(|id| more.contains(id)).count() >= 99);
    }

    #[test]
    fn every_post_has_the_same_chance() {
        let ids: Vec<i64> = (0..200).map(|number| (number << 21) + 5).collect();
        let mut times = vec![0_u32; ids.len()];
        for seed in 0..2_000 {
            for id in drawn(seed, &ids, 20) {
                times[usize::try_from(id >> 21).unwrap()] += 1;
            }
        }
        // Binomial with 2,000 draws of one in ten: mean 200, standard deviation 13.4.
        assert!(times.iter().all(|count| (133..=267).contains(count)), "{times:?}");
    }

    #[test]
    fn one_in_twenty_is_looked_at_again() {
        let chosen = (0..40_000).filter(|post| is_looked_at_again(3, post << 21, 1_000 + post, 20)).count();
        // Mean 2,000, standard deviation 43.6.
        assert!((1_780..=2_220).contains(&chosen), "{chosen}");
        assert!((0..100).all(|post| is_looked_at_again(3, post, 0, 1)));
    }
}
