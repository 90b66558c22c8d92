//! What opens an item: posts looked at one by one, flags, questions past their target.

use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{FlagId, PersonId, PostId, SignalId};
use mainstreet_kernel::{Actor, ActorClass, Result, Timestamp, Visibility};

use super::by_rule::keep_asked;
use super::model::{Act, Cause, HORIZON, REOPEN_TIME, Signal, State};
use super::steps::{Change, change, due_from_now, signal_activity};
use super::store::{self, NewCause, NewStep, Written};
use crate::judgement::{self, Reader};
use crate::triage::rules::{ASKS_FLOOR, COMPLAINT_FLOOR, Context, Seen, assess, keep_corrections};
use crate::triage::{self, Assessment, Intent, Urgency};

/// A person of another channel is a newcomer only when they joined within this time before their first post: an
/// archive seldom holds everything that they wrote.
const FRESH: i64 = 30 * DAY;

/// What brings an item here.
pub(super) struct Opening<'a> {
    pub cause: Cause,
    pub object: i64,
    pub person: Option<PersonId>,
    pub reason: String,
    pub occurred_at: Timestamp,
    pub post: &'a Written,
    pub seen: Option<Seen>,
}

/// Looks at posts that have just been written, or that an archive brought: complaints, harm, and somebody's
/// first post open items. What is older than [`HORIZON`] or lies in the future of a clock set back opens
/// nothing, nor do the desk's own people, programs, and spaces for staff.
pub fn look_at(tx: &mut Tx<'_>, posts: &[PostId]) -> Result<()> {
    let posts = store::written_posts(tx, posts)?;
    look_over(tx, &posts)
}

pub(super) fn look_over(tx: &mut Tx<'_>, posts: &[Written]) -> Result<()> {
    let now = tx.now();
    let posts: Vec<&Written> = posts.iter().filter(|post| matters(post, now)).collect();
    if posts.is_empty() {
        return Ok(());
    }
    let people: Vec<PersonId> = posts.iter().map(|post| post.person).collect();
    let first = store::first_posts(tx, &people)?;
    let begun = store::span_of_posts(tx)?.map_or(now, |(begun, _)| begun);
    let version = judgement::in_force(tx)?;
    for post in posts {
        let newcomer = first.get(&post.person) == Some(&post.id) && is_newcomer(post, begun);
        look(tx, post, newcomer, &read(&version, post))?;
    }
    Ok(())
}

fn matters(post: &Written, now: Timestamp) -> bool {
    let age = now.since(post.created_at);
    post.published
        && post.class == ActorClass::Member
        && !post.by_staff()
        && (0..=HORIZON).contains(&age)
        && !(post.own && post.visibility == Visibility::Staff)
}

fn look(tx: &mut Tx<'_>, post: &Written, newcomer: bool, seen: &Seen) -> Result<()> {
    let opening = |cause: Cause, reason: String, seen: &Seen| Opening {
        cause,
        object: post.id.0,
        person: Some(post.person),
        reason,
        occurred_at: post.created_at,
        post,
        seen: Some(seen.clone()),
    };
    if !seen.harm.is_empty() {
        open(tx, &opening(Cause::Harm, seen.harm.join("; "), seen))?;
    }
    if seen.complaint >= COMPLAINT_FLOOR {
        let reason = format!("reads like a complaint, {:.2}", seen.complaint);
        open(tx, &opening(Cause::Complaint, reason, seen))?;
    }
    if newcomer {
        open(tx, &opening(Cause::Newcomer, "their first post here".to_owned(), seen))?;
    }
    Ok(())
}

/// In our own place whoever writes first is new. In an archive only those who had just joined, and only once
/// the place itself was no longer new.
fn is_newcomer(post: &Written, begun: Timestamp) -> bool {
    post.own || (post.created_at.since(begun) >= FRESH && post.created_at.since(post.joined_at) <= FRESH)
}

