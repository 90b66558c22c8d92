//! Gathers `assets/`: the style sheets become one file in the order of their names, scripts and pictures keep
//! theirs, and one hash over all of them names the folder they are served from, so they can be cached for ever.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("assets");
    let out = env::var("OUT_DIR")?;
    println!("cargo:rerun-if-changed={}", root.display());
    println!("cargo:rerun-if-changed={}", root.join("../templates").display());
    let mut sheet = String::new();
    let mut files = Vec::new();
    for folder in ["css", "js", "img"] {
        let mut names: Vec<String> = fs::read_dir(root.join(folder))?
            .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort();
        for name in names {
            let path = root.join(folder).join(&name);
            println!("cargo:rerun-if-changed={}", path.display());
            if folder == "css" {
                sheet.push_str(&fs::read_to_string(&path)?);
            } else {
                files.push((name, path));
            }
        }
    }
    let css = Path::new(&out).join("app.css");
    fs::write(&css, sheet)?;
    files.push(("app.css".to_owned(), css));
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut table = String::from("&[\n");
    for (name, path) in &files {
        for byte in fs::read(path)? {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        writeln!(table, "    ({name:?}, include_bytes!({:?})),", path.display().to_string())?;
    }
    table.push(']');
    fs::write(Path::new(&out).join("assets.rs"), table)?;
    println!("cargo:rustc-env=MAINSTREET_ASSETS_HASH={hash:016x}");
    Ok(())
}
