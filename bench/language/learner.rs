//! The learner beside the usual one: the same split, the same rows.
//!
//! `split DIR OUT` cuts every labelled set of DIR: texts whose hash is a multiple of four are held back. `learner OUT`
//! learns the rest, judges the quarter and writes `OUT/learner.jsonl`. `learner TRAIN TEST` does so for two files.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};

use mainstreet_language::train::{Classifier, Scratch};
use serde_json::{Value, json};

use crate::{Scored, auc, seconds};

/// Files made of others: several sets at once, or labels drawn together.
const MADE: &[(&str, &[&str], Option<&str>)] = &[
    ("spam-three-sets", &["spam-sms", "spam-youtube-comments", "spam-enron1"], None),
    ("incivility-civil-or-not", &["incivility-github-threads"], Some("civil")),
];

type Labelled = (String, String);

/// Cuts the sets below `dir` into `NAME.train.jsonl` and `NAME.test.jsonl` below `out`.
pub(crate) fn split(dir: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(out)?;
    let mut sets: BTreeMap<String, Vec<Labelled>> = BTreeMap::new();
    for place in [dir.to_owned(), dir.join("labelled")] {
        for path in files(&place, ".jsonl")? {
            let rows = labelled(&path)?;
            let name = stem(&path, ".jsonl");
            // Of fewer rows a quarter says nothing; one label teaches nothing.
            if rows.len() >= 500 && rows.iter().any(|row| Some(&row.1) != rows.first().map(|first| &first.1))
            {
                sets.insert(name, rows);
            }
        }
    }
    for (name, parts, one) in MADE {
        let rows = parts.iter().filter_map(|part| sets.get(*part)).flatten().cloned();
        let drawn = |(text, label): Labelled| {
            let label = if one.is_some_and(|one| label != one) { "other".to_owned() } else { label };
            (text, label)
        };
        let rows: Vec<Labelled> = rows.map(drawn).collect();
        if !rows.is_empty() {
            sets.insert((*name).to_owned(), rows);
        }
    }
    for (name, rows) in sets {
        let (test, train): (Vec<Labelled>, Vec<Labelled>) =
            rows.into_iter().partition(|row| held_back(&row.0));
        for (part, rows) in [("train", train), ("test", test)] {
            let mut file =
                std::io::BufWriter::new(std::fs::File::create(out.join(format!("{name}.{part}.jsonl")))?);
            for (text, label) in rows {
                writeln!(file, "{}", json!({ "text": text, "label": label }))?;
            }
        }
    }
    Ok(())
}

/// True for a quarter of all texts, by the hash of their words.
fn held_back(text: &str) -> bool {
    let words = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let hash = words
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, byte| (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 20).is_multiple_of(4)
}

fn files(dir: &Path, ending: &str) -> std::io::Result<Vec<PathBuf>> {
    if !dir.exists() {
        return Ok(Vec::new());
    }
    let mut all: Vec<PathBuf> =
        std::fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    all.retain(|path| path.to_string_lossy().ends_with(ending));
    all.sort();
    Ok(all)
}

fn stem(path: &Path, ending: &str) -> String {
    path.file_name().map_or(String::new(), |name| name.to_string_lossy().trim_end_matches(ending).to_owned())
}

fn labelled(path: &Path) -> Result<Vec<Labelled>, Box<dyn Error>> {
    let mut rows = Vec::new();
    for line in std::fs::read_to_string(path)?.lines() {
        let row: Value = serde_json::from_str(line)?;
        // A row about spans has no label of its own.
        let label = match &row["label"] {
            _ if row.get("spans").is_some() => continue,
            Value::Null => continue,
            Value::String(label) => label.clone(),
            other => other.to_string(),
        };
        if let Some(text) = row["text"].as_str() {
            rows.push((text.to_owned(), label));
        }
    }
    Ok(rows)
}

/// Learns and judges every set below `dir`.
pub(crate) fn learner(dir: &Path, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut file = std::fs::File::create(dir.join("learner.jsonl"))?;
    for train in files(dir, ".train.jsonl")? {
        let name = stem(&train, ".train.jsonl");
        let figures = one(&name, &train, &dir.join(format!("{name}.test.jsonl")))?;
        writeln!(file, "{figures}")?;
        writeln!(out, "{figures}")?;
    }
    Ok(())
}

/// Learns the rows of one file and judges those of another.
pub(crate) fn one(name: &str, train: &Path, test: &Path) -> Result<Value, Box<dyn Error>> {
    let (train, test) = (labelled(train)?, labelled(test)?);
    let rows: Vec<(&str, &str)> = train.iter().map(|row| (row.0.as_str(), row.1.as_str())).collect();
    let (learn_s, learnt) = seconds(|| Classifier::learn(&rows, 1));
    let mut scratch = Scratch::default();
    let (judge_s, said) = seconds(|| {
        let label = |row: &Labelled| learnt.label(&row.0, &mut scratch).to_owned();
        test.iter().map(label).collect::<Vec<String>>()
    });
    let right = test.iter().zip(&said).filter(|(row, said)| row.1 == **said).count();
    let mut labels: Vec<&str> = test.iter().map(|row| row.1.as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    let f1 = |label: &&str| {
        let hit = test.iter().zip(&said).filter(|(row, said)| row.1 == *label && *said == label).count();
        let truth = test.iter().filter(|row| row.1 == *label).count();
        let told = said.iter().filter(|said| said == label).count();
        2.0 * hit as f64 / (truth + told) as f64
    };
    let macro_f1 = labels.iter().map(f1).sum::<f64>() / labels.len() as f64;
    let of_yes = (learnt.labels().len() == 2).then(|| {
        let mut score = |row: &Labelled| learnt.scores(&row.0, &mut scratch).first().copied().unwrap_or(0.0);
        let scored: Scored =
            test.iter().map(|row| (score(row), Some(&row.1) == learnt.labels().get(1))).collect();
        auc(&scored)
    });
    Ok(json!({
        "set": name, "labels": labels.len(), "learnt": train.len(), "judged": test.len(),
        "macro_f1": macro_f1, "accuracy": right as f64 / test.len() as f64, "auc": of_yes,
        "learn_s": learn_s, "judge_s": judge_s,
    }))
}
