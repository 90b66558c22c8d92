//! One score for how much a new account, or what it writes, looks like spam, with the reasons a person reads.
//!
//! Points add up. Each weight is a proposal: what it does on planted and on real spam stands in `docs/guide/spam.md`.
//! Nothing here acts; a score at or above the threshold has a post held until a person has looked.

use mainstreet_community::sign_ups::Reason;
use mainstreet_kernel::clock::{DAY, SECOND};

use crate::metrics::rates::Share;

/// From this score on a post of a new account is held, unless the team set another.
pub const HOLD: f64 = 5.0;
/// An account is new for so long, in milliseconds ...
pub const NEW_FOR: i64 = 7 * DAY;
/// ... or until so many of its posts stand.
pub const NEW_POSTS: i64 = 3;
/// Two texts are copies from this likeness on.
pub const COPY: f32 = 0.8;

/// A score and what it is made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Score {
    /// The sum of all points, not below 0.
    pub points: f64,
    /// Gravest first.
    pub reasons: Vec<Reason>,
}

impl Score {
    fn of(mut reasons: Vec<Reason>) -> Self {
        reasons.retain(|reason| reason.points != 0.0);
        reasons.sort_by(|a, b| b.points.total_cmp(&a.points));
        let points = reasons.iter().map(|reason| reason.points).sum::<f64>().max(0.0);
        Self { points: (points * 100.0).round() / 100.0, reasons }
    }
}

fn reason(points: f64, text: impl Into<String>) -> Reason {
    Reason { points, text: text.into() }
}

/// What this community knows of a domain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Domain {
    /// Which.
    pub name: String,
    /// Posts with it that were taken away or upheld as spam.
    pub upheld: u64,
    /// Posts with it that were looked at and left, or stood for a week.
    pub cleared: u64,
    /// Different people who linked to it.
    pub people: u64,
}

impl Domain {
    /// The share of posts with it that were spam, with its interval.
    pub fn share(&self) -> Share {
        Share::new(self.upheld, self.upheld + self.cleared)
    }

    /// `bad`, `good` or `unknown`: bad when the lower bound of its share (Wilson, 95 %) is at least a third, good when
    /// the upper bound is at most two fifths and five were left.
    pub fn standing(&self) -> &'static str {
        let interval = self.share().wilson();
        if self.upheld >= 2 && interval.low >= 1.0 / 3.0 {
            "bad"
        } else if self.cleared >= 5 && interval.high <= 0.45 {
            "good"
        } else {
            "unknown"
        }
    }
}

/// How often a text was written just now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copies {
    /// Other accounts that wrote nearly the same.
    pub others: usize,
    /// The writer's own nearly equal posts.
    pub own: usize,
    /// Minutes that were looked at.
    pub minutes: i64,
}

/// What is known of a post of a new account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    /// Probability that its words advertise, 0 to 1.
    pub reads: f64,
    /// Words of its own.
    pub words: usize,
    /// Links in it.
    pub links: usize,
    /// The domains it links to, without the community's own.
    pub domains: Vec<Domain>,
    /// How often it was written.
    pub copies: Copies,
    /// It asks to go on elsewhere.
    pub calls_away: bool,
    /// It is the first post of the account.
    pub first: bool,
    /// Milliseconds between its form and its sending, where known.
    pub took: Option<i64>,
    /// The field that people do not see was filled in.
    pub trapped: bool,
    /// The score of the sign-up.
    pub sign_up: f64,
}

/// The score of a post. Same facts, same score.
pub fn of_post(post: &Written) -> Score {
    let mut found = Vec::new();
    if post.reads >= 0.5 {
        let points = 2.0 + 4.0 * (post.reads - 0.5) / 0.5;
        found.push(reason(round(points), format!("Its words read like advertising, {:.2}.", post.reads)));
    } else if post.reads >= 0.3 {
        found.push(reason(0.5, format!("Its words read a little like advertising, {:.2}.", post.reads)));
    }
    found.extend(domain_reasons(post));
    if post.links > 0 && post.words / post.links < 12 {
        found.push(reason(1.0, format!("{} on {}.", links(post.links), words(post.words))));
    }
    let copies = post.copies;
    let within = format!("within {} min", copies.minutes);
    match copies.others {
        0 => {}
        1 => found.push(reason(1.5, format!("Another account wrote nearly the same {within}."))),
        2 => found.push(reason(3.5, format!("Two other accounts wrote nearly the same {within}."))),
        many => found.push(reason(5.0, format!("{many} other accounts wrote nearly the same {within}."))),
    }
    if copies.own > 0 {
        found.push(reason(
            1.5,
            format!("The account wrote nearly the same {} times more {within}.", copies.own),
        ));
    }
    if post.calls_away {
        found.push(reason(1.0, "It asks to go on elsewhere: a messenger or a telephone number."));
    }
    if post.trapped {
        found.push(reason(4.0, "A field that people do not see was filled in."));
    }
    if let Some(took) = post.took.filter(|took| *took < 3 * SECOND && post.words >= 5) {
        let seconds = took as f64 / 1_000.0;
        found.push(reason(
            2.0,
            format!("Its form was sent after {seconds:.1} s, with {}.", words(post.words)),
        ));
    }
    if post.sign_up >= 1.0 {
        let points = round((post.sign_up * 0.5).min(3.0));
        found.push(reason(points, format!("The account's sign-up scored {:.1}.", post.sign_up)));
    }
    Score::of(found)
}

fn round(points: f64) -> f64 {
    (points * 10.0).round() / 10.0
}

