//! What holds for every text, and what a moderator expects of a few.

use mainstreet_language::train::{self, Row};
use mainstreet_language::{Context, Intent, Judged, Reading, RiskKind, Urgency, read, similar};
use proptest::prelude::*;

fn here(text: &str) -> Reading {
    read(text, &Context::default())
}

fn harassment(text: &str) -> f32 {
    here(text).risk.harassment.probability
}

fn probabilities(reading: &Reading) -> Vec<f32> {
    let sentiment = &reading.sentiment;
    let mut all = vec![sentiment.positive, sentiment.neutral, sentiment.negative];
    all.extend(reading.intent.probabilities);
    all.extend([reading.needs_reply.probability, reading.politeness.probability]);
    all.extend(RiskKind::ALL.iter().map(|kind| reading.risk.of(*kind).probability));
    all
}

fn hold(text: &str, reading: &Reading) {
    for probability in probabilities(reading) {
        assert!((0.0..=1.0).contains(&probability), "{probability} for {text:?}");
    }
    assert!((reading.intent.probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-3);
    let judged = RiskKind::ALL.iter().map(|kind| reading.risk.of(*kind));
    let reasons = judged.flat_map(|Judged { reasons, .. }| reasons);
    let spans = reasons
        .chain(&reading.needs_reply.reasons)
        .chain(&reading.intent.reasons)
        .chain(&reading.sentiment.reasons)
        .filter_map(|reason| reason.span)
        .chain(reading.personal_data.iter().map(|hit| hit.span))
        .chain(reading.urgency_cues.iter().map(|cue| cue.span));
    for span in spans {
        assert!(
            text.get(span.start..span.end).is_some_and(|words| !words.is_empty()),
            "{span:?} in {text:?}"
        );
    }
}

/// Pieces that break readers: marks without an end, hidden characters, digits, quotes, letters of all widths.
fn awkward() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "[a-z !?.*@$0-9]{0,30}",
        Just("```".to_owned()),
        Just("`".to_owned()),
        Just("\n> ".to_owned()),
        Just("[quote=\"ann\"]\n".to_owned()),
        Just("<https://".to_owned()),
        Just("](".to_owned()),
        Just("![".to_owned()),
        Just("@é".to_owned()),
        Just("\u{200b}\u{202e}".to_owned()),
        Just("İdïöt ǅ ﬁ ß".to_owned()),
        Just("+49 (0) 30-1".to_owned()),
        Just("DE89 3704".to_owned()),
        Just("password=é1".to_owned()),
        Just("-----BEGIN RSA PRIVATE KEY-----é".to_owned()),
        Just("\n    ".to_owned()),
        Just("you idiot".to_owned()),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_can_be_read(text in awkward()) {
        let reading = here(&text);
        hold(&text, &reading);
        prop_assert_eq!(&reading, &here(&text));
    }

    #[test]
    fn any_text_is_as_like_itself_as_can_be(a in awkward(), b in awkward()) {
        let (ab, ba) = (similar(&a, &b), similar(&b, &a));
        prop_assert!((0.0..=1.0).contains(&ab) && (ab - ba).abs() < 1e-6);
        prop_assert!(similar(&a, &a) >= ab - 1e-6);
    }

    #[test]
    fn quoting_or_showing_abuse_is_not_abuse(words in "[a-z]{3,8}( [a-z]{3,8}){2,6}") {
        let abuse = format!("you are a worthless idiot {words}");
        let answer = "I have read this, please do not write such things here.";
        let alone = harassment(answer);
        for shown in [
            format!("> {abuse}\n\n{answer}"),
            format!("```\n{abuse}\n```\n{answer}"),
            format!("[quote=\"x\"]\n{abuse}\n[/quote]\n{answer}"),
            format!("{answer}\n`{abuse}`"),
        ] {
            let with = harassment(&shown);
            prop_assert!(with <= alone + 0.1, "{} against {}: {}", with, alone, shown);
        }
    }
}

#[test]
fn the_shipped_weights_are_the_trained_ones() {
    assert!(here("hello").model.starts_with("community-"), "{}", here("hello").model);
}

#[test]
fn plain_cases_come_out_plainly() {
    for (text, expect) in [
        ("How do I change my password? I can't find the menu.", Intent::Support),
        ("It would be great if the digest could be switched off. Feature request!", Intent::Feedback),
        ("Hi everyone, I'm new here and would love to meet people from Lisbon.", Intent::Networking),
        ("Thank you so much, this is fantastic!", Intent::Praise),
        ("Very disappointed. Nobody replies to my mails and the export is still broken.", Intent::Complaint),
        ("We are happy to announce version 5. Release notes are on the site.", Intent::Announcement),
    ] {
        let reading = here(text);
        assert_eq!(reading.intent.likeliest().0, expect, "{text}: {:?}", reading.intent);
    }
}

