//! `mainstreet models`: sentence models, with which people also find what is said in other words.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mainstreet_community::meaning::{self, Model, NewModel};
use mainstreet_embeddings::trial::{self, Found};
use mainstreet_embeddings::{Files, Licence, licence, sha256};
use serde_json::{Value, json};

use crate::boot::{Common, Done, Failure};
use crate::node;

/// What a model that is tried may take of memory, in bytes.
const MEMORY: u64 = 4 << 30;
/// And of a processor, in seconds.
const SECONDS: u64 = 300;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Clone, clap::Subcommand)]
enum What {
    /// Try a model, keep it, and use it from now on
    Add(Add),
    /// Say which models there are, and how far the vectors are
    List(Folder),
    /// Use a model that was added before
    Use(Named),
    /// Remove a model, its files on this node and its vectors
    Remove(Named),
    /// Try a model and say what it is (what `add` does in a process of its own)
    #[command(hide = true)]
    Try {
        net: PathBuf,
        #[arg(long, value_name = "FILE")]
        tokenizer: PathBuf,
    },
}

#[derive(Debug, Clone, clap::Args)]
struct Folder {
    /// The folder of this node, as `serve` has it
    #[arg(long, value_name = "DIR", env = "MAINSTREET_DATA")]
    data: Option<PathBuf>,
}

#[derive(Debug, Clone, clap::Args)]
struct Add {
    /// An ONNX sentence model
    file: PathBuf,
    /// Its tokenizer.json or vocab.txt (default: the one beside it)
    #[arg(long, value_name = "FILE")]
    tokenizer: Option<PathBuf>,
    /// What its makers allow, such as apache-2.0 (default: what the model card beside it says)
    #[arg(long, value_name = "NAME")]
    licence: Option<String>,
    /// You have read the licence and the checksum: take it
    #[arg(long)]
    accept: bool,
    #[command(flatten)]
    folder: Folder,
}

#[derive(Debug, Clone, clap::Args)]
struct Named {
    /// The name of its file, or the beginning of its checksum
    model: String,
    #[command(flatten)]
    folder: Folder,
}

pub(crate) fn run(common: &Common, options: &Options) -> Done {
    match &options.what {
        What::Add(asked) => add(common, asked),
        What::List(folder) => list(common, folder),
        What::Use(named) => use_again(common, named),
        What::Remove(named) => remove(common, named),
        What::Try { net, tokenizer } => try_here(&Files { net: net.clone(), tokenizer: tokenizer.clone() }),
    }
}

fn data(common: &Common, folder: &Folder) -> Result<PathBuf, Failure> {
    Ok(node::data_folder(&common.address()?, folder.data.as_deref()))
}

fn add(common: &Common, asked: &Add) -> Done {
    let files = Files::find(&asked.file, asked.tokenizer.as_deref())?;
    let (digest, bytes) = sha256(&files.net)?;
    let (tokenizer_digest, _) = sha256(&files.tokenizer)?;
    let found = tried(&files)?;
    let given = asked.licence.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let said = given
        .map(|name| Licence { name: name.chars().filter(|c| !c.is_control()).take(80).collect(), from: "--licence".to_owned() })
        .or_else(|| licence(&files.net))
        .ok_or_else(|| {
            Failure::Failed(
                "No model card beside the file says under which licence it may be used. Find out, and say it with --licence NAME."
                    .to_owned(),
            )
        })?;
    let name =
        files.net.file_name().unwrap_or_default().to_string_lossy().chars().take(120).collect::<String>();
    let new = NewModel {
        name,
        sha256: digest,
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        tokenizer: if files.is_plain() { "vocab.txt" } else { "tokenizer.json" }.to_owned(),
        tokenizer_sha256: tokenizer_digest,
        dims: i64::try_from(found.dims).unwrap_or_default(),
        tokens: i64::try_from(found.tokens).unwrap_or_default(),
        floor: f64::from(found.floor),
        licence: said.name,
        licence_from: said.from,
    };
    let facts = facts(&new);
    if !asked.accept {
        common.answer(&json!({ "added": false, "model": shown(&new) }), &facts)?;
        return Err(Failure::Failed(
            "Nothing was changed yet. When checksum and licence are right, run the same again with --accept."
                .to_owned(),
        ));
    }
    keep(&data(common, &asked.folder)?, &files, &new)?;
    let kept = new.clone();
    let db = common.open()?;
    let model = db.write_now(move |tx| meaning::add(tx, &kept))?;
    let text = format!(
        "{facts}\nIn use from now on. A running server takes it up within seconds and reads the posts in the background; \
         `mainstreet models list` and the desk's settings say how far it is. Other nodes need the same command."
    );
    common.answer(&json!({ "added": true, "model": shown(&new), "id": model.sha256 }), &text)
}

