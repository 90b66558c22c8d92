//! `mainstreet train`: make the weights that read texts, from labelled sets.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use mainstreet_language::train::{self, Row};

use super::sets::contents;
use crate::boot::{Common, Done, Failure};

/// Decides the order of learning; the weights that ship were made with it.
const SEED: u64 = 1;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Folder with the labelled sets: NAME.jsonl or labelled/NAME.jsonl, and dumps as NAME/Posts.xml
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Folder to write community.bin into
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Order of learning; the same rows and seed give the same bytes
    #[arg(long, default_value_t = SEED)]
    pub(crate) seed: u64,
}

pub(crate) fn run(common: &Common, options: &Options) -> Done {
    let mut rows = train::own_examples()?;
    let mut sets = vec![("own", rows.len())];
    for set in train::SETS.iter().filter(|set| set.trains) {
        let found = load(&options.data, set)?;
        if !found.is_empty() {
            writeln!(std::io::stderr(), "{}: {} rows ({})", set.name, found.len(), set.licence)?;
            sets.push((set.name, found.len()));
        }
        rows.extend(found);
    }
    writeln!(std::io::stderr(), "Learning from {} rows; this takes a minute or two.", rows.len())?;
    let weights = train::train(&rows, options.seed)?;
    let bytes = weights.to_bytes();
    std::fs::create_dir_all(&options.out)?;
    let path = options.out.join("community.bin");
    std::fs::write(&path, &bytes)?;
    let names: serde_json::Map<_, _> =
        sets.iter().map(|(name, count)| ((*name).to_owned(), (*count).into())).collect();
    let answer = serde_json::json!({
        "file": path, "bytes": bytes.len(), "model": weights.name(), "seed": options.seed, "rows": names,
    });
    common.answer(&answer, &format!("{} written to {}", weights.name(), path.display()))
}

fn load(folder: &Path, set: &train::Set) -> Result<Vec<Row>, Failure> {
    for place in set.places() {
        let path = folder.join(&place);
        if path.exists() {
            let text = contents(&path)
                .map_err(|cause| Failure::Failed(format!("cannot read {}: {cause}", path.display())))?;
            return Ok(set.rows(&place, &text)?);
        }
    }
    Ok(Vec::new())
}
