//! Migrations come in pairs and never change once they are out.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::{files, none, root};

#[test]
fn every_migration_exists_for_both_databases() {
    let names = |folder: &str| -> BTreeSet<String> {
        let prefix = format!("migrations/{folder}/");
        files(&prefix, &[".sql"]).iter().map(|file| file.path[prefix.len()..].to_owned()).collect()
    };
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    assert_eq!(sqlite, postgres);
    let numbers: Vec<&str> = sqlite.iter().filter_map(|name| name.split('_').next()).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "two migrations share a number: {numbers:?}");
}

#[test]
fn migrations_are_frozen() {
    let frozen = std::fs::read_to_string(root().join("migrations/frozen.txt")).unwrap_or_default();
    let mut breaches = Vec::new();
    let mut listed = 0;
    for file in files("migrations", &[".sql"]) {
        let hash = Sha256::digest(&file.text).iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let line = format!("{hash}  {}", &file.path["migrations/".len()..]);
        if frozen.lines().any(|known| known == line) {
            listed += 1;
        } else {
            breaches.push(line);
        }
    }
    none(
        "These are not in migrations/frozen.txt. New files: add the lines. Changed files: take the change back, and \
         write the next number instead.",
        &breaches,
    );
    assert_eq!(frozen.lines().count(), listed, "frozen.txt names a migration that is gone");
}

#[test]
fn every_table_has_a_primary_key() {
    let mut breaches = Vec::new();
    for file in files("migrations", &[".sql"]) {
        for table in file.text.split("CREATE TABLE ").skip(1) {
            let body = table.split(";\n").next().unwrap_or_default();
            if !body.contains("PRIMARY KEY") {
                breaches.push(format!("{}: {}", file.path, table.lines().next().unwrap_or_default()));
            }
        }
    }
    none("Backups page by primary key:", &breaches);
}
