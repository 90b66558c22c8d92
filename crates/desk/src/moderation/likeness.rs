//! What others got for the like: by the text, and by the clause.

use std::collections::HashSet;

use mainstreet_db::Tx;
use mainstreet_kernel::Result;
use mainstreet_kernel::id::{PersonId, PostId};
use mainstreet_language::shingles;

use super::appeals::AppealState;
use super::model::Decision;
use super::store;

/// From this likeness of wording on, 0 to 1, an earlier post is shown as alike. Copies have 0.8 and more; half of that
/// finds the same message written anew, and chance stays below a tenth.
const ALIKE: f32 = 0.4;
/// So many of the latest decisions are compared by text.
const LOOKED_AT: usize = 300;

/// An earlier decision about somebody else.
#[derive(Clone, Debug, PartialEq)]
pub struct Likeness {
    /// The decision.
    pub decision: Decision,
    /// How alike the texts are, 0 to 1; nothing: only the clause is the same.
    pub text: Option<f32>,
    /// What became of an appeal against it.
    pub appeal: Option<AppealState>,
}

/// Decisions by people about others: those on texts like this post's first, then those that cite this clause, `most`
/// in all.
pub fn like(
    tx: &mut Tx<'_>,
    post: Option<PostId>,
    clause: Option<&str>,
    but: PersonId,
    most: usize,
) -> Result<Vec<Likeness>> {
    let mut found: Vec<(Decision, Option<f32>)> = Vec::new();
    if let Some(post) = post {
        let text = store::text_of(tx, post)?.unwrap_or_default();
        let text = shingles(&text);
        let mut alike: Vec<(Decision, Option<f32>)> = store::decided_texts(tx, post, LOOKED_AT)?
            .into_iter()
            .map(|(decision, body)| {
                let likeness = text.similar(&shingles(&body));
                (decision, Some(likeness))
            })
            .filter(|one| one.1.is_some_and(|likeness| likeness >= ALIKE))
            .collect();
        alike.sort_by(|a, b| b.1.unwrap_or_default().total_cmp(&a.1.unwrap_or_default()));
        found.append(&mut alike);
    }
    if let Some(clause) = clause {
        found.extend(store::similar(tx, clause, but, most)?.into_iter().map(|decision| (decision, None)));
    }
    let mut seen = HashSet::new();
    found.retain(|one| seen.insert(one.0.id));
    found.truncate(most);
    let mut likenesses = Vec::with_capacity(found.len());
    for (decision, text) in found {
        let appeal = store::appeal_of(tx, decision.id)?.map(|appeal| appeal.state);
        likenesses.push(Likeness { decision, text, appeal });
    }
    Ok(likenesses)
}
