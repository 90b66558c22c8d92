//! Taking one of several acts back, in whatever order: the state is what the acts that still stand make of what was
//! there before the first of them.
//!
//! What happened besides (an author deletes their post, a team member opens a topic) shows as a state that the acts
//! alone do not explain; from there on that state is what later acts are done to, so taking an act back that came
//! before it changes nothing.

use mainstreet_kernel::Timestamp;

use super::act::Detail;
use super::before::Before;
use super::members::FOR_EVER;
use super::person_state::Standing;
use super::table::{self, Act, Flow, State};
use crate::cool_offs::CoolOff;
use crate::link_limits::LinkLimit;

/// An act on a thing, as the record keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was before it.
    pub before: Before,
    /// What was done.
    pub act: Act,
    /// Until when.
    pub until: Option<Timestamp>,
    /// Why, as the person concerned read it.
    pub why: String,
    /// What the act needed besides; nothing where that is not known any more.
    pub detail: Option<Detail>,
    /// When.
    pub at: Timestamp,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
}

/// The steps of one thing, oldest first, with what is needed to say what each made.
pub(super) struct Replay<'a> {
    steps: &'a [Step],
    /// Of edits: the text that came of each.
    texts: &'a [Option<String>],
    /// Whether something besides had happened when each was done.
    others: Vec<bool>,
    /// Whether its author had changed a hidden post before each was done, so that it was held.
    revised: Vec<bool>,
    /// Whether what was undone in the very millisecond of each was undone after it.
    before_undoings: Vec<bool>,
}

impl<'a> Replay<'a> {
    pub(super) fn new(steps: &'a [Step], texts: &'a [Option<String>]) -> Self {
        let mut replay =
            Self { steps, texts, others: Vec::new(), revised: Vec::new(), before_undoings: Vec::new() };
        for (at, step) in steps.iter().enumerate() {
            let mut expected = None;
            let mut explained = false;
            // Of an undoing in the same millisecond, what was there tells whether it came before.
            for last in [false, true] {
                replay.before_undoings.truncate(at);
                replay.before_undoings.push(last);
                expected = replay.made(at, &|before| replay.stood(before, at));
                explained = expected.as_ref().is_none_or(|expected| alike(expected, &step.before, step.at));
                if explained {
                    break;
                }
            }
            replay.others.push(!explained);
            replay.revised.push(expected.is_some_and(|expected| revised(&expected, &step.before)));
        }
        replay
    }

    /// Whether a step stood when `later` was done.
    fn stood(&self, step: usize, later: usize) -> bool {
        let (Some(one), Some(other)) = (self.steps.get(step), self.steps.get(later)) else { return false };
        let last = self.before_undoings.get(later).copied().unwrap_or_default();
        one.undone_at.is_none_or(|undone| undone > other.at || (last && undone == other.at))
    }

    /// What the first `count` steps make, of those only that `stand`. Nothing when there is no step, or when what the
    /// last of them made is not known.
    pub(super) fn made(&self, count: usize, stand: &dyn Fn(usize) -> bool) -> Option<Before> {
        let mut value: Option<Before> = None;
        for (at, step) in self.steps.iter().enumerate().take(count) {
            let other = self.others.get(at).copied().unwrap_or_default();
            let as_it_was = (0..at).all(|before| stand(before) == self.stood(before, at));
            let revision = self.revised.get(at).copied().unwrap_or_default();
            let base = match value {
                Some(value) if revision && is_hidden(&value) => step.before.clone(),
                Some(value) if !other && !as_it_was => value,
                _ => step.before.clone(),
            };
            let text = self.texts.get(at).and_then(Option::as_ref);
            value = if stand(at) { after(&base, step, text) } else { Some(base) };
        }
        value
    }
}

