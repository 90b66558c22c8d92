//! Training: labelled rows in, weights out. Pure: the same rows and the same seed give the same bytes.
//!
//! Rows of sets whose licence does not permit it are refused ([`may_train`]). Of the rest, a tenth by hash is
//! kept for figures, a tenth calibrates, the others are learnt. Rows of one thread stay together.

mod calibrate;
mod chat;
mod classify;
mod dump;
mod learn;
mod mails;
mod margin;
mod sets;
mod shingles;
mod turns;

use std::collections::BTreeSet;

use mainstreet_kernel::error::Error;
use serde::{Deserialize, Deserializer};

use crate::cues::Cue;
use crate::features::{BUCKETS, Features, see};
use crate::reading::Context;
use crate::tokens::hash;
use crate::weights::{COLUMNS, HARASSMENT, INTENT, NEEDS_REPLY, POLITE, SENTIMENT, SPAM, Weights};

use calibrate::{Calibration, Sample};
pub use chat::{logs, messages};
pub use classify::Classifier;
pub use dump::{comments, posts};
pub(crate) use learn::Chance;
use learn::{Learner, Lesson, Pace};
pub use sets::{SETS, Set, Target, may_train, targets};
pub use shingles::Scratch;
pub use turns::{HeldOut, held_out, left_out};

/// What is learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// One of nine intents.
    Intent,
    /// Positive, neutral or negative.
    Sentiment,
    /// Yes or no.
    Harassment,
    /// Yes or no.
    Spam,
    /// Yes or no.
    NeedsReply,
    /// Yes or no.
    Polite,
}

impl Task {
    /// Every task.
    pub const ALL: [Self; 6] =
        [Self::Intent, Self::Sentiment, Self::Harassment, Self::Spam, Self::NeedsReply, Self::Polite];

    fn first_column(self) -> usize {
        match self {
            Self::Intent => INTENT,
            Self::Sentiment => SENTIMENT,
            Self::Harassment => HARASSMENT,
            Self::Spam => SPAM,
            Self::NeedsReply => NEEDS_REPLY,
            Self::Polite => POLITE,
        }
    }

    fn columns(self) -> usize {
        match self {
            Self::Intent => 9,
            Self::Sentiment => 3,
            _ => 1,
        }
    }

    /// In how many turns rows are left out to calibrate; none where a fixed tenth is enough.
    fn folds(self) -> usize {
        match self {
            Self::Intent | Self::NeedsReply | Self::Spam => 4,
            _ => 0,
        }
    }

    /// Found by trying on rows kept apart: what is learnt of tweets and mails has to serve developer talk, so the
    /// words of the harm tasks are pulled hard towards zero and the cues carry more; intent has few rows and
    /// takes small steps.
    fn pace(self) -> Pace {
        let usual = Pace { passes: 5, step: 0.25, cue_step: 0.03, pull: 1e-5 };
        match self {
            Self::Intent => Pace { passes: 8, step: 0.12, cue_step: 0.08, ..usual },
            Self::Harassment => Pace { cue_step: 0.06, pull: 8e-3, ..usual },
            Self::Spam => Pace { cue_step: 0.06, pull: 2e-3, ..usual },
            Self::NeedsReply => Pace { step: 0.15, cue_step: 0.06, ..usual },
            Self::Sentiment | Self::Polite => usual,
        }
    }
}

/// One labelled text. Fields that a set does not have are empty.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Row {
    /// Name of the set: its file's name without the ending.
    #[serde(skip)]
    pub set: String,
    /// Id within the set.
    #[serde(deserialize_with = "word")]
    pub id: String,
    /// The text.
    pub text: String,
    /// Title of its conversation, when it opens one.
    pub title: Option<String>,
    /// Title of its conversation, also when it answers.
    pub thread_title: Option<String>,
    /// True when it answers another post.
    pub reply: Option<bool>,
    /// The set's own label.
    #[serde(deserialize_with = "word")]
    pub label: String,
    /// All labels, where a set has several.
    pub labels: Vec<String>,
    /// Our label, in examples of our own.
    pub intent: Option<String>,
    /// Our label.
    pub needs_reply: Option<bool>,
    /// Our label; not said means no.
    pub harassment: Option<bool>,
    /// Our label; not said means no.
    pub spam: Option<bool>,
    /// Our label.
    pub sentiment: Option<String>,
    /// Why we labelled it so.
    pub why: Option<String>,
    /// Thread the row comes from: rows of one thread are never split.
    #[serde(deserialize_with = "word")]
    pub issue_id: String,
    /// What a comment stands beneath, such as a video.
    #[serde(deserialize_with = "word")]
    pub video: String,
}

