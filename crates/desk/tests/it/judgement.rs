//! The reading learns from people here; what was said stays as it was said; wrong answers change nothing.

use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_db::{Db, Value, params};
use mainstreet_desk::judgement::{self, Judgement, Standing, Verdict, Version};
use mainstreet_desk::rules::{self, Mode};
use mainstreet_desk::signals::{self, Dismissal, Sight, Signal};
use mainstreet_desk::triage::{self, Correction, Intent, Risk, RiskLevel};
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::{Actor, Kind, Result};
use mainstreet_language::{Context, Weights};

use crate::support::{Cast, again, ask, open, person, settle, settled_cast, sight};

const TOOLS: [&str; 10] =
    ["plane", "chisel", "bandsaw", "router", "spokeshave", "lathe", "mortiser", "scraper", "gouge", "saw"];
const WOODS: [&str; 7] = ["oak", "ash", "walnut", "pine", "cherry", "beech", "maple"];
const ASKS: [&str; 4] = [
    "How do I tune a {t} so that it does not tear out {w}?",
    "What is the trick to keep a {t} sharp while working {w}?",
    "Which angle do you grind on a {t} for {w}, and why?",
    "How did you learn to use the {t} on end grain of {w}?",
];
const BREAKS: [&str; 4] = [
    "The shop page for the {t} fails with an error when I choose {w} handles. Can you help?",
    "I cannot log in to pay for the {w} blanks and the {t}. What can I do?",
    "The download of the {t} plans in {w} stops at half. How do I get it?",
    "The invoice for the {t} and the {w} boards is wrong, whom do I ask?",
];

fn text(n: usize) -> String {
    let frames = if n.is_multiple_of(2) { ASKS } else { BREAKS };
    let of = |list: &[&str], at: usize| list[at % list.len()].to_owned();
    of(&frames, n / 2).replace("{t}", &of(&TOOLS, n / 8)).replace("{w}", &of(&WOODS, n / 3))
}

/// Here, who asks how something is done wants to learn; support is for orders and accounts.
fn taste(signal: &Signal) -> Intent {
    if signal.title.starts_with("Ask") { Intent::Learning } else { Intent::Support }
}

/// A place with `count` questions that nobody answered in time.
fn workshop(db: &TestDb, count: usize) -> Result<Cast> {
    let cast = settled_cast(db)?;
    for n in 0..count {
        let title = if n.is_multiple_of(2) { format!("Ask {n}") } else { format!("Shop {n}") };
        ask(db, if n % 3 == 0 { cast.nils } else { cast.mira }, cast.help, &title, &text(n), true)?;
        db.hand.advance(60_000);
    }
    db.hand.advance(3 * DAY);
    settle(db)?;
    Ok(cast)
}

fn items(db: &Db) -> Result<Vec<Signal>> {
    db.read_now(|tx| {
        let ids: Vec<i64> =
            tx.all("SELECT id FROM signals WHERE open = 1 ORDER BY id", &[], |row| row.get("id"))?;
        ids.into_iter().map(|id| signals::view::find(tx, mainstreet_kernel::id::SignalId(id))).collect()
    })
}

/// Says of each item what it is: with one word, or that the reading is right.
fn answer_all(db: &Db, who: Actor, word: impl Fn(&Signal) -> Intent) -> Result<usize> {
    let items = items(db)?;
    let count = items.len();
    for item in items {
        let is = word(&item);
        let read = item.assessment.said.of(Judgement::Intent).map(|said| said.0.to_owned());
        let right = read.as_deref() == Some(is.as_str());
        let intent = (!right).then_some(is);
        let seen = sight(&item);
        db.write_now(move |tx| {
            triage::correct(tx, who, seen, &Correction { intent, right, ..Correction::default() })
        })?;
    }
    Ok(count)
}

fn learn(db: &Db) -> Result<Version> {
    Ok(judgement::learn(db)?.expect("an attempt"))
}

fn intent_of(version: &Version) -> Verdict {
    version.figures.iter().find(|one| one.judgement == Judgement::Intent).expect("intent").verdict
}

fn names(db: &Db) -> Result<(String, String)> {
    db.read_now(|tx| {
        Ok((judgement::in_force(tx)?.name().to_owned(), judgement::of_rules(tx)?.name().to_owned()))
    })
}

