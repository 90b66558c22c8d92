//! What rules bring to people, from the pages, without a script: forms, proposals, series, receipts; and rules from files.

use axum::http::StatusCode;
use mainstreet_community::moderation::{Act, Detail, Order, Target};
use mainstreet_community::{accounts, guidelines};
use mainstreet_db::log;
use mainstreet_desk::moderation::{self, Case, Ground, Source};
use mainstreet_desk::rules::{self, Mode, live};
use mainstreet_desk::sequences;
use mainstreet_kernel::Result;
use mainstreet_kernel::clock::{DAY, HOUR, MINUTE};

use crate::support::Place;

const IMPORT: &str = "/desk/rules/import";

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_another_place_come_from_a_file_and_nothing_chosen_is_lost() -> Result<()> {
    let place = Place::open().await?;
    let max = &place.max;
    let csv = b"word,action\nviagra,flag\ncasino*,flag\ndarn,censor\n";
    let csrf = place.get(Some(max), IMPORT).await.value("csrf");
    let chosen = [("from", ""), ("guideline", "no-spam"), ("action", "flag"), ("text", ""), ("act", "check")];
    let wrong = place.upload(max, &csrf, IMPORT, &chosen, ("words.csv", csv)).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("Choose where the rules come from.").shows("viagra,flag").shows("This is words.csv");
    wrong.shows("value=\"no-spam\"");
    let with = |act| [("from", "discourse"), ("action", "flag"), ("act", act)];
    let refused = place.upload(max, "no token", IMPORT, &with("save"), ("words.csv", csv)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(place.db.read_now(rules::all)?.is_empty(), "without the token nothing is done");
    let binary = place.upload(max, &csrf, IMPORT, &with("check"), ("words.xls", b"\xff\xfe\x00w")).await;
    binary.shows("words.xls is not a text in UTF-8");
    let empty = place.upload(max, &csrf, IMPORT, &with("check"), ("", b"")).await;
    empty.shows("Choose a file that the other place exported");
    let large = vec![b'a'; (2 << 20) + 1];
    let large = place.upload(max, &csrf, IMPORT, &with("check"), ("words.csv", &large)).await;
    large.shows("This is larger than 2 MB");
    let report = place.upload(max, &csrf, IMPORT, &with("report"), ("words.csv", csv)).await;
    report.shows("rule,what,why,rule_left_out").shows("\"Watched words: censor\",\"censor\"");
    let saved = place.upload(max, &csrf, IMPORT, &with("save"), ("words.csv", csv)).await;
    saved
        .shows("1 rule was taken over")
        .shows("Watched words: flag")
        .shows("do not change what somebody wrote");
    assert_eq!(place.db.read_now(rules::all)?[0].mode, Mode::Shadow);
    // Pasted, by a browser that sends no files.
    let pasted = [("from", "discourse"), ("action", "flag"), ("text", "scam\n"), ("act", "check")];
    place.post(max, IMPORT, IMPORT, &pasted).await.shows("1 rule would be taken over");
    assert_eq!(place.get(Some(&place.mira), IMPORT).await.status, StatusCode::FORBIDDEN);
    Ok(())
}

async fn acting(place: &Place, then: &str) -> Result<()> {
    let text = format!(
        "rule: Kind\nwhy: She helps.\nwhen: post published\nif:\n  - post.text has any: [zither]\nthen:\n{then}"
    );
    let ada = place.ada.actor;
    place.db.write_now(move |tx| {
        let saved = rules::save(tx, ada, None, &text, false)?;
        rules::set_mode(tx, ada, saved[0].id, Mode::Enforce, "", Some("a test of the pages"))
    })?;
    place.db.hand.advance(MINUTE);
    place.ask(&place.mira, "How do I tune it?", "My zither sounds odd.")?;
    for _ in 0..3 {
        place.db.write_now(|tx| log::advance(tx, rules::READER, 500, live::advance))?;
    }
    place.settle()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_answers_a_form_and_a_person_says_thanks() -> Result<()> {
    let place = Place::open().await?;
    let (mira, max) = (&place.mira, &place.max);
    acting(&place, "  - ask with form: missing-details, send\n  - nominate for recognition: guide\n").await?;
    let letter = place.get(Some(mira), "/notifications").await.link("/letters/");
    let form = place.get(Some(mira), &letter).await.link("/forms/");
    assert_eq!(place.get(Some(&place.nils), &form).await.status, StatusCode::NOT_FOUND);
    let half = place.post(mira, &form, &form, &[("answer.0", "play <b>well</b>")]).await;
    assert_eq!(half.status, StatusCode::UNPROCESSABLE_ENTITY);
    half.shows("What happened instead?").shows("play &#60;b&#62;well");
    let sent =
        place.post(mira, &form, &form, &[("answer.0", "play <b>well</b>"), ("answer.1", "it buzzed")]).await;
    place.follow(mira, &sent).await.shows("The team has your answer").shows("it buzzed");
    let answers = place.get(Some(max), "/desk/rules/forms").await.link("/desk/rules/forms/answers/");
    place.get(Some(max), &answers).await.shows("it buzzed").shows("no answer");
    // The badge: words are needed, a mistake keeps them, and it can be taken back from where it was given.
    place.get(Some(max), "/desk").await.shows("proposal of a rule");
    let proposals = place.get(Some(max), "/desk/proposals").await;
    proposals.shows("Give Mira the badge").shows("She helps. The rule");
    let action = proposals.text.split_once("action=\"/desk/proposals/").unwrap().1;
    let path = format!("/desk/proposals/{}", action.split('"').next().unwrap());
    let none = place.post(max, "/desk/proposals", &path, &[("act", "accept"), ("words", " ")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let declined = place.post(max, "/desk/proposals", &path, &[("act", "decline"), ("why", "")]).await;
    declined.shows("Say in at most 500 characters why not");
    let given =
        place.post(max, "/desk/proposals", &path, &[("act", "accept"), ("words", "For the tuning.")]).await;
    place.follow(max, &given).await.shows("given.").shows("Undo");
    let profile = format!("/people/{}", mira.actor.person.unwrap());
    place.get(None, &profile).await.shows("With thanks").shows("For the tuning.");
    place.post(max, "/desk/proposals", &path, &[("act", "undo")]).await;
    assert!(!place.get(None, &profile).await.text.contains("With thanks"));
    assert_eq!(place.post(mira, "/", &path, &[("act", "accept")]).await.status, StatusCode::FORBIDDEN);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_leaves_a_series_and_comes_back() -> Result<()> {
    let place = Place::open().await?;
    let (mira, max) = (&place.mira, &place.max);
    acting(&place, "  - add to sequence: welcome-contributor\n").await?;
    place.db.write_now(sequences::sweep)?;
    let letter = place.get(Some(mira), "/notifications").await.link("/letters/");
    place.get(Some(mira), &letter).await.shows("Leave this series");
    assert_eq!(
        place.post(&place.nils, "/", &format!("{letter}/leaving"), &[]).await.status,
        StatusCode::NOT_FOUND
    );
    let left = place.post(mira, &letter, &format!("{letter}/leaving"), &[]).await;
    place.follow(mira, &left).await.shows("Nothing more of it is sent").shows("Get the rest after all");
    // The team cannot bring back who left by themselves.
    let walks = "/desk/rules/sequences?name=welcome-contributor";
    place.get(Some(max), walks).await.shows("the member left");
    let person = mira.actor.person.unwrap().to_string();
    let fields = |act| [("name", "welcome-contributor"), ("person", person.as_str()), ("act", act)];
    let path = "/desk/rules/sequences/walks";
    assert_eq!(place.post(max, walks, path, &fields("go")).await.status, StatusCode::CONFLICT);
    place.db.hand.advance(4 * DAY);
    place.db.write_now(sequences::sweep)?;
    let letters = |place: &Place| {
        let mira = mira.actor.person.unwrap();
        place.db.read_now(move |tx| mainstreet_desk::letters::of(tx, mira)).map(|all| all.len())
    };
    assert_eq!(letters(&place)?, 1, "nothing more came");
    place.post(mira, &letter, &format!("{letter}/walking"), &[]).await;
    // The team stops a walk, and lets it go on.
    place.post(max, walks, path, &fields("stop")).await;
    place.db.write_now(sequences::sweep)?;
    assert_eq!(letters(&place)?, 1);
    place.get(Some(max), walks).await.shows("the team stopped it");
    place.post(max, walks, path, &fields("go")).await;
    place.db.hand.advance(HOUR);
    place.db.write_now(sequences::sweep)?;
    assert_eq!(letters(&place)?, 2, "the rest came after all");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appeal_by_the_link_of_the_mail_gets_a_receipt_and_a_limit_of_links_shows() -> Result<()> {
    let place = Place::open().await?;
    let (ada, max, mira) = (place.ada.actor, place.max.actor, place.mira.actor.person.unwrap());
    place.db.write_now(move |tx| {
        guidelines::adopt(tx, ada, "support")?;
        let until = Some(tx.now().plus(2 * DAY));
        let (target, act, detail) = (Target::Person(mira), Act::LimitLinks, Detail::Links(0));
        let case = Case {
            order: Order { target, act, why: "Shops.".to_owned(), until, detail },
            clause: "no-spam".to_owned(),
            source: Source::Own,
            source_id: None,
            detected: false,
            ground: Ground::Incompatible,
        };
        moderation::decide(tx, max, &case).map(drop)
    })?;
    let profile = format!("/people/{mira}");
    place.get(Some(&place.mira), &profile).await.shows("No links until").shows("how to appeal");
    place.get(Some(&place.kim), &profile).await.shows("No links until");
    assert!(!place.get(None, &profile).await.text.contains("No links until"), "others do not see it");
    // The composer refuses with what to do and keeps what was typed.
    let topic = place.ask(&place.nils, "A question", "Where do I buy strings?")?;
    let path = place.db.read_now(move |tx| mainstreet_community::topics::store::find(tx, topic))?.path();
    let fields = [("body", "Here: https://shop.example"), ("token", "t1")];
    let refused = place.post(&place.mira, &path, &format!("/t/{topic}/replies"), &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("may hold no links").shows("Take 1 out").shows("Here: https://shop.example");
    // By the link of the mail, without a session.
    place.write_mails().await?;
    let mails = place.db.write_now(|tx| accounts::take_mails(tx, 9))?;
    let mail = mails.iter().find(|mail| mail.subject.contains("Limit the links")).unwrap();
    let link = mail.body.lines().find(|line| line.contains("/by-mail/")).unwrap();
    let link = link.trim().trim_start_matches("http://localhost");
    let visitor = place.visitor();
    let sent = place.post(&visitor, link, link, &[("body", "They were answers.")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let mails = place.db.write_now(|tx| accounts::take_mails(tx, 9))?;
    let receipt = mails.iter().find(|mail| mail.subject.contains("We have your appeal")).unwrap();
    assert!(receipt.body.contains("They were answers.") && receipt.body.contains("It is decided by"));
    assert!(receipt.body.contains(link), "{}", receipt.body);
    Ok(())
}
