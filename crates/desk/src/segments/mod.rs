//! Segments: members chosen by conditions in the rule language, under a name that rules may ask for. A segment kept by
//! hand is one that asks for a label, and the label is given by hand.
//!
//! **Invariants.** Who is in a segment is never written down: it follows from the conditions, for any moment. A segment
//! that rules ask for keeps its name and cannot be removed; when its conditions change, those rules are watched anew.

mod counting;
mod labels;
mod store;

pub use counting::{Count, counts, of_person, recount};
pub use labels::{Given, LONGEST_LABEL, USUAL_DAYS, give, held, labels, take_back};

use mainstreet_db::Tx;
use mainstreet_kernel::activity::{Activity, Object};
use mainstreet_kernel::id::SegmentId;
use mainstreet_kernel::{Actor, Error, Result, Timestamp, Verb, Visibility, text};
use mainstreet_rules::{
    Gravity, Reading, Rule, Segments, Setting, Vocabulary, examine_segments, may_be_saved,
};

use crate::rules;
pub use crate::rules::Version;

/// Segments there may be: each is looked at for everybody.
const MOST: usize = 200;

/// A segment with its latest text.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Which.
    pub id: SegmentId,
    /// Its name, as rules write it.
    pub name: String,
    /// Number of the latest text.
    pub version: i64,
    /// Who looks after it; may be empty.
    pub owner: String,
    /// When its text last changed.
    pub changed_at: Timestamp,
    /// Its text.
    pub text: String,
}

impl Segment {
    /// The segment as the language understands it. A text that cannot be read any more chooses nobody, and its page
    /// says so.
    pub fn rule(&self) -> Option<Rule> {
        mainstreet_rules::read_segments(&self.text, Vocabulary::standard()).rules.into_iter().next()
    }
}

fn may_work(actor: Actor) -> Result<()> {
    if actor.role.is_staff() {
        Ok(())
    } else {
        Err(Error::forbidden("Segments are for those who work in the desk."))
    }
}

/// All segments, by name.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Segment>> {
    store::all(tx)
}

/// One segment.
pub fn find(tx: &mut Tx<'_>, id: SegmentId) -> Result<Segment> {
    store::find(tx, id)
}

/// Every text it had, the latest first.
pub fn versions(tx: &mut Tx<'_>, id: SegmentId) -> Result<Vec<Version>> {
    store::versions(tx, id)
}

/// The names of all segments.
pub(crate) fn names(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    Ok(store::all(tx)?.into_iter().map(|segment| segment.name).collect())
}

/// What the names of segments stand for.
pub(crate) fn definitions(tx: &mut Tx<'_>) -> Result<Segments> {
    Ok(defined(&store::all(tx)?))
}

/// The same for segments that were read already.
pub(crate) fn defined(all: &[Segment]) -> Segments {
    Segments::new(all.iter().filter_map(Segment::rule).collect(), Vocabulary::standard())
}

/// Rules that ask for a segment, whatever they may do.
pub fn asked_by(tx: &mut Tx<'_>, segment: &Segment) -> Result<Vec<rules::Kept>> {
    rules::asking_for(tx, &segment.name)
}

/// Reads and checks a text with the names of this community.
pub fn check(tx: &mut Tx<'_>, actor: Actor, written: &str) -> Result<Reading> {
    let names = rules::names(tx)?;
    Ok(examine_segments(
        written,
        &Setting { vocabulary: Vocabulary::standard(), names: &names, role: actor.role },
    ))
}

