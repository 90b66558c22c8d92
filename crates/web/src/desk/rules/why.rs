//! "Why, and why not?": what every rule makes of a post.

use askama::Template;
use mainstreet_community::posts;
use mainstreet_desk::rules::{self, Hit, Why};
use mainstreet_kernel::id::PostId;
use mainstreet_rules::Truth;

use super::trial::{Seen, seen};
use crate::request::Cx;
use crate::views::{self, Chrome, Page};

#[derive(Template)]
#[template(path = "desk/rules/why.html")]
struct WhyNot {
    chrome: Chrome,
    here: &'static str,
    waiting: i64,
    post: PostId,
    text: String,
    all: Vec<Why>,
    hits: Vec<Hit>,
}

impl WhyNot {
    fn of(&self, truth: Truth) -> Vec<&Why> {
        self.all.iter().filter(|one| one.outcome.truth == truth).collect()
    }

    fn seen(&self, one: &Why) -> Vec<Seen> {
        seen(&one.outcome)
    }

    /// Verdicts under their headings; those nobody falls under are left out.
    fn parts(&self) -> Vec<(&'static str, Vec<&Why>)> {
        let all = [
            ("Rules that match", Truth::Yes),
            ("Rules that could not be evaluated", Truth::Unknown),
            ("Rules that do not match", Truth::No),
        ];
        all.map(|(heading, truth)| (heading, self.of(truth)))
            .into_iter()
            .filter(|(_, all)| !all.is_empty())
            .collect()
    }
}

/// `GET /desk/posts/{id}/why`
pub(super) async fn why(cx: Cx) -> Page {
    cx.staff()?;
    let post = cx.path::<PostId>("id")?;
    let (text, (all, hits)) = cx
        .read(move |tx| {
            let text = views::short(&posts::store::find(tx, post)?.body);
            Ok((text, rules::why(tx, post)?))
        })
        .await?;
    let waiting = cx.waiting().await?;
    views::html(&WhyNot { chrome: cx.chrome(), here: "rules", waiting, post, text, all, hits })
}
