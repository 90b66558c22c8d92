//! What stands behind the figures of moderation: the posts and members themselves.

use std::collections::{BTreeMap, BTreeSet};

use mainstreet_db::Tx;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Actor, Error, Result, Timestamp};

use super::cases::cases;
use super::facts::{Deed, Facts};
use super::resolution::urgency;
use super::violations::{sampled, severity_word};
use super::{clause_word, intervention::source_word};
use crate::metrics::definitions;
use crate::metrics::figures::Query;
use crate::metrics::store::{self, PostTitle};
use crate::triage;

/// One thing behind a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// When.
    pub at: Timestamp,
    /// The post, or nothing for a member alone.
    pub post: Option<i64>,
    /// The conversation it stands in; nothing when it is gone.
    pub title: Option<PostTitle>,
    /// The member concerned, where the figure is about members.
    pub person: Option<(PersonId, String)>,
    /// The decision to read on in; 0: none.
    pub decision: i64,
    /// What it is, in words.
    pub what: String,
    /// What came of it, in words.
    pub came: String,
    /// Whether it had what the figure counts; nothing for figures that do not count.
    pub counted: Option<bool>,
}

impl Row {
    fn new(at: Timestamp, post: Option<i64>, what: String, came: String) -> Self {
        Self { at, post, title: None, person: None, decision: 0, what, came, counted: None }
    }
}

/// The things behind the figure `id`, latest first: all, or only those that had (`Some(true)`) or had not what it
/// counts.
///
/// # Errors
/// `NotFound` for a figure that is not of this kind; `Forbidden` for others than staff and auditors, and for moderators
/// of other spaces.
pub fn rows(tx: &mut Tx<'_>, query: &Query, id: &str, actor: Actor, only: Option<bool>) -> Result<Vec<Row>> {
    if actor.person.is_none() || !actor.role.audits() {
        return Err(Error::forbidden(
            "Only those who run this community, and auditors, see what stands here.",
        ));
    }
    query.check()?;
    super::places::must_read(tx, actor, query.space)?;
    if definitions::find(id).is_none_or(|definition| definition.behind != definitions::Behind::Cases) {
        return Err(Error::not_found("There is no list of this kind behind this figure."));
    }
    let facts = Facts::read(tx, query)?;
    let mut all = found(tx, query, &facts, id)?;
    all.retain(|row| only.is_none() || row.counted == only);
    all.sort_by_key(|row| std::cmp::Reverse((row.at, row.post)));
    titled(tx, all)
}

fn found(tx: &mut Tx<'_>, query: &Query, facts: &Facts, id: &str) -> Result<Vec<Row>> {
    Ok(match id {
        "violation-rate" | "violations-by-clause" | "violations-by-severity" | "violators-rate" => {
            breaches(tx, facts)?
        }
        "prevalence" | "prevalence-unreported" => sample(tx, query, id == "prevalence-unreported")?,
        "resolution-median"
        | "resolution-p90"
        | "resolution-within-target"
        | "visible-median"
        | "visible-p90" => open_cases(tx, query, facts, id)?,
        "agreement" | "agreement-clause" => looks(tx, query, id == "agreement-clause")?,
        "coverage" => unread(tx, query)?,
        "appeal-rate" | "overturn-rate" => appealed(tx, facts)?,
        "intervention-automatic" | "reversal-rate-automatic" => deeds(facts, |deed| !deed.is_human()),
        _ => deeds(facts, super::facts::Deed::is_human),
    })
}

fn deed_row(deed: &Deed) -> Row {
    let what = format!("{}, {}", deed.act.replace('_', " "), clause_word(&deed.clause));
    let came = match deed.undone_at {
        Some(_) => "taken back".to_owned(),
        None => format!("stands; found by {}", source_word(&deed.source)),
    };
    Row {
        decision: deed.decision,
        counted: Some(deed.undone_at.is_some()),
        ..Row::new(deed.at, deed.post, what, came)
    }
}

fn deeds(facts: &Facts, counts: fn(&Deed) -> bool) -> Vec<Row> {
    facts
        .within()
        .filter(|deed| counts(deed) && (deed.intervenes() || deed.restricts()))
        .map(deed_row)
        .collect()
}

fn breaches(tx: &mut Tx<'_>, facts: &Facts) -> Result<Vec<Row>> {
    let all = facts.breaches();
    let people: Vec<PersonId> =
        all.iter().map(|breach| breach.person).collect::<BTreeSet<_>>().into_iter().collect();
    let names: BTreeMap<PersonId, String> = store::person_names(tx, &people)?.into_iter().collect();
    let row = |breach: super::facts::Breach| {
        let post = Some(breach.unit).filter(|unit| *unit > 0);
        let name = names.get(&breach.person).cloned().unwrap_or_default();
        let came = severity_word(breach.severity).to_owned();
        Row {
            person: Some((breach.person, name)),
            ..Row::new(breach.at, post, clause_word(&breach.clause).to_owned(), came)
        }
    };
    Ok(all.into_iter().map(row).collect())
}

