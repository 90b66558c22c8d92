//! When a conversation, or the community, is in conflict: the thresholds of the definition `conflict`.

use std::collections::HashMap;

use mainstreet_kernel::Timestamp;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::id::{PersonId, PostId};
use serde::{Deserialize, Serialize};

/// So many flags ...
pub const FLAGS: usize = 3;
/// ... by so many people ...
pub const FLAGGERS: usize = 3;
/// ... within this time are a conflict, in milliseconds.
pub const FLAG_WINDOW: i64 = 2 * HOUR;
/// So many turns between two people ...
pub const TURNS: usize = 6;
/// ... within this time, with a flag among them, are a conflict, in milliseconds.
pub const TURN_WINDOW: i64 = HOUR;
/// A rise over the community needs so many flags in a week ...
pub const RISE_FLAGS: u64 = 5;
/// ... and a probability of chance below this.
pub const RISE_CHANCE: f64 = 0.01;

/// One threshold that was passed, with its inputs in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Which: `flags`, `turns`, `rise`; or `harassment`, which supports and never decides.
    pub threshold: String,
    /// The numbers, as a person reads them.
    pub text: String,
}

/// A post, as far as turns are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Which.
    pub post: PostId,
    /// Its number in the topic.
    pub number: i64,
    /// Who wrote it.
    pub person: PersonId,
    /// The number of the post it answers, if it says so.
    pub answers: Option<i64>,
    /// When.
    pub at: Timestamp,
    /// Whether somebody flagged it, and that was not cleared.
    pub flagged: bool,
}

/// Two people who go back and forth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duel {
    /// Who began.
    pub one: PersonId,
    /// The other.
    pub other: PersonId,
    /// How often the word went over, within the window.
    pub turns: usize,
    /// The last post of it.
    pub last: PostId,
    /// How many of its posts were flagged.
    pub flagged: usize,
}

/// The most flags by different people that lie within [`FLAG_WINDOW`]: how many flags, how many people. `flags` are
/// when and by whom.
pub fn flags_at_once(flags: &[(Timestamp, PersonId)]) -> (usize, usize) {
    let mut flags = flags.to_vec();
    flags.sort_unstable_by_key(|flag| flag.0);
    let mut most = (0, 0);
    for (place, first) in flags.iter().enumerate() {
        let within: Vec<PersonId> = flags
            .iter()
            .skip(place)
            .take_while(|flag| flag.0.since(first.0) <= FLAG_WINDOW)
            .map(|flag| flag.1)
            .collect();
        let mut people = within.clone();
        people.sort_unstable();
        people.dedup();
        if (people.len(), within.len()) > (most.1, most.0) {
            most = (within.len(), people.len());
        }
    }
    most
}

/// The longest back and forth between two people within [`TURN_WINDOW`] that a flag lies in. A post is a turn when it
/// answers the other: it says so, or it says nothing and the post before it is the other's. `posts` in the order of
/// their numbers.
pub fn duel(posts: &[Turn]) -> Option<Duel> {
    let by_number: HashMap<i64, &Turn> = posts.iter().map(|post| (post.number, post)).collect();
    let mut turns: HashMap<(PersonId, PersonId), Vec<(&Turn, &Turn)>> = HashMap::new();
    for (place, post) in posts.iter().enumerate() {
        let answered = match post.answers {
            Some(number) => by_number.get(&number).copied(),
            None => place.checked_sub(1).and_then(|before| posts.get(before)),
        };
        let Some(answered) = answered.filter(|answered| answered.person != post.person) else { continue };
        let pair = (post.person.min(answered.person), post.person.max(answered.person));
        turns.entry(pair).or_default().push((answered, post));
    }
    let mut pairs: Vec<_> = turns.into_values().filter_map(|turns| longest(&turns)).collect();
    pairs.sort_unstable_by_key(|duel| (duel.turns, duel.last));
    pairs.pop()
}

fn longest(turns: &[(&Turn, &Turn)]) -> Option<Duel> {
    let mut best: Option<Duel> = None;
    for (place, (first, _)) in turns.iter().enumerate() {
        let mut within: Vec<&(&Turn, &Turn)> = Vec::new();
        let mut speaker = first.person;
        for turn in turns.iter().skip(place) {
            if turn.1.at.since(first.at) > TURN_WINDOW {
                break;
            }
            // Two answers in a row are one turn: the word went over once.
            if turn.1.person != speaker {
                within.push(turn);
                speaker = turn.1.person;
            }
        }
        let mut flagged: Vec<PostId> = within
            .iter()
            .flat_map(|(answered, post)| [*answered, *post])
            .filter(|post| post.flagged)
            .map(|post| post.post)
            .collect();
        flagged.sort_unstable();
        flagged.dedup();
        let Some((_, last)) = within.last().filter(|_| !flagged.is_empty()) else { continue };
        if best.is_none_or(|best| within.len() > best.turns) {
            let other = within.first().map_or(first.person, |turn| turn.1.person);
            let flagged = flagged.len();
            best = Some(Duel { one: first.person, other, turns: within.len(), last: last.post, flagged });
        }
    }
    best
}

