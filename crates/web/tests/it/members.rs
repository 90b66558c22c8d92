//! What members are told, whom they may mention, and what is no longer there.

use axum::http::StatusCode;
use mainstreet_community::{notifications, posts, topics};
use mainstreet_db::log;
use mainstreet_kernel::{Actor, Result};

use crate::support::Place;

fn tell(place: &Place) -> Result<()> {
    while place.db.write_now(|tx| log::advance(tx, notifications::READER, 100, notifications::advance))? > 0 {
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_is_told_and_read() -> Result<()> {
    let place = Place::open().await?;
    let topic = place.ask(&place.mira, "How do I calibrate the sensor?", "It reads twice.")?;
    place.answer(&place.nils, topic, "Hold it <b>upright</b>, @mira.")?;
    tell(&place)?;
    let mira = &place.mira;
    place.get(Some(mira), "/").await.shows("Notifications, 1 unread");
    let list = place.get(Some(mira), "/notifications").await;
    list.shows("replied to you in").shows("How do I calibrate the sensor?").shows("Mark all as read");
    assert!(!list.text.contains("<b>upright"), "what was written is inert");
    let line = list.link("/notifications/");
    let away = place.get(Some(&place.nils), &line).await;
    assert_eq!(away.status, StatusCode::NOT_FOUND, "of others nobody reads");
    let opened = place.get(Some(mira), &line).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER);
    assert!(opened.location.starts_with("/p/"), "{}", opened.location);
    let home = place.get(Some(mira), "/").await;
    assert!(!home.text.contains("unread"), "it was read");
    assert_eq!(place.get(None, "/notifications").await.status, StatusCode::UNAUTHORIZED);

    place.answer(&place.nils, topic, "And keep it dry.")?;
    tell(&place)?;
    let done = place.post(mira, "/notifications", "/notifications/reading", &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(!place.get(Some(mira), "/notifications").await.text.contains("Mark all as read"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_offered_to_members_only() -> Result<()> {
    let place = Place::open().await?;
    let found = place.get(Some(&place.nils), "/mentions?q=m").await;
    assert_eq!(found.text, r#"[{"handle":"max","name":"Max"},{"handle":"mira","name":"Mira"}]"#);
    assert_eq!(place.get(Some(&place.nils), "/mentions?q=mirab").await.text, "[]");
    assert_eq!(place.get(Some(&place.nils), "/mentions").await.text, "[]");
    assert_eq!(place.get(None, "/mentions?q=m").await.status, StatusCode::UNAUTHORIZED);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_away_says_so() -> Result<()> {
    let place = Place::open().await?;
    let topic = place.ask(&place.mira, "How do I calibrate the sensor?", "It reads twice.")?;
    place.answer(&place.nils, topic, "Hold it upright.")?;
    let actor: Actor = place.nils.actor;
    let reply = place.db.write_now(move |tx| {
        let found = posts::store::by_number(tx, topic, 2)?.unwrap();
        posts::delete(tx, actor, found.id)?;
        Ok(found.id)
    })?;
    let path = format!("/p/{reply}");
    for who in [None, Some(&place.mira)] {
        let gone = place.get(who, &path).await;
        assert_eq!(gone.status, StatusCode::GONE);
        gone.shows("taken away").shows("action=\"/search\"");
        assert!(!gone.text.contains("upright"));
    }
    for who in [&place.nils, &place.max] {
        assert_eq!(place.get(Some(who), &path).await.status, StatusCode::MOVED_PERMANENTLY);
    }
    let (actor, path) =
        (place.mira.actor, place.db.read_now(move |tx| topics::store::find(tx, topic))?.path());
    place.db.write_now(move |tx| {
        let first = posts::store::by_number(tx, topic, 1)?.unwrap();
        posts::delete(tx, actor, first.id)
    })?;
    assert_eq!(place.get(None, &path).await.status, StatusCode::GONE);
    assert_eq!(place.get(Some(&place.nils), &path).await.status, StatusCode::GONE);
    assert_eq!(place.get(Some(&place.mira), &path).await.status, StatusCode::OK);
    let missing = place.get(None, "/nowhere").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    missing.shows("Words to look for");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn public_pages_say_what_they_are_called_elsewhere() -> Result<()> {
    let place = Place::open().await?;
    place.ask(&place.mira, "How do I calibrate the sensor?", "It reads twice.")?;
    let person = format!("/people/{}", place.mira.actor.person.unwrap());
    for path in ["/", "/unanswered", "/spaces", "/tags", "/c/help", person.as_str()] {
        let page = place.get(None, path).await;
        page.shows(&format!("<link rel=\"canonical\" href=\"http://localhost{path}\">"));
        page.shows(&format!("<meta property=\"og:url\" content=\"http://localhost{path}\">"));
        page.shows("og:title").shows("og:site_name");
    }
    Ok(())
}
