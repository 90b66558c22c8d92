//! All rules, in the order in which they are asked.

use askama::Template;
use mainstreet_desk::proposals;
use mainstreet_desk::rules::{self, Kept, Measured};
use mainstreet_kernel::Timestamp;

use crate::request::Cx;
use crate::views::{self, Chrome, Page};

struct Row {
    rule: Kept,
    hits: i64,
    last: Option<Timestamp>,
    reviewed: Measured,
}

#[derive(Template)]
#[template(path = "desk/rules/list.html")]
struct List {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    rows: Vec<Row>,
    /// How many proposals of rules wait for a person.
    proposed: i64,
}

/// `GET /desk/rules`
pub(super) async fn list(cx: Cx) -> Page {
    cx.staff()?;
    let (rows, proposed) = cx
        .read(|tx| {
            let counts = rules::counts(tx)?;
            let mut rows = Vec::new();
            for rule in rules::all(tx)? {
                let count = counts.iter().find(|(id, _, _)| *id == rule.id);
                let (hits, last) = count.map_or((0, None), |(_, hits, last)| (*hits, *last));
                let reviewed = rules::gates::reviewed(tx, &rule, None)?;
                rows.push(Row { rule, hits, last, reviewed });
            }
            Ok((rows, proposals::count(tx)?))
        })
        .await?;
    let waiting = cx.waiting().await?;
    views::html(&List { chrome: cx.chrome(), here: "rules", waiting, rows, proposed })
}
