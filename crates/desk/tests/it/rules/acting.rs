//! What rules that act do with people, threads and programs, and what they do later.

use mainstreet_community::guidelines;
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_desk::rules::{self, Hit, Kept, Mode, live};
use mainstreet_desk::sequences::{self, Step};
use mainstreet_desk::{letters, webhooks};
use mainstreet_kernel::Result;
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};

use super::read;
use crate::support::{Cast, answer, ask, cast, settle};

fn enforced(db: &TestDb, cast: Cast, text: &str) -> Result<Kept> {
    let text = text.to_owned();
    let saved = db.write_now(move |tx| rules::save(tx, cast.ada, None, &text, false))?;
    let id = saved.first().unwrap().id;
    let kept = db.write_now(move |tx| {
        rules::set_mode(tx, cast.ada, id, Mode::Enforce, "", Some("a test of acting"))
    })?;
    db.hand.advance(MINUTE);
    Ok(kept)
}

fn hits(db: &TestDb, rule: &Kept) -> Result<Vec<Hit>> {
    let id = rule.id;
    db.read_now(move |tx| rules::hits_of(tx, id, 100))
}

fn said(db: &TestDb, rule: &Kept) -> Result<Vec<String>> {
    Ok(hits(db, rule)?.iter().map(|hit| hit.doing.to_string()).collect())
}

/// A rule for every post of these words.
fn rule(name: &str, then: &str) -> String {
    format!("rule: {name}\nwhen: post published\nif:\n  - post.text has any: [{name}]\nthen:\n{then}")
}

#[test]
fn a_step_waits_and_is_done_once_unless_somebody_answers() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let text = rule("unanswered", "  - after 4 hours without reply: {open item: {urgency: high}}\n");
        let kept = enforced(db, cast, &text)?;
        let (alone, _) = ask(db, cast.mira, cast.help, "Nobody knows", "unanswered one", true)?;
        let (known, _) = ask(db, cast.mira, cast.help, "Somebody knows", "unanswered two", true)?;
        read(db, 50)?;
        assert!(
            said(db, &kept)?.iter().all(|said| said.starts_with("waits 4 hours")),
            "{:?}",
            said(db, &kept)?
        );
        db.hand.advance(HOUR);
        answer(db, cast.nils, known, "Here is how.")?;
        db.hand.advance(4 * HOUR);
        for _ in 0..3 {
            db.write_now(live::sweep)?;
        }
        let all = hits(db, &kept)?;
        let of = |topic| all.iter().find(|hit| hit.topic == Some(topic)).unwrap().doing.clone();
        assert_eq!(
            of(alone).done.iter().filter(|one| *one == "opened an item").count(),
            1,
            "{:?}",
            of(alone)
        );
        assert_eq!(of(known).withheld[0].1, "somebody has answered");
        Ok(())
    });
}

#[test]
fn what_waits_is_dropped_when_the_rule_does_not_act_any_more() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let kept = enforced(db, cast, &rule("later", "  - after 1 hour: {open item: {urgency: low}}\n"))?;
        ask(db, cast.mira, cast.help, "A title of mine", "later on", false)?;
        read(db, 50)?;
        let id = kept.id;
        db.write_now(move |tx| rules::set_mode(tx, cast.ada, id, Mode::Paused, "not now", None))?;
        db.hand.advance(2 * HOUR);
        db.write_now(live::sweep)?;
        let all = hits(db, &kept)?;
        assert!(all[0].doing.withheld[0].1.contains("does not act any more"), "{:?}", all[0].doing);
        Ok(())
    });
}