#[test]
fn questions_need_a_reply_and_thanks_do_not() {
    let needs = |text: &str| here(text).needs_reply.probability;
    assert!(needs("Does anybody know how to reset the counter?") > 0.5);
    assert!(needs("Thanks, that solved it!") < 0.3);
    assert!(needs("We are happy to announce version 5.") < 0.5);
}

#[test]
fn harm_to_people_is_told_from_harsh_words_about_things() {
    for (worse, better) in [
        ("You are an idiot.", "I am an idiot."),
        ("You are an idiot.", "You are not an idiot."),
        ("You stupid moron, learn to read.", "This stupid bug cost me a day."),
        ("y0u are an 1d10t", "you are a pilot"),
        ("You are an id\u{200b}iot.", "You are an editor."),
        ("I will find you and kill you.", "Kill the process and start it again."),
    ] {
        let (a, b) = (harassment(worse), harassment(better));
        assert!(a > b + 0.1, "{a} {worse} / {b} {better}");
    }
}

#[test]
fn outages_are_urgent_and_small_talk_is_not() {
    let urgency = |text: &str| here(text).urgency;
    assert_eq!(urgency("The whole site is down for everyone, can somebody help?"), Urgency::Urgent);
    assert_eq!(urgency("haha good one"), Urgency::Low);
}

#[test]
fn spam_says_by_which_words_and_links() {
    let text = "Check out my channel and sub 4 sub!! http://freecoins.example/win?ref=77120 plz";
    let spam = here(text).risk.spam;
    let shown: Vec<(&str, &str)> = spam
        .reasons
        .iter()
        .map(|reason| (reason.what.as_str(), reason.span.map_or("", |span| span.of(text))))
        .collect();
    assert!(spam.reasons.iter().any(|reason| reason.weight > 0.0 && reason.span.is_some()), "{shown:?}");
    let of_link = here("http://freecoins.example/win?ref=77120 plz").risk.spam.reasons;
    let link = of_link.iter().find(|reason| reason.what == "the link to freecoins.example");
    assert!(
        link.and_then(|link| link.span).is_some_and(|span| span.start == 0 && span.end == 38),
        "{of_link:?}"
    );
}

#[test]
fn a_link_in_talk_is_not_spam() {
    let talk = [
        "See https://github.com/rust-lang/rust/issues/12 for the whole story",
        "The recording of last week's talk: https://www.youtube.com/watch?v=kQw3rT9",
        "https://forum.example.org/t/how-to-export-members/123/4",
        "Meeting link: https://zoom.us/j/98765432 see you at five",
        "docs: https://docs.python.org/3/library/json.html#json.loads",
        "I put the fix up at https://github.com/amara/pump/pull/88, reviews welcome",
        "https://bugs.example.org/show_bug.cgi?id=4711",
        "Does https://play.example.org work for you? I get a blank page",
        "We sell the last tickets for the workshop at https://meetup.example.org/june, members pay 5 euros",
    ];
    for text in talk {
        let spam = here(text).risk.spam;
        assert!(spam.probability < 0.5, "{text}: {} {:?}", spam.probability, spam.reasons);
    }
}

#[test]
fn spam_is_seen() {
    let spam = |text: &str| here(text).risk.spam.probability;
    assert!(spam("Make $500 a day from home! Click here: http://easy.example http://cash.example") > 0.5);
    assert!(spam("The docs are at https://docs.example.org, section three.") < 0.3);
}

fn few() -> Vec<Row> {
    train::own_examples().unwrap_or_default().into_iter().take(40).collect()
}

#[test]
fn the_same_rows_and_seed_give_the_same_bytes() {
    let first = train::train(&few(), 7).unwrap().to_bytes();
    assert_eq!(first, train::train(&few(), 7).unwrap().to_bytes());
    assert_ne!(first, train::train(&few(), 8).unwrap().to_bytes());
}

#[test]
fn rows_that_may_not_train_are_refused() {
    let rows = train::rows("toxicity-code-review", r#"{"id":1,"text":"x","label":1}"#).unwrap();
    let why = train::train(&rows, 1).unwrap_err();
    assert!(why.safe.contains("licence"), "{}", why.safe);
    assert!(train::rows("own", "not json").is_err());
}

#[test]
fn our_examples_are_complete() {
    let rows = train::own_examples().unwrap();
    assert!(rows.len() >= 500, "{}", rows.len());
    for row in &rows {
        assert!(row.why.as_deref().is_some_and(|why| why.len() > 6), "{}", row.text);
        assert!(row.intent.as_deref().is_none_or(|label| Intent::named(label).is_some()), "{}", row.text);
    }
}
