//! What sets rules off, found in the past of the log.
//!
//! Most events are a row of the log. Some are a moment in which nothing happened: a post *settles* when two minutes
//! have passed without a change, a question is *unanswered* at every full hour of its first week in which nobody
//! else had replied, and the times of schedules are in `ticks`.

use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};
use mainstreet_kernel::{ActorClass, Timestamp, Verb};

use std::sync::Arc;

use mainstreet_rules::{Rule, SCHEDULE, event_of};

use super::mentions::MENTION;
use super::past::{Deed, Past};

/// A post has settled when it was not changed for so long (the design's `post settled`).
pub(super) const SETTLES: i64 = 2 * MINUTE;
/// How long a question is asked about, hour by hour.
pub(super) const WAITS: i64 = 7 * DAY;

/// The events there is something in the log for.
pub const HEARD: [&str; 12] = [
    "post published",
    "post edited",
    "post settled",
    "first post",
    "reply",
    "flag",
    "question unanswered",
    "member joined",
    "signal fired",
    "ticket escalated",
    MENTION,
    SCHEDULE,
];
/// The event of the desk's own acts; only rules that ask for it hear of them.
pub const DESK: &str = "desk action";

/// Something that may set off rules.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Happening {
    pub(super) at: Timestamp,
    /// Order among those at one time.
    pub(super) seq: i64,
    pub(super) event: &'static str,
    /// The row of the log it comes from.
    pub(super) deed: u32,
    /// When we learned of it.
    pub(super) told_at: Timestamp,
    /// `post` or `person`.
    pub(super) kind: &'static str,
    pub(super) object: i64,
    pub(super) version: i64,
    /// The post it is about; 0: none.
    pub(super) post: i64,
    pub(super) topic: i64,
    /// Whose it is.
    pub(super) person: i64,
    /// For the time of a schedule: which, and which day it was.
    pub(super) tick: Option<(Arc<str>, i32)>,
}

impl Happening {
    /// What a set of rules knows the event as.
    pub(super) fn known_as(&self) -> &str {
        self.tick.as_ref().map_or(self.event, |(plan, _)| plan)
    }

    /// True when it sets off a rule.
    pub(super) fn sets_off(&self, rule: &Rule) -> bool {
        rule.when.iter().any(|event| event == self.event && event_of(rule, event) == self.known_as())
    }
}

/// What happened from `from` until before `to`, in order; only events that `wanted` asks for.
pub(super) fn happenings(
    past: &Past,
    from: Timestamp,
    to: Timestamp,
    wanted: &dyn Fn(&str) -> bool,
) -> Vec<Happening> {
    let mut found = Vec::new();
    let early = if wanted("post settled") { from.plus(-SETTLES) } else { from };
    let start = past.deeds.partition_point(|deed| deed.at < early);
    let end = past.deeds.partition_point(|deed| deed.at < to);
    for (offset, deed) in past.deeds.get(start..end.max(start)).unwrap_or_default().iter().enumerate() {
        let place = u32::try_from(start + offset).unwrap_or(u32::MAX);
        if deed.at >= from {
            of_deed(past, place, deed, wanted, &mut found);
        }
        if wanted("post settled") {
            found.extend(settled(past, place, deed).filter(|settled| settled.at >= from && settled.at < to));
        }
    }
    if wanted("question unanswered") {
        unanswered(past, from, to, &mut found);
    }
    found.sort_by_key(|happening| (happening.at, happening.seq));
    found
}

fn of_deed(past: &Past, place: u32, deed: &Deed, wanted: &dyn Fn(&str) -> bool, found: &mut Vec<Happening>) {
    let mut add = |event: &'static str| {
        if wanted(event) {
            found.push(about(past, place, deed, event));
        }
    };
    match deed.verb {
        Verb::SignalOpened | Verb::SignalEscalated => {
            return found.extend(of_item(past, place, deed, wanted));
        }
        _ if deed.by_desk() => return add(DESK),
        _ => {}
    }
    match deed.verb {
        Verb::TopicCreated | Verb::ReplyCreated => {
            add("post published");
            // Which of them name us is asked once their texts are there.
            add(MENTION);
            if deed.verb == Verb::ReplyCreated {
                add("reply");
            }
            let written =
                past.people.get(&deed.actor).map(|person| person.posts.as_slice()).unwrap_or_default();
            if past.before(written, deed.at).is_empty() {
                add("first post");
            }
        }
        Verb::PostEdited => add("post edited"),
        Verb::FlagCreated => add("flag"),
        Verb::MemberJoined => add("member joined"),
        _ => {}
    }
}

