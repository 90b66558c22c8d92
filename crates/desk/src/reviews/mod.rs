//! Reviews: posts judged blind. Who judges sees the text and what stands around it, and neither who wrote it, nor
//! flags, scores or what somebody else decided.
//!
//! Two kinds lie in one pile, so that nobody can tell which is which: a random **sample** of every week's published
//! posts, which alone tells of breaches that nobody reported, and **second looks** at one in twenty of the posts on
//! which somebody decided (or more, where managers say so), which tell how far moderators agree.
//!
//! **Invariants.** A draw can be repeated from its seed. Nobody judges what they wrote, flagged or decided. Each post
//! of the pile is judged once; whoever comes second is told. A second look changes no decision: where the two differ, a
//! lead gets an item.

mod actions;
mod draw;
mod model;
mod pile;
mod settings;
mod store;
mod sweep;

pub use actions::{TAKE_BACK_TIME, raise, review, take_back};
pub use draw::{drawn, is_looked_at_again};
pub use model::{Judged, Origin, Review, Verdict};
pub use pile::{Card, Week, disagreements, left, next, weeks};
pub use settings::{Own, own, set_covers, set_hours};
pub use store::find;
pub use sweep::{EVERY, SAMPLE, SHARES, every, set_every, sweep};
