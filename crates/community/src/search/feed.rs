//! Keeping the index in step with the log.

use std::collections::BTreeSet;

use mainstreet_db::Db;
use mainstreet_db::log::{self, Cursor, Entry};
use mainstreet_kernel::id::{PostId, TopicId};
use mainstreet_kernel::{Error, Result, Verb};
use serde::{Deserialize, Serialize};
use tantivy::schema::Term;
use tantivy::{Index, IndexWriter, TantivyDocument};

use super::store::{self, Piece};
use super::{Search, VERSION};
use crate::markdown;

/// Memory for documents on their way into the index, in bytes: the least the library takes.
const MEMORY: usize = 15_000_000;
/// Log entries taken in one step.
const ENTRIES: usize = 2_000;
/// Posts read at once, and put into one commit, while an index is built anew.
const BATCH: usize = 500;
const COMMIT: usize = 5_000;
/// As much of a text as is kept to show a piece of, in characters; all of it is searched.
const SHOWN: usize = 8_000;

/// How far the index has come. Stands in each of its commits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    pub(super) version: u32,
    pub(super) place: i64,
    pub(super) tx: i64,
    pub(super) seq: i64,
    /// While it is built anew: the last post put in.
    pub(super) scan: Option<i64>,
}

/// What only the feeder touches.
pub(super) struct State {
    writer: IndexWriter,
    position: Position,
    /// Whether the position was compared with the database since the index was opened.
    compared: bool,
    /// Whether the process before this one ended without closing the index.
    crashed: bool,
}

impl State {
    pub(super) fn begin(index: &Index, crashed: bool) -> Result<Self> {
        let writer = index.writer_with_num_threads(1, MEMORY).map_err(|cause| {
            Error::unavailable(
                "Another process uses this search folder. Give each node a folder of its own.",
                cause,
            )
        })?;
        Ok(Self { writer, position: position(index), compared: false, crashed })
    }

    fn commit(&mut self) -> Result<()> {
        let payload = serde_json::to_string(&self.position).map_err(Error::internal)?;
        let mut commit = self.writer.prepare_commit().map_err(Error::internal)?;
        commit.set_payload(&payload);
        commit.commit().map(drop).map_err(Error::internal)
    }
}

pub(super) fn position(index: &Index) -> Position {
    let payload = index.load_metas().ok().and_then(|metas| metas.payload).unwrap_or_default();
    serde_json::from_str(&payload)
        .ok()
        .filter(|position: &Position| position.version == VERSION)
        .unwrap_or_default()
}

/// What a step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Posts put in or taken out.
    pub posts: usize,
    /// True when there is more to do right away.
    pub more: bool,
}

impl Search {
    /// One step towards the end of the log; blocks for some tens of milliseconds. Call it again while it says
    /// `more`, then whenever the log has grown, about once a second at most. What it put in can be found when it
    /// returns.
    pub fn catch_up(&self, db: &Db) -> Result<Progress> {
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let done = self.step(&mut state, db);
        if done.is_err() {
            // What was put in since the last commit is forgotten, and so is how far that went.
            state.writer.rollback().map_err(Error::internal)?;
            state.position = position(state.writer.index());
        }
        done
    }

    fn step(&self, state: &mut State, db: &Db) -> Result<Progress> {
        if !state.compared {
            self.compare(state, db)?;
        }
        let progress = match state.position.scan {
            Some(last) => self.scan(state, db, PostId(last))?,
            None => self.follow(state, db)?,
        };
        if progress.posts > 0 || state.position.scan.is_some() {
            self.reload()?;
        }
        Ok(progress)
    }

    fn reload(&self) -> Result<()> {
        self.reader.reload().map_err(Error::internal)
    }

    /// Begins anew when the index is damaged, of another place, of an older version, or ahead of the log (a restored
    /// backup).
    fn compare(&self, state: &mut State, db: &Db) -> Result<()> {
        let (place, end) = db.read_now(store::place)?;
        let known = &state.position;
        let ahead = Cursor { tx: known.tx, seq: known.seq } > end;
        let sound = || state.writer.index().validate_checksum().is_ok_and(|files| files.is_empty());
        let damaged = state.crashed && !sound();
        if damaged || known.version != VERSION || known.place != place || ahead {
            state.writer.delete_all_documents().map_err(Error::internal)?;
            state.position = Position { version: VERSION, place, tx: end.tx, seq: end.seq, scan: Some(0) };
            state.commit()?;
            self.reload()?;
        }
        // A database without an account is one that is just being set up: look again next time.
        state.compared = place != 0;
        state.crashed = false;
        Ok(())
    }

