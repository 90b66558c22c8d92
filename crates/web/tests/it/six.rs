//! The six sample rules, written in the form as somebody without scripts would: nothing is sent that the page did not
//! offer. Their steps, in `six.txt`, are those of the journey with the keyboard too. And what nobody would send.

use std::collections::HashMap;

use axum::http::StatusCode;
use mainstreet_community::guidelines;
use mainstreet_desk::rules;
use mainstreet_kernel::Result;
use mainstreet_rules::{Vocabulary, print, read};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::six_place;
use crate::support::{Browser, Place};

const SIX: &str = include_str!("six.txt");
const NEW: &str = "/desk/rules/new";

/// A place with what the samples name.
fn furnish(place: &Place) -> Result<()> {
    let ada = place.ada.actor;
    place.db.write_now(move |tx| {
        guidelines::from_starter(tx, ada, "support")?;
        six_place::furnish(tx, ada)
    })
}

fn plain(text: &str) -> String {
    let signs = [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ];
    signs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The form of the page: what would be sent, and what could be chosen.
#[derive(Default)]
struct Form {
    fields: Vec<(String, String)>,
    /// Values of selects, by name; those that cannot be chosen are not among them.
    choices: HashMap<String, Vec<String>>,
    ticks: Vec<(String, String)>,
    buttons: Vec<String>,
}

impl Form {
    fn of(page: &str) -> Self {
        let form = page.split_once("<form class=\"rule-editor\"").map(|(_, rest)| rest).unwrap();
        let form = form.split("</form>").next().unwrap();
        let mut found = Self::default();
        let mut select: Option<(String, Option<String>)> = None;
        for piece in form.split('<').skip(1) {
            let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
            let one = |name: &str| {
                let start = format!(" {name}=\"");
                tag.split_once(&start).and_then(|(_, rest)| rest.split('"').next()).map(plain)
            };
            let (name, value) = (one("name").unwrap_or_default(), one("value").unwrap_or_default());
            match tag.split(' ').next().unwrap_or_default() {
                "input" if one("type").as_deref() == Some("checkbox") => {
                    if tag.ends_with(" checked") {
                        found.fields.push((name.clone(), value.clone()));
                    }
                    found.ticks.push((name, value));
                }
                "input" => found.fields.push((name, value)),
                "button" => found.buttons.push(value),
                "textarea" => found.fields.push((name, plain(text))),
                "select" => select = Some((name, None)),
                "option" => {
                    let Some((name, chosen)) = select.as_mut().filter(|_| !tag.ends_with(" disabled")) else {
                        continue;
                    };
                    let all = found.choices.entry(name.clone()).or_default();
                    if all.is_empty() || tag.ends_with(" selected") {
                        *chosen = Some(value.clone());
                    }
                    all.push(value);
                }
                "/select" => {
                    if let Some((name, Some(chosen))) = select.take() {
                        found.fields.push((name, chosen));
                    }
                }
                _ => {}
            }
        }
        found
    }

    fn set(&mut self, name: &str, value: &str) {
        let value = value.replace("\\n", "\n");
        if self.ticks.iter().any(|(known, offered)| known == name && *offered == value) {
            return self.fields.push((name.to_owned(), value));
        }
        if let Some(choices) = self.choices.get(name) {
            assert!(choices.contains(&value), "{name} offers {choices:?}, not {value:?}");
        }
        let field = self.fields.iter_mut().find(|(known, _)| known == name);
        assert!(field.is_some(), "the form has no field {name} for {value:?}");
        field.unwrap().1 = value;
    }

    async fn press(&self, place: &Place, who: &Browser, act: &str) -> crate::support::Answer {
        assert!(self.buttons.iter().any(|button| button == act), "no button {act}: {:?}", self.buttons);
        let mut fields: Vec<(&str, &str)> = self
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| *name != "csrf")
            .collect();
        fields.push(("act", act));
        place.post(who, NEW, NEW, &fields).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_six_samples_are_written_in_the_form_without_a_script() -> Result<()> {
    let place = Place::open().await?;
    furnish(&place)?;
    let who = &place.ada;
    for sample in SIX.split("=====\n") {
        let (text, steps) = sample.split_once("=>\n").unwrap();
        let mut form = Form::of(&place.get(Some(who), NEW).await.text);
        for step in steps.lines() {
            match step.split_once(' ').unwrap() {
                ("press", act) => form = Form::of(&form.press(&place, who, act).await.text),
                (_, set) => {
                    let (name, value) = set.split_once(' ').unwrap();
                    form.set(name, value);
                }
            }
        }
        let wanted = read(text, Vocabulary::standard()).rules.remove(0);
        let shown = form.press(&place, who, "as text").await;
        let written = shown.text.split_once("id=\"f-text\"").unwrap().1;
        let written = plain(written.split_once('>').unwrap().1.split("</textarea>").next().unwrap());
        assert_eq!(written, text);
        let saved = form.press(&place, who, "save").await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}: {}", wanted.name, saved.text);
        let name = wanted.name.clone();
        let kept = place.db.read_now(move |tx| rules::find_by(tx, &name))?;
        assert_eq!(kept.rule(), Some(wanted));
        // And back: the saved rule is shown in the form, which writes the same text.
        let again = place.get(Some(who), &format!("/desk/rules/{}/edit", kept.id)).await;
        assert!(again.text.contains("name=\"as\" value=\"form\""), "{}", again.text);
        assert_eq!(print(&kept.rule().unwrap(), Vocabulary::standard()), kept.text);
    }
    Ok(())
}

/// Field names that no page sends, and some that it does.
fn names() -> impl Strategy<Value = String> {
    let part =
        select(vec!["all", "any", "unless", "then", "limit", "match", "nomatch", "try.k", "or.all", "new"]);
    let rest = select(vec![
        "0",
        "0.0",
        "0.0.about",
        "0.0.op",
        "0.0.v",
        "0.0.n",
        "0.0.nu",
        "0.0.w",
        "0.0.wu",
        "0.0.event",
        "0.0.who",
        "0.0.line",
        "0.0.opt",
        "0.do",
        "0.p.for",
        "0.p.for.u",
        "0.p.guidelines",
        "0.wait",
        "0.waitu",
        "0.quiet",
        "0.joined",
        "0.n",
        "0.per",
        "0.noun",
        "0.text",
        "0.fact.0.name",
        "0.fact.0.v",
        "0.name",
        "99999999999999999999.0",
        "-1.0",
        "all",
        "when",
        "then",
    ]);
    let alone = select(vec![
        "name",
        "why",
        "owner",
        "guideline",
        "when",
        "every.how",
        "every.day",
        "every.time",
        "each",
        "expires.how",
        "expires.n",
        "expires.u",
        "expires.day",
        "review.how",
        "review.day",
        "hold_out",
        "comment",
        "as",
        "text",
        "try.text",
        "new.when",
        "\u{0}",
    ]);
    prop_oneof![4 => (part, rest).prop_map(|(part, rest)| format!("{part}.{rest}")), 2 => alone.prop_map(str::to_owned), 1 => "\\PC{0,12}"]
}

/// Values that no page sends, and some that it does.
fn values() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(vec![
            "", "author.age", "post.text", "post.text looks like", "times", "distinct", "always", "written", "signal.x", "signal.",
            "now.hours", "<", "between", "not ", "not not ", "has any", "matches regex", "(a+)+$", "[", "1", "-1", "1e999", "99999999999999999999",
            "0.5", "days", "business hours", "fortnights", "flag on post", "author", "hide until reviewed", "slow mode", "open item",
            "allow", "never", "in", "on", "2026-02-30", "schedule", "month", "31", "25:99", "member", "rule: a\nwhen: flag", "\u{202e}x\u{0}y",
            "“quoted”", "form", "text", "post published", "flag",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,30}",
        1 => Just("x".repeat(20_000)),
    ]
}

