//! The record of moderation: it only grows, the chain shows who changed it past us, and texts can be erased.

use mainstreet_community::guidelines;
use mainstreet_community::moderation::{Act, Detail, Order, Target};
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_db::{Db, log};
use mainstreet_desk::audit;
use mainstreet_desk::moderation::{self, Case, Decision, Ground, Source};
use mainstreet_kernel::{Actor, Kind, Result};

use crate::support::{Cast, cast};

fn warn(db: &Db, who: Actor, whom: Actor) -> Result<Decision> {
    let target = Target::Person(whom.person.unwrap());
    let why = "Nils called Mira a fool.".to_owned();
    let case = Case {
        order: Order { target, act: Act::Warn, why, until: None, detail: Detail::None },
        clause: "be-kind".to_owned(),
        source: Source::Own,
        source_id: None,
        detected: false,
        ground: Ground::Incompatible,
    };
    db.write_now(move |tx| moderation::decide(tx, who, &case))
}

fn with_two(db: &TestDb) -> Result<(Cast, Decision, Decision)> {
    let cast = cast(db)?;
    db.write_now(move |tx| guidelines::adopt(tx, cast.ada, "support").map(drop))?;
    let (one, two) = (warn(db, cast.max, cast.nils)?, warn(db, cast.max, cast.nils)?);
    let (person, id) = (cast.nils.person.unwrap(), one.id);
    let appeal = db.write_now(move |tx| moderation::appeal(tx, person, id, "I did not."))?;
    db.write_now(move |tx| moderation::speak(tx, cast.kim, appeal, false, "He did.").map(drop))?;
    Ok((cast, one, two))
}

#[test]
fn the_database_itself_refuses_to_change_the_record() {
    on_each_database(|db| {
        let (_, one, two) = with_two(db)?;
        db.write_now(audit::seal)?;
        for sql in [
            "DELETE FROM activities",
            "UPDATE activities SET verb = 'topic.created' WHERE verb = 'decision.made'",
            "UPDATE activities SET props = '{}' WHERE verb = 'decision.made'",
            "DELETE FROM decisions",
            "UPDATE decisions SET act = 'ban'",
            "UPDATE decisions SET facts = 'something else'",
            "UPDATE decisions SET decided_by = NULL",
            "DELETE FROM appeals",
            "UPDATE appeals SET state = 'overturned'",
            "UPDATE appeals SET words = 'something else'",
            "DELETE FROM appeal_voices",
            "UPDATE appeal_voices SET overturn = 1",
            "DELETE FROM audit_entries",
            "UPDATE audit_entries SET digest = ''",
            "DELETE FROM audit_seals",
            "UPDATE audit_seals SET hash = ''",
        ] {
            let refused = db.write_now(move |tx| tx.run(sql, &[]).map(drop));
            assert!(refused.is_err(), "{sql}");
        }
        // What has to change, once, can.
        db.write_now(move |tx| moderation::set_mailed(tx, two.id, None))?;
        let max = one.by.unwrap();
        let max = Actor::signed_in(max, mainstreet_kernel::Role::Moderator);
        db.write_now(move |tx| moderation::undo(tx, max, two.id, "I misread it.").map(drop))?;
        let again = "UPDATE decisions SET undone_at = undone_at + 1 WHERE undone_at IS NOT NULL";
        assert!(db.write_now(move |tx| tx.run(again, &[]).map(drop)).is_err());
        Ok(())
    });
}

#[test]
fn a_change_past_us_shows() {
    on_each_database(|db| {
        let (_, one, _) = with_two(db)?;
        assert_eq!(db.write_now(audit::seal)?, 5, "two decisions, an appeal, a voice, an answer");
        assert_eq!(db.write_now(audit::seal)?, 0, "sealed once");
        let good = db.read_now(audit::verify)?;
        assert!(good.wrong.is_empty() && good.sealed == 5 && good.head.len() == 64, "{good:?}");
        // Each of these needs the owner of the database, who can lift the triggers.
        for (sql, part) in [
            ("UPDATE decisions SET facts = 'She began.' WHERE id = $1", "facts of decision"),
            ("UPDATE decisions SET clause = 'no-spam' WHERE id = $1", "something else"),
            ("UPDATE audit_entries SET actor_id = 7 WHERE object_id = $1", "does not fit"),
            ("DELETE FROM audit_seals WHERE number = 2 AND CAST($1 AS BIGINT) > 0", "missing"),
        ] {
            let id = one.id;
            let found = db.write_now(move |tx| {
                log::waive(tx)?;
                tx.run(sql, mainstreet_db::params![id])?;
                let found = audit::verify(tx)?;
                log::unwaive(tx)?;
                // Nothing of it stays.
                Err::<(), _>(mainstreet_kernel::Error::conflict(found.wrong.join(" ")))
            });
            let found = found.unwrap_err();
            assert!(found.kind == Kind::Conflict && found.safe.contains(part), "{sql}: {found:?}");
        }
        assert_eq!(db.read_now(audit::verify)?, good);
        Ok(())
    });
}

#[test]
fn what_was_written_about_a_member_is_erased_and_the_chain_holds() {
    on_each_database(|db| {
        let (cast, one, _) = with_two(db)?;
        db.write_now(audit::seal)?;
        let (ada, max, nils) = (cast.ada, cast.max, cast.nils.person.unwrap());
        let refused = db.write_now(move |tx| audit::erase_texts(tx, max, nils, "Asked for."));
        assert!(refused.is_err_and(|error| error.kind == Kind::Forbidden));
        let refused = db.write_now(move |tx| audit::erase_texts(tx, ada, nils, " "));
        assert!(refused.is_err_and(|error| error.safe.contains("Say why")));
        let left = db.read_now(move |tx| audit::texts_about(tx, nils))?;
        assert_eq!((left.decisions, left.appeals), (2, 1));
        assert_eq!(db.write_now(move |tx| audit::erase_texts(tx, ada, nils, "Asked for."))?, 2);
        assert_eq!(db.read_now(move |tx| audit::texts_about(tx, nils))?, audit::Texts::default());
        let again = db.write_now(move |tx| audit::erase_texts(tx, ada, nils, "Once more."));
        assert!(again.is_err_and(|error| error.safe.contains("no words")));
        db.write_now(audit::seal)?;
        let after = db.read_now(move |tx| moderation::find(tx, one.id))?;
        assert_eq!((after.facts.as_str(), after.act, after.at), ("", one.act, one.at));
        let appeal = db.read_now(move |tx| moderation::appeal_of(tx, one.id))?.unwrap();
        assert_eq!((appeal.words.as_str(), appeal.answer.as_str()), ("", ""));
        let standing = db.read_now(audit::verify)?;
        assert!(standing.wrong.is_empty() && standing.sealed == 7, "{standing:?}");
        let undone = db.write_now(move |tx| moderation::undo(tx, max, one.id, "Hm."));
        assert!(undone.is_err_and(|error| error.safe.contains("erased")));
        Ok(())
    });
}