pub(super) fn read(version: &Reader, post: &Written) -> Seen {
    let mut seen = triage::observe_with(version, &post.body, if post.opens() { &post.title } else { "" });
    seen.said.post = post.id.0;
    seen
}

/// A member flagged a post.
pub(crate) fn flagged(tx: &mut Tx<'_>, flags: &[FlagId]) -> Result<()> {
    for flag in store::open_flags(tx, flags)? {
        let Some(post) = store::written_post(tx, flag.post)? else { continue };
        // The same person may flag again after a decision.
        store::forget_settled(tx, Cause::Flag, flag.id.0)?;
        let said = if flag.note.is_empty() { String::new() } else { format!(": “{}”", flag.note) };
        let reason = format!("{} flagged it as {}{said}", flag.name, flag.reason.replace('_', " "));
        let opening = Opening {
            cause: Cause::Flag,
            object: flag.id.0,
            person: Some(flag.person),
            reason: mainstreet_kernel::text::excerpt(&reason, 300),
            occurred_at: flag.created_at,
            post: &post,
            seen: None,
        };
        open(tx, &opening)?;
    }
    Ok(())
}

/// True when the post begins a conversation that waits for an answer: somebody marked it so, or it reads so. Who
/// introduces themselves hopes for a greeting, which is another matter.
pub(super) fn waits(post: &Written, seen: &Seen) -> bool {
    let reads_so = seen.asks >= ASKS_FLOOR && seen.intent != Intent::Networking;
    post.opens() && (post.question || reads_so)
}

/// How soon a question wants its first response, by what its words alone say.
pub(super) fn question_urgency(post: &Written, seen: &Seen) -> Urgency {
    let context = Context { question: true, others: post.people - 1, ..Context::default() };
    assess(seen, &context).urgency.is
}

/// A question stayed without a response past its target.
pub(super) fn question_waits(tx: &mut Tx<'_>, post: &Written, seen: Seen, target: i64) -> Result<()> {
    let waited = tx.now().since(post.created_at);
    let reads =
        if post.question { String::new() } else { format!("reads as a question, {:.2}; ", seen.asks) };
    let (waited, target) = (triage::spell(waited), triage::spell(target));
    let reason = format!("{reads}nobody has answered for {waited}, the target is {target}");
    let opening = Opening {
        cause: Cause::Question,
        object: post.topic.0,
        person: Some(post.person),
        reason,
        occurred_at: post.created_at,
        post,
        seen: Some(seen),
    };
    open(tx, &opening).map(drop)
}

/// Adds a cause to the item it belongs to, or opens one. Nothing when that very thing was known.
pub(super) fn open(tx: &mut Tx<'_>, opening: &Opening<'_>) -> Result<Option<SignalId>> {
    if store::cause_known(tx, opening.cause, opening.object)? {
        return Ok(None);
    }
    match home(tx, opening)? {
        Some(signal) => join(tx, &signal, opening).map(Some),
        None => start(tx, opening).map(Some),
    }
}

/// The post an item is about: flags, harm and newcomers are about that post, the rest about the conversation.
fn anchor(opening: &Opening<'_>) -> Option<PostId> {
    let about_post = !matches!(opening.cause, Cause::Question | Cause::Complaint);
    let about_post = about_post && !opening.post.opens();
    about_post.then_some(opening.post.id)
}

/// The item it joins: an open one about the same post, one with a cause about that post, or the conversation's;
/// otherwise one that was resolved a short time ago.
fn home(tx: &mut Tx<'_>, opening: &Opening<'_>) -> Result<Option<Signal>> {
    let anchor = anchor(opening);
    let since = tx.now().plus(-REOPEN_TIME);
    let items = store::live_of_topic(tx, opening.post.topic, since)?;
    let mut best: Option<(u8, Signal)> = None;
    for item in items {
        let same = item.anchor == Some(opening.post.id) || item.post == opening.post.id;
        let rank = match (item.state.is_open(), same, item.anchor == anchor) {
            (true, true, _) => 3,
            (true, _, true) => 2,
            (false, _, true) => 1,
            _ => continue,
        };
        if best.as_ref().is_none_or(|(known, _)| rank >= *known) {
            best = Some((rank, item));
        }
    }
    Ok(best.map(|(_, item)| item))
}

