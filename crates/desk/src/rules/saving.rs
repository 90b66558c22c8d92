//! Writing rules and saying what they may do.

use mainstreet_community::{guidelines, settings};
use mainstreet_db::Tx;
use mainstreet_kernel::activity::{Activity, Object};
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::RuleId;
use mainstreet_kernel::{Actor, Day, Error, Result, Role, Timestamp, Verb, Visibility, Zone, text};
use mainstreet_rules::{
    Ending, Names, Reading, Rule, Setting, Vocabulary, examine, may_be_saved, segments_of,
};

use super::facts;
use super::feasible;
use super::gates;
use super::model::{Kept, Mode, Turn, Version, refused};
use super::reaching;
use super::store::past;
use super::store::texts as store;
use crate::triage::Owner;
use crate::{forms, letters, segments, sequences, webhooks};

/// A rule that says nothing is looked at again after half a year; one that ends, after two weeks (the design, 3.2).
const REVIEW: i64 = 180 * DAY;
const REVIEW_TEMPORARY: i64 = 14 * DAY;

fn may_work(actor: Actor) -> Result<()> {
    if actor.role.is_staff() {
        Ok(())
    } else {
        Err(Error::forbidden("Rules are for those who work in the desk."))
    }
}

/// The names this community has given. Sets whose names anybody may choose (labels, badges) and webhooks are not checked.
pub fn names(tx: &mut Tx<'_>) -> Result<Names> {
    let tags = store::tags(tx)?;
    let answers: Vec<String> = letters::templates(tx)?.into_iter().map(|reply| reply.title).collect();
    let series: Vec<String> = sequences::all(tx)?.into_iter().map(|one| one.name).collect();
    let questions: Vec<String> = forms::all(tx)?.into_iter().map(|one| one.name).collect();
    let programs: Vec<String> = webhooks::all(tx)?.into_iter().map(|one| one.name).collect();
    let segments: Vec<String> = segments::names(tx)?;
    let (places, slugs): (Vec<String>, Vec<String>) = past::spaces(tx)?.into_values().unzip();
    let channels: Vec<String> = store::channels(tx)?
        .into_iter()
        .map(|kind| if kind == "own" { "forum".to_owned() } else { kind })
        .collect();
    let words = |list: &'static [Owner]| list.iter().map(|owner| owner.as_str());
    let mut names = Names::default();
    // Without published guidelines there is nothing to check a rule's guideline against.
    for clause in guidelines::holds(tx)?.into_iter().flat_map(|version| version.clauses) {
        names = names.guideline(&clause.slug, clause.severity as u32 + 1);
    }
    Ok(names
        .with("tags", tags.iter().map(String::as_str))
        .with("spaces", places.iter().map(String::as_str))
        .also("spaces", slugs.iter().map(String::as_str))
        .with("sequences", series.iter().map(String::as_str))
        .with("forms", questions.iter().map(String::as_str))
        .with("help desks", words(Owner::ALL).chain(programs.iter().map(String::as_str)))
        .with("segments", segments.iter().map(String::as_str))
        .with("templates", answers.iter().map(String::as_str))
        .with("channels", channels.iter().map(String::as_str))
        .with("owners", words(Owner::ALL))
        .with("roles", ["member", "moderator", "manager", "owner"])
        .with("signals", facts::signals().iter().map(String::as_str))
        .with("calendars", facts::CALENDARS))
}

/// Reads and checks a text with the names of this community.
pub fn check(tx: &mut Tx<'_>, role: Role, text: &str) -> Result<Reading> {
    let names = names(tx)?;
    let mut reading = examine(text, &Setting { vocabulary: Vocabulary::standard(), names: &names, role });
    for rule in &reading.rules {
        reading.findings.extend(feasible::check(tx, rule)?);
    }
    reading.findings.sort_by_key(|finding| (finding.at.line, finding.at.column));
    Ok(reading)
}

/// Saves every rule of a text. A new rule begins in shadow, and so does one whose text changed; a text that is the
/// same changes nothing. `id`: the rule that was edited, whose name may have changed; the text then holds one rule.
///
/// # Errors
/// Not staff; everything that is wrong with the text, one finding a line; another rule has the name.
pub fn save(tx: &mut Tx<'_>, actor: Actor, id: Option<RuleId>, text: &str, draft: bool) -> Result<Vec<Kept>> {
    may_work(actor)?;
    let reading = check(tx, actor.role, text)?;
    if !may_be_saved(&reading.findings) {
        return Err(refused(&reading.findings));
    }
    if reading.rules.is_empty() {
        return Err(Error::invalid(
            "There is no rule in this text. Begin with a line such as \"rule: Name\".",
        ));
    }
    if id.is_some() && reading.rules.len() > 1 {
        return Err(Error::invalid("This page holds one rule. Save the others as new ones."));
    }
    let alone = reading.rules.len() == 1;
    let mut saved = Vec::new();
    for rule in &reading.rules {
        let printed = mainstreet_rules::print(rule, Vocabulary::standard());
        let kept = if alone { text.trim_end().to_owned() + "\n" } else { printed };
        saved.push(save_one(tx, actor, id, rule, kept, draft)?);
    }
    Ok(saved)
}