#[test]
fn the_author_is_written_to_labelled_and_begins_a_sequence() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let then = "  - reply with: {template: personal-data-help, mode: send, to: author only}\n  \
                    - label: watched for 2 days\n  - add to sequence: welcome-contributor\n";
        let kept = enforced(db, cast, &rule("hello", then))?;
        let labelled = "rule: Watched\nwhen: post published\nif:\n  - author.labels includes any: [watched]\nthen:\n  - open item: {urgency: low}\n";
        let seen = enforced(db, cast, labelled)?;
        ask(db, cast.mira, cast.help, "A title of mine", "hello all", false)?;
        read(db, 50)?;
        let me = cast.mira.person.unwrap();
        let mine = db.read_now(move |tx| letters::of(tx, me))?;
        assert_eq!(mine.len(), 1, "{:?}", said(db, &kept)?);
        assert!(mine[0].body.contains("A title of mine") && mine[0].sender.contains("hello"), "{mine:?}");
        assert!(hits(db, &seen)?.is_empty(), "the label was given by this very post");

        db.hand.advance(HOUR);
        db.write_now(sequences::sweep)?;
        assert_eq!(db.read_now(move |tx| letters::of(tx, me))?.len(), 2, "the first message of the sequence");
        db.write_now(sequences::sweep)?;
        assert_eq!(db.read_now(move |tx| letters::of(tx, me))?.len(), 2);
        ask(db, cast.mira, cast.help, "A second title", "hello again", false)?;
        read(db, 50)?;
        assert_eq!(hits(db, &seen)?.len(), 1, "labelled now");
        assert!(said(db, &kept)?[0].contains("walked the sequence welcome-contributor already"));
        db.hand.advance(4 * DAY);
        db.write_now(sequences::sweep)?;
        let after = db.read_now(move |tx| letters::of(tx, me))?;
        assert_eq!(after.len(), 3, "she has written, so the second message is not sent: {after:?}");
        ask(db, cast.mira, cast.help, "A third title", "no word of it", false)?;
        read(db, 50)?;
        assert_eq!(hits(db, &seen)?.len(), 1, "the label has ended");
        Ok(())
    });
}

#[test]
fn a_draft_waits_in_the_item_and_the_item_goes_to_its_owner() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let then = "  - open item: {urgency: high, owner: support}\n  \
                    - reply with: {template: welcome-contributor, mode: draft}\n  - escalate: {to: product, question: Is it down?}\n  \
                    - notify: {who: moderators}\n  - notify: {who: nobody of that name}\n";
        let kept = enforced(db, cast, &rule("outage", then))?;
        ask(db, cast.mira, cast.help, "A title of mine", "outage here", false)?;
        read(db, 50)?;
        let said = said(db, &kept)?;
        assert!(said[0].contains("put the draft \"welcome-contributor\" into the item"), "{said:?}");
        assert!(said[0].contains("asked the team product"), "{said:?}");
        assert!(said[0].contains("told moderators") && said[0].contains("nobody is known as"), "{said:?}");
        let drafts = db.read_now(|tx| {
            let signal = tx.first("SELECT signal_id FROM reply_drafts", &[], |row| row.get("signal_id"))?;
            rules::drafts(tx, signal.unwrap())
        })?;
        assert_eq!(drafts.len(), 1);
        assert!(drafts[0].body.contains("Hello Mira"), "{drafts:?}");
        let max = cast.max.person.unwrap();
        assert!(!db.read_now(move |tx| letters::of(tx, max))?.is_empty());
        Ok(())
    });
}

#[test]
fn people_who_may_know_are_asked_within_their_limit() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let (topic, _) = ask(db, cast.mira, cast.help, "How to export", "something", true)?;
        db.hand.advance(MINUTE);
        let solved = answer(db, cast.nils, topic, "Press the button.")?;
        db.hand.advance(MINUTE);
        db.write_now(move |tx| mainstreet_community::posts::accept(tx, cast.mira, solved))?;
        let then = "  - suggest answerers: 3 from people with accepted answers in these tags\n";
        let text = format!("{}limit: 1 requests per person per week\n", rule("export", then));
        let kept = enforced(db, cast, &text)?;
        ask(db, cast.mira, cast.help, "Another export", "export fails", true)?;
        db.hand.advance(MINUTE);
        ask(db, cast.mira, cast.help, "A third export", "export fails too", true)?;
        read(db, 50)?;
        let said = said(db, &kept)?;
        assert!(said[1].contains("asked 1 person who may know"), "{said:?}");
        assert!(said[0].contains("nobody was found"), "{said:?}");
        let nils = cast.nils.person.unwrap();
        assert_eq!(db.read_now(move |tx| letters::of(tx, nils))?.len(), 1);
        Ok(())
    });
}

