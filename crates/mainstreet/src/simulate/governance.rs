//! How the team keeps order in the story: guidelines and their second version, decisions that cite them, appeals, and
//! the rules they have written. All of it goes through the same verbs as in a living community, at its time in the
//! story, so that every decision can be read, appealed and undone.

use std::sync::Arc;

use mainstreet_community::flags;
use mainstreet_community::guidelines::{self, NewClause};
use mainstreet_community::moderation::{Act, Detail, Order, Target};
use mainstreet_db::{Db, Tx};
use mainstreet_desk::{moderation, reviews, rules};
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Actor, Clock, Error, Kind, Result, Role, Timestamp};

use super::blind::Panel;
use super::happening::{Happening, What};
use super::story::Story;

/// The rules the team of Osier Lane has written.
const RULES: &str = include_str!("texts/rules.yaml");
/// How long the rules have been watching at the story's end.
const WATCHED: i64 = 30 * DAY;
/// Decisions made in one transaction.
const BATCH: usize = 200;
/// The part of the story after which the guidelines got their second version: the raid had shown what was missing.
const SECOND_VERSION: f64 = 0.65;

/// Something the team does.
#[derive(Clone, Debug)]
enum Step {
    Publish,
    /// Says that every decision is looked at again: they are few.
    LookAgain,
    Revise,
    Write,
    Decide(Happening),
    /// Warns one of those who quarrel as the story ends. They object.
    Warn(PersonId),
    /// Judges posts blind; true on the last morning of the story.
    Judge(bool),
}

/// Who of the team does what.
#[derive(Clone, Copy, Debug)]
struct Team {
    manager: Actor,
    moderator: Actor,
}

/// Does what the team did in the story, at its times. `acts`: what staff hid, judged, suspended and closed, in order.
pub(super) fn keep_order(db: &Db, story: &Story, acts: Vec<Happening>) -> Result<()> {
    let cast = story.cast();
    let of = |role: Role| {
        let known = cast.iter().find(|(.., known)| *known == role);
        known.map(|(person, ..)| Actor::signed_in(*person, role))
    };
    let (Some(manager), Some(moderator)) = (of(Role::Manager), of(Role::Moderator)) else { return Ok(()) };
    let team = Team { manager, moderator };
    let (clock, hand) = Clock::standing(story.start());
    let db = Db::open(db.address(), clock)?;
    let panel = Arc::new(Panel::of(story, manager, &acts));
    for batch in timetable(story, acts).chunks(BATCH).map(<[_]>::to_vec) {
        let (hand, panel) = (hand.clone(), panel.clone());
        db.write_now(move |tx| {
            for (at, step) in &batch {
                hand.set(*at);
                tx.refresh_now();
                forgive(take(tx, team, &panel, step))?;
            }
            Ok(())
        })?;
    }
    answer_appeals(&db, &hand, team, story.setting.now)
}

fn timetable(story: &Story, acts: Vec<Happening>) -> Vec<(Timestamp, Step)> {
    let (start, now) = (story.start(), story.setting.now);
    let revised = start.plus((now.since(start) as f64 * SECOND_VERSION) as i64);
    let mut steps = vec![(start.plus(HOUR), Step::Publish), (revised, Step::Revise)];
    steps.push((now.plus(-WATCHED).max(start.plus(DAY)), Step::Write));
    steps.extend(acts.into_iter().map(|act| (act.at, Step::Decide(act))));
    let last = story.truth().quarrels.last().filter(|quarrel| now.since(quarrel.to) < DAY);
    if let Some(person) = last.and_then(|quarrel| quarrel.people.last()) {
        steps.push((now.plus(-50 * MINUTE), Step::Warn(*person)));
    }
    let mornings = Panel::mornings(story);
    steps.extend(mornings.first().map(|first| (first.plus(-HOUR), Step::LookAgain)));
    let last = mornings.len();
    steps.extend(mornings.into_iter().zip(1..).map(|(at, number)| (at, Step::Judge(number == last))));
    steps.sort_by_key(|(at, _)| *at);
    steps
}

fn take(tx: &mut Tx<'_>, team: Team, panel: &Panel, step: &Step) -> Result<()> {
    match step {
        Step::Publish => guidelines::adopt(tx, team.manager, "support").map(drop),
        Step::Revise => revise(tx, team.manager),
        Step::Write => rules::save(tx, team.manager, None, RULES, false).map(drop),
        Step::Decide(act) => decide(tx, team, act),
        Step::LookAgain => reviews::set_every(tx, team.manager, 1),
        Step::Judge(last) => panel.judge(tx, *last),
        Step::Warn(person) => {
            let facts = "In the talk about watering by night you wrote about the other member instead of about \
                         watering, four times in an hour.";
            let order = order(Target::Person(*person), Act::Warn, facts, None);
            rule_on(tx, team.moderator, order, "be-kind", moderation::Source::Flag)
        }
    }
}

/// After the raid: what advertising is, said so that nobody can misread it, and the first clause in German as well.
fn revise(tx: &mut Tx<'_>, manager: Actor) -> Result<()> {
    let clause = NewClause {
        slug: "no-spam".to_owned(),
        severity: "severe".to_owned(),
        language: "en".to_owned(),
        title: "No advertising in disguise".to_owned(),
        summary: "Say what you sell, and only where somebody asked.".to_owned(),
        body: "Links to your own things are welcome when they answer the question and you say that they are yours. \
               Bulk posts, paid links and accounts made to promote something are removed, and the accounts are closed."
            .to_owned(),
    };
    guidelines::save_clause(tx, manager, &clause)?;
    let german = NewClause {
        slug: "be-kind".to_owned(),
        severity: String::new(),
        language: "de".to_owned(),
        title: "Freundlich bleiben".to_owned(),
        summary: "Widersprich dem, was gesagt wurde, nie dem, der es gesagt hat.".to_owned(),
        body: "Nimm an, dass die andere Person es gut meint. Sag, was an einem Gedanken falsch ist und wie er besser \
               würde. Beleidigung, Spott und alle gegen einen sind keine Argumente, auch wenn du recht hast."
            .to_owned(),
    };
    guidelines::save_clause(tx, manager, &german)?;
    let changes = "Accounts made to advertise are closed. The first clause can be read in German.";
    guidelines::publish(tx, manager, changes).map(drop)
}

