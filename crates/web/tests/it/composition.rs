//! What is typed in a composer outlives every button beside it, without a script.

use axum::http::StatusCode;
use mainstreet_desk::drafting;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::{Error, Result};

use crate::support::{Answer, Place};

const OWN: &str = "Hello Mira, my own </textarea> words.";
const SHOWN: &str = "Hello Mira, my own &#60;/textarea&#62; words.";

async fn asked() -> Result<(Place, String)> {
    let place = Place::open().await?;
    place.ask(&place.mira, "How do I calibrate it?", "It shows 40 and should show 60.")?;
    place.db.hand.advance(26 * HOUR);
    place.settle()?;
    let settings = "/desk/settings/drafting";
    let fields = [("on", "1"), ("url", "http://127.0.0.1:9/v1"), ("model", "small"), ("key", "sk-secret")];
    place.post(&place.ada, settings, settings, &fields).await;
    let item = place.get(Some(&place.max), "/desk/inbox?list=open").await.link("/desk/inbox/");
    Ok((place, item.split('?').next().unwrap().to_owned()))
}

/// Presses a button of the composer of `page`, with what stands in it changed to `body`.
async fn press(place: &Place, page: &Answer, path: &str, act: &str, body: &str) -> Answer {
    let (version, token, drafted) = (page.value("version"), page.value("token"), page.value("drafted"));
    let beside = page.typed("beside").replace("&#60;", "<").replace("&#62;", ">");
    let csrf = page.value("csrf");
    let fields = [
        ("version", version.as_str()),
        ("token", &token),
        ("drafted", &drafted),
        ("carried", "1"),
        ("list", "open"),
        ("person", ""),
        ("note", ""),
        ("beside", &beside),
        ("body", body),
        ("act", act),
    ];
    place.post_with(&place.max, &csrf, path, &fields).await
}

/// Sends on what a page between keeps behind it.
async fn send_on(place: &Place, page: &Answer, path: &str, act: &str) -> Answer {
    assert_eq!(page.value("body"), SHOWN);
    let (csrf, print, token) = (page.value("csrf"), page.value("print"), page.value("token"));
    let fields = [
        ("print", print.as_str()),
        ("carried", "1"),
        ("list", "open"),
        ("body", OWN),
        ("token", &token),
        ("act", act),
    ];
    place.post_with(&place.max, &csrf, path, &fields).await
}

