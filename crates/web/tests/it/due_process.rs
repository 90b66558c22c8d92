//! Moderation from the pages, without a script: one way to restrict, one queue, several items at once, who may what.

use axum::http::StatusCode;
use mainstreet_community::guidelines::{self, NewClause};
use mainstreet_community::moderation::{Act, Detail, Order, Target};
use mainstreet_community::{flags, posts, topics};
use mainstreet_desk::moderation::{self, Case, Decision, Ground, Source};
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{PostId, TopicId};
use mainstreet_kernel::{Result, Role};

use crate::support::{Browser, Place};

async fn place() -> Result<Place> {
    let place = Place::open().await?;
    let ada = place.ada.actor;
    place.db.write_now(move |tx| guidelines::adopt(tx, ada, "support").map(drop))?;
    Ok(place)
}

fn decide(place: &Place, who: &Browser, target: Target, act: Act) -> Result<Decision> {
    let case = Case {
        order: Order {
            target,
            act,
            why: "It calls Mira a fool.".to_owned(),
            until: None,
            detail: Detail::None,
        },
        clause: "be-kind".to_owned(),
        source: Source::Own,
        source_id: None,
        detected: false,
        ground: Ground::Incompatible,
    };
    let actor = who.actor;
    place.db.write_now(move |tx| moderation::decide(tx, actor, &case))
}

fn post_of(place: &Place, topic: TopicId, number: i64) -> Result<PostId> {
    let found = place.db.read_now(move |tx| posts::store::by_number(tx, topic, number))?;
    Ok(found.unwrap().id)
}

