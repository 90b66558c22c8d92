//! The log of moderation beside decisions: calm, raids, clean-ups, splits, and who moderates where.

use mainstreet_community::calm::{self, NewCalm, Place};
use mainstreet_community::splits::{self, To};
use mainstreet_community::teams::{self, NewTeam};
use mainstreet_community::{accounts, guidelines, moderation as acts};
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_db::{log, params};
use mainstreet_desk::measures::{self, Filter, Kind, Measure};
use mainstreet_desk::moderation::{self, Openness};
use mainstreet_desk::{audit, rhythm};
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};
use mainstreet_kernel::{Actor, Result, Role, Timestamp};

use crate::support::{Cast, answer, ask, cast, settle};

fn all(db: &TestDb) -> Result<Vec<Measure>> {
    let mut found = db.read_now(|tx| measures::list(tx, &Filter::default(), 99))?;
    found.reverse();
    Ok(found)
}

fn kinds(found: &[Measure]) -> Vec<Kind> {
    found.iter().map(|one| one.kind).collect()
}

/// Calm and raid modes on and off, a split and its undoing.
fn cool_down(db: &TestDb, cast: Cast) -> Result<()> {
    let (topic, _) = ask(db, cast.mira, cast.help, "Third clamp always low", "It reads 8 A.", true)?;
    let reply = answer(db, cast.nils, topic, "Mine too, but of another make.")?;
    let new = move |kind, place, now: Timestamp| NewCalm {
        kind,
        place,
        every: 5 * MINUTE,
        newer_than: 3 * DAY,
        why: "It got loud.".to_owned(),
        clause: "be-kind".to_owned(),
        until: now.plus(HOUR),
    };
    db.write_now(move |tx| {
        let now = tx.now();
        let calm = calm::start(tx, cast.max, &new(calm::Kind::Calm, Place::Topic(topic), now))?;
        calm::end(tx, cast.max, calm.id, "They agreed.")?;
        calm::start(tx, Actor::SYSTEM, &new(calm::Kind::Raid, Place::Site, now)).map(drop)
    })?;
    db.hand.advance(2 * HOUR);
    db.write_now(move |tx| {
        calm::expire(tx)?;
        let split =
            splits::split(tx, cast.max, topic, &[reply], &To::New("Another make".to_owned()), "Two things.")?;
        splits::undo(tx, cast.max, split.id).map(drop)
    })?;
    settle(db)
}

#[test]
fn what_is_done_to_places_stands_in_the_log_with_its_reason() {
    on_each_database(|db| {
        let cast = cast(db)?;
        db.write_now(move |tx| guidelines::adopt(tx, cast.ada, "support").map(drop))?;
        settle(db)?;
        let from = db.clock().now();
        cool_down(db, cast)?;
        let found = all(db)?;
        let expect = [Kind::CalmOn, Kind::CalmOff, Kind::RaidOn, Kind::RaidOff, Kind::Split, Kind::SplitBack];
        assert_eq!(kinds(&found), expect, "once each");
        let by: Vec<bool> = found.iter().map(|one| one.actor.is_some()).collect();
        assert_eq!(by, [true, true, false, false, true, true], "a person or Mainstreet");
        let whys: Vec<&str> = found.iter().map(|one| one.why.as_str()).collect();
        assert_eq!(whys, ["It got loud.", "They agreed.", "It got loud.", "", "Two things.", ""]);
        assert!(found[0].details.starts_with("replies of a person 5 min apart"), "{:?}", found[0]);
        assert_eq!(found[3].details, "its time was over");
        // The same entries again are known.
        let entries = db.read_now(|tx| log::read(tx, log::Cursor { tx: 0, seq: 0 }, 999))?;
        db.write_now(move |tx| rhythm::advance(tx, &entries))?;
        assert_eq!(all(db)?, found);
        let to = Timestamp(db.clock().now().0 + 1);
        let report = db.read_now(move |tx| moderation::report::report(tx, from, to, None))?;
        assert_eq!((report.measures.len(), report.measures_automatic), (6, 2));
        let csv = moderation::report::measures_csv(&report);
        assert_eq!(csv.lines().count(), 7);
        assert!(!csv.contains("loud") && !csv.contains("Max"), "neither reasons nor names: {csv}");
        db.write_now(move |tx| moderation::set_openness(tx, cast.ada, Openness::Public))?;
        settle(db)?;
        let open = db.read_now(|tx| moderation::redacted(tx, false, 99))?;
        assert_eq!(open.len(), 6, "who reads the log is the team's matter");
        assert!(
            open.iter()
                .any(|line| line.what == "Raid mode on" && line.automatic && line.told.contains("loud"))
        );
        Ok(())
    });
}

#[test]
fn who_moderates_where_is_sealed() {
    on_each_database(|db| {
        let cast = cast(db)?;
        settle(db)?;
        let (max, nils, mira) =
            (cast.max.person.unwrap(), cast.nils.person.unwrap(), cast.mira.person.unwrap());
        db.write_now(move |tx| {
            acts::set_spaces(tx, cast.ada, max, &[cast.help])?;
            accounts::change_role(tx, cast.ada, mira, Role::Analyst)?;
            let team = NewTeam {
                name: "Weekend".to_owned(),
                weekly: true,
                weekday: 4,
                hour: 18,
                people: vec![nils],
                spaces: vec![cast.help],
            };
            let id = teams::save(tx, cast.ada, None, &team)?;
            teams::save(tx, cast.ada, Some(id), &NewTeam { weekly: false, ..team })?;
            teams::remove(tx, cast.ada, id)
        })?;
        settle(db)?;
        let found = all(db)?;
        assert_eq!(kinds(&found), [Kind::Scope, Kind::Role, Kind::Team, Kind::Team, Kind::TeamRemoved]);
        assert_eq!(found[1].details, "from member to analyst");
        assert_eq!(
            found[2].details,
            "“Weekend” made: one a week, handed over on Friday at 18:00, in one space"
        );
        assert_eq!(
            (found[2].names.clone(), found[3].details.contains("changed: all at once")),
            (vec!["Nils".to_owned()], true)
        );
        assert!(found.iter().all(|one| one.actor == cast.ada.person));
        db.write_now(audit::seal)?;
        let good = db.read_now(audit::verify)?;
        assert!(good.wrong.is_empty() && good.sealed == 5, "{good:?}");
        for sql in
            ["DELETE FROM measures", "UPDATE measures SET details = 'x'", "UPDATE measures SET why = 'x'"]
        {
            assert!(db.write_now(move |tx| tx.run(sql, &[]).map(drop)).is_err(), "{sql}");
        }
        let id = found[1].id;
        let seen = db.write_now(move |tx| {
            log::waive(tx)?;
            tx.run("UPDATE measures SET details = 'from member to owner' WHERE id = $1", params![id])?;
            let found = audit::verify(tx)?;
            log::unwaive(tx)?;
            Err::<(), _>(mainstreet_kernel::Error::conflict(found.wrong.join(" ")))
        });
        assert!(seen.is_err_and(|error| error.safe.contains("something else")));
        Ok(())
    });
}
