//! What a viewer sees: lists, pages, profiles, and what is withheld.

use mainstreet_community::people::{self, Viewer};
use mainstreet_community::spaces::Kind;
use mainstreet_community::topics::reading;
use mainstreet_community::topics::{Key, List};
use mainstreet_community::{posts, reactions, ripples, spaces, tags, topics};
use mainstreet_db::params;
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_kernel::clock::MINUTE;
use mainstreet_kernel::id::TopicId;
use mainstreet_kernel::{Result, Visibility};

use crate::place::{Town, answer, ask, reply, space};

fn listed(db: &TestDb, viewer: Viewer, list: List, page: usize) -> Result<Vec<TopicId>> {
    db.read_now(move |tx| {
        let (mut key, mut found) = (Key::START, Vec::new());
        loop {
            let rows = topics::store::list(tx, viewer, list, key, page)?;
            found.extend(rows.rows.iter().map(|row| row.topic.id));
            match rows.rows.last() {
                Some(last) if rows.more => key = topics::store::key_after(list, last),
                _ => return Ok(found),
            }
        }
    })
}

#[test]
fn lists_go_on_by_key_and_show_only_what_one_may_see() {
    on_each_database(|db| {
        let town = Town::new(db)?;
        let (ada, ben, moderator) = (town.ada, town.ben, town.mod_);
        let crew = space(db, "Crew", Kind::Discussion, Visibility::Staff)?;
        let club = space(db, "Club", Kind::Discussion, Visibility::Members)?;
        let mut all = Vec::new();
        // Several within one millisecond, so that keys must tell them apart.
        for number in 0..7 {
            db.hand.advance(if number % 3 == 0 { MINUTE } else { 0 });
            all.push(ask(db, ada, &town.help, &format!("Question {number}"))?.topic.id);
        }
        let (hidden, private) = (ask(db, moderator, &crew, "Secret")?, ask(db, ben, &club, "Members only")?);
        db.hand.advance(MINUTE);
        reply(db, ben, all[0], "An answer.")?;
        let gone = ask(db, ada, &town.help, "Spam")?.post;
        db.write_now(move |tx| {
            crate::place::decide(tx, moderator, gone, mainstreet_community::moderation::Act::Hide, "Spam.")
        })?;

        let mut latest: Vec<TopicId> = all[1..].iter().rev().copied().collect();
        latest.insert(0, all[0]);
        for page in [2, 3, 50] {
            assert_eq!(listed(db, Viewer::GUEST, List::Latest, page)?, latest, "pages of {page}");
            assert_eq!(listed(db, Viewer::GUEST, List::Space(town.help.id), page)?, latest);
            assert_eq!(listed(db, Viewer::GUEST, List::Unanswered, page)?, latest[1..]);
            let mut opened = all.clone();
            opened.reverse();
            assert_eq!(listed(db, Viewer::GUEST, List::Person(ada.person.unwrap()), page)?, opened);
            let tag = db.read_now(|tx| tags::store::by_slug(tx, "clamp"))?.unwrap();
            assert_eq!(tag.topic_count, 9);
            assert_eq!(listed(db, Viewer::GUEST, List::Tag(tag.id), page)?, opened);
        }
        let count = |viewer: Viewer| listed(db, viewer, List::Latest, 50).map(|rows| rows.len());
        assert_eq!(count(ada.into())?, 8);
        assert_eq!(count(moderator.into())?, 9);
        assert!(listed(db, moderator.into(), List::Latest, 50)?.contains(&hidden.topic.id));
        assert!(listed(db, ada.into(), List::Latest, 50)?.contains(&private.topic.id));
        assert_eq!(db.read_now(|tx| spaces::store::all(tx, Viewer::GUEST))?.len(), 1);
        assert!(db.read_now(|tx| spaces::seen(tx, Viewer::GUEST, "club")).is_err());
        let rows =
            db.read_now(|tx| topics::store::list(tx, Viewer::GUEST, List::Latest, Key::START, 1))?.rows;
        assert_eq!(rows[0].others.iter().map(|face| face.handle.as_str()).collect::<Vec<_>>(), ["ben"]);
        assert_eq!(rows[0].tags.len(), 1);
        let first = all[0];
        let related = db.read_now(move |tx| topics::store::related(tx, Viewer::GUEST, first, 3))?;
        assert_eq!(related.iter().map(|row| row.topic.id).collect::<Vec<_>>(), [all[6], all[5], all[4]]);
        Ok(())
    });
}

