//! What rules that act do with people: limits of links, forms, thanks, introductions, tickets, calm hours.

use mainstreet_community::{accounts, guidelines, link_limits, notices, posts, topics};
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_desk::escalations::{self, Stand as Answer};
use mainstreet_desk::moderation;
use mainstreet_desk::proposals::{self, Kind, Stand};
use mainstreet_desk::rules::{self, Hit, Kept, Mode};
use mainstreet_desk::triage::{self, Owner, owners};
use mainstreet_desk::{forms, letters, recognitions};
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};
use mainstreet_kernel::{Actor, Kind as Trouble, Result};

use super::read;
use crate::support::{Cast, answer, ask, cast, open, person, settle};

fn publish(db: &TestDb, cast: Cast) -> Result<()> {
    db.write_now(move |tx| {
        guidelines::from_starter(tx, cast.ada, "support")?;
        guidelines::publish(tx, cast.ada, "first").map(drop)
    })
}

fn rule(name: &str, then: &str) -> String {
    format!(
        "rule: {name}\nwhy: they are kind\nguideline: no-spam\nwhen: post published\nif:\n  \
         - post.text has any: [{name}]\nthen:\n{then}"
    )
}

fn saved(db: &TestDb, cast: Cast, text: &str) -> Result<Kept> {
    let text = text.to_owned();
    let saved = db.write_now(move |tx| rules::save(tx, cast.ada, None, &text, false))?;
    Ok(saved.into_iter().next().unwrap())
}

fn enforced(db: &TestDb, cast: Cast, text: &str) -> Result<Kept> {
    let id = saved(db, cast, text)?.id;
    let kept = db.write_now(move |tx| {
        rules::set_mode(tx, cast.ada, id, Mode::Enforce, "", Some("a test of acting"))
    })?;
    db.hand.advance(MINUTE);
    Ok(kept)
}

fn hit(db: &TestDb, rule: &Kept) -> Result<Hit> {
    let id = rule.id;
    Ok(db.read_now(move |tx| rules::hits_of(tx, id, 1))?.remove(0))
}

fn letters_of(db: &TestDb, who: Actor) -> Result<Vec<letters::Letter>> {
    db.read_now(move |tx| letters::of(tx, who.person.unwrap()))
}

#[test]
fn links_of_a_member_are_limited_told_and_freed_again() {
    on_each_database(|db| {
        let cast = cast(db)?;
        publish(db, cast)?;
        let kept = enforced(db, cast, &rule("shop", "  - limit links for: 7 days, at most 1\n"))?;
        let text = "shop at https://a.example and https://b.example";
        let (topic, first) = ask(db, cast.mira, cast.help, "A title of mine", text, false)?;
        read(db, 50)?;
        let done = hit(db, &kept)?;
        assert!(done.acted && done.doing.to_string().contains("1 link at a time"), "{}", done.doing);
        let mira = cast.mira.person.unwrap();
        let limit = db.read_now(move |tx| link_limits::of(tx, mira))?.unwrap();
        assert_eq!((limit.most, limit.until), (1, db.clock().now().plus(7 * DAY).0));
        // More links are refused with what to do; as many as allowed go through.
        let refused = answer(db, cast.mira, topic, "https://a.example www.b.example").unwrap_err();
        assert_eq!(refused.kind, Trouble::Invalid);
        assert!(
            refused.safe.contains("at most 1 link") && refused.safe.contains("Take 1 out"),
            "{}",
            refused.safe
        );
        answer(db, cast.mira, topic, "https://a.example and [ours](/t/1)")?;
        // What was there stays, and may be edited as long as no link comes to it.
        let edit = |body: &str| {
            let body = body.to_owned();
            db.write_now(move |tx| {
                let now = posts::store::find(tx, first)?;
                let (expected, why) = (now.version, String::new());
                let edit = posts::Edit { post: first, expected, body, title: None, tags: None, why };
                posts::edit(tx, cast.mira, &edit).map(drop)
            })
        };
        edit("Shop at https://a.example and https://b.example, friends")?;
        assert!(edit("https://a.example https://b.example https://c.example").is_err());
        let new = topics::NewTopic {
            space: cast.help,
            title: "Another one".to_owned(),
            body: "https://a.example https://b.example".to_owned(),
            tags: Vec::new(),
            question: false,
            form_token: None,
        };
        assert!(db.write_now(move |tx| topics::open(tx, cast.mira, &new).map(drop)).is_err());
        // It is a decision: told with its reasons, in the desk's record, and taken back whole.
        let decision = db.read_now(move |tx| moderation::of_person(tx, mira, 5))?.remove(0);
        assert_eq!((decision.act.as_str(), decision.clause.as_str()), ("limit_links", "no-spam"));
        assert!(decision.automatic && decision.until.is_some() && decision.facts.contains("may hold 1 link"));
        assert_eq!(decision.dsa().0, Some("DECISION_VISIBILITY_CONTENT_INTERACTION_RESTRICTED"));
        let told = db.read_now(move |tx| notices::of_person(tx, mira))?;
        assert!(told.iter().any(|one| one.text.contains("Limit the links")), "{told:?}");
        let id = decision.id;
        db.write_now(move |tx| moderation::appeal(tx, mira, id, "I was wrongly limited.").map(drop))?;
        db.write_now(move |tx| moderation::undo(tx, cast.max, id, "a misunderstanding").map(drop))?;
        assert_eq!(db.read_now(move |tx| link_limits::of(tx, mira))?, None);
        answer(db, cast.mira, topic, "https://a.example https://b.example")?;
        // Staff are never limited by a rule.
        ask(db, cast.max, cast.help, "Of the team", "shop https://a.example", false)?;
        read(db, 50)?;
        let spared = hit(db, &kept)?;
        assert!(!spared.acted && spared.doing.withheld[0].1.contains("less rights"), "{}", spared.doing);
        Ok(())
    });
}

