//! What figures read: roll-ups only, by key.

use std::collections::BTreeMap;

use mainstreet_db::{Row, Tx, Value, params};
use mainstreet_kernel::id::SpaceId;
use mainstreet_kernel::{ActorClass, Day, Result, Timestamp};

use super::rollups::counts;
use crate::metrics::clocks::{Population, Times};
use crate::metrics::ledger::Counts;
use crate::metrics::rolling::Measure;
use crate::metrics::survival::Cause;

/// A rolling count, day by day; days without anyone are missing.
pub(crate) fn active(
    tx: &mut Tx<'_>,
    space: SpaceId,
    measure: Measure,
    (from, to): (Day, Day),
) -> Result<BTreeMap<Day, u64>> {
    let rows = tx.all(
        "SELECT day, people FROM metric_active WHERE space_id = $1 AND measure = $2 AND day BETWEEN $3 AND $4",
        params![space, measure.as_str(), from, to],
        |row| Ok((row.get("day")?, row.get::<i64>("people")?)),
    )?;
    Ok(rows.into_iter().map(|(day, people)| (day, people.max(0) as u64)).collect())
}

/// The last day before `before` on which somebody contributed.
pub(crate) fn last_active(tx: &mut Tx<'_>, space: SpaceId, before: Day) -> Result<Option<Day>> {
    let sql = "SELECT day FROM metric_active WHERE space_id = $1 AND measure = $2 AND day < $3 AND people > 0
               ORDER BY day DESC LIMIT 1";
    tx.first(sql, params![space, Measure::Day.as_str(), before], |row| row.get("day"))
}

/// Contributions by day and class.
pub(crate) fn contributions(
    tx: &mut Tx<'_>,
    space: SpaceId,
    (from, to): (Day, Day),
) -> Result<Vec<(Day, ActorClass, Counts)>> {
    tx.all(
        "SELECT day, class, topics, replies, reactions, acceptances FROM metric_contributions
         WHERE space_id = $1 AND day BETWEEN $2 AND $3 ORDER BY day, class",
        params![space, from, to],
        |row| Ok((row.get("day")?, row.word("class")?, counts(row)?)),
    )
}

/// Cohort cells: the Monday of the cohort, the week, and how many contributed in it.
pub(crate) fn cohorts(
    tx: &mut Tx<'_>,
    space: SpaceId,
    (from, to): (Day, Day),
    weeks: i32,
) -> Result<Vec<(Day, i32, u64)>> {
    tx.all(
        "SELECT cohort, week, people FROM metric_cohorts
         WHERE space_id = $1 AND cohort BETWEEN $2 AND $3 AND week <= $4 ORDER BY cohort, week",
        params![space, from, to, weeks],
        |row| {
            let week: i64 = row.get("week")?;
            Ok((
                row.get("cohort")?,
                i32::try_from(week).unwrap_or(i32::MAX),
                row.get::<i64>("people")?.max(0) as u64,
            ))
        },
    )
}

fn times(row: &Row) -> Result<Times> {
    let at: Option<Timestamp> = row.get("response_at")?;
    let class: Option<String> = row.get("response_class")?;
    let by = if class.as_deref() == Some("staff") { Cause::Staff } else { Cause::Member };
    Ok(Times {
        topic: row.get("topic_id")?,
        asked_at: row.get("asked_at")?,
        response: at.map(|at| (at, by)),
        accepted_at: row.get("accepted_at")?,
        closed_at: row.get("closed_at")?,
        gone_at: row.get("gone_at")?,
        replies: row.get("replies")?,
    })
}

/// The codes of a population and of those within it: every question is a topic too.
fn codes(population: Population) -> &'static [i64] {
    match population {
        Population::Question => &[2],
        Population::Topic => &[1, 2],
        Population::None => &[],
    }
}

