//! Finding by meaning, with a model of a few words.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use mainstreet_community::meaning::{self, Asker, Meaning, Model, NewModel, State};
use mainstreet_community::moderation::Act;
use mainstreet_community::posts::{self, Edit};
use mainstreet_community::search::{self, Query, Search, Ways};
use mainstreet_community::spaces::Kind;
use mainstreet_db::log;
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_embeddings::{sha256, testing, trial};
use mainstreet_kernel::id::PostId;
use mainstreet_kernel::{Result, Visibility};

use crate::place::{Town, ask, decide, reply, space};
use crate::search::{Folder, catch_up, text};

/// Puts the model of a few words into the folder of a node and into the database.
fn add(db: &TestDb, data: &Path) -> Result<Model> {
    let made = testing::write(&data.join("made")).unwrap();
    let found = trial::run(&made)?;
    let new = NewModel {
        name: "few-words.onnx".to_owned(),
        sha256: sha256(&made.net)?.0,
        bytes: 1,
        tokenizer: "vocab.txt".to_owned(),
        tokenizer_sha256: sha256(&made.tokenizer)?.0,
        dims: found.dims as i64,
        tokens: found.tokens as i64,
        floor: f64::from(found.floor),
        licence: "apache-2.0".to_owned(),
        licence_from: "README.md".to_owned(),
    };
    testing::write(&meaning::folder_of(data, &new.sha256)).unwrap();
    db.write_now(move |tx| meaning::add(tx, &new))
}

/// Has the log read, vectors made and taken in, until nothing is left to do.
fn settle(db: &TestDb, meaning: &Meaning, search: &Search) -> Result<()> {
    catch_up(search, db)?;
    while db.write_now(|tx| log::advance(tx, meaning::READER, 500, meaning::advance))? == 500 {}
    while meaning.refresh(db)? {}
    while meaning.fill(db)? {}
    while meaning.refresh(db)? {}
    Ok(())
}

struct Node {
    _folder: Folder,
    data: PathBuf,
    words: Search,
    meaning: Meaning,
}

impl Node {
    fn new(db: &TestDb) -> Result<Self> {
        let folder = Folder::new(db);
        let data = folder.0.clone();
        Ok(Self {
            words: Search::open(&data.join("search"))?,
            meaning: Meaning::new(&data),
            data,
            _folder: folder,
        })
    }

    fn find(
        &self,
        words: &str,
        visible: Option<&[mainstreet_kernel::id::SpaceId]>,
    ) -> Result<Vec<(PostId, bool)>> {
        let ways = Ways { words: &self.words, meaning: &self.meaning };
        let found = search::find(ways, &text(words), Asker { visible, muted: &HashSet::new() })?;
        assert_eq!(found.total, found.hits.len());
        Ok(found.hits.iter().map(|hit| (hit.post, hit.meant)).collect())
    }
}

#[test]
fn what_is_said_in_other_words_is_found_too() {
    on_each_database(|db| {
        let (town, node) = (Town::new(db)?, Node::new(db)?);
        let car = ask(db, town.ada, &town.help, "Where can I rent a car for a week?")?;
        let bread = ask(db, town.ben, &town.help, "My loaf of bread does not rise")?;
        settle(db, &node.meaning, &node.words)?;
        assert_eq!(node.meaning.state(), State::Without);
        assert_eq!(node.find("vehicle", None)?, [], "without a model by words alone");
        let model = add(db, &node.data)?;
        settle(db, &node.meaning, &node.words)?;
        assert_eq!(node.meaning.state(), State::Ready(2));
        let progress = db.read_now(move |tx| meaning::progress(tx, &model))?;
        assert_eq!((progress.made, progress.due, progress.percent()), (2, 0, 100));
        assert_eq!(node.find("vehicle", None)?, [(car.post, true)]);
        assert_eq!(
            node.find("car", None)?,
            [(car.post, false)],
            "found by word and by meaning, it is there once"
        );
        assert_eq!(node.find("vehicle -week", None)?, [], "what is not wanted is not shown");
        assert_eq!(node.find("\"vehicle\"", None)?, [], "quotes ask for the word");
        // A reply, and another topic, follow by themselves.
        let reply = reply(db, town.ben, car.topic.id, "Take the automobile of my uncle")?;
        let dough = ask(db, town.ada, &town.help, "Which flour for dough?")?;
        settle(db, &node.meaning, &node.words)?;
        let found = node.find("van", None)?;
        assert!(found.contains(&(reply.id, true)) && found.contains(&(car.post, true)), "{found:?}");
        let asker = Asker { visible: None, muted: &HashSet::new() };
        let related = node.meaning.related(bread.topic.id, asker, (3, meaning::RELATED))?;
        assert_eq!(related.iter().map(|near| near.0).collect::<Vec<_>>(), [dough.topic.id]);
        let ways = Ways { words: &node.words, meaning: &node.meaning };
        assert_eq!(search::alike(ways, "rent an automobile", asker, None, 3)?, [car.topic.id]);
        Ok(())
    });
}

