//! Rules looking at what happens: a reader of the log, and a look at the clock every minute.
//!
//! What arrives late changes what was known at an earlier time. Then everything since is looked at again, and the
//! hits are put right: those that came of it are added, those that were wrong are withdrawn. So the hits of a week
//! are those that a back-test of that week finds, in whatever order the news came. What was done is not undone by
//! that, and nothing is done for a match that is found only then, unless its own event was new.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use mainstreet_db::Tx;
use mainstreet_db::log::Entry;
use mainstreet_kernel::id::{EntryId, PersonId, TopicId};
use mainstreet_kernel::{Result, Timestamp, Verb};
use mainstreet_rules::{Rule, RuleSet, Vocabulary};

use super::acting::{Acting, Claim};
use super::evaluation::{self, Match, Watch};
use super::facts::Setting;
use super::gates;
use super::happenings::Happening;
use super::loading::{Needs, Window, lay_out};
use super::model::{Doing, Hit, Kept, Mode};
use super::saving;
use super::store::{hits, texts as store};
use super::{reaching, waits};
use crate::segments::{self, Segment};
use crate::signals::HORIZON;
use crate::triage;

/// The name of the rules' cursor in the log.
pub const READER: &str = "rules";

/// Everything before it was looked at.
const LOOKED: &str = "looked";
/// From here on, everything has to be looked at again.
const LATE: &str = "late";
/// When we last looked: what was told since is new.
const TOLD: &str = "told";
/// Before the name of the weights that texts are read with.
const MODEL: &str = "model ";
/// A batch as large as this is an archive coming in: looking again can wait until it is in.
const FLOOD: usize = 200;

fn heard(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::TopicCreated
            | Verb::ReplyCreated
            | Verb::PostEdited
            | Verb::PostHidden
            | Verb::PostDeleted
            | Verb::PostRestored
            | Verb::FlagCreated
            | Verb::FlagDecided
            | Verb::MemberJoined
            | Verb::TopicEdited
            | Verb::QuestionMarked
            | Verb::QuestionUnmarked
            | Verb::MemberRoleChanged
            | Verb::ReactionAdded
            | Verb::ReactionRemoved
            | Verb::SignalOpened
            | Verb::SignalEscalated
    )
}

/// One step of the reader. The entries are those after the rules' cursor, in order.
pub fn advance(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    let now = tx.now();
    let news = entries.iter().filter(|entry| heard(entry.verb) && entry.occurred_at <= now);
    let Some(first) = news.map(|entry| entry.occurred_at).min() else { return Ok(()) };
    note_late(tx, first)?;
    if entries.len() >= FLOOD { Ok(()) } else { look(tx) }
}

fn note_late(tx: &mut Tx<'_>, at: Timestamp) -> Result<()> {
    let known = store::mark(tx, LATE)?;
    if known.is_none_or(|known| at < known) {
        store::set_mark(tx, LATE, Some(at))?;
    }
    Ok(())
}

/// Run it every minute, on any one node at a time; twice does no harm. Sets off what only time brings, ends rules
/// whose time is over, and opens the breakers of those that run away.
pub fn sweep(tx: &mut Tx<'_>) -> Result<()> {
    let now = tx.now();
    for kept in store::all(tx)? {
        let over = kept.expires_at.is_some_and(|at| at <= now);
        if over && matches!(kept.mode, Mode::Enforce | Mode::Shadow) {
            saving::turn_by_itself(tx, &kept, Mode::Expired, "its time is over; it only watches now")?;
        }
    }
    other_model(tx)?;
    look(tx)?;
    waits::sweep(tx)?;
    break_off(tx)
}

/// Rules that ask for a measure were tried with the version of then. With another one they only watch again. What people
/// teach does not reach them until a manager says so ([`crate::judgement::rules_follow`]); other weights that ship do.
pub(crate) fn other_model(tx: &mut Tx<'_>) -> Result<()> {
    let name = format!("{MODEL}{}", crate::judgement::of_rules(tx)?.name());
    if store::mark(tx, &name)?.is_some() {
        return Ok(());
    }
    let known = store::marks_like(tx, MODEL)?;
    for kept in store::all(tx)?.into_iter().filter(|kept| kept.mode == Mode::Enforce && !known.is_empty()) {
        if kept.rule().is_some_and(|rule| measures(&rule)) {
            let why = "texts are read with another model now; look at its hits, then let it act again";
            saving::turn_by_itself(tx, &kept, Mode::Shadow, why)?;
            reaching::page_owner(tx, &kept, why)?;
        }
    }
    for old in known {
        store::set_mark(tx, &old, None)?;
    }
    let now = tx.now();
    store::set_mark(tx, &name, Some(now))
}

