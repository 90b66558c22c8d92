//! Questions asked again though their theme had an accepted answer (definition 2.29 of the design).

use std::collections::{BTreeMap, HashMap};

use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{ThemeId, TopicId};
use mainstreet_kernel::{Result, Timestamp};

use super::clocks::Times;
use super::store;

/// An answer has had its time to be found when it was accepted so long before the question.
pub const SETTLED_FOR: i64 = 7 * DAY;

/// A conversation of a theme whose answer was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Solved {
    /// Which.
    pub topic: TopicId,
    /// The earliest acceptance that stands.
    pub accepted_at: Timestamp,
    /// When it was taken away, if it is away now.
    pub gone_at: Option<Timestamp>,
}

/// Where a question had been answered before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The theme that holds both.
    pub theme: ThemeId,
    /// The conversation whose answer was accepted first, of those that could still be read.
    pub topic: TopicId,
}

/// A question that was looked at for its theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looked {
    /// Its times.
    pub times: Times,
    /// Where it had been answered before; nothing when it is no repeat.
    pub earlier: Option<Earlier>,
}

/// Of the questions `asked` those that were looked at for their theme, each with where it had been answered before.
/// Questions are placed by their themes as they are now.
pub(super) fn looked(tx: &mut Tx<'_>, asked: Vec<Times>) -> Result<Vec<Looked>> {
    let topics: Vec<TopicId> = asked.iter().map(|times| times.topic).collect();
    let placed: HashMap<TopicId, Option<ThemeId>> = store::placed(tx, &topics)?.into_iter().collect();
    let solved = store::solved_by_theme(tx)?;
    Ok(asked
        .into_iter()
        .filter_map(|times| {
            let theme = *placed.get(&times.topic)?;
            Some(Looked { times, earlier: theme.and_then(|theme| earlier(&times, theme, &solved)) })
        })
        .collect())
}

/// The first accepted answer of the theme that was old enough when this was asked, and there to be read.
fn earlier(times: &Times, theme: ThemeId, solved: &BTreeMap<ThemeId, Vec<Solved>>) -> Option<Earlier> {
    let old_enough = times.asked_at.plus(-SETTLED_FOR);
    let all = solved.get(&theme)?.iter().take_while(|one| one.accepted_at <= old_enough);
    let mut standing =
        all.filter(|one| one.topic != times.topic && one.gone_at.is_none_or(|gone| gone > times.asked_at));
    standing.next().map(|one| Earlier { theme, topic: one.topic })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_780_000_000_000);

    #[test]
    fn what_was_answered_a_week_before_and_could_be_read_makes_a_repeat() {
        let asked = Times {
            topic: TopicId(1),
            asked_at: NOW,
            response: None,
            accepted_at: None,
            closed_at: None,
            gone_at: None,
            replies: 0,
        };
        let solved = |topic: i64, before: i64, gone: Option<i64>| Solved {
            topic: TopicId(topic),
            accepted_at: NOW.plus(-before),
            gone_at: gone.map(|before| NOW.plus(-before)),
        };
        for (all, expect) in [
            (vec![], None),
            (vec![solved(2, 7 * DAY, None)], Some(2)),
            (vec![solved(2, 7 * DAY - 1, None)], None),
            // A question does not answer itself, however its clock stands.
            (vec![solved(1, 9 * DAY, None)], None),
            (vec![solved(1, 9 * DAY, None), solved(3, 8 * DAY, None)], Some(3)),
            // Taken away before it was asked: nobody could have found it; taken away later: they could.
            (vec![solved(2, 30 * DAY, Some(1))], None),
            (vec![solved(2, 30 * DAY, Some(-1))], Some(2)),
            (vec![solved(2, 30 * DAY, Some(DAY)), solved(3, 20 * DAY, None)], Some(3)),
        ] {
            let said = format!("{all:?}");
            let found = earlier(&asked, ThemeId(5), &BTreeMap::from([(ThemeId(5), all)]));
            assert_eq!(found.map(|found| found.topic.0), expect, "{said}");
        }
        assert_eq!(earlier(&asked, ThemeId(6), &BTreeMap::new()), None);
    }
}
