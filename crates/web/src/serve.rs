//! The server: HTTP/1.1 over TCP, bounded in every direction, with a short way for pages that are kept.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Either, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use mainstreet_kernel::{Error, Result, Timestamp};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt as _;

use crate::app::App;
use crate::pages::{self, Depends, Shape, Stored, Unfilled};
use crate::session::Viewer;
use crate::{assets, cookies, routes};

/// A request's head must arrive within this time; an idle connection is closed after it too.
const HEAD_PATIENCE: Duration = Duration::from_secs(30);
/// All headers of a request together.
const MOST_HEAD: usize = 32 << 10;
/// So many connections at once; more wait in the kernel's queue.
const MOST_CONNECTIONS: usize = 8_192;
/// How long open requests get to finish when the node stops.
const GOODBYE: Duration = Duration::from_secs(10);
/// Bodies shorter than this go out as they are: packing them would cost more than it saves.
const WORTH_PACKING: usize = 4 << 10;

type Answer = Response<Either<Full<Bytes>, Body>>;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; \
                      connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// Answers requests on `listener` until `stop` ends, then lets open requests finish.
pub async fn serve(app: App, listener: TcpListener, stop: impl Future<Output = ()>) -> Result<()> {
    let follower = tokio::spawn(app.clone().follow_log());
    let router = routes::routes(app.clone());
    let (closing, closed) = watch::channel(false);
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut stop = std::pin::pin!(stop);
    loop {
        let permit = Arc::clone(&room).acquire_owned().await.map_err(Error::internal)?;
        let accepted = tokio::select! { accepted = listener.accept() => accepted, () = &mut stop => break };
        let Ok((stream, peer)) = accepted else {
            // Out of file handles, most likely: wait for some to be given back.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (app, router, mut closed) = (app.clone(), router.clone(), closed.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request| respond(app.clone(), router.clone(), peer, request));
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_PATIENCE)
                .max_buf_size(MOST_HEAD)
                .pipeline_flush(true)
                .serve_connection(TokioIo::new(stream), service);
            let mut connection = std::pin::pin!(connection);
            tokio::select! {
                _ = connection.as_mut() => {}
                _ = closed.changed() => {
                    connection.as_mut().graceful_shutdown();
                    let _ = connection.await;
                }
            }
            drop(permit);
        });
    }
    drop(listener);
    closing.send_replace(true);
    let all = u32::try_from(MOST_CONNECTIONS).unwrap_or(u32::MAX);
    let _ = tokio::time::timeout(GOODBYE, room.acquire_many(all - 1)).await;
    follower.abort();
    Ok(())
}

async fn respond(
    app: App,
    router: axum::Router,
    peer: SocketAddr,
    mut request: Request<Incoming>,
) -> std::result::Result<Answer, Infallible> {
    if request.method() == Method::GET
        && let Some(answer) =
            kept(&app, request.uri().path_and_query().map_or("/", |part| part.as_str()), request.headers())
    {
        return Ok(answer);
    }
    request.extensions_mut().insert(peer);
    let asked = request.headers().clone();
    let path = request.uri().path_and_query().map_or_else(String::new, |part| part.as_str().to_owned());
    let before = app.pages.any();
    let made_at = app.now();
    let Ok(response) = router.oneshot(request.map(Body::new)).await;
    let (mut parts, body) = response.into_parts();
    secure(&mut parts.headers);
    let streaming = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
    if streaming {
        return Ok(Response::from_parts(parts, Either::Right(body)));
    }
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let depends = parts.extensions.remove::<Depends>().filter(|_| {
        parts.status == StatusCode::OK && !parts.headers.contains_key(header::SET_COOKIE) && is_plain(&asked)
    });
    let unfilled = parts.extensions.remove::<Unfilled>();
    let answer = match (depends, unfilled) {
        (Some(depends), None) => {
            let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
            let kind = kind.unwrap_or_default().to_owned();
            let stored = Arc::new(Stored::new(&kind, &body, "no-cache"));
            if before == app.pages.any() {
                app.pages.keep(path, Arc::clone(&stored), depends, made_at);
            }
            stored.answer(&asked)
        }
        (Some(depends), Some(unfilled)) if accepts_gzip(&asked) => {
            let shape = app.pages.shape(&unfilled.text);
            if before == app.pages.any() {
                app.pages.keep_for(&path, Arc::clone(&shape), depends, &unfilled, made_at);
            }
            mine(&shape, &unfilled.viewer, made_at)
        }
        _ => {
            let body = pack(&mut parts.headers, &asked, body);
            return Ok(Response::from_parts(parts, Either::Left(Full::new(body))));
        }
    };
    let mut answer = answer.map(Either::Left);
    secure(answer.headers_mut());
    Ok(answer)
}

/// The short way: assets, and pages kept for visitors and for this member.
fn kept(app: &App, path: &str, asked: &HeaderMap) -> Option<Answer> {
    let mut answer = if path.starts_with(assets::FOLDER) {
        assets::find(path)?.answer(asked)
    } else if !is_plain(asked) {
        return None;
    } else if let Some(token) = cookies::read(asked, cookies::SESSION) {
        let viewer = app.sessions.known(token, app.now()).filter(|_| accepts_gzip(asked))?;
        mine(app.pages.find_for(viewer.person, path, app.now())?.as_ref(), &viewer, app.now())
    } else {
        let stored = app.pages.find(path, app.now())?;
        if stored.wants_smaller() {
            let stored = Arc::clone(&stored);
            tokio::task::spawn_blocking(move || stored.pack_smaller());
        }
        stored.answer(asked)
    };
    secure(answer.headers_mut());
    Some(answer.map(Either::Left))
}

/// False when the answer may differ from the next one to the same reader.
fn is_plain(asked: &HeaderMap) -> bool {
    let moved = |name| cookies::read(asked, name).is_some();
    !(asked.contains_key("x-fragment") || moved(cookies::FLASH) || moved(cookies::WROTE))
}

fn accepts_gzip(asked: &HeaderMap) -> bool {
    let accepts = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepts.is_some_and(|codings| codings.contains("gzip"))
}

/// A member's page: a shape with their words.
fn mine(shape: &Shape, viewer: &Viewer, now: Timestamp) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(shape.filled(viewer, now)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(routes::PRIVATE));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding, cookie"));
    response
}

fn pack(headers: &mut HeaderMap, asked: &HeaderMap, body: Bytes) -> Bytes {
    let text = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/") || kind.contains("json") || kind.contains("xml"));
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding, cookie"));
    if !text || body.len() < WORTH_PACKING || !accepts_gzip(asked) {
        return body;
    }
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    // The router wrote the length of the unpacked body.
    headers.remove(header::CONTENT_LENGTH);
    pages::gzip(&body, 1).into()
}

/// Headers that every answer carries.
fn secure(headers: &mut HeaderMap) {
    const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
    const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (OPENER, "same-origin"),
        (PERMISSIONS, "camera=(), microphone=(), geolocation=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
