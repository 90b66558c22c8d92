//! A real browser, driven over the W3C protocol: Chromium through its driver.

use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use serde_json::{Value, json};

use super::http::{free_port, receive};
use super::program::eventually;

/// One browser window.
pub(crate) struct Browser {
    driver: Child,
    at: SocketAddr,
    session: String,
    profile: PathBuf,
    site: String,
}

impl Browser {
    /// Opens one for the pages of `site`; nothing when the machine has none (`bin/setup` installs it).
    pub(crate) fn open(site: SocketAddr) -> Option<Self> {
        let port = free_port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let profile = std::env::temp_dir().join(format!("mainstreet-browser-{}-{port}", std::process::id()));
        let at = SocketAddr::from(([127, 0, 0, 1], port));
        let site = format!("http://{site}");
        let mut browser = Self { driver, at, session: String::new(), profile, site };
        eventually("the browser's driver", || TcpStream::connect(at).ok());
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--window-size=1280,900",
            "--force-color-profile=srgb",
            "--hide-scrollbars",
        ];
        let mut all: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        all.push(format!("--user-data-dir={}", browser.profile.display()));
        let wanted = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": { "args": all } } } });
        let opened = browser.ask("POST", "/session", &wanted);
        browser.session = opened["sessionId"].as_str().expect("a browser session").to_owned();
        Some(browser)
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.send(method, path, body).unwrap();
        let value: Value = serde_json::from_str(&answer).unwrap();
        assert!(value["value"]["error"].is_null(), "{path}: {}", value["value"]);
        value["value"].clone()
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> io::Result<String> {
        let mut stream = TcpStream::connect(self.at)?;
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        let body = if method == "GET" { String::new() } else { body.to_string() };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.at,
            body.len()
        )?;
        Ok(receive(&mut stream)?.body)
    }

    fn command(&self, method: &str, what: &str, body: &Value) -> Value {
        self.ask(method, &format!("/session/{}/{what}", self.session), body)
    }

    /// Goes to a page of the site.
    pub(crate) fn visit(&self, path: &str) {
        self.command("POST", "url", &json!({ "url": format!("{}{path}", self.site) }));
    }

    /// The path of the page that is shown.
    pub(crate) fn path(&self) -> String {
        let url = self.command("GET", "url", &Value::Null);
        url.as_str().unwrap_or_default().trim_start_matches(&self.site).to_owned()
    }

    /// Runs a function body in the page; its `return` is the answer.
    pub(crate) fn run(&self, script: &str) -> Value {
        self.command("POST", "execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// The same for one that calls back: `const done = arguments[arguments.length - 1]`.
    pub(crate) fn run_to_end(&self, script: &str) -> Value {
        self.command("POST", "execute/async", &json!({ "script": script, "args": [] }))
    }

    fn find(&self, css: &str) -> String {
        let found = eventually(css, || {
            let path = format!("/session/{}/elements", self.session);
            let found = self.ask("POST", &path, &json!({ "using": "css selector", "value": css }));
            found.as_array().and_then(|all| all.first()).cloned()
        });
        let id = found.as_object().and_then(|element| element.values().next()).and_then(Value::as_str);
        id.unwrap_or_else(|| panic!("no element {css}")).to_owned()
    }

    /// Waits until the page holds what `css` names.
    pub(crate) fn has(&self, css: &str) {
        self.find(css);
    }

    /// Presses what `css` names.
    pub(crate) fn click(&self, css: &str) {
        self.act(css, "click", &json!({}));
    }

    /// Does something to what `css` names; once more when the page gave way to the next in between.
    fn act(&self, css: &str, what: &str, body: &Value) {
        eventually(css, || {
            let path = format!("/session/{}/element/{}/{what}", self.session, self.find(css));
            let answer: Value = serde_json::from_str(&self.send("POST", &path, body).unwrap()).unwrap();
            let error = answer["value"]["error"].as_str();
            assert!(error.is_none_or(|error| error == "stale element reference"), "{path}: {answer}");
            error.is_none().then_some(())
        });
    }

    /// Types into what `css` names.
    pub(crate) fn write(&self, css: &str, text: &str) {
        self.act(css, "value", &json!({ "text": text }));
    }

    /// Presses keys without pointing at anything. The Shift key stays down to the end.
    pub(crate) fn press(&self, keys: &str) {
        const SHIFT: char = '\u{E008}';
        let mut actions = Vec::new();
        for key in keys.chars() {
            actions.push(json!({ "type": "keyDown", "value": key.to_string() }));
            if key != SHIFT {
                actions.push(json!({ "type": "keyUp", "value": key.to_string() }));
            }
        }
        if keys.contains(SHIFT) {
            actions.push(json!({ "type": "keyUp", "value": SHIFT.to_string() }));
        }
        let source = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.command("POST", "actions", &json!({ "actions": [source] }));
    }

    /// The words that are shown; none while one page gives way to the next.
    pub(crate) fn text(&self) -> String {
        let element = self.find("body");
        let answer =
            self.send("GET", &format!("/session/{}/element/{element}/text", self.session), &Value::Null);
        let value: Value = answer.ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        value["value"].as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page says so.
    #[track_caller]
    pub(crate) fn shows(&self, words: &str) {
        eventually(&format!("'{words}' on {}", self.path()), || self.text().contains(words).then_some(()));
    }

    /// Switches the page's own scripts on or off, from the next page on.
    pub(crate) fn scripts(&self, on: bool) {
        self.tell("Emulation.setScriptExecutionDisabled", &json!({ "value": !on }));
    }

    /// How wide and high the window is, in CSS pixels.
    pub(crate) fn size(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.tell("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Tells the browser something beyond the W3C protocol.
    pub(crate) fn tell(&self, command: &str, parameters: &Value) {
        self.command("POST", "goog/cdp/execute", &json!({ "cmd": command, "params": parameters }));
    }

    /// Writes what is seen into a file.
    pub(crate) fn picture(&self, file: &Path) {
        let picture = self.command("GET", "screenshot", &Value::Null);
        let bytes =
            base64::engine::general_purpose::STANDARD.decode(picture.as_str().unwrap_or_default()).unwrap();
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.send("DELETE", &format!("/session/{}", self.session), &Value::Null);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}
