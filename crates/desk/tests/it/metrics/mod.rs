//! Roll-ups and figures against real databases.

mod figures;
mod history;
mod moderation;
mod rebuilding;
mod repeats;
mod silence;
mod spaces;
mod telling;
