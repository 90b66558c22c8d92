//! A person's word on what an item is.

use mainstreet_db::Tx;
use mainstreet_kernel::{Actor, Error, Result};

use super::model::{Assessment, Intent, Label, Owner, Risk, RiskLevel, RiskNote, SetBy, Urgency};
use super::{clocks::clocks, owners, rules, store};
use crate::judgement::{self, Given, Judgement};
use crate::signals::steps::{Change, change, person, take_up};
use crate::signals::{Act, Sight, Signal, State};

/// What a person sets; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Correction {
    /// What the writer wants.
    pub intent: Option<Intent>,
    /// How soon.
    pub urgency: Option<Urgency>,
    /// Who answers for it.
    pub owner: Option<Owner>,
    /// Harm that may come of it.
    pub risks: Vec<(Risk, RiskLevel)>,
    /// Whether it needs a reply, how it feels, whether it is advertising: a judgement with one of its words. What it
    /// wants, too, when a person says so although nothing changes by it.
    pub said: Vec<(Judgement, &'static str)>,
    /// True: what was read is right, as far as nothing else is set here.
    pub right: bool,
    /// Why; may be empty.
    pub why: String,
}

/// Corrects the labels of an item, or confirms them when nothing is set: a new item is triaged by that. What a
/// person set stays, whatever is read later. Each change is kept: who, from what, to what, when, and which version had
/// read it; the reading learns from that.
///
/// # Errors
/// `Conflict` for an item that has ended or was changed meanwhile.
pub fn correct(tx: &mut Tx<'_>, actor: Actor, sight: Sight, correction: &Correction) -> Result<Signal> {
    let me = person(actor)?;
    if correction.why.chars().count() > 500 {
        return Err(Error::invalid("Say why in 500 characters or fewer."));
    }
    let before = take_up(tx, actor, sight)?;
    if !before.state.is_open() {
        return Err(Error::conflict("This item has ended. Reopen it to correct its labels."));
    }
    let name = crate::signals::name_of(tx, me)?;
    let (mut assessment, changes) = corrected(&before.assessment, correction, &name);
    owners::place(tx, &mut assessment, before.topic, before.space)?;
    let to = if before.state == State::New { State::Triaged } else { before.state };
    let given = given(&before.assessment, correction);
    if changes.is_empty() && given.is_empty() && to == before.state {
        return Ok(before);
    }
    judgement::keep(tx, &before, me, None, &given)?;
    for made in &changes {
        store::insert(tx, &before, made, me)?;
    }
    let mut after = before.clone();
    if assessment.urgency.is != before.assessment.urgency.is && before.due_at.is_some() {
        let from = if before.first_response_at.is_none() { before.occurred_at } else { tx.now() };
        after.due_at = Some(clocks(tx)?.due(from, assessment.urgency.is));
    }
    after.assessment = assessment;
    let mut why: Vec<String> =
        changes.iter().map(|made| format!("{} {} → {}", made.field, made.was, made.became)).collect();
    let more = correction.said.iter().filter(|(one, _)| *one != Judgement::Intent);
    why.extend(more.map(|(one, word)| format!("{}: {word}", judgement::spoken(*one))));
    if correction.right {
        why.push("the reading is right".to_owned());
    }
    if why.is_empty() {
        why.push("labels confirmed".to_owned());
    }
    let said = correction.why.trim();
    let why = if said.is_empty() { why.join(", ") } else { format!("{}: {said}", why.join(", ")) };
    change(tx, actor, &before, after, &Change::new(Act::Triaged, to, &why))
}

