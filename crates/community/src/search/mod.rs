//! Search over what people wrote: an index in a folder of this node, fed from the log.
//!
//! **Invariants.** The index is a copy: losing it loses nothing. It holds published posts of published topics only.
//! How far it has come (the place it is of, the log's cursor, a scan in progress) stands inside its own commits, so
//! killing the program at any moment leaves index and position in step. After a start that was not followed by an
//! orderly end (the file `in-use` is still there), all checksums are verified first. An index that cannot be opened, is of another
//! place or of an older `VERSION`, is built anew while searching goes on. Who may see a space is decided when
//! somebody searches, not when a post is indexed; [`show`] asks the database once more, so that a post hidden a
//! moment ago is not shown.

mod feed;
mod find;
mod meant;
mod snippet;
mod standing;
mod store;
mod words;

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use mainstreet_kernel::id::{PersonId, PostId, SpaceId, TopicId};
use mainstreet_kernel::{Error, Result, Timestamp};
use tantivy::directory::MmapDirectory;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};
use tantivy::{Index, IndexReader, IndexSettings, ReloadPolicy};

pub use feed::Progress;
pub(crate) use feed::touched;
pub use find::{Shown, record, show, visible};
pub use meant::{Ways, alike, find};
pub use standing::{Standing, standing};

/// Raise it whenever what is put into the index changes: older ones are then built anew.
const VERSION: u32 = 1;
/// Stands in the folder while a process uses it.
const MARK: &str = "in-use";
/// Hits on a page of results.
pub const PAGE: usize = 20;
/// Pages that can be asked for; past them a search should be narrowed.
pub const PAGES: usize = 50;

/// The fields of a post in the index.
#[derive(Clone, Copy, Debug)]
struct Fields {
    post: Field,
    topic: Field,
    space: Field,
    author: Field,
    at: Field,
    solved: Field,
    first: Field,
    tag: Field,
    title: Field,
    body: Field,
    text: Field,
}

impl Fields {
    fn declare() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("words")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let words = TextOptions::default().set_indexing_options(indexing);
        let fields = Self {
            post: schema.add_i64_field("post", INDEXED | STORED),
            topic: schema.add_i64_field("topic", INDEXED | STORED),
            space: schema.add_i64_field("space", INDEXED),
            author: schema.add_i64_field("author", INDEXED),
            at: schema.add_i64_field("at", INDEXED | FAST),
            solved: schema.add_i64_field("solved", INDEXED),
            first: schema.add_i64_field("first", INDEXED),
            tag: schema.add_text_field("tag", STRING),
            title: schema.add_text_field("title", words.clone()),
            body: schema.add_text_field("body", words),
            text: schema.add_text_field("text", STORED),
        };
        (schema.build(), fields)
    }
}

/// What is searched for. Empty text with a filter lists what the filter leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Words; `"in quotes"` in this order; `-word` without it.
    pub text: String,
    /// Only in this space.
    pub space: Option<SpaceId>,
    /// Only by this person.
    pub author: Option<PersonId>,
    /// Nothing by these: whom the reader mutes.
    pub without: Vec<PersonId>,
    /// Only in topics with (or without) an accepted answer.
    pub solved: Option<bool>,
    /// Only in topics with all of these tags, by slug.
    pub tags: Vec<String>,
    /// Written at or after.
    pub from: Option<Timestamp>,
    /// Written before.
    pub to: Option<Timestamp>,
    /// In which order.
    pub sort: Sort,
    /// Which page, from 1.
    pub page: usize,
}

/// The order of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Best match first.
    #[default]
    Rank,
    /// Latest first.
    Newest,
}

/// A post that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The post.
    pub post: PostId,
    /// Its topic.
    pub topic: TopicId,
    /// A piece of its text as HTML: escaped, the words found in `<mark>`.
    pub snippet: String,
    /// Found by its meaning, not by the words that were typed.
    pub meant: bool,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// One page of posts.
    pub hits: Vec<Hit>,
    /// How many there are in all.
    pub total: usize,
    /// True when nearly nothing matched as typed, so that words one letter away were taken too.
    pub loose: bool,
}

/// The index of this node. Share one per process: the folder is locked.
pub struct Search {
    folder: PathBuf,
    fields: Fields,
    state: Mutex<feed::State>,
    reader: IndexReader,
}

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Search({})", self.folder.display())
    }
}

impl Search {
    /// Opens the index in `folder`, or begins an empty one there. Call [`Search::catch_up`] until it says that
    /// nothing is left. Errors: the folder cannot be written, or another process holds it.
    pub fn open(folder: &Path) -> Result<Self> {
        let (schema, fields) = Fields::declare();
        let crashed = folder.join(MARK).exists();
        let opened = match attach(folder, &schema) {
            Ok(opened) => opened,
            Err(error) => {
                tracing::warn!(%error, "the search index is not readable; building it anew");
                clear(folder)?;
                attach(folder, &schema).map_err(Error::internal)?
            }
        };
        let (index, reader) = opened;
        let state = feed::State::begin(&index, crashed)?;
        std::fs::write(folder.join(MARK), "").map_err(Error::internal)?;
        Ok(Self { folder: folder.to_owned(), fields, state: Mutex::new(state), reader })
    }

    /// How many posts the index holds.
    pub fn len(&self) -> usize {
        self.searcher().num_docs() as usize
    }

    /// True when it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn searcher(&self) -> tantivy::Searcher {
        self.reader.searcher()
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.folder.join(MARK));
    }
}

fn attach(folder: &Path, schema: &Schema) -> tantivy::Result<(Index, IndexReader)> {
    std::fs::create_dir_all(folder)?;
    let tokenizers = TokenizerManager::default();
    tokenizers.register("words", TextAnalyzer::builder(words::Words).build());
    let index = Index::builder()
        .schema(schema.clone())
        .settings(IndexSettings::default())
        .tokenizers(tokenizers)
        .open_or_create(MmapDirectory::open(folder)?)?;
    let reader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .doc_store_cache_num_blocks(8)
        .try_into()?;
    Ok((index, reader))
}

/// Removes the index's own files; a folder of somebody else's files is left alone.
fn clear(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder).map_err(Error::internal)? {
        let path = entry.map_err(Error::internal)?.path();
        if path.is_file() {
            std::fs::remove_file(path).map_err(Error::internal)?;
        }
    }
    Ok(())
}
