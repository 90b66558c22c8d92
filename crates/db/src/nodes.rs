//! Every process on one database has its own node number: its ids carry it.

use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::{Clock, Error, IdMint, Result, Timestamp, id};

use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::tx::{Connection, Tx};
use crate::{Address, params};

/// A claim that is not renewed for so long may be taken over.
const LEASE: i64 = 24 * HOUR;

/// Claims the lowest free number, or the one unused for longest when all are taken.
pub(crate) fn claim(address: &Address, now: Timestamp) -> Result<u8> {
    alone(address, now, |tx| {
        tx.batch(match tx.dialect() {
            crate::Dialect::Sqlite => "BEGIN IMMEDIATE",
            crate::Dialect::Postgres => "BEGIN; LOCK TABLE nodes",
        })?;
        let taken = tx.all("SELECT node, lease_until FROM nodes ORDER BY lease_until", &[], |row| {
            Ok((row.get::<i64>("node")?, row.get::<Timestamp>("lease_until")?))
        })?;
        let free = (0..=i64::from(id::MAX_NODE))
            .find(|node| !taken.iter().any(|(other, until)| other == node && *until > now))
            .or_else(|| taken.first().map(|(node, _)| *node))
            .unwrap_or_default();
        tx.run(
            "INSERT INTO nodes (node, lease_until) VALUES ($1, $2)
             ON CONFLICT (node) DO UPDATE SET lease_until = excluded.lease_until",
            params![free, now.plus(LEASE)],
        )?;
        tx.batch("COMMIT")?;
        u8::try_from(free).map_err(Error::internal)
    })
}

/// Makes the claim last for another while.
pub(crate) fn renew(tx: &mut Tx<'_>, node: u8) -> Result<()> {
    let until = tx.now().plus(LEASE);
    tx.run("UPDATE nodes SET lease_until = $2 WHERE node = $1", params![node, until]).map(drop)
}

/// Gives the number back.
pub(crate) fn release(address: &Address, node: u8) -> Result<()> {
    alone(address, Timestamp(0), |tx| tx.run("DELETE FROM nodes WHERE node = $1", params![node]).map(drop))
}

/// Runs `work` on a connection of its own.
pub(crate) fn alone<T>(
    address: &Address,
    now: Timestamp,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
) -> Result<T> {
    let mut connection = match address {
        Address::Sqlite(path) => Connection::Sqlite(Sqlite::open(path, true)?),
        Address::Postgres(url) => Connection::Postgres(Postgres::open(url)?),
    };
    let (clock, _) = Clock::standing(now);
    work(&mut Tx::new(&mut connection, &clock, &IdMint::new(0, 0)))
}