#[test]
fn a_limit_of_links_ends_by_itself_and_each_is_taken_back_in_whatever_order() {
    on_each_database(|db| {
        let cast = cast(db)?;
        publish(db, cast)?;
        let mira = cast.mira.person.unwrap();
        let limit = |most: i64, hours: i64| {
            let until = Some(db.clock().now().plus(hours * HOUR));
            db.write_now(move |tx| {
                use mainstreet_community::moderation::{Act, Detail, Order, Target};
                let (target, act, detail) = (Target::Person(mira), Act::LimitLinks, Detail::Links(most));
                let case = moderation::Case {
                    order: Order { target, act, why: "Links.".to_owned(), until, detail },
                    clause: "no-spam".to_owned(),
                    source: moderation::Source::Own,
                    source_id: None,
                    detected: false,
                    ground: moderation::Ground::Incompatible,
                };
                moderation::decide(tx, cast.max, &case)
            })
        };
        let now = |db: &TestDb| db.read_now(move |tx| link_limits::of(tx, mira));
        let first = limit(2, 1)?;
        db.hand.advance(MINUTE);
        let second = limit(0, 2)?;
        assert_eq!(now(db)?.unwrap().says(), "no links");
        db.write_now(move |tx| moderation::undo(tx, cast.max, second.id, "no").map(drop))?;
        assert_eq!(now(db)?.unwrap().most, 2, "the limit before stands again");
        db.hand.advance(MINUTE);
        let third = limit(5, 3)?;
        db.hand.advance(MINUTE);
        db.write_now(move |tx| moderation::undo(tx, cast.max, first.id, "no").map(drop))?;
        assert_eq!(now(db)?.unwrap().most, 5, "the later one stands");
        db.write_now(move |tx| moderation::undo(tx, cast.max, third.id, "no").map(drop))?;
        assert_eq!(now(db)?, None, "as if neither had been");
        limit(3, 1)?;
        db.hand.advance(HOUR);
        assert_eq!(now(db)?, None, "its time is over");
        assert!(limit(21, 1).is_err() && limit(-1, 1).is_err());
        Ok(())
    });
}

