//! Telling other programs: one POST for each call, signed, to an address an owner wrote down. No redirect is followed,
//! nothing but the status of the answer is believed.

use std::io::{Read as _, Write as _};

use hmac::{Hmac, Mac as _};
use mainstreet_db::Db;
use mainstreet_desk::webhooks::{self, Call};
use mainstreet_kernel::Result;
use sha2::Sha256;

use crate::http;

/// Calls in one go.
const BATCH: usize = 20;
/// Bytes of an answer that are read.
const MOST: u64 = 4_096;
/// Pieces in which its first line may come: whoever sends it byte by byte is not waited for.
const PIECES: usize = 3;

/// Sends the calls that are due, and writes down what came of them.
///
/// # Errors
/// The database's.
pub(crate) async fn send_due(db: &Db) -> Result<()> {
    // One after the other, each taken only when it is sent: a program that answers slowly keeps none of the others taken
    // for longer than a call is put off.
    for _ in 0..BATCH {
        let Some(call) = db.write(|tx| webhooks::take(tx, 1)).await?.pop() else { break };
        let own = call.clone();
        let sent = tokio::task::spawn_blocking(move || send(&own)).await;
        let sent = sent.unwrap_or_else(|_| Err("it could not be sent".to_owned()));
        db.write(move |tx| webhooks::came(tx, &call, sent)).await?;
    }
    Ok(())
}

/// Sends one call: the status line of the answer, or what went wrong.
fn send(call: &Call) -> std::result::Result<String, String> {
    let url = url::Url::parse(&call.url).map_err(|error| error.to_string())?;
    let more = format!(
        "Mainstreet-Delivery: {}\r\nMainstreet-Signature: sha256={}\r\n",
        call.id,
        signature(&call.secret, &call.body)
    );
    let mut stream = http::connect(&url)?;
    let head = http::head(&url, &more, call.body.len());
    let mut answer = Vec::new();
    stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(call.body.as_bytes()))
        .and_then(|()| read_head(&mut stream, &mut answer))
        .map_err(|error| http::said(&error))?;
    judged(&answer)
}

/// Reads until the first line is there.
fn read_head(from: &mut impl std::io::Read, answer: &mut Vec<u8>) -> std::io::Result<()> {
    let mut from = from.take(MOST);
    let mut byte = [0; 256];
    for _ in 0..PIECES {
        if answer.contains(&b'\n') {
            break;
        }
        match from.read(&mut byte)? {
            0 => break,
            n => answer.extend(byte.iter().take(n)),
        }
    }
    Ok(())
}

fn judged(answer: &[u8]) -> std::result::Result<String, String> {
    let line = String::from_utf8_lossy(answer.split(|byte| *byte == b'\n').next().unwrap_or_default())
        .trim()
        .to_owned();
    let status = http::status(&line);
    let line = mainstreet_kernel::text::excerpt(&line, 120);
    match status {
        Some(200..=299) => Ok(line),
        Some(_) => Err(format!("it answered {line}")),
        None => Err("it did not answer as a web server does".to_owned()),
    }
}

/// HMAC-SHA-256 of the body, in hexadecimal.
fn signature(secret: &str, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(body.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use mainstreet_kernel::id::EntryId;

    use super::*;

    /// What a server heard and what the call came to, when it answers with these bytes.
    fn called(answer: &'static str) -> (String, std::result::Result<String, String>) {
        let (at, heard) = http::server::once(move |mut stream| stream.write_all(answer.as_bytes()).unwrap());
        let call = Call {
            id: EntryId(7),
            url: format!("http://{at}/hooks/a?b=c"),
            secret: "0123456789abcdef".to_owned(),
            body: "{\"rule\":\"ä\"}".to_owned(),
            tries: 0,
        };
        let sent = send(&call);
        (heard.join().unwrap(), sent)
    }

    #[test]
    fn a_call_is_signed_and_its_answer_is_judged() {
        let (heard, sent) = called("HTTP/1.1 204 No Content\r\n\r\n");
        assert!(heard.starts_with("POST /hooks/a?b=c HTTP/1.1\r\nHost: 127.0.0.1:"), "{heard}");
        assert!(heard.ends_with("\r\n\r\n{\"rule\":\"ä\"}"), "{heard}");
        let signed =
            format!("Mainstreet-Signature: sha256={}", signature("0123456789abcdef", "{\"rule\":\"ä\"}"));
        assert!(heard.contains(&signed), "{heard}");
        assert_eq!(sent, Ok("HTTP/1.1 204 No Content".to_owned()));
        assert!(
            called("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n").1.is_err(),
            "not followed"
        );
        assert!(called("HTTP/1.1 500 Oh no\r\n\r\n").1.is_err());
        assert!(called("SSH-2.0 hello\r\n").1.is_err());
    }

    #[test]
    fn the_signature_is_that_of_others() {
        // RFC 4231, test case 2.
        assert_eq!(
            signature("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
