//! From what was seen in a text to what it means.

use crate::across;
use crate::cues::Cue;
use crate::features::{Seen, placed, see};
use crate::keyphrases;
use crate::local::{Added, BRAND_SAFETY, COMPLIANCE, Layer, MISINFORMATION, NOTHING, URGENCY};
use crate::personal::personal;
use crate::reading::{
    Context, Intent, Intents, Judged, PersonalKind, PersonalSpan, Reading, Reason, Risks, Sentiment, Span,
    Target, Urgency, UrgencyCue, UrgencyKind,
};
use crate::tongue::tongue;
use crate::weights::{
    COLUMNS, Columns, HARASSMENT, INTENT, NEEDS_REPLY, POLITE, SENTIMENT, SPAM, Weights, sigmoid, softmax,
};

/// Most reasons given for one judgement.
const REASONS: usize = 5;
/// Of these, so many at most come of what people taught.
const TAUGHT: usize = 2;
/// Log-odds of the level that the words come to, over the others: about three in four.
const SURE_OF_URGENCY: f32 = 2.0;
/// Most keyphrases of one text.
const KEYPHRASES: usize = 5;
/// A feature that moves the log-odds by less is not worth telling.
const TELLING: f32 = 0.1;

/// Reads one text with the weights that ship.
pub fn read(text: &str, context: &Context<'_>) -> Reading {
    read_with(Weights::shipped(), text, context)
}

/// Reads one text with other weights.
pub fn read_with(weights: &'static Weights, text: &str, context: &Context<'_>) -> Reading {
    read_local(weights, None, text, context)
}

/// Reads one text with what a community's people taught on top. A layer that belongs to other weights is left out.
pub fn read_local(
    weights: &'static Weights,
    layer: Option<&Layer>,
    text: &str,
    context: &Context<'_>,
) -> Reading {
    let seen = see(text, context);
    let layer = layer.filter(|layer| layer.base() == weights.name());
    let added = layer.map_or(NOTHING, |layer| layer.added(&seen.features));
    let mut odds = weights.judge(&seen.features);
    for (odd, more) in odds.iter_mut().zip(&added) {
        *odd += more;
    }
    let told = Told { weights, layer, seen: &seen, rows: rows(weights, &seen) };
    let more = |column: usize| added.get(column).copied().unwrap_or(0.0);
    let judged = |column: usize| Judged {
        probability: sigmoid(at(&odds, column)),
        reasons: told.reasons(column, 1, 0),
    };
    let personal_data = personal(text);
    let urgency_cues = urgency_cues(&seen);
    let intent = intents(&told, &odds);
    let needs_reply = judged(NEEDS_REPLY);
    let risk = Risks {
        harassment: harassment(&seen, judged(HARASSMENT)),
        spam: spam(&seen, judged(SPAM)),
        personal_data: personal_risk(&personal_data),
        misinformation: told.by_cues(&RUMOUR, MISINFORMATION, more(MISINFORMATION)),
        brand_safety: told.by_cues(&BRAND, BRAND_SAFETY, more(BRAND_SAFETY)),
        compliance: told.by_cues(&LAW, COMPLIANCE, more(COMPLIANCE)),
    };
    let urgency = moved(urgency(&urgency_cues, &intent, &needs_reply, &risk), &added);
    Reading {
        sentiment: sentiment(&told, &odds),
        politeness: judged(POLITE),
        language: tongue(&seen.prose.text, &seen.tokens),
        keyphrases: keyphrases::of_tokens(&seen.prose.text, &seen.tokens, KEYPHRASES),
        model: layer.map_or(weights.name(), Layer::name).to_owned(),
        intent,
        needs_reply,
        urgency,
        urgency_cues,
        risk,
        personal_data,
    }
}

fn at(values: &Columns, column: usize) -> f32 {
    values.get(column).copied().unwrap_or(0.0)
}

fn group<const N: usize>(odds: &Columns, from: usize) -> [f32; N] {
    let mut values = [0.0; N];
    for (value, odd) in values.iter_mut().zip(odds.iter().skip(from)) {
        *value = *odd;
    }
    softmax(values)
}

