//! The desk's pages: who may see them, and a morning's work in the inbox without a script.

use axum::http::StatusCode;
use mainstreet_kernel::Result;
use mainstreet_kernel::clock::HOUR;

use crate::support::{Answer, Place};

async fn with_a_question() -> Result<Place> {
    let place = Place::open().await?;
    place.ask(
        &place.mira,
        "How do I calibrate the sensor?",
        "It reads **twice**. <script>alert(1)</script>",
    )?;
    place.db.hand.advance(26 * HOUR);
    place.settle()?;
    Ok(place)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_is_for_staff() -> Result<()> {
    let place = with_a_question().await?;
    let item = place.get(Some(&place.max), "/desk/inbox?list=open").await.link("/desk/inbox/");
    let id = item.split(['/', '?']).nth(3).unwrap().to_owned();
    for path in ["/desk", "/desk/inbox", "/desk/inbox?list=urgent", &item, "/desk/canned-replies"] {
        assert_eq!(place.get(Some(&place.max), path).await.status, StatusCode::OK, "{path}");
        let refused = place.get(Some(&place.mira), path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}: a member may not");
        assert!(!refused.text.contains("calibrate"), "{path} tells a member nothing");
        assert_eq!(place.get(None, path).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    for act in [
        "assignment",
        "reply",
        "note",
        "snooze",
        "escalation",
        "escalation/0000000000000/answer",
        "resolution",
        "dismissal",
        "merge",
        "reopening",
        "triage",
        "undo/0000000000000",
    ] {
        let path = format!("/desk/inbox/{id}/{act}");
        let refused = place.post(&place.mira, "/", &path, &[("body", "x")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{act}: a member may not");
    }
    for path in ["/desk/canned-replies", "/desk/canned-replies/0000000000000/removal"] {
        let refused = place.post(&place.mira, "/", path, &[("title", "x"), ("body", "x")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}: a member may not");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_its_token_does_nothing() -> Result<()> {
    let place = with_a_question().await?;
    let item = place.get(Some(&place.max), "/desk/inbox?list=open").await.link("/desk/inbox/");
    let path = format!("{}/note", item.split('?').next().unwrap());
    let mira = place.get(Some(&place.mira), "/").await.value("csrf");
    for token in ["", "x", mira.as_str()] {
        let sent = place.post_with(&place.max, token, &path, &[("body", "x")]).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "token '{token}'");
    }
    Ok(())
}

/// Prepares an answer and starts a reply with it; a mistaken one is refused and kept.
async fn filled_from_a_canned_reply(place: &Place, path: &str, base: &str) -> Answer {
    let (max, replies) = (&place.max, "/desk/canned-replies");
    let fields = [("title", "Threshold"), ("body", "Hi {{first_name}}, set it to 40. {{me}}")];
    let saved = place.post(max, replies, replies, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let wrong = place.post(max, replies, replies, &[("title", "Other"), ("body", "Hi {{nam}}")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("There is no variable").shows("Hi {{nam}}");
    let item = place.get(Some(max), path).await;
    let canned = format!("canned-{}", item.value_after("canned-"));
    let press = [("act", canned.as_str()), ("list", "questions"), ("carried", "1")];
    let filled = place.post(max, path, &format!("{base}/composition"), &press).await;
    filled.shows("Hi Mira, set it to 40. Max");
    filled
}

#[tokio::test(flavor = "multi_thread")]
async fn a_morning_in_the_inbox() -> Result<()> {
    let place = with_a_question().await?;
    let max = &place.max;
    let today = place.get(Some(max), "/desk").await;
    today.shows("question past its target").shows("How do I calibrate the sensor?").shows("Mira");
    let list = place.get(Some(max), &today.link("/desk/inbox?list=questions")).await;
    let path = list.link("/desk/inbox/");
    assert!(path.contains("list=questions"), "{path}");
    let base = path.split('?').next().unwrap().to_owned();

    let item = place.get(Some(max), &path).await;
    item.shows("nobody has answered for 26 h").shows("Nobody has it.").shows("<strong>twice</strong>");
    assert!(!item.text.contains("<script>alert"), "what members write stays inert");
    let version = item.value("version");

    // Max takes it. Kim, who still sees it free, is told; nothing that she typed is lost.
    let taken = place.post(max, &path, &format!("{base}/assignment"), &[("version", &version)]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    let after = place.follow(max, &taken).await;
    after.shows("You have it for 10 min more.").shows("Undo");
    let typed = [("version", version.as_str()), ("body", "Kim's careful answer"), ("act", "wait")];
    let lost = place.post(&place.kim, &path, &format!("{base}/reply"), &typed).await;
    assert_eq!(lost.status, StatusCode::CONFLICT);
    lost.shows("Max took this item").shows("Kim&#39;s careful answer");

    let filled = filled_from_a_canned_reply(&place, &path, &base).await;

    // It goes out in the conversation, and waits for Mira.
    let version = filled.value("version");
    let sent = place
        .post(
            max,
            &path,
            &format!("{base}/reply"),
            &[
                ("version", &version),
                ("body", "Hi Mira, set it to 40."),
                ("act", "wait"),
                ("list", "questions"),
            ],
        )
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    place.follow(max, &sent).await.shows("It waits for the member now.");
    let waiting = place.get(Some(max), "/desk/inbox?list=waiting").await;
    waiting.shows("How do I calibrate the sensor?").shows("waiting for the member");

    // Snoozing what has ended is refused with the reason.
    let version = place.get(Some(max), &path).await.value("version");
    let ended = place
        .post(
            max,
            &path,
            &format!("{base}/resolution"),
            &[("version", &version), ("outcome", "answered"), ("told_back", "1")],
        )
        .await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.text);
    let refused = place.post(max, &path, &format!("{base}/snooze"), &[("until", "4")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.shows("Reopen it first");
    place.get(Some(max), "/desk").await.shows("What came of it").shows("answered");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_notes_and_questions_to_owners() -> Result<()> {
    let place = with_a_question().await?;
    let max = &place.max;
    let path = place.get(Some(max), "/desk/inbox?list=open").await.link("/desk/inbox/");
    let base = path.split('?').next().unwrap().to_owned();
    let version = place.get(Some(max), &path).await.value("version");
    let set = [
        ("version", version.as_str()),
        ("intent", "complaint"),
        ("compliance", "possible"),
        ("why", "read it"),
    ];
    let fixed = place.post(max, &path, &format!("{base}/triage"), &set).await;
    assert_eq!(fixed.status, StatusCode::SEE_OTHER, "{}", fixed.text);
    let item = place.get(Some(max), &path).await;
    item.shows("by a person").shows("set by Max: read it");

    let noted = place.post(max, &path, &format!("{base}/note"), &[("note", "ask <b>Kim</b>")]).await;
    assert_eq!(noted.status, StatusCode::SEE_OTHER);
    let item = place.get(Some(max), &path).await;
    item.shows("note, desk only").shows("ask &#60;b&#62;Kim");

    let empty = place
        .post(max, &path, &format!("{base}/escalation"), &[("to", "legal"), ("promise", "by Friday")])
        .await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    empty.shows("Ask the owner something").shows("by Friday");
    let asked = place
        .post(max, &path, &format!("{base}/escalation"), &[("to", "legal"), ("question", "May we say so?")])
        .await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    place.get(Some(max), &path).await.shows("To legal:").shows("May we say so?");

    // The last step is taken back from the page that follows it.
    let page = place.follow(max, &asked).await;
    let undo = page.text.split("action=\"").find(|part| part.contains("/undo/")).unwrap();
    let undo = undo.split('"').next().unwrap().to_owned();
    let undone = place.post(max, &path, &undo, &[]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.text);
    let again = place.post(max, &path, &undo, &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    again.shows("undone already");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_pages_say_what_will_appear() -> Result<()> {
    let place = Place::open().await?;
    let ada = Some(&place.ada);
    place.get(ada, "/desk").await.shows("Nothing waits for you").shows("Nothing has ended yet");
    place.get(ada, "/desk/inbox").await.shows("appear here by themselves");
    place.get(ada, "/desk/inbox?list=snoozed").await.shows("Nothing in this list");
    place.get(ada, "/desk/canned-replies").await.shows("None yet");
    assert_eq!(place.get(ada, "/desk/inbox?list=nonsense").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(place.get(ada, "/desk/inbox/0000000000000").await.status, StatusCode::NOT_FOUND);
    let topic = place.ask(&place.nils, "A first question", "Where do I begin?")?;
    place.answer(&place.kim, topic, "Here.")?;
    Ok(())
}
