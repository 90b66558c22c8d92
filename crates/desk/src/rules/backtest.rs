//! Trying a rule on the community's own history before it may act (the design, 3.5).
//!
//! Every version of everything in the window is looked at in the order in which it happened, with what was known
//! then, by the same code that looks at what happens now.

use std::collections::{HashMap, HashSet};

use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{PersonId, PostId};
use mainstreet_kernel::{Error, Kind, Result, Timestamp};
use mainstreet_rules::{At, Condition, Rule, RuleSet, Subject, Vocabulary};

use super::evaluation::{self, Key, Match, Watch};
use super::facts::{Known, Setting};
use super::happenings::Happening;
use super::loading::{Needs, Window, lay_out};
use super::model::Kept;
use super::past::Past;
use super::report::{Difference, Harm, Matched, Measured, Overlap, Report};
use super::store::{hits, past as store, texts};
use super::truth::{JUDGED_WITHIN, Judgement, Truth};
use crate::{segments, triage};

/// The window when nobody says.
pub const USUAL_WINDOW: i64 = 90 * DAY;
/// What looking at a match takes, in minutes: an assumption, said as such.
const MINUTES: f64 = 2.0;
/// A member with so many accepted answers is somebody the community relies on.
const EXPERT: i64 = 10;
/// Who first wrote less long ago is a newcomer.
const NEW: i64 = 30 * DAY;
/// How many unreviewed matches are drawn.
const SAMPLE: usize = 20;

/// Tries rules on what happened from `from` until before `to`; one report for each rule, in their order. Reads only.
///
/// # Errors
/// A window that ends before it begins; cancelled through `watch`.
pub fn backtest(
    tx: &mut Tx<'_>,
    tested: &[Rule],
    from: Timestamp,
    to: Timestamp,
    watch: &Watch,
) -> Result<Vec<Report>> {
    let to = to.min(tx.now().plus(1));
    if from >= to {
        return Err(Error::invalid("The window must begin before it ends, and before now."));
    }
    let kept = texts::all(tx)?;
    let others: Vec<(&Kept, Rule)> = kept
        .iter()
        .filter(|kept| kept.mode.watches())
        .filter_map(|kept| Some((kept, kept.rule()?)))
        .filter(|(_, rule)| tested.iter().all(|one| one.name != rule.name || one != rule))
        .collect();
    let mut rules: Vec<Rule> = tested.to_vec();
    rules.extend(tested.iter().map(scope));
    rules.extend(others.iter().map(|(_, rule)| rule.clone()));
    let judged_to = to.plus(JUDGED_WITHIN);
    let segments = segments::definitions(tx)?;
    let needs = Needs::of(&rules, &segments);
    let window = Window { from, to, judged_to: Some(judged_to) };
    let (past, happenings) = lay_out(tx, &needs, window)?;
    let hours = triage::clocks(tx)?.hours;
    let setting = Setting { past: &past, hours: &hours, vocabulary: Vocabulary::standard() };
    let set = RuleSet::with(rules, segments);
    let all = evaluation::matches(&setting, &set, &happenings, watch)
        .ok_or_else(|| Error::new(Kind::Conflict, "The back-test was cancelled."))?;
    let found = evaluation::once(&all, &happenings);
    let most_reacted = store::most_reacted(tx, from, to, 100)?;
    let mut reports = Vec::new();
    for (place, rule) in tested.iter().enumerate() {
        let own = kept.iter().find(|kept| kept.name.eq_ignore_ascii_case(&rule.name));
        let ground = Ground {
            setting: &setting,
            happenings: &happenings,
            truth: Truth::gather(tx, &past, (from, judged_to), own.map(|kept| kept.id))?,
            acted: match own {
                Some(kept) => hits::acted_on(tx, kept.id)?,
                None => HashSet::new(),
            },
            most_reacted: &most_reacted,
        };
        let mut report = ground.report(rule, &of_rule(&found, place), (from, to));
        let unknown = all.iter().filter(|one| one.rule == place && !one.known).count();
        let heard = |one: &&Happening| one.sets_off(rule);
        report.looked_at = happenings.iter().filter(heard).count() as u64;
        report.not_evaluated = unknown as u64;
        ground.recall(rule, &mut report, &of_rule(&found, tested.len() + place), &of_rule(&found, place));
        for (offset, (other, _)) in others.iter().enumerate() {
            let theirs = of_rule(&found, 2 * tested.len() + offset);
            ground.compare(&mut report, own, other, &of_rule(&found, place), &theirs);
        }
        notes(&mut report, rule, &ground);
        reports.push(report);
    }
    Ok(reports)
}

