//! A case from the inbox to its end with nothing but keys.

use crate::support::{Browser, Visitor, done, eventually, open_topic};

use super::demo::{Demo, PASSWORD};

const ENTER: &str = "\u{E007}";
const TAB: &str = "\u{E004}";
const DOWN: &str = "\u{E015}";

/// Waits until the script in the page says something true, and the page is there to its end and painted: the browser
/// takes no keys for what nobody has seen yet.
#[track_caller]
fn until(browser: &Browser, what: &str, condition: &str) {
    eventually(what, || {
        let script = format!(
            "return document.readyState === 'complete' && performance.getEntriesByType('paint').length > 0
               && Boolean({condition})"
        );
        (browser.run(&script) == true).then_some(())
    });
}

/// What has the focus: its id, or the words on it.
fn focus(browser: &Browser) -> String {
    let script = "const at = document.activeElement; return at.id || at.textContent.trim()";
    browser.run(script).as_str().unwrap_or_default().to_owned()
}

/// Waits for the page that says `words`, then for its scripts.
#[track_caller]
fn says(browser: &Browser, words: &str) {
    until(browser, words, &format!("document.querySelector('.flash')?.textContent.includes({words:?})"));
}

/// A member is angry, in public. (What somebody flagged would be of no use here: a decision about a flag is not taken
/// back with a key.)
fn complain(demo: &Demo) {
    let mut nadia = Visitor::new(demo.program.at);
    let fields = [("login", "nadia"), ("password", PASSWORD)];
    done(&nadia.fill("/sign-in", "/sign-in", &fields).unwrap());
    open_topic(
        &mut nadia,
        "My hub burned and nobody answers",
        "This is unacceptable. I have written three times, I want my money back, and my lawyer will sue you.",
    );
    let mut ines = Visitor::new(demo.program.at);
    let fields = [("login", "ines"), ("password", PASSWORD)];
    done(&ines.fill("/sign-in", "/sign-in", &fields).unwrap());
    eventually("her item in the inbox", || {
        ines.see("/desk/inbox").body.contains("My hub burned").then_some(())
    });
}

#[test]
fn a_case_is_worked_off_with_keys_alone() {
    let Some(demo) = Demo::open("keyboard") else { return };
    let browser = &demo.browser;
    complain(&demo);
    demo.sign_in("ines");
    browser.visit("/desk/canned-replies");
    browser.write("#f-title", "Threshold");
    browser.write("#f-body", "Hi {{first_name}}, set the threshold to forty.");
    browser.click("main form button.btn-primary");
    browser.shows("Saved.");
    browser.visit("/");
    until(browser, "the front page", "document.querySelector('a[href=\"/desk\"]')");

    // From here on, keys.
    browser.press("gi");
    until(
        browser,
        "the inbox",
        "location.pathname === '/desk/inbox' && document.querySelectorAll('.item').length > 2",
    );
    let at = "[...document.querySelectorAll('.item')].indexOf(document.activeElement)";
    for (keys, place) in [("j", 0), ("jj", 2), ("k", 1), ("k", 0)] {
        browser.press(keys);
        until(browser, keys, &format!("{at} === {place}"));
    }
    // Down to the new one.
    let wanted = "return [...document.querySelectorAll('.item')].findIndex(item => item.textContent.includes('My hub burned'))";
    let wanted = usize::try_from(browser.run(wanted).as_i64().unwrap()).expect("her item in the list");
    browser.press(&"j".repeat(wanted));
    until(browser, "the item", &format!("{at} === {wanted}"));
    browser.press(ENTER);
    until(browser, "an item", "/^\\/desk\\/inbox\\/.+/.test(location.pathname)");
    let item = browser.path();
    let item = item.split('?').next().unwrap();

    browser.press("a");
    assert_eq!(focus(browser), "f-person");
    browser.press(&format!("{TAB}{ENTER}"));
    says(browser, "Handed on.");

    browser.press("c");
    assert!(focus(browser).starts_with("Threshold"), "the first prepared answer, not {}", focus(browser));
    browser.press(ENTER);
    until(
        browser,
        "the prepared answer",
        "document.querySelector('#f-body')?.value.includes('threshold to forty')",
    );
    browser.press("r");
    assert_eq!(focus(browser), "f-body");
    browser.press("Gladly. ");
    browser.press(&format!("{TAB}{ENTER}"));
    says(browser, "Sent. It stays with you.");
    until(
        browser,
        "the answer in the conversation",
        "document.querySelector('.talk').textContent.includes('Gladly.')",
    );

    note(browser);
    resolve_and_undo(browser, item);
}

fn note(browser: &Browser) {
    browser.press("n");
    assert_eq!(focus(browser), "f-note");
    browser.press(&format!("Ask again on Monday.{TAB}{ENTER}"));
    says(browser, "Noted, for the desk only.");
    until(
        browser,
        "the note",
        "document.querySelector('[data-kind=note]').textContent.includes('on Monday')",
    );
}

fn resolve_and_undo(browser: &Browser, item: &str) {
    browser.press("e");
    assert_eq!(focus(browser), "f-outcome");
    let outcome = "return document.querySelector('#f-outcome').value";
    let first = browser.run(outcome);
    browser.press(DOWN);
    let chosen = browser.run(outcome);
    assert_ne!(first, chosen, "another outcome");
    // Past the words and the tick, which a space sets, to the button.
    browser.press(&format!("{TAB}{TAB} {TAB}{ENTER}"));
    says(browser, "Resolved.");
    assert!(!browser.path().starts_with(item), "on to the next one");

    browser.press("u");
    until(browser, "the item again", &format!("location.pathname === {item:?}"));
    until(browser, "an open item", "document.querySelector('details[data-key=e]')");
    let taken_back = "document.querySelector('.talk').textContent.includes('(taken back)')";
    until(browser, "the step taken back", taken_back);
}
