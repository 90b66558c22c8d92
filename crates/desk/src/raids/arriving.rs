//! Looking at how an account comes.

use mainstreet_community::calm;
use mainstreet_community::sign_ups::{self, SignUp, State};
use mainstreet_db::Tx;
use mainstreet_kernel::clock::{DAY, MINUTE};
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Result, Timestamp};

use super::score::{self, Arrived};
use super::{mail_domains, names, store};

/// Bits of work that a sign-up shows on a quiet day: some 16,000 hashes, below a second on a telephone.
pub const BITS: u32 = 14;
/// The most that is ever asked: some half a million hashes.
pub const MOST_BITS: u32 = 19;
/// From this score on a sign-up waits for a person.
pub const WAIT: f64 = 4.0;

/// How somebody came, as the form tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arrival {
    /// Their username.
    pub username: String,
    /// The name shown.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The network, as a keyed hash; nothing: not known.
    pub network: Option<String>,
    /// Bits of work shown; 0: none.
    pub proof: u32,
    /// Bits that were asked for.
    pub asked: u32,
    /// Milliseconds between the form and its sending.
    pub took: Option<i64>,
    /// The field that people do not see was filled in.
    pub trapped: bool,
}

/// Bits of work to ask for now: one more for each doubling of the sign-ups of the last ten minutes over three, two more
/// in raid mode.
pub fn bits(tx: &mut Tx<'_>) -> Result<u32> {
    let now = tx.now();
    let just_now = sign_ups::since(tx, now.plus(-10 * MINUTE))?.unsigned_abs();
    let more = (just_now / 3).checked_ilog2().map_or(0, |doublings| doublings + 1);
    let raid = if calm::raid(tx)?.is_some() { 2 } else { 0 };
    Ok((BITS + more + raid).min(MOST_BITS))
}

/// Notes how `person`, whose account was just made, came, and says whether they may write at once. Answers the state.
pub fn arrive(tx: &mut Tx<'_>, person: PersonId, arrival: &Arrival) -> Result<State> {
    let now = tx.now();
    let arrived = facts(tx, arrival, now)?;
    let score = score::of_sign_up(&arrived);
    let proved = arrival.proof >= arrival.asked;
    let state = if calm::raid(tx)?.is_some() || score.points >= WAIT {
        State::Approval
    } else if !proved || arrived.disposable.is_some() || score.points >= 2.0 {
        State::Confirm
    } else {
        State::Open
    };
    let new = SignUp {
        person,
        state,
        score: score.points,
        reasons: score.reasons,
        network: arrival.network.clone(),
        proof: i64::from(arrival.proof),
        took: arrival.took,
        at: now,
        decided_at: None,
        decided_by: None,
    };
    sign_ups::note(tx, &new)?;
    Ok(state)
}

fn facts(tx: &mut Tx<'_>, arrival: &Arrival, now: Timestamp) -> Result<Arrived> {
    let day = now.plus(-DAY);
    let like_staff = store::team(tx)?
        .into_iter()
        .find(|(_, username, name)| {
            names::alike(&arrival.username, username)
                || names::alike(&arrival.name, username)
                || (name.chars().count() >= 4 && names::alike(&arrival.name, name))
        })
        .map(|(_, _, name)| name);
    let (stem, look) = (names::stem(&arrival.username), names::skeleton(&arrival.username));
    let series = store::names_since(tx, day)?
        .iter()
        .filter(|known| {
            let same_stem =
                stem.chars().count() >= 4 && stem != arrival.username && names::stem(known) == stem;
            let close = look.chars().count() >= 7 && names::distance(&names::skeleton(known), &look) <= 1;
            same_stem || close
        })
        .count();
    let network = match &arrival.network {
        Some(network) => sign_ups::networks(tx, network, day)?,
        None => 0,
    };
    Ok(Arrived {
        disposable: mail_domains::disposable(tx, &arrival.email)?,
        like_staff,
        series,
        network,
        took: arrival.took,
        trapped: arrival.trapped,
    })
}
