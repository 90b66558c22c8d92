//! `mainstreet mail-domains`: which mail domains hand out addresses for minutes.

use std::io::Read as _;
use std::path::PathBuf;

use mainstreet_desk::raids::mail_domains;
use mainstreet_kernel::Actor;

use crate::boot::{Common, Done, Failure};

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Clone, clap::Subcommand)]
enum What {
    /// Print the list: what comes with the program, and what the team says of others (! before those that are fine)
    List,
    /// Take in a list, one domain a line; # begins a remark, ! before a domain says that it is fine
    Update {
        /// The file; - reads from standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Forget what the team said about domains, so that the list of the program counts again
    Forget {
        /// The domains
        #[arg(value_name = "DOMAIN", required = true)]
        domains: Vec<String>,
    },
    /// Say whether addresses of a domain are taken for such, and because of what
    Check {
        /// A domain, or an address
        #[arg(value_name = "DOMAIN")]
        domain: String,
    },
}

pub(crate) fn run(common: &Common, options: &Options) -> Done {
    match &options.what {
        What::List => list(common),
        What::Update { file } => update(common, file),
        What::Forget { domains } => forget(common, domains),
        What::Check { domain } => check(common, domain),
    }
}

fn list(common: &Common) -> Done {
    let team = common.open()?.read_now(mail_domains::all_of_team)?;
    let mut lines: Vec<String> = mail_domains::of_program().into_iter().map(str::to_owned).collect();
    lines.push("# What the team says:".to_owned());
    lines.extend(team.iter().map(|(domain, bad)| if *bad { domain.clone() } else { format!("!{domain}") }));
    let said: Vec<_> =
        team.iter().map(|(domain, bad)| serde_json::json!({ "domain": domain, "disposable": bad })).collect();
    let all = serde_json::json!({ "program": mail_domains::of_program(), "team": said });
    common.answer(&all, &lines.join("\n"))
}

fn update(common: &Common, file: &PathBuf) -> Done {
    let mut text = String::new();
    if file.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text)?;
    } else {
        text = std::fs::read_to_string(file)
            .map_err(|error| Failure::Failed(format!("{} cannot be read: {error}", file.display())))?;
    }
    let count = common.open()?.write_now(move |tx| mail_domains::take_in(tx, Actor::SYSTEM, &text))?;
    common.answer(&serde_json::json!({ "taken": count }), &format!("{count} domains were taken in."))
}

fn forget(common: &Common, domains: &[String]) -> Done {
    let (db, asked) = (common.open()?, domains.to_vec());
    db.write_now(move |tx| {
        asked.iter().try_for_each(|domain| mail_domains::forget(tx, Actor::SYSTEM, domain))
    })?;
    let text = format!("Forgotten: {}.", domains.join(", "));
    common.answer(&serde_json::json!({ "forgotten": domains }), &text)
}

fn check(common: &Common, domain: &str) -> Done {
    let address = if domain.contains('@') { domain.to_owned() } else { format!("somebody@{domain}") };
    let found = common.open()?.read_now(move |tx| mail_domains::disposable(tx, &address))?;
    let text = match &found {
        Some(because) => format!("{domain} hands out addresses for minutes, as {because} is in the list."),
        None => format!("{domain} is in no list."),
    };
    common.answer(
        &serde_json::json!({ "domain": domain, "disposable": found.is_some(), "because": found }),
        &text,
    )
}