/// Breaches found in samples; what was found to be fine is not listed: nobody need look twice.
fn sample(tx: &mut Tx<'_>, query: &Query, unreported: bool) -> Result<Vec<Row>> {
    let found = sampled(tx, query)?.into_iter().filter(|one| one.verdict.as_deref() == Some("breaks"));
    let found = found.filter(|one| !(unreported && one.reported));
    let row = |one: super::facts::Found| {
        let came = if one.reported { "flagged by a member too" } else { "nobody reported it" };
        let at = query.zone.start_of(one.week);
        Row::new(at, Some(one.post), format!("breaks {}", clause_word(&one.clause)), came.to_owned())
    };
    Ok(found.map(row).collect())
}

fn open_cases(tx: &mut Tx<'_>, query: &Query, facts: &Facts, id: &str) -> Result<Vec<Row>> {
    let clocks = triage::clocks(tx)?;
    let spell = |from: Timestamp, to: Timestamp| triage::spell(to.since(from).max(0)).to_string();
    let row = |case: super::cases::Case| {
        let due = clocks.due(case.start, urgency(case.severity));
        let end = match case.end {
            Some(end) => format!("decided after {}", spell(case.start, end)),
            None => format!("open for {}", spell(case.start, facts.until)),
        };
        let seen = match case.unseen {
            Some(at) => format!("visible for {}", spell(case.start, at)),
            None => format!("still visible after {}", spell(case.start, facts.until)),
        };
        let counted = match case.end {
            Some(end) => Some(end <= due),
            None if due > facts.until => None,
            None => Some(false),
        };
        let counted = counted.filter(|_| id == "resolution-within-target");
        let what = format!("reported; {}", severity_word(case.severity));
        Row { counted, ..Row::new(case.start, Some(case.post), what, format!("{end}; {seen}")) }
    };
    Ok(cases(tx, query, facts)?.into_iter().map(row).collect())
}

fn looks(tx: &mut Tx<'_>, query: &Query, clauses: bool) -> Result<Vec<Row>> {
    let said = |(verdict, clause): &(String, String)| match verdict.as_str() {
        "fine" => "fine".to_owned(),
        "unclear" => "cannot tell".to_owned(),
        _ => format!("breaks {}", clause_word(clause)),
    };
    let looks = store::looked_again(tx, query.space, (query.from, query.until()))?;
    let row = |look: super::facts::Look| {
        let same = look.first.0 == look.second.0 && (!clauses || look.first.1 == look.second.1);
        let came = format!("then {}", said(&look.second));
        let counted = Some(same).filter(|_| look.second.0 != "unclear");
        Row { counted, ..Row::new(look.at, Some(look.post), format!("first {}", said(&look.first)), came) }
    };
    Ok(looks.into_iter().map(row).collect())
}

fn unread(tx: &mut Tx<'_>, query: &Query) -> Result<Vec<Row>> {
    let unread = store::unread_by_staff(tx, query.space, (query.from, query.until()), 500)?;
    let row = |(post, at)| {
        Row::new(at, Some(post), "written".to_owned(), "no staff has read so far in this topic".to_owned())
    };
    Ok(unread.into_iter().map(row).collect())
}

fn appealed(tx: &mut Tx<'_>, facts: &Facts) -> Result<Vec<Row>> {
    let states: BTreeMap<i64, String> =
        store::appeals_against(tx, (facts.from, facts.until))?.into_iter().collect();
    let row = |deed: &Deed| {
        let state = states.get(&deed.decision)?;
        let came = match state.as_str() {
            "overturned" => "the appeal was right",
            "upheld" => "the decision stands",
            _ => "the appeal is open",
        };
        let counted = (state != "open").then_some(state == "overturned");
        Some(Row { came: came.to_owned(), counted, ..deed_row(deed) })
    };
    Ok(facts.within().filter(|deed| deed.decision != 0).filter_map(row).collect())
}

fn titled(tx: &mut Tx<'_>, all: Vec<Row>) -> Result<Vec<Row>> {
    let posts: Vec<i64> =
        all.iter().filter_map(|row| row.post).collect::<BTreeSet<_>>().into_iter().collect();
    let titles: BTreeMap<i64, PostTitle> =
        store::post_titles(tx, &posts)?.into_iter().map(|title| (title.post, title)).collect();
    let titled = all.into_iter().map(|row| {
        let title = row.post.and_then(|post| titles.get(&post).cloned());
        Row { title, ..row }
    });
    Ok(titled.collect())
}
