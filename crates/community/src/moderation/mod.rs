//! What staff may do to posts, topics and members, and taking it back.
//!
//! Every such change goes through one [`table`] that says which act leads from which state to which, and for whom.
//! [`carry_out`] does it and answers what was before; [`take_back`] undoes one act of several, whatever came after it.
//! Who decided, why and by which clause is the desk's matter.
//!
//! **Invariants.** What the table does not list is refused with a reason. A program does only what cannot do lasting
//! harm. Nobody acts on somebody with rights like their own. Taking back leaves every row as if the act had never been
//! done, except versions and revisions, which only rise, and the log, which only grows.

mod act;
mod before;
mod members;
mod moderators;
mod person_state;
mod replay;
mod store;
pub mod table;
mod topics;

pub use act::{Detail, Done, Order, Target, carry_out};
pub use before::{Back, Before, hold_thing, take_back};
pub use moderators::{must_cover, scope_of, set_spaces, spaces_of};
pub use person_state::{Standing, Stands, standing_of};
pub use replay::Step;
pub use store::{held_posts, label_of, labels_of, lock_of, restricted, slow_of};
pub use table::{Act, By, Flow, State, may_move};

pub(crate) use members::FOR_EVER;
pub(crate) use person_state::must_speak;
pub(crate) use topics::{forget_lock, must_wait, open_if_ended};
pub use topics::{may_write_from, open_ended};
