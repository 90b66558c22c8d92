//! Reactions taken back: which of those given they were, so that these no longer count.

use std::collections::BTreeMap;

use mainstreet_db::log::{Cursor, Entry};
use mainstreet_kernel::Verb;

/// A reaction given earlier, and how many of it are taken back: more than one where an archive only counts.
#[derive(Clone, Debug, PartialEq)]
pub struct TakenBack {
    /// The row of the log that gave it.
    pub given: Entry,
    /// How many.
    pub count: i64,
}

/// What was taken back, by the place in the log of the row that says so.
pub type AllTakenBack = BTreeMap<Cursor, Vec<TakenBack>>;

/// For how many a row about a reaction stands (`props.count`): one, unless an archive does not name who reacted.
pub fn count(entry: &Entry) -> i64 {
    entry.props.get("count").and_then(serde_json::Value::as_i64).unwrap_or(1)
}

/// What the last row of `history` takes back: of the reactions to the same thing, in the same way and by the same
/// person (or by people not named) that stood until then, the latest. `history` is the log of that thing's
/// reactions, in order.
pub fn last_of(history: &[Entry]) -> Vec<TakenBack> {
    let Some(removal) = history.last() else { return Vec::new() };
    let mut standing: Vec<TakenBack> = Vec::new();
    let mut taken = Vec::new();
    for entry in history.iter().filter(|entry| is_alike(entry, removal)) {
        match entry.verb {
            Verb::ReactionAdded => standing.push(TakenBack { given: entry.clone(), count: count(entry) }),
            Verb::ReactionRemoved => taken = take(&mut standing, count(entry)),
            _ => {}
        }
    }
    taken
}

fn is_alike(entry: &Entry, other: &Entry) -> bool {
    entry.actor == other.actor
        && (&entry.object_kind, entry.object_id) == (&other.object_kind, other.object_id)
        && entry.props.get("kind") == other.props.get("kind")
}

fn take(standing: &mut Vec<TakenBack>, mut wanted: i64) -> Vec<TakenBack> {
    let mut taken = Vec::new();
    while wanted > 0
        && let Some(mut last) = standing.pop()
    {
        let count = last.count.min(wanted);
        wanted -= count;
        taken.push(TakenBack { given: last.given.clone(), count });
        last.count -= count;
        if last.count > 0 {
            standing.push(last);
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use mainstreet_kernel::id::PersonId;
    use mainstreet_kernel::{ActorClass, Timestamp, Visibility};
    use serde_json::json;

    use super::*;

    /// `(given or taken back, by whom, in which way, how many)`, at the minutes 0, 1, 2 ...
    fn history(rows: &[(char, i64, &str, i64)]) -> Vec<Entry> {
        let entry = |(at, (sign, person, kind, count)): (i64, &(char, i64, &str, i64))| Entry {
            cursor: Cursor { tx: 0, seq: at },
            verb: if *sign == '+' { Verb::ReactionAdded } else { Verb::ReactionRemoved },
            occurred_at: Timestamp(at),
            recorded_at: Timestamp(at),
            actor: (*person > 0).then_some(PersonId(*person)),
            actor_class: ActorClass::Member,
            object_kind: "post".to_owned(),
            object_id: 1,
            topic: None,
            parent: None,
            space: None,
            subject: None,
            visibility: Visibility::Public,
            props: json!({ "kind": kind, "count": count }),
        };
        (0..).zip(rows).map(entry).collect()
    }

    #[track_caller]
    fn check(rows: &[(char, i64, &str, i64)], expect: &[(i64, i64)]) {
        let taken = last_of(&history(rows));
        let found: Vec<(i64, i64)> =
            taken.iter().map(|taken| (taken.given.occurred_at.0, taken.count)).collect();
        assert_eq!(found, expect, "{rows:?}");
    }

    #[test]
    fn what_is_taken_back_was_given_last() {
        check(&[('+', 1, "like", 1), ('-', 1, "like", 1)], &[(0, 1)]);
        check(
            &[('+', 1, "like", 1), ('-', 1, "like", 1), ('+', 1, "like", 1), ('-', 1, "like", 1)],
            &[(2, 1)],
        );
        check(
            &[('+', 1, "like", 1), ('+', 2, "like", 1), ('+', 1, "heart", 1), ('-', 1, "like", 1)],
            &[(0, 1)],
        );
        check(&[('+', 2, "like", 1), ('-', 1, "like", 1)], &[]);
        check(&[('+', 1, "like", 1), ('-', 1, "like", 1), ('-', 1, "like", 1)], &[]);
        check(&[('+', 0, "like", 3), ('+', 0, "like", 1), ('-', 0, "like", 2)], &[(1, 1), (0, 1)]);
        check(&[('+', 0, "like", 3), ('-', 0, "like", 2), ('-', 0, "like", 2)], &[(0, 1)]);
        check(&[], &[]);
    }
}