#[test]
fn a_webhook_is_called_once_for_a_hit_and_only_where_an_owner_said() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let text = rule("status", "  - send webhook: status-page-watch\n  - open item: {urgency: low}\n");
        let own = text.clone();
        let found = db.read_now(move |tx| rules::check(tx, mainstreet_kernel::Role::Owner, &own))?.findings;
        assert!(found[0].message.contains("there is no webhook"), "{found:?}");
        assert!(mainstreet_rules::may_be_saved(&found), "it may watch");
        let own = text.clone();
        let id = db.write_now(move |tx| rules::save(tx, cast.ada, None, &own, false))?[0].id;
        let closed =
            db.write_now(move |tx| rules::set_mode(tx, cast.ada, id, Mode::Enforce, "", None)).unwrap_err();
        assert!(closed.safe.contains("status-page-watch"), "{}", closed.safe);
        let add = |name: &'static str, url: &'static str, secret: &'static str| {
            db.write_now(move |tx| webhooks::add(tx, cast.ada, name, url, secret))
        };
        for (name, url, secret) in [
            ("", "https://a.example/", "0123456789abcdef"),
            ("x", "ftp://a.example/", "0123456789abcdef"),
            ("x", "https://me:pw@a.example/", "0123456789abcdef"),
            ("x", "https:///path", "0123456789abcdef"),
            ("x", "https://a.example/ b", "0123456789abcdef"),
            ("x", "https://a.example/", "short"),
        ] {
            assert!(add(name, url, secret).is_err(), "{url}");
        }
        assert!(
            db.write_now(move |tx| webhooks::add(
                tx,
                cast.max,
                "y",
                "https://a.example/",
                "0123456789abcdef"
            ))
            .is_err()
        );
        add("Status-page-watch", "https://status.example/hook", "0123456789abcdef")?;
        db.write_now(move |tx| rules::set_mode(tx, cast.ada, id, Mode::Enforce, "", None))?;
        db.hand.advance(MINUTE);
        ask(db, cast.mira, cast.help, "A title of mine", "status is red", false)?;
        read(db, 50)?;
        let calls = db.write_now(|tx| webhooks::take(tx, 10))?;
        assert_eq!(calls.len(), 1);
        assert!(calls[0].body.contains("status is red") && calls[0].url == "https://status.example/hook");
        assert!(db.write_now(|tx| webhooks::take(tx, 10))?.is_empty(), "another node does not send it too");
        let mut call = calls[0].clone();
        for tried in 1..5 {
            let own = call.clone();
            db.write_now(move |tx| webhooks::came(tx, &own, Err("no answer".to_owned())))?;
            db.hand.advance(2 * HOUR);
            call = db.write_now(|tx| webhooks::take(tx, 10))?.pop().unwrap();
            assert_eq!(call.tries, tried);
        }
        let own = call.clone();
        db.write_now(move |tx| webhooks::came(tx, &own, Err("no answer".to_owned())))?;
        db.hand.advance(DAY);
        assert!(db.write_now(|tx| webhooks::take(tx, 10))?.is_empty(), "it is given up");
        assert_eq!(db.read_now(webhooks::all)?[0].last.as_ref().unwrap().0, "failed");
        Ok(())
    });
}

#[test]
fn threads_and_authors_are_slowed_locked_muted_and_held() {
    on_each_database(|db| {
        let cast = cast(db)?;
        db.write_now(move |tx| {
            guidelines::from_starter(tx, cast.ada, "support")?;
            guidelines::publish(tx, cast.ada, "first").map(drop)
        })?;
        for (name, then, done) in [
            ("slowly", "slow mode: 10 minutes for 6 hours", "slow"),
            ("locking", "lock for: 2 hours", "lock"),
            ("muting", "mute for: 1 day", "mute"),
            ("approving", "require approval for: 7 days", "look at the member"),
        ] {
            let text =
                rule(name, &format!("  - {then}\n")).replacen("\nwhen", "\nguideline: be-kind\nwhen", 1);
            let kept = enforced(db, cast, &text)?;
            let who = if name == "muting" { cast.nils } else { cast.mira };
            ask(db, who, cast.help, "A title of mine", &format!("{name} it"), false)?;
            read(db, 50)?;
            let said = said(db, &kept)?;
            assert!(said[0].starts_with(done), "{name}: {said:?}");
            db.hand.advance(HOUR);
        }
        Ok(())
    });
}