#[test]
fn what_restricts_is_always_a_decision_that_cites_a_clause() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let kept = enforced(db, cast, &rule("buy", "  - hide until reviewed\n"))?;
        let (_, post) = ask(db, cast.mira, cast.help, "A title of mine", "buy it", false)?;
        read(db, 50)?;
        settle(db)?;
        let state = |db: &TestDb| db.read_now(move |tx| posts::store::find(tx, post).map(|post| post.state));
        assert_eq!(state(db)?.as_str(), "published", "nothing is hidden without a clause");
        let said = hit(db, &kept)?.doing.to_string();
        assert!(said.contains("no guidelines are published"), "{said}");
        assert_eq!(open(db, cast.ada)?.len(), 1, "a person looks all the same");
        let id = kept.id;
        let gate =
            db.read_now(move |tx| rules::find(tx, id).and_then(|kept| rules::gates::gate(tx, &kept)))?;
        assert!(gate.iter().any(|why| why.contains("no guidelines are published")), "{gate:?}");
        // With guidelines, a clause that is not there is refused at save with its place and what was meant.
        publish(db, cast)?;
        let wrong = rule("sell", "  - hide until reviewed\n").replace("no-spam", "no-spamm");
        let refused = db.write_now(move |tx| rules::save(tx, cast.ada, None, &wrong, false)).unwrap_err();
        assert!(refused.safe.contains("3:12") && refused.safe.contains("\"no-spam\""), "{}", refused.safe);
        let without = rule("sell", "  - hide until reviewed\n").replace("guideline: no-spam\n", "");
        let refused = db.write_now(move |tx| rules::save(tx, cast.ada, None, &without, false)).unwrap_err();
        assert!(refused.safe.contains("add \"guideline:\""), "{}", refused.safe);
        Ok(())
    });
}

#[test]
fn a_form_is_asked_answered_and_comes_into_the_inbox() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let kept = enforced(db, cast, &rule("broken", "  - ask with form: missing-details, send\n"))?;
        let (_, post) = ask(db, cast.mira, cast.help, "A title of mine", "it is broken", false)?;
        read(db, 50)?;
        settle(db)?;
        let said = hit(db, &kept)?.doing.to_string();
        assert!(said.contains("sent the author the form \"missing-details\""), "{said}");
        let letter = letters_of(db, cast.mira)?.remove(0);
        assert!(letter.path.starts_with("/forms/") && letter.body.contains("What happened instead?"));
        let asked = db.read_now(|tx| forms::lately(tx, 5))?.remove(0);
        let (id, items) = (asked.id, open(db, cast.ada)?.len());
        let nils = cast.nils.person.unwrap();
        assert!(db.write_now(move |tx| forms::open(tx, nils, id)).is_err(), "it is nobody else's");
        let send = |who: Actor, answers: &[&str]| {
            let answers: Vec<String> = answers.iter().map(|one| (*one).to_owned()).collect();
            db.write_now(move |tx| forms::answer(tx, who, id, &answers))
        };
        let refused = send(cast.mira, &["to log in", " "]).unwrap_err();
        assert!(refused.safe.contains("What happened instead?"), "{}", refused.safe);
        assert!(send(cast.nils, &["a", "b"]).is_err());
        send(cast.mira, &["to log in", "error 500", "1.2"])?;
        assert_eq!(send(cast.mira, &["again", "again"]).unwrap_err().kind, Trouble::Conflict);
        assert!(open(db, cast.ada)?.len() >= items.max(1));
        let item = open(db, cast.ada)?.into_iter().find(|item| item.post == post).unwrap();
        let view = db.read_now(move |tx| mainstreet_desk::signals::view::view(tx, cast.ada, item.id))?;
        assert!(view.causes.iter().any(|cause| cause.reason.contains("error 500")), "{:?}", view.causes);
        // Asked again about the same post: no; and never while one is open.
        let again = saved(db, cast, &rule("broken2", "  - ask with form: missing-details, send\n"));
        assert!(again.is_ok());
        Ok(())
    });
}

