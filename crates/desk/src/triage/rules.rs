//! What an item is about, how soon it matters, what harm may come of it, and who answers for it.

use mainstreet_kernel::clock::HOUR;

use super::model::{
    Assessment, Intent, Label, Owner, Risk, RiskLevel, RiskNote, Said, SetBy, Urgency, spell,
};

/// What was read in the words of a post.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// What the writer wants.
    pub intent: Intent,
    /// Its probability, 0 to 1.
    pub probability: f64,
    /// What pointed to it.
    pub intent_reasons: Vec<String>,
    /// Probability that it is a complaint, 0 to 1.
    pub complaint: f64,
    /// Probability that it waits for an answer, 0 to 1.
    pub asks: f64,
    /// How soon, as far as the words say, and the words.
    pub urgency: Urgency,
    /// The words behind it.
    pub urgency_reasons: Vec<String>,
    /// Possible risks with probability and reasons, likeliest first.
    pub risks: Vec<(Risk, f64, Vec<String>)>,
    /// What calls for a person at once: harassment, advertising, secrets or law in the text. Empty: nothing.
    pub harm: Vec<String>,
    /// True when it is only thanks.
    pub thanks: bool,
    /// What was read, and by which version.
    pub said: Said,
}

impl Seen {
    /// Nothing could be read.
    pub fn nothing() -> Self {
        Self {
            intent: Intent::Unclear,
            probability: 0.0,
            intent_reasons: Vec::new(),
            complaint: 0.0,
            asks: 0.0,
            urgency: Urgency::Normal,
            urgency_reasons: Vec::new(),
            risks: Vec::new(),
            harm: Vec::new(),
            thanks: false,
            said: Said::default(),
        }
    }
}

/// What happened around the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The conversation asks for an answer.
    pub question: bool,
    /// How far past its target the question stays without a response, in milliseconds.
    pub past_target: Option<i64>,
    /// How long the target was, in milliseconds.
    pub target: i64,
    /// How long the question stays without a response, in milliseconds, whatever hours count.
    pub waited: i64,
    /// It is the writer's first post.
    pub newcomer: bool,
    /// The text was read as a complaint.
    pub complaint: bool,
    /// Something harmful was read in it.
    pub harm: bool,
    /// People are at odds in it, or it is part of a flood.
    pub conflict: bool,
    /// How many people flagged it.
    pub flags: i64,
    /// Reasons they gave: `spam`, `harassment` ...
    pub flag_reasons: Vec<String>,
    /// How many people besides the writer take part.
    pub others: i64,
    /// How often the item came back after it was resolved.
    pub reopened: i64,
}

/// The likeliest intent counts as known from this probability on; below, it is `unclear`.
pub const INTENT_FLOOR: f64 = 0.4;
/// From this probability on a text counts as a complaint and opens an item.
pub const COMPLAINT_FLOOR: f64 = mainstreet_language::COMPLAINT_THRESHOLD as f64;
/// From this probability on the opening post of a conversation counts as a question although nobody marked it:
/// archives of chats and of most forums mark nothing.
pub const ASKS_FLOOR: f64 = 0.6;
/// As many people make a matter high, whatever its words.
pub const MANY: i64 = 3;

/// Intent, urgency, risk and owner, with reasons. Same text, same context: same answer.
pub fn assess(seen: &Seen, context: &Context) -> Assessment {
    let (intent, intent_probability) = intent_of(seen, context);
    let risks = risks_of(seen, context);
    let urgency = urgency_of(seen, context, &risks);
    let owner = owner_of(intent.is, gravest(&risks), context.past_target.is_some());
    Assessment { intent, intent_probability, urgency, risks, owner, said: seen.said.clone() }
}

fn intent_of(seen: &Seen, context: &Context) -> (Label<Intent>, f64) {
    let known = seen.probability >= INTENT_FLOOR && seen.intent != Intent::Unclear;
    if known {
        let label = Label { is: seen.intent, by: SetBy::Model, reasons: seen.intent_reasons.clone() };
        return (label, seen.probability);
    }
    if context.question {
        let reasons = vec!["the conversation asks for an answer".to_owned()];
        return (Label { is: Intent::Support, by: SetBy::Rule, reasons }, 0.5);
    }
    let reasons = vec!["the words do not tell".to_owned()];
    (Label { is: Intent::Unclear, by: SetBy::Model, reasons }, seen.probability)
}

