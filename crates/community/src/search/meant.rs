//! Searching by words and by meaning at once. Without a model in use all of this is searching by words.

use mainstreet_kernel::Result;
use mainstreet_kernel::id::{PostId, TopicId};

use super::{Found, Hit, PAGE, PAGES, Query, Search, Sort};
use crate::meaning::{Asker, Meaning, SAME, blend};

/// So many of the posts found by words are ranked anew together with those found by meaning; later ones follow.
const WINDOW: usize = 60;
/// Most posts found by meaning.
const MEANT: usize = 40;

/// The two ways to find something on this node.
#[derive(Clone, Copy, Debug)]
pub struct Ways<'a> {
    /// By words.
    pub words: &'a Search,
    /// By meaning, where a model is in use.
    pub meaning: &'a Meaning,
}

/// One page of what `query` finds for `asker`: by words, and by meaning where words were typed to be understood.
/// Words in quotes, and results by date, are found by words alone.
pub fn find(ways: Ways<'_>, query: &Query, asker: Asker<'_>) -> Result<Found> {
    let plain = query.text.contains('"') || query.sort != Sort::Rank;
    if plain || query.text.trim().is_empty() {
        return ways.words.find(query, asker.visible);
    }
    let near = ways.meaning.posts(&query.text, asker, MEANT)?;
    let near: Vec<PostId> = near.into_iter().map(|(post, _)| post).collect();
    ways.words.find_beside(query, asker, &near)
}

impl Search {
    fn find_beside(&self, query: &Query, asker: Asker<'_>, near: &[PostId]) -> Result<Found> {
        let visible = asker.visible;
        if near.is_empty() {
            return self.find(query, visible);
        }
        let words = self.window(query, visible, 0, WINDOW)?;
        let meant = self.among(query, visible, near)?;
        let ids = |hits: &[Hit]| hits.iter().map(|hit| hit.post).collect::<Vec<_>>();
        let order = blend(&ids(&words.hits), &ids(&meant));
        let added = order.len() - words.hits.len();
        let more = words.total > words.hits.len();
        let from = (query.page.clamp(1, PAGES) - 1) * PAGE;
        let mut hits: Vec<Hit> = order
            .iter()
            .skip(from)
            .take(PAGE)
            .filter_map(|post| {
                let worded = words.hits.iter().find(|hit| hit.post == *post).cloned();
                let by_meaning = || meant.iter().find(|hit| hit.post == *post).cloned();
                worded.or_else(|| by_meaning().map(|hit| Hit { meant: true, ..hit }))
            })
            .collect();
        if more && hits.len() < PAGE {
            let past = (from + hits.len()).saturating_sub(added).max(WINDOW);
            hits.extend(self.window(query, visible, past, PAGE - hits.len())?.hits);
        }
        Ok(Found { hits, total: words.total + added, loose: words.loose })
    }
}

/// Topics that begin with something like `text`, best first, without `except`: by words and by meaning.
pub fn alike(
    ways: Ways<'_>,
    text: &str,
    asker: Asker<'_>,
    except: Option<TopicId>,
    limit: usize,
) -> Result<Vec<TopicId>> {
    let worded = ways.words.like(text, asker.visible, except, limit)?;
    let mut meant: Vec<TopicId> =
        ways.meaning.topics(text, asker, (limit + 1, SAME))?.into_iter().map(|(topic, _)| topic).collect();
    meant.retain(|topic| Some(*topic) != except);
    // What is near in meaning is nearer than what shares a word.
    let mut found = if meant.is_empty() { worded } else { blend(&meant, &worded) };
    found.truncate(limit);
    Ok(found)
}
