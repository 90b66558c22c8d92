//! The only map from a kind of error to a status and a page.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use mainstreet_kernel::{Error, Kind};

use crate::views::{self, Chrome};

/// A page that says what went wrong and what to do next.
#[derive(Template)]
#[template(path = "errors/error.html")]
struct ErrorPage<'a> {
    chrome: &'a Chrome,
    heading: &'static str,
    text: &'a str,
    sign_in: bool,
    /// Offers to look for it.
    search: bool,
    typed: &'a str,
}

pub(crate) fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Gone => StatusCode::GONE,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::SignIn => StatusCode::UNAUTHORIZED,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Invalid => "That did not work",
        Kind::NotFound => "Nothing here",
        Kind::Gone => "It was taken away",
        Kind::Forbidden => "This is not open to you",
        Kind::SignIn => "Please sign in",
        Kind::Conflict => "Somebody was faster",
        Kind::TooMany => "A little slower, please",
        Kind::Unavailable => "Just a moment",
        Kind::Internal => "Something went wrong",
    }
}

/// The page for an error, with the text somebody had written. What only the log may know goes to the log, once, here.
pub(crate) fn page(chrome: &Chrome, error: &Error, typed: &str) -> Response {
    match error.kind {
        Kind::Internal => tracing::error!(path = chrome.path, ?error, "a request failed"),
        Kind::Unavailable => tracing::warn!(path = chrome.path, ?error, "a request could not be served"),
        _ => {}
    }
    let page = ErrorPage {
        chrome,
        heading: heading(error.kind),
        text: &error.safe,
        sign_in: error.kind == Kind::SignIn,
        search: matches!(error.kind, Kind::NotFound | Kind::Gone),
        typed,
    };
    let mut response = views::html(&page).unwrap_or_else(|_| views::plain(&error.safe));
    *response.status_mut() = status(error.kind);
    if error.kind == Kind::TooMany {
        response.headers_mut().insert("retry-after", axum::http::HeaderValue::from_static("60"));
    }
    response
}