#[test]
fn what_is_hidden_changed_muted_or_elsewhere_is_left_out() {
    on_each_database(|db| {
        let (town, node) = (Town::new(db)?, Node::new(db)?);
        add(db, &node.data)?;
        let cellar = space(db, "cellar", Kind::Questions, Visibility::Staff)?;
        let open = ask(db, town.ada, &town.help, "The battery is empty")?;
        let closed = ask(db, town.mod_, &cellar, "The battery of the team")?;
        settle(db, &node.meaning, &node.words)?;
        let all = [(open.post, true), (closed.post, true)];
        let mut found = node.find("accumulator", None)?;
        found.sort_unstable();
        let mut expect = all;
        expect.sort_unstable();
        assert_eq!(found, expect);
        let seen = Some(&[town.help.id][..]);
        assert_eq!(node.find("accumulator", seen)?, [(open.post, true)]);
        let muted: HashSet<_> = town.ada.person.into_iter().collect();
        let asker = Asker { visible: seen, muted: &muted };
        assert_eq!(node.meaning.posts("accumulator", asker, 5)?, []);
        // Another text has another meaning.
        let (ada, post) = (town.ada, open.post);
        let edit = Edit {
            post,
            expected: 1,
            body: "It is about bread after all".to_owned(),
            title: Some("Bread".to_owned()),
            tags: None,
            why: String::new(),
        };
        db.write_now(move |tx| posts::edit(tx, ada, &edit))?;
        settle(db, &node.meaning, &node.words)?;
        assert_eq!(node.find("accumulator", seen)?, []);
        assert_eq!(node.find("loaf", seen)?, [(open.post, true)]);
        // What is hidden is out of the index of vectors too, and comes back.
        let moderator = town.mod_;
        db.write_now(move |tx| decide(tx, moderator, post, Act::Hide, "Advertising for a shop.").map(drop))?;
        settle(db, &node.meaning, &node.words)?;
        assert_eq!((node.find("loaf", seen)?, node.meaning.state()), (vec![], State::Ready(1)));
        Ok(())
    });
}

#[test]
fn a_model_that_is_not_here_or_changed_is_not_used() {
    on_each_database(|db| {
        let (town, node) = (Town::new(db)?, Node::new(db)?);
        ask(db, town.ada, &town.help, "Where can I rent a car?")?;
        let model = add(db, &node.data)?;
        let elsewhere = Meaning::new(&node.data.join("another"));
        elsewhere.refresh(db)?;
        assert!(matches!(elsewhere.state(), State::Unfit(why) if why.contains("not on this node")));
        assert!(!elsewhere.fill(db)?, "a node without the files makes nothing");
        let net = meaning::folder_of(&node.data, &model.sha256).join("model.onnx");
        let mut bytes = std::fs::read(&net).unwrap();
        bytes.push(0);
        std::fs::write(&net, bytes).unwrap();
        node.meaning.refresh(db)?;
        assert!(matches!(node.meaning.state(), State::Unfit(why) if why.contains("changed")));
        assert_eq!(node.find("car", None)?, [], "the index of words was not fed in this test");
        Ok(())
    });
}

