//! Archives and channels come in: once, exactly, in any order.

use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_db::{Tx, params};
use mainstreet_kernel::channel::{
    Incoming, IncomingJoin, IncomingMessage, IncomingPerson, IncomingReaction, IncomingSpace, ReplyTo,
    Standing,
};
use mainstreet_kernel::{ActorClass, Kind, Result, Timestamp, Verb};

use mainstreet_community::intake::{DropReason, Outcome, Taken, open_account, receive, settle};
use mainstreet_community::{counters, redirects};

fn person(id: &str) -> IncomingPerson {
    IncomingPerson {
        external_id: id.to_owned(),
        handle: format!("handle-{id}"),
        name: format!("Name {id}"),
        class: ActorClass::Member,
        joined_at: None,
        old_path: Some(format!("/u/{id}")),
    }
}

/// Message `id` of topic 12, as number `number`, an hour after the one before.
fn message(id: i64, number: i64) -> IncomingMessage {
    let at = Timestamp(1_600_000_000_000 + id * 3_600_000);
    IncomingMessage {
        external_id: id.to_string(),
        topic: "12".to_owned(),
        title: Some("Tide tables".to_owned()),
        space: "7".to_owned(),
        author: person(if number == 1 { "1" } else { "2" }),
        notice: false,
        markdown: format!("Text of {id}"),
        original: format!("Text of {id}"),
        format: "markdown",
        at,
        edited_at: None,
        version: 1,
        snapshot: at.0,
        number,
        reply_to: None,
        reactions: Vec::new(),
        accepted: false,
        mentions: Vec::new(),
        tags: Vec::new(),
        question: false,
        views: 0,
        standing: Standing::Shown,
        closed: false,
        old_paths: vec![format!("/t/tide-tables/12/{number}")],
        topic_paths: if number == 1 { vec!["/t/tide-tables/12".to_owned()] } else { Vec::new() },
        at_source: format!("posts.jsonl:{id}"),
    }
}

fn reaction(kind: &str, count: i64, by: &[&str]) -> IncomingReaction {
    IncomingReaction { kind: kind.to_owned(), count, by: by.iter().map(|id| (*id).to_owned()).collect() }
}

fn of(messages: Vec<IncomingMessage>) -> Vec<Incoming> {
    messages.into_iter().map(|message| Incoming::Message(Box::new(message))).collect()
}

fn take(db: &TestDb, batch: Vec<Incoming>) -> Result<Taken> {
    db.write_now(move |tx| {
        let source = open_account(tx, "discourse", "Harbour", None)?;
        receive(tx, &source, &batch)
    })
}

fn count(db: &TestDb, sql: &'static str) -> i64 {
    db.read_now(move |tx| tx.count(sql, &[])).unwrap()
}

fn acts(db: &TestDb, verb: Verb) -> i64 {
    db.read_now(move |tx| tx.count("SELECT COUNT(*) AS n FROM activities WHERE verb = $1", params![verb]))
        .unwrap()
}

