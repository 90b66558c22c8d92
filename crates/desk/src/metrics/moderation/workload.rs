//! How the work lies on people (2.28 of the design). Each sees their own; those who lead see all.

use std::collections::{BTreeMap, BTreeSet};

use mainstreet_community::guidelines::Severity;
use mainstreet_db::Tx;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Actor, Day, Error, Result, Role, Timestamp};
use serde::Serialize;

use super::facts::Facts;
use super::quality::reversed;
use crate::metrics::figure::{Figure, Point};
use crate::metrics::figures::Query;
use crate::metrics::rates::Share;
use crate::metrics::store;
use crate::reviews;
use crate::triage::hours::Hours;

/// What one person did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Workload {
    /// Who.
    #[serde(skip)]
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// True when they said when they work; else the community's opening hours count.
    pub own_hours: bool,
    /// The figures, in the order of the definitions.
    pub figures: Vec<Figure>,
}

/// One act: when, on what, and how grave it was.
struct Act {
    at: Timestamp,
    thing: i64,
    severe: bool,
}

fn may_see(actor: Actor, whose: PersonId) -> Result<()> {
    if actor.role.is_staff() && (actor.is(whose) || actor.role >= Role::Manager) {
        return Ok(());
    }
    Err(Error::forbidden("What one person does is shown to them and to those who lead, to nobody else."))
}

/// What one person did in the window.
///
/// # Errors
/// `Forbidden` for others than the person and those who lead; the window is empty or lies in the future.
pub fn workload(tx: &mut Tx<'_>, query: &Query, actor: Actor, whose: PersonId) -> Result<Workload> {
    may_see(actor, whose)?;
    query.check()?;
    let facts = Facts::read(tx, query)?;
    let name =
        store::person_names(tx, &[whose])?.into_iter().next().map_or_else(String::new, |named| named.1);
    of(tx, query, &facts, (whose, name))
}

/// What everybody who works here did in the window, by name. `None` as actor: whoever runs the server.
///
/// # Errors
/// `Forbidden` for others than those who lead; the window is empty or lies in the future.
pub fn team(tx: &mut Tx<'_>, query: &Query, actor: Option<Actor>) -> Result<Vec<Workload>> {
    if actor.is_some_and(|actor| actor.role < Role::Manager) {
        return Err(Error::forbidden(
            "What the team's people do is shown to those who lead. You see your own.",
        ));
    }
    query.check()?;
    let facts = Facts::read(tx, query)?;
    store::team(tx)?.into_iter().map(|one| of(tx, query, &facts, one)).collect()
}

fn of(tx: &mut Tx<'_>, query: &Query, facts: &Facts, (person, name): (PersonId, String)) -> Result<Workload> {
    let acts = acts(tx, query, facts, person)?;
    let own = reviews::own(tx, person)?;
    let hours = own.working(tx)?;
    let deeds = facts.within().filter(|deed| deed.by == Some(person) && deed.restricts());
    let ripe = deeds.filter(|deed| deed.at.plus(30 * mainstreet_kernel::clock::DAY) <= facts.until);
    let severe: BTreeSet<i64> = acts.iter().filter(|act| act.severe).map(|act| act.thing).collect();
    Ok(Workload {
        person,
        name,
        own_hours: own.hours.is_some(),
        figures: vec![
            per_week(query, facts, &acts)?,
            outside(query, &acts, hours.as_ref())?,
            query.figure("workload-severe")?.count(severe.len() as u64),
            run(query, &acts)?,
            query.figure("workload-reversals")?.share(reversed(ripe)),
        ],
    })
}

/// Decisions, flags, blind reviews and steps in the inbox; what was done to one thing at one time is one act.
fn acts(tx: &mut Tx<'_>, query: &Query, facts: &Facts, person: PersonId) -> Result<Vec<Act>> {
    let window = (facts.from, facts.until);
    let mut all: BTreeMap<(Timestamp, i64), bool> = BTreeMap::new();
    let mut add = |at: Timestamp, thing: i64, severity: Option<Severity>| {
        *all.entry((at, thing)).or_default() |= severity == Some(Severity::Severe);
    };
    for deed in facts.within().filter(|deed| deed.by == Some(person)) {
        add(deed.at, deed.unit(), deed.severity);
    }
    for flag in facts.flags.iter().filter(|flag| flag.by == Some(person)) {
        let clause = crate::moderation::clause_of(&flag.reason);
        let severity = facts.severities.get(clause).copied().filter(|_| flag.upheld == Some(true));
        if let Some(at) = flag.end.filter(|at| *at >= facts.from) {
            add(at, flag.post, severity);
        }
    }
    for (at, post, _, severity) in store::reviews_by(tx, person, query.space, window)? {
        add(at, post.0, severity.and_then(|word| word.parse().ok()));
    }
    for (at, post) in store::steps_by(tx, person, query.space, window)? {
        add(at, post.0, None);
    }
    Ok(all.into_iter().map(|((at, thing), severe)| Act { at, thing, severe }).collect())
}

fn per_week(query: &Query, facts: &Facts, acts: &[Act]) -> Result<Figure> {
    let series: Vec<Point> = facts
        .shown()
        .map(|(_, week)| {
            let count = acts.iter().filter(|act| act.at >= week.from && act.at < week.to).count();
            let partial = week.from < facts.from || !facts.is_over(week, query);
            Point { partial, ..Point::plain(week.monday.to_string(), Some(count as f64)) }
        })
        .collect();
    let weeks = facts.until.since(facts.from) as f64 / (7 * mainstreet_kernel::clock::DAY) as f64;
    Ok(Figure {
        value: Some(acts.len() as f64 / weeks.max(1e-9)),
        n: Some(acts.len() as u64),
        series,
        ..query.figure("workload-acts")?
    })
}

fn outside(query: &Query, acts: &[Act], hours: Option<&Hours>) -> Result<Figure> {
    let figure = query.figure("workload-outside-hours")?;
    let Some(hours) = hours else {
        return Ok(figure.noted("Nobody has said when this person works, and the community is always open."));
    };
    let outside = acts.iter().filter(|act| !hours.is_open(act.at)).count();
    Ok(figure.share(Share::new(outside as u64, acts.len() as u64)))
}

/// The longest run of days in a row with an act.
fn run(query: &Query, acts: &[Act]) -> Result<Figure> {
    let days: BTreeSet<Day> = acts.iter().map(|act| query.zone.day_of(act.at)).collect();
    Ok(query.figure("workload-longest-run")?.count(longest(&days)))
}

fn longest(days: &BTreeSet<Day>) -> u64 {
    let (mut best, mut length, mut last) = (0, 0, None);
    for day in days {
        length = if last == Some(day.plus(-1)) { length + 1 } else { 1 };
        best = best.max(length);
        last = Some(*day);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_days() {
        let run = |days: &[i32]| longest(&days.iter().map(|day| Day(*day)).collect());
        assert_eq!(run(&[]), 0);
        assert_eq!(run(&[5]), 1);
        assert_eq!(run(&[1, 2, 3, 5, 6]), 3);
        assert_eq!(run(&[1, 3, 4, 5, 6, 9, 10]), 4);
    }
}
