//! Help for who answers a question: how similar ones ended, in the words of the answers that were accepted, and who
//! could answer. Nothing is written anew.

use mainstreet_community::topics;
use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{PersonId, PostId, ThemeId, TopicId};
use mainstreet_kernel::{Result, Timestamp};
use mainstreet_language::{extract, related};

use super::store;
use super::store::shown::{self, Field};
use crate::signals::Outcome;

/// Cases shown.
const CASES: usize = 4;
/// Cases of the same theme that are looked at.
const OF_THEME: usize = 30;
/// Most conversations compared.
const COMPARED: usize = 60;
/// From this likeness of subjects on a case is similar (`mainstreet_language::related`).
const ALIKE: f32 = 0.12;
/// Sentences quoted of an answer.
const SENTENCES: usize = 2;
/// Answerers named.
const ANSWERERS: usize = 4;
/// Who answered within so long may know still.
const REMEMBERED: i64 = 180 * DAY;

/// What helps with a question.
#[derive(Clone, Debug, Default)]
pub struct Help {
    /// The theme it belongs to, its name, and how many other conversations do.
    pub theme: Option<(ThemeId, String, i64)>,
    /// Similar earlier conversations, solved ones first, then nearest first.
    pub cases: Vec<Case>,
    /// Who could answer, and why.
    pub answerers: Vec<Answerer>,
}

/// A similar earlier conversation and how it ended.
#[derive(Clone, Debug)]
pub struct Case {
    /// Which.
    pub topic: TopicId,
    /// Its title.
    pub title: String,
    /// When it was begun.
    pub at: Timestamp,
    /// Published replies.
    pub replies: i64,
    /// The accepted answer and who wrote it.
    pub answer: Option<(PostId, String)>,
    /// Sentences of that answer, word for word, those that bear most on the question at hand.
    pub quote: Vec<String>,
    /// How the desk's item about it ended.
    pub outcome: Option<Outcome>,
}

/// Somebody who could answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answerer {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// True for staff.
    pub staff: bool,
    /// Conversations they replied in.
    pub replies: i64,
    /// Of these, those where their answer was accepted.
    pub accepted: i64,
    /// When they last did.
    pub latest: Timestamp,
    /// True when this was in the same theme, false when under the same tags.
    pub by_theme: bool,
}

/// A conversation with its answer, as stored.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub topic: TopicId,
    pub title: String,
    pub body: String,
    pub at: Timestamp,
    pub replies: i64,
    pub answer: Option<(PostId, String, String)>,
    pub outcome: Option<Outcome>,
}

/// What helps with the question that opens `topic`, whose text is `body`. `like` are conversations that a search found
/// to be about the same; they are compared with those of its theme.
///
/// # Errors
/// Those of the database.
pub fn help(tx: &mut Tx<'_>, topic: &topics::Topic, body: &str, like: &[TopicId]) -> Result<Help> {
    let theme = match shown::theme_of(tx, topic.id)? {
        None => None,
        Some(id) => {
            let others = (shown::size(tx, id)? - 1).max(0);
            Some((id, store::find(tx, id)?.name, others)).filter(|_| others > 0)
        }
    };
    let mut candidates = like.to_vec();
    if let Some((id, ..)) = &theme {
        candidates.extend(shown::solved_in(tx, *id, OF_THEME)?);
    }
    candidates.retain(|other| *other != topic.id);
    candidates.sort_unstable();
    candidates.dedup();
    candidates.truncate(COMPARED);
    let asked = format!("{}\n{body}", topic.title);
    let found = shown::earlier(tx, &candidates, topic.created_at)?;
    Ok(Help {
        cases: cases(found, &asked),
        answerers: answerers(tx, topic, theme.as_ref().map(|t| t.0))?,
        theme,
    })
}

/// The nearest, solved ones first among those near enough.
fn cases(found: Vec<Answered>, asked: &str) -> Vec<Case> {
    let mut near: Vec<(bool, f32, Answered)> = found
        .into_iter()
        .map(|one| (one.answer.is_some(), related(asked, &format!("{}\n{}", one.title, one.body)), one))
        .filter(|(_, likeness, _)| *likeness >= ALIKE)
        .collect();
    near.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)).then(b.2.topic.cmp(&a.2.topic)));
    near.truncate(CASES);
    near.into_iter().map(|(_, _, one)| case(one, asked)).collect()
}

fn case(one: Answered, asked: &str) -> Case {
    let quote = one.answer.as_ref().map(|(_, text, _)| extract(text, asked, SENTENCES)).unwrap_or_default();
    Case {
        topic: one.topic,
        title: one.title,
        at: one.at,
        replies: one.replies,
        answer: one.answer.map(|(post, _, by)| (post, by)),
        quote,
        outcome: one.outcome,
    }
}

fn answerers(tx: &mut Tx<'_>, topic: &topics::Topic, theme: Option<ThemeId>) -> Result<Vec<Answerer>> {
    let from = tx.now().plus(-REMEMBERED);
    let mut all: Vec<Answerer> = Vec::new();
    let fields = theme.map(Field::Theme).into_iter().chain([Field::Tags(topic.id)]);
    for field in fields {
        for one in shown::answerers(tx, field, topic.id, topic.person, from, ANSWERERS)? {
            if all.len() < ANSWERERS && !all.iter().any(|other| other.person == one.person) {
                all.push(one);
            }
        }
    }
    all.sort_by_key(|one| one.staff);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(topic: i64, title: &str, answer: Option<&str>) -> Answered {
        Answered {
            topic: TopicId(topic),
            title: title.to_owned(),
            body: String::new(),
            at: Timestamp(0),
            replies: 1,
            answer: answer.map(|text| (PostId(9), text.to_owned(), "Nils".to_owned())),
            outcome: None,
        }
    }

    #[test]
    fn what_was_solved_comes_first_and_what_is_far_not_at_all() {
        let found = vec![
            answered(1, "The pump leaks at its nut", None),
            answered(2, "Pump leaks", Some("Hello. Tighten the nut of the pump by hand.")),
            answered(3, "Which fertiliser for orchids?", Some("Any.")),
        ];
        let cases = cases(found, "My pump leaks at the nut");
        let topics: Vec<i64> = cases.iter().map(|case| case.topic.0).collect();
        assert_eq!(topics, [2, 1]);
        let quote = cases.first().map(|case| case.quote.join(" "));
        assert_eq!(quote.as_deref(), Some("Tighten the nut of the pump by hand."));
    }
}