async fn draft_comes(place: &Place, text: &str) -> Result<()> {
    let taken = place.db.write_now(drafting::take)?.ok_or_else(|| Error::not_found("No request waits."))?;
    let text = text.to_owned();
    place.db.write_now(move |tx| drafting::came(tx, taken.id, Ok(text)))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_stands_beside_the_draft_that_was_asked_for() -> Result<()> {
    let (place, item) = asked().await?;
    let compose = format!("{item}/composition");
    let page = place.get(Some(&place.max), &item).await;
    page.shows("form=\"reply\" formaction=\"").shows("Ask a model for a draft");
    let seen = press(&place, &page, &compose, "draft", OWN).await;
    assert_eq!(seen.status, StatusCode::OK);
    seen.shows("Nothing has been sent").shows("goes nowhere");

    let declined = send_on(&place, &seen, &compose, "look").await;
    assert_eq!(declined.typed("body"), SHOWN, "{}", declined.text);

    let stale =
        place.post(&place.max, &item, &format!("{item}/draft"), &[("print", "0"), ("body", OWN)]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert_eq!(stale.value("body"), SHOWN);

    let sent = send_on(&place, &seen, &format!("{item}/draft"), "").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let waits = place.get(Some(&place.max), &item).await;
    assert_eq!(waits.shows("writes a draft").typed("body"), SHOWN);
    assert!(!place.get(Some(&place.kim), &item).await.text.contains(SHOWN), "it is Max's");

    draft_comes(&place, "Turn the screw.").await?;
    let more = format!("{OWN} More.");
    let came = press(&place, &waits, &compose, "look", &more).await;
    assert_eq!(came.typed("body"), "Turn the screw.");
    assert_eq!(came.typed("beside"), format!("{SHOWN} More."));
    let came = place.get(Some(&place.max), &item).await;
    assert_eq!((came.typed("body").as_str(), came.typed("beside").as_str()), ("Turn the screw.", SHOWN));

    let both = press(&place, &came, &compose, "join", "Turn the screw.").await;
    assert_eq!(both.typed("body"), format!("{SHOWN}\n\nTurn the screw."));
    both.shows("stand by every sentence");
    let away = press(&place, &came, &compose, "drop", "Turn the screw.").await;
    assert_eq!(away.shows("in the reply again").typed("body"), SHOWN);
    assert!(!away.text.contains("Turn the screw") && !away.text.contains("stand by every"), "{}", away.text);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_beside_the_reply_bring_what_is_typed_along() -> Result<()> {
    let (place, item) = asked().await?;
    let max = &place.max;
    let replies = "/desk/canned-replies";
    place.post(max, replies, replies, &[("title", "Threshold"), ("body", "Set it to 40.")]).await;
    let page = place.get(Some(max), &item).await;
    // The Enter key in one of its fields presses the first button: that must do nothing but draw the page.
    let first = page.text.split("<button").find(|tag| tag.contains(r#"form="reply""#)).unwrap_or_default();
    assert!(first.contains(r#"value="look""#), "{first}");

    let canned = format!("canned-{}", page.value_after("canned-"));
    let put = press(&place, &page, &format!("{item}/composition"), &canned, OWN).await;
    assert_eq!(put.typed("body"), format!("{SHOWN}\n\nSet it to 40."));
    assert_eq!(put.value("canned"), canned.trim_start_matches("canned-"));

    let taken = press(&place, &page, &format!("{item}/assignment"), "take", OWN).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    assert_eq!(taken.shows("You have it for ten minutes").typed("body"), SHOWN);
    let back = press(&place, &taken, &format!("{item}/assignment"), "release", OWN).await;
    assert_eq!(back.shows("It is back with everybody").typed("body"), SHOWN);
    // Kept notes leave their box; refused ones stay with the reply.
    let refused = press(&place, &back, &format!("{item}/note"), "note", OWN).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    assert_eq!(refused.typed("body"), SHOWN);
    // With nothing typed it is an address again, as ever.
    let empty = press(&place, &back, &format!("{item}/assignment"), "take", "").await;
    assert_eq!(empty.status, StatusCode::SEE_OTHER);
    let nonsense = press(&place, &back, &format!("{item}/composition"), "sing", OWN).await;
    assert_eq!(nonsense.status, StatusCode::UNPROCESSABLE_ENTITY);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_goes_under_what_was_typed() -> Result<()> {
    let place = Place::open().await?;
    let topic = place.ask(&place.mira, "How do I calibrate it?", "It shows 40.")?;
    let path = place.get(Some(&place.nils), "/").await.link("/t/how-do-i");
    let path = path.split(['?', '#']).next().unwrap().to_owned();
    place.get(Some(&place.nils), &path).await.shows("value=\"quote-1\"").shows("value=\"to-1\"");
    let replies = format!("/t/{topic}/replies");
    let fields = [("body", OWN), ("token", "one"), ("act", "quote-1"), ("page", "1")];
    let quoted = place.post(&place.nils, &path, &replies, &fields).await;
    assert_eq!(quoted.status, StatusCode::OK);
    assert!(quoted.typed("body").starts_with(&format!("{SHOWN}\n\n")), "{}", quoted.typed("body"));
    assert_eq!((quoted.value("reply_to").as_str(), quoted.value("token").as_str()), ("1", "one"));
    quoted.shows("It shows 40.").shows("In reply to post 1");

    let fields = [("body", OWN), ("token", "one"), ("act", "to-0"), ("reply_to", "1")];
    let aimed = place.post(&place.nils, &path, &replies, &fields).await;
    assert_eq!((aimed.typed("body").as_str(), aimed.value("reply_to").as_str()), (SHOWN, ""));

    let fields = [("body", OWN), ("token", "one"), ("act", "quote-9")];
    let gone = place.post(&place.nils, &path, &replies, &fields).await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(gone.shows("is gone").typed("body"), SHOWN);
    assert!(!place.get(None, &path).await.text.contains("my own"), "nothing was posted");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reason_for_a_decision_stays_when_it_is_about_the_person_after_all() -> Result<()> {
    let place = Place::open().await?;
    place.ask(&place.mira, "How do I calibrate it?", "It shows 40.")?;
    let path = place.get(None, "/").await.link("/t/how-do-i");
    let page = place.get(Some(&place.max), path.split(['?', '#']).next().unwrap()).await;
    let act = page.link("/desk/moderation/act?post=");
    let form = place.get(Some(&place.max), &act).await;
    let (post, person) = (form.value("post"), form.value("instead"));
    let fields = [("post", post.as_str()), ("act", "hide"), ("why", OWN), ("instead", &person)];
    let about = place.post(&place.max, &act, "/desk/moderation/act", &fields).await;
    assert_eq!(about.status, StatusCode::OK, "{}", about.text);
    assert_eq!(about.shows("Decide about Mira").typed("why"), SHOWN);
    assert_eq!((about.value("post").as_str(), about.value("person")), ("", person));
    Ok(())
}
