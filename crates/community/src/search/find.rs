//! Searching.

use std::collections::HashMap;
use std::ops::Bound;

use mainstreet_db::Tx;
use mainstreet_kernel::id::{PostId, SpaceId, TopicId};
use mainstreet_kernel::{Activity, Actor, Error, Object, Result, Verb, Visibility, text};
use serde_json::json;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, FuzzyTermQuery, Occur, PhraseQuery,
    Query as Clause, RangeQuery, TermQuery,
};
use tantivy::schema::{IndexRecordOption, Term, Value as _};
use tantivy::{DocAddress, Order, Searcher, TantivyDocument};

use super::snippet::snippet;
use super::{Fields, Found, Hit, PAGE, PAGES, Query, Search, Sort, words};
use crate::people::{self, Face, Viewer};
use crate::posts::{self, Post};
use crate::spaces;
use crate::topics::{self, SpaceName, State, Topic};

/// A word in the title counts as much as so many in the text.
const TITLE: f32 = 2.5;
/// What an accepted answer adds, on the scale of one rare word's score.
const SOLVED: f32 = 0.8;
/// Fewer hits than this, and words one letter away are tried.
const FEW: usize = 3;
/// Most words of a query that are looked at.
const WORDS: usize = 24;
/// Of more words than this, those that stand in more than [`COMMON`] of all posts decide nothing and cost most.
const SHORT: usize = 3;
/// The share of posts, as one part of so many.
const COMMON: u64 = 20;
/// A word in no more posts than this is never too common.
const FREE: u64 = 1_000;

/// The parts of what was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Typed {
    /// Each a word, or several that must follow each other (quoted, or joined as in `foo_bar`).
    wanted: Vec<Vec<String>>,
    unwanted: Vec<Vec<String>>,
}

fn read(text: &str) -> Typed {
    let mut typed = Typed::default();
    let mut budget = WORDS;
    for (at, piece) in text.split('"').enumerate() {
        let quoted = at % 2 == 1;
        let pieces: Vec<&str> = if quoted { vec![piece] } else { piece.split_whitespace().collect() };
        for piece in pieces {
            let not = !quoted && piece.starts_with('-');
            let words: Vec<String> =
                words::words(piece).into_iter().map(|word| word.text).take(budget).collect();
            budget -= words.len();
            if !words.is_empty() {
                if not { typed.unwanted.push(words) } else { typed.wanted.push(words) }
            }
        }
    }
    typed
}

/// All of few words must be there; of many, most.
fn required(words: usize) -> usize {
    if words <= 3 { words } else { (words * 7).div_ceil(10) }
}

impl Search {
    /// One page of what `query` finds in the spaces `visible` (nothing: in all). See [`visible`].
    pub fn find(&self, query: &Query, visible: Option<&[SpaceId]>) -> Result<Found> {
        let page = query.page.clamp(1, PAGES);
        self.window(query, visible, (page - 1) * PAGE, PAGE)
    }

    /// As [`Search::find`]: `limit` posts past the first `from`.
    pub(super) fn window(
        &self,
        query: &Query,
        visible: Option<&[SpaceId]>,
        from: usize,
        limit: usize,
    ) -> Result<Found> {
        let typed = read(&query.text);
        let filtered = query.space.is_some()
            || query.author.is_some()
            || query.solved.is_some()
            || !query.tags.is_empty()
            || query.from.is_some()
            || query.to.is_some();
        if typed.wanted.is_empty() && !filtered {
            return Ok(Found::default());
        }
        let searcher = self.searcher();
        let run = |typed: &Typed, loose| {
            let clause = self.fields.clause(query, typed, visible, loose);
            self.run(&searcher, &clause, query.sort, (from, limit), (&typed.wanted.concat(), loose))
        };
        let mut found = run(&self.telling(&searcher, &typed)?, false)?;
        let typo =
            |words: &Vec<String>| words.len() == 1 && words.iter().all(|word| word.chars().count() > 3);
        if found.total < FEW && query.page <= 1 && typed.wanted.iter().any(typo) {
            let loose = run(&typed, true)?;
            if loose.total > found.total {
                found = loose;
            }
        }
        Ok(found)
    }