#[test]
fn a_community_of_another_taste_is_read_better_after_its_corrections_and_history_stays() {
    on_each_database(|db| {
        let cast = workshop(db, 100)?;
        let shipped = Weights::shipped().name();
        let first = items(db)?.into_iter().find(|item| item.title.starts_with("Ask")).expect("an item");
        assert_eq!(first.assessment.said.model, shipped);
        assert!(answer_all(db, cast.max, taste)? >= 60);
        let version = learn(db)?;
        assert_eq!((version.standing, intent_of(&version)), (Standing::Adopted, Verdict::Better));
        let intent = version.figures.iter().find(|one| one.judgement == Judgement::Intent).expect("intent");
        assert!(intent.after > intent.before, "{intent:?}");
        let (now, rules) = names(db)?;
        assert_eq!((now.as_str(), rules.as_str()), (version.name.as_str(), shipped), "rules stay pinned");
        assert!(judgement::learn(db)?.is_none(), "no news, no attempt");
        // What was read keeps the words and the version, also when something happens to it.
        let same = again(db, &first)?;
        assert_eq!(same.assessment.said.read, first.assessment.said.read);
        assert_eq!(same.assessment.said.model, shipped);
        // What comes now is read with the new version.
        ask(
            db,
            cast.mira,
            cast.help,
            "Ask again",
            "How do I tune a chisel so that it does not tear out elm?",
            true,
        )?;
        db.hand.advance(3 * DAY);
        settle(db)?;
        let fresh = items(db)?.into_iter().find(|item| item.title == "Ask again").expect("an item");
        assert_eq!(fresh.assessment.said.model, now);
        let learning = |reader: judgement::Reader| {
            let reading = reader.read(&text(10), &Context { title: "Ask", ..Context::default() });
            reading.intent.of(mainstreet_language::Intent::Learning)
        };
        let taught = learning(db.read_now(judgement::in_force)?);
        assert!(taught > learning(judgement::Reader::shipped()) + 0.1, "{taught}");
        Ok(())
    });
}

#[test]
fn open_items_are_read_again_only_when_a_person_says_so() {
    on_each_database(|db| {
        let cast = workshop(db, 100)?;
        let left =
            items(db)?.into_iter().filter(|item| item.title.starts_with("Ask")).take(10).collect::<Vec<_>>();
        answer_all(db, cast.max, taste)?;
        // Ten of them as if nobody had said anything.
        for item in &left {
            let (id, is) = (item.id, item.assessment.intent.is);
            db.write_now(move |tx| {
                tx.run("UPDATE signals SET intent = $2, intent_by = 'model' WHERE id = $1", params![id, is])
            })?;
        }
        learn(db)?;
        let found = db.read_now(judgement::differences)?;
        let changing: Vec<_> = found.iter().filter(|one| !one.changes.is_empty()).collect();
        assert!(!changing.is_empty(), "{found:?}");
        let id = changing[0].signal.id;
        let before = again(db, &changing[0].signal)?;
        assert_eq!(before, changing[0].signal, "looking changes nothing");
        let read = db.write_now(move |tx| judgement::read_again(tx, cast.max, &[id]))?;
        assert_eq!(read, 1);
        let after = again(db, &before)?;
        assert_ne!(after.assessment.said.model, before.assessment.said.model);
        assert_eq!(after.state, before.state);
        // It is a step like any other, and can be taken back.
        let step = db.read_now(move |tx| signals::view::last_undoable(tx, cast.max))?.expect("a step");
        assert!(step.why.starts_with("read again with"), "{}", step.why);
        db.write_now(move |tx| signals::undo(tx, cast.max, step.id))?;
        assert_eq!(again(db, &before)?.assessment, before.assessment);
        let nothing = db.write_now(move |tx| judgement::read_again(tx, cast.max, &[]));
        assert_eq!(nothing.unwrap_err().kind, Kind::Invalid);
        Ok(())
    });
}

