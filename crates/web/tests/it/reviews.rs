//! Posts are judged blind without a script, and the figures of moderation are read with the lists behind them.

use axum::http::StatusCode;
use mainstreet_community::{flags, guidelines, moderation, spaces};
use mainstreet_desk::reviews;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::PostId;
use mainstreet_kernel::{Result, Role, Visibility};

use crate::support::{Browser, Place};

/// A question and an insult by nils, flagged by mira, and a week later a sample.
async fn a_week_later() -> Result<Place> {
    let place = Place::open().await?;
    let ada = place.ada.actor;
    place.db.write_now(move |tx| guidelines::adopt(tx, ada, "support").map(drop))?;
    let topic = place.ask(&place.mira, "Which register is it?", "The manual does not say.")?;
    place.answer(&place.nils, topic, "Read the manual, <script>fool</script>.")?;
    let mira = place.mira.actor;
    let post: PostId = place.db.read_now(|tx| {
        tx.one("SELECT id FROM posts WHERE body LIKE 'Read the%'", &[], |row| row.get("id"))
    })?;
    place.db.write_now(move |tx| flags::raise(tx, mira, post, "harassment", "Rude!").map(drop))?;
    place.db.hand.advance(8 * DAY);
    place.db.write_now(reviews::sweep)?;
    Ok(place)
}

