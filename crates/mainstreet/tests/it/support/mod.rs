//! The program as people meet it: a real process on a real database, reached through its pages.

mod http;
mod program;

pub(crate) use http::Visitor;
pub(crate) use program::{Place, Program, Topic, eventually};
