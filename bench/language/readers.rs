//! How far two people agree on what posts want, and how often what ships is right where they do:
//! `-- readers FILE [WEIGHTS]`, one `{"id","text","title","reply","intent","needs_reply","second","second_needs_reply"}` a line.
//! `second` and `second_needs_reply` are what another reader said who had not seen the first one's labels; without
//! them only the first reader is a measure. `title` belongs to posts that open a topic.

use std::error::Error;
use std::io::Write;
use std::path::Path;

use mainstreet_language::{Context, Intent, Reading, Weights, read_with};
use serde::Deserialize;

use crate::calibration_error;

/// A class is large when at least this share of the posts has it, by the first of the two that are compared.
const LARGE: f32 = 0.1;

#[derive(Deserialize)]
struct Post {
    #[serde(default)]
    id: String,
    text: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    reply: bool,
    intent: String,
    needs_reply: Option<bool>,
    second: Option<String>,
    second_needs_reply: Option<bool>,
}

/// Prints the agreement of two readers and the figures of what ships against each and where they agree.
pub(crate) fn readers(
    file: &Path,
    weights: &'static Weights,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let mut posts: Vec<(Post, Reading)> = Vec::new();
    for line in std::fs::read_to_string(file)?.lines() {
        let post: Post = serde_json::from_str(line)?;
        let context = Context { title: &post.title, reply: post.reply, own_hosts: &[] };
        let reading = read_with(weights, &post.text, &context);
        posts.push((post, reading));
    }
    let judged: Vec<Judged> = posts.iter().map(judged).collect::<Result<_, _>>()?;
    let second = |row: &Judged| Some((row.first, row.second?));
    agreement("the readers", &judged.iter().filter_map(second).collect::<Vec<_>>(), out)?;
    let said = |row: &Judged| (row.first, row.said);
    let agreed: Vec<&Judged> = judged.iter().filter(|row| row.second == Some(row.first)).collect();
    agreement("what ships, by the first reader", &judged.iter().map(said).collect::<Vec<_>>(), out)?;
    agreement(
        "what ships, by the second reader",
        &judged.iter().filter_map(|row| Some((row.second?, row.said))).collect::<Vec<_>>(),
        out,
    )?;
    agreement("what ships, where both agree", &agreed.iter().map(|row| said(row)).collect::<Vec<_>>(), out)?;
    let surely = |row: &&Judged| (row.probability, row.said == row.first);
    let all: Vec<_> = judged.iter().map(|row| surely(&row)).collect();
    let same: Vec<_> = agreed.iter().map(surely).collect();
    writeln!(
        out,
        "calibration error of the likeliest: first reader {:.3}, where both agree {:.3}",
        calibration_error(&all),
        calibration_error(&same)
    )?;
    needs(&posts, out)?;
    Ok(())
}

/// A post's classes: by the readers, and as it is read.
struct Judged {
    first: usize,
    second: Option<usize>,
    said: usize,
    probability: f32,
}

fn judged((post, reading): &(Post, Reading)) -> Result<Judged, Box<dyn Error>> {
    let class = |word: &str| {
        let intent = if word == "other" { Some(Intent::Unclear) } else { Intent::named(word) };
        intent.map(|intent| intent as usize).ok_or_else(|| format!("{}: no intent is called {word}", post.id))
    };
    let (said, probability) = reading.intent.likeliest();
    Ok(Judged {
        first: class(&post.intent)?,
        second: post.second.as_deref().map(class).transpose()?,
        said: said as usize,
        probability,
    })
}

/// Share of equal labels, Cohen's kappa (1960), F1 of each class and the mean of the large ones; F1 is the same
/// whichever of two readers is held against the other.
fn agreement(name: &str, pairs: &[(usize, usize)], out: &mut impl Write) -> std::io::Result<()> {
    if pairs.is_empty() {
        return Ok(());
    }
    let n = pairs.len() as f32;
    let equal = pairs.iter().filter(|(a, b)| a == b).count() as f32 / n;
    let counts = |class: usize| {
        let a = pairs.iter().filter(|pair| pair.0 == class).count() as f32;
        let b = pairs.iter().filter(|pair| pair.1 == class).count() as f32;
        (a, b, pairs.iter().filter(|pair| **pair == (class, class)).count() as f32)
    };
    let classes: Vec<(f32, f32, f32)> = (0..Intent::ALL.len()).map(counts).collect();
    let chance = classes.iter().map(|(a, b, _)| a / n * b / n).sum::<f32>();
    let f1 = |(a, b, both): &(f32, f32, f32)| if a + b > 0.0 { 2.0 * both / (a + b) } else { 0.0 };
    let large: Vec<f32> = classes.iter().filter(|(a, _, _)| *a >= LARGE * n).map(f1).collect();
    let mean = large.iter().sum::<f32>() / large.len().max(1) as f32;
    writeln!(
        out,
        "{name}: {} posts, equal {equal:.3}, kappa {:.3}, mean F1 of the {} large classes {mean:.3}",
        pairs.len(),
        (equal - chance) / (1.0 - chance),
        large.len()
    )?;
    for (intent, class) in Intent::ALL.iter().zip(&classes).filter(|(_, (a, b, _))| a + b > 0.0) {
        writeln!(out, "  {intent:?}: F1 {:.2} ({} and {})", f1(class), class.0, class.1)?;
    }
    Ok(())
}

/// Recall and false alarms of needs-a-reply by the first reader, and where both agree.
fn needs(posts: &[(Post, Reading)], out: &mut impl Write) -> std::io::Result<()> {
    let by_first: Vec<(bool, f32)> = posts
        .iter()
        .filter_map(|(post, reading)| Some((post.needs_reply?, reading.needs_reply.probability)))
        .collect();
    let agreed: Vec<(bool, f32)> = posts
        .iter()
        .filter(|(post, _)| post.needs_reply == post.second_needs_reply)
        .filter_map(|(post, reading)| Some((post.needs_reply?, reading.needs_reply.probability)))
        .collect();
    for (name, rows) in [("first reader", by_first), ("where both agree", agreed)] {
        let share = |truth: bool| {
            let of = rows.iter().filter(|row| row.0 == truth).count();
            rows.iter().filter(|row| row.0 == truth && row.1 >= 0.5).count() as f32 / of.max(1) as f32
        };
        if !rows.is_empty() {
            writeln!(
                out,
                "needs a reply, {name}: {} posts, recall {:.3}, false alarms {:.3}",
                rows.len(),
                share(true),
                share(false)
            )?;
        }
    }
    Ok(())
}
