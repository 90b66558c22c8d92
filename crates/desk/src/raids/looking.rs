//! Looking at what new accounts write.

use mainstreet_community::moderation::{Act, Detail, Order, Target};
use mainstreet_community::settings::store as settings;
use mainstreet_community::{flags, guidelines, markdown, sign_ups};
use mainstreet_db::Tx;
use mainstreet_db::log::Entry;
use mainstreet_kernel::clock::MINUTE;
use mainstreet_kernel::id::PostId;
use mainstreet_kernel::{Actor, Error, Kind, Result, Role, Timestamp, Verb};
use mainstreet_language::{Context, Shingles, shingles};

use super::links;
use super::score::{self, COPY, Copies, HOLD, NEW_FOR, NEW_POSTS, Score, Written};
use super::store::{self, Looked};
use crate::moderation::{self, Case, Ground, Source};

/// Copies are looked for in what was written in this time before, in milliseconds ...
const COPIES_WITHIN: i64 = 60 * MINUTE;
/// ... among so many posts at most ...
const COPIES_AMONG: usize = 300;
/// ... of at least so many words: short thanks are alike without being copies.
const COPIES_WORDS: usize = 6;
/// Posts of the past whose links are taken in at once.
const PAST: usize = 500;
const HOLD_AT: &str = "desk.spam_hold_at";

/// The score from which on posts of new accounts are held here.
pub fn hold_at(tx: &mut Tx<'_>) -> Result<f64> {
    Ok(settings::get(tx, HOLD_AT)?.and_then(|text| text.parse().ok()).unwrap_or(HOLD))
}

/// Changes it. Errors: `Forbidden` for those below a manager; `Invalid` outside 2 to 20.
pub fn set_hold_at(tx: &mut Tx<'_>, actor: Actor, to: f64) -> Result<()> {
    if actor.role < Role::Manager {
        return Err(Error::forbidden("Only a manager can change from which score on posts are held."));
    }
    if !(2.0..=20.0).contains(&to) {
        return Err(Error::invalid("Choose a score from 2 (nearly everything) to 20 (nearly nothing)."));
    }
    settings::set(tx, HOLD_AT, &to.to_string())
}

/// Looks at what was just written or edited. Imported posts and those of established members only have their links
/// noted.
pub fn look(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    let now = tx.now();
    let mut posts: Vec<PostId> = entries
        .iter()
        .filter(|entry| matches!(entry.verb, Verb::TopicCreated | Verb::ReplyCreated | Verb::PostEdited))
        .filter(|entry| (0..=crate::signals::HORIZON).contains(&now.since(entry.occurred_at)))
        .map(|entry| PostId(entry.object_id))
        .collect();
    posts.sort_unstable();
    posts.dedup();
    for id in posts {
        let Some(post) = store::post(tx, id)? else { continue };
        store::set_domains(tx, &post, &links::domains(&post.body))?;
        if post.own && is_new(tx, &post)? {
            look_at(tx, &post)?;
        }
    }
    Ok(())
}

/// Notes the links of what was written before there was anybody to note them. Answers true while there is more.
pub fn index_past(tx: &mut Tx<'_>) -> Result<bool> {
    let after = store::mark(tx)?;
    let posts = store::posts_after(tx, after, PAST)?;
    for post in posts.iter().filter(|post| post.body.contains("://") || post.body.contains("www.")) {
        store::set_domains(tx, post, &links::domains(&post.body))?;
    }
    if let Some(last) = posts.last() {
        store::set_mark(tx, last.id)?;
    }
    Ok(posts.len() == PAST)
}

/// True for a member of less than a week or with less than three posts that stand.
fn is_new(tx: &mut Tx<'_>, post: &Looked) -> Result<bool> {
    let staff = post.role.as_deref().is_some_and(|role| role.parse::<Role>().is_ok_and(Role::is_staff));
    if staff || !post.by_member {
        return Ok(false);
    }
    let since = post.account_at.unwrap_or(post.joined_at);
    Ok(post.at.since(since) < NEW_FOR || store::posts_before(tx, post.person, post.id)? < NEW_POSTS)
}

fn look_at(tx: &mut Tx<'_>, post: &Looked) -> Result<()> {
    // What was looked at stays as it is until its text changes: a person may have decided meanwhile.
    if store::score_of(tx, post.id)?.is_some_and(|known| known.version >= post.version) {
        return Ok(());
    }
    let (written, twins) = facts(tx, post)?;
    conclude(tx, post, &score::of_post(&written))?;
    if written.copies.others >= 2 {
        for twin in twins {
            bring_along(tx, &twin, written.copies)?;
        }
    }
    Ok(())
}

/// The first of a series looked harmless: with its copies it is looked at again, unless a person has decided on it.
fn bring_along(tx: &mut Tx<'_>, twin: &Looked, copies: Copies) -> Result<()> {
    let Some(known) = store::score_of(tx, twin.id)?.filter(|known| !known.held) else { return Ok(()) };
    let judged = !moderation::of_object(tx, "post", twin.id.0)?.is_empty()
        || flags::of_post(tx, twin.id)?.iter().any(|flag| flag.upheld.is_some());
    if judged || twin.state != "published" || known.version < twin.version {
        return Ok(());
    }
    let (mut written, _) = facts(tx, twin)?;
    written.copies = Copies { others: copies.others.max(written.copies.others), ..copies };
    conclude(tx, twin, &score::of_post(&written))
}

