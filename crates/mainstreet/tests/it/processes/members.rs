//! Pages that a node keeps for its members: each sees their own words, and what they did, at once.

use std::time::Duration;

use mainstreet_db::testing::TestDb;

use crate::support::{PASSWORD, Place, Visitor, eventually};

/// Somebody new, signed in.
fn join(place: &Place, username: &str, name: &str) -> Visitor {
    let mut member = Visitor::new(place.program.at);
    let email = format!("{username}@example.org");
    let fields = [("username", username), ("name", name), ("email", email.as_str()), ("password", PASSWORD)];
    let answer = member.fill("/sign-up", "/sign-up", &fields).unwrap();
    assert_eq!(answer.status, 303, "{}", answer.text());
    member.see("/");
    member
}

/// The page, as the node keeps it: once to read it, once to have it kept, once from what is kept.
fn kept(member: &mut Visitor, path: &str) -> String {
    member.forget("mainstreet_wrote");
    for _ in 0..2 {
        member.see(path);
        std::thread::sleep(Duration::from_millis(50));
    }
    member.see(path).body
}

fn csrf(page: &str) -> &str {
    page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

fn one_time(page: &str) -> &str {
    page.split("name=\"token\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

fn own_words_and_own_doings(db: &TestDb) {
    let folder =
        std::env::temp_dir().join(format!("mainstreet-members-{}-{:?}", std::process::id(), db.dialect()));
    let place = Place::open(db, &folder.display().to_string());
    let topic = &place.topic;
    let (mut ada, mut ben) =
        (join(&place, "akua", "Ada <b> & Co"), join(&place, "birk", "Ben \u{e000} Lund"));
    // Without a script they would have to confirm their addresses first.
    let confirmed = db.write_now(|tx| tx.run("UPDATE sign_ups SET state = 'open'", &[]));
    assert_eq!(confirmed.unwrap(), 2);

    for path in [topic.path.as_str(), "/", "/search?q=oak", "/spaces"] {
        let (hers, his) = (kept(&mut ada, path), kept(&mut ben, path));
        assert!(hers.contains("Ada &#60;b&#62; &#38; Co"), "{path}");
        assert!(
            his.contains("Ben \u{e000} Lund") && !his.contains("& Co") && !his.contains("&#38; Co"),
            "{path}"
        );
        assert_ne!(csrf(&hers), csrf(&his), "{path}");
        assert!(csrf(&hers).len() > 20, "{path}");
        let visitor = Visitor::new(place.program.at).see(path).body;
        assert!(!visitor.contains("&#38; Co") && !visitor.contains("sign-out"), "{path}");
    }
    let page = kept(&mut ada, &topic.path);
    assert_ne!(one_time(&page), one_time(&ada.see(&topic.path).body), "each form is sent once");

    topic.reply(&mut ada, "Soak it overnight first.").unwrap();
    assert!(ada.see(&topic.path).body.contains("Soak it overnight first."), "her own reply, at once");
    eventually("the reply on his page", || {
        ben.see(&topic.path).body.contains("Soak it overnight first.").then_some(())
    });

    let page = kept(&mut ben, &topic.path);
    let act = page.split("formaction=\"").find(|act| act.contains("/reactions\"")).unwrap();
    let act = act.split('"').next().unwrap();
    let done = ben.post(act, &[("csrf", csrf(&page)), ("kind", "like")]).unwrap();
    assert_eq!(done.status, 303, "{}", done.text());
    assert!(ben.see(&topic.path).body.contains("aria-pressed=\"true\""), "his own reaction, at once");
    assert!(!kept(&mut ada, &topic.path).contains("aria-pressed=\"true\""), "and it is not hers");

    let mut gone = ben.clone();
    assert!(kept(&mut ben, "/").contains("Lund"));
    let left = ben.fill("/", "/sign-out", &[]).unwrap();
    assert_eq!(left.status, 303, "{}", left.text());
    eventually("the session has ended", || (!gone.see("/").body.contains("Lund")).then_some(()));
    let _ = std::fs::remove_dir_all(folder);
}

#[test]
fn a_kept_page_holds_each_members_own_words_on_sqlite() {
    own_words_and_own_doings(&TestDb::sqlite().unwrap());
}

#[test]
fn a_kept_page_holds_each_members_own_words_on_postgres() {
    let Ok(url) = std::env::var("MAINSTREET_TEST_POSTGRES") else { return };
    own_words_and_own_doings(&TestDb::postgres(&url).unwrap());
}