fn links(count: usize) -> String {
    if count == 1 { "One link".to_owned() } else { format!("{count} links") }
}

fn words(count: usize) -> String {
    if count == 1 { "one word".to_owned() } else { format!("{count} words") }
}

fn domain_reasons(post: &Written) -> Vec<Reason> {
    let mut found = Vec::new();
    let mut unknown = 0;
    for domain in &post.domains {
        let seen = domain.upheld + domain.cleared;
        match domain.standing() {
            "bad" => found.push(reason(
                4.0,
                format!("{} of {seen} earlier posts with {} were spam.", domain.upheld, domain.name),
            )),
            "good" => found.push(reason(
                -1.0,
                format!("{} of {seen} earlier posts with {} were fine.", domain.cleared, domain.name),
            )),
            _ => unknown += 1,
        }
    }
    if unknown > 0 {
        let points = if post.first { 1.5 } else { 1.0 } + 0.5 * f64::from((unknown - 1).min(3));
        let what = if unknown == 1 { "a domain".to_owned() } else { format!("{unknown} domains") };
        let first = if post.first { "The first post" } else { "A new account" };
        found.push(reason(points, format!("{first} links to {what} that nobody here vouches for.")));
    }
    found
}

/// What is known of a sign-up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arrived {
    /// The mail domain, when it hands out addresses for minutes.
    pub disposable: Option<String>,
    /// Somebody of the team whose name it looks like.
    pub like_staff: Option<String>,
    /// Accounts of the last day with the same stem or look.
    pub series: usize,
    /// Accounts of the last day from the same network.
    pub network: i64,
    /// Milliseconds between the form and its sending, where known.
    pub took: Option<i64>,
    /// The field that people do not see was filled in.
    pub trapped: bool,
}

/// The score of a sign-up. Same facts, same score.
pub fn of_sign_up(arrived: &Arrived) -> Score {
    let mut found = Vec::new();
    if let Some(domain) = &arrived.disposable {
        found.push(reason(2.0, format!("{domain} hands out addresses for minutes.")));
    }
    if let Some(name) = &arrived.like_staff {
        found.push(reason(4.0, format!("The name could be taken for {name} of the team.")));
    }
    if arrived.series >= 2 {
        found.push(reason(
            (1.0 + arrived.series as f64 * 0.5).min(4.0),
            format!("{} other accounts of the last day have a name like it.", arrived.series),
        ));
    }
    match arrived.network {
        ..3 => {}
        some @ 3..8 => {
            found.push(reason(1.0, format!("{some} other accounts came from its network within a day.")));
        }
        many => found.push(reason(2.5, format!("{many} other accounts came from its network within a day."))),
    }
    if arrived.trapped {
        found.push(reason(4.0, "A field that people do not see was filled in."));
    }
    if let Some(took) = arrived.took.filter(|took| *took < 3 * SECOND) {
        found.push(reason(2.0, format!("The form was sent after {:.1} s.", took as f64 / 1_000.0)));
    }
    Score::of(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(upheld: u64, cleared: u64) -> Domain {
        Domain { name: "shop.test".to_owned(), upheld, cleared, people: 1 }
    }

    #[track_caller]
    fn check(post: &Written, expect: f64) {
        let score = of_post(post);
        assert!((score.points - expect).abs() < 0.01, "{score:?}");
        assert!(score.reasons.iter().all(|reason| reason.text.ends_with('.')));
    }

    #[test]
    fn points_add_up_and_never_fall_below_nothing() {
        let plain = Written { words: 40, first: true, ..Written::default() };
        check(&plain, 0.0);
        check(&Written { reads: 0.9, ..plain.clone() }, 5.2);
        check(&Written { reads: 0.4, ..plain.clone() }, 0.5);
        check(&Written { links: 1, domains: vec![domain(0, 0)], ..plain.clone() }, 1.5);
        check(&Written { links: 1, domains: vec![domain(0, 8)], ..plain.clone() }, 0.0);
        check(&Written { links: 1, domains: vec![domain(4, 0)], ..plain.clone() }, 4.0);
        check(&Written { copies: Copies { others: 3, own: 0, minutes: 60 }, ..plain.clone() }, 5.0);
        check(&Written { trapped: true, took: Some(900), ..plain.clone() }, 6.0);
        check(&Written { sign_up: 4.0, calls_away: true, ..plain }, 3.0);
    }

    #[test]
    fn a_domain_is_judged_by_its_own_history_only() {
        for (upheld, cleared, expect) in [
            (0, 0, "unknown"),
            (1, 0, "unknown"),
            (2, 0, "bad"),
            (3, 1, "unknown"),
            (6, 1, "bad"),
            (0, 4, "unknown"),
            (0, 5, "good"),
            (1, 12, "good"),
            (4, 4, "unknown"),
        ] {
            assert_eq!(domain(upheld, cleared).standing(), expect, "{upheld} upheld, {cleared} cleared");
        }
    }

    #[test]
    fn a_sign_up_is_scored_by_how_it_came() {
        let score = |arrived: &Arrived| of_sign_up(arrived).points;
        assert_eq!(score(&Arrived { took: Some(30_000), network: 1, ..Arrived::default() }), 0.0);
        assert_eq!(score(&Arrived { took: Some(900), ..Arrived::default() }), 2.0);
        assert_eq!(score(&Arrived { series: 4, network: 9, ..Arrived::default() }), 5.5);
        assert_eq!(score(&Arrived { like_staff: Some("Nadia".to_owned()), ..Arrived::default() }), 4.0);
    }
}
