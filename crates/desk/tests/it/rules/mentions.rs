//! A post of another channel that names the community.

use mainstreet_community::intake::{open_account, receive};
use mainstreet_community::settings;
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_desk::rules::{self, Mode};
use mainstreet_kernel::channel::Incoming;
use mainstreet_kernel::clock::MINUTE;
use mainstreet_kernel::{Actor, Result};

use super::replay::late;
use super::{backtest, read};
use crate::support::{ask, cast};

const RULE: &str =
    "rule: Named\nwhen: mention seen\nif:\n  - not author.is_staff\nthen:\n  - open item: {urgency: low}\n";

/// A post of the other place, in a conversation of its own.
fn elsewhere(db: &TestDb, topic: usize, words: &str) -> Result<()> {
    db.hand.advance(MINUTE);
    let message = late(topic, 0, topic, words, db.clock().now(), false);
    db.write_now(move |tx| {
        let source = open_account(tx, "discourse", "old place", None)?;
        receive(tx, &source, &[Incoming::Message(Box::new(message))]).map(drop)
    })
}

#[test]
fn a_post_elsewhere_that_names_us_is_heard_and_one_at_home_is_not() {
    on_each_database(|db| {
        let cast = cast(db)?;
        db.write_now(|tx| settings::keep_names(tx, Actor::SYSTEM, "Osier Lane, osierlane"))?;
        let checked = db.read_now(move |tx| rules::check(tx, cast.ada.role, RULE))?;
        let told: Vec<String> = checked.findings.iter().map(ToString::to_string).collect();
        assert!(told[0].contains("“Osier Lane”") && told[0].contains("No other channel"), "{told:?}");
        let from = db.clock().now();
        let kept = db.write_now(move |tx| rules::save(tx, cast.ada, None, RULE, false))?.remove(0);
        elsewhere(db, 1, "Is osier  lane down for you too?")?;
        elsewhere(db, 2, "The osier on our lane is in bloom")?;
        elsewhere(db, 3, "OSIERLANE, what a place")?;
        ask(db, cast.mira, cast.help, "At home", "Osier Lane is down", true)?;
        read(db, 50)?;
        let id = kept.id;
        let hits = db.read_now(move |tx| rules::hits_of(tx, id, 50))?;
        assert_eq!(hits.len(), 2, "{:?}", hits.iter().map(|hit| hit.object).collect::<Vec<_>>());
        assert!(hits.iter().all(|hit| hit.event == "mention seen"));
        assert!(hits[0].came().contains("still being tried out"), "{}", hits[0].came());
        let report = backtest(db, RULE, from, db.clock().now().plus(1))?.remove(0);
        assert_eq!(report.matches, 2);

        // Other names are another rule: it is watched anew.
        db.write_now(move |tx| {
            rules::set_mode(tx, cast.ada, id, Mode::Enforce, "", Some("a test of mentions"))
        })?;
        db.write_now(|tx| rules::listen_for(tx, Actor::SYSTEM, "Willow Lane"))?;
        let after = db.read_now(move |tx| rules::find(tx, id))?;
        assert_eq!((after.mode, after.version), (Mode::Shadow, 2));
        let refused = db.write_now(|tx| rules::listen_for(tx, Actor::SYSTEM, "x")).unwrap_err();
        assert!(refused.safe.contains("2 to 60"), "{}", refused.safe);
        Ok(())
    });
}
