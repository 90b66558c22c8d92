//! Collects `migrations/{sqlite,postgres}/NNNN_name.sql` into one list, so that adding a migration is adding
//! two files.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../migrations").canonicalize()?;
    println!("cargo:rerun-if-changed={}", root.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join("sqlite"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".sql") {
            names.push(name);
        }
    }
    names.sort();
    let mut code = String::from("&[\n");
    for name in names {
        let (number, rest) = name.split_once('_').ok_or("a migration is named NNNN_name.sql")?;
        let title = rest.trim_end_matches(".sql");
        let number: i64 = number.parse()?;
        for folder in ["sqlite", "postgres"] {
            println!("cargo:rerun-if-changed={}", root.join(folder).join(&name).display());
        }
        writeln!(
            code,
            "Migration {{ number: {number}, name: {title:?}, sqlite: include_str!({:?}), postgres: include_str!({:?}) }},",
            root.join("sqlite").join(&name),
            root.join("postgres").join(&name)
        )?;
    }
    code.push(']');
    fs::write(Path::new(&env::var("OUT_DIR")?).join("migrations.rs"), code)?;
    Ok(())
}
