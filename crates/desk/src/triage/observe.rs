//! From what `language` read to the words of the desk.

use mainstreet_language::{Context, Intent as Read, Reading, RiskKind, Urgency as Pressing};

use super::model::{Intent, Risk, Said, Urgency};
use super::rules::{INTENT_FLOOR, Seen};
use crate::judgement::{Judgement, Reader};

/// How many reasons of one judgement are shown.
const REASONS: usize = 3;

/// Reads `text` with the weights that ship and says what the desk sees in it. `title` is that of the conversation the
/// text opens, empty for a reply.
pub fn observe(text: &str, title: &str) -> Seen {
    observe_with(&Reader::shipped(), text, title)
}

/// Reads `text` with a version.
pub fn observe_with(version: &Reader, text: &str, title: &str) -> Seen {
    let context = Context { title, reply: title.is_empty(), own_hosts: &[] };
    seen(&version.read(text, &context), text, title)
}

/// What was read of every judgement that people may answer.
fn said(reading: &Reading, intent: (Intent, f64)) -> Said {
    let yes_or_no = |judgement: Judgement, probability: f32| {
        let yes = probability >= judgement.threshold();
        let word = if yes { "yes" } else { "no" };
        (judgement, word, if yes { probability } else { 1.0 - probability })
    };
    let feelings = [
        ("positive", reading.sentiment.positive),
        ("neutral", reading.sentiment.neutral),
        ("negative", reading.sentiment.negative),
    ];
    let first = ("neutral", 0.0);
    let feeling = feelings.into_iter().fold(first, |best, next| if next.1 > best.1 { next } else { best });
    let wants = if intent.1 >= INTENT_FLOOR { intent.0 } else { Intent::Unclear };
    let risk = &reading.risk;
    let read = [
        (Judgement::Intent, wants.as_str(), intent.1 as f32),
        yes_or_no(Judgement::NeedsReply, reading.needs_reply.probability),
        (Judgement::Urgency, reading.urgency.as_str(), 0.0),
        (Judgement::Sentiment, feeling.0, feeling.1),
        yes_or_no(Judgement::Harassment, risk.harassment.probability),
        yes_or_no(Judgement::Spam, risk.spam.probability),
        yes_or_no(Judgement::Misinformation, risk.misinformation.probability),
        yes_or_no(Judgement::BrandSafety, risk.brand_safety.probability),
        yes_or_no(Judgement::Compliance, risk.compliance.probability),
    ];
    let kept = |(judgement, word, probability): (Judgement, &str, f32)| {
        (judgement.as_str().to_owned(), (word.to_owned(), kept(f64::from(probability))))
    };
    Said { model: reading.model.clone(), read: read.into_iter().map(kept).collect(), ..Said::default() }
}

fn seen(reading: &Reading, text: &str, title: &str) -> Seen {
    let (intent, probability) = intent(reading);
    let words = |span: mainstreet_language::Span| quoted(span.of(text)).or_else(|| quoted(span.of(title)));
    let told = |reasons: &[mainstreet_language::Reason]| -> Vec<String> {
        reasons
            .iter()
            .filter(|reason| reason.weight > 0.0)
            .take(REASONS)
            .map(|reason| match reason.span.and_then(words) {
                Some(words) => format!("{}: {words}", reason.what),
                None => reason.what.clone(),
            })
            .collect()
    };
    let mut risks: Vec<(Risk, f64, Vec<String>)> = Vec::new();
    let mut harm = Vec::new();
    for (kind, judged) in reading.risk.possible() {
        let why = told(&judged.reasons);
        if let Some(says) = harmful(kind) {
            harm.push(format!("{says}, {:.2}", judged.probability));
        }
        let (risk, probability) = (risk_of(kind), kept(f64::from(judged.probability)));
        match risks.iter_mut().find(|(known, _, _)| *known == risk) {
            Some((_, most, reasons)) => {
                *most = most.max(probability);
                reasons.extend(why);
            }
            None => risks.push((risk, probability, why)),
        }
    }
    risks.sort_by(|a, b| b.1.total_cmp(&a.1));
    let cues = reading.urgency_cues.iter().take(REASONS);
    Seen {
        intent,
        probability,
        intent_reasons: told(&reading.intent.reasons),
        complaint: kept(f64::from(reading.intent.of(Read::Complaint))),
        asks: f64::from(reading.needs_reply.probability),
        urgency: pressing(reading.urgency),
        urgency_reasons: cues
            .map(|cue| {
                let kind = cue.kind.as_str().replace('_', " ");
                words(cue.span).map_or_else(|| kind.clone(), |words| format!("{kind}: {words}"))
            })
            .collect(),
        risks,
        harm,
        thanks: reading.intent.decided() == Read::Praise && reading.needs_reply.probability < 0.5,
        said: said(reading, (intent, probability)),
    }
}