fn measures(rule: &Rule) -> bool {
    let asked = mainstreet_rules::subjects(rule);
    asked.iter().any(|one| mainstreet_rules::print_subject(one).starts_with("signal."))
}

/// The rules in use that ask for a measure, by name, and whether they act.
pub fn measuring(tx: &mut Tx<'_>) -> Result<Vec<(String, bool)>> {
    let kept = store::all(tx)?.into_iter().filter(|kept| kept.mode.watches());
    let asking = kept.filter(|kept| kept.rule().is_some_and(|rule| measures(&rule)));
    Ok(asking.map(|kept| (kept.name, kept.mode == Mode::Enforce)).collect())
}

fn break_off(tx: &mut Tx<'_>) -> Result<()> {
    for kept in store::all(tx)?.into_iter().filter(|kept| kept.mode == Mode::Enforce) {
        let people: HashSet<i64> = hits::of_version(tx, kept.id, kept.version)?
            .into_iter()
            .filter_map(|hit| hit.person.map(|person| person.0))
            .collect();
        let faces = super::store::past::faces(tx, &people)?;
        let trusted = |person: i64| {
            faces.get(&person).is_some_and(|face| {
                face.accepted >= 10 || face.role.is_some_and(mainstreet_kernel::Role::is_staff)
            })
        };
        let course = gates::course(tx, &kept, &trusted)?;
        if let Some(why) = gates::breaks(&course) {
            saving::turn_by_itself(tx, &kept, Mode::Shadow, &format!("it was stopped: {why}"))?;
            reaching::page_owner(tx, &kept, &why)?;
        }
    }
    Ok(())
}

/// Looks at everything that has not been looked at, and again at what late news may have changed.
fn look(tx: &mut Tx<'_>) -> Result<()> {
    let to = tx.now().plus(1);
    let looked = store::mark(tx, LOOKED)?.unwrap_or(to).min(to);
    let late = store::mark(tx, LATE)?.unwrap_or(looked);
    let told = store::mark(tx, TOLD)?.unwrap_or(Timestamp(0));
    let kept: Vec<Kept> = store::all(tx)?.into_iter().filter(|kept| kept.mode.watches()).collect();
    let begun = kept.iter().map(|kept| kept.watched_from).min().unwrap_or(to);
    let from = looked.min(late).max(to.plus(-HORIZON)).max(begun);
    if !kept.is_empty() && from < to {
        again(tx, &kept, from, to, told)?;
    }
    let now = tx.now();
    store::set_mark(tx, LOOKED, Some(to))?;
    store::set_mark(tx, LATE, None)?;
    store::set_mark(tx, TOLD, Some(now))
}

/// Rules made ready to look at what happens.
struct Ready {
    texts: Vec<String>,
    /// The texts of the segments they may ask for.
    segments: Vec<String>,
    /// For each text whether it could be read.
    read: Vec<bool>,
    rules: Vec<Rule>,
    needs: Needs,
    set: RuleSet,
}

/// What was made ready last. It follows from the texts alone, and making it costs more than a look.
static READY: Mutex<Option<Arc<Ready>>> = Mutex::new(None);

impl Ready {
    fn of(kept: &[Kept], segments: &[Segment]) -> Arc<Self> {
        let mut last = READY.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |ready: &&Arc<Self>| {
            ready.texts.iter().eq(kept.iter().map(|kept| &kept.text))
                && ready.segments.iter().eq(segments.iter().map(|segment| &segment.text))
        };
        if let Some(ready) = last.as_ref().filter(same) {
            return Arc::clone(ready);
        }
        let read: Vec<Option<Rule>> = kept.iter().map(Kept::rule).collect();
        let rules: Vec<Rule> = read.iter().flatten().cloned().collect();
        let defined = segments::defined(segments);
        let ready = Arc::new(Self {
            texts: kept.iter().map(|kept| kept.text.clone()).collect(),
            read: read.iter().map(Option::is_some).collect(),
            segments: segments.iter().map(|segment| segment.text.clone()).collect(),
            needs: Needs::of(&rules, &defined),
            set: RuleSet::with(rules.clone(), defined),
            rules,
        });
        *last = Some(Arc::clone(&ready));
        ready
    }
}

