//! How the desk is set: owners, targets, hours; and a hand-off as its owner sees it.

use axum::http::StatusCode;
use mainstreet_community::accounts;
use mainstreet_kernel::Result;
use mainstreet_kernel::clock::{HOUR, MINUTE};

use crate::support::Place;

const OWNERS: &str = "/desk/settings/owners";
const TARGETS: &str = "/desk/settings/targets";

const TIMES: [(&str, &str); 8] = [
    ("urgent", "30 min"),
    ("high", "4 h"),
    ("normal", "1 day"),
    ("low", "3 days"),
    ("owner_urgent", "2 h"),
    ("owner_high", "1 day"),
    ("owner_normal", "3 days"),
    ("owner_low", "10 days"),
];

#[tokio::test(flavor = "multi_thread")]
async fn only_managers_set_the_desk() -> Result<()> {
    let place = Place::open().await?;
    for path in [OWNERS, TARGETS] {
        assert_eq!(place.get(Some(&place.ada), path).await.status, StatusCode::OK, "{path}");
        for who in [&place.max, &place.mira] {
            assert_eq!(place.get(Some(who), path).await.status, StatusCode::FORBIDDEN, "{path}");
            let sent = place.post(who, "/", path, &TIMES).await;
            assert_eq!(sent.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    for path in ["/desk/settings/owners/lines", "/desk/settings/owners/lines/0000000000000/removal"] {
        let sent = place.post(&place.max, "/", path, &[("owner", "legal")]).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "{path}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_in_targets_keep_what_was_typed() -> Result<()> {
    let place = Place::open().await?;
    let mut fields = TIMES.to_vec();
    fields[1].1 = "soon";
    fields.extend([("calendar", "hours"), ("zone", "Atlantis"), ("monday", "9-17")]);
    let wrong = place.post(&place.ada, TARGETS, TARGETS, &fields).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("value=\"soon\"").shows("value=\"Atlantis\"").shows("Write a time such as").shows("IANA");
    let before = place.get(Some(&place.ada), TARGETS).await;
    before.shows("name=\"high\" type=\"text\" value=\"4 h\"");

    fields[1].1 = "3 h";
    fields.push(("zone", "Europe/Berlin"));
    fields.retain(|(name, value)| *name != "zone" || *value != "Atlantis");
    let saved = place.post(&place.ada, TARGETS, TARGETS, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let after = place.get(Some(&place.ada), TARGETS).await;
    after.shows("name=\"high\" type=\"text\" value=\"3 h\"").shows("name=\"monday\" value=\"9-17\"");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_the_desk_says_how_much_waits() -> Result<()> {
    let place = Place::open().await?;
    place.ask(&place.mira, "How do I calibrate the sensor?", "It reads twice.")?;
    place.db.hand.advance(26 * HOUR);
    place.settle()?;
    for path in [
        "/desk",
        "/desk/inbox",
        "/desk/metrics",
        "/desk/team",
        "/desk/settings",
        OWNERS,
        TARGETS,
        "/desk/canned-replies",
    ] {
        place.get(Some(&place.ada), path).await.shows("data-tone=\"lamp\">1<span class=\"vh\"> waiting");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_answers_without_an_account() -> Result<()> {
    let place = Place::open().await?;
    place.ask(&place.mira, "How do I calibrate the sensor?", "It reads **twice**.")?;
    place.db.hand.advance(26 * HOUR);
    place.settle()?;
    let wrong = place
        .post(&place.ada, OWNERS, OWNERS, &[("email_product", "nobody"), ("within_legal", "soon")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("value=\"nobody\"").shows("value=\"soon\"").shows("Write a whole address");
    let fields = [("email_product", "product@example.org"), ("within_product", "6 h")];
    assert_eq!(place.post(&place.ada, OWNERS, OWNERS, &fields).await.status, StatusCode::SEE_OTHER);

    let item = place.get(Some(&place.max), "/desk/inbox?list=open").await.link("/desk/inbox/");
    let base = item.split('?').next().unwrap().to_owned();
    let ask = [("to", "product"), ("question", "Which way round\nis it?"), ("promise", "We ask.")];
    let asked = place.post(&place.max, &item, &format!("{base}/escalation"), &ask).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
    place.get(Some(&place.max), &item).await.shows("The mail to product@example.org waits to go out.");

    place.db.hand.advance(2 * MINUTE);
    let mail = place.db.write_now(|tx| accounts::take_mails(tx, 9))?.remove(0);
    assert_eq!(mail.subject, "[Mainstreet] product: Which way round is it?");
    assert!(mail.body.contains("It reads twice.") && mail.body.contains("We ask."), "{}", mail.body);
    let start = mail.body.find("/hand-off/").unwrap();
    let link: String = mail.body[start..].split_whitespace().next().unwrap().to_owned();

    let page = place.get(None, &link).await;
    page.shows("Which way round").shows("It reads twice.").shows("I take it on");
    let forged = format!("{}x", &link[..link.len() - 1]);
    assert_eq!(place.get(None, &forged).await.status, StatusCode::NOT_FOUND);
    // Anybody who has the link: here a member who is signed in.
    let wrong =
        place.post(&place.nils, &link, &link, &[("name", "Jo"), ("act", "answer"), ("body", "")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("value=\"Jo\"").shows("Write the answer first");
    let sent = place
        .post(&place.nils, &link, &link, &[("name", "Jo"), ("act", "answer"), ("body", "The long way.")])
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    place.get(None, &link).await.shows("The long way.");
    place.get(Some(&place.max), &item).await.shows("The long way.").shows("Jo");
    Ok(())
}
