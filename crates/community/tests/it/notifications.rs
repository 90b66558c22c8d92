//! What members are told, and that it is taken back with what it tells of.

use mainstreet_community::accounts;
use mainstreet_community::mutes;
use mainstreet_community::notifications::{self, Kind};
use mainstreet_community::people::{self, Viewer};
use mainstreet_community::posts::{self, Edit, NewReply};
use mainstreet_community::topics;
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_db::{Db, log};
use mainstreet_kernel::clock::{DAY, HOUR};
use mainstreet_kernel::id::{PostId, TopicId};
use mainstreet_kernel::{Actor, Result, Role, Visibility};

use crate::place::{Town, ask, member, space};

/// Lets the reader read the log to its end; on a PostgreSQL server where other tests write too, the end shows a
/// moment later.
pub(crate) fn settle(db: &Db) -> Result<()> {
    loop {
        let read = db.write_now(|tx| log::advance(tx, notifications::READER, 3, notifications::advance))?;
        let left = db.read_now(|tx| {
            tx.count(
                "SELECT COUNT(*) AS n FROM activities a, log_cursors c WHERE c.reader = 'notifications'
                 AND (a.tx > c.tx OR (a.tx = c.tx AND a.seq > c.seq))",
                &[],
            )
        })?;
        match (read, left) {
            (0, 0) => return Ok(()),
            (0, _) => std::thread::sleep(std::time::Duration::from_millis(20)),
            _ => {}
        }
    }
}

/// What somebody was told, latest first: `reply Nils unread`.
fn told(db: &Db, who: Actor) -> Result<Vec<String>> {
    settle(db)?;
    let page = db.read_now(move |tx| notifications::list(tx, Viewer::from(who), None))?;
    let line = |one: notifications::Notification| {
        let name = one.actor.map(|face| face.name).unwrap_or_default();
        format!("{} {name}{}", one.kind.as_str(), if one.unread { " unread" } else { "" })
    };
    Ok(page.rows.into_iter().map(line).collect())
}

fn reply(db: &Db, who: Actor, topic: TopicId, to: Option<i64>, body: &str) -> Result<PostId> {
    let new = NewReply { topic, body: body.to_owned(), reply_to: to, form_token: None };
    db.write_now(move |tx| posts::reply(tx, who, &new).map(|post| post.id))
}

struct Three {
    mira: Actor,
    nils: Actor,
    ole: Actor,
    topic: TopicId,
}

fn three(db: &TestDb) -> Result<Three> {
    let town = Town::new(db)?;
    let (mira, nils) = (town.ada, town.ben);
    let ole = member(db, "ole", Role::Member)?;
    let topic = ask(db, mira, &town.help, "How do I read register 7?")?.topic.id;
    Ok(Three { mira, nils, ole, topic })
}

#[test]
fn members_are_told_once_of_what_concerns_them() {
    on_each_database(|db| {
        let Three { mira, nils, ole, topic } = three(db)?;
        let answer = reply(db, nils, topic, None, "Code 3, I think. @ole knows, and so does @ada.")?;
        reply(db, ole, topic, Some(2), "Yes.")?;
        reply(db, nils, topic, None, "@ben talks to himself, @nobody listens.")?;
        assert_eq!(told(db, mira)?.len(), 2, "a reply that also mentions her is one line");
        assert_eq!(told(db, ole)?, ["mention ben unread"]);
        assert_eq!(told(db, nils)?, ["reply ole unread"], "the reply is to his post, not to the topic");

        db.hand.advance(HOUR);
        db.write_now(move |tx| posts::accept(tx, mira, answer))?;
        assert_eq!(told(db, nils)?, ["accepted ada unread", "reply ole unread"]);
        db.write_now(move |tx| posts::unaccept(tx, mira, answer))?;
        assert_eq!(told(db, nils)?, ["reply ole unread"]);
        // Read again from the start: nothing is told twice.
        db.write_now(|tx| {
            tx.run("UPDATE log_cursors SET tx = 0, seq = 0 WHERE reader = 'notifications'", &[])
        })?;
        assert_eq!(told(db, ole)?, ["mention ben unread"]);
        Ok(())
    });
}

#[test]
fn an_edit_tells_those_it_mentions_anew_and_a_deletion_takes_back() {
    on_each_database(|db| {
        let Three { mira, nils, ole, topic } = three(db)?;
        let post = reply(db, nils, topic, None, "Code 3, I think.")?;
        assert_eq!(told(db, ole)?.len(), 0);
        let edit = Edit {
            post,
            expected: 1,
            body: "Code 3, I think. Ask @ole.".to_owned(),
            title: None,
            tags: None,
            why: String::new(),
        };
        db.write_now(move |tx| posts::edit(tx, nils, &edit).map(drop))?;
        assert_eq!((told(db, ole)?.len(), told(db, mira)?.len()), (1, 1));
        db.write_now(move |tx| posts::delete(tx, nils, post).map(drop))?;
        assert_eq!((told(db, ole)?.len(), told(db, mira)?.len()), (0, 0));
        db.write_now(move |tx| posts::restore(tx, nils, post).map(drop))?;
        assert_eq!((told(db, ole)?.len(), told(db, mira)?.len()), (1, 1));
        Ok(())
    });
}

