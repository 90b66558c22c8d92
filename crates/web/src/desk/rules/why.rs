//! "Why, and why not?": what every rule makes of a post.

use std::collections::HashMap;

use askama::Template;
use mainstreet_community::posts;
use mainstreet_desk::rules::{self, Hit, Why};
use mainstreet_kernel::id::{PostId, RuleId};
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
    /// Names and latest versions of the rules that hit.
    rules: HashMap<RuleId, (String, i64)>,
}

impl WhyNot {
    fn name(&self, rule: &RuleId) -> &str {
        self.rules.get(rule).map_or("a rule that is gone", |(name, _)| name.as_str())
    }

    /// True when the rule has changed since.
    fn changed(&self, hit: &Hit) -> bool {
        self.rules.get(&hit.rule).is_some_and(|(_, version)| *version != hit.version)
    }

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
    let (text, (all, hits), rules) = cx
        .read(move |tx| {
            let text = views::short(&posts::store::find(tx, post)?.body);
            let named = rules::all(tx)?.into_iter().map(|kept| (kept.id, (kept.name, kept.version)));
            Ok((text, rules::why(tx, post)?, named.collect()))
        })
        .await?;
    let waiting = cx.waiting().await?;
    views::html(&WhyNot { chrome: cx.chrome(), here: "rules", waiting, post, text, all, hits, rules })
}
