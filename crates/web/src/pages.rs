//! Whole pages for visitors who are not signed in, kept compressed until something they show changes.
//!
//! A page says what it depends on ([`Depends`]). The node's follower of the log moves the version of what changed,
//! on every node, and a stored page with an older version is made anew.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use http_body_util::Full;
use mainstreet_kernel::Timestamp;
use mainstreet_kernel::clock::MINUTE;
use mainstreet_kernel::id::TopicId;
use quick_cache::sync::Cache;
use sha2::{Digest as _, Sha256};

/// Pages say "3 min ago", so none is kept longer, changed or not.
const LIFE: i64 = MINUTE;
/// At most so many pages are kept; a page takes about 8 KB.
const MOST: usize = 1_000;

/// What a page shows that may change. Put it into the response's extensions; without it a page is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depends {
    /// One conversation.
    OnTopic(TopicId),
    /// Lists: anything new may move them.
    OnEverything,
}

/// A body in three codings with its tag.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    kind: HeaderValue,
    policy: HeaderValue,
    tag: HeaderValue,
    plain: Bytes,
    gzip: Bytes,
    brotli: Bytes,
}

impl Stored {
    /// Compresses `body` once, for all who will ask.
    pub(crate) fn new(kind: &str, body: Bytes, policy: &'static str) -> Self {
        let digest = Sha256::digest(&body);
        let tag: String = digest.iter().take(9).map(|byte| format!("{byte:02x}")).collect();
        Self {
            kind: HeaderValue::from_str(kind).unwrap_or(HeaderValue::from_static("application/octet-stream")),
            policy: HeaderValue::from_static(policy),
            tag: HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"\"")),
            gzip: gzip(&body, 6).into(),
            brotli: brotli(&body).into(),
            plain: body,
        }
    }

    /// The response for a request with these headers: the body in the best coding, or "you have it".
    pub(crate) fn answer(&self, asked: &HeaderMap) -> Response<Full<Bytes>> {
        let accepts =
            asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (body, coding) = if accepts.contains("br") && !self.brotli.is_empty() {
            (&self.brotli, Some("br"))
        } else if accepts.contains("gzip") {
            (&self.gzip, Some("gzip"))
        } else {
            (&self.plain, None)
        };
        let known = asked.get(header::IF_NONE_MATCH).is_some_and(|tags| tags == self.tag);
        let mut response = Response::new(Full::new(if known { Bytes::new() } else { body.clone() }));
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.tag.clone());
        headers.insert(header::CACHE_CONTROL, self.policy.clone());
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding, cookie"));
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(header::CONTENT_TYPE, self.kind.clone());
        if self.kind.as_bytes().starts_with(b"text/html") {
            // Visitors' pages change nothing by being looked at, so the browser may fetch the next one beforehand.
            headers.insert("speculation-rules", HeaderValue::from_static(crate::assets::SPECULATION));
        }
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        response
    }
}

/// Gzip, at `level` 1 (fast) to 9.
pub(crate) fn gzip(body: &[u8], level: u32) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder =
        flate2::write::GzEncoder::new(Vec::with_capacity(body.len() / 3), flate2::Compression::new(level));
    let _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default()
}

fn brotli(mut body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() / 4);
    let settings = brotli::enc::BrotliEncoderParams { quality: 5, lgwin: 18, ..Default::default() };
    match brotli::BrotliCompress(&mut body, &mut out, &settings) {
        Ok(_) => out,
        Err(_) => Vec::new(),
    }
}

struct Kept {
    stored: Stored,
    depends: Depends,
    version: u64,
    made_at: Timestamp,
}

/// The pages kept by this node.
pub(crate) struct PageCache {
    pages: Cache<String, std::sync::Arc<Kept>>,
    everything: AtomicU64,
    /// When each topic last changed; those not here have not changed for long, and no page is that old.
    topics: Cache<TopicId, u64>,
}

impl PageCache {
    pub(crate) fn new() -> Self {
        Self { pages: Cache::new(MOST), everything: AtomicU64::new(1), topics: Cache::new(10_000) }
    }

    fn version(&self, depends: Depends) -> u64 {
        match depends {
            Depends::OnEverything => self.everything.load(Ordering::Acquire),
            Depends::OnTopic(topic) => self.topics.get(&topic).unwrap_or_default(),
        }
    }

    /// A counter that moves with every change: read before a page is made, compared before it is kept.
    pub(crate) fn any(&self) -> u64 {
        self.everything.load(Ordering::Acquire)
    }

    /// The page kept for `path` (with its query), if it is still true.
    pub(crate) fn find(&self, path: &str, now: Timestamp) -> Option<impl std::ops::Deref<Target = Stored>> {
        let kept = self.pages.get(path)?;
        let true_still =
            kept.version == self.version(kept.depends) && (0..LIFE).contains(&now.since(kept.made_at));
        true_still.then(|| Hold(kept))
    }

    /// Keeps a page made while nothing changed.
    pub(crate) fn keep(&self, path: String, stored: Stored, depends: Depends, made_at: Timestamp) {
        let version = self.version(depends);
        self.pages.insert(path, std::sync::Arc::new(Kept { stored, depends, version, made_at }));
    }

    /// Something changed, in `topic` if it is one: its page and all lists are made anew.
    pub(crate) fn changed(&self, topic: Option<TopicId>) {
        let next = self.everything.fetch_add(1, Ordering::AcqRel) + 1;
        if let Some(topic) = topic {
            self.topics.insert(topic, next);
        }
    }

    /// Anything may have changed, such as the community's name.
    pub(crate) fn all_changed(&self) {
        self.pages.clear();
        self.everything.fetch_add(1, Ordering::AcqRel);
    }
}

struct Hold(std::sync::Arc<Kept>);

impl std::ops::Deref for Hold {
    type Target = Stored;

    fn deref(&self) -> &Stored {
        &self.0.stored
    }
}
