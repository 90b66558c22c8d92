//! Saving, modes, acting, and what a back-test measures.

use mainstreet_community::topics::State;
use mainstreet_community::{flags, guidelines, posts};
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_desk::moderation::{self, Source};
use mainstreet_desk::rules::{self, Hit, Kept, Mode};
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};
use mainstreet_kernel::id::PostId;
use mainstreet_kernel::{Kind, Result};

use super::{backtest, read};
use crate::support::{Cast, answer, ask, cast, open, settle};

const LINKS: &str = "\
rule: Links of newcomers
why: Link spam comes from new accounts.
guideline: no-spam
when: post published
if:
  - author.posts < 2
  - post.links.count >= 1
then:
  - hide until reviewed
  - open item: {urgency: high, risk: brand-safety, owner: marketing}
limit: 2 per hour
examples:
  match: [{post.text: \"see http://a.xyz\", author.posts: 0}]
";

fn save(db: &TestDb, cast: Cast, text: &str) -> Result<Kept> {
    let text = text.to_owned();
    let saved = db.write_now(move |tx| rules::save(tx, cast.ada, None, &text, false))?;
    Ok(saved.into_iter().next().unwrap())
}

fn hits(db: &TestDb, rule: &Kept) -> Result<Vec<Hit>> {
    let id = rule.id;
    db.read_now(move |tx| rules::hits_of(tx, id, 100))
}

fn enforce(db: &TestDb, cast: Cast, rule: &Kept, override_why: Option<&'static str>) -> Result<Kept> {
    let id = rule.id;
    db.write_now(move |tx| rules::set_mode(tx, cast.ada, id, Mode::Enforce, "ready", override_why))
}

fn state(db: &TestDb, post: PostId) -> Result<State> {
    db.read_now(move |tx| posts::store::find(tx, post).map(|post| post.state))
}

#[test]
fn a_text_with_faults_is_refused_with_all_of_them() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let text = "rule: X\nwhen: post published\nif:\n  - author.agee < 1 day\nthen:\n  - open item: {urgency: hihg}\n";
        let error = db.write_now(move |tx| rules::save(tx, cast.ada, None, text, false)).unwrap_err();
        assert_eq!(error.kind, Kind::Invalid);
        assert!(error.safe.contains("author.age") && error.safe.contains("hihg"), "{}", error.safe);
        assert!(error.safe.lines().count() >= 2, "{}", error.safe);
        let denied = db.write_now(move |tx| rules::save(tx, cast.mira, None, LINKS, false)).unwrap_err();
        assert_eq!(denied.kind, Kind::Forbidden);
        assert!(db.read_now(rules::all)?.is_empty());
        Ok(())
    });
}

#[test]
fn every_version_is_kept_and_a_changed_rule_returns_to_shadow() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let rule = save(db, cast, LINKS)?;
        assert_eq!((rule.version, rule.mode), (1, Mode::Shadow));
        assert_eq!(rule.review_at, Some(db.clock().now().plus(180 * DAY)));
        assert_eq!(save(db, cast, LINKS)?.version, 1, "the same text is no new version");
        enforce(db, cast, &rule, Some("the raid of last night must stop"))?;
        db.hand.advance(HOUR);
        let changed = save(db, cast, &LINKS.replace("author.posts < 2", "author.posts < 3"))?;
        assert_eq!((changed.id, changed.version, changed.mode), (rule.id, 2, Mode::Shadow));
        let id = rule.id;
        let (versions, turns) =
            db.read_now(move |tx| Ok((rules::versions(tx, id)?, rules::turns(tx, id)?)))?;
        assert_eq!(versions.iter().map(|one| one.version).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(versions[1].text, LINKS);
        let modes: Vec<_> = turns.iter().map(|turn| (turn.became, turn.overrides)).collect();
        assert_eq!(modes, [(Mode::Shadow, false), (Mode::Enforce, true), (Mode::Shadow, false)]);
        Ok(())
    });
}

#[test]
fn a_restricting_rule_passes_the_gate_or_is_overridden_in_writing() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let rule = save(db, cast, LINKS)?;
        let id = rule.id;
        let closed = enforce(db, cast, &rule, None).unwrap_err();
        assert_eq!(closed.kind, Kind::Conflict);
        assert!(
            closed.safe.contains("of 7 days") && closed.safe.contains("write down why"),
            "{}",
            closed.safe
        );
        assert!(enforce(db, cast, &rule, Some("short")).is_err());
        let moderator = db.write_now(move |tx| {
            rules::set_mode(tx, cast.max, id, Mode::Enforce, "", Some("because I say so"))
        });
        assert_eq!(moderator.unwrap_err().kind, Kind::Forbidden);
        assert_eq!(enforce(db, cast, &rule, Some("the raid of last night"))?.mode, Mode::Enforce);
        let harmless =
            save(db, cast, "rule: Note\nwhen: reply\nif: always\nthen:\n  - open item: {urgency: low}\n")?;
        assert_eq!(enforce(db, cast, &harmless, None)?.mode, Mode::Enforce);
        Ok(())
    });
}

