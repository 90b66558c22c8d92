//! Conflicts, calm mode, mediation, splitting, muting, sign-up with work and raids, as people do it on pages.

use mainstreet_community::sign_ups::{self, State};
use mainstreet_community::{flags, guidelines, posts};
use mainstreet_desk::conflicts;
use mainstreet_kernel::{Result, Role};
use sha2::{Digest as _, Sha256};

use crate::support::{Browser, Place};

async fn open() -> Result<Place> {
    let place = Place::open().await?;
    let ada = place.ada.actor;
    place.db.write_now(move |tx| guidelines::adopt(tx, ada, "support").map(drop))?;
    Ok(place)
}

/// The number whose digest behind the challenge begins with so many zero bits, as the script finds it.
fn work(challenge: &str) -> String {
    let bits: u32 = challenge.split('.').next().unwrap().parse().unwrap();
    (0_u64..)
        .map(|number| number.to_string())
        .find(|number| {
            let digest = Sha256::digest(format!("{challenge}:{number}"));
            u64::from_be_bytes(digest[..8].try_into().unwrap()).leading_zeros() >= bits
        })
        .unwrap()
}

async fn sign_up(
    place: &Place,
    name: &str,
    proof: Option<&dyn Fn(&str) -> String>,
    trap: &str,
) -> Result<State> {
    let visitor = place.visitor();
    let page = place.get(Some(&visitor), "/sign-up").await;
    let challenge = page.value("challenge");
    place.db.hand.advance(20_000);
    let proof = proof.map(|work| work(&challenge)).unwrap_or_default();
    let mail = format!("{name}@example.org");
    let fields = [
        ("username", name),
        ("email", mail.as_str()),
        ("password", "a garden in spring"),
        ("guidelines", "yes"),
        ("challenge", challenge.as_str()),
        ("proof", proof.as_str()),
        ("website", trap),
    ];
    let sent = place.post_with(&visitor, &page.value("csrf"), "/sign-up", &fields).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let name = name.to_owned();
    place.db.read_now(move |tx| {
        let member = mainstreet_community::accounts::find_by_username(tx, &name)?.unwrap();
        Ok(sign_ups::find(tx, member.person)?.unwrap().state)
    })
}

