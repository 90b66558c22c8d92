//! What the account pages share.

use axum::response::Response;
use mainstreet_community::accounts;
use mainstreet_kernel::id::PersonId;
use mainstreet_kernel::{Error, Result};
use tokio::sync::Semaphore;

use crate::cookies;
use crate::request::Cx;
use crate::views::{self, Flash, Page};

/// Hashing takes tens of milliseconds and 19 MiB: at most two at a time, so that it cannot starve pages.
static HASHING: Semaphore = Semaphore::const_new(2);
/// Sessions last so many seconds in the browser; the server may end them earlier.
const COOKIE_LIFE: i64 = 60 * 24 * 3_600;

/// The hash of a new password.
pub(crate) async fn hashed(password: &str) -> Result<String> {
    let password = password.to_owned();
    slowly(move || accounts::hash_password(&password)).await?
}

/// True when the password is right. Takes as long when there is no account.
pub(crate) async fn is_right(password: &str, hash: Option<String>) -> Result<bool> {
    let password = password.to_owned();
    slowly(move || accounts::check_password(&password, hash.as_deref())).await
}

async fn slowly<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _permit = HASHING.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}

/// Signs this browser in and goes to `path`.
pub(crate) async fn signed_in(cx: &Cx, person: PersonId, path: &str, said: &str) -> Page {
    let device = cx.header("user-agent").unwrap_or("unknown browser").to_owned();
    let token = cx.write(move |tx| accounts::open_session(tx, person, &device)).await?;
    let flash = Flash { text: said.to_owned(), undo: None };
    let mut response = views::see_with(cx, local(path), &flash)?;
    views::set_cookie(cx, &mut response, cookies::SESSION, &token, Some(COOKIE_LIFE))?;
    Ok(response)
}

/// Only paths of our own may follow a sign-in.
pub(crate) fn local(path: &str) -> &str {
    let own = path.starts_with('/')
        && !path.starts_with("//")
        && !path.starts_with("/\\")
        && !path.contains(char::is_control);
    if own { path } else { "/" }
}

impl Cx {
    /// Binds the forms of this page to the browser that got it.
    pub(crate) fn keep_visit(&self, mut response: Response) -> Page {
        if self.viewer.is_none() {
            views::set_cookie(self, &mut response, cookies::VISIT, &self.visit, None)?;
        }
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn only_our_own_paths_follow_a_sign_in() {
        for (path, expect) in [
            ("/t/a/1", "/t/a/1"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("", "/"),
            ("/a\r\nset-cookie: x", "/"),
        ] {
            assert_eq!(local(path), expect);
        }
    }
}