/// The rows of a set, those in `labels` (see [`chat::labels`]) with what we judged.
pub fn judged(set: &str, lines: &str, labels: &str) -> Result<Vec<Row>, Error> {
    let labels = chat::labels(labels);
    let mut all = rows(set, lines)?;
    for row in &mut all {
        if let Some(label) = labels.get(row.id.as_str()) {
            label.give(row);
            row.reply = Some(label.answers());
            row.title = row.thread_title.take().filter(|_| row.reply == Some(false));
        }
    }
    Ok(all)
}

/// A label or id that may be written as a number.
fn word<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(match serde_json::Value::deserialize(from)? {
        serde_json::Value::String(word) => word,
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    })
}

/// Reads the rows of one set from lines of JSON.
pub fn rows(set: &str, lines: &str) -> Result<Vec<Row>, Error> {
    lines
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            let mut row: Row = serde_json::from_str(line).map_err(|why| {
                Error::invalid(format!(
                    "Line {} of {set} is not a labelled row: {why}. Correct it or leave it out.",
                    number + 1
                ))
            })?;
            set.clone_into(&mut row.set);
            Ok(row)
        })
        .collect()
}

/// The examples we wrote ourselves.
pub fn own_examples() -> Result<Vec<Row>, Error> {
    let mut all = Vec::new();
    for lines in [
        include_str!("../../examples/intents.jsonl"),
        include_str!("../../examples/replies.jsonl"),
        include_str!("../../examples/harm.jsonl"),
        include_str!("../../examples/complaints.jsonl"),
        include_str!("../../examples/talk.jsonl"),
        include_str!("../../examples/contrasts.jsonl"),
        include_str!("../../examples/mail.jsonl"),
        include_str!("../../examples/post.jsonl"),
        include_str!("../../examples/long.jsonl"),
        include_str!("../../examples/letters.jsonl"),
        include_str!("../../examples/comments.jsonl"),
        include_str!("../../examples/manners.jsonl"),
        include_str!("../../examples/threads.jsonl"),
        include_str!("../../examples/debates.jsonl"),
        include_str!("../../examples/tongues.jsonl"),
    ] {
        all.extend(rows("own", lines)?);
    }
    Ok(all)
}

/// Short texts that each try one thing harassment is told by (negation, counter-speech, reclaimed words, quoted
/// abuse, spelling tricks), in the manner of HateCheck. Written to measure; never learnt from.
pub fn functional_tests() -> Result<Vec<Row>, Error> {
    rows("own-functions", include_str!("../../examples/functions.jsonl"))
}

/// What a row is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Learnt from.
    Learn,
    /// Not learnt from; sets the probabilities right.
    Calibrate,
    /// Touched by nothing; for figures.
    Test,
}

/// What rows that are never split have in common: their thread, or their text.
fn together(row: &Row) -> &str {
    if row.issue_id.is_empty() { &row.text } else { &row.issue_id }
}

/// Which part a row belongs to, by the hash of its words (or of its thread).
pub fn part(row: &Row) -> Part {
    let key = if row.issue_id.is_empty() {
        row.text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        row.issue_id.clone()
    };
    match (hash(&key) >> 20) % 10 {
        0 => Part::Test,
        1 => Part::Calibrate,
        _ => Part::Learn,
    }
}

struct Prepared {
    features: Features,
    targets: Vec<Target>,
    part: Part,
    fold: usize,
    /// Which community or video it comes from; 0 for examples of nobody's.
    community: u64,
    /// Its home where spam is learnt.
    home: usize,
}

/// What is left out whole to calibrate by: the number of a row's community or video, from 1.
fn community(row: &Row) -> u64 {
    match row.set.as_str() {
        "discord-pyscript-dce-html" => 1,
        "irc-ubuntu" => 2,
        set if set.starts_with("stackexchange-") => 3,
        "incivility-github-threads" => 4,
        "emotion-goemotions" => 5,
        _ if row.video.is_empty() => 0,
        _ => hash(&row.video).max(6),
    }
}

