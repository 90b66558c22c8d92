//! `mainstreet simulate`: write an invented community.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

use serde_json::json;

use crate::boot::{Common, Done, Failure};
use crate::simulate::{Setting, Story, write};

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// People, staff and spammers among them: 50 to 1000000
    #[arg(long, value_name = "N", default_value_t = 400)]
    pub(crate) members: u32,
    /// The same seed and numbers tell the same story
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Days told, ending now: 28 to 3650
    #[arg(long, value_name = "N", conflicts_with = "years")]
    pub(crate) days: Option<u32>,
    /// Years told, instead of days
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) years: u32,
    /// Only write: leave counting, rendering and the inbox to the running community
    #[arg(long)]
    pub(crate) bare: bool,
    /// Write everything that is known about the story, as JSON, to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) truth: Option<PathBuf>,
}

pub(crate) fn run(common: &Common, options: &Options) -> Done {
    let clock = common.clock();
    let now = common.now.unwrap_or_else(|| clock.now());
    let days = options.days.unwrap_or(options.years.saturating_mul(365));
    let setting = Setting { seed: options.seed, members: options.members, days, now };
    let story = Story::new(setting).map_err(Failure::Usage)?;
    let db = common.open()?;
    let began = clock.now();
    let story = write(&db, story)?;
    let (truth, took) = (story.truth(), clock.now().since(began).max(1));
    if !options.bare {
        crate::node::catch_up(&db)?;
    }
    let posts = truth.posts();
    let rate = posts.saturating_mul(1_000) / took.unsigned_abs();
    if let Some(path) = &options.truth {
        let file = File::create(path)
            .map_err(|cause| Failure::Failed(format!("cannot write {}: {cause}", path.display())))?;
        serde_json::to_writer(BufWriter::new(file), truth).map_err(anyhow::Error::from)?;
    }
    let answer = json!({
        "seed": truth.seed, "members": truth.members, "from": truth.from.to_string(), "to": truth.to.to_string(),
        "posts": posts, "questions": truth.questions.len(), "counts": truth.counts,
        "milliseconds": took, "posts_per_second": rate,
    });
    let topics = truth.counts.get("topic.created").copied().unwrap_or(0);
    let text = format!(
        "{} people, {topics} topics and {posts} posts from {} to {}: written in {:.1} s, {rate} posts a second.",
        truth.members,
        truth.from,
        truth.to,
        took as f64 / 1_000.0
    );
    common.answer(&answer, &text)
}