fn risks_of(seen: &Seen, context: &Context) -> Vec<RiskNote> {
    let mut notes: Vec<RiskNote> = seen
        .risks
        .iter()
        .map(|(risk, probability, why)| {
            let mut reasons = vec![format!("reads like it, {probability:.2}")];
            reasons.extend(why.iter().cloned());
            RiskNote { risk: *risk, level: RiskLevel::Possible, by: SetBy::Model, reasons }
        })
        .collect();
    for reason in &context.flag_reasons {
        let (risk, says) = match reason.as_str() {
            "harassment" => (Risk::Harassment, "flagged as harassment"),
            "spam" => (Risk::BrandSafety, "flagged as spam"),
            "wrong" => (Risk::Misinformation, "flagged as wrong"),
            _ => continue,
        };
        match notes.iter_mut().find(|note| note.risk == risk) {
            Some(note) => {
                note.by = SetBy::Rule;
                if !note.reasons.iter().any(|known| known == says) {
                    note.reasons.push(says.to_owned());
                }
            }
            None => notes.push(RiskNote {
                risk,
                level: RiskLevel::Possible,
                by: SetBy::Rule,
                reasons: vec![says.to_owned()],
            }),
        }
    }
    notes
}

fn gravest(risks: &[RiskNote]) -> Option<Risk> {
    [Risk::Compliance, Risk::Harassment, Risk::Misinformation, Risk::BrandSafety]
        .into_iter()
        .find(|risk| risks.iter().any(|note| note.risk == *risk))
}

/// The most pressing of all rules that apply; age raises it one step at the target.
fn urgency_of(seen: &Seen, context: &Context, risks: &[RiskNote]) -> Label<Urgency> {
    let mut found: Vec<(Urgency, SetBy, String)> = Vec::new();
    let serious = context.question || context.complaint || context.harm || context.flags > 0;
    if seen.urgency > Urgency::Normal && serious {
        let words = if seen.urgency_reasons.is_empty() {
            "the words are pressing".to_owned()
        } else {
            seen.urgency_reasons.join("; ")
        };
        found.push((seen.urgency, SetBy::Model, words));
    }
    if context.harm {
        let level = if gravest(risks) == Some(Risk::BrandSafety) { Urgency::Normal } else { Urgency::High };
        found.push((level, SetBy::Model, "it may do harm".to_owned()));
    }
    if context.conflict {
        found.push((
            Urgency::Urgent,
            SetBy::Rule,
            "people are at odds, or strangers flood the place, just now".to_owned(),
        ));
    }
    if context.flags >= MANY {
        found.push((Urgency::High, SetBy::Rule, format!("{} people flagged it", context.flags)));
    } else if context.flags > 0 {
        let who = if context.flags == 1 { "one person" } else { "two people" };
        let level = if context.flag_reasons.iter().any(|reason| reason == "harassment") {
            Urgency::High
        } else {
            Urgency::Normal
        };
        found.push((level, SetBy::Rule, format!("{who} flagged it")));
    }
    if context.complaint {
        let level = if context.others >= MANY { Urgency::High } else { Urgency::Normal };
        let why = match context.others {
            0 => "a complaint in public".to_owned(),
            1 => "a complaint in public, one more person takes part".to_owned(),
            others => format!("a complaint in public, {others} more people take part"),
        };
        found.push((level, SetBy::Rule, why));
    }
    if context.question {
        found.push((Urgency::Normal, SetBy::Rule, "a question".to_owned()));
    }
    if context.newcomer {
        found.push((
            Urgency::Normal,
            SetBy::Rule,
            "somebody's first post: a greeting within a day".to_owned(),
        ));
    }
    if found.is_empty() {
        found.push((Urgency::Low, SetBy::Rule, "nothing in it is pressing".to_owned()));
    }
    raise(found, context)
}

