//! An item in the words of a list.

use mainstreet_desk::signals::lists::Row;
use mainstreet_desk::signals::{Cause, Signal, State};
use mainstreet_desk::triage::{Urgency, spell};
use mainstreet_kernel::Timestamp;
use mainstreet_kernel::id::SignalId;

use crate::views::Chrome;

/// A line of a list.
pub(crate) struct Line {
    pub(crate) id: SignalId,
    pub(crate) title: String,
    /// Channel and space.
    pub(crate) place: String,
    /// Why it stands where it stands: `26 h overdue`.
    pub(crate) badge: String,
    /// Tone of the badge: `alarm`, `lamp`, `leaf` or nothing.
    pub(crate) tone: &'static str,
    /// Kind and intent.
    pub(crate) about: String,
    /// State, when it says something, and who has it.
    pub(crate) standing: String,
}

/// The lines of a list.
pub(crate) fn lines(chrome: &Chrome, rows: Vec<Row>) -> Vec<Line> {
    rows.into_iter().map(|row| line(chrome, row)).collect()
}

fn line(chrome: &Chrome, row: Row) -> Line {
    let (badge, tone) = badge(chrome, &row);
    let signal = row.signal;
    let mut standing = match signal.state {
        State::New | State::Triaged => String::new(),
        other => other.label().to_owned(),
    };
    if let Some(name) = &row.assignee {
        standing = if standing.is_empty() { name.clone() } else { format!("{standing}, {name}") };
    }
    Line {
        id: signal.id,
        place: place(&signal, &row.channel, &row.space, row.own),
        about: about(&signal),
        title: signal.title,
        badge,
        tone,
        standing,
    }
}

/// The place of an item: the space, with its channel where that is not our own; Insights for a theme.
pub(crate) fn place(signal: &Signal, channel: &str, space: &str, own: bool) -> String {
    if signal.theme().is_some() {
        return "Insights".to_owned();
    }
    if own && space.is_empty() {
        return "About a member".to_owned();
    }
    if own { space.to_owned() } else { format!("{channel}, {space}") }
}

fn about(signal: &Signal) -> String {
    let intent = signal.assessment.intent.is.as_str();
    match signal.kind {
        Cause::Newcomer => "first post".to_owned(),
        Cause::Rule => "a rule matched".to_owned(),
        Cause::Trend => "a theme trends".to_owned(),
        Cause::Review => "a blind review".to_owned(),
        Cause::Flag => "flagged".to_owned(),
        Cause::Harm => "may do harm".to_owned(),
        Cause::Conflict => "people at odds, or a raid".to_owned(),
        Cause::Approval => "a post waits to be published".to_owned(),
        Cause::Appeal => "an appeal waits".to_owned(),
        Cause::Question if intent != "unclear" => format!("question, {intent}"),
        other => other.as_str().to_owned(),
    }
}

fn badge(chrome: &Chrome, row: &Row) -> (String, &'static str) {
    let (signal, now) = (&row.signal, chrome.now);
    let age = spell(now.since(signal.occurred_at));
    if let Some(outcome) = signal.outcome {
        return (outcome.label().to_owned(), "leaf");
    }
    if !signal.state.is_open() {
        return (signal.state.label().to_owned(), "");
    }
    if signal.state == State::Snoozed {
        let until = signal.snoozed_until.unwrap_or(now);
        return (format!("until {}", chrome.date(&until)), "");
    }
    if signal.assessment.urgency.is == Urgency::Urgent {
        return (format!("{age}, urgent"), "alarm");
    }
    if let Some(late) = late(signal, now) {
        let tone = if signal.assessment.urgency.is >= Urgency::High { "alarm" } else { "lamp" };
        return (format!("{late} overdue"), tone);
    }
    match row.flags {
        0 => (age.to_string(), if signal.assessment.urgency.is >= Urgency::High { "lamp" } else { "" }),
        1 => (format!("1 flag, {age}"), "lamp"),
        many => (format!("{many} flags, {age}"), "lamp"),
    }
}

fn late(signal: &Signal, now: Timestamp) -> Option<String> {
    let due = signal.due_at.filter(|_| signal.is_overdue(now))?;
    Some(spell(now.since(due)).to_string())
}

/// Where an item stands, in a sentence: how old, when due, who holds it.
pub(crate) fn standing(chrome: &Chrome, signal: &Signal, assignee: Option<&str>, me: bool) -> String {
    let now = chrome.now;
    let mut parts = vec![format!("{}, {} old", signal.state.label(), spell(now.since(signal.occurred_at)))];
    match signal.due_at {
        Some(due) if signal.state.clock_runs() && due <= now => {
            parts.push(format!("due {} ago", spell(now.since(due))));
        }
        Some(due) if signal.state.clock_runs() => parts.push(format!("due in {}", spell(due.since(now)))),
        _ => {}
    }
    if let Some(until) = signal.snoozed_until {
        parts.push(format!("back {}", chrome.date(&until)));
    }
    let mut text = parts.join(", ");
    if let Some(first) = text.get(..1) {
        text = format!("{}{}", first.to_uppercase(), text.get(1..).unwrap_or_default());
    }
    let who = match (assignee, me) {
        (None, _) => return format!("{text}. Nobody has it."),
        (Some(_), true) => "You have it".to_owned(),
        (Some(name), false) => format!("{name} has it"),
    };
    match signal.lease_until.filter(|until| *until > now && signal.state == State::InProgress) {
        Some(until) => format!("{text}. {who} for {} more.", spell(until.since(now))),
        None => format!("{text}. {who}."),
    }
}
