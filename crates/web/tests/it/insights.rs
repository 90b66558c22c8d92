//! The pages of insights, worked without a script.

use axum::http::StatusCode;
use mainstreet_community::posts;
use mainstreet_db::log;
use mainstreet_desk::insights;
use mainstreet_desk::metrics::rollups;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::{Result, Role};

use crate::support::Place;

/// Two people ask the same, with markup in it; others talk of other things.
async fn asked() -> Result<Place> {
    let place = Place::open().await?;
    for (who, text) in
        [(&place.mira, "on my <b>patio</b>"), (&place.nils, "in the shed <script>alert(1)</script>")]
    {
        place.ask(
            who,
            "Pump valve leaks <i>badly</i>",
            &format!("The seal of my pump valve leaks {text}. Why?"),
        )?;
    }
    for word in ["orchids", "ladders", "gateways", "antennas", "harvests"] {
        place.ask(&place.mira, &format!("All about {word}"), &format!("Nothing but {word}."))?;
    }
    place.db.hand.advance(HOUR);
    insights::refresh(&place.db)?;
    place.db.hand.advance(26 * HOUR);
    place.settle()?;
    Ok(place)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_is_worked_through_without_a_script() -> Result<()> {
    let place = asked().await?;
    let max = &place.max;
    let list = place.get(Some(max), "/desk/insights").await;
    assert_eq!(list.status, StatusCode::OK);
    list.shows("Pump valve").shows("Ranked by how many different people").shows("2 of 2");
    assert!(!list.text.contains("<script>alert") && !list.text.contains("<b>patio"), "{}", list.text);
    let path = list.link("/desk/insights/");
    let page = place.get(Some(max), &path).await;
    page.shows("not confirmed").shows("In their words").shows("Conversations");

    let act = async |what: &str, fields: &[(&str, &str)]| {
        place.post(max, &path, &format!("{path}/{what}"), fields).await
    };
    assert_eq!(act("confirmation", &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(act("name", &[("name", "Leaking <valves>")]).await.status, StatusCode::SEE_OTHER);
    place.get(Some(max), &path).await.shows("confirmed by a person").shows("Leaking &#60;valves&#62;");

    // What is refused says why and keeps what was typed.
    let refused = act("status", &[("status", "declined"), ("note", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("Say why it will not be done");
    let refused = act("conversations", &[("act", "split"), ("new", "Another name")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("Choose at least one conversation").shows("Another name");
    let refused = act("telling", &[("act", "reply"), ("body", "All well now")]).await;
    refused.shows("Nothing is decided yet");

    assert_eq!(
        act("status", &[("status", "accepted"), ("note", "In spring")]).await.status,
        StatusCode::SEE_OTHER
    );
    let page = place.get(Some(max), &path).await;
    page.shows("Tell those who asked").shows("In spring");
    let person = format!("person-{}", place.mira.actor.person.unwrap());
    let told =
        act("telling", &[("act", "reply"), ("body", "A new seal comes in spring."), (&person, "1")]).await;
    assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text);
    place.get(Some(max), &path).await.shows("1 of 2 who asked were told");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_split_off_and_merged_back() -> Result<()> {
    let place = asked().await?;
    let max = &place.max;
    let path = place.get(Some(max), "/desk/insights?list=all").await.link("/desk/insights/");
    let page = place.get(Some(max), &path).await;
    let topic = page.text.split("name=\"topic-").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let topic = format!("topic-{topic}");
    let split = place
        .post(
            max,
            &path,
            &format!("{path}/conversations"),
            &[("act", "split"), ("new", "Seals"), (&topic, "1")],
        )
        .await;
    assert_eq!(split.status, StatusCode::SEE_OTHER, "{}", split.text);
    let new = split.location.clone();
    place.get(Some(max), &new).await.shows("Seals").shows("put here by a person");
    let into = path.rsplit('/').next().unwrap();
    let merged = place.post(max, &new, &format!("{new}/merger"), &[("into", into)]).await;
    assert_eq!((merged.status, merged.location.as_str()), (StatusCode::SEE_OTHER, path.as_str()));
    let moved = place.get(Some(max), &new).await;
    assert_eq!((moved.status, moved.location.as_str()), (StatusCode::SEE_OTHER, path.as_str()));
    place.get(Some(max), &path).await.shows("Take apart again");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_in_the_inbox_shows_everything_like_it() -> Result<()> {
    let place = asked().await?;
    let list = place.get(Some(&place.max), "/desk/inbox?list=open").await;
    let item =
        list.text.split("/desk/inbox/").filter(|part| part.contains("Pump valve leaks")).last().unwrap();
    let id = item.split(['"', '?']).next().unwrap();
    let page = place.get(Some(&place.max), &format!("/desk/inbox/{id}?list=open")).await;
    page.shows("Everything like this").shows("1 other conversation");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_again_though_answered_is_shown_with_the_answer() -> Result<()> {
    let place = Place::open().await?;
    let title = "Pump valve leaks, <again>";
    let body = "The seal of my pump valve leaks in the shed. Why?";
    let first = place.ask(&place.mira, title, body)?;
    let (mira, nils) = (place.mira.actor, place.nils.actor);
    let body_of = "Tighten the valve of the pump by hand.".to_owned();
    let new = posts::NewReply { topic: first, body: body_of, reply_to: None, form_token: None };
    place.db.write_now(move |tx| {
        let answered = posts::reply(tx, nils, &new)?.id;
        posts::accept(tx, mira, answered).map(drop)
    })?;
    place.db.hand.advance(8 * 24 * HOUR);
    place.ask(&place.nils, "=Pump valve leaks", body)?;
    for word in ["orchids", "ladders", "gateways", "antennas", "harvests"] {
        place.ask(&place.mira, &format!("All about {word}"), &format!("Nothing but {word}."))?;
    }
    place.db.hand.advance(HOUR);
    insights::refresh(&place.db)?;
    place.settle()?;
    while place.db.write_now(|tx| log::advance(tx, rollups::READER, 100, rollups::take_in))? > 0 {}
    let max = &place.max;
    place.get(Some(max), "/desk/insights").await.shows("How many questions had been answered before");
    let page = place.get(Some(max), "/desk/metrics").await;
    page.shows("had been answered before").shows("Repeat-question rate");
    let list = place.get(Some(max), "/desk/metrics/repeat-question-rate/topics?only=yes").await;
    list.shows("Answered before in").shows("Pump valve leaks, &#60;again&#62;").shows("theme: <a");
    list.shows("topics.csv?");
    let file = place.get(Some(max), "/desk/metrics/repeat-question-rate/topics.csv?only=yes").await;
    assert_eq!(file.status, StatusCode::OK);
    file.shows("\"'=Pump valve leaks\"").shows(&format!(",{first}\n"));
    let file = place.get(Some(max), "/desk/metrics/repeat-question-rate/topics.json").await;
    file.shows(&format!("\"answered_in\":\"{first}\"")).shows("\"counted\":\"no\"");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_that_trends_is_settled_in_the_inbox_without_a_script() -> Result<()> {
    let place = asked().await?;
    let max = &place.max;
    for name in ["Olga", "Piet", "Quinn", "Rosa", "Sven"] {
        let who = place.newcomer(name, Role::Member)?;
        place.ask(&who, "Pump valve leaks <i>badly</i>", "The seal of my pump valve leaks here. Why?")?;
    }
    place.db.hand.advance(HOUR);
    insights::refresh(&place.db)?;
    assert_eq!(place.db.write_now(insights::watch)?, 1);
    let list = place.get(Some(max), "/desk/inbox?list=open").await;
    list.shows("Trending: ").shows("a theme trends").shows("Insights");
    let item = list.text.split("/desk/inbox/").filter(|part| part.contains("Trending: ")).last().unwrap();
    let item = format!("/desk/inbox/{}", item.split(['"', '?']).next().unwrap());
    let page = place.get(Some(max), &item).await;
    page.shows("Open the theme").shows("5 different people began").shows("Pump valve leaks &#60;i&#62;badly");
    let theme = page.link("/desk/insights/");
    place.get(Some(max), &theme).await.shows("When it trended").shows("5 people within 24 hours");
    let taken = place.post(max, &item, &format!("{item}/assignment"), &[]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    let gone = place.post(max, &item, &format!("{item}/dismissal"), &[("reason", "not_for_us")]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text);
    place
        .get(Some(max), &theme)
        .await
        .shows("comes into the inbox no more")
        .shows("Tell again when it trends");
    let heard = place.post(max, &theme, &format!("{theme}/hearing"), &[]).await;
    assert_eq!(heard.status, StatusCode::SEE_OTHER, "{}", heard.text);
    let page = place.get(Some(max), &theme).await;
    page.shows("wants to hear of it again");
    assert!(!page.text.contains("comes into the inbox no more"));
    let refused = place.post(max, &theme, &format!("{theme}/hearing"), &[]).await;
    refused.shows("Nothing needs changing");
    Ok(())
}
