//! What passed between two members, as a picture and as a table.

use askama::Template;
use axum::http::StatusCode;
use mainstreet_community::mutes;
use mainstreet_community::people::{self, Face};
use mainstreet_desk::conflicts::between::{Between, WAYS, WEEKS, between};
use mainstreet_desk::mediations;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::MediationId;
use mainstreet_kernel::{Error, Timestamp};
use serde::Deserialize;

use crate::charts::{Versus, VersusWeek, versus};
use crate::request::Cx;
use crate::routes::is_mistake;
use crate::views::{self, Chrome, Page};

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    people: String,
}

#[derive(Template)]
#[template(path = "desk/conflicts/between.html")]
struct Show {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    asked: Asked,
    error: Option<String>,
    found: Option<Found>,
}

impl Show {
    fn ways(&self) -> Vec<(usize, &'static str)> {
        WAYS.into_iter().enumerate().collect()
    }

    /// Counts of a week in words.
    fn list(&self, counts: &[i64; 4]) -> String {
        let named: Vec<String> = WAYS
            .iter()
            .zip(counts)
            .filter(|(_, count)| **count > 0)
            .map(|(way, count)| format!("{count} {way}"))
            .collect();
        named.join(", ")
    }
}

struct Found {
    one: Face,
    other: Face,
    seen: Between,
    apart: bool,
    mediation: Option<MediationId>,
    chart: String,
}

impl Found {
    /// Weeks in which something passed, the latest first: when they began, forth and back.
    fn rows(&self) -> Vec<(Timestamp, [i64; 4], [i64; 4])> {
        let begins = |week: usize| self.seen.from.plus(week as i64 * 7 * DAY);
        let pairs = self.seen.forth.weeks.iter().zip(&self.seen.back.weeks).enumerate();
        let mut rows: Vec<_> = pairs
            .filter(|(_, (forth, back))| forth.iter().chain(back.iter()).any(|count| *count > 0))
            .map(|(week, (forth, back))| (begins(week), *forth, *back))
            .collect();
        rows.reverse();
        rows
    }
}

/// `GET /desk/conflicts/between?people=a, b`
pub(super) async fn show(cx: Cx) -> Page {
    cx.staff()?;
    let asked: Asked = cx.query()?;
    let names = asked.people.clone();
    let chrome = cx.chrome();
    let read = cx.read(move |tx| {
        let mut two = Vec::new();
        for name in names.split(',').filter(|name| !name.trim().is_empty()) {
            two.push(super::named(tx, name)?);
        }
        let (one, other) = match two.as_slice() {
            [] => return Ok(None),
            [one, other] if one != other => (*one, *other),
            _ => {
                return Err(Error::invalid(
                    "Write the usernames of exactly two members, with a comma between.",
                ));
            }
        };
        let seen = between(tx, one, other)?;
        let (apart, mediation) =
            (mutes::are_apart(tx, one, other)?, mediations::open_between(tx, one, other)?);
        let (one, other) = (people::store::face_of(tx, one)?, people::store::face_of(tx, other)?);
        Ok(Some(Found { one, other, seen, apart, mediation, chart: String::new() }))
    });
    let (mut found, error) = match read.await {
        Ok(found) => (found, None),
        Err(error) if is_mistake(&error) => (None, Some(error)),
        Err(error) => return Err(error),
    };
    if let Some(found) = &mut found {
        found.chart = draw(&chrome, found);
    }
    let status = error.as_ref().map_or(StatusCode::OK, |error| crate::error::status(error.kind));
    let page = Show {
        chrome,
        here: "conflicts",
        waiting: cx.waiting().await?,
        asked,
        error: error.map(|error| error.safe.into_owned()),
        found,
    };
    views::html_with(status, &page)
}

fn draw(chrome: &Chrome, found: &Found) -> String {
    let week = |number: usize| VersusWeek {
        label: chrome.date(&found.seen.from.plus(number as i64 * 7 * DAY)),
        tick: number
            .is_multiple_of(8)
            .then(|| chrome.short_day(&found.seen.from.plus(number as i64 * 7 * DAY))),
        above: found.seen.forth.weeks.get(number).copied().unwrap_or_default(),
        below: found.seen.back.weeks.get(number).copied().unwrap_or_default(),
    };
    versus(&Versus {
        label: &format!("What passed between {} and {}, by week", found.one.name, found.other.name),
        above: &format!("{} to {}", found.one.name, found.other.name),
        below: &format!("{} to {}", found.other.name, found.one.name),
        ways: WAYS,
        weeks: (0..WEEKS).map(week).collect(),
    })
}
