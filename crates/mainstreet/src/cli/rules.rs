//! `mainstreet rules`: check rules, try them on the past, see what they matched and why, take over those of elsewhere.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mainstreet_community::settings;
use mainstreet_db::Db;
use mainstreet_desk::rules::{self, Hit, Report, Watch};
use mainstreet_kernel::id::{PersonId, PostId};
use mainstreet_kernel::{Actor, Role};
use mainstreet_rules::carry_over::{self, Carried};
use mainstreet_rules::{Finding, Reading, Vocabulary, cost, may_be_saved};
use serde_json::{Value, json};

use super::metrics::instant;
use crate::boot::{Common, Done, Failure};
use crate::node;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Clone, clap::Subcommand)]
enum What {
    /// Read a file of rules and say everything that is wrong with it
    Check {
        /// The file
        file: PathBuf,
    },
    /// Try the rules of a file on the community's own past
    Backtest {
        /// The file
        file: PathBuf,
        /// The first day (or instant) of the window; ninety days before its end when left out
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// The first day (or instant) after it; now when left out
        #[arg(long, value_name = "TIME")]
        to: Option<String>,
    },
    /// Save the rules of a file; they begin in shadow
    Save {
        /// The file
        file: PathBuf,
    },
    /// List the rules, what they may do, and how often they hit
    List,
    /// List what a rule matched while it watched or acted
    ShadowLog {
        /// Its name or id
        rule: String,
    },
    /// Say what every rule makes of a post, condition by condition
    Why {
        /// The post's id
        post: String,
    },
    /// Take over rules of another place as rules in shadow, and say what could not be taken over
    Import {
        /// Where they come from
        from: Origin,
        /// The file: YAML, JSON or CSV
        file: PathBuf,
        /// The guideline they enforce, for those that take something away
        #[arg(long, value_name = "GUIDELINE")]
        guideline: Option<String>,
        /// For watched words without an action of their own: what was done
        #[arg(long, value_name = "ACTION", default_value = "require_approval")]
        action: String,
        /// Only say what would be taken over
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Origin {
    /// Reddit's AutoModerator, YAML
    Automoderator,
    /// Discord's AutoMod, JSON
    Discord,
    /// Discourse's watched words, CSV
    Discourse,
}

pub(crate) fn run(common: &Common, options: &Options) -> Done {
    match &options.what {
        What::Check { file } => check(common, file),
        What::Backtest { file, from, to } => backtest(common, file, from.as_deref(), to.as_deref()),
        What::Save { file } => save(common, file),
        What::List => list(common),
        What::ShadowLog { rule } => shadow_log(common, rule),
        What::Why { post } => why(common, post),
        What::Import { from, file, guideline, action, dry_run } => {
            let text = read(file)?;
            let vocabulary = Vocabulary::standard();
            let guideline = guideline.as_deref();
            let carried = match from {
                Origin::Automoderator => carry_over::automoderator(&text, guideline, vocabulary),
                Origin::Discord => carry_over::discord(&text, guideline, vocabulary),
                Origin::Discourse => carry_over::watched_words(&text, action, guideline, vocabulary),
            };
            import(common, &carried, *dry_run)
        }
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file)
        .map_err(|error| Failure::Failed(format!("{} cannot be read: {error}", file.display())))
}

fn examined(db: &Db, text: &str) -> Result<Reading, Failure> {
    let text = text.to_owned();
    Ok(db.read_now(move |tx| rules::check(tx, Role::Owner, &text))?)
}

fn finding(finding: &Finding) -> Value {
    json!({
        "line": finding.at.line, "column": finding.at.column, "gravity": finding.gravity,
        "message": finding.message, "meant": finding.meant, "rule": finding.rule,
    })
}

fn lines(file: &Path, findings: &[Finding]) -> String {
    let lines: Vec<String> = findings.iter().map(|one| format!("{}:{one}", file.display())).collect();
    lines.join("\n")
}

fn check(common: &Common, file: &Path) -> Done {
    let text = read(file)?;
    let reading = examined(&common.open()?, &text)?;
    let good = may_be_saved(&reading.findings) && !reading.rules.is_empty();
    let names: Vec<Value> =
        reading.rules.iter().map(|rule| json!({ "rule": rule.name, "cost": cost(rule) })).collect();
    let found: Vec<Value> = reading.findings.iter().map(finding).collect();
    let mut shown = lines(file, &reading.findings);
    for rule in &reading.rules {
        let _ = write!(shown, "\n{}: {}", rule.name, cost(rule));
    }
    common.answer(&json!({ "ok": good, "rules": names, "findings": found }), shown.trim_start())?;
    if good { Ok(()) } else { Err(Failure::Failed("these rules cannot be saved".to_owned())) }
}

fn backtest(common: &Common, file: &Path, from: Option<&str>, to: Option<&str>) -> Done {
    let text = read(file)?;
    let db = common.open()?;
    let reading = examined(&db, &text)?;
    if !may_be_saved(&reading.findings) || reading.rules.is_empty() {
        return Err(Failure::Failed(format!(
            "these rules cannot be tried:\n{}",
            lines(file, &reading.findings)
        )));
    }
    let zone = db.read_now(settings::load)?.zone;
    let to = match to {
        Some(to) => instant(to, &zone)?,
        None => db.clock().now(),
    };
    let from = match from {
        Some(from) => instant(from, &zone)?,
        None => to.plus(-rules::USUAL_WINDOW),
    };
    let watch = Arc::new(Watch::default());
    let ended = Arc::new(AtomicBool::new(false));
    let progress = tell(Arc::clone(&watch), Arc::clone(&ended));
    let tested = reading.rules.clone();
    let reports = db.read_now(move |tx| rules::backtest(tx, &tested, from, to, &watch));
    ended.store(true, Ordering::Relaxed);
    let _ = progress.join();
    let reports = reports?;
    keep(&db, &reading, &reports)?;
    let shown: Vec<String> = reports.iter().map(as_text).collect();
    common.answer(&json!({ "reports": reports }), &shown.join("\n\n"))
}

/// Says on standard error how far it is, every two seconds.
fn tell(watch: Arc<Watch>, ended: Arc<AtomicBool>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut waited = 0;
        while !ended.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(20));
            waited += 20;
            if waited % 2_000 == 0 {
                let (done, total) = (watch.done.load(Ordering::Relaxed), watch.total.load(Ordering::Relaxed));
                let _ = writeln!(std::io::stderr(), "looked at {done} of {total} events");
            }
        }
    })
}