fn intents(told: &Told<'_>, odds: &Columns) -> Intents {
    let mut intents = Intents { probabilities: group(odds, INTENT), reasons: Vec::new() };
    let (likeliest, _) = intents.likeliest();
    intents.reasons = told.reasons(INTENT, Intent::ALL.len(), likeliest as usize);
    intents
}

fn sentiment(told: &Told<'_>, odds: &Columns) -> Sentiment {
    let [positive, neutral, negative] = group::<3>(odds, SENTIMENT);
    let place =
        if positive >= neutral && positive >= negative { 0 } else { 1 + usize::from(negative > neutral) };
    Sentiment {
        positive,
        neutral,
        negative,
        target: target(told.seen),
        reasons: told.reasons(SENTIMENT, 3, place),
    }
}

/// At whom the feelings are aimed, by what stands beside the words that carry them.
fn target(seen: &Seen) -> Target {
    let counts = [
        (Target::Person, seen.cues.count(Cue::InsultYou) * 3 + seen.cues.count(Cue::YouAre)),
        (Target::Product, seen.cues.count(Cue::InsultThing) * 3 + seen.cues.count(Cue::Product)),
        (Target::Group, seen.cues.count(Cue::InsultGroup) * 3 + seen.cues.count(Cue::Group)),
        (Target::Oneself, seen.cues.count(Cue::InsultSelf) * 3),
    ];
    let first = (Target::Nobody, 0);
    counts.into_iter().fold(first, |best, next| if next.1 > best.1 { next } else { best }).0
}

/// What moved a judgement.
#[derive(Clone, Copy)]
enum Because<'a> {
    Cue(Cue),
    Words,
    Link(&'a str),
}

/// A text with the weights of everything that stands somewhere in it, looked up once for all judgements.
struct Told<'a> {
    weights: &'a Weights,
    layer: Option<&'a Layer>,
    seen: &'a Seen,
    rows: Vec<(&'a [i8; COLUMNS], Span)>,
}

fn rows<'a>(weights: &'a Weights, seen: &Seen) -> Vec<(&'a [i8; COLUMNS], Span)> {
    let mut rows = Vec::with_capacity(seen.tokens.all.len() * 2);
    rows.extend(
        placed(&seen.tokens).filter_map(|(row, span)| Some((weights.table.get(row as usize)?, span))),
    );
    rows
}

impl Told<'_> {
    /// The features that moved one of `count` columns most.
    fn reasons(&self, from: usize, count: usize, place: usize) -> Vec<Reason> {
        let Self { weights, seen, rows, .. } = self;
        let towards = weights.towards(from, count, place, seen.features.words.len());
        let mut found: Vec<(f32, Because<'_>, Option<Span>)> = Vec::with_capacity(64);
        for name in seen.features.cues.iter().filter_map(|row| Cue::ALL.get(usize::from(*row))) {
            let weight = weights.of_cue(*name, &towards);
            if weight.abs() >= TELLING {
                found.push((
                    weight,
                    Because::Cue(*name),
                    seen.cues.first(*name).and_then(|first| first.span),
                ));
            }
        }
        let (letters, links) = if from == SPAM { self.of_letters() } else { (Vec::new(), Vec::new()) };
        // Single words come first among the rows, in the order of the text.
        let mut letters = letters.iter();
        for (row, span) in rows {
            let weight = towards.of_row(row) + letters.next().copied().unwrap_or(0.0);
            if weight.abs() >= TELLING {
                found.push((weight, Because::Words, Some(*span)));
            }
        }
        for (weight, link) in links.into_iter().zip(&seen.prose.links) {
            if weight.abs() >= TELLING {
                found.push((weight, Because::Link(&link.host), Some(link.span)));
            }
        }
        if from == HARASSMENT {
            let beside = weights.towards(from, count, place, seen.features.groups.len());
            for (row, span) in &seen.of_groups {
                let weight = weights.table.get(*row as usize).map_or(0.0, |row| beside.of_row(row));
                if weight.abs() >= TELLING {
                    found.push((weight, Because::Words, Some(*span)));
                }
            }
        }
        found.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
        let mut reasons: Vec<Reason> = Vec::with_capacity(REASONS);
        if let Some(layer) = self.layer {
            reasons.extend(layer.reasons(seen, from + place).into_iter().take(TAUGHT));
        }
        for (weight, because, span) in found {
            let what = match because {
                Because::Cue(cue) => cue.says().to_owned(),
                Because::Words => format!("“{}”", span.map_or("", |span| span.of(&seen.prose.text)).trim()),
                Because::Link(host) => format!("the link to {host}"),
            };
            if !reasons.iter().any(|known| known.what.eq_ignore_ascii_case(&what)) {
                reasons.push(Reason { what, span, weight });
            }
            if reasons.len() == REASONS {
                break;
            }
        }
        reasons.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
        reasons
    }

    /// What letters across words say of spam, a weight a token and a weight a link.
    fn of_letters(&self) -> (Vec<f32>, Vec<f32>) {
        let (shingles, weights) = (&self.seen.features.across, self.weights);
        let per = weights.per_across(shingles.len());
        across::by_place(shingles, &self.seen.tokens, &self.seen.prose, |row| weights.of_across(row, per))
    }

    /// A judgement that rests on phrases alone.
    fn by_cues(&self, phrases: &Phrases, column: usize, more: f32) -> Judged {
        let (odds, mut reasons) = by_cues(self.seen, phrases);
        if let Some(layer) = self.layer {
            reasons.extend(layer.reasons(self.seen, column).into_iter().take(TAUGHT));
        }
        reasons.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        reasons.truncate(REASONS);
        Judged { probability: sigmoid(odds + more), reasons }
    }
}