/// [`save`] for rules that are new: one whose name is taken is refused.
///
/// # Errors
/// As [`save`]; another rule has the name.
pub fn save_new(tx: &mut Tx<'_>, actor: Actor, written: &str, draft: bool) -> Result<Vec<Kept>> {
    may_work(actor)?;
    for rule in mainstreet_rules::read(written, Vocabulary::standard()).rules {
        if store::named(tx, &text::fold(&rule.name))?.is_some() {
            return Err(Error::conflict(format!(
                "There is a rule called \"{}\" already. Change that one, or choose another name.",
                rule.name
            )));
        }
    }
    save(tx, actor, None, written, draft)
}

fn save_one(
    tx: &mut Tx<'_>,
    actor: Actor,
    id: Option<RuleId>,
    rule: &Rule,
    kept: String,
    draft: bool,
) -> Result<Kept> {
    let folded = text::fold(&rule.name);
    let twin = store::named(tx, &folded)?;
    let before = match (id, twin) {
        (Some(id), Some(twin)) if twin.id != id => {
            return Err(Error::conflict("Another rule has this name. Choose a different one."));
        }
        (Some(id), _) => Some(store::find(tx, id)?),
        (None, twin) => twin,
    };
    if let Some(before) = before.as_ref().filter(|before| before.text == kept) {
        return Ok(before.clone());
    }
    let now = tx.now();
    let zone = settings::load(tx)?.zone;
    let mode = if draft { Mode::Draft } else { Mode::Shadow };
    let expires_at = rule.expires.and_then(|ending| end_of(ending, now, &zone));
    let review = if expires_at.is_some() { REVIEW_TEMPORARY } else { REVIEW };
    let review_at = match rule.review {
        Some(ending) => end_of(ending, now, &zone),
        None => Some(now.plus(review)),
    };
    let after = Kept {
        id: before.as_ref().map_or_else(|| RuleId(tx.mint()), |before| before.id),
        name: rule.name.clone(),
        place: match &before {
            Some(before) => before.place,
            None => store::last_place(tx)? + 1,
        },
        version: before.as_ref().map_or(1, |before| before.version + 1),
        mode,
        mode_since: now,
        watched_from: now,
        owner: rule.owner.clone().unwrap_or_default(),
        review_at,
        expires_at,
        changed_at: now,
        text: kept,
    };
    store::put(tx, &after, &folded)?;
    let version = Version { version: after.version, text: after.text.clone(), author: actor.person, at: now };
    store::add_version(tx, after.id, &version)?;
    let was = before.as_ref().map_or(Mode::Draft, |before| before.mode);
    let why = if before.is_some() { "its text changed" } else { "it was written" };
    turned(tx, actor, &after, was, why, false)?;
    Ok(after)
}

fn end_of(ending: Ending, now: Timestamp, zone: &Zone) -> Option<Timestamp> {
    match ending {
        Ending::Never => None,
        Ending::In(length) => Some(now.plus(length.millis()?)),
        Ending::On(year, month, day) => {
            let day: Day = format!("{year:04}-{month:02}-{day:02}").parse().ok()?;
            Some(zone.start_of(day))
        }
    }
}

/// Gives a rule another mode. To enforce one that restricts, the gate must be open ([`gates::gate`]); `override_why`
/// opens it, and is kept where everybody can read it.
///
/// # Errors
/// Not staff, and for enforcing not a manager; it has that mode already; the gate is closed, with the reasons.
pub fn set_mode(
    tx: &mut Tx<'_>,
    actor: Actor,
    id: RuleId,
    mode: Mode,
    why: &str,
    override_why: Option<&str>,
) -> Result<Kept> {
    may_work(actor)?;
    let before = store::find(tx, id)?;
    if before.mode == mode {
        return Err(Error::conflict(format!("The rule is {mode} already.")));
    }
    if mode == Mode::Expired {
        return Err(Error::invalid("A rule expires by itself, on the day its text says."));
    }
    let mut overrides = false;
    let mut why = why.trim().to_owned();
    if mode == Mode::Enforce {
        if actor.role < Role::Manager {
            return Err(Error::forbidden("A manager decides that a rule may act."));
        }
        let closed = gates::gate(tx, &before)?;
        let given = override_why.map(str::trim).filter(|why| why.chars().count() >= 10);
        match (closed.is_empty(), given) {
            (true, _) => {}
            (false, Some(reason)) => {
                overrides = true;
                reason.clone_into(&mut why);
            }
            (false, None) => {
                return Err(Error::conflict(format!(
                    "{} To enforce it all the same, write down why.",
                    closed.join(" ")
                )));
            }
        }
    }
    let now = tx.now();
    let mut after = Kept { mode, mode_since: now, changed_at: now, ..before.clone() };
    if mode.watches() && !before.mode.watches() {
        after.watched_from = now;
    }
    store::put(tx, &after, &text::fold(&after.name))?;
    turned(tx, actor, &after, before.mode, &why, overrides)?;
    Ok(after)
}

