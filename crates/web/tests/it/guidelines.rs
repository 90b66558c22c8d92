//! Guidelines from the empty draft to a member who has read them, without a script.

use axum::http::StatusCode;
use mainstreet_kernel::{Result, Role};

use crate::support::Place;

#[tokio::test(flavor = "multi_thread")]
async fn guidelines_are_written_published_read_and_changed() -> Result<()> {
    let place = Place::open().await?;
    let desk = "/desk/guidelines";
    place.get(None, "/guidelines").await.shows("Nothing written down yet");
    let boss = place.newcomer("Zoe", Role::Manager)?;
    place.get(Some(&boss), "/desk").await.shows("First steps").shows("Say what you expect of each other");
    assert!(!place.get(Some(&place.max), "/desk").await.text.contains("First steps"), "he cannot take them");
    let refused = place.post(&place.max, desk, "/desk/guidelines/starter", &[("starter", "support")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "a moderator may not");
    place.post(&boss, desk, "/desk/guidelines/starter", &[("starter", "support")]).await;
    place.get(Some(&boss), desk).await.shows("Be kind").shows("Publish the draft");
    let wrong = place.post(&boss, desk, "/desk/guidelines/publication", &[("changes", " ")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    place.post(&boss, desk, "/desk/guidelines/publication", &[("changes", "The first ones.")]).await;

    assert!(!place.get(Some(&boss), "/desk").await.text.contains("First steps"), "taken");
    place.get(None, "/guidelines").await.shows("Disagree with what was said").shows("be-kind, serious");
    // Search engines keep what holds, not what held once.
    place
        .get(None, "/guidelines")
        .await
        .shows("<link rel=\"canonical\" href=\"http://localhost/guidelines\">");
    place.get(None, "/sign-up").await.shows("I have read");
    let asked = place.get(Some(&place.mira), "/").await;
    asked.shows("We have written down");
    let read = place.post(&place.mira, "/", "/guidelines/acknowledgement", &[("version", "1")]).await;
    assert_eq!(read.location, "/");
    assert!(place.get(Some(&place.nils), "/").await.text.contains("We have written down"), "each their own");
    assert!(!place.get(Some(&place.mira), "/").await.text.contains("We have written down"));

    let clause = [
        ("slug", "be-kind"),
        ("severity", "serious"),
        ("language", "en"),
        ("title", "Be kind"),
        ("summary", "Disagree with ideas, not with people."),
        ("body", "Assume the best. <script>alert(1)</script>"),
    ];
    place.post(&boss, desk, "/desk/guidelines/clauses", &clause).await;
    let german = [
        ("slug", "be-kind"),
        ("language", "de"),
        ("title", "Sei freundlich"),
        ("summary", "Widersprich der Sache, nicht der Person."),
    ];
    place.post(&boss, desk, "/desk/guidelines/clauses", &german).await;
    place.post(&boss, desk, "/desk/guidelines/publication", &[("changes", "Shorter.")]).await;
    place.get(Some(&place.mira), "/").await.shows("Our guidelines have changed");
    let changes = place.get(Some(&place.mira), "/guidelines/versions/2/changes").await;
    changes.shows("Disagree with ideas, not with people.").shows("<del>");
    assert!(!changes.text.contains("<script>alert"));
    assert!(!place.get(None, "/guidelines").await.text.contains("<script>alert"));
    place.get(None, "/guidelines?language=de").await.shows("Sei freundlich").shows("A translation");
    place.get(None, "/guidelines/versions/1").await.shows("no longer holds").shows("never with who said it");
    place.get(None, "/guidelines/versions/1").await.shows("noindex");
    assert_eq!(place.get(None, "/guidelines/versions/3").await.status, StatusCode::NOT_FOUND);
    Ok(())
}
