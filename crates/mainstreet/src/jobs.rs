//! Background work: what each job does. At least once, on whichever node takes it first.

use std::sync::Arc;

use mainstreet_community::meaning::Meaning;
use mainstreet_community::{accounts, calm, sign_ups};
use mainstreet_db::jobs::{self, Job};
use mainstreet_db::{Db, Tx};
use mainstreet_desk::{
    conflicts, insights, judgement, letters, mediations, raids, reviews, rules, segments, sequences, signals,
};
use mainstreet_kernel::clock::{MINUTE, SECOND};
use mainstreet_kernel::id::JobId;
use mainstreet_kernel::{Error, Kind, Result};
use serde::{Deserialize, Serialize};

/// What time alone brings, looked at every minute: targets that pass, snoozes that end, sessions that lapse.
#[derive(Serialize, Deserialize)]
struct Sweep {}

impl Job for Sweep {
    const NAME: &'static str = "sweep";

    fn once_key(&self) -> Option<String> {
        Some("every minute".to_owned())
    }
}

/// What conversations are about, looked at every five minutes.
#[derive(Serialize, Deserialize)]
struct Themes {}

/// How long after one look the next comes.
const THEMES_EVERY: i64 = 5 * MINUTE;

impl Job for Themes {
    const NAME: &'static str = "themes";

    fn once_key(&self) -> Option<String> {
        Some("every five minutes".to_owned())
    }
}

/// What people said of what was read, learnt from when there is enough; looked at every minute.
#[derive(Serialize, Deserialize)]
struct Learn {}

impl Job for Learn {
    const NAME: &'static str = "learn";

    fn once_key(&self) -> Option<String> {
        Some("every minute".to_owned())
    }
}

/// Vectors for posts, some at a time.
#[derive(Serialize, Deserialize)]
struct Vectors {}

/// After a step that left more to do: about as long as the step took, so that half a core stays free.
const VECTORS_ON: i64 = SECOND;
/// After a step that left nothing to do.
const VECTORS_EVERY: i64 = 5 * SECOND;

impl Job for Vectors {
    const NAME: &'static str = "vectors";

    fn once_key(&self) -> Option<String> {
        Some("one after the other".to_owned())
    }
}

/// How often a job is tried in one go when others are faster.
const AGAIN: usize = 5;

/// Makes sure that regular work waits in the queue.
pub(crate) fn plan(tx: &mut Tx<'_>) -> Result<()> {
    let now = tx.now();
    jobs::enqueue(tx, &Sweep {}, now)?;
    jobs::enqueue(tx, &Learn {}, now)?;
    jobs::enqueue(tx, &Themes {}, now)?;
    jobs::enqueue(tx, &Vectors {}, now)
}

/// Takes the job that is due, if there is one, and does it. False: none is due.
pub(crate) async fn run_one(db: &Db, meaning: &Arc<Meaning>) -> Result<bool> {
    let Some(job) = db.write(jobs::claim).await? else { return Ok(false) };
    let (id, name) = (job.id, job.name.clone());
    let before = match name.as_str() {
        Themes::NAME => group(db).await.map(|()| false),
        Learn::NAME => learn(db).await.map(|()| false),
        Vectors::NAME => fill(db, meaning).await,
        _ => Ok(false),
    };
    let more = match before {
        Ok(more) => more,
        Err(error) => {
            tracing::warn!(job = job.name, ?error, "a job failed");
            let why = error.to_string();
            db.write(move |tx| jobs::retry(tx, &job, &why)).await?;
            return Ok(true);
        }
    };
    if let Err(error) = end(db, id, &name, more).await {
        tracing::warn!(job = job.name, ?error, "a job failed");
        let why = error.to_string();
        db.write(move |tx| jobs::retry(tx, &job, &why)).await?;
    }
    Ok(true)
}

/// What the job does to the database, and its end, in one transaction. Where somebody else was faster nothing was
/// done, and what they did is there now: it is done again at once instead of a minute later.
async fn end(db: &Db, id: JobId, name: &str, more: bool) -> Result<()> {
    for _ in 0..AGAIN {
        let name = name.to_owned();
        let done = db
            .write(move |tx| {
                run(tx, &name, more)?;
                jobs::finish(tx, id)
            })
            .await;
        match done {
            Err(error) if error.kind == Kind::Conflict => {
                tracing::warn!(?error, "a job met another and is done again");
            }
            done => return done,
        }
    }
    Err(Error::conflict("Others were faster each time."))
}

/// Brings the themes and the counts of segments up to date: seconds of work, so outside of the transaction that ends
/// the job.
async fn group(db: &Db) -> Result<()> {
    let db = db.clone();
    let work = move || {
        insights::refresh(&db)?;
        db.write_now(insights::watch)?;
        segments::recount(&db)
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

/// Learns from what people said, and looks whether they write otherwise: outside of any transaction, too.
async fn learn(db: &Db) -> Result<()> {
    let db = db.clone();
    let work = move || judgement::learn(&db).and_then(|_| judgement::look(&db));
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?.map(drop)
}

/// Makes some vectors where a model is in use and here. True when there are more to make.
async fn fill(db: &Db, meaning: &Arc<Meaning>) -> Result<bool> {
    let (db, meaning) = (db.clone(), Arc::clone(meaning));
    tokio::task::spawn_blocking(move || meaning.fill(&db)).await.map_err(Error::internal)?
}

/// `more`: what was done before this left something to do.
fn run(tx: &mut Tx<'_>, name: &str, more: bool) -> Result<()> {
    match name {
        Sweep::NAME => {
            signals::sweep(tx)?;
            rules::live::sweep(tx)?;
            sequences::sweep(tx)?;
            letters::sweep(tx)?;
            reviews::sweep(tx)?;
            accounts::sweep(tx)?;
            calm::expire(tx)?;
            sign_ups::forget(tx)?;
            conflicts::sweep(tx)?;
            mediations::remind(tx)?;
            raids::breaker::watch(tx)?;
            raids::index_past(tx)?;
            let next = tx.now().plus(MINUTE);
            jobs::enqueue(tx, &Sweep {}, next)
        }
        Learn::NAME => {
            let next = tx.now().plus(MINUTE);
            jobs::enqueue(tx, &Learn {}, next)
        }
        Themes::NAME => {
            let next = tx.now().plus(THEMES_EVERY);
            jobs::enqueue(tx, &Themes {}, next)
        }
        Vectors::NAME => {
            let next = tx.now().plus(if more { VECTORS_ON } else { VECTORS_EVERY });
            jobs::enqueue(tx, &Vectors {}, next)
        }
        other => Err(Error::internal(format!("no job is called '{other}'"))),
    }
}
