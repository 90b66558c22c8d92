//! Showing work at sign-up instead of solving a riddle of a third party: see the decision record on it.

use mainstreet_community::accounts;
use mainstreet_desk::raids::{self, Arrival};
use mainstreet_kernel::clock::HOUR;
use mainstreet_kernel::{Result, Timestamp};
use sha2::{Digest as _, Sha256};

use super::sign_up::Form;
use crate::cookies;
use crate::request::Cx;

/// A challenge serves for so long, in milliseconds.
const LIFE: i64 = 2 * HOUR;

/// What a form is sent with: `BITS.MILLISECONDS.RANDOM.SIGNATURE`.
pub(super) struct Challenge {
    pub(super) bits: u32,
    pub(super) text: String,
}

impl Challenge {
    /// One for this form, as hard as the moment asks.
    pub(super) async fn fresh(cx: &Cx) -> Result<Self> {
        let bits = cx.read(raids::bits).await?;
        let text = format!("{bits}.{}.{}", cx.app.now().0, accounts::random_token()?);
        let signature = cookies::sign(&cx.app.secret, &format!("proof:{text}"));
        Ok(Self { bits, text: format!("{text}.{signature}") })
    }
}

/// Bits asked for, and when, when the challenge is ours.
fn read(secret: &[u8], challenge: &str) -> Option<(u32, Timestamp)> {
    let (text, signature) = challenge.rsplit_once('.')?;
    if !cookies::same(signature, &cookies::sign(secret, &format!("proof:{text}"))) {
        return None;
    }
    let mut parts = text.split('.');
    Some((parts.next()?.parse().ok()?, Timestamp(parts.next()?.parse().ok()?)))
}

/// Zero bits at the beginning of a digest.
fn zeros(digest: &[u8]) -> u32 {
    let whole = digest.iter().take_while(|byte| **byte == 0).count();
    let rest = digest.get(whole).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(whole).unwrap_or(0) * 8 + rest
}

/// How somebody came, and what the work may be used for once; empty: none was shown.
pub(super) fn arrived(cx: &Cx, form: &Form) -> (Arrival, String) {
    let now = cx.app.now();
    let challenge = read(&cx.app.secret, &form.challenge);
    let took = challenge.map(|(_, at)| now.since(at)).filter(|took| *took >= 0);
    let fresh = took.is_some_and(|took| took <= LIFE);
    let number = form.proof.trim();
    let shown = if fresh && !number.is_empty() && number.len() <= 20 {
        zeros(&Sha256::digest(format!("{}:{number}", form.challenge)))
    } else {
        0
    };
    let asked = challenge.map_or(raids::BITS, |(bits, _)| bits);
    let once = if shown >= asked { accounts::hash_token(&form.challenge) } else { String::new() };
    let arrival = Arrival {
        username: form.username.trim().to_owned(),
        name: form.name.trim().to_owned(),
        email: form.email.trim().to_owned(),
        network: cx.address().map(|address| network(&cx.app.secret, address)),
        proof: if shown >= asked { asked } else { 0 },
        asked,
        took,
        trapped: !form.website.is_empty(),
    };
    (arrival, once)
}

/// The network of an address, as a hash that only this installation can make: the first three bytes of an IPv4
/// address, the first six of an IPv6 one.
fn network(secret: &[u8], address: std::net::IpAddr) -> String {
    let text = match address.to_canonical() {
        std::net::IpAddr::V4(four) => {
            let [a, b, c, _] = four.octets();
            format!("{a}.{b}.{c}")
        }
        std::net::IpAddr::V6(six) => {
            let [a, b, c, ..] = six.segments();
            format!("{a:x}:{b:x}:{c:x}")
        }
    };
    cookies::sign(secret, &format!("network:{text}")).chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_counted_from_the_first_bit() {
        for (digest, expect) in
            [(&[0xff_u8, 0][..], 0), (&[0x0f, 0], 4), (&[0, 0x80], 8), (&[0, 1], 15), (&[0, 0], 16)]
        {
            assert_eq!(zeros(digest), expect, "{digest:?}");
        }
    }

    #[test]
    fn a_network_is_known_again_and_tells_no_address() {
        let of = |text: &str| network(b"key", text.parse().unwrap());
        assert_eq!(of("192.0.2.7"), of("192.0.2.200"));
        assert_eq!(of("192.0.2.7"), of("::ffff:192.0.2.9"));
        assert_ne!(of("192.0.2.7"), of("192.0.3.7"));
        assert_eq!(of("2001:db8:1::1"), of("2001:db8:1:2::9"));
        assert_ne!(of("192.0.2.7"), network(b"other", "192.0.2.7".parse().unwrap()));
    }

    #[test]
    fn only_our_own_challenge_is_read() {
        let text = "14.1700000000000.abc";
        let signed = format!("{text}.{}", cookies::sign(b"key", &format!("proof:{text}")));
        assert_eq!(read(b"key", &signed), Some((14, Timestamp(1_700_000_000_000))));
        assert_eq!(read(b"key", &signed.replace("14.", "1.")), None);
        assert_eq!(read(b"other", &signed), None);
        assert_eq!(read(b"key", ""), None);
    }
}
