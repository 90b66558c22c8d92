//! The one queue: held posts, appeals and flags are items; two moderators race; some are kept to their spaces; several
//! items are done in one go.

use std::collections::BTreeMap;

use mainstreet_community::moderation::{self as acts, Act, Detail, Order, Target};
use mainstreet_community::teams::{self, NewTeam};
use mainstreet_community::topics::State as Shown;
use mainstreet_community::{accounts, flags, guidelines, posts, spaces};
use mainstreet_db::Db;
use mainstreet_db::testing::{self, TestDb, on_each_database};
use mainstreet_desk::batches::{self, Deed, NewBatch};
use mainstreet_desk::moderation::{self, Case, Decision, Ground, Source, Speech};
use mainstreet_desk::signals::lists::Filter;
use mainstreet_desk::signals::{self, Cause, Outcome, Signal, State, Verdict, appeals, view};
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::id::{AppealId, DecisionId, PostId, TopicId};
use mainstreet_kernel::{Actor, Error, Kind, Result, Role, Visibility};

use crate::support::{Cast, again, answer, ask, listed, open, person, settle, settled_cast, sight};

fn with_guidelines(db: &TestDb) -> Result<(Cast, TopicId)> {
    let cast = settled_cast(db)?;
    db.write_now(move |tx| guidelines::adopt(tx, cast.ada, "support").map(drop))?;
    let (topic, _) = ask(db, cast.mira, cast.help, "Register three", "The manual names it.", false)?;
    settle(db)?;
    db.write_now(|tx| tx.run("UPDATE signals SET state = 'closed', open = 0", &[]))?;
    Ok((cast, topic))
}

fn decide(db: &Db, who: Actor, target: Target, act: Act) -> Result<Decision> {
    let why = "It calls Mira a fool.".to_owned();
    let case = Case {
        order: Order { target, act, why, until: None, detail: Detail::None },
        clause: "be-kind".to_owned(),
        source: Source::Own,
        source_id: None,
        detected: false,
        ground: Ground::Incompatible,
    };
    db.write_now(move |tx| moderation::decide(tx, who, &case))
}

fn appeal(db: &Db, who: Actor, id: DecisionId) -> Result<AppealId> {
    let person = who.person.unwrap();
    db.write_now(move |tx| moderation::appeal(tx, person, id, "I meant it kindly."))
}

fn judge(db: &Db, who: Actor, item: &Signal, verdict: Verdict, why: &'static str) -> Result<Signal> {
    let sight = sight(item);
    db.write_now(move |tx| signals::answer_held(tx, who, sight, &verdict, why))
}

fn state(db: &Db, post: PostId) -> Result<Shown> {
    db.read_now(move |tx| Ok(posts::store::find(tx, post)?.state))
}

#[track_caller]
fn refused<T>(result: Result<T>, kind: Kind, part: &str) {
    let error: Error = result.err().unwrap_or_else(|| panic!("refused with {part}"));
    assert!(error.kind == kind && error.safe.contains(part), "{error:?} has {part}");
}

