//! The transparency report: what was decided between two times, from the record of decisions and nothing else.

use std::collections::BTreeMap;

use mainstreet_community::moderation::Act;
use mainstreet_db::Tx;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::id::SpaceId;
use mainstreet_kernel::text::cell;
use mainstreet_kernel::{Result, Timestamp};
use serde::Serialize;

use super::appeals::AppealState;
use super::model::Decision;
use super::store;
use crate::measures;

/// How often each word occurs, most first.
pub type Counts = Vec<(String, usize)>;

/// The report. A decision counts in the time in which it was made, an appeal in the time in which it was opened.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The first instant.
    #[serde(serialize_with = "in_word")]
    pub from: Timestamp,
    /// The first instant after it.
    #[serde(serialize_with = "in_word")]
    pub to: Timestamp,
    /// The space; nothing: everywhere.
    pub space: Option<SpaceId>,
    /// When it is of one space: decisions about members, which lie in no space and are not in this report.
    pub about_members: usize,
    /// Decisions that restricted somebody.
    pub decisions: usize,
    /// People whom they concerned.
    pub people: usize,
    /// By what was done.
    pub by_act: Counts,
    /// By the clause cited.
    pub by_clause: Counts,
    /// By how it was found.
    pub by_source: Counts,
    /// Decided by a program alone.
    pub automatic: usize,
    /// Pointed out by a program.
    pub detected: usize,
    /// Taken back since.
    pub undone: usize,
    /// Appeals made.
    pub appeals: usize,
    /// Of them, decisions that stand.
    pub upheld: usize,
    /// Of them, decisions that were wrong.
    pub overturned: usize,
    /// Of them, still to be decided.
    pub open: usize,
    /// Median hours from an appeal to its answer, of those decided; nothing without one.
    pub median_hours: Option<f64>,
    /// Share of automatic decisions that an appeal or their maker took back; nothing without one.
    pub automatic_error: Option<f64>,
    /// Flags raised, agreed with and not agreed with.
    pub flags: (i64, i64, i64),
    /// Measures that concern those who take part: calm and raid modes, clean-ups, splits, texts erased.
    pub by_measure: Counts,
    /// Of them, taken by a program.
    pub measures_automatic: usize,
    /// Each of them.
    pub measures: Vec<measures::Row>,
    /// One statement of reasons for each decision, in the words of the Digital Services Act's database.
    pub statements: Vec<Statement>,
}

/// A statement of reasons as the database of the Digital Services Act takes it, without anything about a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// The number, never used again.
    pub puid: String,
    /// What was done to what can be seen.
    pub decision_visibility: Option<&'static str>,
    /// What was done to the account.
    pub decision_account: Option<&'static str>,
    /// When it ends by itself.
    #[serde(serialize_with = "in_words")]
    pub end_date: Option<Timestamp>,
    /// On what it rests.
    pub decision_ground: &'static str,
    /// The clause, and the version that held.
    pub incompatible_content_ground: String,
    /// The kind of matter.
    pub category: &'static str,
    /// What it was about.
    pub content_type: &'static str,
    /// When that was written.
    #[serde(serialize_with = "in_words")]
    pub content_date: Option<Timestamp>,
    /// In which language, such as `DE`; nothing: not known.
    pub content_language: Option<String>,
    /// Where it holds: everywhere that the place is read, so in all of the European Economic Area.
    pub territorial_scope: &'static str,
    /// How it was found.
    pub source_type: &'static str,
    /// `Yes` or `No`.
    pub automated_detection: &'static str,
    /// Whether a program decided.
    pub automated_decision: &'static str,
    /// From when it held.
    #[serde(serialize_with = "in_word")]
    pub application_date: Timestamp,
    /// When it was taken back.
    #[serde(serialize_with = "in_words")]
    pub reversed_at: Option<Timestamp>,
}

/// A time as others read it, such as `2026-03-01T09:00:00.000Z`.
fn in_word<S: serde::Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(at)
}

fn in_words<S: serde::Serializer>(at: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => to.collect_str(at),
        None => to.serialize_none(),
    }
}