/// What a correction says of the reading. Urgency, risks and intent that a person leaves as they are say nothing, unless
/// they say that the reading is right.
fn given(old: &Assessment, correction: &Correction) -> Vec<Given> {
    let mut given: Vec<Given> = Vec::new();
    let mut add = |judgement: Judgement, word: &'static str| {
        given.retain(|known| known.judgement != judgement);
        given.push(Given { judgement, word });
    };
    let word =
        |judgement: Judgement, word: &str| judgement.words().iter().copied().find(|known| *known == word);
    if correction.right {
        for one in Judgement::ALL.iter().filter(|one| CONFIRMED.contains(one)) {
            if let Some(word) = old.said.of(*one).and_then(|(said, _)| word(*one, said)) {
                add(*one, word);
            }
        }
    }
    if let Some(is) = correction.intent.filter(|is| *is != old.intent.is) {
        add(Judgement::Intent, is.as_str());
    }
    if let Some(is) = correction.urgency.filter(|is| *is != old.urgency.is) {
        add(Judgement::Urgency, is.as_str());
    }
    for (risk, level) in correction.risks.iter().filter(|(risk, level)| old.risk(*risk) != *level) {
        let yes = *level != RiskLevel::None;
        let yes_or_no = if yes { "yes" } else { "no" };
        match risk {
            Risk::Harassment => add(Judgement::Harassment, yes_or_no),
            Risk::Misinformation => add(Judgement::Misinformation, yes_or_no),
            Risk::Compliance => add(Judgement::Compliance, yes_or_no),
            Risk::BrandSafety => {
                add(Judgement::BrandSafety, yes_or_no);
                if !yes {
                    add(Judgement::Spam, "no");
                }
            }
        }
    }
    correction.said.iter().for_each(|(judgement, word)| add(*judgement, word));
    given
}

/// What is shown beside every item, so that whoever says "right" has seen it.
const CONFIRMED: [Judgement; 5] =
    [Judgement::Intent, Judgement::NeedsReply, Judgement::Sentiment, Judgement::Harassment, Judgement::Spam];

/// One label that a person changed.
pub(super) struct Made {
    pub field: &'static str,
    pub was: &'static str,
    pub became: &'static str,
    pub set_by: SetBy,
}

fn corrected(old: &Assessment, correction: &Correction, name: &str) -> (Assessment, Vec<Made>) {
    let mut new = old.clone();
    let mut made = Vec::new();
    let mut note = |field, was, became, set_by| {
        if was != became {
            made.push(Made { field, was, became, set_by });
        }
        was != became
    };
    let said = correction.why.trim();
    let reasons =
        vec![if said.is_empty() { format!("set by {name}") } else { format!("set by {name}: {said}") }];
    if let Some(is) = correction.intent
        && note("intent", old.intent.is.as_str(), is.as_str(), old.intent.by)
    {
        new.intent = Label { is, by: SetBy::Person, reasons: reasons.clone() };
        new.intent_probability = 1.0;
    }
    if let Some(is) = correction.urgency
        && note("urgency", old.urgency.is.as_str(), is.as_str(), old.urgency.by)
    {
        new.urgency = Label { is, by: SetBy::Person, reasons: reasons.clone() };
    }
    for (risk, level) in &correction.risks {
        let by = old.risks.iter().find(|note| note.risk == *risk).map_or(SetBy::Model, |note| note.by);
        if note(risk.as_str(), old.risk(*risk).as_str(), level.as_str(), by) {
            new.risks.retain(|other| other.risk != *risk);
            let reasons = reasons.clone();
            new.risks.push(RiskNote { risk: *risk, level: *level, by: SetBy::Person, reasons });
        }
    }
    for (judgement, word) in correction.said.iter().filter(|(one, _)| *one != Judgement::Intent) {
        new.said.people.insert(judgement.as_str().to_owned(), (*word).to_owned());
    }
    if correction.right {
        for judgement in [Judgement::NeedsReply, Judgement::Sentiment, Judgement::Spam] {
            if let Some((word, _)) = old.said.of(judgement) {
                let known = new.said.people.entry(judgement.as_str().to_owned());
                known.or_insert_with(|| word.to_owned());
            }
        }
    }
    if let Some(is) = correction.owner
        && note("owner", old.owner.is.as_str(), is.as_str(), old.owner.by)
    {
        new.owner = Label { is, by: SetBy::Person, reasons };
    } else if old.owner.by != SetBy::Person {
        let late = old.owner.is == Owner::Support && old.intent.is == Intent::Learning;
        new.owner = rules::owner_of(new.intent.is, new.gravest(), late);
    }
    (new, made)
}