/// Topics of a population published from `from` until before `to`, oldest first.
pub(crate) fn asked_between(
    tx: &mut Tx<'_>,
    space: Option<SpaceId>,
    population: Population,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Times>> {
    let mut all = Vec::new();
    for code in codes(population) {
        all.extend(match space {
            None => tx.all(ASKED_ANYWHERE, params![*code, from, to], times)?,
            Some(space) => tx.all(ASKED_IN_SPACE, params![space, *code, from, to], times)?,
        });
    }
    all.sort_unstable_by_key(|times| (times.asked_at, times.topic));
    Ok(all)
}

/// By the covering index `metric_clocks_window`.
const ASKED_ANYWHERE: &str =
    "SELECT topic_id, asked_at, response_at, response_class, accepted_at, closed_at, gone_at, replies
     FROM metric_clocks WHERE population = $1 AND asked_at >= $2 AND asked_at < $3";

/// By the covering index `metric_clocks_space`.
const ASKED_IN_SPACE: &str =
    "SELECT topic_id, asked_at, response_at, response_class, accepted_at, closed_at, gone_at, replies
     FROM metric_clocks WHERE space_id = $1 AND population = $2 AND asked_at >= $3 AND asked_at < $4";

/// How many of a population wait for a first response at `at`, and since when the oldest does.
pub(crate) fn waiting(
    tx: &mut Tx<'_>,
    space: Option<SpaceId>,
    population: Population,
    at: Timestamp,
) -> Result<(u64, Option<Timestamp>)> {
    let (mut count, mut oldest) = (0, None);
    for code in codes(population) {
        for answered in ["response_at IS NULL", "response_at > $2"] {
            let place = if space.is_some() { "AND space_id = $3" } else { "" };
            let sql = format!(
                "SELECT COUNT(*) AS n, MIN(asked_at) AS oldest FROM metric_clocks
                 WHERE population = $1 AND {answered} AND asked_at <= $2
                 AND (closed_at IS NULL OR closed_at > $2) AND (gone_at IS NULL OR gone_at > $2) {place}"
            );
            let mut values: Vec<Value> = params![*code, at].to_vec();
            values.extend(space.map(Value::from));
            let (n, first): (i64, Option<Timestamp>) =
                tx.one(&sql, &values, |row| Ok((row.get("n")?, row.get("oldest")?)))?;
            count += n.max(0) as u64;
            oldest = oldest.into_iter().chain(first).min();
        }
    }
    Ok((count, oldest))
}

/// Those that wait for a first response at `at`, the oldest first.
pub(crate) fn list_waiting(
    tx: &mut Tx<'_>,
    space: Option<SpaceId>,
    population: Population,
    at: Timestamp,
    limit: usize,
) -> Result<Vec<Times>> {
    let mut all = Vec::new();
    for code in codes(population) {
        for answered in ["response_at IS NULL", "response_at > $2"] {
            let place = if space.is_some() { "AND space_id = $4" } else { "" };
            let sql = format!(
                "SELECT topic_id, asked_at, response_at, response_class, accepted_at, closed_at, gone_at, replies
                 FROM metric_clocks WHERE population = $1 AND {answered} AND asked_at <= $2
                 AND (closed_at IS NULL OR closed_at > $2) AND (gone_at IS NULL OR gone_at > $2) {place}
                 ORDER BY asked_at, topic_id LIMIT $3"
            );
            let mut values: Vec<Value> = params![*code, at, limit].to_vec();
            values.extend(space.map(Value::from));
            all.extend(tx.all(&sql, &values, times)?);
        }
    }
    all.sort_unstable_by_key(|times| (times.asked_at, times.topic));
    all.truncate(limit);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstreet_db::testing::TestDb;

    #[track_caller]
    fn check(sql: &'static str, parameters: usize, index: &str) {
        let database = TestDb::sqlite().expect("a database");
        let plan = database.read_now(move |tx| {
            let numbers: Vec<Value> = (1..=parameters).map(Value::from).collect();
            tx.all(&format!("EXPLAIN QUERY PLAN {sql}"), &numbers, |row| row.get::<String>("detail"))
        });
        let plan = plan.expect("a plan");
        assert!(plan.len() == 1 && plan[0].contains(index), "{plan:?}");
    }

    #[test]
    fn a_window_is_read_through_a_covering_index() {
        check(
            ASKED_ANYWHERE,
            3,
            "USING COVERING INDEX metric_clocks_window (population=? AND asked_at>? AND asked_at<?)",
        );
        check(
            ASKED_IN_SPACE,
            4,
            "USING COVERING INDEX metric_clocks_space (space_id=? AND population=? AND asked_at>? AND asked_at<?)",
        );
    }
}
