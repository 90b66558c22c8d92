//! Which labelled sets may be learnt from, and what their labels say about our tasks.

use mainstreet_kernel::error::Error;

use crate::reading::Intent;

use super::{Row, Task};

/// A labelled set we know.
#[derive(Clone, Copy, Debug)]
pub struct Set {
    /// Name of its file without the ending.
    pub name: &'static str,
    /// Licence as its authors state it.
    pub licence: &'static str,
    /// True when what ships may be trained on it.
    pub trains: bool,
}

impl Set {
    /// Where its file or folder may stand below a data folder, the first that exists counts.
    pub fn places(&self) -> Vec<String> {
        let name = self.name;
        match name {
            "irc-ubuntu" => vec![format!("{name}/dev")],
            "stackexchange-french-meta-comments" => vec!["stackexchange-french-meta/Comments.xml".to_owned()],
            _ => vec![
                format!("{name}.jsonl"),
                format!("labelled/{name}.jsonl"),
                format!("{name}/Posts.xml"),
                format!("{name}/original_html.tar.zst"),
            ],
        }
    }

    /// Its rows out of what was found at one of [`Self::places`]; of an archive, `text` is its files one after the other
    /// in the order of their names, of a folder the files ending in `.raw.txt`, each after a line `==> NAME <==`.
    pub fn rows(&self, place: &str, text: &str) -> Result<Vec<Row>, Error> {
        let meta = include_str!("../../examples/french-meta-labels.txt");
        Ok(match self.name {
            "irc-ubuntu" => super::logs(self.name, text, include_str!("../../examples/irc-labels.txt")),
            "stackexchange-french-meta-comments" => super::comments(self.name, text, meta),
            "stackexchange-french-meta" if place.ends_with(".xml") => super::posts(self.name, text, meta),
            _ if place.ends_with(".tar.zst") => {
                super::messages(self.name, text, include_str!("../../examples/pyscript-labels.txt"))
            }
            _ if place.ends_with(".xml") => super::posts(self.name, text, ""),
            _ => super::judged(self.name, text, self.labels())?,
        })
    }

    /// What we judged that some of its posts want, for sets of rows.
    fn labels(&self) -> &'static str {
        match self.name {
            "emotion-goemotions" => include_str!("../../examples/goemotions-labels.txt"),
            "incivility-github-threads" => include_str!("../../examples/incivility-labels.txt"),
            _ => "",
        }
    }
}

/// Every set we know. Sets whose licence does not permit it are measured on only; unknown sets are not used.
pub const SETS: &[Set] = &[
    Set { name: "own", licence: "Apache-2.0, written for Mainstreet", trains: true },
    Set { name: "discord-pyscript-dce-html", licence: "MIT; labels ours", trains: true },
    Set { name: "emotion-goemotions", licence: "Apache-2.0; intents ours", trains: true },
    Set { name: "incivility-github-threads", licence: "MIT; intents ours", trains: true },
    Set { name: "intent-banking77", licence: "CC BY 4.0", trains: true },
    Set { name: "intent-clinc150", licence: "CC BY 3.0", trains: true },
    Set { name: "irc-ubuntu", licence: "CC BY 4.0; labels ours", trains: true },
    Set { name: "politeness-stackexchange", licence: "MIT", trains: true },
    Set { name: "sentiment-stackoverflow", licence: "MIT", trains: true },
    Set { name: "spam-sms", licence: "free for all purposes", trains: true },
    Set { name: "spam-youtube-comments", licence: "free with citation", trains: true },
    Set { name: "stackexchange-beer", licence: "CC BY-SA", trains: true },
    Set { name: "stackexchange-french-meta", licence: "CC BY-SA", trains: true },
    Set { name: "stackexchange-french-meta-comments", licence: "CC BY-SA; labels ours", trains: true },
    Set { name: "toxicity-civil-comments-spans", licence: "CC0-1.0", trains: true },
    Set { name: "toxicity-davidson-tweets", licence: "MIT", trains: true },
    Set { name: "own-functions", licence: "Apache-2.0, written to measure", trains: false },
    Set { name: "community-intent-handlabelled", licence: "none stated", trains: false },
    Set { name: "sentiment-jira", licence: "none stated", trains: false },
    Set { name: "spam-enron1", licence: "none stated", trains: false },
    Set { name: "toxicity-code-review", licence: "GPL-3.0", trains: false },
    Set { name: "toxicity-olid", licence: "none stated", trains: false },
];

/// True when what ships may learn from the set named.
pub fn may_train(name: &str) -> bool {
    SETS.iter().any(|set| set.trains && set.name == name)
}

/// What a row says about one task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// The task.
    pub task: Task,
    /// The right class (1 is yes).
    pub class: usize,
    /// How much it counts in learning: how near the set is to posts in a community.
    pub weight: f32,
    /// How much it counts in calibration: zero where the set's shares of yes and no are made up.
    pub calibrates: f32,
}