    /// Builds anew: posts in the order of their ids; what happens meanwhile follows from the log.
    fn scan(&self, state: &mut State, db: &Db, mut last: PostId) -> Result<Progress> {
        let mut posts = 0;
        while posts < COMMIT {
            let (pieces, end) = db.read_now(move |tx| store::after(tx, last, BATCH))?;
            let Some(end) = end else {
                state.position.scan = None;
                break;
            };
            for piece in &pieces {
                self.put(state, piece)?;
            }
            posts += pieces.len();
            last = end;
            state.position.scan = Some(last.0);
        }
        state.commit()?;
        Ok(Progress { posts, more: true })
    }

    /// Takes what is new in the log.
    fn follow(&self, state: &mut State, db: &Db) -> Result<Progress> {
        let from = Cursor { tx: state.position.tx, seq: state.position.seq };
        let entries = db.read_now(move |tx| log::read(tx, from, ENTRIES))?;
        let Some(end) = entries.last().map(|entry| entry.cursor) else { return Ok(Progress::default()) };
        let (posts, topics) = touched(&entries);
        let wanted = (posts.clone(), topics.clone());
        let pieces = db.read_now(move |tx| {
            let ids: Vec<PostId> = wanted.0.into_iter().collect();
            let mut pieces = store::of_posts(tx, &ids)?;
            for topic in wanted.1 {
                pieces.extend(store::of_topic(tx, topic)?);
            }
            Ok(pieces)
        })?;
        for topic in &topics {
            state.writer.delete_term(Term::from_field_i64(self.fields.topic, topic.0));
        }
        for post in &posts {
            state.writer.delete_term(Term::from_field_i64(self.fields.post, post.0));
        }
        for piece in &pieces {
            self.put(state, piece)?;
        }
        (state.position.tx, state.position.seq) = (end.tx, end.seq);
        let touched = posts.len() + topics.len();
        if touched > 0 {
            state.commit()?;
        }
        Ok(Progress { posts: touched, more: entries.len() == ENTRIES })
    }

    fn put(&self, state: &State, piece: &Piece) -> Result<()> {
        let fields = &self.fields;
        let text = markdown::plain(&piece.body);
        let mut document = TantivyDocument::default();
        document.add_i64(fields.post, piece.post.0);
        document.add_i64(fields.topic, piece.topic.0);
        document.add_i64(fields.space, piece.space.0);
        document.add_i64(fields.author, piece.author.0);
        document.add_i64(fields.at, piece.at.0);
        document.add_i64(fields.solved, i64::from(piece.solved));
        document.add_i64(fields.first, i64::from(piece.number == 1));
        for tag in &piece.tags {
            document.add_text(fields.tag, tag);
        }
        if piece.number == 1 {
            document.add_text(fields.title, &piece.title);
        }
        let shown = text.char_indices().nth(SHOWN).map_or(text.as_str(), |(end, _)| &text[..end]);
        document.add_text(fields.text, shown);
        document.add_text(fields.body, &text);
        state.writer.delete_term(Term::from_field_i64(fields.post, piece.post.0));
        state.writer.add_document(document).map(drop).map_err(Error::internal)
    }
}

/// What changes the place of a post in the index.
pub(super) const CONCERNED: &[Verb] = &[
    Verb::TopicCreated,
    Verb::ReplyCreated,
    Verb::PostEdited,
    Verb::PostDeleted,
    Verb::PostHidden,
    Verb::PostRestored,
    Verb::TopicEdited,
    Verb::AnswerAccepted,
    Verb::AnswerUnaccepted,
];

/// The posts and topics whose place in the index these entries change. A topic stands for all its posts.
pub(crate) fn touched<'a>(
    entries: impl IntoIterator<Item = &'a Entry>,
) -> (BTreeSet<PostId>, BTreeSet<TopicId>) {
    let (mut posts, mut topics) = (BTreeSet::new(), BTreeSet::new());
    for entry in entries {
        let first = entry.props.get("first").and_then(serde_json::Value::as_bool).unwrap_or(false);
        match entry.verb {
            Verb::TopicCreated | Verb::ReplyCreated | Verb::PostEdited => {
                posts.insert(PostId(entry.object_id));
            }
            Verb::PostDeleted | Verb::PostHidden | Verb::PostRestored if !first => {
                posts.insert(PostId(entry.object_id));
            }
            Verb::PostDeleted
            | Verb::PostHidden
            | Verb::PostRestored
            | Verb::TopicEdited
            | Verb::AnswerAccepted
            | Verb::AnswerUnaccepted => topics.extend(entry.topic),
            _ => {}
        }
    }
    (posts, topics)
}