/// The home of a row (see [`learn::HOMES`]): the collection of comments, our own comments, and all else.
fn home(row: &Row) -> usize {
    match row.set.as_str() {
        "spam-youtube-comments" => 1,
        "own" if row.id.starts_with("comment-") => 2,
        _ => 0,
    }
}

/// What came out of learning one task.
struct Learnt {
    task: Task,
    learner: Learner,
    calibration: Calibration,
}

/// Learns from `rows`. Test rows are left alone, sets that may not train are refused. `seed` decides the order.
pub fn train(rows: &[Row], seed: u64) -> Result<Weights, Error> {
    if let Some(row) = rows.iter().find(|row| !may_train(&row.set)) {
        return Err(Error::invalid(format!(
            "The licence of {} does not permit training what ships. Leave its rows out.",
            row.set
        )));
    }
    let prepared: Vec<Prepared> =
        rows.iter().filter(|row| part(row) != Part::Test).flat_map(prepare).collect();
    let mut weights = Weights::untrained();
    weights.table = vec![[0; COLUMNS]; BUCKETS];
    let start = &weights;
    let learnt: Vec<Learnt> = std::thread::scope(|scope| {
        let prepared = prepared.as_slice();
        let work = Task::ALL.map(|task| scope.spawn(move || learn_task(task, prepared, seed, start)));
        work.into_iter().map(std::thread::ScopedJoinHandle::join).collect::<Result<_, _>>()
    })
    .map_err(|_| Error::invalid("Learning stopped. Try again with more memory."))?;
    for done in &learnt {
        store(done, &mut weights);
    }
    Weights::from_bytes(&weights.to_bytes())
        .ok_or_else(|| Error::invalid("The weights could not be read back."))
}

/// A row as the models see it: once in its context and, where there is one, once without, because callers do
/// not always know it.
fn prepare(row: &Row) -> Vec<Prepared> {
    let (title, reply) = (row.title.as_deref().unwrap_or(""), row.reply.unwrap_or(false));
    let known = Context { title, reply, own_hosts: &[] };
    let unknown = Context::default();
    let contexts = if reply || !title.is_empty() { vec![known, unknown] } else { vec![unknown] };
    let (text, worn) = (mails::addressed(row), mails::worn(row));
    let kept = [Some(text.as_ref()), worn.as_deref()];
    let seen =
        kept.into_iter().flatten().flat_map(|text| contexts.iter().map(move |context| (text, context)));
    let share = 1.0 / (contexts.len() * if worn.is_some() { 2 } else { 1 }) as f32;
    let prepared = seen.map(|(text, context)| {
        let mut targets = targets(row);
        for target in &mut targets {
            target.weight *= share;
            target.calibrates *= share;
        }
        let fold = hash(together(row)) as usize;
        Prepared {
            features: see(text, context).features,
            targets,
            part: part(row),
            fold,
            community: community(row),
            home: home(row),
        }
    });
    prepared.collect()
}

/// What `learner` says of the rows of a task that it is to be calibrated by.
fn samples(
    task: Task,
    prepared: &[Prepared],
    learner: &Learner,
    keep: impl Fn(&Prepared) -> bool,
) -> Vec<Sample> {
    of_task(task, prepared, keep)
        .filter(|(_, target)| target.calibrates > 0.0)
        .map(|(row, target)| Sample {
            odds: learner.odds(&row.features),
            class: target.class,
            weight: target.calibrates,
            hits: row.features.words.len(),
            mail: row.features.mail,
        })
        .collect()
}

/// Learns one task, and sets its probabilities right by rows that were not learnt from: those kept aside, or, for
/// tasks with few rows, all of them in turn. A community is left out whole, for the next one is strange to us too.
fn learn_task(task: Task, prepared: &[Prepared], seed: u64, weights: &Weights) -> Learnt {
    let folds = task.folds();
    let mut samples: Vec<Sample> = Vec::new();
    for fold in 0..folds {
        let turn = |row: &Prepared| row.fold % folds == fold && row.community == 0;
        let learner = learner(task, prepared, seed, weights, |row| !turn(row));
        samples.extend(self::samples(task, prepared, &learner, turn));
    }
    let strange: BTreeSet<u64> = of_task(task, prepared, |row| folds > 0 && row.community > 0)
        .filter(|(_, target)| target.calibrates > 0.0)
        .map(|(row, _)| row.community)
        .collect();
    for community in strange {
        let turn = |row: &Prepared| row.community == community;
        let learner = learner(task, prepared, seed, weights, |row| !turn(row));
        samples.extend(self::samples(task, prepared, &learner, turn));
    }
    let whole = |row: &Prepared| folds > 0 || row.part == Part::Learn;
    let learner = learner(task, prepared, seed, weights, whole);
    if folds == 0 {
        samples = self::samples(task, prepared, &learner, |row| row.part == Part::Calibrate);
    }
    Learnt { task, learner, calibration: Calibration::of(task, &samples) }
}

