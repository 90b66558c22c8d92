//! `serve --now TIME` on a community that has gone on since: a copy of it, as it was at that time.
//!
//! The community itself is never touched. The copy stands beside it (`NAME.as_of_20210301T0900.sqlite`, or a schema
//! on the same server), and what is done in it stays there: starting again goes on with it, until the community
//! itself has changed.

use std::io::Write as _;

use mainstreet_community::rewind;
use mainstreet_db::{Address, Db, archive, log};
use mainstreet_desk as desk;
use mainstreet_kernel::Timestamp;

use crate::boot::{Common, Failure};

/// Where to serve, when not at the address that was asked for.
pub(crate) struct Rehearsal {
    /// The options, with the copy's address and the time to begin at.
    pub(crate) common: Common,
    /// What tells the copy's folders apart.
    pub(crate) mark: String,
}

/// A copy as of `--now`, when the community holds anything later; nothing when it can be served itself.
pub(crate) fn stage(common: &Common) -> Result<Option<Rehearsal>, Failure> {
    let Some(at) = common.now else { return Ok(None) };
    let source = common.address()?;
    if !source.exists()? {
        return Ok(None);
    }
    let (latest, length, copied) = {
        let db = common.open()?;
        db.read_now(|tx| Ok((log::latest(tx)?, log::length(tx)?, rewind::marked(tx)?)))?
    };
    if copied.is_some() || latest.is_none_or(|latest| latest <= at) {
        return Ok(None);
    }
    let digits: String = at.to_string().chars().take(16).filter(|letter| !"-:".contains(*letter)).collect();
    let mark = format!("as_of_{}", digits.to_lowercase());
    let copy = source.beside(&mark);
    let what = format!("{} {length}", at.0);
    let staged = Common { database: text(&copy), ..common.clone() };
    let began = match resumed(&staged, &copy, &what)? {
        Some(last) => last.max(at),
        None => {
            make(common, &source, &copy, at, &what)?;
            at
        }
    };
    writeln!(
        std::io::stderr(),
        "This is a rehearsal: a copy as of {at}, in {}. The community itself is not touched.",
        shown(&copy)
    )?;
    Ok(Some(Rehearsal { common: Common { now: Some(began), ..staged }, mark }))
}

/// A complete copy from an earlier start, of the same time and the same community: when was it last worked in?
fn resumed(staged: &Common, copy: &Address, what: &str) -> Result<Option<Timestamp>, Failure> {
    if !copy.exists()? {
        return Ok(None);
    }
    let db = staged.open()?;
    let (mark, latest) = db.read_now(|tx| Ok((rewind::marked(tx)?, log::latest(tx)?)))?;
    Ok(if mark.as_deref() == Some(what) { latest } else { None })
}

fn make(common: &Common, source: &Address, copy: &Address, at: Timestamp, what: &str) -> Result<(), Failure> {
    writeln!(std::io::stderr(), "Making a copy as of {at} …")?;
    copy.clear()?;
    archive::copy(source, copy, common.clock().now(), |_| {})?;
    let db = Db::open(copy, common.clock())?;
    let what = what.to_owned();
    let taken = db.write_now(move |tx| {
        log::rewind(tx, at)?;
        let taken = rewind::rewind(tx, at)?;
        desk::rewind::forget(tx)?;
        rewind::mark(tx, &what)?;
        Ok(taken)
    })?;
    writeln!(
        std::io::stderr(),
        "Left out what came later: {} topics, {} posts, {} people.",
        taken.topics,
        taken.posts,
        taken.people
    )?;
    Ok(())
}

fn text(address: &Address) -> String {
    match address {
        Address::Sqlite(path) => format!("sqlite:{}", path.display()),
        Address::Postgres(url) => url.clone(),
    }
}

/// The address without what may be a password.
fn shown(address: &Address) -> String {
    match address {
        Address::Sqlite(path) => path.display().to_string(),
        Address::Postgres(url) => url.split('@').next_back().unwrap_or_default().to_owned(),
    }
}
