//! The pages of the reading: one key corrects, a manager chooses, nothing changes by itself.

use axum::http::StatusCode;
use mainstreet_desk::judgement;
use mainstreet_kernel::Result;
use mainstreet_kernel::clock::HOUR;

use crate::support::Place;

#[tokio::test(flavor = "multi_thread")]
async fn the_reading_is_corrected_by_one_button_and_shown_without_a_script() -> Result<()> {
    let place = Place::open().await?;
    place.ask(&place.mira, "How do I <b>calibrate</b> it?", "It reads twice. <script>alert(1)</script>")?;
    place.db.hand.advance(26 * HOUR);
    place.settle()?;
    let (max, ada) = (&place.max, &place.ada);
    let page = place.get(Some(max), "/desk/judgement").await;
    page.shows("Nobody has confirmed or corrected anything yet").shows("the first look comes");
    assert!(!page.text.contains("Learn now"), "a moderator does not lead");

    let item = place.get(Some(max), "/desk/inbox?list=open").await.link("/desk/inbox/");
    let shown = place.get(Some(max), &item).await;
    shown
        .shows("One key says so")
        .shows("data-key=\"y\"")
        .shows("data-key=\"4\"")
        .shows("needs a reply: <b>yes");
    let triage = format!("{}/triage", item.split('?').next().unwrap());
    for fields in [
        &[("quick", "1"), ("intent", "learning")][..],
        &[("right", "1")],
        &[("needs_reply", "no")],
        &[("sentiment", "negative"), ("spam", "no")],
    ] {
        let sent = place.post(max, &item, &triage, fields).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{fields:?} {}", sent.text);
    }
    let odd = place.post(max, &item, &triage, &[("sentiment", "<i>odd</i>")]).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    odd.shows("Choose one of the words");
    place.get(Some(max), &item).await.shows("feeling: <b>negative</b>,</span> by a person");

    let page = place.get(Some(ada), "/desk/judgement?of=needs_reply").await;
    page.shows("What it says, and what people say").shows("Learn now").shows("No attempt yet");
    let asked = place.post(ada, "/desk/judgement", "/desk/judgement/attempt", &[]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    let attempt = judgement::learn(&place.db)?.expect("an attempt");
    let page = place.get(Some(ada), "/desk/judgement").await;
    page.shows("An attempt, not taken");
    place.get(Some(ada), &format!("/desk/judgement/attempts/{}", attempt.id)).await.shows("Too few");
    let gone = [("name", "community-0+local-<b>"), ("why", "a <i>reason</i>")];
    let refused = place.post(ada, "/desk/judgement", "/desk/judgement/version", &gone).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    for path in ["attempt", "version", "learning", "rules", "answers"] {
        let path = format!("/desk/judgement/{path}");
        let refused = place.post(max, "/desk/judgement", &path, &[("name", "x")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
    let bad = place.post(ada, "/desk/judgement", "/desk/judgement/answers", &[("person", "x")]).await;
    bad.shows("Choose whose answers are meant");
    place.get(Some(max), "/desk/judgement/again").await.shows("Nothing would change");
    let none = place.post(max, "/desk/judgement/again", "/desk/judgement/again", &[]).await;
    none.shows("Choose the items");
    Ok(())
}