/// Keeps the reports of rules whose saved text is the one that was tried: the gate looks at them.
fn keep(db: &Db, reading: &Reading, reports: &[Report]) -> Done {
    let pairs: Vec<_> = reading.rules.iter().cloned().zip(reports.iter().cloned()).collect();
    db.write_now(move |tx| {
        for kept in rules::all(tx)? {
            if let Some((_, report)) = pairs.iter().find(|(rule, _)| kept.rule().as_ref() == Some(rule)) {
                rules::keep_test(tx, &kept, report)?;
            }
        }
        Ok(())
    })?;
    Ok(())
}

fn as_text(report: &Report) -> String {
    let share = |name: &str, of: &rules::Measured| match (of.value, of.low, of.high) {
        (Some(value), Some(low), Some(high)) => format!(
            "{name:<26} {:.1} % ({:.1} to {:.1}), {} of {}\n",
            value * 100.0,
            low * 100.0,
            high * 100.0,
            of.k,
            of.n
        ),
        _ => format!("{name:<26} not known, nothing to count\n"),
    };
    let mut out = format!("{}\n{} to {}\n", report.rule, report.from, report.to);
    let _ = writeln!(
        out,
        "{:<26} {} of {} events, {:.2} a day; {} not evaluated, {} held out",
        "matches", report.matches, report.looked_at, report.per_day, report.not_evaluated, report.held_out
    );
    let _ = writeln!(
        out,
        "{:<26} {} upheld, {} cleared, {} unreviewed",
        "people decided", report.upheld, report.cleared, report.unreviewed
    );
    out.push_str(&share("precision on reviewed", &report.precision));
    out.push_str(&share("precision at least", &report.precision_floor));
    out.push_str(&share("recall", &report.recall));
    out.push_str(&share("newcomers among cleared", &report.newcomers_among_cleared));
    let harm = &report.harm;
    let _ = writeln!(
        out,
        "{:<26} {} by staff, {} by experts, {} accepted answers, {} much liked",
        "may hurt",
        harm.by_staff.len(),
        harm.by_experts.len(),
        harm.accepted_answers.len(),
        harm.most_reacted.len()
    );
    for overlap in &report.overlap {
        let _ = writeln!(
            out,
            "{:<26} {} both, {} only this, {} only that: {}",
            "overlap", overlap.both, overlap.only_this, overlap.only_other, overlap.rule
        );
    }
    if let Some(difference) = &report.difference {
        let _ = writeln!(
            out,
            "{:<26} {} added, {} lost against version {}",
            "difference",
            difference.added.len(),
            difference.lost.len(),
            difference.live_version
        );
    }
    let _ = writeln!(out, "{:<26} {}", "unreviewed sample", report.sample.join(" "));
    let _ = writeln!(out, "{:<26} {:.0} minutes", "to look at all", report.minutes);
    out + &report.notes.join("\n")
}

