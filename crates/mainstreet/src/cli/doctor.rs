//! `mainstreet doctor`: what is wrong with this installation, and what to do about it. Changes nothing, unless
//! asked to mend.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use mainstreet_db::{Address, Checkup};
use mainstreet_desk::metrics::rollups;
use mainstreet_kernel::clock::{HOUR, MINUTE, SECOND};
use mainstreet_kernel::{Error, Timestamp};
use serde::Serialize;
use serde_json::json;

use crate::boot::{Common, Done, Failure};
use crate::node;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// The mail server that `serve` uses
    #[arg(long, value_name = "URL", env = "MAINSTREET_SMTP", hide_env_values = true)]
    smtp: Option<String>,
    /// The sender of mail
    #[arg(long, value_name = "ADDRESS", env = "MAINSTREET_MAIL_FROM")]
    mail_from: Option<String>,
    /// The address members type
    #[arg(long, value_name = "URL", env = "MAINSTREET_URL")]
    url: Option<String>,
    /// The folder of this node's search index, as `serve` has it
    #[arg(long, value_name = "DIR", env = "MAINSTREET_DATA")]
    data: Option<PathBuf>,
    /// Count anew what is kept beside what it counts
    #[arg(long)]
    mend: bool,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Health {
    Good,
    Look,
    Wrong,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
struct Finding {
    check: &'static str,
    health: Health,
    /// What was seen.
    seen: String,
    /// What to do, when something is to be done.
    #[serde(skip_serializing_if = "str::is_empty", rename = "do")]
    remedy: &'static str,
    /// For what follows the log: how many rows it has yet to take in.
    #[serde(skip_serializing_if = "Option::is_none")]
    behind: Option<i64>,
}

fn good(check: &'static str, seen: impl Into<String>) -> Finding {
    Finding { check, health: Health::Good, seen: seen.into(), remedy: "", behind: None }
}

fn look(check: &'static str, seen: impl Into<String>, remedy: &'static str) -> Finding {
    Finding { check, health: Health::Look, seen: seen.into(), remedy, behind: None }
}

fn wrong(check: &'static str, seen: impl Into<String>, remedy: &'static str) -> Finding {
    Finding { check, health: Health::Wrong, seen: seen.into(), remedy, behind: None }
}

pub(crate) fn run(common: &Common, options: &Options) -> Done {
    let address = common.address()?;
    if options.mend {
        let mended = common.open()?.write_now(mainstreet_community::counters::recount)?;
        writeln!(std::io::stderr(), "Counted anew: {mended} rows were wrong.")?;
    }
    let findings = examine(common, &address, options);
    let sick = findings.iter().filter(|finding| finding.health == Health::Wrong).count();
    let mut text = String::new();
    for finding in &findings {
        let mark = match finding.health {
            Health::Good => "good ",
            Health::Look => "look ",
            Health::Wrong => "WRONG",
        };
        let _ = writeln!(text, "{mark}  {}: {}", finding.check, finding.seen);
        if !finding.remedy.is_empty() {
            let _ = writeln!(text, "       -> {}", finding.remedy);
        }
    }
    text.push_str(if sick == 0 { "Nothing is wrong." } else { "Something is wrong; see above." });
    common.answer(&json!({ "ok": sick == 0, "findings": findings }), &text)?;
    match sick {
        0 => Ok(()),
        1 => Err(Failure::Failed("one check failed".to_owned())),
        many => Err(Failure::Failed(format!("{many} checks failed"))),
    }
}

fn examine(common: &Common, address: &Address, options: &Options) -> Vec<Finding> {
    let (now, pretended) = (common.clock().now(), common.now.is_some());
    let mut findings = Vec::new();
    if let Address::Sqlite(path) = address {
        if !path.is_file() {
            return vec![wrong(
                "database",
                format!("there is no file '{}'", path.display()),
                "Check --database. `mainstreet serve` makes a new one, `mainstreet restore` fills one from a backup.",
            )];
        }
        findings.extend(file(path));
    }
    match mainstreet_db::checkup(address, now) {
        Ok(found) => {
            findings.extend(database(&found, pretended));
            findings.extend(work(&found, now));
            if found.pending.is_empty() {
                findings.push(search(common, address, now, options));
                findings.push(counters(common));
                findings.push(record(common));
            }
            findings.extend(mail(&found, now, options));
        }
        Err(error) => findings.push(unreachable(&error)),
    }
    findings
}

fn unreachable(error: &Error) -> Finding {
    let detail = error.source.as_ref().map(|source| format!(" ({source})")).unwrap_or_default();
    wrong(
        "database",
        format!("{}{detail}", error.safe),
        "Until this is mended nothing works. Restore the latest backup into a new database if it cannot be.",
    )
}

/// The file, the folder it is in, and the disk they are on.
fn file(path: &Path) -> Vec<Finding> {
    let mut findings = Vec::new();
    #[cfg(unix)]
    if let Ok(about) = std::fs::metadata(path) {
        let mode = std::os::unix::fs::MetadataExt::mode(&about) & 0o777;
        findings.push(if mode & 0o007 == 0 {
            good("permissions", format!("{mode:o}"))
        } else {
            look(
                "permissions",
                format!("everybody on this machine may read the database ({mode:o})"),
                "Run `chmod 600` on it, or keep it in a folder that only Mainstreet's user may enter.",
            )
        });
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .map_or_else(|| PathBuf::from("."), Path::to_owned);
    if let (Ok(disk), Ok(about)) = (rustix::fs::statvfs(&folder), std::fs::metadata(path)) {
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let seen = format!("{} MB free, the database takes {} MB", free >> 20, about.len() >> 20);
        // A migration or a backup beside the file can need as much again as there is.
        findings.push(if free < 100 << 20 {
            wrong("disk", seen, "Free some space now: when the disk is full, nothing can be written.")
        } else if free < about.len() {
            look("disk", seen, "Free some space: there should be room for another copy of the database.")
        } else {
            good("disk", seen)
        });
    }
    findings
}

fn database(found: &Checkup, pretended: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.push(if found.damage.is_empty() {
        good("database", "reachable and sound")
    } else {
        wrong(
            "database",
            found.damage.join("; "),
            "Back up what can be read, restore it or the latest good backup into a new database, and look at the disk.",
        )
    });
    findings.push(if found.pending.is_empty() {
        good("schema", "as this program expects")
    } else {
        look(
            "schema",
            format!("{} steps are missing, the next is {}", found.pending.len(), found.pending[0]),
            "Back up, then start `mainstreet serve` of this version: it brings the schema forward.",
        )
    });
    if let Some(ahead) = found.clock_ahead.filter(|_| !pretended) {
        let seen = format!("the server's is {:.1} s from ours", ahead as f64 / 1000.0);
        findings.push(if ahead.abs() > 5 * SECOND {
            wrong("clock", seen, "Run NTP on every machine: ids and times come from the clock.")
        } else {
            good("clock", seen)
        });
    }
    if found.from_the_future > 0 && !pretended {
        findings.push(wrong(
            "clock",
            format!("{} activities were recorded later than now", found.from_the_future),
            "Set this machine's clock. If it is right, a node ran with a wrong one, or with --now, on this database.",
        ));
    }
    if found.oldest_transaction > MINUTE {
        findings.push(wrong(
            "log",
            format!("a transaction has been open for {} s", found.oldest_transaction / SECOND),
            "Readers of the log wait for it. See pg_stat_activity on the server, and end it if it hangs.",
        ));
    }
    findings
}

/// What follows the log: how far behind it is, and for how long. A minute or two are an import, or a busy night.
fn follower(
    check: &'static str,
    who: &str,
    behind: i64,
    since: Option<Timestamp>,
    now: Timestamp,
) -> Finding {
    let age = since.map_or(0, |since| now.since(since));
    let finding = if behind == 0 {
        good(check, format!("{who} is up to date"))
    } else {
        let seen = format!("{who} is {behind} activities and {} minutes behind", age / MINUTE);
        if age > 5 * MINUTE { look(check, seen, BEHIND) } else { good(check, seen) }
    };
    Finding { behind: Some(behind), ..finding }
}

const BEHIND: &str =
    "Is `mainstreet serve` running? If it is, its log says what holds this up (MAINSTREET_LOG=info).";

/// The search index of the node that runs here.
fn search(common: &Common, address: &Address, now: Timestamp, options: &Options) -> Finding {
    let folder = node::data_folder(address, options.data.as_deref()).join("search");
    let shown = folder.display().to_string();
    let standing = common
        .open()
        .and_then(|db| Ok(db.read_now(move |tx| mainstreet_community::search::standing(tx, &folder))?));
    match standing {
        Ok(Some(standing)) => match standing.to_read {
            Some(posts) => {
                let seen = format!("the index is being built anew; {posts} posts are still to be read");
                Finding { behind: Some(standing.behind), ..look("search", seen, BEHIND) }
            }
            None => follower("search", "the index", standing.behind, standing.since, now),
        },
        Ok(None) => look(
            "search",
            format!("there is no index in '{shown}'"),
            "Give --data as `serve` has it. `mainstreet serve` builds the index by itself.",
        ),
        Err(failure) => wrong("search", format!("{failure:?}"), "See above."),
    }
}

/// Readers of the log, and jobs.
fn work(found: &Checkup, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    for reader in &found.readers {
        let (check, who) = match reader.name.as_str() {
            rollups::READER => ("roll-ups", "what the figures are made from".to_owned()),
            name => ("log", format!("reader '{name}'")),
        };
        findings.push(follower(check, &who, reader.behind, reader.since, now));
    }
    let jobs = &found.jobs;
    findings.push(if !jobs.failed.is_empty() {
        let why: Vec<String> = jobs.failed.iter().map(|(name, why)| format!("{name}: {why}")).collect();
        look(
            "jobs",
            format!("given up: {}", why.join("; ")),
            "Mend the cause; the log of the node has the details.",
        )
    } else if jobs.overdue > 0 {
        wrong(
            "jobs",
            format!("{} are due for more than fifteen minutes", jobs.overdue),
            "Start `mainstreet serve`; its nodes run the jobs.",
        )
    } else {
        good("jobs", format!("{} wait", jobs.waiting))
    });
    findings.push(good("nodes", format!("{} hold a claim", found.nodes)));
    findings
}

/// Counts that are kept beside what they count.
fn counters(common: &Common) -> Finding {
    match common.open().and_then(|db| Ok(db.read_now(mainstreet_community::counters::drifts)?)) {
        Ok(drifts) if drifts.is_empty() => good("counters", "agree with what they count"),
        Ok(drifts) => {
            let seen: Vec<String> =
                drifts.iter().map(|drift| format!("{} in {} rows", drift.counter, drift.rows)).collect();
            wrong(
                "counters",
                format!("wrong: {}", seen.join(", ")),
                "Run `mainstreet doctor --mend` to count anew, and report it: the verbs should keep them right.",
            )
        }
        Err(failure) => wrong("counters", format!("{failure:?}"), "See above."),
    }
}

/// The record of moderation against its chain of seals.
fn record(common: &Common) -> Finding {
    match common.open().and_then(|db| Ok(db.read_now(mainstreet_desk::audit::verify)?)) {
        Ok(standing) if !standing.wrong.is_empty() => {
            let seen: Vec<&str> = standing.wrong.iter().take(5).map(String::as_str).collect();
            wrong(
                "record",
                seen.join(" "),
                "Somebody changed the record of moderation past Mainstreet. Compare with a backup, and find out who could.",
            )
        }
        Ok(standing) if standing.late > 0 => look(
            "record",
            format!("{} entries of moderation wait to be sealed", standing.late),
            "Start `mainstreet serve`; its nodes seal the record every minute.",
        ),
        Ok(standing) => {
            let head = standing.head.get(..16).unwrap_or("none yet");
            good(
                "record",
                format!("{} entries of moderation, none changed; the last seal is {head}", standing.sealed),
            )
        }
        Err(failure) => wrong("record", format!("{failure:?}"), "See above."),
    }
}

fn mail(found: &Checkup, now: Timestamp, options: &Options) -> Vec<Finding> {
    let mut findings = Vec::new();
    let waiting = format!("{} letters wait", found.mail.waiting);
    let late = found.mail.since.is_some_and(|since| now.since(since) > HOUR);
    findings.push(match (&options.smtp, &options.mail_from) {
        (None, _) => look(
            "mail",
            format!("no mail server is set; {waiting}"),
            "Give `serve` --smtp and --mail-from, or members cannot confirm addresses and reset passwords.",
        ),
        (Some(_), None) => wrong("mail", "no sender is set", "Give `serve` --mail-from \"Name <address>\"."),
        (Some(_), Some(_)) if late => match &found.mail.error {
            Some(error) => wrong(
                "mail",
                format!("{waiting}; the last error: {error}"),
                "Check --smtp and the mail server.",
            ),
            None => {
                wrong("mail", waiting, "Letters wait for more than an hour: is `mainstreet serve` running?")
            }
        },
        _ => good("mail", waiting),
    });
    if let Some(url) = &options.url
        && !url.starts_with("https://")
    {
        findings.push(look("address", url.clone(), "Members' passwords should travel by https only."));
    }
    findings
}
