//! Posts: one message each, numbered within its topic.
//!
//! **Invariants.** A post's text and its rendered form are changed together, and `version` rises when they are.
//! `html` may be empty or of an older `renderer`: then it is rendered where it is read (see [`html`]), and
//! `ripples` puts that right later. Every text a post had before an edit stands in its revisions. Hiding and
//! deleting keep the row; restoring is their exact inverse, counters and accepted answer included.
//! `reply_count` counts published posts that answer this one; `reaction_count` all reactions it has.

mod actions;
mod answers;
mod model;
mod rules;
mod standing;
pub mod store;
mod views;

pub(crate) use actions::{Author, Draft, facts, put, put_text_back, rewrite, sent_before};
pub use actions::{Edit, Edited, NewReply, edit, reply};
pub use answers::{accept, unaccept};
pub use model::{Moved, Post, ReactionCount, ReplyTo, Revision, Row, Taker, View};
pub use rules::{
    BODY, Facts, check, facts_of, may_accept, may_edit, may_hide, may_restore, may_take, page_of, seen,
};
pub use standing::{delete, hide, restore};
pub(crate) use standing::{hold_new, hold_revised, move_to_state, put_back};
pub(crate) use views::store_renderings;
pub use views::{accepted_by_person, by_person, html, page, quote, view};
