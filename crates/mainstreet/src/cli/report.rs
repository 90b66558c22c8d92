//! `mainstreet report transparency`: what was decided between two days, from the record of decisions.

use std::fmt::Write as _;

use mainstreet_community::settings;
use mainstreet_desk::moderation::report::{Report, csv, measures_csv, report};

use super::metrics::instant;
use crate::boot::{Common, Done};

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Clone, clap::Subcommand)]
enum What {
    /// Decisions, appeals and flags, with one statement of reasons a decision, without names and texts
    Transparency(Window),
}

#[derive(Debug, Clone, clap::Args)]
struct Window {
    /// The first day (or instant) of the window, such as 2021-03-01
    #[arg(long, value_name = "TIME")]
    from: String,
    /// The first day (or instant) after it
    #[arg(long, value_name = "TIME")]
    to: String,
    /// Only this space, by its slug or id; decisions about members lie in no space and are left out
    #[arg(long, value_name = "SPACE")]
    space: Option<String>,
    /// One line of comma-separated values a statement of reasons, in the words of the Digital Services Act
    #[arg(long)]
    csv: bool,
    /// With --csv: calm and raid modes, clean-ups, splits and erasures instead, one a line
    #[arg(long, requires = "csv")]
    measures: bool,
}

pub(crate) fn run(common: &Common, options: &Options) -> Done {
    let What::Transparency(window) = &options.what;
    let db = common.open()?;
    let asked = window.clone();
    let found = db.read_now(move |tx| {
        let zone = settings::load(tx)?.zone;
        let space = match &asked.space {
            Some(name) => Some(mainstreet_desk::metrics::behind::space(tx, name)?),
            None => None,
        };
        report(tx, instant(&asked.from, &zone)?, instant(&asked.to, &zone)?, space)
    })?;
    let text = match (window.csv, window.measures) {
        (true, true) => measures_csv(&found).trim_end().to_owned(),
        (true, false) => csv(&found).trim_end().to_owned(),
        (false, _) => as_text(&found),
    };
    common.answer(&serde_json::json!(found), &text)
}

fn as_text(report: &Report) -> String {
    let mut out = format!("{} to {}\n", report.from, report.to);
    if report.space.is_some() {
        let _ = write!(
            out,
            "\none space only; {} decisions about members lie in no space and are left out\n",
            report.about_members
        );
    }
    let (raised, upheld, cleared) = report.flags;
    let answered =
        report.median_hours.map_or_else(|| "no answer".to_owned(), |hours| format!("median {hours:.1} h"));
    let _ = write!(
        out,
        "\n{} decisions about {} people; {} by a program, {} pointed out by one; {} taken back\
         \n{} appeals: {} upheld, {} overturned, {} open; {answered}\
         \n{raised} flags: {upheld} upheld, {cleared} cleared\n",
        report.decisions,
        report.people,
        report.automatic,
        report.detected,
        report.undone,
        report.appeals,
        report.upheld,
        report.overturned,
        report.open,
    );
    for (name, counts) in [
        ("act", &report.by_act),
        ("clause", &report.by_clause),
        ("source", &report.by_source),
        ("measure", &report.by_measure),
    ] {
        for (word, count) in counts {
            let _ = write!(out, "\n{name:<8}{word:<28}{count:>6}");
        }
    }
    out
}
