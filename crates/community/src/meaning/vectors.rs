//! Making vectors: what has changed is asked for by a reader of the log; a job makes what was asked for.

use std::collections::HashMap;

use mainstreet_db::log::Entry;
use mainstreet_db::{Db, Tx};
use mainstreet_embeddings::Vector;
use mainstreet_kernel::id::PostId;
use mainstreet_kernel::{Result, Timestamp, Verb};

use super::node::Loaded;
use super::{Model, store};
use crate::markdown;
use crate::search::touched;

/// The name of the reader of the log that asks for vectors.
pub const READER: &str = "meaning";
/// Posts whose vectors are made in one step: a second or so of one core with a model of 90 MB.
const STEP: usize = 16;
/// Posts asked for at once after a model was put in use.
const LISTED: usize = 1_000;

/// Asks for the vectors of what these rows of the log have changed. Nothing where no model was ever added.
pub fn advance(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    if !store::any(tx)? {
        return Ok(());
    }
    // What a post says does not change with its acceptance.
    let accepts = |entry: &&Entry| matches!(entry.verb, Verb::AnswerAccepted | Verb::AnswerUnaccepted);
    let (mut posts, topics) = touched(entries.iter().filter(|entry| !accepts(entry)));
    for topic in topics {
        posts.extend(store::of_topic(tx, topic)?);
    }
    let posts: Vec<PostId> = posts.into_iter().collect();
    store::ask(tx, &posts)
}

/// One step of the job: asks for what a new model lacks, then makes some of what is asked for, the latest posts
/// first. True while there is more to do. Blocks for about a second.
pub(super) fn fill(db: &Db, loaded: &Loaded) -> Result<bool> {
    let model = loaded.model.id;
    let listing = db.write_now(move |tx| list_more(tx, model))?;
    let due = db.read_now(|tx| store::due(tx, STEP))?;
    if due.is_empty() {
        return Ok(listing);
    }
    let more = due.len() == STEP;
    let mut made = Vec::with_capacity(due.len());
    for one in due {
        let vector = match &one.text {
            Some((title, body)) => embed(loaded, title, body)?,
            None => None,
        };
        made.push((one, vector));
    }
    db.write_now(move |tx| {
        let Some(round) = store::begin_round(tx, model)? else { return Ok(()) };
        for (due, vector) in &made {
            store::keep(tx, due, model, round, vector.as_ref().map(Vector::to_bytes))?;
        }
        Ok(())
    })?;
    Ok(more || listing)
}

/// What a post means; nothing where it holds no word, or the model cannot make anything of it.
fn embed(loaded: &Loaded, title: &str, body: &str) -> Result<Option<Vector>> {
    let text = format!("{title}\n{}", markdown::plain(body));
    if text.trim().is_empty() {
        return Ok(None);
    }
    match loaded.net.embed(text.trim()) {
        Ok(vector) => Ok(Some(vector)),
        // The thread is gone: nothing can be made, so nothing is written down.
        Err(error) if loaded.net.is_broken() => Err(error),
        Err(error) => {
            tracing::warn!(?error, "a model could make nothing of a post");
            Ok(None)
        }
    }
}

/// Asks for some of the posts that were there before the model was put in use. True while there are more.
fn list_more(tx: &mut Tx<'_>, id: i64) -> Result<bool> {
    let Some(model) = store::find(tx, id)?.filter(|model| model.in_use && !model.listed) else {
        return Ok(false);
    };
    let last = store::ask_after(tx, id, model.scanned, LISTED)?;
    store::scanned(tx, id, last)?;
    Ok(last.is_some())
}

/// What the model in use says of the beginnings of topics.
#[derive(Clone, Debug, PartialEq)]
pub struct Beginnings {
    /// Its number.
    pub model: i64,
    /// The cosine under which texts have nothing in common.
    pub floor: f64,
    /// The latest round among the vectors: a higher one tells that some are new.
    pub round: i64,
    /// The vector of each first post, one signed byte a dimension. One whose text changed since has none.
    pub of: HashMap<PostId, Vec<i8>>,
}

/// What the model in use says of topics begun since `from`; nothing without a model. It looks only at what was written
/// down, so that every node finds the same, also one without the files of the model.
pub fn beginnings(tx: &mut Tx<'_>, from: Timestamp) -> Result<Option<Beginnings>> {
    let Some(model) = store::in_use(tx)? else { return Ok(None) };
    let mut found = Beginnings { model: model.id, floor: model.floor, round: 0, of: HashMap::new() };
    for (post, round, vector) in store::first_posts(tx, model.id, from)? {
        found.round = found.round.max(round);
        found.of.insert(post, vector.into_iter().map(u8::cast_signed).collect());
    }
    Ok(Some(found))
}

/// How far the vectors are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Posts that were read by the model in use.
    pub made: i64,
    /// Posts that are still to be read, or to be read again.
    pub due: i64,
}

impl Progress {
    /// Of a hundred, how many are done; rounded down.
    pub fn percent(self) -> i64 {
        (self.made * 100).checked_div(self.made + self.due).unwrap_or(100)
    }
}

/// How far the vectors of `model` are now.
pub fn progress(tx: &mut Tx<'_>, model: &Model) -> Result<Progress> {
    let Some(model) = store::find(tx, model.id)? else { return Ok(Progress::default()) };
    let (made, due) = store::counts(tx, &model)?;
    Ok(Progress { made, due })
}