/// The rule without its conditions but those that say where it applies: what is in its scope.
fn scope(rule: &Rule) -> Rule {
    let narrows = |condition: &&Condition| match condition {
        Condition::Test(test) => match &test.subject {
            Subject::Field(name) => Vocabulary::standard().field(name).is_some_and(|field| field.scope),
            _ => false,
        },
        _ => false,
    };
    let mut all: Vec<Condition> = rule.all.iter().filter(narrows).cloned().collect();
    if all.is_empty() {
        all.push(Condition::Always(At::default()));
    }
    Rule { all, any: Vec::new(), unless: Vec::new(), hold_out: None, ..rule.clone() }
}

fn of_rule(found: &[Match], rule: usize) -> Vec<Match> {
    found.iter().filter(|one| one.rule == rule).copied().collect()
}

struct Ground<'a> {
    setting: &'a Setting<'a>,
    happenings: &'a [Happening],
    truth: Truth,
    /// Posts on which an earlier version acted.
    acted: HashSet<i64>,
    most_reacted: &'a HashSet<i64>,
}

/// How an object is named in a report.
pub(super) fn named(kind: &str, object: i64) -> String {
    if kind == "person" { PersonId(object).to_string() } else { PostId(object).to_string() }
}

impl Ground<'_> {
    fn past(&self) -> &Past {
        self.setting.past
    }

    fn happening(&self, found: &Match) -> Option<&Happening> {
        self.happenings.get(found.happening)
    }

    /// What people decided about what a match is about, after it came up.
    fn judged(&self, happening: &Happening) -> Option<Judgement> {
        let came_up = self.past().deed(happening.deed).map_or(happening.at, |deed| deed.at);
        self.truth.after(happening.post, came_up)
    }

    #[expect(clippy::cast_precision_loss, reason = "counts and spans are far below 2^52")]
    fn report(&self, rule: &Rule, found: &[Match], (from, to): (Timestamp, Timestamp)) -> Report {
        let mut report = Report {
            rule: rule.name.clone(),
            from: from.to_string(),
            to: to.to_string(),
            matches: found.len() as u64,
            held_out: found.iter().filter(|one| one.held_out).count() as u64,
            ..Report::default()
        };
        let (mut fresh, mut unreviewed) = (0, Vec::new());
        for happening in found.iter().filter_map(|one| self.happening(one)) {
            let judged = self.judged(happening);
            let name = named(happening.kind, happening.object);
            match &judged {
                Some(judgement) if judgement.upheld => report.upheld += 1,
                Some(_) => {
                    report.cleared += 1;
                    fresh += u64::from(self.is_new(happening));
                }
                None => unreviewed.push((happening.kind, happening.object)),
            }
            if judged.is_some() && self.acted.contains(&happening.post) {
                report.confirms_itself += 1;
            }
            self.harm(happening, &name, &mut report.harm);
            report.matched.push(Matched {
                kind: happening.kind.to_owned(),
                id: name,
                version: evaluation::key(happening).2,
                event: happening.event.to_owned(),
                at: happening.at.to_string(),
                outcome: match judged {
                    Some(judgement) if judgement.upheld => "upheld",
                    Some(_) => "cleared",
                    None => "unreviewed",
                }
                .to_owned(),
            });
        }
        report.unreviewed = unreviewed.len() as u64;
        report.precision = Measured::of(report.upheld, report.upheld + report.cleared);
        report.precision_floor = Measured::of(report.upheld, report.matches);
        report.newcomers_among_cleared = Measured::of(fresh, report.cleared);
        let days = to.since(from) as f64 / DAY as f64;
        report.per_day = report.matches as f64 / days.max(1.0 / 24.0);
        report.minutes = report.matches as f64 * MINUTES;
        report.sample = sample(&rule.name, &unreviewed);
        report
    }

    fn harm(&self, happening: &Happening, name: &str, harm: &mut Harm) {
        let past = self.past();
        if Known::new(self.setting, happening).by_staff() {
            harm.by_staff.push(name.to_owned());
        }
        if past.faces.get(&happening.person).is_some_and(|face| face.accepted >= EXPERT) {
            harm.by_experts.push(name.to_owned());
        }
        let answers = past.places.get(&happening.topic).map_or(0, |place| place.accepted);
        if happening.post != 0 && answers == happening.post {
            harm.accepted_answers.push(name.to_owned());
        }
        if self.most_reacted.contains(&happening.post) {
            harm.most_reacted.push(name.to_owned());
        }
    }

    fn is_new(&self, happening: &Happening) -> bool {
        let posts = self.past().people.get(&happening.person).map(|person| person.posts.as_slice());
        let first = posts.and_then(|posts| self.past().deed(*posts.first()?));
        first.is_none_or(|deed| happening.at.since(deed.at) < NEW)
    }

    /// Of everything in scope that people upheld: how much the rule matches.
    fn recall(&self, rule: &Rule, report: &mut Report, scope: &[Match], found: &[Match]) {
        let within = rule.guideline.as_ref().filter(|_| self.truth.cites());
        let fits =
            |judged: &Judgement| judged.upheld && within.is_none_or(|it| judged.clause.as_ref() == Some(it));
        let upheld = |matches: &[Match]| -> HashSet<i64> {
            let all = matches.iter().filter_map(|one| self.happening(one));
            all.filter(|one| self.judged(one).is_some_and(|judged| fits(&judged)))
                .map(|one| one.object)
                .collect()
        };
        let (all, matched) = (upheld(scope), upheld(found));
        report.recall = Measured::of(matched.intersection(&all).count() as u64, all.len() as u64);
    }

    fn compare(
        &self,
        report: &mut Report,
        own: Option<&Kept>,
        other: &Kept,
        found: &[Match],
        theirs: &[Match],
    ) {
        let keys = |matches: &[Match]| -> HashMap<Key, Timestamp> {
            let all = matches.iter().filter_map(|one| self.happening(one));
            all.map(|one| (evaluation::key(one), one.at)).collect()
        };
        let (ours, theirs) = (keys(found), keys(theirs));
        let names = |of: &HashMap<Key, Timestamp>, not: &HashMap<Key, Timestamp>| {
            let mut only: Vec<_> = of.iter().filter(|(key, _)| !not.contains_key(*key)).collect();
            only.sort_by_key(|(key, at)| (**at, key.1));
            only.into_iter().map(|((kind, object, _), _)| named(kind, *object)).collect::<Vec<_>>()
        };
        if own.is_some_and(|own| own.id == other.id) {
            report.difference = Some(Difference {
                live_version: other.version,
                added: names(&ours, &theirs),
                lost: names(&theirs, &ours),
            });
            return;
        }
        let both = ours.keys().filter(|key| theirs.contains_key(*key)).count();
        if both > 0 {
            report.overlap.push(Overlap {
                rule: other.name.clone(),
                both: both as u64,
                only_this: (ours.len() - both) as u64,
                only_other: (theirs.len() - both) as u64,
            });
        }
    }
}

