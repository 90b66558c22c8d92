//! Reading texts with the version in force, with that of the rules, or with any that is still known.

use std::sync::{Arc, Mutex, PoisonError};

use mainstreet_db::Tx;
use mainstreet_kernel::Result;
use mainstreet_language::local::Layer;
use mainstreet_language::{Context, Reading, Weights};

use super::store;

/// The mark that names the version texts are read with.
pub(super) const IN_FORCE: &str = "in force";
/// The mark that names the version of the rules.
pub(super) const RULES: &str = "rules";
/// So many layers are kept ready, found by their fingerprints.
const READY: usize = 8;

static LAYERS: Mutex<Vec<Arc<Layer>>> = Mutex::new(Vec::new());

/// The shipped weights, with what people taught on top or without.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    layer: Option<Arc<Layer>>,
}

impl Reader {
    /// The shipped weights alone.
    pub fn shipped() -> Self {
        Self::default()
    }

    /// Reads a text.
    pub fn read(&self, text: &str, context: &Context<'_>) -> Reading {
        mainstreet_language::read_local(Weights::shipped(), self.layer.as_deref(), text, context)
    }

    /// The version's name.
    pub fn name(&self) -> &str {
        self.layer.as_ref().map_or(Weights::shipped().name(), |layer| layer.name())
    }

    /// True when people taught something of it.
    pub fn is_local(&self) -> bool {
        self.layer.is_some()
    }

    pub(super) fn layer(&self) -> Option<&Layer> {
        self.layer.as_deref()
    }
}

/// What texts are read with now.
pub fn in_force(tx: &mut Tx<'_>) -> Result<Reader> {
    marked(tx, IN_FORCE)
}

/// What rules are tried and run with.
pub fn of_rules(tx: &mut Tx<'_>) -> Result<Reader> {
    marked(tx, RULES)
}

fn marked(tx: &mut Tx<'_>, mark: &str) -> Result<Reader> {
    let Some((name, _)) = store::mark(tx, mark)? else { return Ok(Reader::shipped()) };
    Ok(of_version(tx, &name)?.unwrap_or_default())
}

/// The version of this name; none: it is no longer known, or belongs to weights that no longer ship.
pub fn of_version(tx: &mut Tx<'_>, name: &str) -> Result<Option<Reader>> {
    let shipped = Weights::shipped().name();
    if name == shipped {
        return Ok(Some(Reader::shipped()));
    }
    if !name.starts_with(shipped) {
        return Ok(None);
    }
    let known = |layers: &Vec<Arc<Layer>>| layers.iter().find(|layer| layer.name() == name).cloned();
    if let Some(layer) = known(&LAYERS.lock().unwrap_or_else(PoisonError::into_inner)) {
        return Ok(Some(Reader { layer: Some(layer) }));
    }
    let Some(text) = store::layer(tx, name)? else { return Ok(None) };
    let layer = Arc::new(Layer::from_text(&text)?);
    let mut layers = LAYERS.lock().unwrap_or_else(PoisonError::into_inner);
    if layers.len() >= READY {
        layers.remove(0);
    }
    layers.push(Arc::clone(&layer));
    Ok(Some(Reader { layer: Some(layer) }))
}
