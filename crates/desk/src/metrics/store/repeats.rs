//! Themes beside the clocks of their conversations.

use std::collections::BTreeMap;

use mainstreet_db::{Tx, Value, placeholders};
use mainstreet_kernel::Result;
use mainstreet_kernel::id::{ThemeId, TopicId};

use super::CHUNK;
use crate::metrics::repeats::Solved;

/// Where these conversations belong; what was never looked at for its theme is missing.
pub(crate) fn placed(tx: &mut Tx<'_>, topics: &[TopicId]) -> Result<Vec<(TopicId, Option<ThemeId>)>> {
    let mut found = Vec::with_capacity(topics.len());
    for chunk in topics.chunks(CHUNK) {
        let sql = format!(
            "SELECT topic_id, theme_id FROM theme_posts WHERE topic_id IN ({})",
            placeholders(1, chunk.len())
        );
        let values: Vec<Value> = chunk.iter().map(|topic| Value::from(*topic)).collect();
        found.extend(tx.all(&sql, &values, |row| Ok((row.get("topic_id")?, row.get("theme_id")?)))?);
    }
    Ok(found)
}

/// The conversations of each theme whose answer was accepted, the first accepted first.
pub(crate) fn solved_by_theme(tx: &mut Tx<'_>) -> Result<BTreeMap<ThemeId, Vec<Solved>>> {
    let all: Vec<(ThemeId, Solved)> = tx.all(
        "SELECT k.theme_id, c.topic_id, c.accepted_at, c.gone_at
         FROM theme_posts k JOIN metric_clocks c ON c.topic_id = k.topic_id
         WHERE k.theme_id IS NOT NULL AND c.accepted_at IS NOT NULL AND c.population > 0
         ORDER BY c.accepted_at, c.topic_id",
        &[],
        |row| {
            let solved = Solved {
                topic: row.get("topic_id")?,
                accepted_at: row.get("accepted_at")?,
                gone_at: row.get("gone_at")?,
            };
            Ok((row.get("theme_id")?, solved))
        },
    )?;
    let mut themes: BTreeMap<ThemeId, Vec<Solved>> = BTreeMap::new();
    for (theme, solved) in all {
        themes.entry(theme).or_default().push(solved);
    }
    Ok(themes)
}