fn save(common: &Common, file: &Path) -> Done {
    let text = read(file)?;
    let saved = common.open()?.write_now(move |tx| rules::save(tx, Actor::SYSTEM, None, &text, false))?;
    let rows: Vec<Value> = saved
        .iter()
        .map(|rule| json!({ "id": rule.id, "rule": rule.name, "version": rule.version, "mode": rule.mode }))
        .collect();
    let shown: Vec<String> = saved
        .iter()
        .map(|rule| format!("{} {}: {}, version {}", rule.id, rule.name, rule.mode, rule.version))
        .collect();
    common.answer(&json!({ "saved": rows }), &shown.join("\n"))
}

fn list(common: &Common) -> Done {
    let db = common.open()?;
    let (all, counts) = db.read_now(|tx| Ok((rules::all(tx)?, rules::counts(tx)?)))?;
    let hits = |id| counts.iter().find(|(rule, _, _)| *rule == id).map_or(0, |(_, count, _)| *count);
    let rows: Vec<Value> = all
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id, "rule": rule.name, "version": rule.version, "mode": rule.mode, "hits": hits(rule.id),
                "review_at": rule.review_at.map(|at| at.to_string()),
                "expires_at": rule.expires_at.map(|at| at.to_string()),
            })
        })
        .collect();
    let shown: Vec<String> = all
        .iter()
        .map(|rule| format!("{} {:<8} {:>6} hits  {}", rule.id, rule.mode.as_str(), hits(rule.id), rule.name))
        .collect();
    common.answer(&json!({ "rules": rows }), &shown.join("\n"))
}

fn object(hit: &Hit) -> String {
    if hit.object_kind == "person" {
        PersonId(hit.object).to_string()
    } else {
        PostId(hit.object).to_string()
    }
}

fn hit_json(hit: &Hit) -> Value {
    json!({
        "id": hit.id, "rule": hit.rule, "version": hit.version, "mode": hit.mode, "event": hit.event,
        "kind": hit.object_kind, "object": object(hit), "object_version": hit.object_version, "person": hit.person,
        "topic": hit.topic, "at": hit.occurred_at.to_string(), "found_at": hit.found_at.to_string(),
        "acted": hit.acted, "done": hit.doing.done, "withheld": hit.doing.withheld, "why": hit.trace,
    })
}