/// Saves a segment: a new one, or the changed text of one. The rules that ask for it are watched anew: they come with
/// it.
///
/// # Errors
/// Not staff; everything that is wrong with the text, one finding a line; another segment has the name; the name
/// changed and rules ask for it.
pub fn save(
    tx: &mut Tx<'_>,
    actor: Actor,
    id: Option<SegmentId>,
    written: &str,
) -> Result<(Segment, Vec<rules::Kept>)> {
    may_work(actor)?;
    let reading = check(tx, actor, written)?;
    if !may_be_saved(&reading.findings) {
        let faults = reading.findings.iter().filter(|one| one.gravity == Gravity::Error);
        return Err(Error::invalid(faults.map(ToString::to_string).collect::<Vec<_>>().join("\n")));
    }
    let [rule] = reading.rules.as_slice() else {
        return Err(Error::invalid("This page holds one segment. Save the others as new ones."));
    };
    let folded = text::fold(&rule.name);
    if store::named(tx, &folded)?.is_some_and(|twin| Some(twin.id) != id) {
        return Err(Error::conflict(format!(
            "There is a segment called \"{}\" already. Change that one, or choose another name.",
            rule.name
        )));
    }
    let before = match id {
        Some(id) => Some(store::find(tx, id)?),
        None => None,
    };
    let kept = written.trim_end().to_owned() + "\n";
    if let Some(before) = before.as_ref().filter(|before| before.text == kept) {
        return Ok((before.clone(), Vec::new()));
    }
    if before.is_none() && store::all(tx)?.len() >= MOST {
        return Err(Error::conflict(format!("There are {MOST} segments. Remove one nobody asks for first.")));
    }
    let asking = match &before {
        Some(before) => asked_by(tx, before)?,
        None => Vec::new(),
    };
    if before.as_ref().is_some_and(|before| before.name != rule.name) && !asking.is_empty() {
        return Err(in_use(&asking, "keep the name"));
    }
    let now = tx.now();
    let after = Segment {
        id: before.as_ref().map_or_else(|| SegmentId(tx.mint()), |before| before.id),
        name: rule.name.clone(),
        version: before.as_ref().map_or(1, |before| before.version + 1),
        owner: rule.owner.clone().unwrap_or_default(),
        changed_at: now,
        text: kept,
    };
    store::put(tx, &after, &folded)?;
    store::add_version(tx, &after, actor.person)?;
    record(tx, actor, &after, "saved")?;
    let same = before.as_ref().and_then(Segment::rule).is_some_and(|before| chooses_alike(&before, rule));
    let mut changed = Vec::new();
    if !same {
        let why = format!("the segment \"{}\" changed", after.name);
        for kept in &asking {
            changed.push(rules::anew(tx, actor, kept, &why)?);
        }
    }
    Ok((after, changed))
}

/// True when two texts choose the same people: only why, owner or comments differ.
fn chooses_alike(one: &Rule, other: &Rule) -> bool {
    one.all == other.all && one.any == other.any && one.unless == other.unless
}

fn in_use(asking: &[rules::Kept], or: &str) -> Error {
    let names: Vec<String> = asking.iter().map(|rule| format!("“{}”", rule.name)).collect();
    let (rules, ask) = if names.len() == 1 { ("The rule", "asks") } else { ("The rules", "ask") };
    Error::conflict(format!(
        "{rules} {} {ask} for this segment. Change {} first, or {or}.",
        names.join(", "),
        if names.len() == 1 { "it" } else { "them" }
    ))
}

/// Removes a segment that no rule asks for.
///
/// # Errors
/// Not staff; the rules that ask for it, by name.
pub fn remove(tx: &mut Tx<'_>, actor: Actor, id: SegmentId) -> Result<()> {
    may_work(actor)?;
    let segment = store::find(tx, id)?;
    let asking = asked_by(tx, &segment)?;
    if !asking.is_empty() {
        return Err(in_use(&asking, "keep the segment"));
    }
    store::delete(tx, id)?;
    record(tx, actor, &segment, "removed")
}

fn record(tx: &mut Tx<'_>, actor: Actor, segment: &Segment, what: &str) -> Result<()> {
    let props = serde_json::json!({
        "key": "segments", "id": segment.id, "segment": segment.name, "version": segment.version, "what": what,
    });
    let at = tx.now();
    let site = Object { kind: "site", id: 0 };
    tx.record(&Activity::new(Verb::SettingChanged, actor, site, at).seen_by(Visibility::Staff).with(props))
}
