//! Every page of Mainstreet, in one list.

use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use mainstreet_community::accounts;
use mainstreet_kernel::{Error, Kind, Result};

use crate::app::App;
use crate::cookies;
use crate::pages::{self, Depends, Unfilled};
use crate::request::Cx;
use crate::views::{Flash, Page};
use crate::{community, desk, error, hand_off, live, session, setup, upload};

/// No form is longer than this: 32,000 characters of a post in the longest encoding, and some fields.
const MOST_BODY: usize = 400 << 10;
/// A body that takes longer to arrive is given up.
const BODY_PATIENCE: Duration = Duration::from_secs(20);

/// How long after writing a member is shown no kept page, in seconds: other nodes hear of it sooner.
const WROTE: i64 = 3;
/// Pages of one reader: their browser may keep them, and asks each time.
pub(crate) const PRIVATE: &str = "private, no-cache";

type Run = Arc<dyn Fn(Cx) -> Pin<Box<dyn Future<Output = Page> + Send>> + Send + Sync>;

/// A list of routes, each with one handler of one type.
#[derive(Default)]
pub(crate) struct Routes(Vec<(Method, &'static str, Run)>);

impl Routes {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A page to look at.
    pub(crate) fn get<F: Future<Output = Page> + Send + 'static>(
        self,
        path: &'static str,
        run: fn(Cx) -> F,
    ) -> Self {
        self.add(Method::GET, path, Arc::new(move |cx| Box::pin(run(cx))))
    }

    /// A form that changes something.
    pub(crate) fn post<F: Future<Output = Page> + Send + 'static>(
        self,
        path: &'static str,
        run: fn(Cx) -> F,
    ) -> Self {
        self.add(Method::POST, path, Arc::new(move |cx| Box::pin(run(cx))))
    }

    fn add(mut self, method: Method, path: &'static str, run: Run) -> Self {
        self.0.push((method, path, run));
        self
    }

    /// These and those.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}

fn all() -> Routes {
    Routes::new()
        .get("/live", live::stream)
        .and(setup::routes())
        .and(community::routes())
        .and(desk::routes())
        .and(hand_off::routes())
}

/// Method and path of every page, for the test that holds the list against its snapshot.
pub fn list() -> Vec<(String, &'static str)> {
    all().0.into_iter().map(|(method, path, _)| (method.to_string(), path)).collect()
}

/// The router of a node.
pub fn routes(app: App) -> Router {
    let mut router = Router::new();
    for (method, path, run) in all().0 {
        router = router.route(path, mount(&method, app.clone(), run));
    }
    let missing: Run = Arc::new(|cx| Box::pin(community::missing(cx)));
    router.fallback_service(mount_any(app, missing))
}

fn mount(method: &Method, app: App, run: Run) -> MethodRouter {
    let filter = if method == Method::POST { MethodFilter::POST } else { MethodFilter::GET };
    on(filter, move |parameters: RawPathParams, request: Request| answer(app, run, parameters, request))
}

fn mount_any(app: App, run: Run) -> MethodRouter {
    axum::routing::any(move |parameters: RawPathParams, request: Request| {
        answer(app, run, parameters, request)
    })
}

async fn answer(app: App, run: Run, parameters: RawPathParams, request: Request) -> Response {
    let parameters = parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let had_flash = cookies::read(request.headers(), cookies::FLASH).is_some();
    let (cx, trouble) = prepare(app, parameters, request).await;
    let version = cx.viewer.as_ref().map_or(0, |viewer| cx.app.pages.reader_version(viewer.person));
    let result = match trouble {
        Some(error) => Err(error),
        None => run(cx.clone()).await,
    };
    let mut response = result.unwrap_or_else(|error| error::page(&cx.chrome(), &error, &cx.typed()));
    if had_flash && !response.headers().contains_key(header::SET_COOKIE) {
        let _ = crate::views::set_cookie(&cx, &mut response, cookies::FLASH, "", Some(0));
    }
    finish(&cx, &mut response);
    fill(&cx, version, response).await
}

/// Reads what a handler needs. A trouble on the way still yields a request, so that its page can be drawn.
async fn prepare(app: App, parameters: HashMap<String, String>, request: Request) -> (Cx, Option<Error>) {
    let (parts, body) = request.into_parts();
    let mut trouble = None;
    let visit =
        cookies::read(&parts.headers, cookies::VISIT).filter(|visit| visit.len() == 43).map(str::to_owned);
    let visit = visit.unwrap_or_else(|| accounts::random_token().unwrap_or_default());
    let viewer = match cookies::read(&parts.headers, cookies::SESSION) {
        Some(token) => session::viewer(&app, token).await.unwrap_or_else(|error| {
            trouble = Some(error);
            None
        }),
        None => None,
    };
    let flash = cookies::read(&parts.headers, cookies::FLASH).and_then(cookies::unpack);
    let mut cx = Cx {
        app,
        method: parts.method,
        uri: parts.uri,
        headers: parts.headers,
        parameters,
        body: Bytes::new(),
        viewer,
        peer: parts.extensions.get::<SocketAddr>().copied(),
        visit,
        flash: flash.and_then(|text| serde_json::from_str::<Flash>(&text).ok()),
    };
    if cx.method == Method::POST {
        match receive(&cx, body).await {
            Ok(body) => cx.body = body,
            Err(error) => trouble = Some(error),
        }
    }
    (cx, trouble)
}

async fn receive(cx: &Cx, body: Body) -> Result<Bytes> {
    if matches!(cx.header("sec-fetch-site"), Some("cross-site" | "same-site")) {
        return Err(Error::forbidden("This form came from another site, so nothing was done."));
    }
    let files = upload::is_upload(cx.header("content-type"));
    let limited = Limited::new(body, if files { upload::MOST } else { MOST_BODY }).collect();
    match tokio::time::timeout(BODY_PATIENCE, limited).await {
        Err(_) => {
            Err(Error::invalid("The form took too long to arrive. Check your connection and send it again."))
        }
        Ok(Err(_)) if files => Err(Error::invalid(
            "This is larger than 2 MB. Choose a smaller file, or send it in parts, one after the other.",
        )),
        Ok(Err(_)) => {
            Err(Error::invalid("This is longer than a form may be. Shorten the text and send it again."))
        }
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
    }
}

/// What every answer needs: no page of a moment is kept, and whoever wrote sees what they wrote.
fn finish(cx: &Cx, response: &mut Response) {
    if cx.method != Method::GET || response.status() != StatusCode::OK || cx.flash.is_some() {
        response.extensions_mut().remove::<Depends>();
    }
    if let Some(viewer) = cx.viewer.as_ref().filter(|_| cx.method != Method::GET) {
        cx.app.pages.changed_for(viewer.person);
        let _ = crate::views::set_cookie(cx, response, cookies::WROTE, "1", Some(WROTE));
    }
    if !response.headers().contains_key(header::CACHE_CONTROL) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(PRIVATE));
    }
}

/// Puts the viewer's words into the gaps of a page; what may be kept is handed on without them too.
async fn fill(cx: &Cx, version: u64, response: Response) -> Response {
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_page {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let text = String::from_utf8_lossy(&body);
    let filled = pages::fill(&text, cx.viewer.as_deref(), cx.app.now());
    if let Some(viewer) = cx.viewer.clone().filter(|_| parts.extensions.get::<Depends>().is_some()) {
        parts.extensions.insert(Unfilled { text: text.into(), viewer, version });
    }
    Response::from_parts(parts, Body::from(filled))
}

/// True for errors a handler may turn into its own page with the form as it was typed. A full disk is nobody's
/// mistake, but what was typed must not be lost to it.
pub(crate) fn is_mistake(error: &Error) -> bool {
    matches!(error.kind, Kind::Invalid | Kind::Conflict | Kind::TooMany | Kind::Unavailable)
}