fn raise(mut found: Vec<(Urgency, SetBy, String)>, context: &Context) -> Label<Urgency> {
    found.sort_by_key(|(level, _, _)| std::cmp::Reverse(*level));
    let mut is = found.first().map_or(Urgency::Low, |(level, _, _)| *level);
    let by = found.first().map_or(SetBy::Rule, |(_, by, _)| *by);
    let mut reasons: Vec<String> = found.into_iter().map(|(_, _, why)| why).collect();
    if context.past_target.is_some() {
        is = is.raised();
        let target = context.target.max(HOUR / 60);
        reasons.push(format!("no response for {}, the target is {}", spell(context.waited), spell(target)));
    }
    if context.reopened >= 2 {
        is = is.raised();
        reasons.push(format!("it came back {} times", context.reopened));
    }
    Label { is, by, reasons }
}

/// The owner map: intent by gravest risk.
pub fn owner_of(intent: Intent, risk: Option<Risk>, past_target: bool) -> Label<Owner> {
    use Intent as I;
    use Owner as O;
    let (is, why) = match (intent, risk) {
        (_, Some(Risk::Compliance)) => (O::Legal, "law or personal data is involved"),
        (I::Networking, Some(_)) => (O::Community, "people meeting each other is ours to look after"),
        (_, Some(Risk::Harassment)) => (O::Community, "how people treat each other is ours to look after"),
        (I::Support | I::Feedback | I::Complaint, Some(Risk::BrandSafety)) => {
            (O::Marketing, "it touches the name we go by")
        }
        (I::Learning | I::Unclear, Some(Risk::BrandSafety)) => {
            (O::Community, "it is about what may stand in the community")
        }
        (I::Support, Some(Risk::Misinformation)) => (O::Support, "support, with product for the facts"),
        (I::Feedback | I::Learning, Some(Risk::Misinformation)) => (O::Product, "product knows the facts"),
        (I::Complaint, Some(Risk::Misinformation)) => {
            (O::Marketing, "a public claim about us, with product for the facts")
        }
        (I::Unclear, Some(Risk::Misinformation)) => (O::Community, "a claim to look into"),
        (I::Support, None) => (O::Support, "somebody needs help"),
        (I::Feedback, None) => (O::Product, "it says how things should be"),
        (I::Networking, None) => (O::Community, "people meeting each other is ours to look after"),
        (I::Learning, None) if past_target => (O::Support, "wants to learn, and nobody answered in time"),
        (I::Learning, None) => (O::Community, "members teach each other best"),
        (I::Complaint, None) => (O::Support, "support mends it, the community team keeps in touch"),
        (I::Unclear, None) => (O::Community, "it stays here until somebody knows more"),
    };
    Label { is, by: SetBy::Rule, reasons: vec![why.to_owned()] }
}