#[test]
fn a_manager_goes_back_and_later_attempts_wait() {
    on_each_database(|db| {
        let cast = workshop(db, 100)?;
        answer_all(db, cast.max, taste)?;
        let version = learn(db)?;
        let shipped = Weights::shipped().name();
        let refused = db.write_now(move |tx| judgement::choose(tx, cast.max, shipped, ""));
        assert_eq!(refused.unwrap_err().kind, Kind::Forbidden, "a moderator does not choose");
        db.write_now(move |tx| judgement::choose(tx, cast.ada, shipped, "it takes thanks for questions"))?;
        assert_eq!(names(db)?.0, shipped);
        db.write_now(move |tx| judgement::ask_now(tx, cast.ada))?;
        let waiting = learn(db)?;
        assert_eq!((waiting.standing, names(db)?.0.as_str()), (Standing::Ready, shipped));
        assert_eq!(waiting.name, version.name, "the same answers, the same version");
        let name = version.name.clone();
        db.write_now(move |tx| judgement::choose(tx, cast.ada, &name, ""))?;
        assert_eq!(names(db)?.0, version.name);
        let overview = db.read_now(judgement::overview)?;
        assert!(overview.held);
        assert_eq!(overview.turns.len(), 3);
        assert_eq!(overview.turns[1].by.as_deref(), Some("Ada"));
        db.write_now(move |tx| judgement::let_it_learn(tx, cast.ada))?;
        assert!(!db.read_now(judgement::overview)?.held);
        let gone = db.write_now(move |tx| judgement::choose(tx, cast.ada, "community-1+local-2", ""));
        assert_eq!(gone.unwrap_err().kind, Kind::NotFound);
        Ok(())
    });
}

#[test]
fn rules_that_ask_for_a_measure_follow_only_when_told_and_then_only_watch() {
    on_each_database(|db| {
        let cast = workshop(db, 100)?;
        let text = "rule: Angry\nwhen: reply\nif:\n  - signal.toxicity > 0.9\nthen:\n  - open item: {urgency: low}\n";
        let rule = db.write_now(move |tx| {
            let rule = rules::save(tx, cast.ada, None, text, false)?.remove(0).id;
            rules::set_mode(tx, cast.ada, rule, Mode::Enforce, "", Some("a test of acting"))?;
            rules::live::sweep(tx)?;
            Ok(rule)
        })?;
        answer_all(db, cast.max, taste)?;
        let version = learn(db)?;
        let mode = |db: &Db| db.read_now(move |tx| Ok(rules::find(tx, rule)?.mode));
        db.write_now(rules::live::sweep)?;
        assert_eq!(mode(db)?, Mode::Enforce, "what people teach does not reach the rules");
        assert_eq!(db.read_now(judgement::overview)?.measuring, [("Angry".to_owned(), true)]);
        db.write_now(move |tx| judgement::rules_follow(tx, cast.ada))?;
        assert_eq!((mode(db)?, names(db)?.1), (Mode::Shadow, version.name));
        let twice = db.write_now(move |tx| judgement::rules_follow(tx, cast.ada));
        assert_eq!(twice.unwrap_err().kind, Kind::Conflict);
        Ok(())
    });
}

#[test]
fn wrong_answers_are_tried_and_not_taken() {
    on_each_database(|db| {
        let cast = workshop(db, 100)?;
        answer_all(db, cast.max, |item| match taste(item) {
            Intent::Learning => Intent::Complaint,
            _ => Intent::Networking,
        })?;
        let version = learn(db)?;
        assert_eq!((version.standing, version.kept), (Standing::Rejected, false));
        assert_eq!(intent_of(&version), Verdict::OnlyWrong);
        assert_eq!(names(db)?.0, Weights::shipped().name());
        let confusion = db.read_now(|tx| judgement::confusion(tx, Judgement::Intent, ""))?;
        assert!(confusion.all() >= 60 && confusion.agreed() * 5 < confusion.all(), "{confusion:?}");
        let (_, people) = {
            let id = version.id;
            db.read_now(move |tx| judgement::version(tx, id))?
        };
        assert_eq!(people.len(), 1);
        // Whoever leads may leave a person out; then there is nothing left to learn from.
        let max = cast.max.person.expect("a person");
        let silent = db.write_now(move |tx| judgement::leave_out(tx, cast.ada, max, " "));
        assert_eq!(silent.unwrap_err().kind, Kind::Invalid);
        db.write_now(move |tx| {
            judgement::leave_out(tx, cast.ada, max, "a misunderstanding")?;
            judgement::ask_now(tx, cast.ada)
        })?;
        assert_eq!(learn(db)?.figures, []);
        db.write_now(move |tx| judgement::take_in(tx, cast.ada, max))?;
        Ok(())
    });
}