#[tokio::test]
async fn work_shown_lets_somebody_in_at_once_and_without_it_they_confirm_their_address() -> Result<()> {
    let place = open().await?;
    assert_eq!(sign_up(&place, "fay", Some(&work), "").await?, State::Open);
    assert_eq!(sign_up(&place, "gil", None, "").await?, State::Confirm, "no script");
    assert_eq!(
        sign_up(&place, "hal", Some(&|_: &str| "12".to_owned()), "").await?,
        State::Confirm,
        "wrong work"
    );
    assert_eq!(sign_up(&place, "ivo", Some(&work), "http://x.test").await?, State::Approval, "the trap");
    // A person lets them in.
    let page = place.get(Some(&place.max), "/desk/raids").await;
    page.shows("ivo").shows("A field that people do not see was filled in.");
    let path = page
        .text
        .split("action=\"/desk/raids/sign-ups/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let path = format!("/desk/raids/sign-ups/{path}");
    assert_eq!(place.post(&place.mira, "/", &path, &[("open", "yes")]).await.status, 403);
    assert_eq!(place.post(&place.max, "/desk/raids", &path, &[("open", "yes")]).await.status, 303);
    Ok(())
}

#[tokio::test]
async fn an_account_that_was_kept_out_is_let_in_after_all() -> Result<()> {
    let place = open().await?;
    assert_eq!(sign_up(&place, "ivo", Some(&work), "http://x.test").await?, State::Approval);
    let ivo = place
        .db
        .read_now(|tx| Ok(mainstreet_community::accounts::find_by_username(tx, "ivo")?.unwrap().person))?;
    let state = || place.db.read_now(move |tx| Ok(sign_ups::find(tx, ivo)?.unwrap().state));
    let path = format!("/desk/raids/sign-ups/{ivo}");
    let page = "/desk/raids";
    assert!(!place.get(Some(&place.max), page).await.text.contains("Kept out"), "nobody was yet");
    let sent = place.post(&place.max, page, &path, &[("open", "no")]).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    assert_eq!(state()?, State::Refused);
    let list = place.get(Some(&place.kim), page).await;
    list.shows("Kept out")
        .shows("kept out by Max")
        .shows(&format!("action=\"{path}\""))
        .shows("Let in after all");
    assert_eq!(place.post(&place.mira, "/", &path, &[("open", "yes")]).await.status, 403);
    assert_eq!(place.post(&place.kim, page, &path, &[("open", "yes")]).await.status, 303);
    assert_eq!(state()?, State::Open);
    assert!(!place.get(Some(&place.max), page).await.text.contains("Let in after all"));
    Ok(())
}

#[tokio::test]
async fn work_serves_one_account_only() -> Result<()> {
    let place = open().await?;
    let visitor = place.visitor();
    let page = place.get(Some(&visitor), "/sign-up").await;
    let challenge = page.value("challenge");
    let proof = work(&challenge);
    place.db.hand.advance(20_000);
    for (name, expect) in [("una", State::Open), ("vic", State::Confirm)] {
        let mail = format!("{name}@example.org");
        let fields = [
            ("username", name),
            ("email", mail.as_str()),
            ("password", "a garden in spring"),
            ("guidelines", "yes"),
            ("challenge", challenge.as_str()),
            ("proof", proof.as_str()),
        ];
        place.post_with(&visitor, &page.value("csrf"), "/sign-up", &fields).await;
        let state = place.db.read_now(move |tx| {
            let member = mainstreet_community::accounts::find_by_username(tx, name)?.unwrap();
            Ok(sign_ups::find(tx, member.person)?.unwrap().state)
        })?;
        assert_eq!(state, expect, "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn calm_mode_is_turned_on_seen_by_all_and_turned_off() -> Result<()> {
    let place = open().await?;
    let topic = place.ask(&place.mira, "Which pump?", "Ours is loud.")?;
    let address = format!("/t/-/{topic}");
    let page = place.get(Some(&place.mira), &address).await;
    let address = page.location.clone();
    let form = format!("/desk/conflicts/calm?topic={topic}");
    place.get(Some(&place.max), &form).await.shows("Turn calm mode on");
    let id = topic.to_string();
    let wrong = [
        ("kind", "calm"),
        ("topic", id.as_str()),
        ("minutes", "x"),
        ("days", "7"),
        ("hours", "2"),
        ("why", "Heated."),
        ("clause", "be-kind"),
    ];
    let sent = place.post(&place.max, &form, "/desk/conflicts/calm", &wrong).await;
    sent.shows("whole number").shows("Heated.");
    assert_eq!(sent.status, 422);
    let mut right = wrong;
    right[2].1 = "10";
    let sent = place.post(&place.max, &form, "/desk/conflicts/calm", &right).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let sent = place.post(&place.kim, &form, "/desk/conflicts/calm", &right).await;
    sent.shows("a moment ago");
    place.get(None, &address).await.shows("Calm mode is on until").shows("Heated.");
    place.get(Some(&place.max), "/desk").await.shows("Calm mode is on");
    place.get(Some(&place.max), "/desk/inbox").await.shows("Calm mode is on");
    let list = place.get(Some(&place.kim), "/desk/conflicts").await;
    let end = list
        .text
        .split("action=\"/desk/conflicts/calm/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let end = format!("/desk/conflicts/calm/{end}");
    assert_eq!(place.post(&place.kim, "/desk/conflicts", &end, &[("why", "It is quiet.")]).await.status, 303);
    assert!(!place.get(None, &address).await.text.contains("Calm mode"));
    Ok(())
}

#[tokio::test]
async fn the_item_of_a_conflict_leads_to_its_page() -> Result<()> {
    let place = open().await?;
    let topic = place.ask(&place.mira, "Which pump?", "Ours is loud.")?;
    place.answer(&place.nils, topic, "Only fools buy that one.")?;
    let post = place.db.read_now(move |tx| Ok(posts::store::by_number(tx, topic, 2)?.unwrap().id))?;
    let others = [place.newcomer("Una", Role::Member)?, place.newcomer("Vic", Role::Member)?];
    for flagger in [place.mira.actor, others[0].actor, others[1].actor] {
        place.db.write_now(move |tx| flags::raise(tx, flagger, post, "harassment", "").map(drop))?;
    }
    place.settle()?;
    let found = place.db.read_now(move |tx| conflicts::store::open_on(tx, topic))?.unwrap();
    let page = format!("/desk/conflicts/{}", found.id);
    let item = format!("/desk/inbox/{}", found.signal.unwrap());
    place.get(Some(&place.max), &item).await.shows(&format!("<a href=\"{page}\">Open the conflict</a>"));
    place.get(Some(&place.max), &page).await.shows("3 flags by 3 people");
    Ok(())
}

#[tokio::test]
async fn a_mediation_goes_from_its_opening_to_an_agreement() -> Result<()> {
    let place = open().await?;
    let fields = [
        ("title", "The loud pump"),
        ("parties", "mira, nils"),
        ("body", "I would like to hear both of you."),
    ];
    let max = place.max.actor.person.unwrap().to_string();
    let mut with_max = fields.to_vec();
    with_max.push(("mediator", max.as_str()));
    let from = "/desk/conflicts/mediations";
    let mut alone = with_max.clone();
    alone[1].1 = "mira";
    place.post(&place.max, from, from, &alone).await.shows("two to ten").shows("The loud pump");
    let opened = place.post(&place.max, from, from, &with_max).await;
    assert_eq!(opened.status, 303, "{}", opened.text);
    let desk = opened.location.clone();
    let own = desk.replace("/desk/conflicts", "");
    place.get(Some(&place.mira), "/notifications").await.shows("The loud pump");
    place.get(Some(&place.mira), &own).await.shows("I would like to hear both of you.");
    let say = |who: &Browser, body: &'static str, alone: &'static str| {
        let (who, own) = (who.clone(), own.clone());
        let place = &place;
        async move {
            place.post(&who, &own, &own, &[("act", "say"), ("body", body), ("alone", alone)]).await.status
        }
    };
    assert_eq!(say(&place.mira, "He shouted at me in private.", "1").await, 303);
    assert_eq!(say(&place.nils, "I am sorry.", "").await, 303);
    assert!(!place.get(Some(&place.nils), &own).await.text.contains("shouted"), "to the mediator alone");
    place.get(Some(&place.max), &desk).await.shows("shouted").shows("I am sorry.");
    assert!(
        !place.get(Some(&place.kim), &desk).await.text.contains("shouted"),
        "not to the rest of the team"
    );
    place.post(&place.max, &desk, &desk, &[("act", "note"), ("body", "Go gently.")]).await;
    assert!(!place.get(Some(&place.mira), &own).await.text.contains("Go gently."));
    place.get(Some(&place.kim), &desk).await.shows("Go gently.");
    let outsider = place.newcomer("Wim", mainstreet_kernel::Role::Member)?;
    assert_eq!(place.get(Some(&outsider), &own).await.status, 404);
    place
        .post(&place.max, &desk, &desk, &[("act", "proposal"), ("body", "Nils writes before ten only.")])
        .await;
    let accept = [("act", "accept"), ("version", "1")];
    assert_eq!(place.post(&place.mira, &own, &own, &accept).await.status, 303);
    place
        .post(&place.max, &desk, &desk, &[("act", "proposal"), ("body", "Nils writes before nine only.")])
        .await;
    place.post(&place.nils, &own, &own, &accept).await.shows("changed meanwhile");
    let again = [("act", "accept"), ("version", "2")];
    place.post(&place.nils, &own, &own, &again).await;
    place.get(Some(&place.max), &desk).await.shows("has not accepted");
    place.post(&place.mira, &own, &own, &again).await;
    place.get(Some(&place.nils), &own).await.shows("What you agreed on").shows("before nine only");
    Ok(())
}

#[tokio::test]
async fn a_member_does_not_see_whom_they_muted_and_others_do() -> Result<()> {
    let place = open().await?;
    let topic = place.ask(&place.mira, "Which pump?", "Ours is loud.")?;
    place.answer(&place.nils, topic, "Buy a better one.")?;
    let nils = format!("/people/{}", place.nils.actor.person.unwrap());
    let page = format!("/t/which-pump/{topic}");
    assert!(!place.get(Some(&place.mira), &page).await.text.contains("whom you do not see"));
    assert_eq!(place.post(&place.mira, &nils, &format!("{nils}/mute"), &[]).await.status, 303);
    place.get(Some(&place.mira), &page).await.shows("by Nils, whom you do not see");
    assert!(!place.get(Some(&place.nils), &page).await.text.contains("whom you do not see"));
    assert!(!place.get(None, &page).await.text.contains("whom you do not see"));
    place.get(Some(&place.mira), "/settings/mutes").await.shows("Nils");
    place.get(Some(&place.mira), "/search?q=pump").await.shows("Without what one member wrote");
    assert!(!place.get(Some(&place.nils), "/search?q=pump").await.text.contains("Without what"));
    assert_eq!(place.post(&place.mira, &nils, &format!("{nils}/mute/end"), &[]).await.status, 303);
    assert!(!place.get(Some(&place.mira), &page).await.text.contains("whom you do not see"));
    let max = format!("/people/{}", place.max.actor.person.unwrap());
    assert_eq!(place.post(&place.mira, "/", &format!("{max}/mute"), &[]).await.status, 403);
    Ok(())
}

#[tokio::test]
async fn a_member_pauses_and_ends_it() -> Result<()> {
    let place = open().await?;
    let topic = place.ask(&place.mira, "Which pump?", "Ours is loud.")?;
    let page = format!("/t/which-pump/{topic}");
    let pause = format!("/t/{topic}/pause");
    assert_eq!(place.post(&place.nils, &page, &pause, &[("hours", "24")]).await.status, 303);
    let shown = place.get(Some(&place.nils), &page).await;
    shown.shows("You pause in this topic until");
    assert!(!shown.text.contains("id=\"reply\""));
    let reply = format!("/t/{topic}/replies");
    assert_eq!(place.post(&place.nils, "/settings", &reply, &[("body", "But!")]).await.status, 403);
    assert_eq!(place.post(&place.nils, &page, &format!("{pause}/end"), &[]).await.status, 303);
    assert_eq!(place.post(&place.nils, &page, &reply, &[("body", "But!")]).await.status, 303);
    Ok(())
}

#[tokio::test]
async fn a_side_discussion_gets_a_topic_of_its_own_and_comes_back() -> Result<()> {
    let place = open().await?;
    let topic = place.ask(&place.mira, "Which pump?", "Ours is loud.")?;
    for words in ["The blue one.", "By the way, my cat drinks from it.", "Mine too!", "The blue one is good."]
    {
        place.answer(&place.nils, topic, words)?;
    }
    let form = format!("/desk/conflicts/split?topic={topic}");
    let page = place.get(Some(&place.max), &form).await;
    let ids: Vec<String> =
        page.text.split("name=\"post\" value=\"").skip(1).map(|rest| rest[..13].to_owned()).collect();
    let id = topic.to_string();
    let fields = [
        ("topic", id.as_str()),
        ("title", "Cats and pumps"),
        ("why", "It is about cats."),
        ("post", ids[1].as_str()),
        ("post", ids[2].as_str()),
    ];
    let mut wrong = fields;
    wrong[1].1 = "x";
    place.post(&place.max, &form, "/desk/conflicts/split", &wrong).await.shows("3 to 200").shows("checked");
    let split = place.post(&place.max, &form, "/desk/conflicts/split", &fields).await;
    assert_eq!(split.status, 303, "{}", split.text);
    let there = split.location.clone();
    place.get(None, &there).await.shows("my cat drinks").shows("came here from");
    let here = format!("/t/which-pump/{topic}");
    let left = place.get(None, &here).await;
    left.shows("went to").shows("Cats and pumps").shows("It is about cats.");
    assert!(!left.text.contains("my cat drinks"));
    assert_eq!(place.get(None, &format!("/p/{}", ids[1])).await.status, 301, "its address leads on");
    let undo = place.get(Some(&place.max), &here).await;
    let path = undo
        .text
        .split("formaction=\"/desk/conflicts/splits/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let undone = place.post(&place.max, &here, &format!("/desk/conflicts/splits/{path}"), &[]).await;
    assert_eq!(undone.status, 303, "{}", undone.text);
    place.get(None, &here).await.shows("my cat drinks");
    assert_eq!(place.get(None, &there).await.status, 410);
    let drift = place.db.read_now(mainstreet_community::counters::drifts)?;
    assert!(drift.is_empty(), "{drift:?}");
    Ok(())
}
