//! The record of moderation, so that it can be checked: one entry for each thing that was decided, taken back, appealed
//! and answered, and for each measure, sealed in a chain of hashes.
//!
//! An entry is written in the transaction of what it is about. Sealing waits for a sweep (once a minute), because the
//! order of a chain would make every moderator on PostgreSQL wait for every other; until then the database's own triggers
//! refuse changes (`docs/adr/0015-the-record-is-sealed-in-batches.md`).
//!
//! **Invariants.** Entries and seals are never changed. They hold no name and no text: erasing the facts of a decision
//! leaves the chain whole.

mod erasing;
mod store;

pub use erasing::{Texts, erase_texts, texts_about};

use mainstreet_db::Tx;
use mainstreet_kernel::clock::MINUTE;
use mainstreet_kernel::id::{EntryId, PersonId};
use mainstreet_kernel::{Result, Timestamp};
use sha2::{Digest, Sha256};

use crate::measures::{self, Measure};
use crate::moderation::Decision;

/// An entry that is not sealed within this time is worth a look.
const LATE: i64 = 10 * MINUTE;

/// What an entry says that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A decision was made.
    Decided,
    /// A decision was taken back.
    Undone,
    /// Somebody appealed.
    Appealed,
    /// Somebody of staff spoke on an appeal.
    Spoken,
    /// An appeal was decided.
    Answered,
    /// The texts of a decision were erased.
    Erased,
    /// A measure was taken: the object is its number.
    Measure,
}

impl What {
    fn as_str(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::Undone => "undone",
            Self::Appealed => "appealed",
            Self::Spoken => "spoken",
            Self::Answered => "answered",
            Self::Erased => "erased",
            Self::Measure => "measure",
        }
    }
}

/// An entry as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: EntryId,
    pub(crate) at: Timestamp,
    pub(crate) actor: Option<PersonId>,
    pub(crate) what: String,
    pub(crate) object: i64,
    pub(crate) digest: String,
    pub(crate) text_digest: String,
}

impl Entry {
    /// The hash of this entry after `before`.
    fn seal(&self, before: &str) -> String {
        let actor = self.actor.map(|actor| actor.0.to_string()).unwrap_or_default();
        hash(&[
            before,
            &self.id.0.to_string(),
            &self.at.0.to_string(),
            &actor,
            &self.what,
            &self.object.to_string(),
            &self.digest,
            &self.text_digest,
        ])
    }
}

/// SHA-256 of parts, each with its length, so that no two lists of parts are alike.
pub(crate) fn hash(parts: &[&str]) -> String {
    let mut sum = Sha256::new();
    for part in parts {
        sum.update((part.len() as u64).to_be_bytes());
        sum.update(part.as_bytes());
    }
    sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What can never change of a decision.
fn digest(decision: &Decision) -> String {
    let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    hash(&[
        &decision.id.0.to_string(),
        &decision.object_kind,
        &decision.object.to_string(),
        &number(decision.object_version),
        &decision.person.0.to_string(),
        &number(decision.space.map(|space| space.0)),
        decision.act.as_str(),
        &decision.was,
        &decision.became,
        &decision.clause,
        &decision.guideline_version.to_string(),
        decision.source.as_str(),
        &number(decision.until.map(|until| until.0)),
        decision.ground.as_str(),
        &decision.strikes.to_string(),
        &number(decision.by.map(|by| by.0)),
        &decision.at.0.to_string(),
    ])
}

/// Writes an entry about a decision, in the transaction of what happened.
pub(crate) fn note(tx: &mut Tx<'_>, actor: Option<PersonId>, what: What, decision: &Decision) -> Result<()> {
    let entry = Entry {
        id: EntryId(tx.mint()),
        at: tx.now(),
        actor,
        what: what.as_str().to_owned(),
        object: decision.id.0,
        digest: digest(decision),
        text_digest: if what == What::Decided {
            hash(&[&store::salt_of(tx, decision.id)?, &decision.facts])
        } else {
            String::new()
        },
    };
    store::insert(tx, &entry)
}

/// Writes an entry about a measure.
pub(crate) fn note_measure(tx: &mut Tx<'_>, measure: &Measure, salt: &str) -> Result<()> {
    let entry = Entry {
        id: EntryId(tx.mint()),
        at: tx.now(),
        actor: measure.actor,
        what: What::Measure.as_str().to_owned(),
        object: measure.id.0,
        digest: measure.digest(),
        text_digest: hash(&[salt, &measure.why]),
    };
    store::insert(tx, &entry)
}

/// Seals the entries that have no seal, oldest first. Run it every minute. Answers how many.
pub fn seal(tx: &mut Tx<'_>) -> Result<usize> {
    let open = store::unsealed(tx)?;
    if open.is_empty() {
        return Ok(0);
    }
    let (mut number, mut before) = store::last_seal(tx)?.unwrap_or((0, String::new()));
    for entry in &open {
        number += 1;
        before = entry.seal(&before);
        store::insert_seal(tx, number, entry.id, &before)?;
    }
    Ok(open.len())
}

/// How the record stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Sealed entries.
    pub sealed: usize,
    /// Entries that wait for a seal longer than they should.
    pub late: usize,
    /// What is wrong, in sentences.
    pub wrong: Vec<String>,
    /// The hash of the last seal: written down elsewhere, it proves that nothing before it was changed.
    pub head: String,
}