fn fields() -> impl Strategy<Value = Vec<(String, String)>> {
    proptest::collection::vec((names(), values()), 0..30)
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_sent_to_the_forms_is_answered_with_a_page() -> Result<()> {
    let place = Place::open().await?;
    furnish(&place)?;
    let mut runner = TestRunner::deterministic();
    let acts = select(vec![
        "save",
        "draft",
        "check",
        "try",
        "as text",
        "as form",
        "add when",
        "add all",
        "add then",
        "add limit",
        "add match",
        "or all 0",
        "drop all 0 0",
        "drop then 0",
        "drop limit 18446744073709551616",
        "fact match 0",
        "unfact match 0 0",
        "add",
        "",
        "drop when -1",
    ]);
    for page in [NEW, "/desk/segments/new"] {
        let csrf = place.get(Some(&place.ada), page).await.value("csrf");
        for _ in 0..150 {
            let fields = fields().new_tree(&mut runner).unwrap().current();
            let act = acts.new_tree(&mut runner).unwrap().current();
            let mut sent: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            sent.push(("act", act));
            let answer = place.post_with(&place.ada, &csrf, page, &sent).await;
            assert!(!answer.status.is_server_error(), "{page} {sent:?}: {}", answer.text);
        }
    }
    Ok(())
}
