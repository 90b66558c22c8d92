//! Measures `language`: `cargo run --release -p mainstreet-language --example language -- speed`, or
//! `-- figures DIR [WEIGHTS]`, where DIR holds the labelled sets as JSON lines. Figures are of rows that were
//! never learnt from: the test part of sets that train, everything of those that may not. `-- held-out DIR` judges
//! our own examples by learners that had not seen them, `-- pairs DIR` ranks pairs of questions. `-- train DIR FILE`
//! trains and writes the weights, `-- check DIR` trains and compares with those that ship. `-- readers FILE` says how far
//! two people agree on what posts want, and how often what ships is right where they do.

mod card;
mod held_out;
mod learner;
mod readers;
#[path = "../../crates/mainstreet/src/cli/sets.rs"]
mod sets;
mod shipped;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use mainstreet_language::train::{self, Part, Row, Task};
use mainstreet_language::{Context, Intent, Reading, Weights, read, read_with, related, similar};

/// Seed of the weights that ship.
const SEED: u64 = 1;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut out = std::io::stdout().lock();
    match words.as_slice() {
        ["speed"] => speed(&mut out)?,
        ["card", dir, file] => {
            std::fs::write(file, format!("{:#}\n", card::card(Path::new(dir))?))?;
        }
        ["hostile"] => shipped::hostile(&mut out)?,
        ["split", dir, to] => learner::split(Path::new(dir), Path::new(to))?,
        ["learner", dir] => learner::learner(Path::new(dir), &mut out)?,
        ["learner", train, test] => {
            writeln!(out, "{}", learner::one(train, Path::new(train), Path::new(test))?)?;
        }
        ["shipped", dir, to] => shipped::shipped(Path::new(dir), Path::new(to))?,
        ["check", dir] => {
            let rows = training_rows(Path::new(dir))?;
            let same = train::train(&rows, SEED)? == *Weights::shipped();
            writeln!(
                out,
                "{} rows, {}",
                rows.len(),
                if same { "the shipped weights, to the byte" } else { "other weights than ship" }
            )?;
            if !same {
                return Err("training does not give the weights that ship".into());
            }
        }
        ["readers", file] => readers::readers(Path::new(file), Weights::shipped(), &mut out)?,
        ["readers", file, weights] => readers::readers(Path::new(file), loaded(weights)?, &mut out)?,
        ["pairs", dir] => pairs(Path::new(dir), &mut out)?,
        ["held-out", dir] => held_out::held_out(Path::new(dir), None, &mut out)?,
        ["held-out", dir, task] => held_out::held_out(Path::new(dir), Some(task), &mut out)?,
        ["figures", dir] => figures(Path::new(dir), Weights::shipped(), &mut out)?,
        ["figures", dir, file] => {
            figures(Path::new(dir), loaded(file)?, &mut out)?;
        }
        ["train", dir, file] => {
            let rows = training_rows(Path::new(dir))?;
            let start = Instant::now();
            let bytes = train::train(&rows, SEED)?.to_bytes();
            writeln!(
                out,
                "{} rows, {:.1} s, {} bytes",
                rows.len(),
                start.elapsed().as_secs_f32(),
                bytes.len()
            )?;
            std::fs::write(file, bytes)?;
        }
        _ => return Err("usage: speed | hostile | figures DIR [WEIGHTS] | readers FILE | held-out DIR [TASK] | pairs DIR | train DIR FILE | check DIR \
             | card DIR FILE | split DIR OUT | learner OUT | learner TRAIN TEST | shipped DIR OUT".into()),
    }
    Ok(())
}

/// Own examples and every set that may train.
fn training_rows(dir: &Path) -> Result<Vec<Row>, Box<dyn std::error::Error>> {
    let mut rows = train::own_examples()?;
    for set in train::SETS.iter().filter(|set| set.trains && set.name != "own") {
        rows.extend(load(dir, set)?);
    }
    Ok(rows)
}

