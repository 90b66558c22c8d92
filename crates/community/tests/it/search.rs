//! Searching what people wrote.

use std::path::PathBuf;

use mainstreet_community::people::Viewer;
use mainstreet_community::posts::{self, Edit};
use mainstreet_community::search::{self, Found, Query, Search, Sort};
use mainstreet_community::spaces::Kind;
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_kernel::clock::MINUTE;
use mainstreet_kernel::id::PostId;
use mainstreet_kernel::{Result, Visibility};

use crate::place::{Town, ask, reply, space};

/// A folder that goes when the test ends.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(db: &TestDb) -> Self {
        let name = format!(
            "mainstreet-search-{}-{:?}-{:?}",
            std::process::id(),
            db.dialect(),
            std::thread::current().id()
        );
        let folder = std::env::temp_dir().join(name.replace(['(', ')'], ""));
        let _ = std::fs::remove_dir_all(&folder);
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn catch_up(search: &Search, db: &TestDb) -> Result<()> {
    // On PostgreSQL the log may be held back for a moment by transactions of other tests.
    for _ in 0..800 {
        while search.catch_up(db)?.more {}
        let waiting = db.read_now(|tx| {
            tx.count("SELECT COUNT(*) AS n FROM activities WHERE NOT (tx < {{HORIZON}})", &[])
        })?;
        if waiting == 0 {
            while search.catch_up(db)?.more {}
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    Ok(())
}

pub(crate) fn text(words: &str) -> Query {
    Query { text: words.to_owned(), ..Query::default() }
}

fn ids(found: &Found) -> Vec<PostId> {
    found.hits.iter().map(|hit| hit.post).collect()
}

#[test]
fn what_is_written_is_found_until_it_is_gone() {
    on_each_database(|db| {
        let (town, folder) = (Town::new(db)?, Folder::new(db));
        let search = Search::open(&folder.0)?;
        let topic = ask(db, town.ada, &town.help, "Third clamp always low")?;
        let answer = reply(db, town.ben, topic.topic.id, "Set the <gain> of the batteries to one.")?;
        catch_up(&search, db)?;
        assert_eq!(search.len(), 2);
        assert_eq!(ids(&search.find(&text("clamps"), None)?), [topic.post], "plural, in the title");
        let found = search.find(&text("battery gain"), None)?;
        assert_eq!(ids(&found), [answer.id]);
        assert_eq!(
            found.hits[0].snippet,
            "Set the &lt;<mark>gain</mark>&gt; of the <mark>batteries</mark> to one."
        );
        assert_eq!(ids(&search.find(&text("\"gain of the\""), None)?), [answer.id]);
        assert!(search.find(&text("\"gain the\""), None)?.hits.is_empty());
        assert_eq!(
            ids(&search.find(&text("how do I set the gain of batteries?"), None)?),
            [answer.id],
            "most of many words"
        );
        assert!(search.find(&text("gain -battery"), None)?.hits.is_empty());
        let typo = search.find(&text("battrey"), None)?;
        assert!(typo.loose);
        assert_eq!(ids(&typo), [answer.id]);
        assert!(typo.hits[0].snippet.contains("<mark>batteries</mark>"));

        let (ben, moderator) = (town.ben, town.mod_);
        let edit = Edit {
            post: answer.id,
            expected: 1,
            body: "Use a meter.".to_owned(),
            title: None,
            tags: None,
            why: String::new(),
        };
        db.write_now(move |tx| posts::edit(tx, ben, &edit))?;
        catch_up(&search, db)?;
        assert!(search.find(&text("gain"), None)?.hits.is_empty());
        assert_eq!(ids(&search.find(&text("meter"), None)?), [answer.id]);

        let hidden = db.write_now(move |tx| {
            crate::place::decide(
                tx,
                moderator,
                topic.post,
                mainstreet_community::moderation::Act::Hide,
                "Spam.",
            )
        })?;
        let hits = search.find(&text("meter"), None)?.hits;
        assert!(
            db.read_now(move |tx| search::show(tx, Viewer::GUEST, &hits))?.is_empty(),
            "gone before the index knows"
        );
        catch_up(&search, db)?;
        assert!(search.find(&text("meter"), None)?.hits.is_empty());
        db.write_now(move |tx| {
            let step = crate::place::hidden(hidden.before, tx.now());
            mainstreet_community::moderation::take_back(tx, moderator, &[step], 0).map(drop)
        })?;
        catch_up(&search, db)?;
        assert_eq!(ids(&search.find(&text("meter"), None)?), [answer.id], "found again once it was undone");
        Ok(())
    });
}

#[test]
fn filters_orders_and_what_one_may_see() {
    on_each_database(|db| {
        let (town, folder) = (Town::new(db)?, Folder::new(db));
        let search = Search::open(&folder.0)?;
        let crew = space(db, "Crew", Kind::Discussion, Visibility::Staff)?;
        let open = ask(db, town.ada, &town.help, "Clamp reads low")?;
        db.hand.advance(MINUTE);
        let solved = ask(db, town.ada, &town.help, "Clamp reads high")?;
        let answer = reply(db, town.ben, solved.topic.id, "Turn the clamp around.")?.id;
        let secret = ask(db, town.mod_, &crew, "Clamp recall")?;
        let ada = town.ada;
        db.write_now(move |tx| posts::accept(tx, ada, answer))?;
        catch_up(&search, db)?;

        let all = search.find(&text("clamp"), None)?;
        assert_eq!(all.total, 4);
        let spaces = db.read_now(|tx| search::visible(tx, Viewer::GUEST))?.unwrap();
        let guest = search.find(&text("clamp"), Some(&spaces))?;
        assert_eq!(guest.total, 3);
        assert!(!ids(&guest).contains(&secret.post));
        assert_eq!(ids(&guest)[0], solved.post, "an answered question comes before an open one");
        let newest = search.find(&Query { sort: Sort::Newest, ..text("clamp") }, Some(&spaces))?;
        assert_eq!(ids(&newest).last(), Some(&open.post));

        let only = |query: Query| search.find(&query, Some(&spaces)).map(|found| found.total);
        assert_eq!(only(Query { solved: Some(true), ..text("clamp") })?, 2);
        assert_eq!(only(Query { solved: Some(false), ..text("clamp") })?, 1);
        assert_eq!(only(Query { author: town.ben.person, ..text("clamp") })?, 1);
        assert_eq!(only(Query { author: town.ben.person, ..text("") })?, 1);
        let every = only(text("clamp"))?;
        assert_eq!(
            only(Query { without: vec![town.ben.person.unwrap()], ..text("clamp") })?,
            every - 1,
            "muted"
        );
        assert_eq!(only(Query { tags: vec!["clamp".to_owned()], ..text("reads") })?, 2);
        assert_eq!(only(Query { tags: vec!["other".to_owned()], ..text("reads") })?, 0);
        assert_eq!(only(Query { space: Some(crew.id), ..text("clamp") })?, 0);
        assert_eq!(only(Query { from: Some(solved.topic.created_at), ..text("clamp") })?, 2);
        assert_eq!(only(Query { to: Some(solved.topic.created_at), ..text("clamp") })?, 1);
        assert_eq!(only(Query { page: 2, ..text("clamp") })?, 3);
        assert_eq!(only(text(""))?, 0);

        assert_eq!(
            search.like("clamp reading high", Some(&spaces), Some(open.topic.id), 3)?,
            [solved.topic.id]
        );
        let shown = db.read_now(move |tx| search::show(tx, Viewer::GUEST, &all.hits))?;
        assert_eq!(shown.len(), 3);
        Ok(())
    });
}

#[test]
fn a_lost_damaged_or_foreign_index_is_built_anew() {
    on_each_database(|db| {
        let (town, folder) = (Town::new(db)?, Folder::new(db));
        let topic = ask(db, town.ada, &town.help, "Third clamp always low")?;
        {
            let search = Search::open(&folder.0)?;
            catch_up(&search, db)?;
            assert_eq!(search.len(), 1);
            assert!(Search::open(&folder.0).is_err(), "one process to a folder");
        }
        // As after a kill: the log went on, the index did not.
        reply(db, town.ben, topic.topic.id, "Calibrate it alone.")?;
        {
            let search = Search::open(&folder.0)?;
            catch_up(&search, db)?;
            assert_eq!(search.find(&text("calibrate"), None)?.total, 1);
            assert_eq!(search.len(), 2);
        }
        for broken in ["store", "meta.json"] {
            for entry in std::fs::read_dir(&folder.0).unwrap() {
                let path = entry.unwrap().path();
                if path.to_string_lossy().ends_with(broken) {
                    let mut bytes = std::fs::read(&path).unwrap();
                    let half = bytes.len() / 2;
                    bytes[half] ^= 0x55;
                    std::fs::write(&path, bytes).unwrap();
                }
            }
            std::fs::write(folder.0.join("in-use"), "").unwrap();
            let search = Search::open(&folder.0)?;
            catch_up(&search, db)?;
            assert_eq!(search.find(&text("calibrate"), None)?.total, 1, "{broken}");
            assert_eq!(search.len(), 2);
        }
        let other = TestDb::sqlite()?;
        Town::new(&other)?;
        let search = Search::open(&folder.0)?;
        catch_up(&search, &other)?;
        assert_eq!(search.len(), 0, "posts of another place");
        Ok(())
    });
}