    /// Leaves out of a long query what decides nothing: words that stand nowhere, and common ones, down to three.
    fn telling(&self, searcher: &Searcher, typed: &Typed) -> Result<Typed> {
        if typed.wanted.len() <= SHORT {
            return Ok(typed.clone());
        }
        let mut counted = Vec::with_capacity(typed.wanted.len());
        for words in &typed.wanted {
            let mut often = 1;
            if let [word] = words.as_slice() {
                let posts =
                    |field| searcher.doc_freq(&Term::from_field_text(field, word)).map_err(Error::internal);
                often = posts(self.fields.body)?.max(posts(self.fields.title)?);
            }
            counted.push((often, words));
        }
        if counted.iter().any(|(often, _)| *often > 0) {
            counted.retain(|(often, _)| *often > 0);
        }
        counted.sort_by_key(|(often, _)| *often);
        let limit = (searcher.num_docs() / COMMON).max(FREE);
        let kept = counted.iter().filter(|(often, _)| *often <= limit).count().max(SHORT);
        let wanted = counted.into_iter().take(kept).map(|(_, words)| words.clone()).collect();
        Ok(Typed { wanted, unwanted: typed.unwanted.clone() })
    }

    fn run(
        &self,
        searcher: &Searcher,
        clause: &BooleanQuery,
        sort: Sort,
        (from, limit): (usize, usize),
        (wanted, loose): (&[String], bool),
    ) -> Result<Found> {
        let top = TopDocs::with_limit(limit).and_offset(from);
        let (addresses, total): (Vec<DocAddress>, usize) = match sort {
            Sort::Rank => {
                let (top, count) =
                    searcher.search(clause, &(top.order_by_score(), Count)).map_err(Error::internal)?;
                (top.into_iter().map(|hit| hit.1).collect(), count)
            }
            Sort::Newest => {
                let newest = top.order_by_fast_field::<i64>("at", Order::Desc);
                let (top, count) = searcher.search(clause, &(newest, Count)).map_err(Error::internal)?;
                (top.into_iter().map(|hit| hit.1).collect(), count)
            }
        };
        let hits = addresses
            .into_iter()
            .map(|address| self.hit(searcher, address, wanted, loose))
            .collect::<Result<Vec<_>>>()?;
        Ok(Found { hits, total, loose })
    }

    fn hit(&self, searcher: &Searcher, address: DocAddress, wanted: &[String], loose: bool) -> Result<Hit> {
        let document: TantivyDocument = searcher.doc(address).map_err(Error::internal)?;
        let number = |field| document.get_first(field).and_then(|value| value.as_i64()).unwrap_or_default();
        let shown = document.get_first(self.fields.text).and_then(|value| value.as_str()).unwrap_or_default();
        Ok(Hit {
            post: PostId(number(self.fields.post)),
            topic: TopicId(number(self.fields.topic)),
            snippet: snippet(shown, wanted, loose),
            meant: false,
        })
    }

    /// Those of `posts` that pass the filters of `query`, and hold none of the words it does not want; in the order of
    /// `posts`.
    pub(super) fn among(
        &self,
        query: &Query,
        visible: Option<&[SpaceId]>,
        posts: &[PostId],
    ) -> Result<Vec<Hit>> {
        let typed = read(&query.text);
        let unwanted = Typed { wanted: Vec::new(), unwanted: typed.unwanted };
        let clause = self.fields.clause(query, &unwanted, visible, false);
        let any = posts.iter().map(|post| self.fields.number(self.fields.post, post.0)).collect();
        let these: Box<dyn Clause> = Box::new(BooleanQuery::union(any));
        let both = BooleanQuery::new(vec![(Occur::Must, these), (Occur::Must, Box::new(clause))]);
        let searcher = self.searcher();
        let wanted = typed.wanted.concat();
        let found = self.run(&searcher, &both, Sort::Rank, (0, posts.len().max(1)), (&wanted, false))?;
        let mut hits: HashMap<PostId, Hit> = found.hits.into_iter().map(|hit| (hit.post, hit)).collect();
        Ok(posts.iter().filter_map(|post| hits.remove(post)).collect())
    }

