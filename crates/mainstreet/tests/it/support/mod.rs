//! The program as people meet it: a real process on a real database, reached through its pages.

mod browser;
mod http;
mod program;

pub(crate) use browser::Browser;
pub(crate) use http::{Visitor, receive};
pub(crate) use program::{PASSWORD, PATIENCE, Place, Program, Topic, done, eventually, open_topic};
