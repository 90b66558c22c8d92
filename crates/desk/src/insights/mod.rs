//! Insights: what many people ask, ask for and object to. The conversations of half a year are grouped into themes
//! by what they are about; themes are ranked by how many different people began one, never by how many posts there are.
//!
//! A [`Theme`] goes from open to shared, accepted or declined, shipped, and everyone who asked told. The background step
//! [`refresh`] reads in one transaction, works outside of any, and writes in another; when somebody changed a theme in
//! between, what it found is thrown away and found again. Where a sentence model is in use, a conversation looks for its
//! place by words and meaning together, and new vectors are news; what has a theme is never moved for them.
//!
//! **Invariants.** A theme keeps its id: what is merged away leads to where it went. What a person named, placed,
//! confirmed, merged or parted stays so; the program never undoes it. Doing the step twice changes nothing.

mod actions;
mod answers;
mod compute;
mod growth;
mod model;
mod ranking;
mod status;
mod store;
mod telling;
mod trends;
mod views;

pub use actions::{LONGEST_NAME, confirm, count_as, merge, move_on, part, put, rename, split, take_out};
pub use answers::{Answerer, Case, Help, help};
pub use compute::{WINDOW, refresh};
pub use growth::Growth;
pub use model::{Act, Kind, PlacedBy, Status, Step, Theme, Turn};
pub use ranking::{List, RANKED, Ranked, TREND_WEEKS, Trending};
pub(crate) use store::find_all as themes;
pub use telling::{MOST_TOLD, mark_told, tell};
pub use trends::{Trended, hear_again, watch};
pub use views::{Asker, Line, Overview, Shown, choices, list, of_topic, show};
