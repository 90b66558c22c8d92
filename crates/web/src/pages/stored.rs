//! A body that is the same for all who ask: packed once, sent as often as wanted.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use http_body_util::Full;
use sha2::{Digest as _, Sha256};

/// Shorter bodies are kept as they are too, for the few who cannot unpack; longer ones are unpacked when asked for.
const SHORT: usize = 2 << 10;

/// True while a body is packed with Brotli, which takes megabytes: one at a time is enough.
static PACKING: AtomicBool = AtomicBool::new(false);

/// A body in its codings, with its tag.
#[derive(Debug)]
pub(crate) struct Stored {
    kind: HeaderValue,
    policy: HeaderValue,
    tag: HeaderValue,
    plain: Option<Bytes>,
    gzip: Bytes,
    /// The smallest coding, made when the body is asked for a second time: most are not.
    brotli: OnceLock<Bytes>,
    asked_twice: AtomicBool,
}

impl Stored {
    /// Compresses `body` once, for all who will ask.
    pub(crate) fn new(kind: &str, body: &[u8], policy: &'static str) -> Self {
        let digest = Sha256::digest(body);
        let tag: String = digest.iter().take(9).map(|byte| format!("{byte:02x}")).collect();
        Self {
            kind: HeaderValue::from_str(kind).unwrap_or(HeaderValue::from_static("application/octet-stream")),
            policy: HeaderValue::from_static(policy),
            tag: HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"\"")),
            gzip: gzip(body, 6).into(),
            brotli: OnceLock::new(),
            asked_twice: AtomicBool::new(false),
            plain: (body.len() <= SHORT).then(|| Bytes::copy_from_slice(body)),
        }
    }

    /// Bytes it takes in memory, with Brotli to come.
    pub(crate) fn weight(&self) -> u64 {
        let plain = self.plain.as_ref().map_or(0, Bytes::len);
        (256 + plain + 2 * self.gzip.len()) as u64
    }

    /// True once, for whoever should call [`Stored::pack_smaller`]: on the second request.
    pub(crate) fn wants_smaller(&self) -> bool {
        if self.brotli.get().is_some() || !self.asked_twice.swap(true, Ordering::Relaxed) {
            return false;
        }
        !PACKING.swap(true, Ordering::AcqRel)
    }

    /// Packs the body with Brotli. Takes milliseconds.
    pub(crate) fn pack_smaller(&self) {
        let _ = self.brotli.set(brotli(&gunzip(&self.gzip)).into());
        PACKING.store(false, Ordering::Release);
    }

    /// The response for a request with these headers: the body in the best coding, or "you have it".
    pub(crate) fn answer(&self, asked: &HeaderMap) -> Response<Full<Bytes>> {
        let accepts =
            asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let known = asked.get(header::IF_NONE_MATCH).is_some_and(|tags| tags == self.tag);
        let (body, coding) = if known {
            (Bytes::new(), None)
        } else if let Some(smaller) = self.brotli.get().filter(|_| accepts.contains("br")) {
            (smaller.clone(), Some("br"))
        } else if accepts.contains("gzip") {
            (self.gzip.clone(), Some("gzip"))
        } else {
            (self.plain.clone().unwrap_or_else(|| gunzip(&self.gzip)), None)
        };
        let mut response = Response::new(Full::new(body));
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
    let mut out = encoder.finish().unwrap_or_default();
    out.shrink_to_fit();
    out
}

fn gunzip(packed: &[u8]) -> Bytes {
    use std::io::Read as _;
    let mut body = Vec::with_capacity(packed.len() * 4);
    let _ = flate2::read::GzDecoder::new(packed).read_to_end(&mut body);
    body.into()
}

fn brotli(mut body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() / 4);
    // Told the size, the encoder takes tables that fit it instead of megabytes.
    let settings = brotli::enc::BrotliEncoderParams {
        quality: 5,
        lgwin: 16,
        size_hint: body.len(),
        ..Default::default()
    };
    // Writing to memory does not fail.
    let _ = brotli::BrotliCompress(&mut body, &mut out, &settings);
    out.shrink_to_fit();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_cannot_unpack_gets_the_body_as_it_is() {
        for body in ["short".to_owned(), "long and longer ".repeat(1_000)] {
            let stored = Stored::new("text/plain", body.as_bytes(), "no-cache");
            assert_eq!(gunzip(&stored.gzip), body.as_bytes());
            let answer = stored.answer(&HeaderMap::new());
            assert!(answer.headers().get(header::CONTENT_ENCODING).is_none());
            stored.pack_smaller();
            assert_eq!(axum::body::HttpBody::size_hint(answer.body()).exact(), Some(body.len() as u64));
        }
    }
}