/// Keeps what a person set, takes the rest from `fresh`.
#[must_use]
pub fn keep_corrections(old: &Assessment, mut fresh: Assessment) -> Assessment {
    if old.intent.by == SetBy::Person {
        fresh.intent = old.intent.clone();
        fresh.intent_probability = old.intent_probability;
    }
    for note in old.risks.iter().filter(|note| note.by == SetBy::Person) {
        fresh.risks.retain(|other| other.risk != note.risk);
        fresh.risks.push(note.clone());
    }
    if old.urgency.by == SetBy::Person {
        fresh.urgency = old.urgency.clone();
    }
    if old.owner.by == SetBy::Person {
        fresh.owner = old.owner.clone();
    } else {
        let risk = fresh.gravest();
        fresh.owner = owner_of(fresh.intent.is, risk, fresh.owner.is == Owner::Support);
    }
    fresh.said.people.clone_from(&old.said.people);
    fresh
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(intent: Intent, probability: f64) -> Seen {
        Seen { intent, probability, ..Seen::nothing() }
    }

    #[track_caller]
    fn check(seen: &Seen, context: &Context, expect: &str) {
        let got = assess(seen, context);
        let risks: Vec<&str> = got.risks.iter().map(|note| note.risk.as_str()).collect();
        let line = format!("{} {} [{}] {}", got.intent.is, got.urgency.is, risks.join(" "), got.owner.is);
        assert_eq!(line, expect, "{got:#?}");
        assert!(!got.urgency.reasons.is_empty(), "urgency without a reason");
        assert!(!got.owner.reasons.is_empty(), "owner without a reason");
    }

    #[test]
    fn what_happened_decides() {
        let question = Context { question: true, target: 24 * HOUR, ..Context::default() };
        let late = Context { past_target: Some(7 * HOUR), ..question.clone() };
        let complaint = Context { complaint: true, ..Context::default() };
        let flags = |count, reason: &str| Context {
            flags: count,
            flag_reasons: vec![reason.to_owned()],
            ..Context::default()
        };
        check(&seen(Intent::Support, 0.9), &question, "support normal [] support");
        check(&seen(Intent::Support, 0.9), &late, "support high [] support");
        check(&seen(Intent::Support, 0.2), &question, "support normal [] support");
        check(&seen(Intent::Learning, 0.7), &question, "learning normal [] community");
        check(&seen(Intent::Learning, 0.7), &late, "learning high [] support");
        check(&seen(Intent::Complaint, 0.9), &complaint, "complaint normal [] support");
        check(
            &seen(Intent::Complaint, 0.9),
            &Context { others: 4, ..complaint },
            "complaint high [] support",
        );
        check(&Seen::nothing(), &flags(1, "spam"), "unclear normal [brand_safety] community");
        check(&Seen::nothing(), &flags(1, "harassment"), "unclear high [harassment] community");
        check(&Seen::nothing(), &flags(3, "other"), "unclear high [] community");
        check(
            &seen(Intent::Networking, 0.8),
            &Context { newcomer: true, ..Context::default() },
            "networking normal [] community",
        );
        check(&seen(Intent::Feedback, 0.8), &Context::default(), "feedback low [] product");
    }

    #[test]
    fn words_lift_what_asks_for_somebody_and_nothing_else() {
        let pressing = Seen {
            urgency: Urgency::Urgent,
            urgency_reasons: vec!["says “is down for everyone”".to_owned()],
            ..seen(Intent::Support, 0.9)
        };
        let question = Context { question: true, ..Context::default() };
        check(&pressing, &question, "support urgent [] support");
        check(&pressing, &Context::default(), "support low [] support");
        let legal = Seen {
            risks: vec![(Risk::Compliance, 0.8, vec!["names a lawyer".to_owned()])],
            harm: vec!["names a lawyer".to_owned()],
            ..seen(Intent::Complaint, 0.9)
        };
        check(&legal, &Context { harm: true, ..Context::default() }, "complaint high [compliance] legal");
    }

    #[test]
    fn the_owner_map_has_an_answer_for_every_pair() {
        for intent in Intent::ALL {
            for risk in [None, Some(Risk::Misinformation), Some(Risk::Harassment), Some(Risk::BrandSafety)] {
                assert_ne!(owner_of(*intent, risk, false).is, Owner::Legal, "{intent} {risk:?}");
            }
            assert_eq!(owner_of(*intent, Some(Risk::Compliance), false).is, Owner::Legal);
        }
    }

    #[test]
    fn a_person_outweighs_what_comes_later() {
        let question = Context { question: true, ..Context::default() };
        let mut old = assess(&seen(Intent::Support, 0.9), &question);
        old.intent =
            Label { is: Intent::Feedback, by: SetBy::Person, reasons: vec!["set by Max".to_owned()] };
        old.risks.push(RiskNote {
            risk: Risk::Harassment,
            level: RiskLevel::None,
            by: SetBy::Person,
            reasons: vec!["set by Max".to_owned()],
        });
        let harm = Seen { risks: vec![(Risk::Harassment, 0.9, Vec::new())], ..seen(Intent::Complaint, 0.95) };
        let kept = keep_corrections(&old, assess(&harm, &question));
        assert_eq!(kept.intent.is, Intent::Feedback);
        assert_eq!(kept.risk(Risk::Harassment), RiskLevel::None);
        assert_eq!(kept.owner.is, Owner::Product);
    }
}
