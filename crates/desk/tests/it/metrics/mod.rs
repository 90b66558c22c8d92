//! Roll-ups and figures against real databases.

mod figures;
mod history;
mod rebuilding;
mod telling;
