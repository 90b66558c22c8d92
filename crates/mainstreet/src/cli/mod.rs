//! The command line: one file a command.

mod backup;
mod demo;
mod doctor;
mod erase;
mod import;
mod insights;
mod mail_domains;
mod metrics;
mod models;
mod read;
mod report;
mod rules;
mod serve;
mod sets;
mod simulate;
mod train;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::boot::{self, Common, Failure};

/// The one program for the whole job of a community manager.
#[derive(Debug, Parser)]
#[command(version, about, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the community
    Serve(serve::Options),
    /// Look at an invented community: makes it when there is none, serves it, says how to sign in
    Demo(demo::Options),
    /// Take in the archive of another place: its people, topics, posts and reactions
    Import(import::Options),
    /// Write everything into one file that restores into either database, while the place stays open
    Backup(backup::Options),
    /// Fill an empty database from such a file
    Restore(backup::RestoreOptions),
    /// Say what is wrong with this installation, and what to do about it
    Doctor(doctor::Options),
    /// Write an invented community, a year in the life that ends now, into an empty database
    Simulate(simulate::Options),
    /// Make the weights that read texts, from labelled sets
    Train(train::Options),
    /// Say how the community is doing: every figure over a window, with its interval
    Metrics(metrics::Options),
    /// Say what many people ask, ask for and object to, ranked by how many they are
    Insights(insights::Options),
    /// Check rules, try them on the past, see what they matched and why
    Rules(rules::Options),
    /// Say what was decided about posts and members, and what came of appeals
    Report(report::Options),
    /// List and update the mail domains that hand out addresses for minutes
    MailDomains(mail_domains::Options),
    /// Erase what the record of moderation says in words about a member; the record stays whole
    Erase(erase::Options),
    /// Say what texts mean: one {"id","text"} a line in, one object a line out
    Read,
    /// Say how alike two texts are: one {"id","a","b"} a line in, {"id","score"} out
    Similar(read::SimilarOptions),
    /// Sentence models, with which people also find what is said in other words
    Models(models::Options),
}

/// Reads the command line, runs the command, answers with its exit status: 0 done, 1 failed, 2 wrong usage.
pub(crate) fn run() -> ExitCode {
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("MAINSTREET_LOG").unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let Cli { common, command } = Cli::parse();
    if matches!(command, Command::Serve(_) | Command::Demo(_)) {
        boot::give_memory_back();
    }
    let done = match command {
        Command::Serve(options) => serve::run(&common, &options),
        Command::Demo(options) => demo::run(&common, &options),
        Command::Import(options) => import::run(&common, &options),
        Command::Backup(options) => backup::run(&common, &options),
        Command::Restore(options) => backup::restore(&common, &options),
        Command::Doctor(options) => doctor::run(&common, &options),
        Command::Metrics(options) => metrics::run(&common, &options),
        Command::Insights(options) => insights::run(&common, &options),
        Command::Report(options) => report::run(&common, &options),
        Command::Simulate(options) => simulate::run(&common, &options),
        Command::Rules(options) => rules::run(&common, &options),
        Command::Train(options) => train::run(&common, &options),
        Command::MailDomains(options) => mail_domains::run(&common, &options),
        Command::Erase(options) => erase::run(&common, &options),
        Command::Read => read::read_lines(),
        Command::Similar(options) => read::similar_lines(&options),
        Command::Models(options) => models::run(&common, &options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let (text, status) = match failure {
                Failure::Failed(text) => (text, 1),
                Failure::Usage(text) => (text, 2),
            };
            let _ = writeln!(std::io::stderr(), "mainstreet: {text}");
            ExitCode::from(status)
        }
    }
}
