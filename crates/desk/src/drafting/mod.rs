//! Drafting: a reply drafted by a model of the operator's choice, over the protocol that OpenAI's chat completions made
//! common. Off until an owner switches it on.
//!
//! What would be sent is shown to the letter first ([`prepare`]); [`ask`] writes down exactly that, or nothing. Who does the
//! sending reads it with [`take`] and tells with [`came`] what was answered.
//!
//! **Invariants.** Nothing is asked and nothing is posted without a person. Personal data and names are masked in what
//! goes out; notes of the team, hidden posts and spaces for staff never go out. An answer is text that is not believed.

mod answer;
mod endpoint;
mod request;
mod store;

pub use answer::{LONGEST_ANSWER, LONGEST_DRAFT, doubts, draft_of};
pub use endpoint::{Endpoint, Kept, endpoint, kept, set};
pub use request::{Request, ask, came, drop_draft, latest, prepare, take, used};
pub use store::{Asked, Stand};
