//! Every page of the desk on a telephone: light and dark, with scripts and without.

use serde_json::json;

use crate::support::Browser;

use super::demo::{Demo, axe};

/// Width of a small telephone, in CSS pixels.
const NARROW: u64 = 360;

/// The first local address that begins with `start` on the page that is shown.
fn link(browser: &Browser, start: &str) -> String {
    let script = format!("return document.querySelector('main a[href^=\"{start}\"]')?.getAttribute('href')");
    browser.run(&script).as_str().unwrap_or_else(|| panic!("no link to {start}")).to_owned()
}

/// Which controls stick out of the window, for the message.
fn too_wide(browser: &Browser) -> Option<String> {
    let width = browser.run("return document.documentElement.scrollWidth").as_u64().unwrap_or(0);
    let script = format!(
        "return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > {NARROW})
           .slice(0, 5).map(e => e.localName + '.' + e.className).join(', ')"
    );
    (width > NARROW).then(|| format!("is {width} pixels wide: {}", browser.run(&script)))
}

#[test]
fn the_desk_fits_a_telephone_light_and_dark_with_scripts_and_without() {
    let Some(demo) = Demo::open("narrow") else { return };
    let browser = &demo.browser;
    demo.sign_in("ines");
    browser.visit("/desk/inbox");
    let item = link(browser, "/desk/inbox/");
    browser.visit("/desk/metrics");
    let topics = link(browser, "/desk/metrics/");
    let pages = [
        "/desk",
        "/desk/inbox",
        "/desk/inbox?list=resolved",
        &item,
        "/desk/metrics",
        &topics,
        "/desk/canned-replies",
        "/desk/team",
        "/desk/settings",
        "/styleguide",
    ];
    browser.size(360, 740);
    let mut found = Vec::new();
    for scheme in ["light", "dark"] {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        browser.tell("Emulation.setEmulatedMedia", &json!({ "features": features }));
        for scripts in [true, false] {
            for path in pages {
                browser.scripts(scripts);
                browser.visit(path);
                // The page has been drawn without them; the checker needs them.
                browser.scripts(true);
                let place = format!("{path}, {scheme}, {}", if scripts { "scripts" } else { "no scripts" });
                let dark = browser.run("return matchMedia('(prefers-color-scheme: dark)').matches");
                assert_eq!(dark, scheme == "dark", "{place}");
                found.extend(too_wide(browser).map(|why| format!("{place} {why}")));
                found.extend(axe(browser).into_iter().map(|why| format!("{place} {why}")));
            }
        }
    }
    assert!(found.is_empty(), "on a telephone:\n  {}", found.join("\n  "));
}