#[test]
fn what_is_cleared_teaches_and_a_step_taken_back_teaches_nothing() {
    on_each_database(|db| {
        let cast = settled_cast(db)?;
        let rude = "You are a pathetic idiot, nobody wants you here, get lost.";
        ask(db, cast.mira, cast.help, "To you", rude, false)?;
        settle(db)?;
        let item = open(db, cast.max)?.into_iter().next().expect("an item");
        let counts = |db: &Db| {
            db.read_now(|tx| {
                tx.all(
                    "SELECT judgement, was, became, way, model FROM judgement_answers WHERE withdrawn_at IS NULL
                     ORDER BY id",
                    &[],
                    |row| {
                        let word = |name: &'static str| row.get::<String>(name);
                        let of_version = !word("model")?.is_empty();
                        Ok((
                            format!("{} {} {} {}", word("judgement")?, word("was")?, word("became")?, word("way")?),
                            of_version,
                        ))
                    },
                )
            })
        };
        let any = Sight { id: item.id, version: None };
        db.write_now(move |tx| {
            signals::dismiss(tx, cast.max, any, Dismissal::NotForUs, "they are brothers")
        })?;
        assert_eq!(counts(db)?, [("harassment yes no decided".to_owned(), true)]);
        let step = db.read_now(move |tx| signals::view::last_undoable(tx, cast.max))?.expect("a step");
        db.write_now(move |tx| signals::undo(tx, cast.max, step.id))?;
        assert_eq!(counts(db)?, []);
        db.write_now(move |tx| {
            let correction = Correction {
                risks: vec![(Risk::Harassment, RiskLevel::None)],
                said: vec![(Judgement::NeedsReply, "no"), (Judgement::Sentiment, "neutral")],
                ..Correction::default()
            };
            triage::correct(tx, cast.max, any, &correction)
        })?;
        let kept = counts(db)?;
        assert_eq!(kept.len(), 3, "{kept:?}");
        assert!(kept.iter().all(|(_, of_version)| *of_version));
        let now = again(db, &item)?;
        assert_eq!(now.assessment.said.person(Judgement::NeedsReply), Some("no"));
        Ok(())
    });
}

#[test]
fn a_hundred_thousand_answers_take_no_longer_than_the_latest_ones() {
    on_each_database(|db| {
        workshop(db, 60)?;
        let people = db.write_now(|tx| {
            ["Olga", "Piet", "Quinn"]
                .iter()
                .map(|name| person(tx, name, mainstreet_kernel::Role::Moderator))
                .collect::<Result<Vec<_>>>()
        })?;
        let posts: Vec<i64> = items(db)?.iter().map(|item| item.post.0).collect();
        let now = db.clock().now();
        for batch in 0..100_i64 {
            let rows: Vec<Vec<Value>> = (0..1_000_i64)
                .map(|n| {
                    let at = usize::try_from(batch * 1_000 + n).expect("small");
                    let who = people[at % people.len()].person.expect("a person");
                    let word = if (at * 7 + at / 13) % 3 == 0 { "learning" } else { "support" };
                    let (id, post) = (batch * 1_000 + n + 1, posts[at % posts.len()]);
                    params![id, post, "intent", "support", word, 0.5, "", "corrected", who, now].to_vec()
                })
                .collect();
            db.write_now(move |tx| {
                tx.insert_many(
                    "INSERT INTO judgement_answers
                     (id, post_id, judgement, was, became, probability, model, way, person_id, at)",
                    rows,
                    "",
                )
            })?;
        }
        let version = learn(db)?;
        assert_eq!(version.answers, 100_000);
        // One answer a post and person is believed, the latest: what is learnt from grows with the posts alone.
        let used: Vec<_> = version.figures.iter().map(|of| of.learnt + of.held + of.disputed).collect();
        assert!(used.iter().all(|count| (1..=60).contains(count)), "{:?}", version.figures);
        Ok(())
    });
}
