//! Limits of links: what a member writes may hold at most so many links for a while, or none.
//!
//! **Invariants.** A limit ends by itself. Only an act of [`crate::moderation`] sets or lifts one. It refuses what the
//! member sends from then on, with their text kept; it takes nothing away that is there. Links within this place and
//! mentions do not count, pictures from elsewhere do.

mod store;

use mainstreet_db::Tx;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Activity, Actor, Error, Result, Timestamp, Verb, Visibility};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{markdown, settings};

/// The most links that a limit can leave.
pub const MOST: i64 = 20;

/// A limit of links.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkLimit {
    /// Links that one post may hold.
    pub most: i64,
    /// When it ends, in milliseconds since 1970.
    pub until: i64,
    /// Why, as told to them.
    pub why: String,
}

impl LinkLimit {
    /// When it ends.
    pub fn until(&self) -> Timestamp {
        Timestamp(self.until)
    }

    /// The words shown: `no links`, `at most 2 links a post`.
    pub fn says(&self) -> String {
        match self.most {
            0 => "no links".to_owned(),
            1 => "at most 1 link a post".to_owned(),
            most => format!("at most {most} links a post"),
        }
    }
}

/// The limit of a member, while it lasts.
pub fn of(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<LinkLimit>> {
    let now = tx.now();
    Ok(store::kept(tx, person)?.filter(|limit| limit.until > now.0))
}

/// The row, over or not.
pub(crate) fn kept(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<LinkLimit>> {
    store::kept(tx, person)
}

/// Writes or lifts a limit, and says so in the log. The caller has asked for permission.
pub(crate) fn put(tx: &mut Tx<'_>, actor: Actor, person: PersonId, to: Option<&LinkLimit>) -> Result<()> {
    if to.is_some_and(|limit| !(0..=MOST).contains(&limit.most)) {
        return Err(Error::invalid("A limit leaves from 0 to 20 links a post."));
    }
    store::set(tx, person, to)?;
    let activity = Activity::new(Verb::MemberRestricted, actor, person, tx.now()).seen_by(Visibility::Staff);
    let props = match to {
        Some(limit) => {
            json!({ "standing": "links_limited", "links": limit.most, "until": limit.until, "why": limit.why })
        }
        None => json!({ "standing": "links_free" }),
    };
    tx.record(&activity.with(props))
}

/// Refuses a text with more links than its author may post now. `before`: what the post said until now, for which
/// nothing is asked; a change may keep those links, or hold fewer.
pub(crate) fn must_fit(tx: &mut Tx<'_>, person: PersonId, html: &str, before: Option<&str>) -> Result<()> {
    let Some(limit) = of(tx, person)? else { return Ok(()) };
    let own = settings::address(tx)?;
    let found = outward(html, &own);
    let had = before.map_or(0, |html| outward(html, &own));
    let may = limit.most.max(had);
    if found <= may {
        return Ok(());
    }
    let rule = match limit.most {
        0 => "no links".to_owned(),
        1 => "at most 1 link".to_owned(),
        most => format!("at most {most} links"),
    };
    let spare = match found - may {
        1 => "Take 1 out".to_owned(),
        more => format!("Take {more} out"),
    };
    let until = settings::spoken(tx, limit.until())?;
    Err(Error::invalid(format!(
        "Until {until} your posts may hold {rule}, and this text has {found}. {spare} and send it again. Your \
         notifications say why, and how to appeal."
    )))
}

/// Links of a rendered text that lead elsewhere.
fn outward(html: &str, own: &str) -> i64 {
    let leads = |url: &&str| own.is_empty() || !(url.strip_prefix(own).is_some_and(stays));
    i64::try_from(markdown::outward(html).into_iter().filter(leads).count()).unwrap_or(i64::MAX)
}

/// True for what can follow our own address: the end, or a path in it.
fn stays(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(['/', '?', '#'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expect: i64) {
        let html = markdown::render(body, &markdown::Links::default());
        assert_eq!(outward(&html, "https://our.example"), expect, "{body}");
    }

    #[test]
    fn links_that_lead_elsewhere_are_counted() {
        check("nothing", 0);
        check("https://a.example and [b](http://b.example/x) and <https://c.example>", 3);
        check("[ours](/t/1) and https://our.example/t/1 and [top](#top)", 0);
        check("https://our.example.evil.example", 1);
        check("[x](//b.example) www.c.example", 2);
        check("![a picture](https://d.example/p.png)", 1);
        check("`https://in.code` and [no](javascript:alert(1))", 0);
        check("[same][1] [same][1]\n\n[1]: https://a.example", 2);
    }
}
