//! Starting, killing and asking the program.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use mainstreet_db::testing::TestDb;

use super::http::{Answer, Visitor, free_port};

/// How long anything may take before a test gives up on it: a loaded machine is slow, a broken program silent.
pub(crate) const PATIENCE: Duration = Duration::from_secs(240);

/// Asks again and again until there is an answer.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "{what} did not happen within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A running `mainstreet serve`.
pub(crate) struct Program {
    child: Child,
    pub(crate) at: SocketAddr,
    /// What it has said on standard error.
    said: Receiver<String>,
}

impl Program {
    /// Starts it on a database, with more options.
    pub(crate) fn serve(database: &str, options: &[&str]) -> Self {
        Self::start("serve", database, options)
    }

    /// The same for another command that serves.
    pub(crate) fn start(command: &str, database: &str, options: &[&str]) -> Self {
        let at = SocketAddr::from(([127, 0, 0, 1], free_port()));
        // A write past the limit that `disk` sets is refused to the program; without the trap it would be killed.
        let mut child = Command::new("sh")
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_mainstreet")])
            .args([command, "--database", database, "--listen", &at.to_string()])
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (tell, said) = channel();
        let errors = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                eprintln!("  node {at}: {line}");
                let _ = tell.send(line);
            }
        });
        let program = Self { child, at, said };
        eventually("the program's first answer", || {
            Visitor::new(at).get("/").ok().filter(|answer| answer.status < 500)
        });
        program
    }

    /// What it said with these words in it.
    #[track_caller]
    pub(crate) fn line_with(&self, words: &str) -> String {
        loop {
            match self.said.recv_timeout(PATIENCE) {
                Ok(line) if line.contains(words) => return line,
                Ok(_) => {}
                Err(_) => panic!("it never said '{words}'"),
            }
        }
    }

    /// From now on no file of it may grow past so many bytes, as if the disk were full; `None`: there is space again.
    pub(crate) fn disk(&self, bytes: Option<u64>) {
        let limit = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
        let set = Command::new("prlimit")
            .args(["--pid", &self.child.id().to_string(), &format!("--fsize={limit}:unlimited")])
            .status()
            .unwrap();
        assert!(set.success());
    }

    /// Ends it as a power cut would: no signal handler runs.
    pub(crate) fn kill(self) {
        drop(self);
    }

    /// The same, while others still hold it.
    pub(crate) fn interrupt_hard(&self) {
        let killed = Command::new("kill").args(["-KILL", &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A community that was set up in the browser's way: an owner, a space, a topic.
pub(crate) struct Place {
    pub(crate) program: Program,
    pub(crate) owner: Visitor,
    pub(crate) topic: Topic,
}

/// A conversation, as a visitor knows it.
#[derive(Clone, Debug)]
pub(crate) struct Topic {
    /// The path of its page.
    pub(crate) path: String,
    /// Its id, as it stands in paths.
    pub(crate) id: String,
}

impl Topic {
    /// Fills and sends the form under the topic.
    pub(crate) fn reply(&self, by: &mut Visitor, text: &str) -> std::io::Result<Answer> {
        by.fill(&self.path, &format!("/t/{}/replies", self.id), &[("body", text), ("act", "send")])
    }
}

pub(crate) const PASSWORD: &str = "heron walks at low tide";

impl Place {
    /// First run: the link that the server printed, the form, the first space and topic.
    pub(crate) fn open(db: &TestDb, folder: &str) -> Self {
        let program = Program::serve(&db.address_text(), &["--data", folder]);
        let line = program.line_with("/setup?code=");
        let link = line.split("/setup").nth(1).map(|rest| format!("/setup{rest}")).unwrap();
        let mut owner = Visitor::new(program.at);
        let fields = [
            ("site", "Heron Yard"),
            ("tagline", "Boats, mended together."),
            ("zone", "UTC"),
            ("username", "ada"),
            ("email", "ada@example.org"),
            ("password", PASSWORD),
        ];
        done(&owner.fill(link.trim(), "/setup", &fields).unwrap());
        let space = [
            ("name", "Workshop"),
            ("description", "Ask."),
            ("kind", "questions"),
            ("visibility", "public"),
            ("hue", "1"),
        ];
        done(&owner.fill("/spaces/new", "/spaces", &space).unwrap());
        let topic = open_topic(&mut owner, "How do I bend an oak rib?", "It cracks at the second knot.");
        Self { program, owner, topic }
    }
}

/// Opens a topic in the first space that is offered.
#[track_caller]
pub(crate) fn open_topic(by: &mut Visitor, title: &str, body: &str) -> Topic {
    let page = by.see("/new").body;
    let space =
        page.split("<option value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    let fields = [
        ("space", space),
        ("title", title),
        ("body", body),
        ("tags", "ribs"),
        ("question", "on"),
        ("act", "send"),
    ];
    let answer = by.fill("/new", "/new", &fields).unwrap();
    done(&answer);
    // `/t/SLUG/ID`, perhaps with a number behind.
    let parts: Vec<&str> =
        answer.location().split(['#', '?']).next().unwrap_or_default().split('/').collect();
    assert!(parts.len() >= 4 && parts[1] == "t", "{parts:?}");
    Topic { path: parts[..4].join("/"), id: parts[3].to_owned() }
}

/// A form that did what it should sends the visitor on.
#[track_caller]
pub(crate) fn done(answer: &Answer) {
    assert_eq!(answer.status, 303, "{}", answer.text());
}