fn state(place: &Place, post: PostId) -> Result<&'static str> {
    place.db.read_now(move |tx| Ok(posts::store::find(tx, post)?.state.as_str()))
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_restrict_nobody_past_a_decision() -> Result<()> {
    let place = place().await?;
    let topic = place.ask(&place.mira, "Which register is it?", "The manual does not say.")?;
    place.answer(&place.nils, topic, "Read the manual, fool.")?;
    let answer = post_of(&place, topic, 2)?;
    let path = place.db.read_now(move |tx| topics::store::find(tx, topic))?.path();
    let (max, nils) = (&place.max, place.nils.actor.person.unwrap());
    let act = format!("/desk/moderation/act?post={answer}");
    let sent = place.post(max, &path, &format!("/p/{answer}/deletion"), &[]).await;
    assert_eq!(sent.location, format!("{act}&act=delete"));
    let sent = place.get(Some(max), &format!("/p/{answer}/edit")).await;
    assert_eq!(sent.location, format!("{act}&act=edit"));
    let sent = place.post(max, &path, &format!("/t/{topic}/closure"), &[]).await;
    assert_eq!(sent.location, format!("/desk/moderation/act?topic={topic}&act=lock"));
    let fields = [("body", "Please read page 4."), ("version", "1"), ("why", "kinder")];
    let refused = place.post(max, &path, &format!("/p/{answer}/edit"), &fields).await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER, "the text is left alone: {}", refused.text);
    let body = place.db.read_now(move |tx| Ok(posts::store::find(tx, answer)?.body))?;
    assert_eq!((state(&place, answer)?, body.as_str()), ("published", "Read the manual, fool."));
    let team = place.get(Some(&place.ada), "/desk/team?q=nils").await;
    assert!(!team.text.contains("suspension"), "the team page suspends nobody");
    team.shows(&format!("/desk/moderation/act?person={nils}"));
    let gone = place.post(&place.ada, "/desk/team", &format!("/desk/team/{nils}/suspension"), &[]).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);

    // The same through the door: with a clause, told, and with before and after kept.
    let form = format!("{act}&act=edit");
    let fields = [
        ("post", answer.to_string()),
        ("act", "edit".to_owned()),
        ("clause", "be-kind".to_owned()),
        ("why", "The word is an insult.".to_owned()),
        ("body", "Read the manual.".to_owned()),
        ("version", "1".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = place.post(max, &form, "/desk/moderation/act", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    place.get(None, &format!("/p/{answer}/history")).await.shows("The word is an insult.");
    place.get(Some(&place.nils), "/notifications").await.shows("Change the post");
    let label = [("post", answer.to_string()), ("act", "label".to_owned()), ("clause", "be-kind".to_owned())];
    let mut fields: Vec<(&str, &str)> = label.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend([("why", "Others doubt it."), ("label", "disputed")]);
    place.post(max, &form, "/desk/moderation/act", &fields).await;
    place.get(None, &path).await.shows("disputed").shows("a note by moderators");

    // Slow mode is told to readers, and to who has just written.
    let slow = [
        ("topic", topic.to_string()),
        ("act", "slow".to_owned()),
        ("clause", "be-kind".to_owned()),
        ("why", "Breathe.".to_owned()),
        ("minutes", "30".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = slow.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = place.post(max, &form, "/desk/moderation/act", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    place.get(None, &path).await.shows("everybody writes once in 30 min");
    place.get(Some(&place.nils), &path).await.shows("You can write again at");
    let refused = place
        .post(
            &place.nils,
            &path,
            &format!("/t/{topic}/replies"),
            &[("body", "And another thing."), ("token", "t1")],
        )
        .await;
    refused.shows("You can reply again in").shows("And another thing.");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_post_is_rejected_from_its_item_and_its_author_may_change_it() -> Result<()> {
    let place = place().await?;
    let (max, nils) = (&place.max, &place.nils);
    let topic = place.ask(&place.mira, "Register three", "The manual names it.")?;
    decide(&place, max, Target::Person(nils.actor.person.unwrap()), Act::RequireApproval)?;
    place.answer(nils, topic, "Read the manual, fool.")?;
    place.settle()?;
    let held = post_of(&place, topic, 2)?;
    let list = place.get(Some(max), "/desk/inbox?list=review").await;
    list.shows("a post waits to be published").shows("type=\"checkbox\"");
    let item = list.link("/desk/inbox/").replace("?list=review", "");
    let page = place.get(Some(max), &item).await;
    page.shows("This post waits to be published").shows("Lift: ").shows("Read the manual, fool.");
    let version = page.value("version");
    let reject = format!("{item}/approval");
    let words = ("why", "It calls Mira a fool.");
    let fields = [("version", version.as_str()), ("act", "revise"), words];
    let refused = place.post(max, &item, &reject, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("Choose the clause").shows("It calls Mira a fool.");
    let resolve = [("version", version.as_str()), ("outcome", "no_action"), ("why", "fine")];
    let refused = place.post(max, &item, &format!("{item}/resolution"), &resolve).await;
    refused.shows("Publish or reject it");
    let fields = [("version", version.as_str()), ("act", "revise"), ("clause", "be-kind"), words];
    let done = place.post(max, &item, &reject, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(state(&place, held)?, "hidden");
    let late =
        place.post(&place.kim, &item, &reject, &[("version", version.as_str()), ("act", "publish")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.shows("Max");
    place.get(Some(nils), "/notifications").await.shows("Hide the post");
    let change = format!("/p/{held}/edit");
    place.get(Some(nils), &change).await.shows("waits until a moderator has looked at it again");
    let saved = place.post(nils, &change, &change, &[("body", "It is on page 4."), ("version", "1")]).await;
    place.follow(nils, &saved).await.shows("A moderator looks at it");
    place.settle()?;
    let again = place.get(Some(max), &item).await;
    let publish = [("version", again.value("version")), ("act", "publish".to_owned())];
    let publish: Vec<(&str, &str)> = publish.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = place.post(max, &item, &reject, &publish).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(state(&place, held)?, "published");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn several_items_are_done_at_once_and_taken_back_at_once() -> Result<()> {
    let place = place().await?;
    let (max, mira) = (&place.max, place.mira.actor);
    let topic = place.ask(&place.ada, "Meters", "All about them.")?;
    let mut flagged = Vec::new();
    for number in 2..5 {
        place.answer(&place.nils, topic, &format!("Cheap meters, number {number}."))?;
        let post = post_of(&place, topic, number)?;
        place.db.write_now(move |tx| flags::raise(tx, mira, post, "spam", "").map(drop))?;
        flagged.push(post);
    }
    place.settle()?;
    let nothing = place.get(Some(max), "/desk/inbox/bulk?list=review").await;
    place.follow(max, &nothing).await.shows("Choose items first");
    let list = place.get(Some(max), "/desk/inbox?list=review").await.text;
    let items: Vec<String> = list
        .split("name=\"item\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(items.len(), 3);
    let query: Vec<String> = items.iter().map(|item| format!("item={item}")).collect();
    let form = format!("/desk/inbox/bulk?{}", query.join("&"));
    place.get(Some(max), &form).await.shows("Act on 3 items").shows("Cheap meters, number 3.");
    // One of them is done by somebody else meanwhile.
    decide(&place, &place.kim, Target::Post(flagged[0]), Act::Hide)?;
    let mut fields: Vec<(&str, &str)> = items.iter().map(|item| ("item", item.as_str())).collect();
    fields.extend([("act", "hide"), ("why", "The same advertisement.")]);
    let wrong = place.post(max, &form, "/desk/inbox/bulk", &fields).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("Choose the clause").shows("The same advertisement.").shows("Act on 3 items");
    fields.push(("clause", "no-spam"));
    let refused = place.post(&place.mira, "/", "/desk/inbox/bulk", &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let done = place.post(max, &form, "/desk/inbox/bulk", &fields).await;
    let batch = place.follow(max, &done).await;
    batch.shows("2 of 3 items done").shows("not done").shows("does not go");
    assert_eq!((state(&place, flagged[1])?, state(&place, flagged[2])?), ("hidden", "hidden"));
    let undo =
        place.post(max, &done.location, &format!("{}/undo", done.location), &[("why", "A test.")]).await;
    place.follow(max, &undo).await.shows("All of it is taken back");
    assert_eq!((state(&place, flagged[1])?, state(&place, flagged[2])?), ("published", "published"));
    assert_eq!(state(&place, flagged[0])?, "hidden", "what was not of the batch stays");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn managers_say_who_moderates_where_and_whose_week_it_is() -> Result<()> {
    let place = place().await?;
    let boss = place.newcomer("Zoe", Role::Manager)?;
    let (kim, mira) = (&place.kim, &place.mira);
    let topic = place.ask(mira, "Register three", "The manual names it.")?;
    place.answer(&place.nils, topic, "Fool.")?;
    let (post, flagger) = (post_of(&place, topic, 2)?, mira.actor);
    place.db.write_now(move |tx| flags::raise(tx, flagger, post, "harassment", "").map(drop))?;
    place.settle()?;
    let list = place.get(Some(kim), "/desk/inbox?list=review").await;
    let item = list.link("/desk/inbox/").replace("?list=review", "");
    let other = place.db.write_now(|tx| {
        let draft = mainstreet_community::spaces::Draft {
            name: "Off topic".to_owned(),
            description: String::new(),
            kind: mainstreet_community::spaces::Kind::Discussion,
            visibility: mainstreet_kernel::Visibility::Public,
            hue: 2,
        };
        Ok(mainstreet_community::spaces::open(tx, mainstreet_kernel::Actor::SYSTEM, draft)?.id.to_string())
    })?;
    let scope = format!("/desk/team/{}/spaces", kim.actor.person.unwrap());
    let fields = [("space", other.as_str())];
    assert_eq!(place.post(&place.max, "/desk/team", &scope, &fields).await.status, StatusCode::FORBIDDEN);
    let said = place.post(&boss, "/desk/team", &scope, &fields).await;
    place.follow(&boss, &said).await.shows("Kim moderates one space").shows("Off topic");
    let refused = place.get(Some(kim), &item).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.shows("You moderate other spaces");
    place.get(Some(kim), "/desk/inbox?list=review").await.shows("Nothing in this list");

    let team = [
        ("name", "Weekend"),
        ("people", "mira, @nils"),
        ("rota", "weekly"),
        ("weekday", "4"),
        ("hour", "18"),
    ];
    let mut wrong = team.to_vec();
    wrong[1] = ("people", "nobody");
    let refused = place.post(&boss, "/desk/team", "/desk/team/teams", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("no member called “nobody”").shows("Weekend");
    assert_eq!(place.get(Some(mira), "/desk/inbox").await.status, StatusCode::FORBIDDEN);
    let made = place.post(&boss, "/desk/team", "/desk/team/teams", &team).await;
    place.follow(&boss, &made).await.shows("Mira is on duty until");
    place.get(Some(mira), "/desk/inbox?list=review").await.shows("Register three");
    assert_eq!(place.get(Some(&place.nils), "/desk/inbox").await.status, StatusCode::FORBIDDEN);
    assert_eq!(place.get(Some(mira), "/desk/settings/targets").await.status, StatusCode::FORBIDDEN);
    let page = place.get(Some(&boss), "/desk/team").await.text;
    let id = page.split("action=\"/desk/team/teams/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    place.post(&boss, "/desk/team", &format!("/desk/team/teams/{id}/removal"), &[]).await;
    assert_eq!(place.get(Some(mira), "/desk/inbox").await.status, StatusCode::FORBIDDEN);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn analysts_see_figures_and_auditors_read_the_desk() -> Result<()> {
    let place = place().await?;
    let topic = place.ask(&place.mira, "Register three", "The manual names it.")?;
    place.answer(&place.nils, topic, "Fool.")?;
    let (post, flagger) = (post_of(&place, topic, 2)?, place.mira.actor);
    place.db.write_now(move |tx| flags::raise(tx, flagger, post, "harassment", "").map(drop))?;
    place.settle()?;
    let item = place.get(Some(&place.max), "/desk/inbox?list=review").await.link("/desk/inbox/");
    let (analyst, auditor) = (place.newcomer("Carl", Role::Analyst)?, place.newcomer("Iris", Role::Auditor)?);
    let figures = place.get(Some(&analyst), "/desk/metrics").await;
    assert_eq!(figures.status, StatusCode::OK);
    assert!(!figures.text.contains("href=\"/desk/inbox\""), "no way to what they may not see");
    place.get(Some(&analyst), "/").await.shows("href=\"/desk/metrics\"");
    for path in
        ["/desk", "/desk/inbox", &item, "/desk/metrics/unanswered-open/topics", "/desk/moderation/log"]
    {
        assert_eq!(place.get(Some(&analyst), path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(place.get(Some(&auditor), path).await.status, StatusCode::OK, "{path}");
    }
    place.get(Some(&auditor), "/").await.shows("href=\"/desk\"");
    let page = place.get(Some(&auditor), &item).await;
    page.shows("Fool.");
    assert!(!page.text.contains("/resolution") && !page.text.contains("id=\"reply\""), "nothing to do there");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_speaks_the_readers_language_and_an_appeal_stands_up_to_anything() -> Result<()> {
    let place = place().await?;
    let ada = place.ada.actor;
    place.db.write_now(move |tx| {
        let german = NewClause {
            slug: "be-kind".to_owned(),
            severity: String::new(),
            language: "de".to_owned(),
            title: "Seid freundlich".to_owned(),
            summary: "Widersprecht der Sache, nicht dem Menschen.".to_owned(),
            body: "Widersprecht der Sache, nicht dem Menschen.".to_owned(),
        };
        guidelines::save_clause(tx, ada, &german)?;
        guidelines::publish(tx, ada, "In German too.").map(drop)
    })?;
    let topic = place.ask(&place.mira, "Register three", "The manual names it.")?;
    let german = "Das ist doch nicht wahr, und du hast das Buch auch nicht gelesen, du bist ein Narr.";
    place.answer(&place.nils, topic, german)?;
    let post = post_of(&place, topic, 2)?;
    let made = decide(&place, &place.max, Target::Post(post), Act::Hide)?;
    assert_eq!(made.content_language, "de");
    let (nils, path) = (&place.nils, format!("/statements/{}", made.id));
    place.get(Some(nils), &path).await.shows("Seid freundlich");
    place.get(Some(nils), &format!("{path}?language=en")).await.shows("Be kind");
    let json = place.get(Some(nils), &format!("{path}/statement.json")).await;
    let read: serde_json::Value = serde_json::from_str(&json.text).unwrap();
    assert_eq!(read["content_language"], "DE");
    assert_eq!(read["decision_facts"], "It calls Mira a fool.");
    assert_eq!(read["automated_decision"], "AUTOMATED_DECISION_NOT_AUTOMATED");
    assert_eq!(read["incompatible_content_explanation"], "Widersprecht der Sache, nicht dem Menschen.");
    let stranger = place.get(Some(&place.mira), &format!("{path}/statement.json")).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
    place.write_mails().await?;
    let mail = place.db.read_now(|tx| mainstreet_community::accounts::latest_mails(tx, 1))?.remove(0);
    assert!(mail.body.contains("Seid freundlich"), "{}", mail.body);

    let send = format!("{path}/appeal");
    let long = "x".repeat(2_001);
    let refused = place.post(nils, &path, &send, &[("body", &long)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("at most 2,000 characters").shows(&long);
    let csrf = place.get(Some(nils), &path).await.value("csrf");
    let words = [("body", "It was a joke <b>among</b> friends.")];
    let (one, two) = tokio::join!(
        place.post_with(nils, &csrf, &send, &words),
        place.post_with(nils, &csrf, &send, &words)
    );
    let done = [&one, &two].iter().filter(|answer| answer.status == StatusCode::SEE_OTHER).count();
    assert_eq!(done, 1, "{} {}", one.text, two.text);
    let twice = if one.status == StatusCode::SEE_OTHER { two } else { one };
    twice.shows("You have appealed against this decision").shows("You appealed on");
    let page = place.get(Some(nils), &path).await;
    assert!(!page.text.contains("<b>among</b>"));
    place.get(Some(nils), "/notifications").await.shows("We have your appeal");

    let late = decide(&place, &place.max, Target::Person(nils.actor.person.unwrap()), Act::Warn)?;
    place.db.hand.advance(31 * DAY);
    let path = format!("/statements/{}", late.id);
    let page = place.get(Some(nils), &path).await;
    page.shows("No appeal can be made here");
    let refused = place.post(nils, "/settings", &format!("{path}/appeal"), &words).await;
    refused.shows("within 30 days");
    Ok(())
}
