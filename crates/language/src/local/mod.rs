//! What a community's people taught: a small layer on top of the weights that ship.
//!
//! A [`Layer`] adds log-odds to what the shipped weights say, for words and cues that people's [`Answer`]s were about.
//! [`teach`] learns one from answers and tries it on those it has not learnt from; what is not better there, or worse
//! for one of the people, or forgets the examples that ship, is not taken. Pure: the same answers give the same layer.
//!
//! **Invariants.** A layer moves no judgement by more than [`MOST_MOVED`]. It belongs to the weights it was learnt
//! upon and does nothing on others. Which answers are held back is decided by the post alone, and stays so.

mod answers;
mod layer;
mod learning;
mod reference;
mod teaching;

pub use answers::{Answer, Judgement, Material, Matter, is_held_back};
pub(crate) use layer::{Added, NOTHING};
pub use layer::{Layer, MOST_MOVED};
pub use teaching::{
    Figures, LEAST_ANSWERS, LEAST_HELD_BACK, LEAST_OF_A_CLASS, LEAST_RIGHT, MOST_FORGOTTEN, OfPerson, Trial,
    Verdict, teach,
};

pub(crate) use answers::{BRAND_SAFETY, COMPLIANCE, MISINFORMATION, URGENCY};
