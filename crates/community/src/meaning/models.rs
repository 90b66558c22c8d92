//! Adding, choosing and removing models. The operator of the machine does this, not a member.

use mainstreet_db::Tx;
use mainstreet_kernel::{Activity, Actor, Error, Object, Result, Verb, Visibility};
use serde_json::json;

use super::{Model, store};

/// What is known of a model that is to be added.
#[derive(Clone, Debug, PartialEq)]
pub struct NewModel {
    /// The name of its file.
    pub name: String,
    /// Checksum of the net.
    pub sha256: String,
    /// Length of the net, in bytes.
    pub bytes: i64,
    /// The name that its tokenizer has in our folder.
    pub tokenizer: String,
    /// Checksum of the tokenizer.
    pub tokenizer_sha256: String,
    /// Dimensions of its vectors.
    pub dims: i64,
    /// Most tokens of a text that it reads.
    pub tokens: i64,
    /// The cosine under which texts have nothing in common.
    pub floor: f64,
    /// What its makers allow.
    pub licence: String,
    /// Where that was said.
    pub licence_from: String,
}

/// Adds a model and puts it in use. One that is known already keeps its vectors; its licence and tokenizer are as
/// given now.
pub fn add(tx: &mut Tx<'_>, new: &NewModel) -> Result<Model> {
    let known = store::by_sha256(tx, &new.sha256)?;
    let same = known.as_ref().is_some_and(|known| known.tokenizer_sha256 == new.tokenizer_sha256);
    let id = match &known {
        Some(known) if same => known.id,
        // Another tokenizer makes other vectors, so it is another model.
        Some(known) => {
            store::remove(tx, known.id)?;
            tx.mint()
        }
        None => tx.mint(),
    };
    store::save(tx, id, new)?;
    choose(tx, id, "added")
}

/// Puts a model in use that was added before.
pub fn use_again(tx: &mut Tx<'_>, id: i64) -> Result<Model> {
    choose(tx, id, "used")
}

fn choose(tx: &mut Tx<'_>, id: i64, what: &str) -> Result<Model> {
    store::choose(tx, id)?;
    let model = store::find(tx, id)?.ok_or_else(gone)?;
    note(tx, &model, what)?;
    Ok(model)
}

/// Removes a model and its vectors. The place goes on without it.
pub fn remove(tx: &mut Tx<'_>, id: i64) -> Result<Model> {
    let model = store::find(tx, id)?.ok_or_else(gone)?;
    store::remove(tx, id)?;
    note(tx, &model, "removed")?;
    Ok(model)
}

/// Every model that was added, the latest first.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Model>> {
    store::all(tx)
}

fn gone() -> Error {
    Error::not_found("There is no such model. `mainstreet models list` says which there are.")
}

fn note(tx: &mut Tx<'_>, model: &Model, what: &str) -> Result<()> {
    let at = tx.now();
    let site = Object { kind: "site", id: 0 };
    let props = json!({ "setting": "model", "what": what, "name": model.name, "sha256": model.sha256 });
    tx.record(
        &Activity::new(Verb::SettingChanged, Actor::SYSTEM, site, at).seen_by(Visibility::Staff).with(props),
    )
}