fn yes_no(task: Task, yes: bool, weight: f32, calibrates: f32) -> Target {
    Target { task, class: usize::from(yes), weight, calibrates }
}

/// What `row` says about our tasks. Where we judged what a post wants, that counts, and no guess from the set's own label.
pub fn targets(row: &Row) -> Vec<Target> {
    let mut targets = labelled(row);
    if (row.intent.is_some() || row.needs_reply.is_some()) && may_train(&row.set) {
        targets.retain(|target| !matches!(target.task, Task::Intent | Task::NeedsReply));
        targets.extend(wants(row));
    }
    targets
}

fn labelled(row: &Row) -> Vec<Target> {
    match row.set.as_str() {
        "own" => own(row),
        "own-functions" => vec![yes_no(Task::Harassment, row.harassment == Some(true), 0.0, 0.0)],
        "discord-pyscript-dce-html" | "irc-ubuntu" | "stackexchange-french-meta-comments" => chat(),
        "emotion-goemotions" => emotions(row),
        "incivility-github-threads" => incivility(row),
        "intent-banking77" => vec![
            yes_no(Task::Spam, false, 0.05, 0.0),
            yes_no(Task::Harassment, false, 0.2, 0.0),
            yes_no(Task::NeedsReply, true, 0.15, 0.0),
            Target { task: Task::Intent, class: Intent::Support as usize, weight: 0.04, calibrates: 0.0 },
        ],
        "intent-clinc150" => {
            vec![yes_no(Task::Spam, false, 0.05, 0.0), yes_no(Task::Harassment, false, 0.2, 0.0)]
        }
        "politeness-stackexchange" => politeness(row),
        "sentiment-stackoverflow" | "sentiment-jira" => feelings(row),
        "spam-sms" | "spam-enron1" => vec![yes_no(Task::Spam, row.label == "spam", 1.5, 0.5)],
        "spam-youtube-comments" => vec![yes_no(Task::Spam, row.label == "spam", 6.0, 0.5)],
        "stackexchange-beer" | "stackexchange-french-meta" => asked_or_answered(row),
        "toxicity-civil-comments-spans" => {
            vec![yes_no(Task::Harassment, row.label == "toxic", 0.25, 0.1)]
        }
        "toxicity-davidson-tweets" => davidson(row),
        "toxicity-code-review" => vec![yes_no(Task::Harassment, row.label == "1", 1.0, 1.0)],
        "toxicity-olid" => vec![yes_no(Task::Harassment, row.label == "OFF", 1.0, 1.0)],
        "community-intent-handlabelled" => handlabelled(row),
        _ => Vec::new(),
    }
}

fn intent(label: &str, weight: f32, calibrates: f32) -> Option<Target> {
    let intent = Intent::named(label).or((label == "other").then_some(Intent::Unclear))?;
    Some(Target { task: Task::Intent, class: intent as usize, weight, calibrates })
}

fn own(row: &Row) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    let harasses = row.harassment.unwrap_or(false);
    let (weight, calibrates) = match (row.harassment, row.spam) {
        (Some(true), _) => (6.0, 1.0),
        (Some(false), _) => (3.0, 1.0),
        // Mails and comments are not near what harassment has to be told from; comments are many, and rude at times.
        (None, Some(_)) if row.id.starts_with("comment-") => (0.2, 0.0),
        (None, Some(_)) => (1.0, 0.0),
        (None, None) => (4.0, 1.0),
    };
    targets.push(yes_no(Task::Harassment, harasses, weight, calibrates));
    targets.push(yes_no(Task::Spam, row.spam.unwrap_or(false), 6.0, 1.0));
    let class = match row.sentiment.as_deref() {
        Some("positive") => Some(0),
        Some("neutral") => Some(1),
        Some("negative") => Some(2),
        _ => None,
    };
    targets.extend(class.map(|class| Target { task: Task::Sentiment, class, weight: 1.0, calibrates: 1.0 }));
    targets
}

/// Messages between developers, some labelled by us; none is spam or abuse.
fn chat() -> Vec<Target> {
    vec![yes_no(Task::Harassment, false, 0.5, 0.5), yes_no(Task::Spam, false, 1.5, 0.5)]
}

/// What we judged that a post wants, and whether it waits for somebody.
fn wants(row: &Row) -> Vec<Target> {
    let wanted = row.intent.as_deref().and_then(|label| intent(label, 1.0, 1.0));
    let waits = row.needs_reply.map(|yes| yes_no(Task::NeedsReply, yes, 1.0, 1.0));
    wanted.into_iter().chain(waits).collect()
}

fn handlabelled(row: &Row) -> Vec<Target> {
    let needs = row.needs_reply.map(|yes| yes_no(Task::NeedsReply, yes, 0.0, 0.0));
    intent(&row.label, 0.0, 0.0).into_iter().chain(needs).collect()
}

