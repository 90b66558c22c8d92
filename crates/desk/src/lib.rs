//! The desk: what a community manager does with what happens in the community.
//!
//! Its folders are the words of the operating rhythm: [`signals`] come in, [`triage`] says what they are,
//! [`escalations`] and [`canned_replies`] help to act, [`metrics`] shows what came of it, [`insights`] what many ask for. [`rhythm`] is where
//! every activity of every channel passes.
//!
//! **Invariant:** the desk calls the community's verbs and never writes its tables.

pub mod audit;
pub mod batches;
pub mod canned_replies;
pub mod conflicts;
pub mod drafting;
pub mod escalations;
pub mod forms;
pub mod insights;
pub mod judgement;
pub mod letters;
pub mod measures;
pub mod mediations;
pub mod metrics;
pub mod moderation;
pub mod proposals;
pub mod raids;
pub mod recognitions;
pub mod reviews;
pub mod rewind;
pub mod rhythm;
pub mod rules;
pub mod segments;
pub mod sequences;
pub mod signals;
pub mod triage;
pub mod webhooks;