    /// Topics whose beginning is about the same as `text`, best first, without `except`.
    pub fn like(
        &self,
        text: &str,
        visible: Option<&[SpaceId]>,
        except: Option<TopicId>,
        limit: usize,
    ) -> Result<Vec<TopicId>> {
        let mut typed = read(&text.replace(['"', '-'], " "));
        typed.wanted.retain(|words| words.iter().all(|word| word.chars().count() > 2));
        if typed.wanted.is_empty() {
            return Ok(Vec::new());
        }
        let searcher = self.searcher();
        let typed = self.telling(&searcher, &typed)?;
        let fields = &self.fields;
        let words: Vec<Box<dyn Clause>> =
            typed.wanted.iter().map(|words| fields.word(words, false)).collect();
        let least = words.len().div_ceil(3);
        let mut parts: Vec<(Occur, Box<dyn Clause>)> = vec![
            (Occur::Must, Box::new(BooleanQuery::union_with_minimum_required_clauses(words, least))),
            (Occur::Must, quiet(fields.number(fields.first, 1))),
            (Occur::Should, Box::new(ConstScoreQuery::new(fields.number(fields.solved, 1), SOLVED))),
        ];
        parts.extend(fields.visible(visible));
        let top = TopDocs::with_limit(limit + 1).order_by_score();
        let found = searcher.search(&BooleanQuery::new(parts), &top).map_err(Error::internal)?;
        let mut topics = Vec::with_capacity(limit);
        for (_, address) in found {
            let document: TantivyDocument = searcher.doc(address).map_err(Error::internal)?;
            let topic = document.get_first(fields.topic).and_then(|value| value.as_i64()).map(TopicId);
            topics.extend(topic.filter(|topic| Some(*topic) != except));
        }
        topics.truncate(limit);
        Ok(topics)
    }
}

/// A clause that decides but does not score.
fn quiet(clause: Box<dyn Clause>) -> Box<dyn Clause> {
    Box::new(ConstScoreQuery::new(clause, 0.0))
}

impl Fields {
    fn clause(&self, query: &Query, typed: &Typed, visible: Option<&[SpaceId]>, loose: bool) -> BooleanQuery {
        let words: Vec<Box<dyn Clause>> = typed.wanted.iter().map(|words| self.word(words, loose)).collect();
        let least = required(words.len());
        let words: Box<dyn Clause> = if words.is_empty() {
            Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0))
        } else {
            Box::new(BooleanQuery::union_with_minimum_required_clauses(words, least))
        };
        let mut parts = vec![(Occur::Must, words)];
        parts.extend(typed.unwanted.iter().map(|words| (Occur::MustNot, self.word(words, false))));
        parts.extend(query.space.map(|space| (Occur::Must, quiet(self.number(self.space, space.0)))));
        parts.extend(query.author.map(|author| (Occur::Must, quiet(self.number(self.author, author.0)))));
        parts.extend(query.without.iter().map(|author| (Occur::MustNot, self.number(self.author, author.0))));
        parts.extend(
            query.solved.map(|solved| (Occur::Must, quiet(self.number(self.solved, i64::from(solved))))),
        );
        parts.extend(query.tags.iter().map(|tag| {
            let term = Term::from_field_text(self.tag, tag);
            (Occur::Must, quiet(Box::new(TermQuery::new(term, IndexRecordOption::Basic))))
        }));
        if query.from.is_some() || query.to.is_some() {
            let term = |at: mainstreet_kernel::Timestamp| Term::from_field_i64(self.at, at.0);
            let from = query.from.map_or(Bound::Unbounded, |from| Bound::Included(term(from)));
            let to = query.to.map_or(Bound::Unbounded, |to| Bound::Excluded(term(to)));
            parts.push((Occur::Must, quiet(Box::new(RangeQuery::new(from, to)))));
        }
        parts.extend(self.visible(visible));
        let solved = ConstScoreQuery::new(self.number(self.solved, 1), SOLVED);
        parts.push((Occur::Should, Box::new(solved)));
        BooleanQuery::new(parts)
    }

    fn visible(&self, visible: Option<&[SpaceId]>) -> Option<(Occur, Box<dyn Clause>)> {
        let spaces = visible?;
        if spaces.is_empty() {
            return Some((Occur::Must, Box::new(EmptyQuery)));
        }
        let any = spaces.iter().map(|space| self.number(self.space, space.0)).collect();
        Some((Occur::Must, quiet(Box::new(BooleanQuery::union(any)))))
    }

    fn number(&self, field: tantivy::schema::Field, value: i64) -> Box<dyn Clause> {
        Box::new(TermQuery::new(Term::from_field_i64(field, value), IndexRecordOption::Basic))
    }

    /// A word, or several in a row, in the title or the text.
    fn word(&self, words: &[String], loose: bool) -> Box<dyn Clause> {
        let mut ways: Vec<Box<dyn Clause>> = Vec::with_capacity(4);
        for (field, weight) in [(self.title, TITLE), (self.body, 1.0)] {
            let terms: Vec<Term> = words.iter().map(|word| Term::from_field_text(field, word)).collect();
            let exact: Box<dyn Clause> = match terms.as_slice() {
                [term] => Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs)),
                _ => Box::new(PhraseQuery::new(terms.clone())),
            };
            ways.push(Box::new(BoostQuery::new(exact, weight)));
            if let ([term], [word]) = (terms.as_slice(), words)
                && loose
                && word.chars().count() > 3
            {
                let near = FuzzyTermQuery::new(term.clone(), 1, true);
                ways.push(Box::new(BoostQuery::new(Box::new(near), weight * 0.5)));
            }
        }
        Box::new(BooleanQuery::union(ways))
    }
}

