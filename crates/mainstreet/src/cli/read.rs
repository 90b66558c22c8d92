//! `mainstreet read` and `mainstreet similar`: what texts mean, for scripts and analysts.

use std::io::{BufRead, Write};
use std::path::PathBuf;

use mainstreet_embeddings::{Files, Model};
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

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct SimilarOptions {
    /// Compare meanings with this ONNX sentence model
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// The model's tokenizer.json or vocab.txt (default: the one beside it)
    #[arg(long, value_name = "FILE", requires = "model")]
    pub(crate) tokenizer: Option<PathBuf>,
}

/// Reads `{"id","a","b"}` lines from standard input and writes `{"id","score","copied"}` for each: how near the
/// subjects are, and how much of the wording is shared. With a model the score is the cosine of the two meanings.
pub(crate) fn similar_lines(options: &SimilarOptions) -> Done {
    let Some(file) = &options.model else {
        return each_line(|pair: Pair| compared(&pair, related(&pair.a, &pair.b)));
    };
    let files = Files::find(file, options.tokenizer.as_deref())?;
    let model = Model::load(&files, super::models::tried(&files)?.tokens)?;
    each_line(|pair: Pair| match meanings(&model, &pair) {
        Ok(cosine) => compared(&pair, cosine),
        Err(error) => json!({ "id": pair.id, "error": error.safe }),
    })
}

fn compared(pair: &Pair, score: f32) -> Value {
    json!({ "id": pair.id, "score": rounded(score), "copied": rounded(similar(&pair.a, &pair.b)) })
}

fn meanings(model: &Model, pair: &Pair) -> mainstreet_kernel::Result<f32> {
    Ok(model.embed(&pair.a)?.cosine(&model.embed(&pair.b)?))
}

/// Answers every line of standard input. A line that cannot be read is answered with `{"id","line","error"}` in its
/// place, the others go on, and the command fails at the end.
fn each_line<T: for<'de> Deserialize<'de>>(answer: impl Fn(T) -> Value) -> Done {
    let out = std::io::BufWriter::new(std::io::stdout().lock());
    match answers(std::io::stdin().lock(), out, answer)? {
        0 => Ok(()),
        1 => Err(Failure::Failed("1 line could not be read; its answer says why.".to_owned())),
        bad => Err(Failure::Failed(format!("{bad} lines could not be read; their answers say why."))),
    }
}

/// Writes a line for each line of `from`; returns how many could not be read.
fn answers<T: for<'de> Deserialize<'de>>(
    mut from: impl BufRead,
    mut to: impl Write,
    answer: impl Fn(T) -> Value,
) -> std::io::Result<usize> {
    let (mut number, mut bad, mut line) = (0, 0, Vec::new());
    while from.read_until(b'\n', &mut line)? > 0 {
        number += 1;
        let text = String::from_utf8_lossy(&line);
        if !text.trim().is_empty() {
            let given = serde_json::from_str::<Value>(text.trim_end());
            let id = given.as_ref().ok().and_then(|value| value.get("id")).cloned().unwrap_or(Value::Null);
            match given.and_then(serde_json::from_value) {
                Ok(asked) => writeln!(to, "{}", answer(asked))?,
                Err(cause) => {
                    bad += 1;
                    writeln!(to, "{}", json!({ "id": id, "line": number, "error": cause.to_string() }))?;
                }
            }
        }
        line.clear();
    }
    to.flush()?;
    Ok(bad)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(input: &str) -> (Vec<Value>, usize) {
        let mut out = Vec::new();
        let bad = answers(input.as_bytes(), &mut out, |text: Text| {
            shown(&text.id, &text.text, &read(&text.text, &Context::default()))
        });
        let lines = String::from_utf8(out).unwrap();
        (lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), bad.unwrap())
    }

    #[test]
    fn a_line_is_answered_with_every_field() {
        let (lines, bad) = answered("{\"id\":7,\"text\":\"How do I reach ann@example.org?\"}\n\n");
        assert_eq!((lines.len(), bad), (1, 0));
        let line = &lines[0];
        assert_eq!(line["id"], 7);
        for field in
            ["intent", "needs_reply", "risk", "sentiment", "personal_data", "language", "reasons", "model"]
        {
            assert!(line.get(field).is_some(), "{field}");
        }
        assert!(line["intent"]["support"].is_number() && line["needs_reply"].is_number());
        assert!(line["risk"]["harassment"].is_number() && line["risk"]["spam"].is_number());
        assert_eq!(line["personal_data"][0]["text"], "ann@example.org");
    }

    #[test]
    fn bad_lines_are_answered_in_their_place_and_the_rest_goes_on() {
        let (lines, bad) =
            answered("not json\n{\"id\":\"a\"}\n{\"id\":2,\"text\":\"ok\"}\n{\"id\":3,\"text\":5}");
        assert_eq!((lines.len(), bad), (4, 3));
        assert_eq!((&lines[0]["id"], &lines[0]["line"]), (&Value::Null, &json!(1)));
        assert_eq!((&lines[1]["id"], lines[1]["error"].is_string()), (&json!("a"), true));
        assert!(lines[2].get("error").is_none());
        assert_eq!((&lines[3]["id"], &lines[3]["line"]), (&json!(3), &json!(4)));
    }
}
