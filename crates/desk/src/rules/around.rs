//! The part of the past around what just happened. The live evaluation reads only as much as its rules can ask about:
//! a reply costs the same in a conversation of ten posts and of ten thousand.

use std::collections::HashSet;

use mainstreet_db::Tx;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::{Result, Timestamp, Verb};

use super::happenings::WAITS;
use super::loading::{ALWAYS, Needs, Window};
use super::past::{Deed, Past};
use super::store::past as store;
use super::store::past::Of;

/// The past of the people and conversations that have to do with what happened in a window.
pub(super) fn around(tx: &mut Tx<'_>, needs: &Needs, window: Window) -> Result<Past> {
    let near = store::deeds_between(tx, window.from.plus(-needs.reach()), window.to)?;
    let asked =
        if needs.events.contains("question unanswered") { asked_about(tx, window)? } else { HashSet::new() };
    if near.is_empty() && asked.is_empty() {
        return Ok(Past::of(near));
    }
    let mut people: HashSet<i64> = near.iter().flat_map(|deed| [deed.actor, deed.subject]).collect();
    let objects: HashSet<i64> =
        near.iter().flat_map(|deed| [Some(deed.object), deed.number("post")]).flatten().collect();
    let mut deeds = conversations(tx, needs, window, &near, &asked)?;
    // The authors of what was flagged or changed, and those who wait for an answer.
    let concerned = |deed: &&Deed| {
        deed.writes()
            && (objects.contains(&deed.object)
                || (deed.verb == Verb::TopicCreated && asked.contains(&deed.topic)))
    };
    people.extend(deeds.iter().filter(concerned).map(|deed| deed.actor));
    deeds.extend(near);
    authors(tx, needs, window, &people, &mut deeds)?;
    deeds.extend(store::deeds_of(tx, Of::Subjects, &people, window.to)?);
    if needs.accuracy {
        let flaggers =
            deeds.iter().filter(|deed| deed.verb == Verb::FlagCreated).map(|deed| deed.actor).collect();
        deeds.extend(store::deeds_of(tx, Of::Actors, &flaggers, window.to)?);
        let judged: HashSet<i64> = deeds.iter().map(|deed| deed.subject).collect();
        deeds.extend(store::deeds_of(tx, Of::Subjects, &judged, window.to)?);
    }
    let mut past = Past::of(deeds);
    earlier(tx, needs, window, &people, &mut past)?;
    Ok(past)
}

/// What is needed of one person's past, when nothing but them is asked about.
pub(super) fn of_person(tx: &mut Tx<'_>, needs: &Needs, person: i64, window: Window) -> Result<Past> {
    let people = HashSet::from([person]);
    let mut deeds = Vec::new();
    authors(tx, needs, window, &people, &mut deeds)?;
    deeds.extend(store::deeds_of(tx, Of::Subjects, &people, window.to)?);
    let mut past = Past::of(deeds);
    earlier(tx, needs, window, &people, &mut past)?;
    Ok(past)
}

/// How much people wrote before what is laid out of them.
fn earlier(
    tx: &mut Tx<'_>,
    needs: &Needs,
    window: Window,
    people: &HashSet<i64>,
    past: &mut Past,
) -> Result<()> {
    if needs.posts && needs.by_author < ALWAYS {
        let from = since(window, needs.by_author);
        for (person, count) in store::written_before(tx, people, from)? {
            past.people.entry(person).or_default().earlier = Some((from, count));
        }
    }
    Ok(())
}

fn since(window: Window, back: i64) -> Timestamp {
    Timestamp(window.from.0.saturating_sub(back))
}

/// Conversations whose first post is asked about in the window, because one of the full hours of its first week falls
/// into it.
fn asked_about(tx: &mut Tx<'_>, window: Window) -> Result<HashSet<i64>> {
    let opened = store::opened_between(tx, window.from.plus(-WAITS - HOUR), window.to)?;
    let hours = |from: Timestamp, to: Timestamp| to.since(from).div_euclid(HOUR);
    let asked = opened
        .into_iter()
        .filter(|(_, at)| hours(*at, window.to.plus(-1)) > hours(*at, window.from.plus(-1)))
        .map(|(topic, _)| topic);
    Ok(asked.collect())
}

/// What is needed of the conversations in which something happened or is `asked` about: everything where it concerns
/// an older post, which needs to know when and by whom that was written; else what was written lately and what is no
/// reply.
fn conversations(
    tx: &mut Tx<'_>,
    needs: &Needs,
    window: Window,
    near: &[Deed],
    asked: &HashSet<i64>,
) -> Result<Vec<Deed>> {
    let topics: HashSet<i64> = near.iter().map(|deed| deed.topic).collect();
    let mut whole: HashSet<i64> = near.iter().filter(|deed| !deed.writes()).map(|deed| deed.topic).collect();
    whole.extend(asked);
    if needs.in_thread == ALWAYS {
        whole.extend(&topics);
    }
    let rest: HashSet<i64> = topics.difference(&whole).copied().collect();
    let mut deeds = store::deeds_of(tx, Of::Topics, &whole, window.to)?;
    deeds.extend(store::but_replies(tx, &rest, window.to)?);
    if needs.in_thread > 0 {
        deeds.extend(store::written_since(tx, Of::Topics, &rest, since(window, needs.in_thread), window.to)?);
    }
    Ok(deeds)
}

/// Adds what is needed of what people wrote.
fn authors(
    tx: &mut Tx<'_>,
    needs: &Needs,
    window: Window,
    people: &HashSet<i64>,
    deeds: &mut Vec<Deed>,
) -> Result<()> {
    let from = since(window, needs.by_author);
    deeds.extend(store::written_since(tx, Of::Actors, people, from, window.to)?);
    if needs.events.contains("first post") {
        deeds.extend(store::first_written(tx, people)?);
    }
    Ok(())
}
