//! One POST to a web server that is not trusted: bounded in time and size, no redirect followed, every failure a
//! sentence.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use mainstreet_kernel::Clock;

/// How long connecting, and each single read or write, may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of the head of an answer that are read.
const LONGEST_HEAD: usize = 16 * 1024;

/// A connection, plain or secure.
pub(crate) trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// What a server answered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: u16,
    /// Its body, without the marks of how it was sent.
    pub(crate) body: Vec<u8>,
}

/// What went wrong on the way, in words for people.
pub(crate) fn said(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => "no answer in time".to_owned(),
        _ => error.to_string(),
    }
}

/// Connects to the host of `url`; secure when it begins with `https`.
///
/// # Errors
/// A sentence.
pub(crate) fn connect(url: &url::Url) -> Result<Box<dyn Stream>, String> {
    let host = url.host_str().ok_or_else(|| "the address has no host".to_owned())?;
    let port = url.port_or_known_default().unwrap_or(443);
    let addresses = (host.trim_matches(['[', ']']), port).to_socket_addrs().map_err(|error| said(&error))?;
    let mut stream = Err("the name leads nowhere".to_owned());
    for address in addresses {
        stream = TcpStream::connect_timeout(&address, PATIENCE).map_err(|error| said(&error));
        if stream.is_ok() {
            break;
        }
    }
    let stream = stream?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(|error| said(&error))?;
    stream.set_write_timeout(Some(PATIENCE)).map_err(|error| said(&error))?;
    if url.scheme() != "https" {
        return Ok(Box::new(stream));
    }
    let roots = rustls::RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let config =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
    let name = rustls::pki_types::ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
    let client = rustls::ClientConnection::new(Arc::new(config), name).map_err(|error| error.to_string())?;
    Ok(Box::new(rustls::StreamOwned::new(client, stream)))
}

/// The head of a POST of JSON; `more` are further lines, each with its end.
pub(crate) fn head(url: &url::Url, more: &str, length: usize) -> String {
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Mainstreet\r\nContent-Type: application/json\r\n\
         {more}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )
}

/// The status in the first line of an answer.
pub(crate) fn status(line: &str) -> Option<u16> {
    line.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1)?.trim().parse::<u16>().ok())
}

/// Posts JSON and reads the whole answer, of at most `most` bytes, within `patience` milliseconds of `clock`. However
/// slowly it drips, and whatever it says of its length.
///
/// # Errors
/// What went wrong and what to do, in sentences.
pub(crate) fn post(
    url: &url::Url,
    more: &str,
    body: &str,
    most: usize,
    (clock, patience): (&Clock, i64),
) -> Result<Answer, String> {
    let until = clock.now().plus(patience);
    let reach = |why: String| {
        format!("The model’s server cannot be reached ({why}). An owner checks the address in the settings.")
    };
    let mut stream = connect(url).map_err(reach)?;
    let head = head(url, more, body.len());
    stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(body.as_bytes()))
        .and_then(|()| stream.flush())
        .map_err(|error| reach(said(&error)))?;
    let mut read = Vec::new();
    let mut part = vec![0; 8 * 1024];
    loop {
        if let Some(answer) = whole(&read, most, false)? {
            return Ok(answer);
        }
        if clock.now() >= until {
            return Err("The model took too long. Ask once more, or write the reply yourself.".to_owned());
        }
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(count) => read.extend(part.iter().take(count)),
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                ) => {}
            // Secure servers often end without saying so; what is there counts.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(cut_off(&said(&error))),
        }
    }
    whole(&read, most, true)?.ok_or_else(|| cut_off("it ended in the middle"))
}

fn cut_off(why: &str) -> String {
    format!("The model’s server broke off ({why}). Ask once more, or write the reply yourself.")
}