#[test]
fn a_page_holds_twenty_and_withholds_what_is_gone() {
    on_each_database(|db| {
        let town = Town::new(db)?;
        let (ada, ben, moderator) = (town.ada, town.ben, town.mod_);
        let topic = ask(db, ada, &town.help, "Third clamp always low")?.topic;
        for number in 2..=22 {
            answer(
                db,
                ben,
                topic.id,
                &format!("Post {number}, @ada and @nobody."),
                (number > 10).then_some(1),
            )?;
        }
        let third = db.read_now(move |tx| posts::store::by_number(tx, topic.id, 3))?.unwrap().id;
        let fourth = db.read_now(move |tx| posts::store::by_number(tx, topic.id, 4))?.unwrap().id;
        db.write_now(move |tx| {
            crate::place::decide(
                tx,
                moderator,
                third,
                mainstreet_community::moderation::Act::Hide,
                "Off topic.",
            )
        })?;
        db.write_now(move |tx| reactions::toggle(tx, ada, fourth, "thanks"))?;
        db.write_now(move |tx| posts::accept(tx, ada, fourth))?;
        let page = |viewer: Viewer, page| {
            db.read_now(move |tx| {
                let topic = topics::store::find(tx, topic.id)?;
                posts::page(tx, viewer, &topic, page)
            })
        };
        let guest = page(Viewer::GUEST, 1)?;
        assert_eq!(
            guest.iter().map(|view| view.post.number).collect::<Vec<_>>(),
            (1..=20).collect::<Vec<_>>()
        );
        assert!(guest[2].withheld && guest[2].html.is_empty() && guest[2].post.body.is_empty());
        assert!(guest[3].accepted);
        let path = people::path(ada.person.unwrap());
        assert!(
            guest[3].html.contains(&format!("<a href=\"{path}\" class=\"mention\">@ada</a> and @nobody")),
            "{}",
            guest[3].html
        );
        assert_eq!(
            (guest[3].reactions[0].kind.as_str(), guest[3].reactions[0].count, guest[3].reactions[0].mine),
            ("thanks", 1, false)
        );
        assert_eq!(
            guest[10].reply_to.as_ref().map(|to| (to.number, to.author.handle.as_str())),
            Some((1, "ada"))
        );
        assert!(page(ada.into(), 1)?[3].reactions[0].mine);
        assert!(!page(ben.into(), 1)?[2].withheld, "the author sees it");
        assert_eq!(page(moderator.into(), 1)?[2].post.state_why.as_deref(), Some("Off topic."));
        assert_eq!(page(Viewer::GUEST, 2)?.len(), 2);
        assert!(page(Viewer::GUEST, i64::MAX)?.is_empty());
        let topic = db.read_now(move |tx| topics::store::find(tx, topic.id))?;
        assert_eq!(topic.pages(), 2);
        assert!(topic.path_to(21).ends_with("?page=2#p21"));
        Ok(())
    });
}

#[test]
fn a_post_that_came_unrendered_is_rendered_where_it_is_read_and_then_for_good() {
    on_each_database(|db| {
        let town = Town::new(db)?;
        let opened = ask(db, town.ada, &town.help, "Third clamp always low")?;
        reply(db, town.ben, opened.topic.id, "*Soft* @ada")?;
        let id = opened.topic.id;
        let full = |db: &TestDb| {
            db.read_now(move |tx| {
                let topic = topics::store::find(tx, id)?;
                posts::page(tx, Viewer::GUEST, &topic, 1)
            })
        };
        let before: Vec<String> = full(db)?.into_iter().map(|view| view.html).collect();
        assert!(before[1].contains("<em>Soft</em>") && before[1].contains("class=\"mention\""));
        db.write_now(|tx| tx.run("UPDATE posts SET html = '', renderer = 0", params![]))?;
        assert_eq!(full(db)?.into_iter().map(|view| view.html).collect::<Vec<_>>(), before);
        let entries = db.read_now(|tx| {
            tx.all(
                &format!("SELECT {} FROM activities ORDER BY seq", mainstreet_db::log::COLUMNS),
                &[],
                mainstreet_db::log::Entry::from_row,
            )
        })?;
        db.write_now(move |tx| ripples::advance(tx, &entries))?;
        let stored = db.read_now(move |tx| posts::store::between(tx, id, 1, 20))?;
        assert_eq!(stored.into_iter().map(|post| post.html).collect::<Vec<_>>(), before);
        Ok(())
    });
}

#[test]
fn what_one_has_read_only_grows() {
    on_each_database(|db| {
        let town = Town::new(db)?;
        let topic = ask(db, town.ada, &town.help, "Third clamp always low")?.topic.id;
        let ben = town.ben.person.unwrap();
        for number in [3, 1, 5, 2] {
            db.write_now(move |tx| reading::mark(tx, ben, topic, number))?;
        }
        assert_eq!(db.read_now(move |tx| reading::of(tx, ben, &[topic]))?.get(&topic), Some(&5));
        let rows = db.read_now({
            let viewer = town.ben.into();
            move |tx| topics::store::rows(tx, viewer, &[topic])
        })?;
        assert_eq!(rows[0].read_to, Some(5));
        Ok(())
    });
}

#[test]
fn a_person_is_known_by_what_they_wrote_in_public() {
    on_each_database(|db| {
        let town = Town::new(db)?;
        let (ada, ben) = (town.ada, town.ben);
        let club = space(db, "Club", Kind::Discussion, Visibility::Members)?;
        let topic = ask(db, ada, &town.help, "Third clamp always low")?.topic.id;
        let accepted = reply(db, ben, topic, "Calibrate *it* alone.")?.id;
        ask(db, ben, &club, "Members only")?;
        db.write_now(move |tx| posts::accept(tx, ada, accepted))?;
        let person = ben.person.unwrap();
        let profile = db.read_now(move |tx| people::store::profile(tx, person))?;
        assert_eq!((profile.post_count, profile.accepted_count, profile.face.handle.as_str()), (2, 1, "ben"));
        let posts = |viewer: Viewer| db.read_now(move |tx| posts::by_person(tx, viewer, person, None, 10));
        assert_eq!(posts(ada.into())?.rows.len(), 2);
        let public = posts(Viewer::GUEST)?.rows;
        assert_eq!(public.len(), 1);
        assert_eq!(public[0].excerpt, "Calibrate it alone.");
        let answers = db.read_now(move |tx| posts::accepted_by_person(tx, Viewer::GUEST, person, 10))?;
        assert!(answers.len() == 1 && answers[0].accepted);
        Ok(())
    });
}