#[test]
fn in_shadow_nothing_is_done_and_the_hit_says_why() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let rule = save(db, cast, LINKS)?;
        db.hand.advance(MINUTE);
        let (_, post) = ask(db, cast.mira, cast.help, "A title of mine", "see http://a.xyz", false)?;
        read(db, 50)?;
        assert_eq!(state(db, post)?, State::Published);
        let found = hits(db, &rule)?;
        assert_eq!(found.len(), 1);
        assert!(!found[0].acted && found[0].doing.withheld[0].1.contains("only watches"));
        let why = mainstreet_rules::why(found[0].trace.as_ref().unwrap());
        assert!(why.contains("author.posts < 2") && why.contains("it is 0"), "{why}");
        let (all, kept) = db.read_now(move |tx| rules::why(tx, post))?;
        assert_eq!((all.len(), kept.len()), (1, 1));
        Ok(())
    });
}

#[test]
fn an_enforced_rule_hides_opens_an_item_and_keeps_its_limit() {
    on_each_database(|db| {
        let cast = cast(db)?;
        db.write_now(move |tx| {
            guidelines::from_starter(tx, cast.ada, "support")?;
            guidelines::publish(tx, cast.ada, "first").map(drop)
        })?;
        let rule = save(db, cast, LINKS)?;
        enforce(db, cast, &rule, Some("the raid of last night"))?;
        let mut written = Vec::new();
        for who in [cast.mira, cast.nils, cast.max] {
            db.hand.advance(MINUTE);
            written.push(ask(db, who, cast.help, "Buy it here now", "at http://a.xyz", false)?.1);
            read(db, 50)?;
        }
        settle(db)?;
        let states: Vec<_> = written.iter().map(|post| state(db, *post).unwrap()).collect();
        use State::{Held, Published};
        assert_eq!(states, [Held, Held, Published], "the third is beyond the limit of two");
        let found = hits(db, &rule)?;
        assert!(found[0].doing.done[0].contains("limit of 2 per hour"), "{:?}", found[0].doing);
        assert!(found[2].acted && found[2].doing.done.iter().any(|done| done.contains("hid it")));
        let items = open(db, cast.ada)?;
        assert_eq!(items.len(), 3, "each waits for a person, hidden or not");
        let hidden = items.iter().find(|item| item.post == written[0]).unwrap();
        assert_eq!(hidden.assessment.urgency.is.as_str(), "high");
        assert_eq!(hidden.assessment.owner.is.as_str(), "marketing");
        // What a person restored stays: the rule acts once for a version, whatever is read again.
        let (max, first) = (cast.max, written[0]);
        db.hand.advance(MINUTE);
        db.write_now(move |tx| {
            let decision = moderation::of_object(tx, "post", first.0)?.remove(0);
            moderation::undo(tx, max, decision.id, "It is all right.").map(drop)
        })?;
        read(db, 50)?;
        assert_eq!(state(db, first)?, Published);
        Ok(())
    });
}

#[test]
fn a_decision_on_this_version_wins_over_every_rule() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let rule = "rule: Flagged links\nguideline: no-spam\nwhen: flag\nif: post.links.count >= 1\nthen:\n  - hide until reviewed\n";
        let rule = save(db, cast, rule)?;
        enforce(db, cast, &rule, Some("the raid of last night"))?;
        db.hand.advance(MINUTE);
        let (_, post) = ask(db, cast.mira, cast.help, "A title of mine", "see http://a.xyz", false)?;
        db.hand.advance(MINUTE);
        db.write_now(move |tx| crate::support::hide(tx, cast.max, post, "let me look").map(drop))?;
        db.hand.advance(MINUTE);
        db.write_now(move |tx| posts::restore(tx, cast.max, post).map(drop))?;
        db.hand.advance(MINUTE);
        db.write_now(move |tx| flags::raise(tx, cast.nils, post, "spam", "").map(drop))?;
        read(db, 50)?;
        assert_eq!(state(db, post)?, State::Published);
        let found = hits(db, &rule)?;
        assert!(found[0].doing.withheld.iter().any(|(_, why)| why.contains("a person has decided")));
        Ok(())
    });
}