#[test]
fn what_was_read_no_longer_counts() {
    on_each_database(|db| {
        let Three { mira, nils, topic, .. } = three(db)?;
        let person = mira.person.unwrap();
        let unread = |db: &Db| -> Result<usize> {
            Ok(told(db, mira)?.iter().filter(|line| line.ends_with("unread")).count())
        };
        for text in ["One.", "Two.", "Three."] {
            reply(db, nils, topic, None, text)?;
            db.hand.advance(HOUR);
        }
        assert_eq!(unread(db)?, 3);
        let first = db.read_now(move |tx| notifications::list(tx, Viewer::from(mira), None))?.rows.remove(0);
        assert_eq!((first.kind, first.excerpt.as_str()), (Kind::Reply, "Three."));
        let other = nils.person.unwrap();
        assert_eq!(db.write_now(move |tx| notifications::open(tx, other, first.id))?, None, "not his");
        assert_eq!(db.write_now(move |tx| notifications::open(tx, person, first.id))?, Some(first.post));
        assert_eq!(unread(db)?, 2);
        let next = db.read_now(move |tx| notifications::list(tx, Viewer::from(mira), Some(first.id)))?;
        assert_eq!(next.rows.len(), 2, "the next page begins after it");
        db.write_now(move |tx| topics::reading::mark(tx, person, topic, 4))?;
        assert_eq!(unread(db)?, 0, "whoever reads the topic has read them");
        reply(db, nils, topic, None, "Four.")?;
        assert_eq!(unread(db)?, 1);
        db.write_now(move |tx| notifications::read_all(tx, person))?;
        assert_eq!(unread(db)?, 0);
        Ok(())
    });
}

#[test]
fn the_count_leaves_out_whom_a_member_muted_as_the_list_does() {
    on_each_database(|db| {
        let Three { mira, nils, ole, topic } = three(db)?;
        let (person, muted) = (mira.person.unwrap(), nils.person.unwrap());
        let token = db.write_now(move |tx| accounts::open_session(tx, person, "a browser"))?;
        let hash = accounts::hash_token(&token);
        let counted = |db: &Db| -> Result<i64> {
            let hash = hash.clone();
            Ok(db.read_now(move |tx| accounts::session(tx, &hash))?.unwrap().unread)
        };
        reply(db, nils, topic, None, "One.")?;
        reply(db, ole, topic, None, "Two.")?;
        assert_eq!((told(db, mira)?.len(), counted(db)?), (2, 2));
        db.write_now(move |tx| mutes::mute(tx, mira, muted))?;
        assert_eq!(told(db, mira)?, ["reply ole unread"]);
        assert_eq!(counted(db)?, 1);
        db.write_now(move |tx| mutes::unmute(tx, mira, muted))?;
        assert_eq!(counted(db)?, 2);
        Ok(())
    });
}

#[test]
fn nobody_is_told_of_what_they_may_not_see_or_of_the_past() {
    on_each_database(|db| {
        let Three { nils, ole, topic, .. } = three(db)?;
        let crew = space(db, "Crew", mainstreet_community::spaces::Kind::Discussion, Visibility::Staff)?;
        let ida = member(db, "ida", Role::Moderator)?;
        let inside = ask(db, ida, &crew, "What do we make of @ole?")?.topic.id;
        reply(db, ida, inside, None, "And of @ben?")?;
        assert_eq!((told(db, ole)?.len(), told(db, nils)?.len()), (0, 0));
        reply(db, nils, topic, None, "@ole, look.")?;
        db.hand.advance(15 * DAY);
        assert_eq!(told(db, ole)?.len(), 0, "read a fortnight late, it tells nobody");
        Ok(())
    });
}

#[test]
fn a_mention_is_completed_from_its_beginning() {
    on_each_database(|db| {
        three(db)?;
        for name in ["minna", "mi-le", "mo"] {
            member(db, name, Role::Member)?;
        }
        let found = |prefix: &'static str, most: usize| {
            let people = db.read_now(move |tx| people::store::by_prefix(tx, prefix, most))?;
            Ok::<_, mainstreet_kernel::Error>(
                people.into_iter().map(|(handle, _)| handle).collect::<Vec<_>>(),
            )
        };
        let mut all = found("MI", 8)?;
        all.sort();
        assert_eq!(all, ["mi-le", "minna", "mira"]);
        assert_eq!(found("mi", 2)?.len(), 2);
        assert_eq!(found("mina", 8)?.len(), 0);
        assert_eq!(found("%", 8)?.len(), 0);
        assert_eq!(found("", 8)?.len(), 0);
        Ok(())
    });
}
