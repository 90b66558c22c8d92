//! `mainstreet metrics`: the community's figures over a window.

use std::fmt::Write as _;

use mainstreet_community::settings;
use mainstreet_desk::metrics::clocks::Population;
use mainstreet_desk::metrics::definitions::Unit;
use mainstreet_desk::metrics::figure::Figure;
use mainstreet_desk::metrics::figures::{Query, figures};
use mainstreet_desk::metrics::moderation::{self, Workload};
use mainstreet_desk::metrics::rollups;
use mainstreet_kernel::id::SpaceId;
use mainstreet_kernel::{Timestamp, Zone};
use serde_json::json;

use crate::boot::{Common, Done};
use crate::node;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// The first day (or instant) of the window, such as 2021-03-01
    #[arg(long, value_name = "TIME")]
    from: String,
    /// The first day (or instant) after it
    #[arg(long, value_name = "TIME")]
    to: String,
    /// Only this space, by its slug or id
    #[arg(long, value_name = "SPACE")]
    space: Option<String>,
    /// Whose clocks are looked at
    #[arg(long, value_enum, default_value_t = Asked::Questions)]
    population: Asked,
    /// Show what each moderator did as well; for those who lead
    #[arg(long)]
    workload: bool,
    /// Build the roll-ups again from the start of the log first
    #[arg(long)]
    rebuild: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Asked {
    /// Topics that ask for an answer
    Questions,
    /// All topics
    Topics,
}

pub(crate) fn run(common: &Common, options: &Options) -> Done {
    let db = common.open()?;
    if options.rebuild {
        db.write_now(rollups::build_again)?;
    }
    node::catch_up(&db)?;
    let asked = options.clone();
    let (query, figures, workload) = db.read_now(move |tx| {
        let query = asked.query(tx)?;
        let mut figures = figures(tx, &query)?;
        figures.extend(moderation::figures(tx, &query)?);
        let workload = if asked.workload { moderation::team(tx, &query, None)? } else { Vec::new() };
        Ok((query, figures, workload))
    })?;
    common.answer(&as_json(&query, &figures, &workload, options), &as_text(&query, &figures, &workload))
}

impl Options {
    fn query(&self, tx: &mut mainstreet_db::Tx<'_>) -> mainstreet_kernel::Result<Query> {
        let zone = settings::load(tx)?.zone;
        let space = match &self.space {
            Some(name) => Some(mainstreet_desk::metrics::behind::space(tx, name)?),
            None => None,
        };
        Ok(Query {
            from: instant(&self.from, &zone)?,
            to: instant(&self.to, &zone)?,
            now: tx.now(),
            zone,
            space,
            population: match self.population {
                Asked::Questions => Population::Question,
                Asked::Topics => Population::Topic,
            },
        })
    }
}

/// A time as typed; a plain date is where that day begins in the community's zone.
pub(super) fn instant(text: &str, zone: &Zone) -> mainstreet_kernel::Result<Timestamp> {
    let at: Timestamp = text.parse()?;
    if text.trim().len() > 10 {
        return Ok(at);
    }
    Ok(zone.start_of(Zone::utc().day_of(at)))
}

fn as_json(query: &Query, figures: &[Figure], workload: &[Workload], options: &Options) -> serde_json::Value {
    let mut all = json!({
        "from": query.from.to_string(),
        "to": query.to.to_string(),
        "now": query.now.to_string(),
        "zone": query.zone.name(),
        "space": query.space.map(|space: SpaceId| space.to_string()),
        "population": match options.population { Asked::Questions => "questions", Asked::Topics => "topics" },
        "figures": figures,
    });
    if let Some(fields) = all.as_object_mut().filter(|_| options.workload) {
        fields.insert("workload".to_owned(), json!(workload));
    }
    all
}

fn as_text(query: &Query, figures: &[Figure], workload: &[Workload]) -> String {
    let mut out = format!("{} to {} ({})\n", query.from, query.to, query.zone.name());
    lines(&mut out, figures);
    for one in workload {
        let _ = write!(out, "\n\n{}", one.name);
        lines(&mut out, &one.figures);
    }
    out
}

fn lines(out: &mut String, figures: &[Figure]) {
    for figure in figures {
        let show = |value: f64| match figure.unit {
            Unit::Share => format!("{:.1} %", value * 100.0),
            Unit::Hours => format!("{value:.2} h"),
            Unit::Ratio => format!("{value:.3}"),
            Unit::PerThousand => format!("{value:.2} per 1000"),
            Unit::Points => format!("{:+.1} points", value * 100.0),
            Unit::Kappa | Unit::Acts => format!("{value:.2}"),
            Unit::People | Unit::Topics | Unit::Weeks | Unit::Days => format!("{value:.0}"),
        };
        let value = figure.value.map_or_else(|| "unknown".to_owned(), show);
        let low = figure.low.map(show);
        let high = figure.high.map_or_else(|| "?".to_owned(), show);
        let between = low.map(|low| format!(" ({low} to {high})")).unwrap_or_default();
        let n = figure.n.map(|n| format!(", n {n}")).unwrap_or_default();
        let note = figure.note.as_ref().map(|note| format!(". {note}")).unwrap_or_default();
        let _ = write!(out, "\n{:<44} {value}{between}{n}{note}", figure.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_begins_where_the_community_is() -> mainstreet_kernel::Result<()> {
        let berlin: Zone = "Europe/Berlin".parse()?;
        assert_eq!(instant("2021-03-01", &berlin)?.to_string(), "2021-02-28T23:00:00.000Z");
        assert_eq!(instant("2021-03-01T09:00Z", &berlin)?.to_string(), "2021-03-01T09:00:00.000Z");
        assert!(instant("soon", &berlin).is_err());
        Ok(())
    }
}