#[track_caller]
fn counters_agree(db: &TestDb) {
    let drifts = db.write_now(|tx: &mut Tx<'_>| counters::drifts(tx)).unwrap();
    assert_eq!(drifts, [], "kept counts differ from what they count");
}

#[test]
fn a_topic_comes_in_once() {
    on_each_database(|db| {
        let batch = || {
            let mut answer = message(102, 2);
            answer.reply_to = Some(ReplyTo::Number(1));
            answer.accepted = true;
            answer.mentions = vec!["Handle-1".to_owned()];
            answer.reactions = vec![reaction("like", 3, &["1"]), reaction("heart", 2, &[])];
            let mut gone = message(103, 3);
            gone.standing = Standing::Deleted;
            let mut last = message(104, 4);
            last.reply_to = Some(ReplyTo::Message("102".to_owned()));
            of(vec![message(101, 1), answer, gone, last])
        };
        let first = take(db, batch())?;
        assert_eq!(first.outcomes, [Outcome::Added; 4]);
        assert_eq!(
            count(db, "SELECT COUNT(*) AS n FROM topics WHERE question = 1 AND accepted_post_id IS NOT NULL"),
            1
        );
        assert_eq!(count(db, "SELECT COUNT(*) AS n FROM posts WHERE reply_to = 2"), 1);
        assert_eq!(count(db, "SELECT reply_count AS n FROM posts WHERE number = 2"), 1);
        assert_eq!(count(db, "SELECT CAST(SUM(count) AS BIGINT) AS n FROM reaction_counts"), 5);
        assert_eq!(count(db, "SELECT CAST(SUM(unattributed) AS BIGINT) AS n FROM reaction_counts"), 4);
        assert_eq!(count(db, "SELECT COUNT(*) AS n FROM mentions"), 1);
        assert_eq!(
            count(db, "SELECT MIN(created_at) AS n FROM posts"),
            message(101, 1).at.0,
            "the original time"
        );
        assert_eq!(count(db, "SELECT COUNT(*) AS n FROM members"), 0, "nobody can sign in");
        assert_eq!((acts(db, Verb::TopicCreated), acts(db, Verb::ReplyCreated)), (1, 3));
        assert_eq!(
            (acts(db, Verb::AnswerAccepted), acts(db, Verb::PostDeleted), acts(db, Verb::ReactionAdded)),
            (1, 1, 3)
        );
        counters_agree(db);

        let log = count(db, "SELECT COUNT(*) AS n FROM activities");
        let again = take(db, batch())?;
        assert_eq!(again.outcomes, [Outcome::Dropped(DropReason::SameCopy); 4]);
        assert_eq!(count(db, "SELECT COUNT(*) AS n FROM activities"), log, "a second run adds nothing");
        assert_eq!(count(db, "SELECT COUNT(*) AS n FROM posts"), 4);
        assert_eq!(count(db, "SELECT COUNT(*) AS n FROM people"), 2);
        counters_agree(db);
        Ok(())
    });
}

#[test]
fn the_order_of_arrival_does_not_matter() {
    on_each_database(|db| {
        take(db, of(vec![message(103, 3)]))?;
        let mut answer = message(102, 2);
        answer.reply_to = Some(ReplyTo::Number(1));
        take(db, of(vec![answer]))?;
        counters_agree(db);
        take(db, of(vec![message(101, 1), message(105, 0)]))?;
        let begun = "SELECT COUNT(*) AS n FROM topics t JOIN posts p ON p.id = t.first_post_id
                     WHERE p.number = 1 AND t.person_id = p.person_id AND t.created_at = p.created_at";
        assert_eq!(count(db, begun), 1);
        assert_eq!(count(db, "SELECT reply_count AS n FROM posts WHERE number = 1"), 1);
        assert_eq!(count(db, "SELECT number AS n FROM posts WHERE external_id = '105'"), 4);
        assert_eq!((acts(db, Verb::TopicCreated), acts(db, Verb::ReplyCreated)), (1, 3));
        counters_agree(db);
        Ok(())
    });
}

#[test]
fn a_newer_copy_changes_what_it_says() {
    on_each_database(|db| {
        let mut first = message(101, 1);
        first.reactions = vec![reaction("like", 2, &[])];
        take(db, of(vec![first.clone(), message(102, 2)]))?;
        let mut newer = first.clone();
        newer.snapshot += 5_000;
        newer.version = 2;
        newer.edited_at = Some(newer.at.plus(5_000));
        newer.title = Some("Tide tables of the harbour".to_owned());
        newer.original = "Another text".to_owned();
        newer.markdown.clone_from(&newer.original);
        newer.reactions = vec![reaction("like", 1, &[]), reaction("heart", 4, &["2"])];
        let mut deleted = message(102, 2);
        deleted.snapshot += 1;
        deleted.standing = Standing::Deleted;
        let taken = take(db, of(vec![newer.clone(), first.clone(), deleted]))?;
        assert_eq!(
            taken.outcomes,
            [Outcome::Changed, Outcome::Dropped(DropReason::OlderCopy), Outcome::Changed]
        );
        assert_eq!(
            count(db, "SELECT COUNT(*) AS n FROM posts WHERE body = 'Another text' AND version = 2"),
            1
        );
        assert_eq!(count(db, "SELECT COUNT(*) AS n FROM post_revisions WHERE body = 'Text of 101'"), 1);
        assert_eq!(
            count(db, "SELECT COUNT(*) AS n FROM topics WHERE title = 'Tide tables of the harbour'"),
            1
        );
        assert_eq!(count(db, "SELECT CAST(SUM(count) AS BIGINT) AS n FROM reaction_counts"), 5);
        assert_eq!((acts(db, Verb::PostEdited), acts(db, Verb::PostDeleted)), (1, 1));
        counters_agree(db);

        assert_eq!(take(db, of(vec![first]))?.outcomes, [Outcome::Dropped(DropReason::OlderCopy)]);
        db.write_now(|tx| tx.run("UPDATE posts SET body = 'Put right here' WHERE number = 1", &[]))?;
        assert_eq!(take(db, of(vec![newer]))?.outcomes, [Outcome::Dropped(DropReason::SameCopy)]);
        assert_eq!(count(db, "SELECT COUNT(*) AS n FROM posts WHERE body = 'Put right here'"), 1);
        Ok(())
    });
}

#[test]
fn two_places_never_share_people() {
    on_each_database(|db| {
        take(db, of(vec![message(101, 1), message(102, 2)]))?;
        db.write_now(|tx| {
            let other = open_account(tx, "discourse", "Lighthouse", Some("harbour-and-light"))?;
            receive(tx, &other, &of(vec![message(101, 1)]))
        })?;
        assert_eq!(count(db, "SELECT COUNT(*) AS n FROM people"), 3);
        assert_eq!(count(db, "SELECT COUNT(*) AS n FROM spaces WHERE slug = 'harbour-and-light'"), 1);

        let mut stranger = message(101, 1);
        stranger.at = Timestamp(1_500_000_000_000);
        let error = take(db, of(vec![stranger])).unwrap_err();
        assert_eq!(error.kind, Kind::Conflict);
        assert!(error.to_string().contains("--account"), "{error}");
        let slack = db.write_now(|tx| open_account(tx, "slack", "Harbour", None))?;
        let again = db.write_now(|tx| open_account(tx, "slack", "Harbour", None))?;
        assert_eq!(slack, again, "another kind may have the same name");
        Ok(())
    });
}

#[test]
fn joins_spaces_and_old_paths() {
    on_each_database(|db| {
        let join = |id: &str, hours: i64| {
            let at = Timestamp(1_599_000_000_000 + hours * 3_600_000);
            Incoming::Join(IncomingJoin { person: person(id), space: "7".to_owned(), at })
        };
        let space = |name: &str, provisional| {
            Incoming::Space(IncomingSpace {
                external_id: "7".to_owned(),
                name: name.to_owned(),
                provisional,
                description: String::new(),
                created_at: None,
                questions: false,
            })
        };
        let mut batch = vec![Incoming::Person(person("1")), space("Category 7", true)];
        batch.extend(of(vec![message(101, 1), message(102, 2)]));
        batch.extend([join("1", 3), join("3", 1), join("1", 2)]);
        assert_eq!(take(db, batch)?.joins, 2);
        assert_eq!(
            take(db, vec![join("1", 9), space("Boats", false)])?.joins,
            0,
            "one comes to a place once"
        );
        assert_eq!(acts(db, Verb::MemberJoined), 2);
        assert_eq!(count(db, "SELECT COUNT(*) AS n FROM spaces WHERE name = 'Boats'"), 1);

        let paths: Vec<Option<String>> = db.read_now(|tx| {
            [
                "/t/tide-tables/12",
                "/t/tide-tables/12/2",
                "/t/other-words/12/2/",
                "/t/12/2",
                "/t/12",
                "/u/1",
                "/t/x/99",
            ]
            .into_iter()
            .map(|path| redirects::find(tx, path, None))
            .collect()
        })?;
        assert!(paths.iter().take(6).all(Option::is_some) && paths[6].is_none(), "{paths:?}");
        assert!(
            paths[1] == paths[2] && paths[2] == paths[3] && paths[0] == paths[4] && paths[0] != paths[1],
            "{paths:?}"
        );
        Ok(())
    });
}

#[test]
fn where_answers_are_accepted_people_ask() {
    on_each_database(|db| {
        let mut solved = message(101, 1);
        solved.accepted = true;
        let mut open = message(201, 1);
        "20".clone_into(&mut open.topic);
        let mut elsewhere = message(301, 1);
        "30".clone_into(&mut elsewhere.topic);
        "8".clone_into(&mut elsewhere.space);
        take(db, of(vec![solved, open, elsewhere]))?;
        let settle = || {
            db.write_now(|tx| {
                let source = open_account(tx, "discourse", "Harbour", None)?;
                settle(tx, &source, 10)
            })
        };
        assert_eq!((settle()?, settle()?), (1, 0));
        assert_eq!(count(db, "SELECT COUNT(*) AS n FROM topics WHERE question = 1"), 2);
        assert_eq!(count(db, "SELECT COUNT(*) AS n FROM spaces WHERE kind = 'questions'"), 1);
        assert_eq!(acts(db, Verb::QuestionMarked), 1);
        Ok(())
    });
}
