//! `bin/setup` on a bare machine: what it finds missing, it installs; what is there, it leaves alone.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Output};

use super::root;

/// What the script itself is made of; everything else is missing until a test puts it there.
const BARE: &[&str] = &["dirname", "ls", "env", "mkdir"];

fn stand_in(folder: &Path, name: &str, script: &str) {
    let file = folder.join(name);
    fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Runs it on a machine with nothing but these programs; answers also what it asked the packager and npm for.
fn setup(name: &str, present: &[&str]) -> (Output, String) {
    let folder = std::env::temp_dir().join(format!("mainstreet-setup-{name}-{}", std::process::id()));
    let (bin, path) = (folder.join("bin"), folder.join("path"));
    let tools = folder.join("crates/mainstreet/tests/browser");
    for made in [&bin, &path, &tools] {
        fs::create_dir_all(made).unwrap();
    }
    fs::copy(root().join("bin/setup"), bin.join("setup")).unwrap();
    for tool in BARE {
        let real =
            ["/usr/bin", "/bin"].iter().map(|place| Path::new(place).join(tool)).find(|file| file.exists());
        symlink(real.unwrap(), path.join(tool)).unwrap();
    }
    let log = folder.join("log");
    stand_in(&path, "id", "echo 0");
    stand_in(&path, "apt-get", &format!("echo apt-get $* >> {}", log.display()));
    for tool in present {
        stand_in(&path, tool, &format!("echo {tool} $* >> {}", log.display()));
    }
    let done = Command::new("/bin/bash").arg(bin.join("setup")).env("PATH", &path).output().unwrap();
    let asked = fs::read_to_string(&log).unwrap_or_default();
    let _ = fs::remove_dir_all(folder);
    (done, asked)
}

#[test]
fn a_bare_machine_gets_everything_that_is_missing() {
    // npm stands for the one that the packager would have brought.
    let (done, asked) = setup("bare", &["cargo", "npm"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let install = asked.lines().find(|line| line.contains("install")).unwrap_or_default();
    for package in ["build-essential", "postgresql", "chromium", "chromium-driver", "default-jre-headless"] {
        assert!(install.split(' ').any(|word| word == package), "{package} is not in: {install}");
    }
    assert!(asked.contains("npm ci"), "{asked}");
}

#[test]
fn what_is_there_is_left_alone() {
    let (done, asked) = setup("half", &["cc", "chromium", "chromedriver", "npm", "cargo"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let install =
        asked.lines().find(|line| line.contains("apt-get") && line.contains("install")).unwrap_or_default();
    assert!(install.ends_with("postgresql default-jre-headless"), "{install}");
}

#[test]
fn without_rust_it_says_where_rust_comes_from() {
    let (done, _) = setup("rustless", &["cc", "psql", "chromium", "chromedriver", "npm", "java"]);
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&done.stderr).contains("https://rustup.rs"));
}
