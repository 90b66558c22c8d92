//! What ships beside the packaged tools: writes the rows nobody learnt from with the truth and what we say, so that
//! the others can judge the very same texts (`reference.py`).

use std::error::Error;
use std::io::Write;
use std::path::Path;

use mainstreet_language::train::{self, Part, Row, Task};
use mainstreet_language::{Context, Reading, Weights};
use serde_json::json;

use crate::{load, read_row, seconds};

/// Writes `OUT/TASK.SET.jsonl` for harassment, spam and sentiment, and how fast it went.
pub(crate) fn shipped(dir: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(out)?;
    let mut speeds = Vec::new();
    for set in train::SETS {
        let rows = match set.name {
            "own" => continue,
            "own-functions" => train::functional_tests()?,
            _ => load(dir, set)?,
        };
        let rows: Vec<Row> =
            rows.into_iter().filter(|row| !set.trains || train::part(row) == Part::Test).collect();
        if rows.is_empty() {
            continue;
        }
        let (took, readings) =
            seconds(|| rows.iter().map(|row| read_row(Weights::shipped(), row)).collect::<Vec<Reading>>());
        speeds.push(json!({ "set": set.name, "texts": rows.len(), "seconds": took }));
        for (task, name) in
            [(Task::Harassment, "harassment"), (Task::Spam, "spam"), (Task::Sentiment, "sentiment")]
        {
            write(task, name, set, (&rows, &readings), out)?;
        }
    }
    std::fs::write(out.join("speeds.json"), serde_json::to_vec(&speeds)?)?;
    Ok(())
}

fn write(
    task: Task,
    name: &str,
    set: &train::Set,
    (rows, readings): (&[Row], &[Reading]),
    out: &Path,
) -> Result<(), Box<dyn Error>> {
    let mut lines = Vec::new();
    let mut classes = std::collections::BTreeSet::new();
    for (row, reading) in rows.iter().zip(readings) {
        let Some(target) = train::targets(row).into_iter().find(|target| target.task == task) else {
            continue;
        };
        classes.insert(target.class);
        let feelings = &reading.sentiment;
        let ours = match task {
            Task::Harassment => json!(reading.risk.harassment.probability),
            Task::Spam => json!(reading.risk.spam.probability),
            _ => json!([feelings.positive, feelings.neutral, feelings.negative]),
        };
        lines.push(json!({ "text": row.text, "truth": target.class, "ours": ours }));
    }
    if classes.len() < 2 {
        return Ok(());
    }
    let seen = if set.trains { "test part" } else { "never trained" };
    let mut file =
        std::io::BufWriter::new(std::fs::File::create(out.join(format!("{name}.{}.jsonl", set.name)))?);
    writeln!(file, "{}", json!({ "set": set.name, "seen": seen }))?;
    for line in lines {
        writeln!(file, "{line}")?;
    }
    Ok(())
}

/// Texts that try to break a reader: whatever they are, they must be read, quickly and without a high alarm.
pub(crate) fn hostile(out: &mut impl Write) -> std::io::Result<()> {
    let long = "The build fails after the update and I do not know why. ".repeat(18_000);
    let cases: [(&str, String); 8] = [
        ("a megabyte of words", long),
        ("a megabyte of one letter", "a".repeat(1 << 20)),
        ("a megabyte of marks", "?!*`>".repeat(200_000)),
        ("zero-width characters", "\u{200b}\u{200d}\u{2060}".repeat(2000)),
        (
            "right to left",
            "\u{202e}\u{627}\u{644}\u{633}\u{644}\u{627}\u{645} \u{5e9}\u{5dc}\u{5d5}\u{5dd}".repeat(20),
        ),
        ("only emoji", "🎉🚀👍".repeat(300)),
        ("only code", "```rust\nfn main() { panic!(\"you idiot\"); }\n```".to_owned()),
        ("nothing", String::new()),
    ];
    for (name, text) in cases {
        let (took, reading) = seconds(|| mainstreet_language::read(&text, &Context::default()));
        writeln!(
            out,
            "{name}: {} bytes, {:.2} ms, intent {} ({:.2}), needs reply {:.2}, harassment {:.2}, spam {:.2}, language {}",
            text.len(),
            took * 1e3,
            reading.intent.decided().as_str(),
            reading.intent.likeliest().1,
            reading.needs_reply.probability,
            reading.risk.harassment.probability,
            reading.risk.spam.probability,
            reading.language.unwrap_or("-"),
        )?;
    }
    Ok(())
}