fn of_task(
    task: Task,
    prepared: &[Prepared],
    keep: impl Fn(&Prepared) -> bool,
) -> impl Iterator<Item = (&Prepared, &Target)> {
    prepared
        .iter()
        .filter(move |row| keep(row))
        .flat_map(|row| row.targets.iter().map(move |target| (row, target)))
        .filter(move |(_, target)| target.task == task)
}

fn learner(
    task: Task,
    prepared: &[Prepared],
    seed: u64,
    weights: &Weights,
    keep: impl Fn(&Prepared) -> bool,
) -> Learner {
    let lessons: Vec<Lesson<'_>> = of_task(task, prepared, keep)
        .filter(|(_, target)| target.weight > 0.0)
        .map(|(row, target)| Lesson {
            features: &row.features,
            class: target.class,
            weight: target.weight,
            home: (task == Task::Spam).then_some(row.home),
        })
        .collect();
    let (first, columns) = (task.first_column(), task.columns());
    let start = weights.cues.iter().flat_map(|row| row.iter().skip(first).take(columns).copied()).collect();
    let bias = weights.bias.iter().skip(first).take(columns).copied().collect();
    let still = match task {
        Task::Spam => crate::prior::NOT_OF_SPAM,
        Task::Harassment => crate::prior::NOT_OF_HARASSMENT,
        Task::Sentiment | Task::Polite => &[Cue::Middling, Cue::Lengthy],
        _ => &[],
    };
    let of_spam = if task == Task::Spam { &[] } else { crate::prior::OF_SPAM_ONLY };
    let mut learner = Learner::new(columns, start, bias)
        .holding(still)
        .holding(of_spam)
        .framed(matches!(task, Task::Intent | Task::NeedsReply))
        .grouped(task == Task::Harassment)
        .across(task == Task::Spam);
    learner.learn(&lessons, task.pace(), seed);
    learner
}

/// Writes what was learnt into the columns of the task, in steps of a 127th of the largest weight.
fn store(done: &Learnt, weights: &mut Weights) {
    let Learnt { task, learner, calibration } = done;
    let (first, columns) = (task.first_column(), task.columns());
    let cells = |place: usize| learner.table.iter().take(BUCKETS * columns).skip(place).step_by(columns);
    if *task == Task::Spam {
        let most = learner.shingle_weights().fold(0.0_f32, |most, weight| most.max(weight.abs()));
        weights.across_scale = if most > 0.0 { most / 127.0 } else { 1.0 };
        let steps = learner.shingle_weights().map(|weight| (weight / weights.across_scale).round());
        weights.across = steps.map(|step| step.clamp(-127.0, 127.0) as i8).collect();
        let posts = (calibration.slope, calibration.shifts.first().copied().unwrap_or(0.0));
        weights.mail = calibration.mail.unwrap_or(posts).into();
    }
    for place in 0..columns {
        let column = first + place;
        let most = cells(place).fold(0.0_f32, |most, weight| most.max(weight.abs()));
        let scale = if most > 0.0 { most / 127.0 } else { 1.0 };
        for (row, weight) in weights.table.iter_mut().zip(cells(place)) {
            if let Some(cell) = row.get_mut(column) {
                *cell = (weight / scale).round().clamp(-127.0, 127.0) as i8;
            }
        }
        for (row, weight) in weights.cues.iter_mut().zip(learner.cues.iter().skip(place).step_by(columns)) {
            if let Some(cell) = row.get_mut(column) {
                *cell = *weight;
            }
        }
        let put = |list: &mut [f32], value: f32| {
            if let Some(slot) = list.get_mut(column) {
                *slot = value;
            }
        };
        put(&mut weights.scale, scale);
        put(&mut weights.bias, learner.bias.get(place).copied().unwrap_or(0.0));
        put(&mut weights.slope, calibration.slope);
        put(&mut weights.ease, calibration.ease);
        put(&mut weights.shift, calibration.shifts.get(place).copied().unwrap_or(0.0));
    }
}
