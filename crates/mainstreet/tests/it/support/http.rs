//! A visitor without a browser: keeps cookies, fills forms, follows no script.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// A port that nobody listens on just now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a header, by its lower-case name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Where it sends the visitor.
    #[track_caller]
    pub(crate) fn location(&self) -> &str {
        self.header("location").unwrap_or_else(|| panic!("no redirect but {}: {}", self.status, self.text()))
    }

    /// The words of the page, for messages of failed tests.
    pub(crate) fn text(&self) -> String {
        let mut words = String::new();
        let mut inside = false;
        for letter in self.body.split("<main").last().unwrap_or_default().chars() {
            match letter {
                '<' => inside = true,
                '>' => inside = false,
                _ if !inside => words.push(letter),
                _ => {}
            }
        }
        words.split_whitespace().take(60).collect::<Vec<_>>().join(" ")
    }
}

/// Somebody with cookies, each with the time at which the browser forgets it.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    at: SocketAddr,
    cookies: BTreeMap<String, (String, Option<Instant>)>,
}

impl Visitor {
    pub(crate) fn new(at: SocketAddr) -> Self {
        Self { at, cookies: BTreeMap::new() }
    }

    /// The same person at another node's address.
    pub(crate) fn going_to(&self, at: SocketAddr) -> Self {
        Self { at, cookies: self.cookies.clone() }
    }

    pub(crate) fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.send("GET", path, "")
    }

    /// Looks at a page that must be there.
    #[track_caller]
    pub(crate) fn see(&mut self, path: &str) -> Answer {
        let answer = self.get(path).unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer
    }

    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> io::Result<Answer> {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", coded(name), coded(value))).collect();
        self.send("POST", path, &body.join("&"))
    }

    /// Fills the form on `page` that goes to `action`, with its hidden fields as they are, and sends it.
    pub(crate) fn fill(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> io::Result<Answer> {
        let answer = self.get(page)?;
        let hidden = hidden_fields(&answer, action);
        let mut all: Vec<(&str, &str)> =
            hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.retain(|(name, _)| !fields.iter().any(|(other, _)| other == name));
        all.extend(fields);
        self.post(action, &all)
    }

    /// As if so much time had passed that the browser forgot this cookie.
    pub(crate) fn forget(&mut self, cookie: &str) {
        self.cookies.remove(cookie);
    }

    fn send(&mut self, method: &str, path: &str, body: &str) -> io::Result<Answer> {
        let mut stream = TcpStream::connect_timeout(&self.at, Duration::from_secs(5))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        self.cookies.retain(|_, (_, until)| until.is_none_or(|until| until > Instant::now()));
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, (value, _))| format!("{name}={value}")).collect();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAccept-Encoding: gzip\r\nCookie: {}\r\nContent-Type: \
             application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.at,
            cookies.join("; "),
            body.len()
        )?;
        let answer = receive(&mut stream)?;
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let seconds = cookie.split("Max-Age=").nth(1).and_then(|age| age.split(';').next()?.parse().ok());
            let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
            if let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) {
                self.cookies.insert(name.to_owned(), (value.to_owned(), until));
            }
        }
        Ok(answer)
    }
}

/// Names and values of the hidden fields of the form that goes to `action`.
fn hidden_fields(answer: &Answer, action: &str) -> Vec<(String, String)> {
    let wanted = format!("action=\"{action}\"");
    let form = answer
        .body
        .split("<form")
        .find(|form| form.split('>').next().is_some_and(|head| head.contains(&wanted)));
    let form = form.unwrap_or_else(|| panic!("no form to {action}: {}", answer.text()));
    let inputs = form.split("</form>").next().unwrap_or_default().split("<input").skip(1);
    inputs
        .filter(|input| input.contains("type=\"hidden\""))
        .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value").unwrap_or_default())))
        .collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
    Some(value.replace("&#34;", "\"").replace("&#38;", "&").replace("&amp;", "&").replace("&#39;", "'"))
}

fn coded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Reads an answer from the wire: until it is whole, or the other side closes.
pub(crate) fn receive(stream: &mut TcpStream) -> io::Result<Answer> {
    let (mut bytes, mut part) = (Vec::new(), [0; 16_384]);
    loop {
        let count = stream.read(&mut part)?;
        bytes.extend_from_slice(&part[..count]);
        let answer = parse(&bytes);
        let bounded = |answer: &Answer| {
            ["content-length", "transfer-encoding"].iter().any(|name| answer.header(name).is_some())
        };
        if count == 0 || answer.as_ref().is_ok_and(bounded) {
            return answer;
        }
    }
}

/// Reads a whole response. One that was cut short is an error: nothing was acknowledged.
fn parse(bytes: &[u8]) -> io::Result<Answer> {
    let cut = || io::Error::new(io::ErrorKind::UnexpectedEof, "the answer was cut short");
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(cut)?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).ok_or_else(cut)?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let rest = &bytes[end + 4..];
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let length =
        headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let body = match (chunked, length) {
        (true, _) => unchunk(rest).ok_or_else(cut)?,
        (false, Some(length)) => rest.get(..length).ok_or_else(cut)?.to_vec(),
        (false, None) => rest.to_vec(),
    };
    let packed = headers.iter().any(|(name, value)| name == "content-encoding" && value == "gzip");
    let body = if packed { unpack(&body)? } else { body };
    Ok(Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    flate2::read::GzDecoder::new(packed).read_to_end(&mut body)?;
    Ok(body)
}

fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size =
            usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?.split(';').next()?.trim(), 16)
                .ok()?;
        rest = &rest[end + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}