/// The probability that chance alone puts `now` or more of all flags into the last week, when flags fell on posts
/// evenly: the exact conditional binomial test, one-sided. `posts` of the last week and before.
pub fn chance_of_rise(now: u64, before: u64, posts: (u64, u64)) -> f64 {
    let all = now + before;
    let share = posts.0 as f64 / ((posts.0 + posts.1) as f64).max(1.0);
    binomial_tail(now, all, share)
}

/// P(X >= `hits`) of a binomial with `trials` and probability `share`.
pub fn binomial_tail(hits: u64, trials: u64, share: f64) -> f64 {
    if hits == 0 {
        return 1.0;
    }
    if share <= 0.0 || hits > trials {
        return 0.0;
    }
    if share >= 1.0 {
        return 1.0;
    }
    // The terms by their logarithms, each from the one before, so that none is lost to underflow.
    let mut term = (1..=hits).map(|k| ((trials - hits + k) as f64 / k as f64).ln()).sum::<f64>()
        + hits as f64 * share.ln()
        + (trials - hits) as f64 * (1.0 - share).ln();
    let mut sum = 0.0;
    for k in hits..=trials {
        sum += term.exp();
        term += ((trials - k) as f64 / (k + 1) as f64).ln() + (share / (1.0 - share)).ln();
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use mainstreet_kernel::clock::MINUTE;

    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp(1_000_000_000_000 + minutes * MINUTE)
    }

    /// `a3!` is a post by a that answers number 3 and is flagged; every post is ten minutes after the one before.
    fn talk(line: &str, apart: i64) -> Option<(i64, i64, usize)> {
        let posts: Vec<Turn> = line
            .split_whitespace()
            .enumerate()
            .map(|(place, word)| {
                let person = i64::from(word.as_bytes()[0]);
                let answers = word[1..].trim_end_matches('!').parse().ok();
                let number = place as i64 + 1;
                Turn {
                    post: PostId(number),
                    number,
                    person: PersonId(person),
                    answers,
                    at: at(place as i64 * apart),
                    flagged: word.ends_with('!'),
                }
            })
            .collect();
        let name = |person: PersonId| person.0;
        duel(&posts).map(|duel| (name(duel.one), name(duel.other), duel.turns))
    }

    #[test]
    fn turns_are_counted_between_two_people() {
        let (a, b) = (i64::from(b'a'), i64::from(b'b'));
        for (line, apart, expect) in [
            ("a b a b a b a!", 5, Some((a, b, 6))),
            ("a b a b a b a", 5, None),
            ("a b a! b", 5, Some((a, b, 3))),
            // Others in between do not hide it when the answers say whom they answer.
            ("a b1 c a2 c b4 c a6!", 5, Some((a, b, 4))),
            ("a b b b b b! b", 5, None),
            // Longer apart than an hour it is a slow talk: only what lies within the hour counts.
            ("a b a b a b a!", 20, Some((b, a, 3))),
        ] {
            assert_eq!(talk(line, apart), expect, "{line}");
        }
    }

    #[test]
    fn flags_count_within_two_hours_by_different_people() {
        let flags = |list: &[(i64, i64)]| {
            let list: Vec<_> = list.iter().map(|(minute, who)| (at(*minute), PersonId(*who))).collect();
            flags_at_once(&list)
        };
        assert_eq!(flags(&[]), (0, 0));
        assert_eq!(flags(&[(0, 1), (60, 2), (120, 3)]), (3, 3));
        assert_eq!(flags(&[(0, 1), (60, 2), (121, 3)]), (2, 2));
        assert_eq!(flags(&[(0, 1), (1, 1), (2, 1), (3, 2)]), (4, 2));
        assert_eq!(flags(&[(200, 3), (0, 1), (190, 1), (210, 2)]), (3, 3));
    }

    #[test]
    fn the_tail_of_a_binomial_is_exact() {
        // Checked by hand: sums of binomial coefficients over powers of two, and 1 - 0.9^10.
        for (hits, trials, share, expect) in [
            (0, 10, 0.5, 1.0),
            (10, 10, 0.5, 1.0 / 1024.0),
            (9, 10, 0.5, 11.0 / 1024.0),
            (5, 10, 0.5, 638.0 / 1024.0),
            (1, 10, 0.1, 1.0 - 0.9_f64.powi(10)),
            (3, 2, 0.5, 0.0),
        ] {
            let found = binomial_tail(hits, trials, share);
            assert!((found - expect).abs() < 1e-12, "{hits} of {trials} at {share}: {found}");
        }
        // Seven flags on 100 posts after seven on 800: chance alone does that less often than once in a hundred times.
        assert!(chance_of_rise(7, 7, (100, 800)) < RISE_CHANCE);
        assert!(chance_of_rise(2, 7, (100, 800)) > RISE_CHANCE);
    }
}
