//! Members, sessions, mailed links and limits.

use mainstreet_community::accounts::{self, NewMember, Purpose};
use mainstreet_community::moderation::{self, Act, Detail, Order, Target};
use mainstreet_db::testing::{TestDb, on_each_database};
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Actor, Kind, Result, Role};

fn join(db: &TestDb, username: &'static str, role: Role) -> Result<PersonId> {
    db.write_now(move |tx| {
        let new = NewMember {
            username: username.to_owned(),
            email: format!("{username}@example.org"),
            ..NewMember::default()
        };
        accounts::open(tx, &new, role)
    })
}

fn actor(person: PersonId, role: Role) -> Actor {
    Actor::signed_in(person, role)
}

#[test]
fn names_and_addresses_belong_to_one_member() {
    on_each_database(|db| {
        join(db, "Mira", Role::Member)?;
        let check = |username: &str, email: &str| {
            let new = NewMember { username: username.into(), email: email.into(), ..NewMember::default() };
            db.write_now(move |tx| accounts::check_new_member(tx, &new))
        };
        assert!(
            check("mira", "new@example.org")?.get("username").is_some(),
            "case does not make another name"
        );
        assert!(check("admin", "new@example.org")?.get("username").is_some());
        assert!(check("-x", "new@example.org")?.get("username").is_some());
        assert!(check("ben", "not an address")?.get("email").is_some());
        assert!(check("ben", "ben@example.org")?.is_empty());
        let twin = join(db, "MIRA", Role::Member);
        assert_eq!(twin.map_err(|error| error.kind), Err(Kind::Conflict), "a race for a name has one winner");
        Ok(())
    });
}

#[test]
fn a_session_lives_until_it_is_ended() {
    on_each_database(|db| {
        let mira = join(db, "mira", Role::Member)?;
        let open = || db.write_now(move |tx| accounts::open_session(tx, mira, "a browser"));
        let (first, second) = (open()?, open()?);
        let find = |token: &str| {
            let hash = accounts::hash_token(token);
            db.read_now(move |tx| accounts::session(tx, &hash))
        };
        assert_eq!(find(&first)?.map(|session| session.member.person), Some(mira));
        assert!(find("something else")?.is_none());
        let keep = accounts::hash_token(&second);
        db.write_now(move |tx| accounts::close_sessions_but(tx, mira, Some(&keep)))?;
        assert!(find(&first)?.is_none() && find(&second)?.is_some());
        db.hand.advance(61 * DAY);
        assert!(find(&second)?.is_none(), "unused sessions end");
        Ok(())
    });
}

#[test]
fn a_suspended_member_is_signed_out_and_stays_out() {
    on_each_database(|db| {
        let (max, zoe) = (join(db, "max", Role::Moderator)?, join(db, "zoe", Role::Member)?);
        let token = db.write_now(move |tx| accounts::open_session(tx, zoe, "a browser"))?;
        let until = db.clock().now().plus(DAY);
        let by = actor(max, Role::Moderator);
        let suspend = move |who: PersonId| Order {
            target: Target::Person(who),
            act: Act::Suspend,
            why: "spam, twice".to_owned(),
            until: Some(until),
            detail: Detail::None,
        };
        db.write_now(move |tx| moderation::carry_out(tx, by, &suspend(zoe)))?;
        let hash = accounts::hash_token(&token);
        assert!(db.read_now(move |tx| accounts::session(tx, &hash))?.is_none());
        let again = db.write_now(move |tx| accounts::open_session(tx, zoe, "a browser"));
        assert_eq!(again.map_err(|error| error.kind), Err(Kind::Forbidden));
        let back = actor(zoe, Role::Member);
        let revenge = db.write_now(move |tx| moderation::carry_out(tx, back, &suspend(max)));
        assert!(revenge.is_err_and(|error| error.kind == Kind::Forbidden));
        db.hand.advance(DAY + HOUR);
        db.write_now(move |tx| accounts::open_session(tx, zoe, "a browser"))?;
        Ok(())
    });
}

#[test]
fn a_mailed_link_works_once_and_not_for_long() {
    on_each_database(|db| {
        let mira = join(db, "mira", Role::Member)?;
        let ask = |email: &'static str| {
            db.write_now(move |tx| {
                let mut kept = String::new();
                accounts::ask_link(tx, email, Purpose::SignIn, "test", |token| {
                    kept = token.to_owned();
                    Ok(("subject".into(), "body".into()))
                })?;
                Ok(kept)
            })
        };
        assert_eq!(ask("nobody@example.org")?, "", "no mail is written, and the asker is not told");
        let token = ask("MIRA@example.org")?;
        let reuse = token.clone();
        let used = db.write_now(move |tx| accounts::use_link(tx, &token))?;
        assert_eq!(used, (mira, Purpose::SignIn));
        let twice = db.write_now(move |tx| accounts::use_link(tx, &reuse));
        assert_eq!(twice.map_err(|error| error.kind), Err(Kind::NotFound));
        let late = ask("mira@example.org")?;
        db.hand.advance(31 * MINUTE);
        let late = db.write_now(move |tx| accounts::use_link(tx, &late));
        assert_eq!(late.map_err(|error| error.kind), Err(Kind::NotFound));
        assert_eq!(db.write_now(|tx| accounts::take_mails(tx, 10))?.len(), 2);
        assert!(db.write_now(|tx| accounts::take_mails(tx, 10))?.is_empty(), "each mail is taken once");
        Ok(())
    });
}

#[test]
fn attempts_are_counted_together_and_forgotten_with_time() {
    on_each_database(|db| {
        let tried = || db.write_now(|tx| accounts::for_sign_in(tx, "mira", "192.0.2.1").map(|_| ()));
        for _ in 0..10 {
            tried()?;
        }
        assert_eq!(tried().map_err(|error| error.kind), Err(Kind::TooMany));
        db.hand.advance(11 * MINUTE);
        tried()
    });
}

#[test]
fn the_last_owner_stays_one() {
    on_each_database(|db| {
        let (ada, ben) = (join(db, "ada", Role::Owner)?, join(db, "ben", Role::Member)?);
        let by = actor(ada, Role::Owner);
        let step_down = db.write_now(move |tx| accounts::change_role(tx, by, ada, Role::Member));
        assert_eq!(step_down.map_err(|error| error.kind), Err(Kind::Conflict));
        let not_his = actor(ben, Role::Member);
        let grab = db.write_now(move |tx| accounts::change_role(tx, not_his, ben, Role::Owner));
        assert_eq!(grab.map_err(|error| error.kind), Err(Kind::Forbidden));
        db.write_now(move |tx| accounts::change_role(tx, by, ben, Role::Owner))?;
        db.write_now(move |tx| accounts::change_role(tx, by, ada, Role::Member))?;
        assert_eq!(db.read_now(accounts::staff)?.len(), 1);
        assert_eq!(
            db.read_now(|tx| accounts::find_like(tx, "AD_", 5))?.len(),
            0,
            "wildcards are letters here"
        );
        assert_eq!(db.read_now(|tx| accounts::find_like(tx, "Ad", 5))?.len(), 1);
        Ok(())
    });
}
