//! What the words alone tell of spam, on labelled sets: `cargo run -p mainstreet-desk --example spam FOLDER`.
//!
//! The folder holds files of one JSON object a line with `text` and `label` (`spam` or `ham`). Each text is scored as
//! the first post of a new account of which nothing else is known: no copies, no history of its domains, no sign-up.
//! Prints, for each file, what was held and what not, and what a threshold of 3 to 7 would have done.

use std::io::BufRead as _;

use mainstreet_desk::metrics::rates::Share;
use mainstreet_desk::raids::links;
use mainstreet_desk::raids::score::{self, Domain, HOLD, Written};
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    text: String,
    label: String,
}

fn points(text: &str) -> f64 {
    let names = links::domains(text);
    let context = mainstreet_language::Context::default();
    let reads = f64::from(mainstreet_language::read(text, &context).risk.spam.probability);
    let domains = names.iter().map(|name| Domain { name: name.clone(), ..Domain::default() }).collect();
    score::of_post(&Written {
        reads,
        words: text.split_whitespace().count(),
        links: names.len(),
        domains,
        calls_away: links::calls_away(text),
        first: true,
        ..Written::default()
    })
    .points
}

#[expect(clippy::print_stdout, reason = "an example prints")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("Give the folder with the labelled sets.")?;
    let mut files: Vec<_> = std::fs::read_dir(&folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("spam-")))
        .collect();
    files.sort();
    for file in files {
        let mut rows: Vec<(f64, bool)> = Vec::new();
        for line in std::io::BufReader::new(std::fs::File::open(&file)?).lines() {
            let row: Row = serde_json::from_str(&line?)?;
            rows.push((points(&row.text), row.label == "spam"));
        }
        let spam = rows.iter().filter(|row| row.1).count();
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        println!("{name}: {} texts, {spam} of them spam", rows.len());
        for threshold in [3.0, 4.0, HOLD, 6.0, 7.0] {
            let held = |wanted: bool| rows.iter().filter(|row| row.1 == wanted && row.0 >= threshold).count();
            let (caught, wrong) = (held(true), held(false));
            let recall = Share::new(caught as u64, spam as u64).wilson();
            let fine = rows.len() - spam;
            println!(
                "  from {threshold:.0}: caught {caught}, missed {}, false alarms {wrong} of {fine} ({:.2} %); recall {:.2} to {:.2}",
                spam - caught,
                wrong as f64 * 100.0 / fine.max(1) as f64,
                recall.low,
                recall.high,
            );
        }
    }
    Ok(())
}
