//! Mainstreet: the one program for the whole job of a community manager.
//!
//! **Invariant:** only this crate knows the environment, the clock on the wall and which connectors exist.

mod boot;
mod calling;
mod cli;
mod drafting;
mod http;
mod importing;
mod jobs;
mod node;
mod rehearsal;
mod simulate;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
