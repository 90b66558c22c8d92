//! The desk finds again what the story's recurring questions are, without being told.

use std::collections::{BTreeMap, HashMap};

use mainstreet_db::testing::on_each_database;
use mainstreet_desk::insights::{self, List};
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{ThemeId, TopicId};
use mainstreet_kernel::{Error, Result, Timestamp};

use crate::simulate::{Setting, Story};

/// 2026-05-29T00:00Z.
const NOW: Timestamp = Timestamp(1_780_012_800_000);
const SETTING: Setting = Setting { seed: 5, members: 400, days: 170, now: NOW };

/// B-cubed F1 (Bagga and Baldwin 1998) of what was found against the truth, over the topics that the truth names; what
/// has no theme stands alone.
fn f1(found: &BTreeMap<TopicId, Option<ThemeId>>, truth: &HashMap<TopicId, &str>) -> f64 {
    let (mut precision, mut recall, mut n) = (0.0, 0.0, 0.0);
    for (topic, label) in truth {
        let Some(theme) = found.get(topic) else { continue };
        let alike = |other: &TopicId| {
            other == topic || (theme.is_some() && found.get(other).copied().flatten() == *theme)
        };
        let size = found.keys().filter(|other| alike(other)).count() as f64;
        let same: Vec<&TopicId> = truth
            .iter()
            .filter(|(other, l)| *l == label && found.contains_key(other))
            .map(|(t, _)| t)
            .collect();
        let both = same.iter().filter(|other| alike(other)).count() as f64;
        precision += both / size;
        recall += both / same.len() as f64;
        n += 1.0;
    }
    let (precision, recall) = (precision / n, recall / n);
    2.0 * precision * recall / (precision + recall)
}

#[test]
fn the_recurring_questions_of_the_story_are_found_again() {
    on_each_database(|db| {
        let mut told = Story::new(SETTING).map_err(Error::internal)?;
        told.by_ref().for_each(drop);
        let truth = told.truth().clone();
        crate::simulate::write(db, Story::new(SETTING).map_err(Error::internal)?)?;
        db.hand.set(NOW);
        insights::refresh(db)?;
        let found: BTreeMap<TopicId, Option<ThemeId>> = db
            .read_now(|tx| {
                tx.all("SELECT topic_id, theme_id FROM theme_posts", &[], |row| {
                    Ok((row.get("topic_id")?, row.get("theme_id")?))
                })
            })?
            .into_iter()
            .collect();
        let labels: HashMap<TopicId, &str> = truth
            .clusters
            .iter()
            .flat_map(|(name, topics)| topics.iter().map(|topic| (*topic, name.as_str())))
            .collect();
        let quality = f1(&found, &labels);
        assert!(quality >= 0.8, "B-cubed F1 {quality:.3} over {} topics", labels.len());

        // The outage made a theme trend on its day, and the lists stand in their order.
        let page = db.read_now(|tx| insights::list(tx, List::All, 0, 20))?;
        let askers: Vec<u64> = page.lines.iter().map(|line| line.ranked.askers.now).collect();
        assert!(askers.len() >= 10 && askers.is_sorted_by(|a, b| a >= b), "{askers:?}");
        Ok::<(), Error>(())
    });
}

#[test]
fn as_the_year_goes_on_themes_keep_their_identity() -> Result<()> {
    let db = mainstreet_db::testing::TestDb::sqlite()?;
    let setting = Setting { members: 120, days: 120, ..SETTING };
    crate::simulate::write(&db, Story::new(setting).map_err(Error::internal)?)?;
    let mut before: BTreeMap<TopicId, ThemeId> = BTreeMap::new();
    for back in (0..=100).rev().step_by(20) {
        db.hand.set(NOW.plus(-back * DAY));
        insights::refresh(&db)?;
        let (now, gone): (BTreeMap<TopicId, ThemeId>, HashMap<ThemeId, ThemeId>) = db.read_now(|tx| {
            let placed = tx.all(
                "SELECT topic_id, theme_id FROM theme_posts WHERE theme_id IS NOT NULL",
                &[],
                |row| Ok((row.get("topic_id")?, row.get("theme_id")?)),
            )?;
            let gone =
                tx.all("SELECT id, merged_into FROM themes WHERE merged_into IS NOT NULL", &[], |row| {
                    Ok((row.get("id")?, row.get("merged_into")?))
                })?;
            Ok((placed.into_iter().collect(), gone.into_iter().collect()))
        })?;
        for (topic, theme) in &before {
            let mut expect = *theme;
            while let Some(next) = gone.get(&expect) {
                assert!(*next < expect, "the older goes on");
                expect = *next;
            }
            assert_eq!(now.get(topic), Some(&expect), "{back} days back");
        }
        before = now;
    }
    assert!(before.len() > 100, "{}", before.len());
    Ok(())
}
