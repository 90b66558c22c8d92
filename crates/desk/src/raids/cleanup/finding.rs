//! Finding the suspects of a raid by what they share.

use std::collections::BTreeMap;

use mainstreet_community::sign_ups;
use mainstreet_db::Tx;
use mainstreet_kernel::clock::DAY;
use mainstreet_kernel::id::{PersonId, PostId};
use mainstreet_kernel::{Error, Result, Role, Timestamp};
use mainstreet_language::shingles;
use serde::{Deserialize, Serialize};

use super::super::links;
use super::super::score::COPY;
use super::store::{self, Candidate};

/// The longest window.
const LONGEST: i64 = 7 * DAY;
/// Accounts made at most so long before the window are new in it.
const NEW: i64 = 3 * DAY;

/// What suspects share. Whoever wrote or came in the window with a new account is one when any chosen sign is theirs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Criteria {
    /// The window's beginning, in milliseconds since 1970.
    pub from: i64,
    /// Its end.
    pub to: i64,
    /// A post scored at least so much; nothing: that is no sign.
    pub score: Option<f64>,
    /// The text was written by so many accounts, this one included; nothing: that is no sign.
    pub copies: Option<usize>,
    /// A post links to this domain; empty: that is no sign.
    pub domain: String,
    /// So many accounts of the window came from its network; nothing: that is no sign.
    pub network: Option<usize>,
}

/// Somebody who may belong to the raid.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspect {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// True when they have an account here that can be suspended.
    pub member: bool,
    /// When the account was made.
    pub came: Timestamp,
    /// Their posts of the window that stand or are held, oldest first.
    pub posts: Vec<PostId>,
    /// The beginning of the first of them.
    pub sample: String,
    /// Which signs are theirs, in sentences.
    pub reasons: Vec<String>,
}

/// The suspects, those with the most signs first. Errors: `Invalid` for a window that is none, or no sign chosen.
pub fn suspects(tx: &mut Tx<'_>, criteria: &Criteria) -> Result<Vec<Suspect>> {
    let (from, to) = (Timestamp(criteria.from), Timestamp(criteria.to));
    if !(1..=LONGEST).contains(&to.since(from)) {
        return Err(Error::invalid("Choose a window of at most seven days that ends after it begins."));
    }
    let any = criteria.score.is_some() || criteria.copies.is_some() || criteria.network.is_some();
    if !any && criteria.domain.trim().is_empty() {
        return Err(Error::invalid("Choose at least one sign that the accounts share."));
    }
    let posts = store::candidates(tx, from, to, from.plus(-NEW))?;
    let mut found: BTreeMap<PersonId, Suspect> = BTreeMap::new();
    by_score(criteria, &posts, &mut found);
    by_copies(criteria, &posts, &mut found);
    by_domain(criteria, &posts, &mut found);
    by_network(tx, criteria, &posts, &mut found)?;
    let mut suspects: Vec<Suspect> = found.into_values().collect();
    for suspect in &mut suspects {
        let theirs = posts.iter().filter(|post| post.person == suspect.person);
        suspect.posts = theirs.clone().filter(|post| post.stands()).filter_map(|post| post.id).collect();
        let sample = theirs.filter_map(|post| post.id.map(|_| post.body.as_str())).next();
        suspect.sample = mainstreet_kernel::text::excerpt(
            &mainstreet_community::markdown::plain(sample.unwrap_or_default()),
            140,
        );
    }
    // Who was suspended already and has nothing left that stands is dealt with.
    suspects.retain(|suspect| suspect.member || !suspect.posts.is_empty());
    suspects.sort_by(|a, b| b.reasons.len().cmp(&a.reasons.len()).then(a.came.cmp(&b.came)));
    Ok(suspects)
}

fn mark(found: &mut BTreeMap<PersonId, Suspect>, post: &Candidate, reason: String) {
    let suspect = found.entry(post.person).or_insert_with(|| Suspect {
        person: post.person,
        name: post.name.clone(),
        member: post.role == Some(Role::Member) && !post.suspended,
        came: post.came,
        posts: Vec::new(),
        sample: String::new(),
        reasons: Vec::new(),
    });
    if !suspect.reasons.contains(&reason) {
        suspect.reasons.push(reason);
    }
}

fn by_score(criteria: &Criteria, posts: &[Candidate], found: &mut BTreeMap<PersonId, Suspect>) {
    let Some(least) = criteria.score else { return };
    let mut best: BTreeMap<PersonId, &Candidate> = BTreeMap::new();
    for post in posts.iter().filter(|post| post.score >= least && post.id.is_some()) {
        let known = best.entry(post.person).or_insert(post);
        if post.score > known.score {
            *known = post;
        }
    }
    for post in best.into_values() {
        mark(found, post, format!("A post scored {:.1}.", post.score));
    }
}

/// Texts of the window in groups of copies: each joins the first group whose first text it is like.
fn by_copies(criteria: &Criteria, posts: &[Candidate], found: &mut BTreeMap<PersonId, Suspect>) {
    let Some(least) = criteria.copies else { return };
    let mut groups: Vec<(mainstreet_language::Shingles, Vec<&Candidate>)> = Vec::new();
    let long = |post: &&Candidate| post.id.is_some() && post.body.split_whitespace().count() >= 6;
    for post in posts.iter().filter(long) {
        let text = shingles(&post.body);
        match groups.iter_mut().find(|(first, _)| first.similar(&text) >= COPY) {
            Some((_, group)) => group.push(post),
            None => groups.push((text, vec![post])),
        }
    }
    for (_, group) in groups {
        let mut people: Vec<PersonId> = group.iter().map(|post| post.person).collect();
        people.sort_unstable();
        people.dedup();
        if people.len() >= least.max(2) {
            for post in group {
                mark(found, post, format!("{} accounts wrote nearly the same.", people.len()));
            }
        }
    }
}

fn by_domain(criteria: &Criteria, posts: &[Candidate], found: &mut BTreeMap<PersonId, Suspect>) {
    let asked = criteria.domain.trim().to_lowercase();
    let asked = asked.rsplit("://").next().and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let Some(domain) = links::registered(asked) else { return };
    for post in posts.iter().filter(|post| post.id.is_some()) {
        if links::domains(&post.body).contains(&domain) {
            mark(found, post, format!("It links to {domain}."));
        }
    }
}

fn by_network(
    tx: &mut Tx<'_>,
    criteria: &Criteria,
    posts: &[Candidate],
    found: &mut BTreeMap<PersonId, Suspect>,
) -> Result<()> {
    let Some(least) = criteria.network else { return Ok(()) };
    let came = sign_ups::between(tx, Timestamp(criteria.from), Timestamp(criteria.to), 5_000)?;
    let mut networks: BTreeMap<&str, Vec<PersonId>> = BTreeMap::new();
    for one in &came {
        if let Some(network) = &one.network {
            networks.entry(network).or_default().push(one.person);
        }
    }
    for people in networks.into_values().filter(|people| people.len() >= least.max(2)) {
        let reason = format!("{} accounts of the window came from its network.", people.len());
        for post in posts.iter().filter(|post| people.contains(&post.person)) {
            mark(found, post, reason.clone());
        }
    }
    Ok(())
}