#[test]
fn a_held_post_waits_in_the_queue_until_it_is_published_or_rejected() {
    on_each_database(|db| {
        let (cast, topic) = with_guidelines(db)?;
        let Cast { max, kim, nils, .. } = cast;
        decide(db, max, Target::Person(nils.person.unwrap()), Act::RequireApproval)?;
        let post = answer(db, nils, topic, "Try the third register.")?;
        settle(db)?;
        let items = listed(db, kim, Filter::Review)?;
        assert_eq!(
            items.iter().map(|one| (one.kind, one.post)).collect::<Vec<_>>(),
            [(Cause::Approval, post)]
        );
        let item = &items[0];
        let see = sight(item);
        let resolve = move |tx: &mut mainstreet_db::Tx<'_>| {
            signals::resolve(tx, kim, see, Outcome::NoAction, "fine", false)
        };
        refused(db.write_now(resolve), Kind::Conflict, "Publish or reject");
        refused(judge(db, nils, item, Verdict::Publish, ""), Kind::Forbidden, "people who run");
        let ended = judge(db, kim, item, Verdict::Publish, "")?;
        assert_eq!((ended.state, ended.outcome), (State::Resolved, Some(Outcome::Published)));
        assert_eq!(state(db, post)?, Shown::Published);

        // Rejected with the wish to change it: its author does, and it comes up again.
        let other = answer(db, nils, topic, "Read the manual, fool.")?;
        settle(db)?;
        let item = open(db, kim)?.into_iter().find(|one| one.post == other).unwrap();
        let no_clause = Verdict::Reject { clause: String::new(), revise: true };
        refused(judge(db, kim, &item, no_clause, "It insults."), Kind::Invalid, "Choose the clause");
        let reject = Verdict::Reject { clause: "be-kind".to_owned(), revise: true };
        let ended = judge(db, kim, &item, reject, "It insults.")?;
        assert_eq!(ended.outcome, Some(Outcome::Rejected));
        assert_eq!(state(db, other)?, Shown::Hidden);
        db.hand.advance(HOUR);
        let edit = posts::Edit {
            post: other,
            expected: 1,
            body: "It is in the manual, page 4.".to_owned(),
            title: None,
            tags: None,
            why: String::new(),
        };
        db.write_now(move |tx| posts::edit(tx, nils, &edit))?;
        assert_eq!(state(db, other)?, Shown::Held);
        settle(db)?;
        let back = again(db, &item)?;
        assert_eq!((back.state, back.kind, back.reopened), (State::Triaged, Cause::Approval, 1));
        judge(db, kim, &back, Verdict::Publish, "Thank you.")?;
        assert_eq!(state(db, other)?, Shown::Published);
        settle(db)?;
        let left = open(db, kim)?;
        assert!(left.is_empty(), "{left:?}");
        Ok(())
    });
}