/// How well pairs of questions are ranked: mean average precision where they come in groups, AUC elsewhere.
fn pairs(dir: &Path, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
    type Score = fn(&str, &str) -> f32;
    let scores: [(&str, Score); 2] = [("related", related), ("similar", similar)];
    for name in ["duplicates-qatarliving", "duplicates-medical-questions", "duplicates-mrpc"] {
        let places = [dir.join(format!("{name}.jsonl")), dir.join(format!("labelled/{name}.jsonl"))];
        let Some(place) = places.iter().find(|place| place.exists()) else { continue };
        let text = std::fs::read_to_string(place)?;
        let rows = text.lines().map(serde_json::from_str).collect::<Result<Vec<serde_json::Value>, _>>()?;
        for (how, score) in scores {
            let mut groups: BTreeMap<String, Scored> = BTreeMap::new();
            for row in &rows {
                let word = |key: &str| row[key].as_str().unwrap_or("");
                let yes = match &row["label"] {
                    serde_json::Value::String(label) => !matches!(label.as_str(), "Irrelevant" | "0"),
                    other => other.as_i64() == Some(1),
                };
                let group =
                    if name == "duplicates-qatarliving" { row["group"].to_string() } else { String::new() };
                groups.entry(group).or_default().push((score(word("a"), word("b")), yes));
            }
            if let [scored] = groups.values().collect::<Vec<_>>().as_slice() {
                writeln!(out, "{name}, {how}: AUC {:.3} ({} pairs)", auc(scored), scored.len())?;
            } else {
                writeln!(out, "{name}, {how}: MAP {:.4} ({} groups)", map(groups.values()), groups.len())?;
            }
        }
    }
    Ok(())
}

/// Mean average precision over the groups that hold something right.
fn map<'a>(groups: impl Iterator<Item = &'a Scored>) -> f64 {
    let mut all = Vec::new();
    for group in groups.filter(|group| group.iter().any(|item| item.1)) {
        let mut order = group.clone();
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (mut hits, mut sum) = (0.0, 0.0);
        for (place, _) in order.iter().enumerate().filter(|(_, item)| item.1) {
            hits += 1.0;
            sum += hits / (place as f64 + 1.0);
        }
        all.push(sum / hits);
    }
    all.iter().sum::<f64>() / all.len() as f64
}

fn likeliest(probabilities: &[f32]) -> usize {
    (0..probabilities.len()).max_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b])).unwrap_or(0)
}

fn load(dir: &Path, set: &train::Set) -> Result<Vec<Row>, Box<dyn std::error::Error>> {
    for place in set.places() {
        if dir.join(&place).exists() {
            return Ok(set.rows(&place, &sets::contents(&dir.join(&place))?)?);
        }
    }
    Ok(Vec::new())
}