fn asked_or_answered(row: &Row) -> Vec<Target> {
    if row.intent.is_some() {
        return chat();
    }
    let asks = row.label == "question";
    let class = if asks { Intent::Support } else { Intent::Answer } as usize;
    vec![
        Target { task: Task::Intent, class, weight: 0.03, calibrates: 0.02 },
        yes_no(Task::NeedsReply, asks, 0.2, 0.05),
        yes_no(Task::Spam, false, 0.5, 0.5),
        yes_no(Task::Harassment, false, 0.5, 0.5),
    ]
}

fn davidson(row: &Row) -> Vec<Target> {
    match row.label.as_str() {
        "hate" => vec![yes_no(Task::Harassment, true, 0.6, 0.1)],
        "offensive" => vec![yes_no(Task::Harassment, true, 0.1, 0.0)],
        _ => vec![yes_no(Task::Harassment, false, 0.4, 0.1), yes_no(Task::Spam, false, 0.1, 0.0)],
    }
}

/// Civil talk between developers is what must not raise an alarm; frustration and impatience are not attacks,
/// but neither are they sure examples of the contrary.
fn incivility(row: &Row) -> Vec<Target> {
    match row.label.as_str() {
        "civil" => vec![yes_no(Task::Harassment, false, 2.0, 1.0), yes_no(Task::Spam, false, 0.5, 1.0)],
        "insulting"
        | "identity_attack/name_calling"
        | "identity_attack"
        | "threat"
        | "mocking"
        | "vulgarity" => vec![
            yes_no(Task::Harassment, true, 4.0, 1.0),
            yes_no(Task::Spam, false, 0.3, 1.0),
            yes_no(Task::Polite, false, 1.0, 0.5),
        ],
        _ => vec![yes_no(Task::Spam, false, 0.3, 1.0), yes_no(Task::Polite, false, 0.7, 0.5)],
    }
}

fn politeness(row: &Row) -> Vec<Target> {
    let mut targets = vec![
        yes_no(Task::Spam, false, 0.15, 0.5),
        yes_no(Task::Harassment, false, 0.5, 0.5),
        yes_no(Task::NeedsReply, true, 0.1, 0.0),
    ];
    match row.label.as_str() {
        "polite" => targets.push(yes_no(Task::Polite, true, 1.0, 1.0)),
        "impolite" => targets.push(yes_no(Task::Polite, false, 1.0, 1.0)),
        _ => {}
    }
    targets
}

fn feelings(row: &Row) -> Vec<Target> {
    let class = match row.label.as_str() {
        "positive" => 0,
        "neutral" => 1,
        _ => 2,
    };
    let mut targets = vec![
        Target { task: Task::Sentiment, class, weight: 1.0, calibrates: 1.0 },
        yes_no(Task::Spam, false, 0.3, 0.5),
    ];
    if class != 2 {
        targets.push(yes_no(Task::Harassment, false, 0.6, 0.5));
    }
    targets
}

/// Comments of one emotion only, or of several of one side.
fn emotions(row: &Row) -> Vec<Target> {
    const GLAD: &[&str] = &[
        "admiration",
        "gratitude",
        "joy",
        "love",
        "excitement",
        "optimism",
        "pride",
        "relief",
        "amusement",
        "approval",
        "caring",
    ];
    const SAD: &[&str] = &[
        "anger",
        "annoyance",
        "disappointment",
        "disapproval",
        "disgust",
        "embarrassment",
        "fear",
        "grief",
        "nervousness",
        "remorse",
        "sadness",
    ];
    let all = |side: &[&str]| {
        !row.labels.is_empty() && row.labels.iter().all(|label| side.contains(&label.as_str()))
    };
    let has = |label: &str| row.labels.iter().any(|known| known == label);
    let mut targets = vec![yes_no(Task::Spam, false, 0.05, 0.1)];
    let class = if all(GLAD) {
        Some(0)
    } else if all(&["neutral"]) {
        Some(1)
    } else if all(SAD) {
        Some(2)
    } else {
        None
    };
    targets.extend(class.map(|class| Target { task: Task::Sentiment, class, weight: 0.15, calibrates: 0.0 }));
    if class == Some(0) {
        targets.push(yes_no(Task::Harassment, false, 0.3, 0.1));
    }
    if all(&["gratitude"]) || all(&["admiration"]) || all(&["gratitude", "admiration"]) {
        targets.push(Target {
            task: Task::Intent,
            class: Intent::Praise as usize,
            weight: 0.04,
            calibrates: 0.0,
        });
        targets.push(yes_no(Task::NeedsReply, false, 0.1, 0.0));
    }
    if has("curiosity") || has("confusion") {
        targets.push(yes_no(Task::NeedsReply, true, 0.1, 0.0));
    } else if class.is_some() && !row.text.contains('?') {
        targets.push(yes_no(Task::NeedsReply, false, 0.03, 0.0));
    }
    if all(&["neutral"]) && !row.text.contains('?') {
        targets.push(Target {
            task: Task::Intent,
            class: Intent::Unclear as usize,
            weight: 0.01,
            calibrates: 0.0,
        });
    }
    targets
}