/// Rules whose texts ask for a segment, whatever they may do.
pub(crate) fn asking_for(tx: &mut Tx<'_>, segment: &str) -> Result<Vec<Kept>> {
    let folded = text::fold(segment);
    let asks = |kept: &Kept| {
        let rule = kept.rule()?;
        let named = segments_of(&rule, Vocabulary::standard());
        named.iter().any(|(name, _)| text::fold(name) == folded).then_some(())
    };
    Ok(store::all(tx)?.into_iter().filter(|kept| asks(kept).is_some()).collect())
}

/// What a rule asks for has changed, though its text has not: that is another version of it, watched anew. One that
/// acts goes back to shadow, and its owner is told.
pub(crate) fn anew(tx: &mut Tx<'_>, actor: Actor, before: &Kept, why: &str) -> Result<Kept> {
    let now = tx.now();
    let mode = if before.mode == Mode::Enforce { Mode::Shadow } else { before.mode };
    let after = Kept {
        version: before.version + 1,
        mode,
        mode_since: if mode == before.mode { before.mode_since } else { now },
        watched_from: now,
        changed_at: now,
        ..before.clone()
    };
    store::put(tx, &after, &text::fold(&after.name))?;
    let version = Version { version: after.version, text: after.text.clone(), author: actor.person, at: now };
    store::add_version(tx, after.id, &version)?;
    turned(tx, actor, &after, before.mode, why, false)?;
    if before.mode == Mode::Enforce {
        reaching::page_owner(tx, &after, why)?;
    }
    Ok(after)
}

/// Mainstreet itself changes a mode: the rule's time is over, or its breaker opened.
pub(super) fn turn_by_itself(tx: &mut Tx<'_>, before: &Kept, mode: Mode, why: &str) -> Result<()> {
    let now = tx.now();
    let after = Kept { mode, mode_since: now, changed_at: now, ..before.clone() };
    store::put(tx, &after, &text::fold(&after.name))?;
    turned(tx, Actor::SYSTEM, &after, before.mode, why, false)
}

fn turned(tx: &mut Tx<'_>, actor: Actor, rule: &Kept, was: Mode, why: &str, overrides: bool) -> Result<()> {
    let at = tx.now();
    let turn = Turn {
        version: rule.version,
        was,
        became: rule.mode,
        actor: actor.person,
        why: why.to_owned(),
        overrides,
        at,
    };
    store::add_turn(tx, rule.id, &turn)?;
    let props = serde_json::json!({
        "key": "rules", "id": rule.id, "rule": rule.name, "version": rule.version, "mode": rule.mode.as_str(),
        "why": why, "override": overrides,
    });
    let site = Object { kind: "site", id: 0 };
    tx.record(&Activity::new(Verb::SettingChanged, actor, site, at).seen_by(Visibility::Staff).with(props))
}

/// All rules in their order.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Kept>> {
    store::all(tx)
}

/// One rule.
pub fn find(tx: &mut Tx<'_>, id: RuleId) -> Result<Kept> {
    store::find(tx, id)
}

/// The rule of this id or name.
pub fn find_by(tx: &mut Tx<'_>, word: &str) -> Result<Kept> {
    if let Ok(id) = word.parse::<RuleId>()
        && let Ok(found) = store::find(tx, id)
    {
        return Ok(found);
    }
    store::named(tx, &text::fold(word))?
        .ok_or_else(|| Error::not_found("There is no rule of this name. See the list of rules in the desk."))
}

/// Every text a rule had, the latest first.
pub fn versions(tx: &mut Tx<'_>, id: RuleId) -> Result<Vec<Version>> {
    store::versions(tx, id)
}

/// Every change of its mode, the latest first.
pub fn turns(tx: &mut Tx<'_>, id: RuleId) -> Result<Vec<Turn>> {
    store::turns(tx, id)
}