fn start(tx: &mut Tx<'_>, opening: &Opening<'_>) -> Result<SignalId> {
    let now = tx.now();
    let id = SignalId(tx.mint());
    let post = opening.post;
    let anchor = anchor(opening);
    let seen = match &opening.seen {
        Some(seen) => seen.clone(),
        None => read(&judgement::in_force(tx)?, post),
    };
    let flags = i64::from(opening.cause == Cause::Flag);
    let (assessment, due) = assessed(tx, id, post, &seen, &[opening.cause], flags, Some(opening))?;
    let kind = (opening.cause, opening.occurred_at);
    let signal = Signal {
        topic: post.topic,
        anchor,
        post: post.id,
        space: post.space,
        due_at: Some(due),
        follows: store::last_ended(tx, post.topic, anchor)?,
        ..Signal::new((id, now), kind, post.person, post.title.clone(), assessment)
    };
    start_with(tx, &signal, &new_cause(opening), &opening.reason)?;
    Ok(id)
}

/// Writes a new item with why it is there, and says so in the log.
pub(super) fn start_with(tx: &mut Tx<'_>, signal: &Signal, cause: &NewCause<'_>, why: &str) -> Result<()> {
    store::insert(tx, signal)?;
    store::add_cause(tx, signal.id, cause)?;
    let step = NewStep {
        signal: signal.id,
        act: Act::Opened,
        actor: None,
        from: State::New,
        to: State::New,
        why,
        object: Some(signal.post.0),
        version: 1,
        before: None,
    };
    store::add_step(tx, &step)?;
    record_opened(tx, signal)
}

fn record_opened(tx: &mut Tx<'_>, signal: &Signal) -> Result<()> {
    let a = &signal.assessment;
    let props = serde_json::json!({
        "kind": signal.kind, "intent": a.intent.is, "intent_by": a.intent.by, "urgency": a.urgency.is,
        "owner": a.owner.is, "by": a.intent.by, "post": signal.post.0,
    });
    let opened = signal_activity(tx, mainstreet_kernel::Verb::SignalOpened, Actor::SYSTEM, signal);
    let triaged = signal_activity(tx, mainstreet_kernel::Verb::SignalTriaged, Actor::SYSTEM, signal);
    tx.record_all(&[opened.with(props.clone()), triaged.with(props)])
}

fn new_cause<'a>(opening: &'a Opening<'_>) -> NewCause<'a> {
    NewCause {
        kind: opening.cause,
        object: opening.object,
        post: opening.post.id,
        person: opening.person,
        reason: &opening.reason,
        occurred_at: opening.occurred_at,
    }
}

/// One more cause: the item is assessed anew, wakes if it slept, comes back if it was resolved. What a person
/// set stays.
fn join(tx: &mut Tx<'_>, before: &Signal, opening: &Opening<'_>) -> Result<SignalId> {
    store::add_cause(tx, before.id, &new_cause(opening))?;
    let mut after = before.clone();
    after.kind = before.kind.max(opening.cause);
    if after.kind > before.kind {
        after.post = opening.post.id;
        after.person = opening.post.person;
    }
    let to = match before.state {
        State::Resolved => {
            after.reopened += 1;
            after.outcome = None;
            after.outcome_why = String::new();
            after.resolved_at = None;
            State::Triaged
        }
        State::Snoozed | State::WaitingMember => State::Triaged,
        other => other,
    };
    after.assessment = reassessed(tx, &after)?;
    let reason = said_anew(&before.assessment, &after.assessment, &opening.reason);
    let due = due_from_now(tx, &after)?;
    after.due_at = Some(before.due_at.map_or(due, |known| known.min(due)));
    let act = if before.state == State::Resolved { Act::Reopened } else { Act::Joined };
    let id = before.id;
    let done = Change::lasting(act, to, &reason).about(opening.post.id.0);
    change(tx, Actor::SYSTEM, before, after, &done)?;
    Ok(id)
}