/// Nothing said in own words cannot harass.
fn harassment(seen: &Seen, mut judged: Judged) -> Judged {
    if seen.tokens.words == 0 {
        judged.probability = judged.probability.min(0.01);
    }
    judged
}

/// A link by itself is as often a pointer as an advertisement: not enough to raise it.
fn spam(seen: &Seen, mut judged: Judged) -> Judged {
    if seen.tokens.words == 0 && seen.cues.count(Cue::ShortLink) == 0 {
        judged.probability = judged.probability.min(0.4);
    }
    judged
}

/// What phrases are worth, and the log-odds without any.
struct Phrases {
    weights: &'static [(Cue, f32)],
    bias: f32,
}

const RUMOUR: Phrases = Phrases { weights: &[(Cue::Rumour, 1.4)], bias: -3.0 };
const BRAND: Phrases = Phrases {
    weights: &[
        (Cue::Brand, 1.6),
        (Cue::Slur, 2.4),
        (Cue::Vulgar, 1.2),
        (Cue::Insult, 0.8),
        (Cue::Legal, 0.8),
    ],
    bias: -3.0,
};
const LAW: Phrases = Phrases {
    weights: &[
        (Cue::Legal, 2.4),
        (Cue::Privacy, 2.6),
        (Cue::Copyright, 2.4),
        (Cue::Minors, 2.6),
        (Cue::Harm, 1.0),
    ],
    bias: -3.2,
};

/// Judgements that rest on phrases alone: each further phrase adds half as much as the one before.
fn by_cues(seen: &Seen, phrases: &Phrases) -> (f32, Vec<Reason>) {
    let mut odds = phrases.bias;
    let mut reasons = Vec::new();
    for (cue, weight) in phrases.weights {
        let hits = seen.cues.all.iter().filter(|found| found.cue == *cue);
        for (place, found) in hits.take(4).enumerate() {
            let worth = weight / (1_u32 << place) as f32;
            odds += worth;
            reasons.push(Reason { what: cue.says().to_owned(), span: found.span, weight: worth });
        }
    }
    (odds, reasons)
}

/// The log-odds of every judgement with the shipped weights alone, those of phrases and of urgency too.
pub(crate) fn base(weights: &'static Weights, seen: &Seen) -> Added {
    let odds = weights.judge(&seen.features);
    let mut wide = NOTHING;
    for (slot, odd) in wide.iter_mut().zip(&odds) {
        *slot = *odd;
    }
    for (column, phrases) in [(MISINFORMATION, &RUMOUR), (BRAND_SAFETY, &BRAND), (COMPLIANCE, &LAW)] {
        if let Some(slot) = wide.get_mut(column) {
            *slot = by_cues(seen, phrases).0;
        }
    }
    let judged = |column: usize| Judged { probability: sigmoid(at(&odds, column)), reasons: Vec::new() };
    let risk = Risks { harassment: harassment(seen, judged(HARASSMENT)), ..Risks::default() };
    let intent = Intents { probabilities: group(&odds, INTENT), reasons: Vec::new() };
    let level = urgency(&urgency_cues(seen), &intent, &judged(NEEDS_REPLY), &risk);
    if let Some(slot) = wide.get_mut(URGENCY + level as usize) {
        *slot = SURE_OF_URGENCY;
    }
    wide
}