#[test]
fn a_form_as_a_draft_waits_for_a_person_who_can_take_it_back() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let kept = enforced(db, cast, &rule("broken", "  - ask with form: missing-details\n"))?;
        ask(db, cast.mira, cast.help, "A title of mine", "it is broken", false)?;
        ask(db, cast.mira, cast.help, "Another title", "broken again", false)?;
        read(db, 50)?;
        assert!(hit(db, &kept)?.doing.to_string().contains("proposed already"), "{}", hit(db, &kept)?.doing);
        assert!(letters_of(db, cast.mira)?.is_empty(), "nothing was sent");
        let one = db.read_now(proposals::waiting)?.remove(0);
        assert_eq!((one.kind, one.what.as_str()), (Kind::Form, "missing-details"));
        assert!(
            db.write_now(move |tx| proposals::accept(tx, cast.nils, one.id, "")).is_err(),
            "members may not"
        );
        db.write_now(move |tx| proposals::accept(tx, cast.max, one.id, ""))?;
        assert_eq!(letters_of(db, cast.mira)?.len(), 1);
        assert!(db.write_now(move |tx| proposals::accept(tx, cast.max, one.id, "")).is_err(), "once");
        assert!(db.write_now(move |tx| proposals::undo(tx, cast.kim, one.id)).is_err(), "not another's");
        db.write_now(move |tx| proposals::undo(tx, cast.max, one.id))?;
        assert!(letters_of(db, cast.mira)?.is_empty(), "its letter is gone");
        assert_eq!(db.read_now(proposals::waiting)?.len(), 1);
        let declined = db.write_now(move |tx| proposals::decline(tx, cast.max, one.id, "not now"))?;
        assert_eq!(declined.stand, Stand::Declined);
        Ok(())
    });
}

#[test]
fn thanks_are_given_by_a_person_and_stand_on_the_page() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let kept = enforced(db, cast, &rule("helpful", "  - nominate for recognition: guide\n"))?;
        ask(db, cast.mira, cast.help, "A title of mine", "a helpful text", false)?;
        read(db, 50)?;
        assert!(hit(db, &kept)?.doing.to_string().contains("a person decides"));
        let mira = cast.mira.person.unwrap();
        let badges = |db: &TestDb| db.read_now(move |tx| recognitions::of(tx, mira));
        assert!(badges(db)?.is_empty());
        let one = db.read_now(proposals::waiting)?.remove(0);
        assert_eq!(one.why, "they are kind");
        assert!(
            db.write_now(move |tx| proposals::accept(tx, cast.max, one.id, " ")).is_err(),
            "thanks need words"
        );
        assert_eq!(db.read_now(proposals::waiting)?.len(), 1, "the mistake changed nothing");
        db.write_now(move |tx| proposals::accept(tx, cast.max, one.id, "For your patience."))?;
        assert_eq!(badges(db)?[0].badge, "guide");
        let letter = letters_of(db, cast.mira)?.remove(0);
        assert!(!letter.automatic && letter.body.contains("For your patience."));
        ask(db, cast.mira, cast.help, "Another title", "helpful again", false)?;
        read(db, 50)?;
        assert!(hit(db, &kept)?.doing.to_string().contains("has the badge"));
        // Read already: the badge goes, and they are told.
        db.write_now(move |tx| letters::open(tx, mira, letter.id).map(drop))?;
        db.write_now(move |tx| proposals::undo(tx, cast.max, one.id))?;
        assert!(badges(db)?.is_empty());
        assert!(letters_of(db, cast.mira)?[0].subject.contains("taken back"));
        Ok(())
    });
}

