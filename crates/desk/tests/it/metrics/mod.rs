//! Roll-ups and figures against real databases.

mod figures;
mod history;
mod moderation;
mod rebuilding;
mod silence;
mod spaces;
mod telling;