/// Checks the whole chain against the entries, and the entries against the decisions.
pub fn verify(tx: &mut Tx<'_>) -> Result<Standing> {
    let mut found = Standing::default();
    let mut before = String::new();
    for (number, (seal, hash, entry)) in (1_i64..).zip(store::chain(tx)?) {
        let Some(entry) = entry else {
            found.wrong.push(format!("The entry of seal {seal} is gone."));
            break;
        };
        if seal != number {
            found.wrong.push(format!("Seal {number} is missing."));
            break;
        }
        if entry.seal(&before) != hash {
            found.wrong.push(format!("Seal {seal} does not fit what it seals."));
            break;
        }
        before = hash;
        found.sealed += 1;
    }
    found.head = before;
    let late = tx.now().plus(-LATE);
    found.late = store::unsealed(tx)?.iter().filter(|entry| entry.at <= late).count();
    for (entry, decision) in store::decided(tx)? {
        let Some((decision, salt)) = decision else {
            found.wrong.push(format!("Decision {} is gone.", entry.object));
            continue;
        };
        if digest(&decision) != entry.digest {
            found.wrong.push(format!("Decision {} says something else than when it was made.", decision.id));
        }
        let erased = decision.facts.is_empty() && salt.is_empty();
        if !erased && hash(&[&salt, &decision.facts]) != entry.text_digest {
            found.wrong.push(format!("The facts of decision {} were changed.", decision.id));
        }
    }
    for id in store::without_entry(tx)? {
        found.wrong.push(format!("Decision {id} has no entry in the record."));
    }
    verify_measures(tx, &mut found)?;
    Ok(found)
}

fn verify_measures(tx: &mut Tx<'_>, found: &mut Standing) -> Result<()> {
    for (entry, measure) in store::measured(tx)? {
        let Some((measure, salt)) = measure else {
            found.wrong.push(format!("Measure {} is gone.", entry.object));
            continue;
        };
        if measure.digest() != entry.digest {
            found.wrong.push(format!("Measure {} says something else than when it was taken.", measure.id));
        }
        let erased = measure.why.is_empty() && salt.is_empty();
        if !erased && hash(&[&salt, &measure.why]) != entry.text_digest {
            found.wrong.push(format!("The reason of measure {} was changed.", measure.id));
        }
    }
    for id in measures::without_entry(tx)? {
        found.wrong.push(format!("Measure {id} has no entry in the record."));
    }
    Ok(())
}