/// The address of the form that judges the post shown, until the insult comes up.
async fn until_the_insult(place: &Place, who: &Browser) -> Option<String> {
    for _ in 0..9 {
        let page = place.get(Some(who), "/desk/reviews").await;
        let form = page.text.split("mt-l\" method=\"post\" action=\"").nth(1).unwrap();
        let path = form.split('"').next().unwrap().to_owned();
        if page.text.contains("Read the manual") {
            return Some(path);
        }
        place.post(who, "/desk/reviews", &path, &[("verdict", "fine")]).await;
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_judges_blind_and_makes_an_item_of_what_they_find() -> Result<()> {
    let place = a_week_later().await?;
    let max = &place.max;
    assert_eq!(place.get(Some(&place.mira), "/desk/reviews").await.status, StatusCode::FORBIDDEN);
    let form = until_the_insult(&place, max).await.unwrap();
    let page = place.get(Some(max), "/desk/reviews").await;
    page.shows("data-key=\"f\"").shows("data-key=\"1\"").shows("Be kind").shows("Show the text");
    let main = page.text.split("<main").nth(1).unwrap();
    assert!(
        !main.contains("Nils") && !main.contains("Rude!") && !main.contains("harass him"),
        "blind: {main}"
    );
    assert!(!main.contains("<script>"), "what members wrote stays inert");

    let wrong = place.post(max, "/desk/reviews", &form, &[("verdict", "breaks:nonsense")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("Choose the clause");
    let none = place.post(max, "/desk/reviews", &form, &[]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = place.post(max, "/desk/reviews", &form, &[("verdict", "breaks:be-kind")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    place
        .follow(max, &done)
        .await
        .shows("Noted: breaks be-kind.")
        .shows("Put it into the inbox")
        .shows("Undo");
    let second = place.post(&place.kim, "/desk/reviews", &form, &[("verdict", "fine")]).await;
    place.follow(&place.kim, &second).await.shows("Somebody else judged this post a moment ago");
    let item = place.post(max, "/desk/reviews", &format!("{form}/item"), &[]).await;
    place.follow(max, &item).await.shows("It is in the inbox now");
    let late = place.post(max, "/desk/reviews", &format!("{form}/take-back"), &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "an item came of it");

    let shown = place.post(max, "/desk/reviews", "/desk/reviews/cover", &[("covers", "no")]).await;
    place.follow(max, &shown).await.shows("Cover texts until I open them");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_lead_to_what_stands_behind_them() -> Result<()> {
    let place = a_week_later().await?;
    let (max, ada) = (&place.max, &place.ada);
    let page = place.get(Some(max), "/desk/metrics/moderation?days=28").await;
    page.shows("How moderation goes").shows("Staff stepped in on").shows("still open").shows("Prevalence");
    for figure in
        ["resolution-median", "prevalence", "intervention-rate", "violation-rate", "agreement", "coverage"]
    {
        let list = place.get(Some(max), &format!("/desk/metrics/{figure}/cases?days=28")).await;
        assert_eq!(list.status, StatusCode::OK, "{figure}");
    }
    let cases = place.get(Some(max), "/desk/metrics/resolution-median/cases?days=28").await;
    cases.shows("Which register is it?").shows("still visible after");
    let wrong = place.get(Some(max), "/desk/metrics/contributing-day/cases").await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND);
    for path in
        ["/desk/metrics/moderation", "/desk/metrics/moderation/workload", "/desk/metrics/agreement/cases"]
    {
        assert_eq!(place.get(Some(&place.mira), path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(place.get(None, path).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }

    // One's own work, the team's for those who lead, and one's own hours.
    let own = place.get(Some(max), "/desk/metrics/moderation/workload").await;
    own.shows("Your own").shows("Longest run of days");
    assert!(!own.text.contains("w-team") && !own.text.contains("Kim"), "nobody else's: {}", own.text);
    place.get(Some(ada), "/desk/metrics/moderation/workload").await.shows("w-team").shows("Kim");
    let path = "/desk/metrics/moderation/workload";
    let fields = [("calendar", "own"), ("zone", "Atlantis"), ("monday", "nine to five")];
    let wrong = place.post(max, path, path, &fields).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("IANA time zone").shows("nine to five");
    let fields = [("calendar", "own"), ("zone", "Europe/Berlin"), ("monday", "9-17")];
    let saved = place.post(max, path, path, &fields).await;
    place.follow(max, &saved).await.shows("Your hours are saved.").shows("value=\"9-17\"");
    let lead = place.newcomer("Manager", Role::Manager)?;
    place.get(Some(&lead), path).await.shows("w-team").shows("own hours");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_are_split_by_space_and_what_cannot_be_read_is_said() -> Result<()> {
    let place = a_week_later().await?;
    let (max, ada) = (&place.max, &place.ada);
    let (owner, help) = (ada.actor, place.help);
    let garden = place.db.write_now(move |tx| {
        let draft = |name: &str, visibility| spaces::Draft {
            name: name.to_owned(),
            description: String::new(),
            kind: spaces::Kind::Questions,
            visibility,
            hue: 2,
        };
        spaces::open(tx, owner, draft("Back room", Visibility::Staff))?;
        spaces::open(tx, owner, draft("Gar<den", Visibility::Public)).map(|space| space.id)
    })?;
    let path = "/desk/metrics/moderation";
    let all = place.get(Some(max), path).await;
    all.shows("All spaces").shows("Gar&#60;den</option>");
    assert!(!all.text.contains("Back room"), "no space for staff only");
    let one = place.get(Some(max), &format!("{path}?days=84&space={help}")).await;
    one.shows("selected>")
        .shows("only. Spaces for staff")
        .shows("who took part in two spaces counts in both");
    one.shows(&format!("&#38;space={help}"));
    let none = place.get(Some(max), &format!("{path}?space={garden}")).await;
    none.shows("nothing was reported").shows("Gar&#60;den");
    let list = place.get(Some(max), &format!("/desk/metrics/resolution-median/cases?space={help}")).await;
    list.shows("Which register is it?").shows("only.</p>");
    let list = place.get(Some(max), &format!("/desk/metrics/resolution-median/cases?space={garden}")).await;
    assert!(!list.text.contains("Which register is it?"));

    // What cannot be read: a sentence, and the rest stays as it was typed.
    for odd in ["77", "%27%3B%20drop%20table%20posts--", "%3Cscript%3E", "%00", "999999999999999999999999"] {
        for page in [path, "/desk/metrics/moderation/workload"] {
            let wrong = place.get(Some(max), &format!("{page}?from=2026-01-01&to=&space={odd}")).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{page} {odd}: {}", wrong.text);
            wrong.shows("Pick one from the list").shows("value=\"2026-01-01\"").shows("All spaces");
            assert!(!wrong.text.contains("<script>"));
        }
    }
    let wrong = place.get(Some(max), &format!("{path}?from=soon&space={help}")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("Write days such as 2026-03-01").shows(&format!("value=\"{help}\" selected"));

    // Who moderates one space sees that one.
    let person = max.actor.person.unwrap();
    place.db.write_now(move |tx| moderation::set_spaces(tx, owner, person, &[garden]))?;
    let own = place.get(Some(max), path).await;
    own.shows("Gar&#60;den").shows("nothing was reported");
    assert!(!own.text.contains("All spaces"), "{}", own.text);
    let other = place.get(Some(max), &format!("{path}?space={help}")).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    let list = place.get(Some(max), "/desk/metrics/resolution-median/cases").await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(!list.text.contains("Which register is it?"));
    let list = place.get(Some(max), &format!("/desk/metrics/resolution-median/cases?space={help}")).await;
    assert_eq!(list.status, StatusCode::UNPROCESSABLE_ENTITY);
    place.get(Some(max), "/desk/metrics/moderation/workload").await.shows("All spaces").shows("Your own");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn managers_say_how_many_decisions_are_looked_at_again() -> Result<()> {
    let place = a_week_later().await?;
    let (max, ada) = (&place.max, &place.ada);
    let path = "/desk/reviews";
    assert!(!place.get(Some(max), path).await.text.contains("r-share"), "moderators do not choose");
    let refused = place.post(max, path, "/desk/reviews/share", &[("every", "1")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    place.get(Some(ada), path).await.shows("one in twenty of the posts");
    for odd in ["3", "", "-1", "99999999999999999999"] {
        let wrong = place.post(ada, path, "/desk/reviews/share", &[("every", odd)]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{odd}");
        wrong.shows("Choose one of the shares");
    }
    let saved = place.post(ada, path, "/desk/reviews/share", &[("every", "2")]).await;
    place
        .follow(ada, &saved)
        .await
        .shows("From now on one in two is looked at again.")
        .shows("one in two of the posts");
    Ok(())
}