impl Statement {
    fn of(decision: &Decision) -> Self {
        let (visibility, account) = decision.dsa();
        Self {
            puid: decision.id.to_string(),
            decision_visibility: visibility,
            decision_account: account,
            end_date: decision.until,
            decision_ground: decision.ground.dsa(),
            incompatible_content_ground: format!(
                "{} (version {})",
                decision.clause, decision.guideline_version
            ),
            category: category(&decision.clause),
            content_type: if decision.object_kind == "person" {
                "CONTENT_TYPE_OTHER"
            } else {
                "CONTENT_TYPE_TEXT"
            },
            content_date: decision.content_at,
            content_language: Some(decision.content_language.to_uppercase()).filter(|tag| !tag.is_empty()),
            territorial_scope: "EEA",
            source_type: decision.source.dsa(),
            automated_detection: if decision.detected { "Yes" } else { "No" },
            automated_decision: if decision.automatic {
                "AUTOMATED_DECISION_FULLY"
            } else if decision.detected {
                "AUTOMATED_DECISION_PARTIALLY"
            } else {
                "AUTOMATED_DECISION_NOT_AUTOMATED"
            },
            application_date: decision.at,
            reversed_at: decision.undone_at,
        }
    }
}

/// One statement of reasons with the words that the member reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Whole {
    /// What the database of the Digital Services Act takes.
    #[serde(flatten)]
    pub statement: Statement,
    /// What was found (Article 17, 3 b).
    pub decision_facts: String,
    /// How the clause says it.
    pub incompatible_content_explanation: String,
    /// How it can be contested (Article 17, 3 f).
    pub redress: &'static str,
}

/// The statement of reasons about one decision. `clause`: what the clause says.
pub fn whole(decision: &Decision, clause: &str) -> Whole {
    Whole {
        statement: Statement::of(decision),
        decision_facts: decision.facts.clone(),
        incompatible_content_explanation: clause.to_owned(),
        redress: "An appeal within 30 days, answered by somebody else within 7; a certified body for settling disputes \
                  out of court; a court.",
    }
}

/// The database's category for a clause of the starter sets; clauses of one's own are of the platform's own scope.
pub fn category(clause: &str) -> &'static str {
    match clause {
        "be-kind" | "no-harassment" | "neighbours" => "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
        "privacy" | "confidential" | "cases" => "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
        "no-spam" => "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
        "licences" => "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS",
        "checked-news" | "safe-advice" => {
            "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS"
        }
        _ => "STATEMENT_CATEGORY_SCOPE_OF_PLATFORM_SERVICE",
    }
}

fn counts<'a>(words: impl Iterator<Item = &'a str>) -> Counts {
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for word in words {
        *found.entry(word).or_default() += 1;
    }
    let mut counts: Counts = found.into_iter().map(|(word, count)| (word.to_owned(), count)).collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

/// The value in the middle; of an even number, the mean of the two.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let high = *values.get(middle)?;
    if values.len() % 2 == 1 {
        return Some(high);
    }
    values.get(middle.checked_sub(1)?).map(|low| f64::midpoint(*low, high))
}

/// The report for the time from `from` up to `to`, everywhere or of one space. A decision counts where it was made;
/// one about a member lies in no space.
///
/// # Errors
/// Those of the database.
pub fn report(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp, space: Option<SpaceId>) -> Result<Report> {
    let here = |of: Option<SpaceId>| space.is_none() || of == space;
    let all = store::between(tx, from, to)?;
    let restricting = || all.iter().filter(|decision| decision.act.restricts());
    let decisions: Vec<&Decision> = restricting().filter(|decision| here(decision.space)).collect();
    let about_members = restricting().filter(|decision| space.is_some() && decision.space.is_none()).count();
    let mut appeals = Vec::new();
    for appeal in store::appeals_between(tx, from, to)? {
        if space.is_none() || store::find(tx, appeal.decision)?.space == space {
            appeals.push(appeal);
        }
    }
    let state = |state: AppealState| appeals.iter().filter(|appeal| appeal.state == state).count();
    let hours = |length: i64| length as f64 / HOUR as f64;
    let automatic: Vec<&&Decision> = decisions.iter().filter(|decision| decision.automatic).collect();
    let mistaken = automatic.iter().filter(|decision| decision.undone_at.is_some()).count();
    let taken = measures::between(tx, from, to)?;
    let taken: Vec<_> =
        taken.iter().filter(|measure| measure.kind.is_open() && here(measure.space)).collect();
    let mut people: Vec<_> = decisions.iter().map(|decision| decision.person).collect();
    people.sort_unstable();
    people.dedup();
    Ok(Report {
        from,
        to,
        space,
        about_members,
        decisions: decisions.len(),
        people: people.len(),
        by_act: counts(decisions.iter().map(|decision| decision.act.as_str())),
        by_clause: counts(decisions.iter().map(|decision| decision.clause.as_str())),
        by_source: counts(decisions.iter().map(|decision| decision.source.as_str())),
        automatic: automatic.len(),
        detected: decisions.iter().filter(|decision| decision.detected).count(),
        undone: decisions.iter().filter(|decision| decision.undone_at.is_some()).count(),
        appeals: appeals.len(),
        upheld: state(AppealState::Upheld),
        overturned: state(AppealState::Overturned),
        open: state(AppealState::Open),
        median_hours: median(
            appeals
                .iter()
                .filter_map(|appeal| appeal.decided_at.map(|at| hours(at.since(appeal.opened_at))))
                .collect(),
        ),
        automatic_error: (!automatic.is_empty()).then(|| mistaken as f64 / automatic.len() as f64),
        flags: store::flags_between(tx, from, to, space)?,
        by_measure: counts(taken.iter().map(|measure| measure.kind.as_str())),
        measures_automatic: taken.iter().filter(|measure| measure.actor.is_none()).count(),
        measures: taken.iter().map(|measure| measure.row()).collect(),
        statements: decisions
            .iter()
            .filter(|decision| decision.act != Act::Warn)
            .map(|decision| Statement::of(decision))
            .collect(),
    })
}

