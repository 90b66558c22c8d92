//! A proxy in front of nodes: one after the other, passing over those that do not answer.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Starts one; answers where it listens. It lives as long as the test.
pub(super) fn in_front_of(nodes: Vec<SocketAddr>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let turn = Arc::new(AtomicUsize::new(0));
    std::thread::spawn(move || {
        for visitor in listener.incoming().map_while(Result::ok) {
            let (nodes, turn) = (nodes.clone(), Arc::clone(&turn));
            std::thread::spawn(move || pass(&visitor, &nodes, &turn));
        }
    });
    at
}

fn pass(visitor: &TcpStream, nodes: &[SocketAddr], turn: &AtomicUsize) {
    let first = turn.fetch_add(1, Ordering::Relaxed);
    let node = (0..nodes.len()).find_map(|step| TcpStream::connect(nodes[(first + step) % nodes.len()]).ok());
    let Some(node) = node else { return };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let _ = io::copy(&mut &*visitor, &mut &node);
            let _ = node.shutdown(Shutdown::Write);
        });
        let _ = io::copy(&mut &node, &mut &*visitor);
        let _ = visitor.shutdown(Shutdown::Both);
    });
}