fn decide(tx: &mut Tx<'_>, team: Team, act: &Happening) -> Result<()> {
    match act.what {
        What::Hidden { place, reason } => {
            let flagged = !flags::open_on(tx, place.post)?.is_empty();
            let source = if flagged { moderation::Source::Flag } else { moderation::Source::Own };
            let order = order(Target::Post(place.post), Act::Hide, facts(reason), None);
            rule_on(tx, act.actor(), order, moderation::clause_of(reason), source)
        }
        What::Judged { flag, place, upheld } => {
            let known = flags::find(tx, flag)?;
            if known.decided_at.is_some() {
                return Ok(());
            }
            flags::decide(tx, act.actor(), flag, upheld)?;
            if !upheld {
                return Ok(());
            }
            let order = order(Target::Person(place.author), Act::Warn, facts(&known.reason), None);
            rule_on(tx, act.actor(), order, moderation::clause_of(&known.reason), moderation::Source::Flag)
        }
        What::Suspended { person, reason, until } => {
            // An account is closed for good by a manager.
            let (who, ban) =
                if until.is_none() { (team.manager, Act::Ban) } else { (act.actor(), Act::Suspend) };
            let order = order(Target::Person(person), ban, facts(reason), until);
            rule_on(tx, who, order, moderation::clause_of(reason), moderation::Source::Own)
        }
        What::Closed { place } => {
            let order =
                order(Target::Topic(place.topic), Act::Lock, "The talk had turned into a quarrel.", None);
            rule_on(tx, act.actor(), order, "be-kind", moderation::Source::Own)
        }
        _ => Ok(()),
    }
}

pub(super) fn facts(reason: &str) -> &'static str {
    match reason {
        "spam" => {
            "It advertises a shop that has nothing to do with what was asked, with a link, and says so nowhere."
        }
        "harassment" => "It puts the other member down instead of answering what they said.",
        "off_topic" => "It began another subject in the middle of a question that was not answered yet.",
        _ => "A member pointed it out, and we agree.",
    }
}

pub(super) fn order(target: Target, act: Act, why: &str, until: Option<Timestamp>) -> Order {
    Order { target, act, why: why.to_owned(), until, detail: Detail::None }
}

pub(super) fn rule_on(
    tx: &mut Tx<'_>,
    actor: Actor,
    order: Order,
    clause: &str,
    source: moderation::Source,
) -> Result<()> {
    let case = moderation::Case {
        order,
        clause: clause.to_owned(),
        source,
        source_id: None,
        detected: false,
        ground: moderation::Ground::Incompatible,
    };
    let decision = moderation::decide(tx, actor, &case)?;
    // The statements of a story need no mail: there is nobody to read it.
    moderation::set_mailed(tx, decision.id, None)
}

/// One who was suspended and one who was warned object: the first in vain, the second rightly. The one warned last
/// objects as well, and waits for somebody to look.
fn answer_appeals(db: &Db, hand: &mainstreet_kernel::clock::Hand, team: Team, now: Timestamp) -> Result<()> {
    let hand = hand.clone();
    db.write_now(move |tx| {
        let of =
            |act: Act| moderation::Filter { act: act.as_str().to_owned(), ..moderation::Filter::default() };
        let suspended = moderation::list(tx, &of(Act::Suspend), 1)?;
        let warned = moderation::list(tx, &of(Act::Warn), 1_000)?;
        let words = "We both lost our temper, and I was answering in kind. Why only me?";
        let answer = "The other member had stopped when they were asked to. Three days stand.";
        let stands = suspended.first().map(|decision| (decision, words, Some((false, answer))));
        let words = "It was the question: their pump and the one in my post share the same controller.";
        let answer = "True, the two belong together. The warning was a mistake, and is gone.";
        let wrong = warned.last().filter(|_| warned.len() > 1);
        let wrong = wrong.map(|decision| (decision, words, Some((true, answer))));
        let words = "Four times? Twice, and only after I was called a liar. Please read the whole talk.";
        let open = warned.first().map(|decision| (decision, words, None));
        for (decision, words, answer) in [stands, wrong, open].into_iter().flatten() {
            hand.set(decision.at.plus(15 * MINUTE));
            tx.refresh_now();
            let appealed = forgiven(moderation::appeal(tx, decision.person, decision.id, words))?;
            if let (Some(appeal), Some((overturn, why))) = (appealed, answer) {
                hand.set(decision.at.plus(9 * HOUR).min(now));
                tx.refresh_now();
                // Whoever decided does not look at the appeal.
                let judge = if decision.by == team.manager.person { team.moderator } else { team.manager };
                forgiven(moderation::speak(tx, judge, appeal, overturn, why))?;
            }
        }
        Ok(())
    })
}

/// What Mainstreet refuses with a reason is simply not done: the story may have gone another way.
pub(super) fn forgiven<T>(done: Result<T>) -> Result<Option<T>> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(error) if refused(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn forgive(done: Result<()>) -> Result<()> {
    forgiven(done).map(drop)
}

fn refused(error: &Error) -> bool {
    matches!(error.kind, Kind::Conflict | Kind::Forbidden | Kind::NotFound)
}