/// The answer in what was read so far; none: more has to come. `ended`: nothing more comes.
fn whole(read: &[u8], most: usize, ended: bool) -> Result<Option<Answer>, String> {
    let odd =
        || "What listens at the address is not a web server. An owner checks it in the settings.".to_owned();
    let large = || "The model’s server sent too much. Write the reply yourself.".to_owned();
    let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else {
        let starts = read.get(..read.len().min(7)).is_some_and(|start| b"HTTP/1.".starts_with(start));
        if !starts || read.len() > LONGEST_HEAD || ended && !read.is_empty() {
            return Err(odd());
        }
        return Ok(None);
    };
    let head = String::from_utf8_lossy(read.get(..end).unwrap_or(&[])).into_owned();
    let rest = read.get(end + 4..).unwrap_or(&[]);
    let mut lines = head.lines();
    let status = status(lines.next().unwrap_or_default()).ok_or_else(odd)?;
    let field = |name: &str| {
        let lines = head.lines().skip(1);
        lines.filter_map(|line| line.split_once(':')).find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
    };
    if rest.len() > most + most / 2 {
        return Err(large());
    }
    if status / 100 == 1 {
        return whole(rest, most, ended);
    }
    if field("transfer-encoding").is_some_and(|(_, value)| value.to_lowercase().contains("chunked")) {
        let body = chunks(rest, most).map_err(|()| large())?;
        return Ok(body.map(|body| Answer { status, body }));
    }
    if let Some((_, length)) = field("content-length") {
        let length: usize = length.trim().parse().map_err(|_| odd())?;
        if length > most {
            return Err(large());
        }
        let body = rest.get(..length).map(<[u8]>::to_vec);
        return Ok(body.map(|body| Answer { status, body }));
    }
    if rest.len() > most {
        return Err(large());
    }
    Ok(ended.then(|| Answer { status, body: rest.to_vec() }))
}

/// A body that was sent in chunks; none: more has to come.
fn chunks(mut rest: &[u8], most: usize) -> Result<Option<Vec<u8>>, ()> {
    let mut body = Vec::new();
    loop {
        let Some(end) = rest.windows(2).position(|two| two == b"\r\n") else { return Ok(None) };
        let size = String::from_utf8_lossy(rest.get(..end).unwrap_or(&[])).into_owned();
        let size = size.split(';').next().unwrap_or_default().trim().to_owned();
        let size = usize::from_str_radix(&size, 16).map_err(|_| ())?;
        if size > most || body.len() + size > most {
            return Err(());
        }
        if size == 0 {
            return Ok(Some(body));
        }
        let start = end + 2;
        let Some(part) = rest.get(start..start + size) else { return Ok(None) };
        body.extend_from_slice(part);
        let Some(left) = rest.get(start + size + 2..) else { return Ok(None) };
        rest = left;
    }
}

/// A server for tests.
#[cfg(test)]
pub(crate) mod server {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::net::{SocketAddr, TcpListener, TcpStream};
    use std::thread::JoinHandle;

    /// Hears one request, then does as it likes. Answers with what was heard.
    pub(crate) fn once(does: impl FnOnce(TcpStream) + Send + 'static) -> (SocketAddr, JoinHandle<String>) {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = server.local_addr().unwrap();
        let heard = std::thread::spawn(move || {
            let (stream, _) = server.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(n) = line.strip_prefix("Content-Length: ") {
                    length = n.trim().parse().unwrap();
                }
                head.push_str(&line);
                if line == "\r\n" {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            does(stream);
            head + &String::from_utf8(body).unwrap()
        });
        (at, heard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &str, ended: bool) -> Result<Option<(u16, String)>, String> {
        let answer = whole(bytes.as_bytes(), 100, ended)?;
        Ok(answer.map(|answer| (answer.status, String::from_utf8_lossy(&answer.body).into_owned())))
    }

    #[test]
    fn answers_are_read_however_they_are_sent() {
        let ok = |body: &str| Ok(Some((200, body.to_owned())));
        assert_eq!(read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", false), ok("hi"));
        assert_eq!(read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi", false), Ok(None));
        assert_eq!(read("HTTP/1.0 200 OK\r\n\r\nhi", false), Ok(None));
        assert_eq!(read("HTTP/1.0 200 OK\r\n\r\nhi", true), ok("hi"));
        let chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nhi\r\n1;x=y\r\n!\r\n0\r\n\r\n";
        assert_eq!(read(chunked, false), ok("hi!"));
        assert_eq!(read(&chunked[..chunked.len() - 8], false), Ok(None));
        assert_eq!(
            read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false),
            ok("")
        );
    }

    #[test]
    fn answers_that_are_none_are_refused() {
        let check = |bytes: &str, part: &str| {
            let said = read(bytes, true).unwrap_err();
            assert!(said.contains(part), "{bytes}: {said}");
        };
        check("SSH-2.0 hello\r\n", "not a web server");
        check("HTTP/1.1 abc\r\n\r\n", "not a web server");
        check("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n", "too much");
        check("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "not a web server");
        check("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", "too much");
        check("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "too much");
        check(&format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(120)), "too much");
        check("HTTP/1.1 200", "not a web server");
    }
}