/// Why an item is assessed anew, and by which version when it is another one.
fn said_anew(before: &Assessment, after: &Assessment, reason: &str) -> String {
    let (was, is) = (&before.said.model, &after.said.model);
    if was.is_empty() || was == is || before.said.post != after.said.post {
        return reason.to_owned();
    }
    format!("{reason} (read with {is}; {was} is no longer kept)")
}

/// Intent, urgency, risk and owner from all causes that still matter; what a person set stays. The text is read with the
/// version that read it before, as long as that is known: another one does not change what was said.
pub(crate) fn reassessed(tx: &mut Tx<'_>, signal: &Signal) -> Result<Assessment> {
    let said = &signal.assessment.said;
    let before = if said.post == signal.post.0 { judgement::of_version(tx, &said.model)? } else { None };
    let version = match before {
        Some(version) => version,
        None => judgement::in_force(tx)?,
    };
    reassessed_with(tx, signal, &version)
}

/// The same, read with a version.
pub(crate) fn reassessed_with(tx: &mut Tx<'_>, signal: &Signal, version: &Reader) -> Result<Assessment> {
    let Some(post) = store::written_post(tx, signal.post)? else { return Ok(signal.assessment.clone()) };
    let causes = store::live_causes(tx, signal.id)?;
    let seen = read(version, &post);
    let (fresh, _) = assessed(tx, signal.id, &post, &seen, &causes, 0, None)?;
    let mut kept = keep_corrections(&signal.assessment, fresh);
    triage::owners::place(tx, &mut kept, signal.topic, signal.space)?;
    keep_asked(&signal.assessment, &mut kept);
    Ok(kept)
}

/// The assessment, and when a first response is due (by the urgency before age raised it).
fn assessed(
    tx: &mut Tx<'_>,
    id: SignalId,
    post: &Written,
    seen: &Seen,
    causes: &[Cause],
    flags: i64,
    opening: Option<&Opening<'_>>,
) -> Result<(Assessment, Timestamp)> {
    let clocks = triage::clocks(tx)?;
    let (mut flag_reasons, mut people) = store::flag_reasons(tx, id)?;
    if let Some(flag) = opening.filter(|opening| opening.cause == Cause::Flag) {
        flag_reasons.extend(store::flag_reason(tx, FlagId(flag.object))?);
        people = people.max(flags);
    }
    let has = |cause: Cause| causes.contains(&cause);
    let mut context = Context {
        question: has(Cause::Question) || waits(post, seen),
        past_target: None,
        target: 0,
        waited: 0,
        newcomer: has(Cause::Newcomer),
        complaint: has(Cause::Complaint),
        harm: has(Cause::Harm) && !seen.harm.is_empty(),
        conflict: has(Cause::Conflict),
        flags: people,
        flag_reasons,
        others: (post.people - 1).max(0),
        reopened: store::find(tx, id)?.map_or(0, |signal| signal.reopened),
    };
    let base: Urgency = assess(seen, &context).urgency.is;
    if has(Cause::Question) {
        context.target = clocks.targets.of(base);
        let past = tx.now().since(clocks.due(post.topic_at, base));
        context.past_target = Some(past).filter(|past| *past >= 0);
        context.waited = tx.now().since(post.topic_at);
    }
    let mut assessment = assess(seen, &context);
    triage::owners::place(tx, &mut assessment, post.topic, post.space)?;
    let since = opening.map_or(tx.now(), |opening| opening.occurred_at);
    Ok((assessment, clocks.due(since, base)))
}