fn quoted(words: &str) -> Option<String> {
    let words = mainstreet_kernel::text::excerpt(words, 60);
    (!words.is_empty()).then(|| format!("“{words}”"))
}

/// The likeliest of the desk's intents. Praise is feedback, news is networking; an answer is no request.
fn intent(reading: &Reading) -> (Intent, f64) {
    let of = |intent| f64::from(reading.intent.of(intent));
    let found = [
        (Intent::Support, of(Read::Support)),
        (Intent::Feedback, of(Read::Feedback) + of(Read::Praise)),
        (Intent::Networking, of(Read::Networking) + of(Read::Announcement)),
        (Intent::Learning, of(Read::Learning)),
        (Intent::Complaint, of(Read::Complaint)),
        (Intent::Unclear, of(Read::Unclear) + of(Read::Answer)),
    ];
    let first = (Intent::Unclear, 0.0);
    let (intent, probability) =
        found.into_iter().fold(first, |best, next| if next.1 > best.1 { next } else { best });
    (intent, kept(probability))
}

/// Four decimals: more would be noise, and what is written down comes back as it was.
fn kept(probability: f64) -> f64 {
    (probability * 1e4).round() / 1e4
}

fn pressing(urgency: Pressing) -> Urgency {
    match urgency {
        Pressing::Low => Urgency::Low,
        Pressing::Normal => Urgency::Normal,
        Pressing::High => Urgency::High,
        Pressing::Urgent => Urgency::Urgent,
    }
}

/// The desk's four risks. Advertising is a matter of what a brand stands beside, personal data one of law.
fn risk_of(kind: RiskKind) -> Risk {
    match kind {
        RiskKind::Harassment => Risk::Harassment,
        RiskKind::Misinformation => Risk::Misinformation,
        RiskKind::Spam | RiskKind::BrandSafety => Risk::BrandSafety,
        RiskKind::PersonalData | RiskKind::Compliance => Risk::Compliance,
    }
}

/// What calls for a person at once; the others are labels only.
fn harmful(kind: RiskKind) -> Option<&'static str> {
    match kind {
        RiskKind::Harassment => Some("may be harassment"),
        RiskKind::Spam => Some("may be advertising"),
        RiskKind::PersonalData => Some("may show personal data or a secret"),
        RiskKind::Compliance => Some("may be a legal matter"),
        RiskKind::Misinformation | RiskKind::BrandSafety => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        let seen = observe(
            "The update stopped at 60 % and now the device does nothing. This is the second time. \
             I am really unhappy with this, it is unacceptable.",
            "Update broke my device",
        );
        assert!(seen.complaint > 0.3, "{seen:?}");
        let rude = observe("You are a pathetic idiot, nobody wants you here, get lost.", "");
        assert!(rude.risks.iter().any(|(risk, _, _)| *risk == Risk::Harassment), "{rude:?}");
        assert!(!rude.harm.is_empty());
        assert!(observe("Thank you so much, that works great!", "").thanks);
        assert!(observe("", "").harm.is_empty());
    }
}