#[test]
fn a_rule_that_runs_away_returns_to_shadow() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let rule =
            save(db, cast, "rule: All\nwhen: reply\nif: always\nthen:\n  - open item: {urgency: low}\n")?;
        enforce(db, cast, &rule, None)?;
        let (topic, _) = ask(db, cast.nils, cast.help, "A long talk", "Let us talk.", false)?;
        for number in 0..11 {
            db.hand.advance(MINUTE);
            answer(db, cast.mira, topic, &format!("Reply number {number}"))?;
        }
        read(db, 50)?;
        let id = rule.id;
        let (after, turns) = db.read_now(move |tx| Ok((rules::find(tx, id)?, rules::turns(tx, id)?)))?;
        assert_eq!(after.mode, Mode::Shadow);
        assert!(turns[0].why.contains("11 hits within an hour"), "{}", turns[0].why);
        Ok(())
    });
}

#[test]
fn a_rule_whose_time_is_over_only_watches() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let text = "rule: Launch\nwhen: reply\nif: always\nthen:\n  - open item: {urgency: low}\nexpires: in 2 days\n";
        let rule = save(db, cast, text)?;
        assert_eq!(rule.review_at, Some(db.clock().now().plus(14 * DAY)));
        enforce(db, cast, &rule, None)?;
        db.hand.advance(3 * DAY);
        read(db, 50)?;
        let id = rule.id;
        assert_eq!(db.read_now(move |tx| rules::find(tx, id))?.mode, Mode::Expired);
        let (topic, _) = ask(db, cast.nils, cast.help, "A long talk", "Let us talk.", false)?;
        db.hand.advance(MINUTE);
        answer(db, cast.mira, topic, "A reply")?;
        read(db, 50)?;
        let found = hits(db, &rule)?;
        assert_eq!(found.len(), 1);
        assert!(!found[0].acted && found[0].doing.withheld[0].1.contains("expired"));
        Ok(())
    });
}

/// Twelve posts with links: eight upheld, two cleared, two that nobody looked at; and two upheld without a link.
#[test]
fn a_planted_past_is_measured_exactly() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let from = db.clock().now();
        let (topic, first) = ask(db, cast.nils, cast.help, "A long talk", "Let us talk.", false)?;
        let mut written = Vec::new();
        for number in 0..14 {
            db.hand.advance(HOUR);
            let body =
                if number < 12 { format!("buy {number} http://a.xyz") } else { format!("rude {number}") };
            written.push(answer(db, cast.mira, topic, &body)?);
        }
        db.hand.advance(HOUR);
        for (number, post) in written.iter().copied().enumerate() {
            db.hand.advance(MINUTE);
            db.write_now(move |tx| match number {
                0..4 | 12 | 13 => crate::support::hide(tx, cast.max, post, "spam").map(drop),
                4..10 => {
                    let flag = flags::raise(tx, cast.nils, post, "spam", "")?;
                    flags::decide(tx, cast.max, flag, number < 8)
                }
                _ => Ok(()),
            })?;
        }
        let text = "rule: Links\nguideline: no-spam\nwhen: reply\nif: post.links.count >= 1\nthen:\n  - hide until reviewed\n";
        let report = backtest(db, text, from, db.clock().now())?.remove(0);
        assert_eq!((report.matches, report.upheld, report.cleared, report.unreviewed), (12, 8, 2, 2));
        assert_eq!((report.precision.k, report.precision.n), (8, 10));
        assert_eq!(report.precision.value, Some(0.8));
        // Wilson (1927) for 8 of 10.
        assert!((report.precision.low.unwrap() - 0.490_162).abs() < 1e-5);
        assert!((report.precision.high.unwrap() - 0.943_317).abs() < 1e-5);
        assert_eq!((report.precision_floor.k, report.precision_floor.n), (8, 12));
        assert_eq!((report.recall.k, report.recall.n), (8, 10));
        assert_eq!(report.sample.len(), 2);
        assert_eq!(report.newcomers_among_cleared.k, 2);
        assert!(report.harm.by_staff.is_empty() && report.notes[0].contains("not the truth"));
        let staff = backtest(
            db,
            "rule: All\nwhen: post published\nif: always\nthen:\n  - open item: {urgency: low}\n",
            from,
            db.clock().now(),
        )?;
        assert!(
            !staff[0].matched.iter().any(|one| one.id == first.to_string() && one.outcome != "unreviewed")
        );
        Ok(())
    });
}

