//! The invented community in a file of its own, and a browser at it.

use std::path::PathBuf;

use crate::support::{Browser, Program};

/// The password of the invented people who may sign in.
pub(super) const PASSWORD: &str = "osier-lane";

/// The community, the browser, and where both keep their files.
pub(super) struct Demo {
    pub(super) browser: Browser,
    pub(super) program: Program,
    pub(super) folder: PathBuf,
}

impl Demo {
    /// Opens both; nothing when no browser was asked for.
    pub(super) fn open(name: &str) -> Option<Self> {
        if std::env::var_os("MAINSTREET_BROWSER").is_none() {
            eprintln!("no browser was asked for: bin/test sets MAINSTREET_BROWSER");
            return None;
        }
        let folder = std::env::temp_dir().join(format!("mainstreet-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let database = format!("sqlite:{}", folder.join("demo.sqlite").display());
        let program = Program::start("demo", &database, &["--members", "80"]);
        let browser = Browser::open(program.at).expect("chromium and its driver: bin/setup installs them");
        Some(Self { browser, program, folder })
    }

    /// Signs in through the form.
    pub(super) fn sign_in(&self, name: &str) {
        self.browser.visit("/sign-in");
        self.browser.write("#f-login", name);
        self.browser.write("#f-password", PASSWORD);
        self.browser.click("form[action='/sign-in'] button.btn-primary");
        self.browser.has("form[action='/sign-out']");
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The tools of the browser tests, which `bin/setup` puts there.
pub(super) fn tool(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/browser/node_modules").join(path)
}

/// What axe finds wrong on the page that is shown: rule and where.
pub(super) fn axe(browser: &Browser) -> Vec<String> {
    let axe = std::fs::read_to_string(tool("axe-core/axe.min.js")).expect("axe-core: bin/setup installs it");
    browser.run(&axe);
    let report = browser.run_to_end(
        "const done = arguments[arguments.length - 1];
         axe.run(document, { resultTypes: ['violations'] }).then(
           found => done(found.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(', '))),
           why => done(['axe failed: ' + why]));",
    );
    let report = report.as_array().cloned().unwrap_or_default();
    report.iter().filter_map(|line| line.as_str()).map(str::to_owned).collect()
}
