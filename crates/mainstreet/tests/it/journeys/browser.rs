//! One browser for everything: reading, signing in, writing with and without scripts, the desk, and what checkers say.

use std::path::PathBuf;
use std::process::Command;

use crate::support::{Browser, Program, Visitor};

/// The password of the invented people who may sign in.
const PASSWORD: &str = "osier-lane";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The tools of the browser tests, which `bin/setup` puts there.
fn tool(path: &str) -> PathBuf {
    root().join("tests/browser/node_modules").join(path)
}

#[test]
fn people_read_write_and_work_in_a_browser() {
    if std::env::var_os("MAINSTREET_BROWSER").is_none() {
        eprintln!("no browser was asked for: bin/test sets MAINSTREET_BROWSER");
        return;
    }
    let folder = std::env::temp_dir().join(format!("mainstreet-browser-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let database = format!("sqlite:{}", folder.join("demo.sqlite").display());
    let program = Program::start("demo", &database, &["--members", "80"]);
    let browser = Browser::open(program.at).expect("chromium and its driver: bin/setup installs them");
    let topic = a_question(&program);

    visitors_read(&browser, &topic);
    members_write_without_scripts(&browser, &topic);
    members_write_with_scripts(&browser, &topic);
    pages_fit_a_telephone(&browser, &topic);
    checkers_find_nothing(&browser, &topic);
    drop(browser);
    the_markup_is_valid(&program, &topic, &folder);
    drop(program);
    let _ = std::fs::remove_dir_all(folder);
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

fn sign_in(browser: &Browser, name: &str) {
    browser.visit("/sign-in");
    browser.write("#f-login", name);
    browser.write("#f-password", PASSWORD);
    browser.click("form[action='/sign-in'] button.btn-primary");
    browser.has("form[action='/sign-out']");
}

fn reply(browser: &Browser, topic: &str, text: &str) {
    browser.visit(topic);
    browser.write("#f-body", text);
    browser.click("form#reply button[value=send]");
    browser.shows(text);
}

fn members_write_without_scripts(browser: &Browser, topic: &str) {
    browser.scripts(false);
    sign_in(browser, "ines");
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
    let axe = std::fs::read_to_string(tool("axe-core/axe.min.js")).expect("axe-core: bin/setup installs it");
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
        browser.run(&axe);
        let report = browser.run_to_end(
            "const done = arguments[arguments.length - 1];
             axe.run(document, { resultTypes: ['violations'] }).then(
               found => done(found.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(', '))),
               why => done(['axe failed: ' + why]));",
        );
        let report = report.as_array().cloned().unwrap_or_default();
        found.extend(report.iter().filter_map(|line| line.as_str()).map(|line| format!("{path} {line}")));
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
