//! The six sample rules, written in the form with nothing but keys, on a telephone.

use mainstreet_community::accounts;
use mainstreet_db::{Address, Db};
use mainstreet_kernel::{Actor, Clock, Role, Timestamp};
use serde_json::Value;

use crate::support::{Browser, eventually};

use super::demo::{Demo, axe};
use super::six_place;

/// Rules and the steps that write them: `set FIELD VALUE`, `press BUTTON`.
const SIX: &str = include_str!("../../../../web/tests/it/six.txt");

const ENTER: &str = "\u{E007}";
const TAB: &str = "\u{E004}";
const SHIFT: &str = "\u{E008}";
const UP: &str = "\u{E013}";
const DOWN: &str = "\u{E015}";

/// What the samples name and the invented community does not have.
fn furnish(demo: &Demo) {
    let file = demo.folder.join("demo.sqlite");
    let written = std::fs::metadata(&file).unwrap().modified().unwrap();
    let now = written.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    let (clock, _) = Clock::standing(Timestamp(i64::try_from(now).unwrap()));
    let address: Address = format!("sqlite:{}", file.display()).parse().unwrap();
    let db = Db::open(&address, clock).unwrap();
    db.write_now(|tx| {
        let owner = accounts::find_by_username(tx, "ines")?.unwrap();
        let ines = Actor::signed_in(owner.person, Role::Owner);
        six_place::furnish(tx, ines)
    })
    .unwrap();
}

/// Everything the Tab key stops at, in its order.
const STOPS: &str = "const stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
    .filter(e => e.tabIndex >= 0 && !e.disabled && e.type !== 'hidden' && e.checkVisibility());";

/// Goes to what `css` names with the Tab key, opening what hides it.
#[track_caller]
fn go(browser: &Browser, css: &str) {
    let hidden = format!(
        "{STOPS} const shut = document.querySelector({css:?}).closest('details:not([open])');
         return shut ? stops.indexOf(shut.querySelector('summary')) - stops.indexOf(document.activeElement) : null"
    );
    if let Some(away) = browser.run(&hidden).as_i64() {
        walk(browser, away);
        browser.press(ENTER);
    }
    let away = format!(
        "{STOPS} return stops.indexOf(document.querySelector({css:?})) - stops.indexOf(document.activeElement)"
    );
    let there = format!("return document.activeElement === document.querySelector({css:?})");
    // A box that scrolls may be a stop of its own.
    for _ in 0..5 {
        walk(browser, browser.run(&away).as_i64().unwrap());
        if browser.run(&there) == Value::Bool(true) {
            return;
        }
    }
    panic!("the Tab key does not come to {css} on {}", browser.path());
}

fn walk(browser: &Browser, away: i64) {
    let tabs = TAB.repeat(usize::try_from(away.abs()).unwrap());
    browser.press(&if away < 0 { format!("{SHIFT}{tabs}") } else { tabs });
}

/// Gives a field its value as somebody would with keys.
#[track_caller]
fn fill(browser: &Browser, name: &str, value: &str) {
    let field = format!("form.rule-editor [name={name:?}]");
    let kind = browser.run(&format!("return document.querySelector({field:?})?.type ?? 'nothing'"));
    match kind.as_str().unwrap_or_default() {
        "checkbox" => {
            go(browser, &format!("form.rule-editor [name={name:?}][value={value:?}]"));
            browser.press(" ");
        }
        "select-one" => {
            go(browser, &field);
            let steps = format!(
                "const e = document.activeElement, open = [...e.options].filter(o => !o.disabled);
                 return open.findIndex(o => o.value === {value:?}) - open.indexOf(e.options[e.selectedIndex])"
            );
            let steps = browser.run(&steps).as_i64().unwrap();
            let key = if steps < 0 { UP } else { DOWN };
            browser.press(&key.repeat(usize::try_from(steps.abs()).unwrap()));
        }
        "date" => {
            go(browser, &field);
            let parts: Vec<&str> = value.split('-').collect();
            browser.press(&format!("{}{}{}", parts[1], parts[2], parts[0]));
        }
        "nothing" => panic!("no field {name}"),
        _ => {
            go(browser, &field);
            browser.press(&value.replace("\\n", ENTER));
        }
    }
    let wanted = value.replace("\\n", "\n");
    let has =
        "const e = document.activeElement; return e.type === 'checkbox' ? (e.checked && e.value) : e.value";
    assert_eq!(browser.run(has), Value::String(wanted), "{name}");
}

/// Presses a button of the form and waits for the next page.
#[track_caller]
fn press(browser: &Browser, act: &str) {
    go(browser, &format!("form.rule-editor button[value={act:?}]:not(.vh)"));
    browser.run("window.before = true");
    browser.press(ENTER);
    eventually(act, || {
        let ready = "return !window.before && document.readyState === 'complete' && performance.getEntriesByType('paint').length > 0";
        (browser.run(ready) == Value::Bool(true)).then_some(())
    });
    let width = browser.run("return document.documentElement.scrollWidth").as_u64().unwrap_or(0);
    assert!(width <= 360, "after {act} the page is {width} pixels wide on a telephone of 360");
}

#[test]
fn the_six_samples_are_written_with_keys_on_a_telephone() {
    let Some(demo) = Demo::open("six-rules") else { return };
    let browser = &demo.browser;
    furnish(&demo);
    demo.sign_in("ines");
    browser.size(360, 740);
    // The invented community has rules of two of these names.
    let six = SIX.replace("rule: ", "rule: Our ").replace("set name ", "set name Our ");
    for sample in six.split("=====\n") {
        let (text, steps) = sample.split_once("=>\n").unwrap();
        browser.visit("/desk/rules/new");
        for step in steps.lines() {
            match step.split_once(' ').unwrap() {
                ("press", act) => press(browser, act),
                (_, set) => {
                    let (name, value) = set.split_once(' ').unwrap();
                    fill(browser, name, value);
                }
            }
        }
        let found = axe(browser);
        assert!(found.is_empty(), "{}", found.join("\n"));
        press(browser, "as text");
        assert_eq!(browser.run("return document.querySelector('#f-text').value"), text);
        press(browser, "save");
        let said = browser.run("return document.querySelector('main').innerText");
        assert!(!browser.path().starts_with("/desk/rules/new"), "{said}");
        browser.shows("Saved. It only watches until you let it act.");
    }
}