/// An item opened, or an owner was asked about one. What a rule itself asked for sets off none: no rule leads to
/// another one through the inbox.
fn of_item(past: &Past, place: u32, deed: &Deed, wanted: &dyn Fn(&str) -> bool) -> Option<Happening> {
    let event = match deed.verb {
        Verb::SignalOpened if deed.word("kind") != Some("rule") => "signal fired",
        Verb::SignalEscalated if deed.class != ActorClass::System => "ticket escalated",
        _ => return None,
    };
    if !wanted(event) {
        return None;
    }
    // Before items said which post they are about, they were about their conversation.
    let opened = || past.topics.get(&deed.topic).and_then(|topic| past.deed(topic.opened?));
    let post = deed.number("post").or_else(|| opened().map(|deed| deed.object))?;
    let version = past.version_before(post, deed.at);
    let person = past.author(post);
    let base = about(past, place, deed, event);
    past.posts.contains_key(&post).then_some(Happening { object: post, post, version, person, ..base })
}

pub(super) fn about(past: &Past, place: u32, deed: &Deed, event: &'static str) -> Happening {
    let happening = Happening {
        at: deed.at,
        seq: deed.seq,
        event,
        deed: place,
        told_at: deed.recorded_at,
        kind: "post",
        object: deed.object,
        version: 1,
        post: deed.object,
        topic: deed.topic,
        person: past.author(deed.object),
        tick: None,
    };
    match deed.verb {
        Verb::MemberJoined => Happening { kind: "person", post: 0, person: deed.actor, ..happening },
        Verb::TopicCreated | Verb::ReplyCreated => Happening { person: deed.actor, ..happening },
        Verb::PostEdited => Happening { version: version_of(past, place, deed), ..happening },
        _ => Happening { version: past.version_before(deed.object, deed.at), ..happening },
    }
}

/// The version that an edit made.
fn version_of(past: &Past, place: u32, deed: &Deed) -> i64 {
    let found = past.posts.get(&deed.object).and_then(|post| {
        let rank = post.edits.iter().position(|edit| *edit == place)?;
        post.versions.get(rank).copied()
    });
    found.unwrap_or(1)
}

fn settled(past: &Past, place: u32, deed: &Deed) -> Option<Happening> {
    let written = matches!(deed.verb, Verb::TopicCreated | Verb::ReplyCreated | Verb::PostEdited);
    if !written || deed.by_desk() {
        return None;
    }
    let at = deed.at.plus(SETTLES);
    let post = past.posts.get(&deed.object)?;
    let later = past.between(&post.edits, deed.at.plus(1), at.plus(1));
    if !later.is_empty() || !past.stood_before(deed.object, at) {
        return None;
    }
    Some(Happening { at, told_at: deed.recorded_at.max(at), ..about(past, place, deed, "post settled") })
}

fn unanswered(past: &Past, from: Timestamp, to: Timestamp, found: &mut Vec<Happening>) {
    for (id, topic) in &past.topics {
        let Some((place, opened)) = topic.opened.and_then(|place| Some((place, past.deed(place)?))) else {
            continue;
        };
        if opened.at.plus(WAITS) < from || opened.at >= to || opened.by_desk() {
            continue;
        }
        let replied = topic.posts.iter().filter_map(|place| past.deed(*place));
        let answered = replied
            .filter(|deed| {
                deed.actor != opened.actor && matches!(deed.class, ActorClass::Member | ActorClass::Staff)
            })
            .map(|deed| deed.at)
            .next();
        let first = from.since(opened.at).div_euclid(HOUR).max(0);
        for hour in first.max(1)..=WAITS / HOUR {
            let at = opened.at.plus(hour * HOUR);
            if at >= to || answered.is_some_and(|answered| answered < at) {
                break;
            }
            if at < from || !past.asked_before(*id, at) || !past.stood_before(opened.object, at) {
                continue;
            }
            let version = past.version_before(opened.object, at);
            let base = about(past, place, opened, "question unanswered");
            found.push(Happening { at, told_at: opened.recorded_at.max(at), version, ..base });
        }
    }
}
