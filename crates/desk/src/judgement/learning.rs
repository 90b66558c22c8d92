//! The background step: learns from what people said, tries it, and puts it in force when it is better.

use std::collections::HashMap;

use mainstreet_db::{Db, Tx};
use mainstreet_kernel::Result;
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::id::EntryId;
use mainstreet_language::Weights;
use mainstreet_language::local::{Answer, Material, Matter, Trial, teach};

use super::store::{self, Said, Standing, Version};
use super::{Reader, actions, reader};

/// An attempt is made when there are so many new answers, or when a person asks for one.
pub const NEWS: i64 = 10;
/// At most one attempt in this time, in milliseconds, unless a person asks.
pub const EVERY: i64 = HOUR;
/// Of more answers than these the latest are learnt from: about ten seconds of work at most.
const MOST: usize = 10_000;
/// Layers of so many versions are kept, to be gone back to.
const KEPT: usize = 30;

/// Everything an attempt works on, as it was in one moment.
struct Gathered {
    now: Reader,
    material: Material,
    answers: i64,
    last: EntryId,
    before: Option<EntryId>,
}

/// Learns, if there is news, and answers the attempt. Every node may run it at any time: of two attempts from the same
/// beginning one is kept.
///
/// # Errors
/// Those of the database.
pub fn learn(db: &Db) -> Result<Option<Version>> {
    let Some(gathered) = db.read_now(gather)? else { return Ok(None) };
    let trial = teach(Weights::shipped(), gathered.now.layer(), &gathered.material);
    let (answers, last, before) = (gathered.answers, gathered.last, gathered.before);
    db.write_now(move |tx| keep(tx, &trial, answers, last, before))
}

fn gather(tx: &mut Tx<'_>) -> Result<Option<Gathered>> {
    let last_try = store::last_version(tx)?;
    let (answers, last) = store::count_answers(tx)?;
    let asked = store::mark(tx, actions::ASKED)?.is_some();
    if !asked && !due(tx, last_try.as_ref())? {
        return Ok(None);
    }
    let now = reader::in_force(tx)?;
    let material = material(store::said(tx, MOST)?);
    Ok(Some(Gathered { now, material, answers, last, before: last_try.map(|version| version.id) }))
}

fn due(tx: &mut Tx<'_>, last: Option<&Version>) -> Result<bool> {
    let news = match last {
        Some(version) if tx.now().since(version.at) < EVERY => return Ok(false),
        Some(version) => store::answers_after(tx, version.last_answer)?,
        None => store::answers_after(tx, EntryId(0))?,
    };
    // Other weights ship: what was learnt upon the old ones has to be learnt anew.
    let other = last.is_some_and(|version| version.base != Weights::shipped().name());
    Ok(news >= NEWS || other && store::count_answers(tx)?.0 > 0)
}

/// Lays the answers out by text.
pub(super) fn material(said: Vec<Said>) -> Material {
    let mut material = Material::default();
    let mut places: HashMap<i64, usize> = HashMap::new();
    for one in said {
        let Some(class) = one.judgement.class(&one.became) else { continue };
        let matter = *places.entry(one.post).or_insert(material.matters.len());
        if matter == material.matters.len() {
            material.matters.push(Matter { post: one.post, text: one.body, title: one.title });
        }
        material.answers.push(Answer { matter, person: one.person, judgement: one.judgement, class });
    }
    material
}

/// Keeps an attempt; nothing when another one was made meanwhile.
fn keep(
    tx: &mut Tx<'_>,
    trial: &Trial,
    answers: i64,
    last: EntryId,
    before: Option<EntryId>,
) -> Result<Option<Version>> {
    if store::last_version(tx)?.map(|version| version.id) != before {
        return Ok(None);
    }
    store::set_mark(tx, actions::ASKED, None)?;
    let held = store::mark(tx, actions::HELD)?.is_some();
    let better = trial.layer.as_ref().filter(|_| trial.is_better());
    let standing = match (better, held) {
        (None, _) => Standing::Rejected,
        (Some(_), true) => Standing::Ready,
        (Some(_), false) => Standing::Adopted,
    };
    let now = tx.now();
    let version = Version {
        id: EntryId(tx.mint()),
        name: better.map_or_else(|| Weights::shipped().name().to_owned(), |layer| layer.name().to_owned()),
        base: Weights::shipped().name().to_owned(),
        standing,
        kept: better.is_some(),
        figures: trial.figures.clone(),
        answers,
        last_answer: last,
        at: now,
    };
    let layer = better.map(mainstreet_language::local::Layer::to_text).unwrap_or_default();
    store::add_version(tx, &version, &layer)?;
    if standing == Standing::Adopted {
        actions::turn(tx, None, &version.name, "it agrees more often with what was held back")?;
    }
    store::forget_layers(tx, KEPT)?;
    Ok(Some(version))
}