#[test]
fn a_thread_is_moved_and_tagged() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let space = db.write_now(move |tx| {
            let draft = mainstreet_community::spaces::Draft {
                name: "Elsewhere".to_owned(),
                description: String::new(),
                kind: mainstreet_community::spaces::Kind::Discussion,
                visibility: mainstreet_kernel::Visibility::Public,
                hue: 2,
            };
            mainstreet_community::spaces::open(tx, cast.ada, draft).map(|space| space.id)
        })?;
        let kept = enforced(db, cast, &rule("wander", "  - move to: Elsewhere\n"))?;
        let (topic, _) = ask(db, cast.mira, cast.help, "A title of mine", "wander off", false)?;
        read(db, 50)?;
        let moved = db.read_now(move |tx| mainstreet_community::topics::store::find(tx, topic))?;
        assert_eq!(moved.space, space, "{:?}", said(db, &kept)?);
        Ok(())
    });
}

#[test]
fn whoever_looks_after_a_rule_hears_that_it_was_stopped() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let kept = enforced(db, cast, &rule("flood", "  - open item: {urgency: low}\n"))?;
        for n in 0..12 {
            ask(db, cast.mira, cast.help, &format!("Title number {n}"), &format!("flood {n}"), false)?;
            db.hand.advance(MINUTE);
        }
        read(db, 50)?;
        let id = kept.id;
        assert_eq!(db.read_now(move |tx| rules::find(tx, id))?.mode, Mode::Shadow);
        let ada = cast.ada.person.unwrap();
        let told = db.read_now(move |tx| letters::of(tx, ada))?;
        assert!(
            told[0].subject.contains("was stopped") && told[0].body.contains("hits within an hour"),
            "{told:?}"
        );
        Ok(())
    });
}

#[test]
fn a_rule_that_nothing_sets_off_or_that_speaks_in_public_is_refused() {
    on_each_database(|db| {
        let cast = cast(db)?;
        for (text, words) in [
            (
                "rule: a\nwhen: event RSVP\nif: always\nthen: [{open item: {urgency: low}}]\n",
                "Nothing sets off",
            ),
            (
                "rule: b\nwhen: reply\nif: always\nthen: [{reply with: {template: welcome-contributor, mode: send, to: thread}}]\n",
                "to the author only",
            ),
        ] {
            let own = text.to_owned();
            let refused = db.write_now(move |tx| rules::save(tx, cast.ada, None, &own, false)).unwrap_err();
            assert!(refused.safe.contains(words), "{}", refused.safe);
        }
        Ok(())
    });
}

#[test]
fn a_sequence_is_checked_before_it_is_kept() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let step = |wait: &str, template: &str| Step {
            wait: wait.to_owned(),
            template: template.to_owned(),
            unless_wrote: false,
        };
        for (name, steps) in [
            ("", vec![step("", "welcome-again")]),
            ("x", vec![]),
            ("x", vec![step("soon", "welcome-again")]),
            ("x", vec![step("2 days", "no such text")]),
        ] {
            assert!(db.write_now(move |tx| sequences::save(tx, cast.ada, name, &steps)).is_err());
        }
        let good = vec![step("2 business days", "welcome-again")];
        let own = good.clone();
        db.write_now(move |tx| sequences::save(tx, cast.ada, "Second try", &own))?;
        assert_eq!(db.read_now(|tx| sequences::find(tx, "second try"))?.unwrap().steps, good);
        settle(db)?;
        Ok(())
    });
}

#[test]
fn another_model_sends_rules_that_measure_back_to_shadow() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let text = "rule: Angry\nwhen: reply\nif:\n  - signal.toxicity > 0.9\nthen:\n  - open item: {urgency: low}\n";
        let (measures, words) = (
            enforced(db, cast, text)?,
            enforced(db, cast, &rule("words", "  - open item: {urgency: low}\n"))?,
        );
        db.write_now(live::sweep)?;
        let modes = || {
            db.read_now(move |tx| Ok((rules::find(tx, measures.id)?.mode, rules::find(tx, words.id)?.mode)))
        };
        assert_eq!(modes()?, (Mode::Enforce, Mode::Enforce));
        db.write_now(|tx| {
            tx.run("UPDATE rule_marks SET name = 'model of last year' WHERE name LIKE 'model %'", &[])
        })?;
        db.write_now(live::sweep)?;
        assert_eq!(modes()?, (Mode::Shadow, Mode::Enforce));
        Ok(())
    });
}
