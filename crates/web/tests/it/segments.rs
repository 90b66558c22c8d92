//! Segments and schedules without a script: the form, who is in it, labels given by hand, and what is refused.

use axum::http::StatusCode;
use mainstreet_desk::{rules, segments};
use mainstreet_kernel::{Result, Role};

use crate::support::{Answer, Browser, Place};

const NEW: &str = "/desk/segments/new";

async fn press(place: &Place, who: &Browser, to: &str, fields: &[(&str, &str)], act: &str) -> Answer {
    let mut all = fields.to_vec();
    all.push(("act", act));
    place.post(who, to, to, &all).await
}

const FORM: [(&str, &str); 6] = [
    ("as", "form"),
    ("name", "customers"),
    ("why", "They pay."),
    ("all.0.0.about", "author.labels"),
    ("all.0.0.op", "includes any"),
    ("all.0.0.v", "customer"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_is_made_in_the_form_kept_by_hand_and_asked_by_a_rule() -> Result<()> {
    let place = Place::open().await?;
    let boss = place.newcomer("Zoe", Role::Manager)?;
    let list = place.get(Some(&boss), "/desk/rules").await;
    list.shows("href=\"/desk/segments\"");
    let text = press(&place, &boss, NEW, &FORM, "as text").await;
    text.shows("segment: customers").shows("author.labels includes any: [customer]");
    press(&place, &boss, NEW, &FORM, "check").await.shows("0 people of");
    let saved = press(&place, &boss, NEW, &FORM, "save").await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let page = saved.location.clone();
    place.get(Some(&boss), &page).await.shows("Nobody now.").shows("Put members in");

    let wrong = [("names", "zoe nobdy"), ("label", "customer"), ("days", "30"), ("back", "")];
    let refused = place.post(&boss, "/desk/segments", "/desk/segments/labels", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("“nobdy”").shows("zoe nobdy");
    let right = [("names", "zoe"), ("label", "customer"), ("days", "30"), ("back", "")];
    let given = place.post(&boss, "/desk/segments", "/desk/segments/labels", &right).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text);
    place.get(Some(&boss), &page).await.shows("1 person of").shows("Take out");

    let rule = "rule: Links\nwhen: post published\nif:\n  - post.links.count >= 2\nunless:\n  - author.segment includes any: [customers]\nthen:\n  - open item: {urgency: high}\n";
    let rule = [("as", "text"), ("text", rule)];
    let rules_new = "/desk/rules/new";
    let saved = press(&place, &boss, rules_new, &rule, "save").await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let removal = format!("{page}/removal");
    let kept = place.post(&boss, &page, &removal, &[]).await;
    assert_eq!(kept.status, StatusCode::CONFLICT);
    kept.shows("The rule “Links” asks for this segment.");
    let mut renamed = FORM;
    renamed[1] = ("name", "clients");
    let edit = format!("{page}/edit");
    press(&place, &boss, &edit, &renamed, "save").await.shows("keep the name").shows("value=\"clients\"");
    let mut changed = FORM;
    changed[5] = ("all.0.0.v", "customer\npartner");
    let done = press(&place, &boss, &edit, &changed, "save").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(place.db.read_now(rules::all)?[0].version, 2, "the rule is watched anew");
    assert_eq!(place.db.read_now(segments::all)?[0].version, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_segment_stands_beside_its_line() -> Result<()> {
    let place = Place::open().await?;
    let boss = place.newcomer("Zoe", Role::Manager)?;
    let text = [("as", "text"), ("text", "segment: a\nif:\n  - author.psots > 3\n")];
    let refused = press(&place, &boss, NEW, &text, "save").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("Line 3, column 5").shows("Did you mean “author.posts”?");
    let mut twice = FORM.to_vec();
    twice[4] = ("all.0.0.op", "<");
    press(&place, &boss, NEW, &twice, "check").await.shows("If, line 1").shows("customer");
    for act in ["", "drop all 9 9", "or all x", "add nothing"] {
        assert_eq!(press(&place, &boss, NEW, &FORM, act).await.status, StatusCode::OK, "{act}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_is_written_in_the_form() -> Result<()> {
    let place = Place::open().await?;
    let boss = place.newcomer("Zoe", Role::Manager)?;
    let new = "/desk/rules/new";
    let form = [
        ("as", "form"),
        ("name", "Quiet newcomers"),
        ("when", "schedule"),
        ("every.how", "Monday"),
        ("every.time", "09:00"),
        ("each", "member"),
        ("all.0.0.about", "author.posts"),
        ("all.0.0.op", "="),
        ("all.0.0.n", "0"),
        ("then.0.do", "label"),
        ("then.0.p.label", "quiet"),
        ("then.0.p.for", "30"),
        ("then.0.p.for.u", "days"),
    ];
    let text = press(&place, &boss, new, &form, "as text").await;
    text.shows("every: Monday at 09:00").shows("for each: member");
    let saved = press(&place, &boss, new, &form, "save").await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let half: Vec<(&str, &str)> = form.iter().copied().filter(|(name, _)| *name != "every.time").collect();
    press(&place, &boss, new, &half, "check").await.shows("no time of a schedule");
    Ok(())
}
