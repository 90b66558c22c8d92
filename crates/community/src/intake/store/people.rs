use std::collections::{BTreeSet, HashMap};

use mainstreet_db::{Tx, Value, params};
use mainstreet_kernel::channel::IncomingPerson;
use mainstreet_kernel::id::{AccountId, IdentityId, PersonId};
use mainstreet_kernel::{ActorClass, Result, Timestamp, Verb};

use super::in_parts;

/// An account on the channel that is known.
#[derive(Clone, Debug)]
pub(in super::super) struct Identity {
    pub(in super::super) id: IdentityId,
    pub(in super::super) external_id: String,
    pub(in super::super) person: PersonId,
    pub(in super::super) handle: String,
    pub(in super::super) class: ActorClass,
}

/// A person to make, with their account on the channel.
pub(in super::super) struct NewPerson<'a> {
    pub(in super::super) person: PersonId,
    pub(in super::super) identity: IdentityId,
    pub(in super::super) incoming: &'a IncomingPerson,
    pub(in super::super) name: String,
    pub(in super::super) joined_at: Timestamp,
}

/// Known accounts by external id; their people as merged now.
pub(in super::super) fn identities(
    tx: &mut Tx<'_>,
    account: AccountId,
    ids: &[&str],
) -> Result<HashMap<String, Identity>> {
    let mut found = HashMap::new();
    in_parts(tx, ids, 2, |tx, marks, values| {
        let sql = format!(
            "SELECT i.id, i.external_id, COALESCE(p.merged_into, p.id) AS person_id, i.handle, p.class
             FROM identities i JOIN people p ON p.id = i.person_id
             WHERE i.account_id = $1 AND i.external_id IN ({marks})"
        );
        let mut all: Vec<Value> = vec![account.into()];
        all.extend_from_slice(values);
        let rows = tx.all(&sql, &all, |row| {
            Ok(Identity {
                id: row.get("id")?,
                external_id: row.get("external_id")?,
                person: row.get("person_id")?,
                handle: row.get("handle")?,
                class: row.word("class")?,
            })
        })?;
        found.extend(rows.into_iter().map(|identity| (identity.external_id.clone(), identity)));
        Ok(())
    })?;
    Ok(found)
}

/// People of this account by their folded handles.
pub(in super::super) fn by_handles(
    tx: &mut Tx<'_>,
    account: AccountId,
    handles: &[String],
) -> Result<Vec<(String, PersonId)>> {
    let mut wanted: Vec<&str> = handles.iter().map(String::as_str).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut found = Vec::new();
    in_parts(tx, &wanted, 2, |tx, marks, values| {
        let sql = format!(
            "SELECT LOWER(i.handle) AS handle, COALESCE(p.merged_into, p.id) AS person_id
             FROM identities i JOIN people p ON p.id = i.person_id
             WHERE i.account_id = $1 AND LOWER(i.handle) IN ({marks})"
        );
        let mut all: Vec<Value> = vec![account.into()];
        all.extend_from_slice(values);
        found.extend(tx.all(&sql, &all, |row| Ok((row.get("handle")?, row.get("person_id")?)))?);
        Ok(())
    })?;
    Ok(found)
}

pub(in super::super) fn add_people(
    tx: &mut Tx<'_>,
    account: AccountId,
    people: &[NewPerson<'_>],
) -> Result<()> {
    let rows: Vec<Vec<Value>> = people
        .iter()
        .map(|new| params![new.person, &new.name, new.incoming.class, new.joined_at].to_vec())
        .collect();
    tx.insert_many("INSERT INTO people (id, name, class, joined_at)", &rows, "")?;
    let rows: Vec<Vec<Value>> = people
        .iter()
        .map(|new| {
            let incoming = new.incoming;
            params![new.identity, account, &incoming.external_id, new.person, &incoming.handle, new.joined_at]
                .to_vec()
        })
        .collect();
    let head = "INSERT INTO identities (id, account_id, external_id, person_id, handle, created_at)";
    tx.insert_many(head, &rows, "").map(drop)
}

/// The channel's list says something new about somebody. A name that they chose here stays: only a staged person,
/// who cannot sign in, is renamed.
pub(in super::super) fn update_person(
    tx: &mut Tx<'_>,
    identity: &Identity,
    person: &IncomingPerson,
    name: &str,
) -> Result<()> {
    tx.run("UPDATE identities SET handle = $2 WHERE id = $1", params![identity.id, &person.handle])?;
    tx.run(
        "UPDATE people SET name = $2, class = $3 WHERE id = $1
           AND NOT EXISTS (SELECT 1 FROM members m WHERE m.person_id = people.id)",
        params![identity.person, name, person.class],
    )
    .map(drop)
}

/// Those of `people` who were recorded as having joined.
pub(in super::super) fn have_joined(tx: &mut Tx<'_>, people: &[PersonId]) -> Result<BTreeSet<PersonId>> {
    let mut found = BTreeSet::new();
    in_parts(tx, people, 2, |tx, marks, values| {
        let sql =
            format!("SELECT DISTINCT actor_id FROM activities WHERE verb = $1 AND actor_id IN ({marks})");
        let mut all: Vec<Value> = vec![Verb::MemberJoined.into()];
        all.extend_from_slice(values);
        found.extend(tx.all(&sql, &all, |row| row.get::<PersonId>("actor_id"))?);
        Ok(())
    })?;
    Ok(found)
}

pub(in super::super) fn set_joined(tx: &mut Tx<'_>, person: PersonId, at: Timestamp) -> Result<()> {
    tx.run("UPDATE people SET joined_at = $2 WHERE id = $1 AND joined_at > $2", params![person, at]).map(drop)
}

/// Adds published posts to a person's count; nobody joined later than they first wrote.
pub(in super::super) fn count_posts(
    tx: &mut Tx<'_>,
    person: PersonId,
    posts: i64,
    first_at: Timestamp,
    last_at: Timestamp,
) -> Result<()> {
    tx.run(
        "UPDATE people SET post_count = post_count + $2,
           last_post_at = CASE WHEN last_post_at > $4 THEN last_post_at ELSE $4 END,
           joined_at = CASE WHEN joined_at > $3 THEN $3 ELSE joined_at END WHERE id = $1",
        params![person, posts, first_at, last_at],
    )
    .map(drop)
}

pub(in super::super) fn count_accepted(tx: &mut Tx<'_>, person: PersonId, change: i64) -> Result<()> {
    tx.run("UPDATE people SET accepted_count = accepted_count + $2 WHERE id = $1", params![person, change])
        .map(drop)
}