#[test]
fn members_who_write_about_the_same_are_proposed_once_and_only_if_they_want() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let ola = db.write_now(|tx| person(tx, "Ola", mainstreet_kernel::Role::Member))?;
        let tagged = |who: Actor, title: &str, body: &str, tags: &[&str]| {
            let new = topics::NewTopic {
                space: cast.help,
                title: title.to_owned(),
                body: body.to_owned(),
                tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
                question: false,
                form_token: None,
            };
            db.write_now(move |tx| topics::open(tx, who, &new).map(drop))
        };
        tagged(cast.nils, "Heat meters", "I build them.", &["heat", "meters"])?;
        tagged(ola, "Pumps", "I fix them.", &["heat"])?;
        let kept = enforced(db, cast, &rule("hello", "  - suggest connection: people with similar goals\n"))?;
        tagged(cast.mira, "My first heat meter", "hello all", &["heat", "meters"])?;
        read(db, 50)?;
        let one = db.read_now(proposals::waiting)?.remove(0);
        assert_eq!((one.person, one.other), (cast.mira.person.unwrap(), cast.nils.person));
        assert!(one.why.contains("both wrote about heat, meters"), "{}", one.why);
        assert!(letters_of(db, cast.nils)?.is_empty());
        // Somebody who wants to be left alone is not introduced, not even when it was proposed before.
        db.write_now(move |tx| proposals::set_wants_none(tx, cast.nils, true))?;
        let refused =
            db.write_now(move |tx| proposals::accept(tx, cast.max, one.id, "Hello you two.")).unwrap_err();
        assert!(refused.safe.contains("does not want"), "{}", refused.safe);
        assert!(letters_of(db, cast.mira)?.is_empty(), "neither got a letter");
        db.write_now(move |tx| proposals::set_wants_none(tx, cast.nils, false))?;
        db.write_now(move |tx| proposals::accept(tx, cast.max, one.id, "Hello you two."))?;
        assert_eq!((letters_of(db, cast.mira)?.len(), letters_of(db, cast.nils)?.len()), (1, 1));
        db.write_now(move |tx| proposals::undo(tx, cast.max, one.id))?;
        assert!(letters_of(db, cast.mira)?.is_empty() && letters_of(db, cast.nils)?.is_empty());
        db.write_now(move |tx| proposals::accept(tx, cast.max, one.id, "Hello you two."))?;
        let (nils, letter) = (cast.nils.person.unwrap(), letters_of(db, cast.nils)?[0].id);
        db.write_now(move |tx| letters::open(tx, nils, letter).map(drop))?;
        assert!(db.write_now(move |tx| proposals::undo(tx, cast.max, one.id)).is_err(), "it was read");
        // Next time the other one fits; then nobody is left.
        tagged(cast.mira, "My second heat meter", "hello again", &["heat", "meters"])?;
        read(db, 50)?;
        let next = db.read_now(proposals::waiting)?.remove(0);
        assert_eq!(next.other, ola.person);
        tagged(cast.mira, "My third heat meter", "hello hello", &["heat"])?;
        read(db, 50)?;
        assert!(hit(db, &kept)?.doing.to_string().contains("nobody was found"));
        Ok(())
    });
}

#[test]
fn a_ticket_is_a_question_to_a_team_or_a_signed_call() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let text = rule("outage", "  - create ticket: {in: support, priority: urgent}\n");
        let kept = saved(db, cast, &text)?;
        let id = kept.id;
        let gate =
            db.read_now(move |tx| rules::find(tx, id).and_then(|kept| rules::gates::gate(tx, &kept)))?;
        assert!(gate.iter().any(|why| why.contains("the team support has no address")), "{gate:?}");
        let unknown = text.replace("support", "suport");
        let refused = db.write_now(move |tx| rules::save(tx, cast.ada, None, &unknown, false)).unwrap_err();
        assert!(refused.safe.contains("\"support\""), "{}", refused.safe);
        db.write_now(move |tx| {
            let team =
                owners::Team { email: "help@example.org".to_owned(), ..owners::team(tx, Owner::Support)? };
            owners::set_team(tx, cast.ada, &team)
        })?;
        let kept = db.write_now(move |tx| rules::set_mode(tx, cast.ada, id, Mode::Enforce, "", None))?;
        db.hand.advance(MINUTE);
        let (_, post) = ask(db, cast.mira, cast.help, "A title of mine", "an outage", false)?;
        read(db, 50)?;
        settle(db)?;
        assert!(hit(db, &kept)?.doing.to_string().contains("made a ticket for the team support"));
        let item = open(db, cast.ada)?.into_iter().find(|item| item.post == post).unwrap();
        assert_eq!((item.assessment.urgency.is.as_str(), item.state.as_str()), ("urgent", "waiting_owner"));
        let waiting = db.read_now(escalations::unmailed)?;
        assert_eq!(waiting.len(), 1);
        let words = |_: &escalations::HandOff| Ok(("A ticket".to_owned(), "https://x/hand-off".to_owned()));
        let ticket = waiting[0];
        db.write_now(move |tx| escalations::hand_off_one(tx, ticket, words))?;
        assert!(db.read_now(escalations::unmailed)?.is_empty(), "mailed once");
        db.write_now(move |tx| escalations::answer_from_mail(tx, ticket, "Pat", "It is fixed."))?;
        assert_eq!(db.read_now(move |tx| escalations::find(tx, ticket))?.state, Answer::Answered);
        // In a program behind a webhook.
        let secret = "a secret of enough letters";
        db.write_now(move |tx| {
            mainstreet_desk::webhooks::add(tx, cast.ada, "our-desk", "https://desk.example/in", secret)
        })?;
        let text = rule("leak", "  - create ticket: {in: our-desk}\n");
        enforced(db, cast, &text)?;
        ask(db, cast.mira, cast.help, "Another title", "a leak", false)?;
        read(db, 50)?;
        let call = db.write_now(|tx| mainstreet_desk::webhooks::take(tx, 5))?.remove(0);
        let body: serde_json::Value = serde_json::from_str(&call.body).unwrap();
        assert_eq!(body["ticket"]["priority"], "normal");
        Ok(())
    });
}