/// Some of them, by chance that is the same each time.
fn sample(rule: &str, all: &[(&'static str, i64)]) -> Vec<String> {
    let lot = |object: i64| {
        let bytes = rule.bytes().chain(object.to_le_bytes());
        // FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    };
    let mut drawn: Vec<_> = all.iter().map(|(kind, object)| (lot(*object), *kind, *object)).collect();
    drawn.sort_unstable();
    drawn.dedup();
    drawn.into_iter().take(SAMPLE).map(|(_, kind, object)| named(kind, object)).collect()
}

fn notes(report: &mut Report, rule: &Rule, ground: &Ground<'_>) {
    let mut notes = vec!["Past decisions are what your moderators saw, not the truth.".to_owned()];
    if report.unreviewed > 0 {
        notes.push(format!(
            "Nobody looked at {} of {} matches. Label the sample to learn more.",
            report.unreviewed, report.matches
        ));
    }
    notes.push(match rule.guideline.as_ref().filter(|_| ground.truth.cites()) {
        Some(clause) => {
            format!("Recall counts what was upheld citing \"{clause}\"; what cites nothing is left out.")
        }
        None => {
            "Past decisions name no guideline here, so recall counts everything that was upheld.".to_owned()
        }
    });
    if report.not_evaluated > 0 {
        notes.push(format!(
            "{} events were not evaluated, because something the rule needs is not known for them.",
            report.not_evaluated
        ));
    }
    if report.confirms_itself > 0 {
        notes.push(format!(
            "On {} reviewed matches this rule had acted before: there it confirms itself.",
            report.confirms_itself
        ));
    }
    let archive = ground.happenings.iter().filter_map(|one| ground.judged(one)).any(|one| one.by_archive);
    if archive {
        notes.push(
            "Posts that an archive tells were hidden count as upheld; who hid them it does not say."
                .to_owned(),
        );
    }
    let unheard: Vec<&str> = rule
        .when
        .iter()
        .map(String::as_str)
        .filter(|event| !super::happenings::HEARD.contains(event) && *event != super::happenings::DESK)
        .collect();
    if !unheard.is_empty() {
        notes.push(format!("Nothing in the log tells of these events yet: {}.", unheard.join(", ")));
    }
    if rule.every.is_some() {
        notes.push(format!(
            "At one time of its schedule at most {} matches are kept.",
            evaluation::MOST_AT_ONCE
        ));
    }
    notes.push(format!("The time to look at matches assumes {MINUTES:.0} minutes each."));
    report.notes = notes;
}
