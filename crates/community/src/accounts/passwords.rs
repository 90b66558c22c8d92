//! Passwords: argon2id with the crate's defaults (19 MiB, 2 passes), which are OWASP's second recommendation.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use mainstreet_kernel::{Error, Result};

/// Hashes a password with a random salt. Slow by design.
pub fn hash_password(password: &str) -> Result<String> {
    let hash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|cause| Error::internal(cause.to_string()))?;
    Ok(hash.to_string())
}

/// True when `password` is the one that was hashed. Slow by design. Give `None` when there is no account: it takes
/// as long, so that its duration tells nothing.
pub fn check_password(password: &str, hash: Option<&str>) -> bool {
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";
    let parsed = PasswordHash::new(hash.unwrap_or(NOBODY));
    let right =
        parsed.is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok());
    right && hash.is_some()
}

/// Passwords that are tried first by everybody who tries.
const COMMON: &[&str] = &[
    "1234567890",
    "password123",
    "qwertyuiop",
    "1q2w3e4r5t",
    "passwordpassword",
    "iloveyou123",
    "0123456789",
    "0987654321",
    "qwerty12345",
    "letmein1234",
    "administrator",
    "mainstreet",
    "changeme123",
    "welcome1234",
];

/// Says what is wrong with a new password; at least ten characters, not everybody's, not one's own name.
pub fn check_strength(password: &str, username: &str) -> Result<(), &'static str> {
    let folded = password.to_lowercase();
    if password.chars().count() < 10 {
        return Err("Use at least 10 characters. A few words in a row are easy to remember.");
    }
    if password.len() > 400 {
        return Err("Use at most 400 characters.");
    }
    let first = folded.chars().next().unwrap_or_default();
    if COMMON.contains(&folded.as_str()) || folded.chars().all(|letter| letter == first) {
        return Err("This password is one that attackers try first. Choose another.");
    }
    if username.chars().count() >= 4 && folded.contains(&username.to_lowercase()) {
        return Err("Choose a password that does not hold your username.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_is_right() -> Result<()> {
        let hash = hash_password("three small boats")?;
        assert!(hash.starts_with("$argon2id$"));
        assert!(check_password("three small boats", Some(&hash)));
        assert!(!check_password("three small boat", Some(&hash)));
        assert!(!check_password("three small boats", None));
        assert!(!check_password("x", Some("not a hash")));
        Ok(())
    }

    #[test]
    fn weak_passwords_are_refused() {
        for (password, good) in [
            ("short", false),
            ("1234567890", false),
            ("aaaaaaaaaaaaa", false),
            ("my-mira-pass", false),
            ("three small boats", true),
        ] {
            assert_eq!(check_strength(password, "mira").is_ok(), good, "{password}");
        }
    }
}