fn conclude(tx: &mut Tx<'_>, post: &Looked, score: &Score) -> Result<()> {
    let threshold = hold_at(tx)?;
    let held = score.points >= threshold && hold(tx, post, score, threshold)?;
    store::keep(tx, post, score, held)
}

/// Holds a post until a person has looked; its author is told why. False when nothing came of it: no guidelines to
/// cite, or it is away already.
fn hold(tx: &mut Tx<'_>, post: &Looked, score: &Score, threshold: f64) -> Result<bool> {
    let Some(version) = guidelines::holds(tx)? else { return Ok(false) };
    let clause =
        version.clause("no-spam").or_else(|| version.clauses.first()).map(|clause| clause.slug.clone());
    let Some(clause) = clause else { return Ok(false) };
    let reasons: Vec<&str> = score.reasons.iter().map(|reason| reason.text.as_str()).collect();
    let why = format!(
        "Posts of new accounts are checked for advertising. This one scored {:.1}; from {threshold:.1} on a post waits \
         until a person has looked at it. {}",
        score.points,
        reasons.join(" ")
    );
    let why = mainstreet_kernel::text::excerpt(&why, 1_900);
    let order =
        Order { target: Target::Post(post.id), act: Act::Hold, why, until: None, detail: Detail::None };
    let case = Case {
        order,
        clause,
        source: Source::Rule,
        source_id: None,
        detected: true,
        ground: Ground::Incompatible,
    };
    match moderation::decide(tx, Actor::SYSTEM, &case) {
        Err(error) if matches!(error.kind, Kind::Conflict | Kind::Forbidden) => Ok(false),
        other => other.map(|_| true),
    }
}

/// The score that a post has by what was known when it was written. Does nothing besides.
pub fn assess(tx: &mut Tx<'_>, id: PostId) -> Result<Option<Score>> {
    let Some(post) = store::post(tx, id)? else { return Ok(None) };
    if !is_new(tx, &post)? {
        return Ok(None);
    }
    let (written, _) = facts(tx, &post)?;
    Ok(Some(score::of_post(&written)))
}

/// What is known of a post, and the posts that it is a copy of.
fn facts(tx: &mut Tx<'_>, post: &Looked) -> Result<(Written, Vec<Looked>)> {
    let own = markdown::own_words(&post.body);
    let words = own.split_whitespace().count();
    let context = Context { title: &post.title, reply: post.title.is_empty(), ..Context::default() };
    let reads = f64::from(mainstreet_language::read(&post.body, &context).risk.spam.probability);
    let names = links::domains(&post.body);
    let mut domains = Vec::with_capacity(names.len());
    for name in names.iter().take(10) {
        domains.push(store::domain(tx, name, post.at)?);
    }
    let (copies, twins) = copies(tx, post, words)?;
    let (took, trapped) =
        post.form_token.as_deref().map_or((None, false), |token| read_token(token, post.at));
    Ok((
        Written {
            reads,
            words,
            links: names.len(),
            domains,
            copies,
            calls_away: links::calls_away(&own),
            first: store::posts_before(tx, post.person, post.id)? == 0,
            took,
            trapped,
            sign_up: sign_ups::find(tx, post.person)?.map_or(0.0, |came| came.score),
        },
        twins,
    ))
}

fn copies(tx: &mut Tx<'_>, post: &Looked, words: usize) -> Result<(Copies, Vec<Looked>)> {
    let mut found = Copies { minutes: COPIES_WITHIN / MINUTE, ..Copies::default() };
    if words < COPIES_WORDS {
        return Ok((found, Vec::new()));
    }
    let text = shingles(&post.body);
    let alike = |other: &Shingles| text.similar(other) >= COPY;
    let mut twins = Vec::new();
    let mut people = Vec::new();
    for other in store::just_before(tx, post, COPIES_WITHIN, COPIES_AMONG)? {
        if !alike(&shingles(&other.body)) {
            continue;
        }
        if other.person == post.person {
            found.own += 1;
        } else {
            people.push(other.person);
            twins.push(other);
        }
    }
    people.sort_unstable();
    people.dedup();
    found.others = people.len();
    Ok((found, twins))
}

/// What a form's one-time token says: how long the form was open, and whether the field that people do not see was
/// filled in. Tokens are `RANDOM-MILLISECONDS`, with `-t` at the end when it was.
fn read_token(token: &str, sent: Timestamp) -> (Option<i64>, bool) {
    let (token, trapped) = match token.strip_suffix("-t") {
        Some(rest) => (rest, true),
        None => (token, false),
    };
    let made = token.rsplit_once('-').and_then(|(_, at)| at.parse::<i64>().ok());
    let took =
        made.map(|made| sent.0 - made).filter(|took| (0..=mainstreet_kernel::clock::DAY).contains(took));
    (took, trapped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_how_long_its_form_was_open() {
        let sent = Timestamp(1_700_000_005_000);
        for (token, expect) in [
            ("abc-1700000000000", (Some(5_000), false)),
            ("a-b-1700000000000-t", (Some(5_000), true)),
            ("abc", (None, false)),
            ("abc-1800000000000", (None, false)),
            ("abc-x-t", (None, true)),
        ] {
            assert_eq!(read_token(token, sent), expect, "{token}");
        }
    }
}