fn facts(new: &NewModel) -> String {
    format!(
        "{}\n  {:.1} MB, {} dimensions, reads the first {} tokens of a text\n  SHA-256 {}\n  licence {} (said by {})\n  tokenizer {}, SHA-256 {}",
        new.name,
        new.bytes as f64 / 1e6,
        new.dims,
        new.tokens,
        new.sha256,
        new.licence,
        new.licence_from,
        new.tokenizer,
        new.tokenizer_sha256
    )
}

fn shown(new: &NewModel) -> Value {
    json!({
        "name": new.name, "bytes": new.bytes, "sha256": new.sha256, "licence": new.licence,
        "licence_from": new.licence_from, "dims": new.dims, "tokens": new.tokens, "floor": new.floor,
        "tokenizer": new.tokenizer, "tokenizer_sha256": new.tokenizer_sha256,
    })
}

/// Copies the files into this node's folder, so that the model stays what it is whatever becomes of the original.
fn keep(data: &Path, files: &Files, new: &NewModel) -> Done {
    let folder = meaning::folder_of(data, &new.sha256);
    let cannot = |cause: std::io::Error| {
        Failure::Failed(format!(
            "cannot keep the model in {}: {cause}. Is there room, and may you write there?",
            folder.display()
        ))
    };
    std::fs::create_dir_all(&folder).map_err(cannot)?;
    for (from, name, digest) in [
        (&files.net, "model.onnx", &new.sha256),
        (&files.tokenizer, new.tokenizer.as_str(), &new.tokenizer_sha256),
    ] {
        let (part, to) = (folder.join(format!("{name}.part")), folder.join(name));
        std::fs::copy(from, &part).map_err(cannot)?;
        if sha256(&part)?.0 != *digest {
            return Err(Failure::Failed(format!(
                "{} changed while it was copied. Try again.",
                from.display()
            )));
        }
        std::fs::rename(&part, &to).map_err(cannot)?;
    }
    Ok(())
}

/// Tries a model in a process of its own, which may not take all memory or time: a file can be made to break
/// whoever runs it.
pub(crate) fn tried(files: &Files) -> Result<Found, Failure> {
    let program = std::env::current_exe()?;
    let mut command = Command::new(program);
    command.args(["models", "try"]).arg(&files.net).arg("--tokenizer").arg(&files.tokenizer);
    let done = command.stdin(Stdio::null()).stderr(Stdio::null()).output()?;
    let answer: Option<Value> = serde_json::from_slice(&done.stdout).ok();
    let answer = answer.filter(|_| done.status.success()).ok_or_else(|| {
        Failure::Failed(format!(
            "{} broke the process that tried it, or wanted more than 4 GB of memory or five minutes. It was not taken.",
            files.net.display()
        ))
    })?;
    if let Some(found) = answer.get("found").and_then(Found::from_json) {
        return Ok(found);
    }
    let why = answer.get("error").and_then(Value::as_str).unwrap_or("The model could not be tried.");
    Err(Failure::Failed(why.to_owned()))
}

