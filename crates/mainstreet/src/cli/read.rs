//! `mainstreet read` and `mainstreet similar`: what texts mean, for scripts and analysts.

use std::io::{BufRead as _, Write as _};

use mainstreet_language::{
    Context, Intent, Judged, PersonalSpan, Reading, Reason, RiskKind, Sentiment, Span, read, related, similar,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::boot::{Done, Failure};

#[derive(Debug, Deserialize)]
struct Text {
    id: Value,
    text: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    reply: bool,
}

#[derive(Debug, Deserialize)]
struct Pair {
    id: Value,
    a: String,
    b: String,
}

/// Reads `{"id","text"}` lines (also `title`, `reply`) from standard input and writes a line for each.
pub(crate) fn read_lines() -> Done {
    each_line(|text: Text| {
        let reading = read(&text.text, &Context { title: &text.title, reply: text.reply, own_hosts: &[] });
        shown(&text.id, &text.text, &reading)
    })
}

/// Reads `{"id","a","b"}` lines from standard input and writes `{"id","score","copied"}` for each: how near the
/// subjects are, and how much of the wording is shared.
pub(crate) fn similar_lines() -> Done {
    each_line(|pair: Pair| {
        json!({
            "id": pair.id,
            "score": rounded(related(&pair.a, &pair.b)),
            "copied": rounded(similar(&pair.a, &pair.b)),
        })
    })
}

fn each_line<T: for<'de> Deserialize<'de>>(answer: impl Fn(T) -> Value) -> Done {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let asked = serde_json::from_str(&line)
            .map_err(|cause| Failure::Failed(format!("line {} cannot be read: {cause}", number + 1)))?;
        writeln!(out, "{}", answer(asked))?;
    }
    out.flush()?;
    Ok(())
}

fn shown(id: &Value, text: &str, reading: &Reading) -> Value {
    let places = Places { text };
    let intents: Map<_, _> = Intent::ALL
        .iter()
        .map(|label| (label.as_str().to_owned(), rounded(reading.intent.of(*label))))
        .collect();
    let risks: Map<_, _> = RiskKind::ALL
        .iter()
        .map(|kind| (kind.as_str().to_owned(), rounded(reading.risk.of(*kind).probability)))
        .collect();
    let mut reasons = Map::new();
    let mut tell = |name: &str, list: &[Reason]| {
        reasons.insert(name.to_owned(), list.iter().map(|reason| places.reason(reason)).collect());
    };
    tell("intent", &reading.intent.reasons);
    tell("needs_reply", &reading.needs_reply.reasons);
    tell("sentiment", &reading.sentiment.reasons);
    for kind in RiskKind::ALL {
        let Judged { reasons, .. } = reading.risk.of(*kind);
        tell(kind.as_str(), reasons);
    }
    let Sentiment { positive, neutral, negative, target, .. } = &reading.sentiment;
    json!({
        "id": id,
        "intent": intents,
        "decided": reading.intent.decided(),
        "needs_reply": rounded(reading.needs_reply.probability),
        "urgency": reading.urgency,
        "risk": risks,
        "sentiment": {
            "positive": rounded(*positive), "neutral": rounded(*neutral), "negative": rounded(*negative),
            "target": target,
        },
        "polite": rounded(reading.politeness.probability),
        "personal_data": reading.personal_data.iter().map(|hit| places.personal(hit)).collect::<Vec<_>>(),
        "language": reading.language,
        "keyphrases": reading.keyphrases,
        "reasons": reasons,
        "model": reading.model,
    })
}

/// Turns places in bytes into places in characters, which is how scripts count.
struct Places<'a> {
    text: &'a str,
}

impl Places<'_> {
    fn characters(&self, span: Span) -> (usize, usize) {
        let count = |end: usize| self.text.get(..end).map_or(0, |head| head.chars().count());
        (count(span.start), count(span.end))
    }

    fn reason(&self, reason: &Reason) -> Value {
        let Some(span) = reason.span else {
            return json!({ "what": reason.what, "weight": rounded(reason.weight) });
        };
        let (start, end) = self.characters(span);
        json!({ "what": reason.what, "weight": rounded(reason.weight), "start": start, "end": end })
    }

    fn personal(&self, hit: &PersonalSpan) -> Value {
        let (start, end) = self.characters(hit.span);
        json!({ "kind": hit.kind, "start": start, "end": end, "text": hit.span.of(self.text) })
    }
}

/// Four decimals: more would be noise.
fn rounded(value: f32) -> Value {
    json!((f64::from(value) * 1e4).round() / 1e4)
}