#[test]
fn two_moderators_race_and_the_second_is_told_who_was_first() {
    on_each_database(|db| {
        let (cast, topic) = with_guidelines(db)?;
        let Cast { max, kim, nils, .. } = cast;
        decide(db, max, Target::Person(nils.person.unwrap()), Act::RequireApproval)?;
        let post = answer(db, nils, topic, "Try the third register.")?;
        settle(db)?;
        let item = open(db, kim)?.into_iter().find(|one| one.post == post).unwrap();
        let handle: &Db = db;
        let results: Vec<Result<Signal>> = std::thread::scope(|scope| {
            let reject = Verdict::Reject { clause: "be-kind".to_owned(), revise: false };
            let both = [(max, Verdict::Publish), (kim, reject)].map(|(who, verdict)| {
                let item = &item;
                scope.spawn(move || judge(handle, who, item, verdict, "Looked at."))
            });
            both.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(results.iter().filter(|one| one.is_ok()).count(), 1, "{results:?}");
        let (first, second) = if results[0].is_ok() { ("Max", &results[1]) } else { ("Kim", &results[0]) };
        let told = second.as_ref().unwrap_err();
        assert!(told.kind == Kind::Conflict && told.safe.contains(first), "{told:?}");
        let made = db.read_now(move |tx| moderation::of_object(tx, "post", post.0))?;
        assert_eq!(made.len(), 1, "one decision was made, the other left no trace");

        // The lease: who takes an item has it for ten minutes.
        let (other, _) = ask(db, cast.mira, cast.help, "A rude thread", "Hello.", false)?;
        let rude = answer(db, nils, other, "No.").and_then(|post| {
            decide(db, max, Target::Person(nils.person.unwrap()), Act::Reinstate)?;
            Ok(post)
        })?;
        settle(db)?;
        let item = open(db, kim)?.into_iter().find(|one| one.post == rude).unwrap();
        let see = sight(&item);
        db.write_now(move |tx| signals::claim(tx, max, see))?;
        let held = again(db, &item)?;
        refused(judge(db, kim, &held, Verdict::Publish, ""), Kind::Conflict, "Max holds this item");
        db.hand.advance(11 * 60_000);
        judge(db, kim, &held, Verdict::Publish, "").map(drop)
    });
}

#[test]
fn an_appeal_is_an_item_for_somebody_else() {
    on_each_database(|db| {
        let (cast, topic) = with_guidelines(db)?;
        let Cast { max, kim, mira, nils, .. } = cast;
        let post = answer(db, nils, topic, "Read the manual, fool.")?;
        db.write_now(move |tx| flags::raise(tx, mira, post, "harassment", "").map(drop))?;
        settle(db)?;
        let item = open(db, kim)?.remove(0);
        let hide = decide(db, max, Target::Post(post), Act::Hide)?;
        settle(db)?;
        let left = open(db, kim)?;
        assert!(left.is_empty(), "{left:?}");
        let id = appeal(db, nils, hide.id)?;
        let back = again(db, &item)?;
        assert_eq!((back.state, back.kind), (State::Triaged, Cause::Appeal), "one item for one post");
        assert_eq!(back.due_at, Some(db.clock().now().plus(7 * DAY)));
        let seen = db.read_now(move |tx| view::view(tx, kim, back.id))?;
        assert_eq!(seen.appeals.iter().map(|one| one.0.id).collect::<Vec<_>>(), [id]);
        let see = sight(&seen.signal);
        refused(db.write_now(move |tx| signals::claim(tx, max, see)), Kind::Forbidden, "Somebody else");
        let speak = move |tx: &mut mainstreet_db::Tx<'_>| moderation::speak(tx, kim, id, true, "A joke.");
        assert!(matches!(db.write_now(speak)?, Speech::Decided(_)));
        let ended = again(db, &item)?;
        assert_eq!((ended.state, ended.outcome), (State::Resolved, Some(Outcome::Overturned)));
        assert_eq!(state(db, post)?, Shown::Published);

        // Against what was done to a member: no conversation, one item for one member, and it becomes urgent in time.
        let target = Target::Person(nils.person.unwrap());
        let slip = decide(db, max, target, Act::Warn)?;
        let (warn, mute) = (decide(db, max, target, Act::Warn)?, decide(db, max, target, Act::Mute)?);
        let id = slip.id;
        db.write_now(move |tx| moderation::undo(tx, max, id, "Not her.").map(drop))?;
        let person = nils.person.unwrap();
        let stands = db.read_now(move |tx| acts::standing_of(tx, person))?;
        assert_eq!(stands.standing.as_str(), "muted", "a warning is taken back whatever came after it");
        let first = appeal(db, nils, warn.id)?;
        appeal(db, nils, mute.id)?;
        let item = open(db, kim)?.remove(0);
        assert!(item.is_about_member() && item.person == nils.person.unwrap());
        let see = sight(&item);
        let reply = signals::Reply { body: "Hm.".to_owned(), wait: true, form_token: None, canned: None };
        refused(
            db.write_now(move |tx| signals::reply(tx, kim, see, &reply)),
            Kind::Conflict,
            "no conversation",
        );
        let (id, signal) = (item.id, item.clone());
        let seen = db.read_now(move |tx| view::view(tx, kim, id))?;
        assert_eq!((seen.appeals.len(), seen.record.penalties.len()), (2, 1));
        assert!(seen.topic.is_none() && seen.posts.is_empty());
        db.hand.advance(6 * DAY);
        settle(db)?;
        assert_eq!(again(db, &signal)?.assessment.urgency.is.as_str(), "urgent");
        db.write_now(move |tx| moderation::speak(tx, kim, first, false, "Once is enough.").map(drop))?;
        assert!(again(db, &signal)?.state.is_open(), "the other appeal waits still");
        let left = db.read_now(move |tx| appeals::in_item(tx, &signal))?;
        assert_eq!(left.len(), 1);
        Ok(())
    });
}

#[test]
fn a_moderator_of_some_spaces_sees_and_does_nothing_elsewhere() {
    on_each_database(|db| {
        let (cast, topic) = with_guidelines(db)?;
        let Cast { ada, max, kim, mira, nils, .. } = cast;
        let place = db.write_now(move |tx| {
            let draft = spaces::Draft {
                name: "Off topic".to_owned(),
                description: String::new(),
                kind: spaces::Kind::Discussion,
                visibility: Visibility::Public,
                hue: 2,
            };
            let place = spaces::open(tx, ada, draft)?.id;
            acts::set_spaces(tx, ada, kim.person.unwrap(), &[place])?;
            Ok(place)
        })?;
        let here = answer(db, nils, topic, "Read the manual, fool.")?;
        let (there, _) = ask(db, nils, place, "A joke about meters", "It measures.", false)?;
        let flagged = answer(db, nils, there, "And weighs.")?;
        for post in [here, flagged] {
            db.write_now(move |tx| flags::raise(tx, mira, post, "off_topic", "").map(drop))?;
        }
        settle(db)?;
        assert_eq!(listed(db, max, Filter::Review)?.len(), 2);
        let mine = listed(db, kim, Filter::Review)?;
        assert_eq!(mine.iter().map(|one| one.space).collect::<Vec<_>>(), [place]);
        let other = listed(db, max, Filter::Review)?.into_iter().find(|one| one.space != place).unwrap();
        let (id, see) = (other.id, sight(&other));
        refused(db.read_now(move |tx| view::view(tx, kim, id)), Kind::Forbidden, "other spaces");
        refused(db.write_now(move |tx| signals::claim(tx, kim, see)), Kind::Forbidden, "other spaces");
        refused(
            db.write_now(move |tx| signals::resolve(tx, kim, see, Outcome::NoAction, "x", false)),
            Kind::Forbidden,
            "other spaces",
        );
        refused(decide(db, kim, Target::Post(here), Act::Hide), Kind::Forbidden, "other spaces");
        let auditor = db.write_now(|tx| person(tx, "Iris", Role::Auditor))?;
        let analyst = db.write_now(|tx| person(tx, "Carl", Role::Analyst))?;
        assert!(db.read_now(move |tx| view::view(tx, auditor, id)).is_ok(), "an auditor reads");
        refused(db.read_now(move |tx| view::view(tx, analyst, id)), Kind::Forbidden, "people who run");
        for who in [auditor, analyst, mira] {
            refused(db.write_now(move |tx| signals::claim(tx, who, see)), Kind::Forbidden, "people who run");
        }
        Ok(())
    });
}

/// Every row of every table but the log, the record of decisions and the history of items.
fn rows(db: &Db) -> Result<BTreeMap<String, Vec<String>>> {
    const GROWS: &[&str] = &[
        "activities",
        "log_cursors",
        "schema_migrations",
        "nodes",
        "decisions",
        "audit_entries",
        "audit_seals",
        "decision_batches",
        "decision_batch_items",
        "signals",
        "signal_steps",
        "signal_causes",
    ];
    testing::rows(db, GROWS)
}

#[test]
fn a_batch_is_done_and_taken_back_item_by_item() {
    on_each_database(|db| {
        let (cast, topic) = with_guidelines(db)?;
        let Cast { max, kim, mira, nils, .. } = cast;
        let mut flagged = Vec::new();
        for text in ["Buy meters at meters.example.", "Cheap meters, meters.example.", "Meters for all."] {
            let post = answer(db, nils, topic, text)?;
            db.write_now(move |tx| flags::raise(tx, mira, post, "spam", "").map(drop))?;
            flagged.push(post);
        }
        settle(db)?;
        let items = listed(db, max, Filter::Review)?;
        assert_eq!(items.len(), 3);
        let gone = items[1].post;
        decide(db, kim, Target::Post(gone), Act::Hide)?;
        let before = rows(db)?;
        let new = NewBatch {
            deed: Deed::Act(Act::Hide),
            clause: "no-spam".to_owned(),
            why: "The same advertisement three times.".to_owned(),
            hours: None,
        };
        let empty = NewBatch { why: " ".to_owned(), ..new.clone() };
        refused(db.write_now(move |tx| batches::begin(tx, max, &empty, 3)), Kind::Invalid, "Say why");
        let wrong = NewBatch { clause: "no-such".to_owned(), ..new.clone() };
        refused(db.write_now(move |tx| batches::begin(tx, max, &wrong, 3)), Kind::Invalid, "clause");
        let theirs = new.clone();
        refused(
            db.write_now(move |tx| batches::begin(tx, mira, &theirs, 3)),
            Kind::Forbidden,
            "people who run",
        );
        let id = db.write_now(move |tx| batches::begin(tx, max, &new, 3))?;
        for item in &items {
            let signal = item.id;
            if let Err(error) = db.write_now(move |tx| batches::do_one(tx, max, id, signal)) {
                db.write_now(move |tx| batches::failed(tx, id, signal, &error.safe))?;
            }
        }
        let done = db.read_now(move |tx| batches::find(tx, id))?;
        assert_eq!((done.standing(), done.failed()), (2, 1));
        let failure = &done.items.iter().find(|one| !one.is_done()).unwrap().failure;
        assert!(failure.contains("does not go"), "{failure}");
        assert_eq!(state(db, items[0].post)?, Shown::Hidden);
        assert_eq!(again(db, &items[0])?.outcome, Some(Outcome::Moderated));
        db.hand.advance(HOUR);
        refused(
            db.write_now(move |tx| batches::undo_one(tx, kim, id, done.items[0].signal, "Not hers.")),
            Kind::Forbidden,
            "Who made",
        );
        for item in items.clone() {
            db.write_now(move |tx| batches::undo_one(tx, max, id, item.id, "It was the shop's own post."))?;
        }
        for (table, after) in rows(db)? {
            assert_eq!(Some(&after), before.get(&table), "{table} after the batch was taken back");
        }
        assert!(again(db, &items[0])?.state.is_open() && state(db, items[0].post)? == Shown::Published);
        assert_eq!(db.read_now(move |tx| batches::find(tx, id))?.standing(), 0);
        Ok(())
    });
}

#[test]
fn who_is_on_duty_moderates_and_the_next_takes_over() {
    on_each_database(|db| {
        let (cast, _) = with_guidelines(db)?;
        let Cast { ada, max, mira, nils, .. } = cast;
        let team = NewTeam {
            name: "Weekend".to_owned(),
            weekly: true,
            weekday: 4,
            hour: 18,
            people: vec![mira.person.unwrap(), nils.person.unwrap()],
            spaces: Vec::new(),
        };
        let theirs = team.clone();
        refused(db.write_now(move |tx| teams::save(tx, max, None, &theirs)), Kind::Forbidden, "manager");
        let nobody = NewTeam { people: Vec::new(), ..team.clone() };
        refused(db.write_now(move |tx| teams::save(tx, ada, None, &nobody)), Kind::Invalid, "Name one");
        let sessions = db.write_now(move |tx| {
            [mira, nils]
                .map(|who| accounts::open_session(tx, who.person.unwrap(), "a browser"))
                .into_iter()
                .collect::<Result<Vec<String>>>()
        })?;
        let roles = |db: &Db| -> Result<Vec<Role>> {
            let sessions = sessions.clone();
            db.read_now(move |tx| {
                let read = |token: &String, tx: &mut mainstreet_db::Tx<'_>| {
                    let session = accounts::session(tx, &accounts::hash_token(token))?;
                    Ok(session.map_or(Role::Member, |session| session.member.role))
                };
                sessions.iter().map(|token| read(token, tx)).collect()
            })
        };
        assert_eq!(roles(db)?, [Role::Member, Role::Member]);
        let id = db.write_now(move |tx| teams::save(tx, ada, None, &team))?;
        assert_eq!(roles(db)?, [Role::Moderator, Role::Member]);
        db.hand.advance(7 * DAY);
        assert_eq!(roles(db)?, [Role::Member, Role::Moderator]);
        db.write_now(move |tx| {
            let together = NewTeam {
                name: "Weekend".to_owned(),
                weekly: false,
                weekday: 0,
                hour: 9,
                people: vec![mira.person.unwrap(), nils.person.unwrap()],
                spaces: vec![cast.help],
            };
            teams::save(tx, ada, Some(id), &together).map(drop)
        })?;
        assert_eq!(roles(db)?, [Role::Moderator, Role::Moderator]);
        let scope = db.read_now(move |tx| acts::scope_of(tx, mira.person.unwrap()))?;
        assert_eq!(scope, [cast.help]);
        db.write_now(move |tx| teams::remove(tx, ada, id))?;
        assert_eq!(roles(db)?, [Role::Member, Role::Member]);
        Ok(())
    });
}
