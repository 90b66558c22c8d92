//! `mainstreet insights`: what many people ask, ask for and object to.

use std::fmt::Write as _;

use mainstreet_desk::insights::{self, Kind, Line, List};
use mainstreet_kernel::Timestamp;
use serde_json::json;

use crate::boot::{Common, Done};

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Only what people began for this
    #[arg(long, value_enum, default_value_t = Asked::All)]
    kind: Asked,
    /// At most so many themes
    #[arg(long, default_value_t = 50)]
    limit: usize,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Asked {
    /// Whatever it is for
    All,
    /// They want to know or get something to work
    Questions,
    /// They want something that is not there
    Requests,
    /// They do not like how something is
    Objections,
}

impl Asked {
    fn list(self) -> List {
        match self {
            Self::All => List::All,
            Self::Questions => List::Of(Kind::Question),
            Self::Requests => List::Of(Kind::Request),
            Self::Objections => List::Of(Kind::Objection),
        }
    }
}

pub(crate) fn run(common: &Common, options: &Options) -> Done {
    let db = common.open()?;
    insights::refresh(&db)?;
    let (list, limit) = (options.kind.list(), options.limit.min(1_000));
    let (now, found) = db.read_now(move |tx| Ok((tx.now(), insights::list(tx, list, 0, limit)?)))?;
    let themes: Vec<serde_json::Value> = found.lines.iter().map(as_json).collect();
    let trending: Vec<String> = found.trending.iter().map(|line| line.theme.id.to_string()).collect();
    let answer = json!({
        "now": now.to_string(),
        "kind": list.as_str(),
        "trending": trending,
        "themes": themes,
    });
    common.answer(&answer, &as_text(now, list, &found.lines))
}

fn as_json(line: &Line) -> serde_json::Value {
    let (theme, ranked) = (&line.theme, &line.ranked);
    let interval = ranked.askers.interval();
    let quotes: Vec<serde_json::Value> = line
        .quotes
        .iter()
        .map(|turn| {
            let (topic, post) = (turn.topic.to_string(), turn.post.to_string());
            json!({ "topic": topic, "post": post, "title": turn.title, "at": turn.at.to_string() })
        })
        .collect();
    json!({
        "id": theme.id.to_string(),
        "name": theme.name,
        "confirmed": theme.settled,
        "status": theme.status.as_str(),
        "askers_90_days": ranked.askers.now,
        "askers_90_days_before": ranked.askers.before,
        "growth": ranked.askers.ratio(),
        "growth_low": interval.low,
        "growth_high": Some(interval.high).filter(|high| high.is_finite()),
        "unanswered": ranked.unanswered.hits,
        "begun": ranked.unanswered.trials,
        "askers_by_week": ranked.weeks,
        "trending": ranked.trending.map(|t| json!({ "authors": t.authors, "expected": t.expected, "p": t.chance })),
        "latest": ranked.latest.to_string(),
        "quotes": quotes,
    })
}

fn as_text(now: Timestamp, list: List, lines: &[Line]) -> String {
    let mut out = format!("{}, by different people in the 90 days to {now}\n", list.as_str());
    if lines.is_empty() {
        out.push_str("\nNo theme that two people began.");
    }
    for line in lines {
        let (ranked, theme) = (&line.ranked, &line.theme);
        let _ = write!(
            out,
            "\n{:>5} ({} before)  {}  [{}; {} of {} unanswered]",
            ranked.askers.now,
            ranked.askers.before,
            theme.name,
            theme.status,
            ranked.unanswered.hits,
            ranked.unanswered.trials
        );
    }
    out
}