/// Puts the hits from `from` until before `to` right. What was told before `told` only watches.
fn again(tx: &mut Tx<'_>, kept: &[Kept], from: Timestamp, to: Timestamp, told: Timestamp) -> Result<()> {
    let ready = Ready::of(kept, &segments::all(tx)?);
    let kept: Vec<Kept> =
        kept.iter().zip(&ready.read).filter(|(_, read)| **read).map(|(kept, _)| kept.clone()).collect();
    let (past, happenings) = lay_out(tx, &ready.needs, Window { from, to, judged_to: None })?;
    let hours = triage::clocks(tx)?.hours;
    let setting = Setting { past: &past, hours: &hours, vocabulary: Vocabulary::standard() };
    let set = &ready.set;
    let all = evaluation::matches(&setting, set, &happenings, &Watch::default()).unwrap_or_default();
    let in_time: Vec<Match> = all
        .into_iter()
        .filter(|one| {
            let at = happenings.get(one.happening).map(|happening| happening.at);
            kept.get(one.rule).zip(at).is_some_and(|(kept, at)| at >= kept.watched_from)
        })
        .collect();
    let found = evaluation::once(&in_time, &happenings);
    let mut claims: BTreeMap<(Timestamp, i64), Vec<Claim>> = BTreeMap::new();
    for (place, rule) in kept.iter().enumerate() {
        let own = found.iter().filter(|one| one.rule == place);
        let mut known: HashMap<(String, i64, i64), (EntryId, Timestamp)> =
            hits::keys(tx, rule.id, rule.version, from)?
                .into_iter()
                .map(|(id, kind, object, version, at)| ((kind, object, version), (id, at)))
                .collect();
        for one in own {
            let Some(happening) = happenings.get(one.happening) else { continue };
            let key = evaluation::key(happening);
            if hits::hit_before(tx, (rule.id, rule.version), key, from)? {
                continue;
            }
            let before = known.remove(&(key.0.to_owned(), key.1, key.2));
            if before.is_some_and(|(_, at)| at == happening.at) {
                continue;
            }
            let trace = evaluation::explain(&setting, set, happening, place);
            let mut hit = kept_hit(tx, rule, happening, trace, before.map(|(id, _)| id));
            let new = before.is_none() && happening.told_at >= told;
            hit.doing = what_becomes(rule, one, new);
            hits::put(tx, &hit)?;
            if rule.mode == Mode::Enforce && new && !one.held_out {
                claims.entry((happening.at, happening.seq)).or_default().push(Claim { rule: place, hit });
            }
        }
        let now = tx.now();
        for (id, _) in known.into_values() {
            hits::withdraw(tx, id, now)?;
        }
    }
    if claims.is_empty() {
        return Ok(());
    }
    let names = saving::names(tx)?;
    let acting = Acting { kept: &kept, rules: &ready.rules, names: &names };
    for (_, mut claims) in claims {
        let decided = claims.first().is_some_and(|claim| decided(&past, &claim.hit));
        acting.carry_out(tx, &mut claims, decided)?;
    }
    Ok(())
}

fn what_becomes(rule: &Kept, found: &Match, new: bool) -> Doing {
    let why = match (rule.mode, found.held_out, new) {
        (_, true, _) => "this member is among those the rule leaves alone",
        (Mode::Enforce, false, true) => return Doing::default(),
        (Mode::Enforce, false, false) => "it was learned of too late to act",
        (Mode::Expired, false, _) => "the rule has expired and only watches",
        _ => "the rule only watches",
    };
    Doing { done: Vec::new(), withheld: vec![("everything".to_owned(), why.to_owned())] }
}

fn kept_hit(
    tx: &Tx<'_>,
    rule: &Kept,
    happening: &Happening,
    trace: Option<mainstreet_rules::Outcome>,
    id: Option<EntryId>,
) -> Hit {
    Hit {
        id: id.unwrap_or_else(|| EntryId(tx.mint())),
        rule: rule.id,
        version: rule.version,
        mode: rule.mode,
        event: happening.event.to_owned(),
        object_kind: happening.kind.to_owned(),
        object: happening.object,
        object_version: evaluation::key(happening).2,
        topic: (happening.topic != 0).then_some(TopicId(happening.topic)),
        person: (happening.person != 0).then_some(PersonId(happening.person)),
        occurred_at: happening.at,
        found_at: tx.now(),
        trace,
        doing: Doing::default(),
        acted: false,
        withdrawn_at: None,
    }
}

/// True when a person has decided on the version of a post that was hit.
fn decided(past: &super::past::Past, hit: &Hit) -> bool {
    let Some(post) = past.posts.get(&hit.object).filter(|_| hit.object_kind == "post") else { return false };
    let edit = post.versions.iter().position(|version| *version == hit.object_version);
    let made = edit.and_then(|edit| post.edits.get(edit).copied()).or(post.written);
    let since = made.and_then(|place| past.deed(place)).map_or(Timestamp(0), |deed| deed.at);
    let all = post.standing.iter().chain(&post.decided).filter_map(|place| past.deed(*place));
    all.into_iter()
        .any(|deed| deed.at >= since && deed.actor != 0 && (deed.by_desk() || deed.verb == Verb::FlagDecided))
}