fn shadow_log(common: &Common, rule: &str) -> Done {
    let db = common.open()?;
    node::catch_up(&db)?;
    db.write_now(rules::live::sweep)?;
    let word = rule.to_owned();
    let (kept, hits) = db.read_now(move |tx| {
        let kept = rules::find_by(tx, &word)?;
        let hits = rules::hits_of(tx, kept.id, 100_000)?;
        Ok((kept, hits))
    })?;
    let rows: Vec<Value> = hits.iter().rev().map(hit_json).collect();
    let shown: Vec<String> = hits
        .iter()
        .rev()
        .map(|hit| {
            format!(
                "{} {} {} version {}, {}: {}",
                hit.occurred_at,
                hit.object_kind,
                object(hit),
                hit.object_version,
                hit.event,
                hit.doing
            )
        })
        .collect();
    let head = json!({
        "rule": kept.name, "id": kept.id, "version": kept.version, "mode": kept.mode,
        "watched_from": kept.watched_from.to_string(), "hits": rows,
    });
    common.answer(&head, &shown.join("\n"))
}

fn why(common: &Common, post: &str) -> Done {
    let post: PostId = post.parse()?;
    let db = common.open()?;
    let (all, hits) = db.read_now(move |tx| rules::why(tx, post))?;
    let rows: Vec<Value> = all
        .iter()
        .map(|one| {
            json!({
                "rule": one.rule, "mode": one.mode, "event": one.event, "at": one.at.to_string(),
                "truth": one.outcome.truth, "why": one.outcome.trace,
            })
        })
        .collect();
    let kept: Vec<Value> = hits.iter().map(hit_json).collect();
    let mut shown = String::new();
    for one in &all {
        let _ = writeln!(shown, "{} {}\n{}", one.at, one.event, mainstreet_rules::why(&one.outcome));
    }
    for hit in &hits {
        let _ = writeln!(shown, "hit at {}: {}", hit.occurred_at, hit.doing);
    }
    if shown.is_empty() {
        shown.push_str("No rule is set off by anything that happened to this post.");
    }
    common.answer(&json!({ "post": post, "rules": rows, "hits": kept }), shown.trim_end())
}

fn import(common: &Common, carried: &Carried, dry_run: bool) -> Done {
    let db = common.open()?;
    let (mut taken, mut refused) = (Vec::new(), Vec::new());
    for rule in &carried.rules {
        let text = mainstreet_rules::print(rule, Vocabulary::standard());
        let saved = if dry_run {
            let reading = examined(&db, &text)?;
            if may_be_saved(&reading.findings) { Ok(()) } else { Err(faults(&reading.findings)) }
        } else {
            let saved = db.write_now(move |tx| rules::save(tx, Actor::SYSTEM, None, &text, false));
            saved.map(drop).map_err(|error| error.safe.into_owned())
        };
        match saved {
            Ok(()) => taken.push(rule.name.clone()),
            Err(why) => refused.push((rule.name.clone(), why)),
        }
    }
    let what = if dry_run { "would be taken over" } else { "taken over" };
    let mut shown = format!("{} rules {what} into shadow.\n", taken.len());
    for (rule, why) in &refused {
        let _ = writeln!(shown, "{rule}: not saved: {why}");
    }
    for note in &carried.report {
        let _ = writeln!(shown, "{}: {}: {}", note.rule, note.what, note.why);
    }
    let answer = json!({
        "taken": taken, "saved": !dry_run, "text": carried.text, "report": carried.report,
        "refused": refused.iter().map(|(rule, why)| json!({ "rule": rule, "why": why })).collect::<Vec<_>>(),
    });
    common.answer(&answer, shown.trim_end())?;
    if taken.is_empty() { Err(Failure::Failed("no rule could be taken over".to_owned())) } else { Ok(()) }
}

fn faults(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
