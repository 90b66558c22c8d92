//! Two nodes, one community: PostgreSQL behind, a proxy in front.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use mainstreet_db::testing::TestDb;

use super::proxy;
use crate::support::{PASSWORD, PATIENCE, Place, Program, Topic, Visitor, eventually};

/// Listens to a topic's live view; names of the events come through the channel.
fn listen(at: SocketAddr, topic: &str) -> Receiver<String> {
    let mut stream = TcpStream::connect(at).unwrap();
    write!(stream, "GET /live?topic={topic} HTTP/1.1\r\nHost: {at}\r\nAccept: text/event-stream\r\n\r\n")
        .unwrap();
    let (tell, events) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if let Some(name) = line.strip_prefix("event:") {
                let _ = tell.send(name.trim().to_owned());
            }
        }
    });
    events
}

#[track_caller]
fn reply(topic: &Topic, by: &mut Visitor, text: &str) {
    let answer = topic.reply(by, text).unwrap();
    assert_eq!(answer.status, 303, "{}", answer.text());
}

fn page_shows(at: SocketAddr, path: &str, text: &str) -> Option<()> {
    Visitor::new(at).get(path).ok().filter(|answer| answer.body.contains(text)).map(drop)
}

#[test]
fn two_nodes_are_one_community() {
    let Ok(url) = std::env::var("MAINSTREET_TEST_POSTGRES") else { return };
    let db = TestDb::postgres(&url).unwrap();
    let folder = std::env::temp_dir().join(format!("mainstreet-nodes-{}", std::process::id()));
    let data = |name: &str| folder.join(name).display().to_string();
    let Place { program, owner, topic } = Place::open(&db, &data("one"));
    let one = program.at;
    let other = Program::serve(&db.address_text(), &["--data", &data("other")]);

    // The other node's pages have been read, so they are kept there, and a live view is open on it.
    for path in ["/", &topic.path] {
        Visitor::new(other.at).see(path);
        Visitor::new(other.at).see(path);
    }
    let events = listen(other.at, &topic.id);
    std::thread::sleep(Duration::from_millis(500));

    let start = Instant::now();
    reply(&topic, &mut owner.clone(), "Soak the timber in a gutter first.");
    eventually("the reply on the other node's page", || page_shows(other.at, &topic.path, "Soak the timber"));
    eprintln!("  on the other node's page after {:?}", start.elapsed());
    // A node that lags may still tell of the topic itself.
    while events.recv_timeout(PATIENCE).expect("the live view of the other node tells of the reply")
        != "reply.created"
    {}
    eprintln!("  in the other node's live view after {:?}", start.elapsed());
    eventually("the reply in the other node's search", || {
        page_shows(other.at, "/search?q=gutter", "bend an oak rib")
    });
    eprintln!("  in the other node's search after {:?}", start.elapsed());

    // A session is good on both, and signing out on one is signing out on the other.
    let mut elsewhere = owner.going_to(other.at);
    reply(&topic, &mut elsewhere, "Written on the other node.");
    eventually("the reply on the first node", || page_shows(one, &topic.path, "Written on the other node."));

    // Behind a proxy one node may go at any time.
    let front = proxy::in_front_of(vec![one, other.at]);
    let mut member = owner.going_to(front);
    for number in 0..6 {
        reply(&topic, &mut member, &format!("Before the first node goes: {number}."));
    }
    program.kill();
    let mut member = owner.going_to(front);
    for number in 0..6 {
        reply(&topic, &mut member, &format!("After the first node went: {number}."));
    }
    let page = member.see(&topic.path).body;
    for number in 0..6 {
        assert!(page.contains(&format!("Before the first node goes: {number}.")));
        assert!(page.contains(&format!("After the first node went: {number}.")));
    }
    drop(other);
    let _ = std::fs::remove_dir_all(folder);
}

/// Status of the page that only members see.
fn settings(by: &Visitor, at: SocketAddr) -> u16 {
    by.going_to(at).get("/settings").map_or(0, |answer| answer.status)
}

#[test]
fn the_second_node_may_go_as_well_and_sessions_are_of_both() {
    let Ok(url) = std::env::var("MAINSTREET_TEST_POSTGRES") else { return };
    let db = TestDb::postgres(&url).unwrap();
    let folder = std::env::temp_dir().join(format!("mainstreet-second-{}", std::process::id()));
    let data = |name: &str| folder.join(name).display().to_string();
    let Place { program: first, mut owner, topic } = Place::open(&db, &data("one"));
    let second = Program::serve(&db.address_text(), &["--data", &data("two")]);

    // Signed in on the first, known on the second. Signed out there, gone here. Signed in there, known here.
    assert_eq!((settings(&owner, first.at), settings(&owner, second.at)), (200, 200));
    let mut there = owner.going_to(second.at);
    let left = there.fill("/settings", "/sign-out", &[]).unwrap();
    assert_eq!(left.status, 303, "{}", left.text());
    eventually("the end of the session on the first node", || {
        (settings(&owner, first.at) == 401).then_some(())
    });
    let mut there = Visitor::new(second.at);
    let fields = [("login", "ada"), ("password", PASSWORD)];
    let entered = there.fill("/sign-in", "/sign-in", &fields).unwrap();
    assert_eq!(entered.status, 303, "{}", entered.text());
    owner = there.going_to(first.at);
    assert_eq!((settings(&owner, first.at), settings(&owner, second.at)), (200, 200));

    // The second node is killed between two replies, and nobody behind the proxy notices.
    let front = proxy::in_front_of(vec![first.at, second.at]);
    let (second_at, mut member) = (second.at, owner.going_to(front));
    for number in 0..6 {
        reply(&topic, &mut member, &format!("With both nodes: {number}."));
    }
    second.kill();
    assert!(TcpStream::connect(second_at).is_err(), "it is gone");
    for number in 0..6 {
        reply(&topic, &mut member, &format!("With the first alone: {number}."));
    }
    let page = member.see(&topic.path).body;
    for number in 0..6 {
        assert!(page.contains(&format!("With both nodes: {number}.")));
        assert!(page.contains(&format!("With the first alone: {number}.")));
    }

    // It comes back with what it had, and catches up.
    reply(&topic, &mut member, "Juniper smoke, while it was away.");
    let second = Program::serve(&db.address_text(), &["--data", &data("two")]);
    page_shows(second.at, &topic.path, "Juniper smoke").expect("what was written while it was away");
    eventually("what it missed in its search", || {
        page_shows(second.at, "/search?q=juniper", "bend an oak rib")
    });
    drop((first, second));
    let _ = std::fs::remove_dir_all(folder);
}
