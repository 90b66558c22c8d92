//! One browser for everything: reading, signing in, writing with and without scripts, the desk, and what checkers say.

use std::path::PathBuf;
use std::process::Command;

use crate::support::{Browser, Program, Visitor};

use super::demo::{Demo, axe, tool};

#[test]
fn people_read_write_and_work_in_a_browser() {
    let Some(demo) = Demo::open("browser-test") else { return };
    let topic = a_question(&demo.program);
    visitors_read(&demo.browser, &topic);
    members_write_without_scripts(&demo, &topic);
    members_write_with_scripts(&demo.browser, &topic);
    pages_fit_a_telephone(&demo.browser, &topic);
    checkers_find_nothing(&demo.browser, &topic);
    the_markup_is_valid(&demo.program, &topic, &demo.folder);
}

/// The path of a topic on the front page.
fn a_question(program: &Program) -> String {
    let home = Visitor::new(program.at).see("/").body;
    let path = home.split("href=\"/t/").nth(1).and_then(|rest| rest.split(['"', '?', '#']).next()).unwrap();
    format!("/t/{path}")
}

fn visitors_read(browser: &Browser, topic: &str) {
    browser.size(1280, 900);
    browser.visit("/");
    browser.shows("Osier Lane");
    if let Some(pictures) = std::env::var_os("MAINSTREET_PICTURES") {
        browser.picture(&PathBuf::from(pictures).join("home.png"));
    }
    browser.visit(topic);
    browser.shows("Sign in");
}

fn reply(browser: &Browser, topic: &str, text: &str) {
    browser.visit(topic);
    browser.write("#f-body", text);
    browser.click("form#reply button[value=send]");
    browser.shows(text);
}

fn members_write_without_scripts(demo: &Demo, topic: &str) {
    let browser = &demo.browser;
    browser.scripts(false);
    demo.sign_in("ines");
    reply(browser, topic, "Written without any script.");
    browser.scripts(true);
}

fn members_write_with_scripts(browser: &Browser, topic: &str) {
    reply(browser, topic, "Written with scripts.");
    // A draft that was sent does not come back.
    browser.visit(topic);
    assert_eq!(browser.run("return document.querySelector('#f-body').value"), "");
}

fn pages_fit_a_telephone(browser: &Browser, topic: &str) {
    browser.size(360, 740);
    for path in
        ["/", topic, "/search?q=boat", "/tags", "/desk", "/desk/inbox", "/desk/metrics", "/styleguide"]
    {
        browser.visit(path);
        let width = browser.run("return document.documentElement.scrollWidth").as_u64().unwrap_or(0);
        assert!(width <= 360, "{path} is {width} pixels wide on a telephone of 360");
    }
    browser.size(1280, 900);
}

fn checkers_find_nothing(browser: &Browser, topic: &str) {
    let mut found = Vec::new();
    for path in [
        "/",
        topic,
        "/search?q=boat",
        "/tags",
        "/new",
        "/desk",
        "/desk/inbox",
        "/desk/metrics",
        "/styleguide",
    ] {
        browser.visit(path);
        found.extend(axe(browser).into_iter().map(|line| format!("{path} {line}")));
    }
    assert!(found.is_empty(), "axe found:\n  {}", found.join("\n  "));
}

fn the_markup_is_valid(program: &Program, topic: &str, folder: &std::path::Path) {
    let mut files = Vec::new();
    for (number, path) in ["/", topic, "/search?q=boat", "/tags", "/sign-in", "/sign-up"].iter().enumerate() {
        let file = folder.join(format!("page{number}.html"));
        std::fs::write(&file, Visitor::new(program.at).see(path).body).unwrap();
        files.push(file);
    }
    let jar = tool("vnu-jar/build/dist/vnu.jar");
    let checked = Command::new("java")
        .arg("-jar")
        .arg(jar)
        .arg("--errors-only")
        .args(&files)
        .output()
        .expect("java: bin/setup installs it");
    assert!(checked.status.success(), "the Nu HTML checker:\n{}", String::from_utf8_lossy(&checked.stderr));
}
