//! `times` and `distinct`: how often something happened before, this time included.

use std::collections::HashSet;

use mainstreet_kernel::{Timestamp, Verb};

use super::facts::Known;
use super::past::{Deed, Past};

/// What is counted for a happening, all that is known of it. Nothing when it cannot be known.
fn line<'a>(known: &Known<'a>, event: &str) -> Option<&'a [u32]> {
    let (past, happening) = (known.setting.past, known.happening);
    let post = past.posts.get(&happening.post);
    let topic = past.topics.get(&happening.topic);
    let person = past.people.get(&happening.person);
    let line = match event {
        "post by author" => person.map(|person| &person.posts),
        "post in thread" | "reply in thread" => topic.map(|topic| &topic.posts),
        "flag on post" => post.map(|post| &post.flags),
        "flag on thread" => topic.map(|topic| &topic.flags),
        "flag on author" => person.map(|person| &person.flags_on),
        "flag upheld on author" => person.map(|person| &person.upheld_on),
        "post removed by author" => person.map(|person| &person.removed),
        "edit of post" => post.map(|post| &post.edits),
        "member joined" => Some(&past.joins),
        "same text by author" | "same text by anyone" => {
            past.prints.get(&happening.post).and_then(|print| past.alike.get(print))
        }
        _ => return None,
    };
    Some(line.map(Vec::as_slice).unwrap_or_default())
}

/// How near the subjects of two posts must be to count as one cluster ([`mainstreet_language::related`]): complaints
/// about one thing in different words lie above, posts about different things below.
const NEAR: f32 = 0.3;
/// Of the posts before, so many are compared, the latest first.
const COMPARED: usize = 2_000;

/// Posts about the same thing as this one, itself among them, as they were published.
fn cluster(known: &Known<'_>, window: i64) -> Option<Vec<u32>> {
    let (past, happening) = (known.setting.past, known.happening);
    let own = past.subjects.get(&happening.post)?;
    let near = past.between(&past.written, happening.at.plus(-window), happening.at.plus(1));
    let alike = |place: &&u32| {
        let post = past.deed(**place).map_or(0, |deed| deed.object);
        post == happening.post || past.subjects.get(&post).is_some_and(|other| own.related(other) >= NEAR)
    };
    let mut found: Vec<u32> = near.iter().rev().take(COMPARED).filter(alike).copied().collect();
    found.reverse();
    Some(found)
}

/// Those that count: within the window, before the happening, and the happening itself.
fn counted<'a>(known: &Known<'a>, event: &str, window: i64) -> Option<Vec<&'a Deed>> {
    let (past, happening): (&'a Past, _) = (known.setting.past, known.happening);
    let alike;
    let line = if event == "post in cluster" {
        alike = cluster(known, window)?;
        &alike
    } else {
        line(known, event)?
    };
    let from: Timestamp = happening.at.plus(-window);
    let own = past.deed(happening.deed).filter(|deed| deed.at == happening.at).map(|deed| deed.seq);
    let near = past.between(line, from, happening.at.plus(1)).iter().filter_map(|place| past.deed(*place));
    let near = near.filter(|deed| deed.at < happening.at || Some(deed.seq) == own);
    Some(
        near.filter(|deed| match event {
            "reply in thread" => deed.verb == Verb::ReplyCreated,
            "same text by author" => deed.actor == happening.person,
            _ => true,
        })
        .collect(),
    )
}

pub(super) fn times(known: &Known<'_>, event: &str, window: i64) -> Option<u64> {
    Some(counted(known, event, window)?.len() as u64)
}

pub(super) fn distinct(known: &Known<'_>, who: &str, event: &str, window: i64) -> Option<u64> {
    let past = known.setting.past;
    let told_apart = |deed: &Deed| match who {
        "flagger" if deed.verb == Verb::FlagDecided => past.flaggers.get(&deed.parent).copied(),
        "flagger" if deed.verb == Verb::FlagCreated => Some(deed.actor),
        "flagger" => None,
        "author" => Some(match deed.verb {
            Verb::TopicCreated | Verb::ReplyCreated | Verb::MemberJoined => deed.actor,
            _ => Some(past.author(deed.object)).filter(|author| *author != 0).unwrap_or(deed.subject),
        }),
        "thread" => Some(deed.topic),
        "space" => Some(deed.space),
        _ => None,
    };
    let found = counted(known, event, window)?;
    let apart: HashSet<i64> = found.iter().filter_map(|deed| told_apart(deed)).collect();
    // Nobody to tell apart among several: that question has no answer.
    (found.is_empty() || !apart.is_empty()).then_some(apart.len() as u64)
}

#[cfg(test)]
mod tests {
    use mainstreet_language::related;

    use super::NEAR;

    #[test]
    fn reports_of_one_outage_lie_near_each_other_and_other_posts_do_not() {
        let reports = [
            "The dashboard is down, I get error 500 since noon",
            "Anybody else seeing error 500 on the dashboard?",
            "Dashboard down again: error 500 when I open it",
        ];
        let others = [
            "How do I export my data to a spreadsheet?",
            "Thanks for the lovely meetup last week, see you next year!",
            "Which plan includes single sign-on for a small team?",
        ];
        for a in reports {
            for b in reports {
                assert!(related(a, b) >= NEAR, "{a} / {b}: {}", related(a, b));
            }
            for b in others {
                assert!(related(a, b) < NEAR, "{a} / {b}: {}", related(a, b));
            }
        }
    }
}
