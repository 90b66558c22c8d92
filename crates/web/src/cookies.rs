//! Cookies and signatures.

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// Cookie of a signed-in session.
pub(crate) const SESSION: &str = "mainstreet_session";
/// Cookie that binds the forms of somebody not signed in to their browser.
pub(crate) const VISIT: &str = "mainstreet_visit";
/// Cookie with the sentence to show on the next page.
pub(crate) const FLASH: &str = "mainstreet_flash";
/// Cookie of somebody who wrote something a moment ago: another node may not have heard of it yet, so no page that it
/// keeps will do.
pub(crate) const WROTE: &str = "mainstreet_wrote";

/// The value of a cookie.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// A `Set-Cookie` value. `seconds` 0 removes the cookie; `None` keeps it until the browser closes.
pub(crate) fn write(name: &str, value: &str, seconds: Option<i64>, secure: bool) -> String {
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}")
}

/// A signature of `text` that only this installation can make.
pub(crate) fn sign(secret: &[u8], text: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(text.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// Compares without telling by its duration where two texts differ.
pub(crate) fn same(left: &str, right: &str) -> bool {
    !left.is_empty()
        && left.len() == right.len()
        && left.bytes().zip(right.bytes()).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

/// Text made safe for a cookie's value.
pub(crate) fn pack(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// What [`pack`] packed.
pub(crate) fn unpack(value: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(value).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_read_by_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "cookie",
            axum::http::HeaderValue::from_static("a=1; mainstreet_session=xyz; mainstreet=2"),
        );
        assert_eq!(read(&headers, SESSION), Some("xyz"));
        assert_eq!(read(&headers, "mainstreet"), Some("2"));
        assert_eq!(read(&headers, "b"), None);
    }

    #[test]
    fn an_empty_token_is_never_right() {
        assert!(!same("", ""));
        assert!(same("a", "a") && !same("a", "b") && !same("a", "ab"));
    }
}
