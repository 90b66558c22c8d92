//! Roll-ups and figures against real databases.

mod history;
mod rebuilding;
mod telling;