/// The trial itself. The answer is one line on standard output, whatever was asked for.
fn try_here(files: &Files) -> Done {
    #[cfg(unix)]
    for (resource, most) in
        [(rustix::process::Resource::As, MEMORY), (rustix::process::Resource::Cpu, SECONDS)]
    {
        let limit = rustix::process::Rlimit { current: Some(most), maximum: Some(most) };
        rustix::process::setrlimit(resource, limit).map_err(std::io::Error::from)?;
    }
    let answer = match trial::run(files) {
        Ok(found) => json!({ "found": found.to_json() }),
        Err(error) => json!({ "error": error.safe }),
    };
    writeln!(std::io::stdout(), "{answer}")?;
    Ok(())
}

fn list(common: &Common, folder: &Folder) -> Done {
    let (data, db) = (data(common, folder)?, common.open()?);
    let models = db.read_now(|tx| {
        let all = meaning::all(tx)?;
        all.into_iter()
            .map(|model| {
                let progress = model.in_use.then(|| meaning::progress(tx, &model)).transpose()?;
                Ok((model, progress))
            })
            .collect::<mainstreet_kernel::Result<Vec<_>>>()
    })?;
    let here = |model: &Model| meaning::folder_of(&data, &model.sha256).join("model.onnx").is_file();
    let json: Vec<Value> = models
        .iter()
        .map(|(model, progress)| {
            json!({
                "name": model.name, "sha256": model.sha256, "bytes": model.bytes, "dims": model.dims,
                "tokens": model.tokens, "licence": model.licence, "licence_from": model.licence_from,
                "in_use": model.in_use, "here": here(model),
                "read": progress.map(|progress| progress.made), "to_read": progress.map(|progress| progress.due),
            })
        })
        .collect();
    let line = |(model, progress): &(Model, Option<meaning::Progress>)| {
        let state = match progress {
            Some(progress) => format!("in use, {} posts read, {} to read", progress.made, progress.due),
            None => "not in use".to_owned(),
        };
        let place = if here(model) { "" } else { "; its files are not on this node" };
        format!(
            "{}  {}  {} dimensions, licence {}: {state}{place}",
            model.short(),
            model.name,
            model.dims,
            model.licence
        )
    };
    let text = match models.as_slice() {
        [] => {
            "No model was added. Everything works by words; `mainstreet models add FILE` adds one.".to_owned()
        }
        all => all.iter().map(line).collect::<Vec<_>>().join("\n"),
    };
    common.answer(&json!({ "models": json }), &text)
}

/// The one model that goes by this name or checksum.
fn named(common: &Common, named: &Named) -> Result<(mainstreet_db::Db, Model), Failure> {
    let db = common.open()?;
    let all = db.read_now(meaning::all)?;
    let wanted = named.model.trim();
    let fits =
        |model: &&Model| model.name == wanted || (wanted.len() >= 4 && model.sha256.starts_with(wanted));
    let fitting: Vec<&Model> = all.iter().filter(fits).collect();
    match fitting.as_slice() {
        [one] => Ok((db, (*one).clone())),
        [] => Err(Failure::Failed(format!(
            "No model goes by “{wanted}”. `mainstreet models list` says which there are."
        ))),
        _ => Err(Failure::Failed(format!(
            "Several models go by “{wanted}”. Give the beginning of the checksum."
        ))),
    }
}

fn use_again(common: &Common, asked: &Named) -> Done {
    let (db, model) = named(common, asked)?;
    let id = model.id;
    let model = db.write_now(move |tx| meaning::use_again(tx, id))?;
    let text = format!(
        "{} is in use from now on. Posts that it has not read are read in the background.",
        model.name
    );
    common.answer(&json!({ "in_use": model.sha256 }), &text)
}

fn remove(common: &Common, asked: &Named) -> Done {
    let (db, model) = named(common, asked)?;
    let id = model.id;
    let model = db.write_now(move |tx| meaning::remove(tx, id))?;
    let folder = meaning::folder_of(&data(common, &asked.folder)?, &model.sha256);
    if folder.is_dir() {
        std::fs::remove_dir_all(&folder)?;
    }
    let text = format!("{} and its vectors are gone. Everything works by words.", model.name);
    common.answer(&json!({ "removed": model.sha256 }), &text)
}