/// What an act makes of what was before; where the table does not lead on, nothing changes.
fn after(before: &Before, step: &Step, text: Option<&String>) -> Option<Before> {
    let to = match state(before, step.at) {
        Some(from) => table::target(from, step.act),
        None => None,
    };
    let mut made = before.clone();
    match &mut made {
        Before::Post { state, by, why, at, .. } => {
            if let Some(to) = to {
                to.as_str().clone_into(state);
                let away = to.as_str() != "published";
                *by = away.then(|| "staff".to_owned());
                *why = away.then(|| step.why.clone());
                *at = away.then_some(step.at.0);
            }
        }
        Before::Text { body, edited_at, .. } => {
            text?.clone_into(body);
            *edited_at = Some(step.at.0);
        }
        Before::Title { title, .. } => {
            let Some(Detail::Text(_, _, Some(new))) = &step.detail else { return None };
            *title = new.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        Before::Label { label, .. } => {
            let Some(Detail::Label(word)) = &step.detail else { return None };
            *label = Some(word.trim().to_owned()).filter(|word| !word.is_empty());
        }
        Before::Space { space, .. } => {
            let Some(Detail::Space(to)) = &step.detail else { return None };
            *space = *to;
        }
        Before::Flow { closed_at, every, until, locked_until, .. } => match to {
            Some(State::Topic(Flow::Slow)) => {
                let Some(Detail::Every(length)) = &step.detail else { return None };
                (*every, *until) = (Some(*length), step.until.map(|at| at.0));
            }
            Some(State::Topic(Flow::Locked)) => {
                (*closed_at, *locked_until) = (Some(step.at.0), step.until.map(|at| at.0));
            }
            Some(_) => (*closed_at, *every, *until, *locked_until) = (None, None, None, None),
            None => {}
        },
        Before::Member { standing, suspended_until, suspended_why, spammer, .. } => {
            if let (Some(State::Member(to)), true) = (to, step.act != Act::Warn) {
                let out = match to {
                    Standing::Banned => Some(FOR_EVER),
                    Standing::Suspended => step.until,
                    _ => None,
                };
                *standing = (to != Standing::Active)
                    .then(|| (to.as_str().to_owned(), step.until.map(|at| at.0), step.why.clone()));
                *suspended_until = out.map(|at| at.0);
                *suspended_why = out.map(|_| step.why.clone());
                *spammer |= step.detail == Some(Detail::Spammer);
            }
        }
        Before::Links { limit, .. } => {
            let (Some(Detail::Links(most)), Some(until)) = (&step.detail, step.until) else { return None };
            *limit = Some(LinkLimit { most: *most, until: until.0, why: step.why.clone() });
        }
        Before::Pause { pause, .. } => {
            let until = step.until?.0;
            *pause = Some(CoolOff { until, why: step.why.clone(), by_staff: true, at: step.at.0 });
        }
        Before::Apart { apart, .. } => *apart = true,
    }
    Some(made)
}

/// The state that the table knows; what has ended by a time no longer counts. Nothing for what has no states.
fn state(of: &Before, now: Timestamp) -> Option<State> {
    let to_come = |until: Option<i64>| until.is_none_or(|until| until > now.0);
    match of {
        Before::Post { state, .. } => state.parse().ok().map(State::Post),
        Before::Flow { closed_at, every, until, locked_until, .. } => {
            Some(State::Topic(match (closed_at, every) {
                (Some(_), _) if to_come(*locked_until) => Flow::Locked,
                (_, Some(_)) if to_come(*until) => Flow::Slow,
                _ => Flow::Open,
            }))
        }
        Before::Member { standing, suspended_until, .. } => {
            let kept = standing.as_ref().filter(|kept| to_come(kept.1)).and_then(|kept| kept.0.parse().ok());
            let out = suspended_until.is_some_and(|until| until > now.0).then_some(Standing::Suspended);
            Some(State::Member(kept.or(out).unwrap_or(Standing::Active)))
        }
        _ => None,
    }
}

/// Whether `now` is what `expected` says, as far as acts go: times and reasons apart.
pub(super) fn alike(expected: &Before, now: &Before, at: Timestamp) -> bool {
    let ended = |until: Option<i64>| until.is_some_and(|until| until <= at.0);
    match (expected, now) {
        _ if revised(expected, now) => true,
        (Before::Post { state: one, by: first, .. }, Before::Post { state: other, by: second, .. }) => {
            one == other && first == second
        }
        (Before::Text { body: one, .. }, Before::Text { body: other, .. }) => one == other,
        (Before::Flow { every: one, until: ends, .. }, Before::Flow { every: other, until, .. }) => {
            state(expected, at) == state(now, at)
                && one.filter(|_| !ended(*ends)) == other.filter(|_| !ended(*until))
        }
        (Before::Member { standing: one, .. }, Before::Member { standing: other, .. }) => {
            let ends = |kept: &Option<(String, Option<i64>, String)>| {
                kept.as_ref().and_then(|kept| kept.1).filter(|until| *until > at.0)
            };
            state(expected, at) == state(now, at) && ends(one) == ends(other)
        }
        (Before::Pause { pause: one, .. }, Before::Pause { pause: other, .. }) => {
            let counts = |pause: &Option<CoolOff>| {
                pause.as_ref().filter(|pause| pause.until > at.0).map(|pause| (pause.until, pause.by_staff))
            };
            counts(one) == counts(other)
        }
        (Before::Links { limit: one, .. }, Before::Links { limit: other, .. }) => {
            let counts = |limit: &Option<LinkLimit>| {
                limit.as_ref().filter(|limit| limit.until > at.0).map(|limit| (limit.until, limit.most))
            };
            counts(one) == counts(other)
        }
        (Before::Apart { apart: one, .. }, Before::Apart { apart: other, .. }) => one == other,
        _ => expected == now,
    }
}

fn is_hidden(post: &Before) -> bool {
    matches!(post, Before::Post { state, .. } if state == "hidden")
}

/// What was hidden and changed by its author since is held: that is no other decision.
fn revised(expected: &Before, now: &Before) -> bool {
    is_hidden(expected) && matches!(now, Before::Post { state, .. } if state == "held")
}
