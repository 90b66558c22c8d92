//! Visitors who send too slowly or too much: each is bounded, and everybody else is answered meanwhile.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use mainstreet_db::testing::TestDb;

use crate::support::{PATIENCE, Place, Visitor, eventually, receive};

/// Slow visitors at once.
const SLOW: usize = 300;

fn connect(at: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Sends a byte of a head now and then, as long as the other side takes it; true when it hung up.
fn drip(mut stream: TcpStream) -> bool {
    eventually("the end of a slow visitor", || {
        stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        match stream.read(&mut [0; 1_024]) {
            Ok(0) => Some(true),
            Ok(_) => None,
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                stream.write_all(b"a").is_err().then_some(true)
            }
            Err(_) => Some(true),
        }
    })
}

/// What comes back for this, if anything does.
fn answer_to(at: SocketAddr, request: &[u8]) -> Option<u16> {
    let mut stream = connect(at);
    // A server that has seen enough stops reading: that is no failure of ours.
    let _ = stream.write_all(request);
    receive(&mut stream).ok().map(|answer| answer.status)
}

#[test]
fn slow_and_oversized_requests_are_bounded_and_others_are_served() {
    let db = TestDb::sqlite().unwrap();
    let folder = std::env::temp_dir().join(format!("mainstreet-slow-{}", std::process::id()));
    let Place { program, owner, topic } = Place::open(&db, &folder.display().to_string());
    let at = program.at;

    // Heads that never end, a body that never comes.
    let mut heads: Vec<TcpStream> = (0..SLOW).map(|_| connect(at)).collect();
    for stream in &mut heads {
        write!(stream, "GET / HTTP/1.1\r\nHost: {at}\r\nX-Slow: ").unwrap();
    }
    let mut body = connect(at);
    write!(
        body,
        "POST /sign-in HTTP/1.1\r\nHost: {at}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: 1000\r\n\r\nlogin=ada"
    )
    .unwrap();

    // Meanwhile everybody else reads and writes.
    Visitor::new(at).see(&topic.path);
    for number in 0..5 {
        let answer = topic.reply(&mut owner.clone(), &format!("Meanwhile, {number}.")).unwrap();
        assert_eq!(answer.status, 303, "{}", answer.text());
    }

    // Too much at once is refused, not kept.
    let long = "a".repeat(200_000);
    let refused = answer_to(at, format!("GET / HTTP/1.1\r\nHost: {at}\r\nX-Long: {long}\r\n\r\n").as_bytes());
    assert!(matches!(refused, None | Some(400 | 431)), "a head of 200 kB: {refused:?}");
    let many: String = (0..5_000).map(|number| format!("X-{number}: a\r\n")).collect();
    let refused = answer_to(at, format!("GET / HTTP/1.1\r\nHost: {at}\r\n{many}\r\n").as_bytes());
    assert!(matches!(refused, None | Some(400 | 431)), "5,000 headers: {refused:?}");
    let answer = topic.reply(&mut owner.clone(), &"long ".repeat(200_000)).ok();
    let status = answer.as_ref().map(|answer| answer.status);
    assert!(matches!(status, None | Some(413 | 422)), "a body of 1 MB: {status:?}");
    let endless = format!("POST /sign-in HTTP/1.1\r\nHost: {at}\r\nTransfer-Encoding: chunked\r\n\r\n");
    let chunk = format!("10000\r\n{}\r\n", "a".repeat(0x1_0000));
    let refused = answer_to(at, (endless + &chunk.repeat(40)).as_bytes());
    assert!(matches!(refused, None | Some(403 | 413 | 422)), "a body without an end: {refused:?}");
    Visitor::new(at).see(&topic.path);

    // The slow ones are hung up on in the end.
    assert!(drip(heads.pop().unwrap()));
    let given_up = receive(&mut body).unwrap();
    assert_eq!(given_up.status, 422, "{}", given_up.text());
    assert!(given_up.body.contains("took too long"), "{}", given_up.text());
    for mut stream in heads {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
    }
    Visitor::new(at).see(&topic.path);
    drop(program);
    let _ = std::fs::remove_dir_all(folder);
}