/// The statements as lines of comma-separated values, with a heading. What people named is quoted, and no spreadsheet takes
/// it for a formula.
pub fn csv(report: &Report) -> String {
    let mut out =
        "puid,decision_visibility,decision_account,end_date,decision_ground,incompatible_content_ground,\
                   category,content_type,content_date,content_language,territorial_scope,source_type,automated_detection,automated_decision,\
                   application_date,reversed_at\n"
            .to_owned();
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    for one in &report.statements {
        let fields = [
            one.puid.clone(),
            one.decision_visibility.unwrap_or_default().to_owned(),
            one.decision_account.unwrap_or_default().to_owned(),
            time(one.end_date),
            one.decision_ground.to_owned(),
            cell(&one.incompatible_content_ground),
            one.category.to_owned(),
            one.content_type.to_owned(),
            time(one.content_date),
            cell(one.content_language.as_deref().unwrap_or_default()),
            one.territorial_scope.to_owned(),
            one.source_type.to_owned(),
            one.automated_detection.to_owned(),
            one.automated_decision.to_owned(),
            one.application_date.to_string(),
            time(one.reversed_at),
        ];
        out.push_str(&fields.join(","));
        out.push('\n');
    }
    out
}

/// The measures as lines of comma-separated values, with a heading; guarded like [`csv`].
pub fn measures_csv(report: &Report) -> String {
    let mut out = "number,at,measure,by,place,clause,details\n".to_owned();
    report.measures.iter().for_each(|one| out.push_str(&line(one)));
    out
}

fn line(one: &measures::Row) -> String {
    let [place, clause, details] = [&one.place, &one.clause, &one.details].map(|text| cell(text));
    let fields = [&one.number, &one.at, one.measure, one.by, &place, &clause, &details];
    format!("{}\n", fields.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_taken_for_a_formula() {
        let row = measures::Row {
            number: "7".to_owned(),
            at: "2026-03-01T09:00:00.000Z".to_owned(),
            measure: "calm_on",
            by: "person",
            place: "=HYPERLINK(\"https://evil.example\")".to_owned(),
            clause: "+1, -1".to_owned(),
            details: "@SUM(\"a\")".to_owned(),
        };
        let expect = "7,2026-03-01T09:00:00.000Z,calm_on,person,\"'=HYPERLINK(\"\"https://evil.example\"\")\",\"'+1, -1\",\
                      \"'@SUM(\"\"a\"\")\"\n";
        assert_eq!(line(&row), expect);
    }

    #[test]
    fn medians() {
        for (values, expect) in [
            (vec![], None),
            (vec![3.0], Some(3.0)),
            (vec![9.0, 1.0], Some(5.0)),
            (vec![7.0, 1.0, 2.0], Some(2.0)),
        ] {
            assert_eq!(median(values), expect);
        }
    }

    #[test]
    fn words_are_counted_most_first_and_then_by_name() {
        let found = counts(["b", "a", "c", "a", "c"].into_iter());
        assert_eq!(found, [("a".to_owned(), 2), ("c".to_owned(), 2), ("b".to_owned(), 1)]);
    }
}