#[test]
fn another_model_makes_other_vectors_and_none_is_lost_on_the_way() {
    on_each_database(|db| {
        let (town, node) = (Town::new(db)?, Node::new(db)?);
        for n in 0..40 {
            ask(db, town.ada, &town.help, &format!("Where is the car number {n}?"))?;
        }
        let first = add(db, &node.data)?;
        while meaning_step(db, &node)? {}
        let made = |model: &Model| {
            let model = model.clone();
            db.read_now(move |tx| meaning::progress(tx, &model))
        };
        assert_eq!((made(&first)?.made, made(&first)?.due), (40, 0));
        // The same net with another checksum stands for another model.
        let other = NewModel {
            name: "other.onnx".to_owned(),
            sha256: "0".repeat(64),
            bytes: 1,
            tokenizer: first.tokenizer.clone(),
            tokenizer_sha256: first.tokenizer_sha256.clone(),
            dims: first.dims,
            tokens: first.tokens,
            floor: first.floor,
            licence: "mit".to_owned(),
            licence_from: "--licence".to_owned(),
        };
        let second = db.write_now(move |tx| meaning::add(tx, &other))?;
        assert_eq!((made(&second)?.made, made(&second)?.due), (0, 40));
        node.meaning.refresh(db)?;
        assert!(matches!(node.meaning.state(), State::Unfit(_)));
        // Back to the first: its vectors are still there, nothing is made again.
        let id = first.id;
        let again = db.write_now(move |tx| meaning::use_again(tx, id))?;
        node.meaning.refresh(db)?;
        while meaning_step(db, &node)? {}
        assert_eq!((made(&again)?.made, node.meaning.state()), (40, State::Ready(40)));
        let id = second.id;
        db.write_now(move |tx| meaning::remove(tx, id))?;
        let id = first.id;
        db.write_now(move |tx| meaning::remove(tx, id))?;
        node.meaning.refresh(db)?;
        assert_eq!(node.meaning.state(), State::Without);
        assert_eq!(
            db.read_now(|tx| tx.count("SELECT COUNT(*) AS n FROM post_vectors WHERE due = 0", &[]))?,
            0
        );
        assert!(db.write_now(move |tx| meaning::remove(tx, id)).is_err());
        Ok(())
    });
}

fn meaning_step(db: &TestDb, node: &Node) -> Result<bool> {
    while node.meaning.refresh(db)? {}
    let more = node.meaning.fill(db)?;
    while node.meaning.refresh(db)? {}
    Ok(more)
}

#[test]
fn pages_of_results_are_one_list() {
    on_each_database(|db| {
        let (town, node) = (Town::new(db)?, Node::new(db)?);
        add(db, &node.data)?;
        for n in 0..50 {
            ask(db, town.ada, &town.help, &format!("A car, number {n}"))?;
        }
        for n in 0..10 {
            ask(db, town.ben, &town.help, &format!("Automobile {n}"))?;
        }
        settle(db, &node.meaning, &node.words)?;
        let ways = Ways { words: &node.words, meaning: &node.meaning };
        let mut seen = HashSet::new();
        let mut total = 0;
        for page in 1..=5 {
            let query = Query { page, ..text("car") };
            let found = search::find(ways, &query, Asker { visible: None, muted: &HashSet::new() })?;
            total = found.total;
            let full = total.saturating_sub((page - 1) * search::PAGE).min(search::PAGE);
            assert_eq!(found.hits.len(), full, "page {page} of {total}");
            assert!(found.hits.iter().all(|hit| seen.insert(hit.post)), "a post stands twice");
        }
        assert_eq!(seen.len(), total);
        assert!(total >= 50);
        Ok(())
    });
}