#[test]
fn the_past_is_seen_as_it_was_and_not_as_it_ended() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let from = db.clock().now();
        db.hand.advance(HOUR);
        let (_, post) = ask(db, cast.mira, cast.help, "A title of mine", "buy alpha", false)?;
        let early = db.clock().now().plus(1);
        db.hand.advance(HOUR);
        // Later the text changed, the author was upheld against, wrote more and became a moderator.
        db.write_now(move |tx| {
            let now = posts::store::find(tx, post)?;
            let edit = posts::Edit {
                post,
                expected: now.version,
                body: "innocent words".to_owned(),
                title: Some("Another title".to_owned()),
                tags: None,
                why: String::new(),
            };
            posts::edit(tx, cast.mira, &edit)?;
            let flag = flags::raise(tx, cast.nils, post, "spam", "")?;
            flags::decide(tx, cast.max, flag, true)?;
            let mira = cast.mira.person.unwrap();
            mainstreet_community::accounts::change_role(
                tx,
                cast.ada,
                mira,
                mainstreet_kernel::Role::Moderator,
            )
        })?;
        db.hand.advance(HOUR);
        let text = "rule: As it was\nwhen: post published\nif:\n  - post.text has any: [alpha]\n  - post.title has any: [mine]\n  - author.posts = 0\n  - not author.is_staff\n  - times(flag upheld on author, 30 days) = 0\nthen:\n  - open item: {urgency: low}\n";
        let report = backtest(db, text, from, db.clock().now())?.remove(0);
        assert_eq!(report.matches, 1);
        let naive = "rule: As it ended\nwhen: post published\nif any:\n  - post.text has any: [innocent]\n  - author.is_staff\n  - times(flag upheld on author, 30 days) >= 1\nthen:\n  - open item: {urgency: low}\n";
        assert_eq!(backtest(db, naive, from, early)?.remove(0).matches, 0);
        assert_eq!(backtest(db, naive, from, db.clock().now())?.remove(0).matches, 0);
        Ok(())
    });
}

#[test]
fn a_back_test_says_what_a_change_adds_and_loses() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let from = db.clock().now();
        let live = "rule: Words\nwhen: reply\nif:\n  - post.text has any: [alpha, beta]\nthen:\n  - open item: {urgency: low}\n";
        save(db, cast, live)?;
        save(
            db,
            cast,
            "rule: Other\nwhen: reply\nif:\n  - post.text has any: [gamma]\nthen:\n  - open item: {urgency: low}\n",
        )?;
        let (topic, _) = ask(db, cast.nils, cast.help, "A long talk", "Let us talk.", false)?;
        let mut written = Vec::new();
        for words in ["alpha", "beta", "gamma"] {
            db.hand.advance(HOUR);
            written.push(answer(db, cast.mira, topic, words)?.to_string());
        }
        db.hand.advance(HOUR);
        let report =
            backtest(db, &live.replace("alpha, beta", "beta, gamma"), from, db.clock().now())?.remove(0);
        let difference = report.difference.unwrap();
        assert_eq!((difference.added, difference.lost), (vec![written[2].clone()], vec![written[0].clone()]));
        assert_eq!((report.overlap[0].rule.as_str(), report.overlap[0].both), ("Other", 1));
        Ok(())
    });
}

#[test]
fn what_a_rule_restricts_is_a_decision_and_taking_it_back_says_that_the_rule_was_wrong() {
    on_each_database(|db| {
        let cast = cast(db)?;
        let clause = db.write_now(move |tx| {
            guidelines::adopt(tx, cast.ada, "support")?;
            Ok(guidelines::holds(tx)?.unwrap().clauses.remove(0).slug)
        })?;
        let unknown = LINKS.replace("no-spam", "no-such-clause");
        let refused = db.write_now(move |tx| rules::save(tx, cast.ada, None, &unknown, false));
        assert!(refused.unwrap_err().safe.contains("no-such-clause"));
        let rule = save(db, cast, &LINKS.replace("no-spam", &clause))?;
        enforce(db, cast, &rule, Some("the raid of last night"))?;
        db.hand.advance(MINUTE);
        let (_, post) = ask(db, cast.mira, cast.help, "Buy it here now", "at http://a.xyz", false)?;
        read(db, 50)?;
        assert_eq!(state(db, post)?, State::Held);
        let made = db.read_now(move |tx| moderation::of_object(tx, "post", post.0))?.remove(0);
        assert_eq!((made.clause.as_str(), made.source, made.by), (clause.as_str(), Source::Rule, None));
        let seen = rule.clone();
        assert_eq!(
            db.read_now(move |tx| rules::gates::reviewed(tx, &seen, None))?.n,
            0,
            "no person has looked"
        );
        db.hand.advance(MINUTE);
        db.write_now(move |tx| {
            moderation::undo(tx, cast.ada, made.id, "That was a fair question.").map(drop)
        })?;
        assert_eq!(state(db, post)?, State::Published);
        db.hand.advance(MINUTE);
        read(db, 50)?;
        assert_eq!(state(db, post)?, State::Published, "the rule does not do it again");
        let reviewed = db.read_now(move |tx| rules::gates::reviewed(tx, &rule, None))?;
        assert_eq!((reviewed.k, reviewed.n), (0, 1));
        Ok(())
    });
}
