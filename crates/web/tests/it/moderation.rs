//! A moderator decides, a member reads why and appeals, somebody else looks, and everything is back: without a script.

use axum::http::StatusCode;
use mainstreet_community::{accounts, guidelines};
use mainstreet_kernel::{Result, Role};

use crate::support::{Answer, Browser, Place};

async fn with_an_insult() -> Result<(Place, String, String)> {
    let place = Place::open().await?;
    let ada = place.ada.actor;
    place.db.write_now(move |tx| guidelines::adopt(tx, ada, "support").map(drop))?;
    let topic = place.ask(&place.mira, "Which register is it?", "The manual does not say.")?;
    place.answer(&place.nils, topic, "Read the manual, <b>fool</b>.")?;
    let path = place.get(Some(&place.max), &format!("/t/-/{topic}")).await.location;
    let page = place.get(Some(&place.max), &path).await;
    // The first post's menu comes first; the answer's is the last.
    let at = page.text.rfind("/desk/moderation/act?post=").unwrap();
    let act = page.text[at..].split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
    Ok((place, path, act))
}

async fn act(place: &Place, who: &Browser, form: &str, fields: &[(&str, &str)]) -> Answer {
    let page = place.get(Some(who), form).await;
    let (post, person, version) = (page.value("post"), page.value("person"), page.value("version"));
    let mut all = vec![("post", post.as_str()), ("person", person.as_str()), ("version", version.as_str())];
    all.extend_from_slice(fields);
    place.post(who, form, "/desk/moderation/act", &all).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_drives_an_appeal_to_the_end() -> Result<()> {
    let (place, topic, form) = with_an_insult().await?;
    let (max, kim, nils) = (&place.max, &place.kim, &place.nils);
    place
        .get(Some(max), &form)
        .await
        .shows("Hide the post")
        .shows("Be kind (serious; the ladder suggests: mute 24 h)");
    let wrong = act(&place, max, &form, &[("act", "hide"), ("why", "It calls Mira a fool.")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("Choose the clause").shows("It calls Mira a fool.");
    let fields = [("act", "hide"), ("clause", "be-kind"), ("why", "It calls Mira a fool.")];
    let done = act(&place, max, &form, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let decision = place.follow(max, &done).await;
    decision.shows("It calls Mira a fool.").shows("3 strikes").shows("The ladder suggests").shows("Undo");
    let path = done.location.clone();
    let id = path.rsplit('/').next().unwrap().to_owned();
    assert!(!place.get(None, &topic).await.text.contains("Read the manual"));

    // Told in the product and by mail; nobody else reads it.
    place.get(Some(nils), "/notifications").await.shows("Hide the post (Be kind)");
    let statement = format!("/statements/{id}");
    let read = place.get(Some(nils), &statement).await;
    read.shows("Disagree with what was said")
        .shows("It calls Mira a fool.")
        .shows("A moderator came across it.");
    assert!(!read.text.contains("<b>fool</b>"), "what members wrote stays inert");
    for other in [&place.mira, &place.newcomer("Olga", Role::Member)?] {
        assert_eq!(place.get(Some(other), &statement).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(place.get(None, &statement).await.status, StatusCode::UNAUTHORIZED);

    // The appeal, and who may not decide it.
    let empty = place.post(nils, &statement, &format!("{statement}/appeal"), &[("body", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let words = [("body", "It was a joke among friends.")];
    let stolen = place.post(&place.mira, "/", &format!("{statement}/appeal"), &words).await;
    assert_eq!(stolen.status, StatusCode::NOT_FOUND);
    let sent = place.post(nils, &statement, &format!("{statement}/appeal"), &words).await;
    place.follow(nils, &sent).await.shows("Your appeal is with the team").shows("looks at it by");
    place.get(Some(kim), "/desk/moderation").await.shows("It was a joke among friends.");
    assert!(!place.get(Some(max), &path).await.text.contains("take it all back"), "not by who decided");
    let page = place.get(Some(kim), &path).await;
    page.shows("take it all back");
    let appeal = page.text.split("action=\"/desk/moderation/appeals/").nth(1).unwrap();
    let speak = format!("/desk/moderation/appeals/{}", appeal.split('"').next().unwrap());
    let voice = [("says", "overturn"), ("why", "They are friends.")];
    let refused = place.post(max, "/desk/moderation", &speak, &voice).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    let spoken = place.post(kim, &path, &speak, &voice).await;
    place.follow(kim, &spoken).await.shows("everything the decision did is taken back").shows("overturned");
    place.get(None, &topic).await.shows("Read the manual");
    place.get(Some(nils), &statement).await.shows("Your appeal was right.").shows("They are friends.");
    let mails = place.db.read_now(|tx| accounts::latest_mails(tx, 9))?;
    assert!(mails.iter().any(|mail| mail.subject.contains("Your appeal was right")), "{mails:?}");
    place.get(Some(max), "/desk/moderation/report").await.shows("1 overturned");
    place.get(Some(max), "/desk/moderation/log").await.shows("taken back");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_reads_all_of_it_and_decides_nothing() -> Result<()> {
    let (place, _, form) = with_an_insult().await?;
    let fields = [("act", "hide"), ("clause", "be-kind"), ("why", "It calls Mira a fool.")];
    let done = act(&place, &place.max, &form, &fields).await;
    let auditor = place.newcomer("Iris", Role::Auditor)?;
    let analyst = place.newcomer("Carl", Role::Analyst)?;
    for path in
        ["/desk/moderation/log", "/desk/moderation/report", "/desk/moderation/report.csv", &done.location]
    {
        assert_eq!(place.get(Some(&auditor), path).await.status, StatusCode::OK, "{path}");
        assert_eq!(place.get(Some(&analyst), path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(place.get(Some(&place.mira), path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    for path in [format!("{}/undo", done.location), "/desk/moderation/act".to_owned()] {
        let refused = place.post(&auditor, "/", &path, &[("why", "x"), ("act", "hide")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(place.get(Some(&auditor), &form).await.status, StatusCode::FORBIDDEN);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_without_names_is_open_as_far_as_a_manager_says() -> Result<()> {
    let (place, _, form) = with_an_insult().await?;
    let fields = [("act", "hide"), ("clause", "be-kind"), ("why", "It calls Mira a fool.")];
    act(&place, &place.max, &form, &fields).await;
    assert_eq!(place.get(Some(&place.mira), "/moderation-log").await.status, StatusCode::NOT_FOUND);
    let open = "/desk/moderation/log/openness";
    let refused = place.post(&place.max, "/desk/moderation/log", open, &[("to", "public")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    place.post(&place.ada, "/desk/moderation/log", open, &[("to", "public")]).await;
    let log = place.get(None, "/moderation-log").await;
    log.shows("Hide the post").shows("be-kind").shows("Help");
    assert!(!log.text.contains("Nils") && !log.text.contains("Max") && !log.text.contains("fool"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_banned_appeals_from_the_mail_without_signing_in() -> Result<()> {
    let (place, _, _) = with_an_insult().await?;
    let boss = place.newcomer("Zoe", Role::Manager)?;
    let form = format!("/desk/moderation/act?person={}&act=ban", place.nils.actor.person.unwrap());
    let done = act(&place, &boss, &form, &[("act", "ban"), ("clause", "be-kind"), ("why", "Again.")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(!place.get(Some(&place.nils), "/").await.text.contains("Sign out"), "signed out at once");
    place.write_mails().await?;
    let mail = place.db.read_now(|tx| accounts::latest_mails(tx, 1))?.remove(0);
    assert!(mail.recipient == "nils@example.org" && mail.body.contains("Be kind"), "{mail:?}");
    let link = mail.body.split("http://localhost").find(|part| part.starts_with("/statements/")).unwrap();
    let link = link.split_whitespace().next().unwrap();
    let visitor = place.visitor();
    place.get(Some(&visitor), link).await.shows("two people must agree").shows("Again.");
    let sent = place.post(&visitor, link, link, &[("body", "It was not me.")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    place.get(Some(&visitor), link).await.shows("It was not me.");
    let broken = link.replace("by-mail/", "by-mail/x");
    assert_eq!(place.get(Some(&visitor), &broken).await.status, StatusCode::NOT_FOUND);
    // The statement and the receipt of the appeal, each written once.
    place.write_mails().await?;
    place.write_mails().await?;
    assert_eq!(place.db.read_now(|tx| accounts::latest_mails(tx, 9))?.len(), 2);
    Ok(())
}