fn speed(out: &mut impl Write) -> std::io::Result<()> {
    let sentences = [
        "I upgraded to the latest release yesterday and since then the dashboard shows a blank page after signing in.",
        "How do I export the members of a group to a spreadsheet without the ones who left last year?",
        "Thanks everyone, this works great now and saved me a lot of time!",
        "We are happy to announce that the spring meetup takes place on Friday at the library.",
        "Why would anybody want this, it would be nice to have a switch in the settings instead.",
        "You could try to clear the cache, remove the folder and install the package again.",
        "My colleague told me that the old service goes away next month, is that true?",
    ];
    let texts: Vec<String> = (0..2000)
        .map(|n| {
            let words = (0..5).flat_map(|k| sentences[(n * 3 + k * (1 + n % 5)) % 7].split(' '));
            words
                .take(58)
                .map(str::to_owned)
                .chain([format!("topic{n}"), format!("case{}", n * 7)])
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    let context = Context::default();
    let (mut count, mut sum) = (0_u32, 0.0);
    read("warm up", &context);
    let start = Instant::now();
    let busy = on_processor();
    while start.elapsed().as_secs() < 3 {
        for text in &texts {
            sum += read(text, &context).risk.spam.probability;
            count += 1;
        }
    }
    let wall = start.elapsed().as_secs_f64();
    let spent = on_processor().zip(busy).map_or(wall, |(after, before)| after - before);
    let rate = f64::from(count) / spent;
    writeln!(
        out,
        "{rate:.0} texts of 60 words a second of one core's time ({:.0} by the clock, check {sum:.0})",
        f64::from(count) / wall
    )
}

/// What `work` gives, and the processor seconds it took: the mean of as many turns as fill a third of a second.
fn seconds<T>(mut work: impl FnMut() -> T) -> (f64, T) {
    let start = Instant::now();
    let busy = on_processor();
    let mut turns = 0.0;
    loop {
        let result = std::hint::black_box(work());
        turns += 1.0;
        let wall = start.elapsed().as_secs_f64();
        if wall > 0.33 {
            return (on_processor().zip(busy).map_or(wall, |(after, before)| after - before) / turns, result);
        }
    }
}

/// Seconds this thread spent on a processor, where the system tells: other programs do not count against us.
fn on_processor() -> Option<f64> {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(line.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

type Scored = Vec<(f32, bool)>;

/// The weights of a file, for the rest of the run.
fn loaded(file: &str) -> Result<&'static Weights, Box<dyn std::error::Error>> {
    let weights = Weights::from_bytes(&std::fs::read(file)?).ok_or("not a weights file")?;
    Ok(Box::leak(Box::new(weights)))
}

fn figures(
    dir: &Path,
    weights: &'static Weights,
    out: &mut impl Write,
) -> Result<(), Box<dyn std::error::Error>> {
    writeln!(out, "model {}", weights.name())?;
    let mut pooled: BTreeMap<&str, Vec<(f32, bool, f32)>> = BTreeMap::new();
    for set in train::SETS {
        let rows = match set.name {
            "own" => train::own_examples()?,
            "own-functions" => train::functional_tests()?,
            _ => load(dir, set)?,
        };
        let rows: Vec<Row> =
            rows.into_iter().filter(|row| !set.trains || train::part(row) == Part::Test).collect();
        let readings: Vec<Reading> = rows.iter().map(|row| read_row(weights, row)).collect();
        writeln!(
            out,
            "## {} ({} rows{})",
            set.name,
            rows.len(),
            if set.trains { ", test part" } else { ", never trained" }
        )?;
        for task in Task::ALL {
            task_figures(task, &rows, &readings, out)?;
            if set.trains {
                pool(task, &rows, &readings, &mut pooled);
            }
        }
    }
    writeln!(out, "## calibration error, all test parts together, each row counting as in calibration")?;
    for (name, judged) in &pooled {
        writeln!(out, "{name}: {:.3} ({} rows)", weighted_error(judged), judged.len())?;
    }
    Ok(())
}

/// Adds what was said and what is right, for sets whose shares of yes and no are not made up.
fn pool(
    task: Task,
    rows: &[Row],
    readings: &[Reading],
    pooled: &mut BTreeMap<&'static str, Vec<(f32, bool, f32)>>,
) {
    for (row, reading) in rows.iter().zip(readings) {
        let targets = train::targets(row);
        let counts = |t: &&train::Target| t.task == task && t.calibrates > 0.0;
        let Some(target) = targets.iter().find(counts) else { continue };
        let feelings = [reading.sentiment.positive, reading.sentiment.neutral, reading.sentiment.negative];
        let (name, said, right) = match task {
            Task::Intent => {
                let (label, probability) = reading.intent.likeliest();
                ("intent", probability, label as usize == target.class)
            }
            Task::Sentiment => {
                let place = likeliest(&feelings);
                ("sentiment", feelings[place], place == target.class)
            }
            Task::Harassment => ("harassment", reading.risk.harassment.probability, target.class == 1),
            Task::Spam => ("spam", reading.risk.spam.probability, target.class == 1),
            Task::NeedsReply => ("needs_reply", reading.needs_reply.probability, target.class == 1),
            Task::Polite => ("polite", reading.politeness.probability, target.class == 1),
        };
        pooled.entry(name).or_default().push((said, right, target.calibrates));
    }
}

/// Expected calibration error over ten bins of equal width, rows weighted.
fn weighted_error(judged: &[(f32, bool, f32)]) -> f32 {
    let mass: f32 = judged.iter().map(|row| row.2).sum();
    let gap = |bin: usize| {
        let inside = judged.iter().filter(|row| ((row.0 * 10.0) as usize).min(9) == bin);
        inside.map(|row| (row.0 - if row.1 { 1.0 } else { 0.0 }) * row.2).sum::<f32>().abs()
    };
    (0..10).map(gap).sum::<f32>() / mass
}

fn read_row(weights: &'static Weights, row: &Row) -> Reading {
    // The hand-labelled rows name the channel in their title, and mark replies in their text.
    let foreign = row.set == "community-intent-handlabelled";
    let reply = row.reply.unwrap_or(false) || foreign && row.text.contains("[reply to ");
    let title = row.title.as_deref().filter(|_| !foreign || row.id.starts_with("urho")).unwrap_or("");
    let text = row.text.split(" [reply to ").next().unwrap_or("");
    read_with(weights, text, &Context { title, reply, own_hosts: &[] })
}

fn task_figures(task: Task, rows: &[Row], readings: &[Reading], out: &mut impl Write) -> std::io::Result<()> {
    let truths: Vec<(usize, &Reading)> = rows
        .iter()
        .zip(readings)
        .flat_map(|(row, reading)| {
            train::targets(row)
                .into_iter()
                .filter(|t| t.task == task)
                .map(move |t| (t.class, reading))
                .take(1)
        })
        .collect();
    if truths.is_empty() {
        return Ok(());
    }
    let yes_no = |of: fn(&Reading) -> f32| truths.iter().map(|(c, r)| (of(r), *c == 1)).collect::<Scored>();
    match task {
        Task::Intent => {
            let pairs: Vec<_> =
                truths.iter().map(|(class, r)| (*class, r.intent.likeliest().0 as usize)).collect();
            classes("intent", &pairs, Intent::ALL.len(), out)
        }
        Task::Sentiment => {
            let best = |r: &Reading| {
                let s = [r.sentiment.positive, r.sentiment.neutral, r.sentiment.negative];
                (0..3).max_by(|a, b| s[*a].total_cmp(&s[*b])).unwrap_or(1)
            };
            let pairs: Vec<_> = truths.iter().map(|(class, r)| (*class, best(r))).collect();
            classes("sentiment", &pairs, 3, out)
        }
        Task::Harassment => binary("harassment", &yes_no(|r| r.risk.harassment.probability), out),
        Task::Spam => binary("spam", &yes_no(|r| r.risk.spam.probability), out),
        Task::NeedsReply => binary("needs_reply", &yes_no(|r| r.needs_reply.probability), out),
        Task::Polite => binary("polite", &yes_no(|r| r.politeness.probability), out),
    }
}

fn classes(name: &str, pairs: &[(usize, usize)], count: usize, out: &mut impl Write) -> std::io::Result<()> {
    let right = pairs.iter().filter(|(truth, said)| truth == said).count();
    let mut by_class = BTreeMap::new();
    for (truth, _) in pairs {
        *by_class.entry(*truth).or_insert(0_usize) += 1;
    }
    let most = by_class.values().copied().max().unwrap_or(0);
    let f1 = |class: usize| {
        let hit = pairs.iter().filter(|pair| **pair == (class, class)).count() as f32;
        let said = pairs.iter().filter(|(_, said)| *said == class).count() as f32;
        let truth = by_class.get(&class).copied().unwrap_or(0) as f32;
        if truth + said > 0.0 { 2.0 * hit / (truth + said) } else { 0.0 }
    };
    let present: Vec<usize> = (0..count).filter(|class| by_class.contains_key(class)).collect();
    let macro_f1 = present.iter().map(|class| f1(*class)).sum::<f32>() / present.len() as f32;
    let n = pairs.len() as f32;
    write!(
        out,
        "{name}: accuracy {:.3} (majority {:.3}), macro-F1 {macro_f1:.3};",
        right as f32 / n,
        most as f32 / n
    )?;
    for class in present {
        write!(out, " {class}:{:.2}/{}", f1(class), by_class.get(&class).copied().unwrap_or(0))?;
    }
    writeln!(out)
}

fn binary(name: &str, scored: &Scored, out: &mut impl Write) -> std::io::Result<()> {
    let yes = scored.iter().filter(|(_, truth)| *truth).count();
    let no = scored.len() - yes;
    let rate = |truth: bool| {
        let of = if truth { yes } else { no };
        scored.iter().filter(|(p, t)| *t == truth && *p >= 0.5).count() as f32 / of.max(1) as f32
    };
    writeln!(
        out,
        "{name}: AUC {:.3}, at 0.5 recall {:.3}, false alarms {:.4}, calibration error {:.3} ({yes} yes, {no} no)",
        auc(scored),
        rate(true),
        rate(false),
        calibration_error(scored)
    )
}

fn auc(scored: &Scored) -> f64 {
    let mut order = scored.clone();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut rank_sum, mut at) = (0.0, 0);
    while at < order.len() {
        let same = order[at..].iter().take_while(|item| item.0 == order[at].0).count();
        let rank = at as f64 + (same as f64 + 1.0) / 2.0;
        rank_sum += rank * order[at..at + same].iter().filter(|item| item.1).count() as f64;
        at += same;
    }
    let yes = scored.iter().filter(|item| item.1).count() as f64;
    let no = scored.len() as f64 - yes;
    if yes * no == 0.0 { f64::NAN } else { (rank_sum - yes * (yes + 1.0) / 2.0) / (yes * no) }
}

/// Expected calibration error over ten bins of equal width.
fn calibration_error(scored: &Scored) -> f32 {
    (0..10)
        .map(|bin| {
            let inside: Vec<_> = scored.iter().filter(|(p, _)| ((p * 10.0) as usize).min(9) == bin).collect();
            let said: f32 = inside.iter().map(|(p, _)| p).sum();
            let yes = inside.iter().filter(|(_, truth)| *truth).count() as f32;
            (said - yes).abs() / scored.len() as f32
        })
        .sum()
}