#[test]
fn calm_hours_keep_notices_back_here_and_by_mail() {
    on_each_database(|db| {
        let cast = cast(db)?;
        // Open for one hour of the day that begins ten hours from now.
        let opens = db.clock().now().plus(10 * HOUR);
        let hour = (opens.0 / HOUR).rem_euclid(24);
        db.write_now(move |tx| {
            let mut written =
                triage::hours::Written { kept: true, zone: "UTC".to_owned(), ..Default::default() };
            written.week = std::array::from_fn(|_| format!("{hour}:00-{hour}:59"));
            triage::set_hours(tx, cast.ada, &written)
        })?;
        db.write_now(|tx| tx.run("UPDATE members SET email_confirmed_at = 1", &[]).map(drop))?;
        db.write_now(|tx| mainstreet_community::settings::keep_address(tx, "https://our.example"))?;
        let kept = enforced(db, cast, &rule("fire", "  - notify: {who: Max, within: calm hours}\n"))?;
        ask(db, cast.mira, cast.help, "A title of mine", "a fire", false)?;
        read(db, 50)?;
        assert!(
            hit(db, &kept)?.doing.to_string().contains("when the office opens"),
            "{}",
            hit(db, &kept)?.doing
        );
        let max = cast.max.person.unwrap();
        let told = |db: &TestDb| db.read_now(move |tx| notices::of_person(tx, max));
        db.hand.advance(HOUR);
        db.write_now(letters::sweep)?;
        assert!(told(db)?.is_empty() && letters_of(db, cast.max)?.is_empty(), "calm");
        assert!(db.write_now(|tx| accounts::take_mails(tx, 9))?.is_empty());
        db.hand.advance(10 * HOUR);
        for _ in 0..2 {
            db.write_now(letters::sweep)?;
        }
        assert_eq!((told(db)?.len(), letters_of(db, cast.max)?.len()), (1, 1), "told once");
        let mails = db.write_now(|tx| accounts::take_mails(tx, 9))?;
        assert_eq!(mails.len(), 1);
        assert!(mails[0].body.contains("https://our.example/desk/posts/"), "{}", mails[0].body);
        assert!(mails[0].body.contains("https://our.example/letters/"), "{}", mails[0].body);
        // While the office is open it is told at once.
        let kept = enforced(db, cast, &rule("smoke", "  - notify: {who: Max, within: calm hours}\n"))?;
        let now = db.clock().now();
        let to = opens.plus(DAY + MINUTE).since(now);
        db.hand.advance(to - (to / HOUR) / 24 * 24 * HOUR);
        ask(db, cast.mira, cast.help, "Another title", "some smoke", false)?;
        read(db, 50)?;
        assert!(hit(db, &kept)?.doing.to_string().contains("told Max"), "{}", hit(db, &kept)?.doing);
        Ok(())
    });
}

#[test]
fn a_rule_in_shadow_does_none_of_it() {
    on_each_database(|db| {
        let cast = cast(db)?;
        publish(db, cast)?;
        let then = "  - limit links for: 7 days\n  - ask with form: missing-details, send\n  \
                    - nominate for recognition: guide\n  - suggest connection: champions\n";
        let kept = saved(db, cast, &rule("all", then))?;
        db.hand.advance(MINUTE);
        ask(db, cast.mira, cast.help, "A title of mine", "all of it https://a.example", false)?;
        read(db, 50)?;
        let hit = hit(db, &kept)?;
        assert!(!hit.acted && hit.doing.withheld[0].1.contains("only watches"));
        let mira = cast.mira.person.unwrap();
        assert_eq!(db.read_now(move |tx| link_limits::of(tx, mira))?, None);
        assert!(db.read_now(proposals::waiting)?.is_empty() && letters_of(db, cast.mira)?.is_empty());
        Ok(())
    });
}
