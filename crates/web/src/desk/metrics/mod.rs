//! The desk's metrics: one page with every family, and the lists behind the figures.

mod lists;
mod moderation;
mod overview;
mod panels;
pub(super) mod picker;
pub(crate) mod pulse;
mod window;
mod words;

use crate::routes::Routes;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/desk/metrics", overview::show)
        .get("/desk/metrics/{figure}/topics", lists::topics)
        .get("/desk/metrics/{figure}/topics.csv", lists::topics_csv)
        .get("/desk/metrics/{figure}/topics.json", lists::topics_json)
        .get("/desk/metrics/{figure}/people", lists::people)
        .and(moderation::routes())
}