/// What people taught of urgency, against the level that the words come to.
fn moved(level: Urgency, added: &Added) -> Urgency {
    let odds = |one: Urgency| {
        let own = if one == level { SURE_OF_URGENCY } else { 0.0 };
        own + added.get(URGENCY + one as usize).copied().unwrap_or(0.0)
    };
    Urgency::ALL.iter().copied().fold(level, |best, next| if odds(next) > odds(best) { next } else { best })
}

/// How sure the shape of each kind is; several spans are surer than one.
fn personal_risk(found: &[PersonalSpan]) -> Judged {
    let mut clear = 1.0;
    let mut reasons = Vec::new();
    for hit in found {
        let (sure, what) = match hit.kind {
            PersonalKind::Secret => (0.95, "holds a key or password"),
            PersonalKind::Card => (0.95, "holds a payment card number"),
            PersonalKind::Iban => (0.9, "holds a bank account number"),
            PersonalKind::NationalId => (0.85, "holds a national id number"),
            PersonalKind::Phone => (0.7, "holds a telephone number"),
            PersonalKind::Email => (0.6, "holds an e-mail address"),
            PersonalKind::Address => (0.6, "holds a postal address"),
            PersonalKind::Ip => (0.45, "holds an internet address"),
        };
        clear *= 1.0 - sure;
        if reasons.len() < REASONS {
            reasons.push(Reason { what: what.to_owned(), span: Some(hit.span), weight: sure });
        }
    }
    let probability = if found.is_empty() { 0.01 } else { 1.0 - clear };
    Judged { probability, reasons }
}

fn urgency_cues(seen: &Seen) -> Vec<UrgencyCue> {
    let kind = |cue: Cue| {
        Some(match cue {
            Cue::Harm | Cue::Threatens => UrgencyKind::Harm,
            Cue::Outage => UrgencyKind::Outage,
            Cue::Security => UrgencyKind::Security,
            Cue::DataLoss => UrgencyKind::DataLoss,
            Cue::Legal => UrgencyKind::Legal,
            Cue::Blocked => UrgencyKind::Blocked,
            Cue::Deadline => UrgencyKind::Deadline,
            Cue::Many => UrgencyKind::ManyPeople,
            Cue::Pressing => UrgencyKind::Pressing,
            _ => return None,
        })
    };
    let mut cues: Vec<UrgencyCue> = seen
        .cues
        .all
        .iter()
        .filter_map(|found| Some(UrgencyCue { kind: kind(found.cue)?, span: found.span? }))
        .collect();
    cues.dedup_by_key(|cue| cue.kind);
    cues
}

/// The level of the words, held down where nobody seems to want anything: an answer or news that mentions a
/// leak is not an alarm.
fn urgency(cues: &[UrgencyCue], intent: &Intents, needs_reply: &Judged, risk: &Risks) -> Urgency {
    let loudest = cues.iter().map(|cue| cue.kind.level()).max();
    let (likeliest, _) = intent.likeliest();
    let wants = matches!(likeliest, Intent::Support | Intent::Complaint) || needs_reply.probability >= 0.5;
    let harmed = cues.iter().any(|cue| cue.kind == UrgencyKind::Harm) || risk.harassment.probability >= 0.8;
    match loudest {
        _ if harmed => Urgency::High.max(loudest.unwrap_or(Urgency::Low)),
        Some(level) if wants => level,
        Some(_) => Urgency::Normal,
        None if wants || likeliest == Intent::Feedback => Urgency::Normal,
        None => Urgency::Low,
    }
}

/// Columns in all; kept here so that a change of one is a change of both.
const _: () = assert!(POLITE + 1 == COLUMNS && INTENT + 9 == SENTIMENT);
