//! Groups conversations into themes and says how long it took and how well it did.
//!
//! Standard input: one `{"title","body","theme"}` a line in the order of writing; `theme` is what it is truly about, or
//! null. `cargo run --release -p mainstreet-language --example themes -- 8 < openers.jsonl` takes them in in eight
//! batches, each on top of the one before, as a community grows. Lines that `bench/vectors.rs` gave a `vector` of a
//! sentence model are grouped by words, and then by words and meaning.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement may panic"
)]

use std::collections::HashMap;
use std::time::Instant;

use mainstreet_language::themes::{Before, Corpus, Groups, Meaning, group, name, terms};

/// B-cubed precision and recall (Bagga and Baldwin 1998) over the texts whose theme is known.
fn b_cubed(of: &[Option<usize>], truth: &[Option<String>]) -> (f64, f64) {
    let (mut sizes, mut trues, mut both) = (HashMap::new(), HashMap::new(), HashMap::new());
    for (of, truth) in of.iter().zip(truth) {
        *sizes.entry(*of).or_insert(0.0) += 1.0;
        *trues.entry(truth).or_insert(0.0) += 1.0;
        *both.entry((*of, truth)).or_insert(0.0) += 1.0;
    }
    let (mut precision, mut recall, mut n) = (0.0, 0.0, 0.0);
    for (of, truth) in of.iter().zip(truth).filter(|(_, truth)| truth.is_some()) {
        let same: f64 = if of.is_some() { both[&(*of, truth)] } else { 1.0 };
        precision += if of.is_some() { same / sizes[of] } else { 1.0 };
        recall += same / trues[truth];
        n += 1.0;
    }
    (precision / n, recall / n)
}

/// What the lines say of meaning, in their order.
fn meaning(rows: &[serde_json::Value]) -> Meaning {
    let part = |part: &serde_json::Value| i8::try_from(part.as_i64().unwrap()).unwrap();
    let vector = |row: &serde_json::Value| Some(row["vector"].as_array()?.iter().map(part).collect());
    let floor = rows.iter().find_map(|row| row["floor"].as_f64()).unwrap_or(0.0);
    Meaning::new(floor as f32, rows.iter().map(vector).collect())
}

fn main() {
    let batches: usize = std::env::args().nth(1).map_or(1, |text| text.parse().unwrap());
    let rows: Vec<serde_json::Value> =
        std::io::stdin().lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
    println!("by words");
    measure(&rows, batches, &Meaning::default());
    if rows.iter().any(|row| row["vector"].is_array()) {
        println!("by words and meaning");
        measure(&rows, batches, &meaning(&rows));
    }
}

fn measure(rows: &[serde_json::Value], batches: usize, meaning: &Meaning) {
    let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or("").to_owned();
    let texts: Vec<(String, String)> =
        rows.iter().map(|row| (text(row, "title"), text(row, "body"))).collect();
    let truth: Vec<Option<String>> =
        rows.iter().map(|row| row["theme"].as_str().map(str::to_owned)).collect();
    let mut before = Before { meaning: meaning.clone(), ..Before::default() };
    let mut groups = Groups::default();
    let mut meant = vec![false; texts.len()];
    for batch in 1..=batches {
        let end = texts.len() * batch / batches;
        let start = Instant::now();
        let all: Vec<_> = texts[..end].iter().map(|(title, body)| terms(title, body)).collect();
        let corpus = Corpus::new(&all);
        let weighed = start.elapsed();
        groups = group(&corpus, &before);
        let themes = groups.of.iter().flatten().max().map_or(0, |most| most + 1).max(before.settled.len());
        (before.of, before.settled) = (groups.of.clone(), vec![false; themes]);
        meant.iter_mut().zip(&groups.meant).for_each(|(all, now)| *all |= now);
        println!("{end} texts: weighed {weighed:?}, in all {:?}", start.elapsed());
    }
    shown(&texts, &groups, &meant);
    if truth.iter().any(Option::is_some) {
        let (precision, recall) = b_cubed(&groups.of, &truth);
        let f1 = 2.0 * precision * recall / (precision + recall);
        println!("B-cubed precision {precision:.3}, recall {recall:.3}, F1 {f1:.3}");
    }
}

fn shown(texts: &[(String, String)], groups: &Groups, meant: &[bool]) {
    let all: Vec<_> = texts.iter().map(|(title, body)| terms(title, body)).collect();
    let corpus = Corpus::new(&all);
    let mut themes: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, of) in groups.of.iter().enumerate() {
        if let Some(of) = of {
            themes.entry(*of).or_default().push(at);
        }
    }
    let mut themes: Vec<Vec<usize>> = themes.into_values().collect();
    themes.sort_by_key(|members| (std::cmp::Reverse(members.len()), members[0]));
    let placed: usize = themes.iter().map(Vec::len).sum();
    let by_meaning = meant.iter().filter(|meant| **meant).count();
    println!("{} themes with {placed} texts, {by_meaning} of them found by meaning", themes.len());
    for members in themes.iter().take(15) {
        let theirs: Vec<(&str, &str)> =
            members.iter().take(60).map(|at| (texts[*at].0.as_str(), texts[*at].1.as_str())).collect();
        let titles: Vec<&str> = theirs.iter().take(3).map(|(title, _)| *title).collect();
        println!("{:5} {} | {}", members.len(), name(&theirs, &corpus, 3).join(", "), titles.join(" | "));
    }
}
