//! Flags.

use mainstreet_community::flags;
use mainstreet_community::posts::{self, Edit};
use mainstreet_db::log;
use mainstreet_db::testing::on_each_database;
use mainstreet_kernel::{Kind, Verb};

use crate::place::{Town, ask, reply};

#[test]
fn a_post_is_flagged_once_decided_once_and_again_after_an_edit() {
    on_each_database(|db| {
        let town = Town::new(db)?;
        let (ada, ben, moderator) = (town.ada, town.ben, town.mod_);
        let topic = ask(db, ada, &town.help, "Third clamp always low")?.topic;
        let post = reply(db, ben, topic.id, "Buy my clamps.")?.id;
        let raise = |who| db.write_now(move |tx| flags::raise(tx, who, post, "spam", " Look. "));
        assert_eq!(raise(ben).unwrap_err().kind, Kind::Forbidden, "one's own");
        let flag = raise(ada)?;
        assert_eq!(raise(ada).unwrap_err().kind, Kind::Conflict, "twice");
        assert_eq!(db.read_now(move |tx| flags::open_on(tx, post))?[0].note, "Look.");
        let decide = |who, upheld| db.write_now(move |tx| flags::decide(tx, who, flag, upheld));
        assert_eq!(decide(ada, true).unwrap_err().kind, Kind::Forbidden);
        decide(moderator, false)?;
        assert_eq!(decide(moderator, true).unwrap_err().kind, Kind::Conflict, "decided already");
        assert_eq!(raise(ada).unwrap_err().kind, Kind::Conflict, "nothing has changed");
        db.hand.advance(60_000);
        let edit = Edit {
            post,
            expected: 1,
            body: "Buy my clamps now.".to_owned(),
            title: None,
            tags: None,
            why: String::new(),
        };
        db.write_now(move |tx| posts::edit(tx, ben, &edit))?;
        assert_eq!(raise(ada)?, flag);
        assert_eq!(db.read_now(move |tx| flags::find(tx, flag))?.upheld, None);
        let entries = db.write_now(|tx| log::read(tx, log::Cursor::default(), 100))?;
        if let Some(entry) = entries.iter().find(|entry| entry.verb == Verb::FlagDecided) {
            assert_eq!((entry.object_id, entry.parent, entry.subject), (post.0, Some(flag.0), ben.person));
        }
        Ok(())
    });
}