/// The spaces that `viewer` may search: nothing when that is all of them.
pub fn visible(tx: &mut Tx<'_>, viewer: Viewer) -> Result<Option<Vec<SpaceId>>> {
    if viewer.ceiling() == Visibility::Staff {
        return Ok(None);
    }
    Ok(Some(spaces::store::all(tx, viewer)?.into_iter().map(|space| space.id).collect()))
}

/// A hit with what is shown beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// A piece of the text as HTML: escaped, the words found in `<mark>`.
    pub snippet: String,
    /// Found by its meaning, not by the words that were typed.
    pub meant: bool,
    /// The post.
    pub post: Post,
    /// Who wrote it.
    pub author: Face,
    /// Its topic.
    pub topic: Topic,
    /// Where that is.
    pub space: SpaceName,
}

/// What `viewer` may see of `hits` just now, in their order.
pub fn show(tx: &mut Tx<'_>, viewer: Viewer, hits: &[Hit]) -> Result<Vec<Shown>> {
    let ids: Vec<PostId> = hits.iter().map(|hit| hit.post).collect();
    let mut posts: HashMap<PostId, Post> =
        posts::store::find_all(tx, &ids)?.into_iter().map(|post| (post.id, post)).collect();
    let mut topics: Vec<TopicId> = hits.iter().map(|hit| hit.topic).collect();
    topics.sort_unstable();
    topics.dedup();
    let topics: HashMap<TopicId, (Topic, SpaceName)> =
        topics::store::find_all(tx, &topics)?.into_iter().map(|place| (place.0.id, place)).collect();
    let authors: Vec<_> = posts.values().map(|post| post.person).collect();
    let faces = people::store::faces(tx, &authors)?;
    Ok(hits
        .iter()
        .filter_map(|hit| {
            let post = posts.remove(&hit.post).filter(|post| post.state == State::Published)?;
            let (topic, space) = topics.get(&post.topic)?.clone();
            let seen = topic.state == State::Published && viewer.sees(space.visibility);
            let author = faces.get(&post.person)?.clone();
            let (snippet, meant) = (hit.snippet.clone(), hit.meant);
            seen.then_some(Shown { snippet, meant, post, author, topic, space })
        })
        .collect())
}

/// Keeps in the log that somebody searched, and how much they found: what is looked for and not found is what the
/// place lacks. Staff only see it.
pub fn record(tx: &mut Tx<'_>, actor: Actor, query: &str, total: usize) -> Result<()> {
    let site = Object { kind: "site", id: 0 };
    let props = json!({ "query": text::excerpt(query, 200), "found": total });
    let now = tx.now();
    tx.record(&Activity::new(Verb::SearchRun, actor, site, now).seen_by(Visibility::Staff).with(props))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, wanted: &[&[&str]], unwanted: &[&[&str]]) {
        let owned = |list: &[&[&str]]| -> Vec<Vec<String>> {
            list.iter().map(|words| words.iter().map(|word| (*word).to_owned()).collect()).collect()
        };
        assert_eq!(read(text), Typed { wanted: owned(wanted), unwanted: owned(unwanted) });
    }

    #[test]
    fn what_is_typed_is_read() {
        check("third clamp", &[&["third"], &["clamp"]], &[]);
        check("\"reads low\" clamps -phase", &[&["read", "low"], &["clamp"]], &[&["phase"]]);
        check("foo_bar", &[&["foo", "bar"]], &[]);
        check("\"open", &[&["open"]], &[]);
        check(" - \"\" ?", &[], &[]);
        let long = "word ".repeat(200);
        assert_eq!(read(&long).wanted.len(), WORDS);
    }

    #[test]
    fn of_many_words_most_must_be_there() {
        for (words, expect) in [(1, 1), (3, 3), (4, 3), (10, 7)] {
            assert_eq!(required(words), expect);
        }
    }
}
