//! Every SQL string about webhooks.

use mainstreet_db::{Tx, params};
use mainstreet_kernel::id::EntryId;
use mainstreet_kernel::{Result, Timestamp, text};

use super::{Call, Webhook};

pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<Webhook>> {
    tx.all(
        "SELECT w.id, w.name, w.url, w.secret, c.state, c.said, c.at FROM webhooks w
         LEFT JOIN webhook_calls c ON c.id = (SELECT MAX(o.id) FROM webhook_calls o WHERE o.webhook_id = w.id)
         ORDER BY w.name_folded",
        &[],
        |row| {
            let state: Option<String> = row.get("state")?;
            let said: Option<String> = row.get("said")?;
            let at: Option<Timestamp> = row.get("at")?;
            Ok(Webhook {
                id: row.get("id")?,
                name: row.get("name")?,
                url: row.get("url")?,
                secret: row.get("secret")?,
                last: state.zip(at).map(|(state, at)| (state, said.unwrap_or_default(), at)),
            })
        },
    )
}

pub(super) fn add(tx: &mut Tx<'_>, webhook: &Webhook) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO webhooks (id, name, name_folded, url, secret, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![webhook.id, &webhook.name, text::fold(&webhook.name), &webhook.url, &webhook.secret, now],
    )
    .map(drop)
}

pub(super) fn remove(tx: &mut Tx<'_>, id: EntryId) -> Result<()> {
    tx.run("DELETE FROM webhook_calls WHERE webhook_id = $1", params![id])?;
    tx.run("DELETE FROM webhooks WHERE id = $1", params![id]).map(drop)
}

pub(super) fn write(tx: &mut Tx<'_>, webhook: EntryId, hit: EntryId, body: &str) -> Result<()> {
    let (id, now) = (EntryId(tx.mint()), tx.now());
    tx.run(
        "INSERT INTO webhook_calls (id, webhook_id, hit_id, body, state, next_at, at)
         VALUES ($1, $2, $3, $4, 'waiting', $5, $5) ON CONFLICT (webhook_id, hit_id) DO NOTHING",
        params![id, webhook, hit, body, now],
    )
    .map(drop)
}

pub(super) fn due(tx: &mut Tx<'_>, most: usize) -> Result<Vec<Call>> {
    let now = tx.now();
    tx.all(
        "SELECT c.id, w.url, w.secret, c.body, c.tries FROM webhook_calls c JOIN webhooks w ON w.id = c.webhook_id
         WHERE c.state = 'waiting' AND c.next_at <= $1 ORDER BY c.next_at, c.id LIMIT $2",
        params![now, most],
        |row| {
            Ok(Call {
                id: row.get("id")?,
                url: row.get("url")?,
                secret: row.get("secret")?,
                body: row.get("body")?,
                tries: row.get("tries")?,
            })
        },
    )
}

pub(super) fn put_off(tx: &mut Tx<'_>, id: EntryId, until: Timestamp) -> Result<()> {
    tx.run("UPDATE webhook_calls SET next_at = $2, tries = tries + 1 WHERE id = $1", params![id, until])
        .map(drop)
}

pub(super) fn end(tx: &mut Tx<'_>, id: EntryId, state: &str, said: &str) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE webhook_calls SET state = $2, said = $3, ended_at = $4 WHERE id = $1 AND state = 'waiting'",
        params![id, state, said, now],
    )
    .map(drop)
}

pub(super) fn note(tx: &mut Tx<'_>, id: EntryId, said: &str) -> Result<()> {
    tx.run("UPDATE webhook_calls SET said = $2 WHERE id = $1", params![id, said]).map(drop)
}
