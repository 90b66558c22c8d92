//! `mainstreet models` and `similar --model`, as an operator runs them.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use mainstreet_embeddings::testing;
use serde_json::Value;

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("mainstreet-models-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).output().unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mainstreet"));
        let database = format!("sqlite:{}", self.0.join("place.sqlite").display());
        command.args(arguments).args(["--database", &database]).env_remove("MAINSTREET_DATA");
        command
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_model_is_shown_then_taken_then_removed() {
    let folder = Folder::new("taken");
    let files = testing::write(&folder.0.join("model")).unwrap();
    let net = text(&files.net);
    let asked = folder.run(&["models", "add", net]);
    assert!(!asked.status.success() && said(&asked).contains("--accept"), "{}", said(&asked));
    assert!(said(&asked).contains("apache-2.0") && said(&asked).contains("SHA-256"), "{}", said(&asked));
    assert!(said(&folder.run(&["models", "list"])).contains("No model was added"));
    let added = folder.run(&["models", "add", net, "--accept", "--json"]);
    assert!(added.status.success(), "{}", said(&added));
    let listed = folder.run(&["models", "list", "--json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let model = &listed["models"][0];
    assert_eq!((&model["in_use"], &model["here"]), (&Value::Bool(true), &Value::Bool(true)), "{listed}");
    assert_eq!((&model["licence"], &model["read"]), (&Value::from("apache-2.0"), &Value::from(0)));
    assert!(said(&folder.run(&["models", "use", "nothing"])).contains("nothing"));
    assert!(folder.run(&["models", "remove", "model.onnx"]).status.success());
    assert!(said(&folder.run(&["models", "list"])).contains("No model was added"));
}

#[test]
fn a_file_that_breaks_whoever_runs_it_is_refused() {
    let folder = Folder::new("refused");
    let files = testing::write(&folder.0.join("model")).unwrap();
    for (name, net, expect) in [
        ("greedy", testing::greedy(), ""),
        ("foreign", testing::foreign(), "pixel_values"),
        ("noise", b"no model".to_vec(), "ONNX"),
    ] {
        std::fs::write(&files.net, net).unwrap();
        let tried = folder.run(&["models", "add", text(&files.net), "--accept"]);
        assert_eq!(tried.status.code(), Some(1), "{name}: {}", said(&tried));
        assert!(said(&tried).contains(expect) && said(&tried).len() > 40, "{name}: {}", said(&tried));
        assert!(!said(&tried).contains("panicked"), "{name}: {}", said(&tried));
    }
    let missing = folder.run(&["models", "add", "nowhere.onnx"]);
    assert!(said(&missing).contains("nowhere.onnx"), "{}", said(&missing));
    assert!(said(&folder.run(&["models", "list"])).contains("No model was added"));
}

#[test]
fn a_licence_must_be_known() {
    let folder = Folder::new("licence");
    let files = testing::write(&folder.0.join("model")).unwrap();
    std::fs::remove_file(folder.0.join("model/README.md")).unwrap();
    let asked = folder.run(&["models", "add", text(&files.net), "--accept"]);
    assert!(!asked.status.success() && said(&asked).contains("--licence"), "{}", said(&asked));
    let given = folder.run(&["models", "add", text(&files.net), "--accept", "--licence", "our own"]);
    assert!(
        given.status.success() && said(&given).contains("our own (said by --licence)"),
        "{}",
        said(&given)
    );
}

#[test]
fn similar_compares_meanings_with_a_model() {
    let folder = Folder::new("similar");
    let files = testing::write(&folder.0.join("model")).unwrap();
    let mut child = folder
        .command(&["similar", "--json", "--model", text(&files.net)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = "{\"id\":1,\"a\":\"rent a car\",\"b\":\"an automobile\"}\n{\"id\":2,\"a\":\"rent a car\",\"b\":\"a loaf\"}\n";
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let scores: Vec<f64> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["score"].as_f64().unwrap())
        .collect();
    assert!(scores[0] > scores[1] + 0.3, "{scores:?}");
}
