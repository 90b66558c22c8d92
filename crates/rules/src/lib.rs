//! The rule language: one typed condition language for moderation, segments, triggers and playbooks.
//!
//! A text is [`read`] into [`Rule`]s and [`examine`]d for what is wrong with them, all of it, with places and advice.
//! Prepared as a [`RuleSet`], rules [`RuleSet::look`] at one happening together: every text is searched once, every
//! value asked for once, and every verdict can be explained ([`why`]). What is not known is never guessed
//! ([`Truth`]). Several matching rules are [`resolve()`]d into what is done and what is withheld. A rule is [`print()`]ed
//! in one way, and goes through the [`Form`] of the editor unchanged. [`carry_over`] takes rules from other places.
//!
//! Which events, fields and actions there are is an argument, the [`Vocabulary`]; the names a community has given
//! are another, [`Names`]. The language knows nothing of moderation, of storage or of time: [`Facts`] answer for
//! the moment a thing happened. `docs/guide/rules.md` teaches the language.

pub mod carry_over;
mod check;
mod evaluate;
mod finding;
mod form;
mod length;
mod print;
mod read;
mod resolve;
mod rule;
#[cfg(test)]
mod samples;
mod schedule;
mod segments;
mod text;
mod vocabulary;
mod yaml;

pub use check::{Setting, check, examine, subjects};
pub use evaluate::{
    Evaluation, Facts, Outcome, RuleSet, Snapshot, Span, Trace, Truth, Value, cost, event_of, held_out, why,
};
pub use finding::{At, Finding, Gravity, may_be_saved, nearest};
pub use form::{
    ActionRow, ExampleRow, Form, NO_MATCH, Row, StepRow, from_form, place_in_form, segment_from_form, to_form,
};
pub use length::{Length, Unit};
pub use print::{
    action as print_action, line as print_condition, print, print_all, print_segment,
    subject as print_subject,
};
pub use read::{KEYS as FORM_PARTS, Reading, operators_of, read};
pub use resolve::{Applied, Reason, Resolution, Withheld, resolve, specificity};
pub use rule::{
    Action, Amount, Comparison, Condition, Ending, Example, Given, Limit, Order, Places, Quantity, Rule,
    Spot, Step, Subject, Test, Way,
};
pub use schedule::{Each, Rhythm, SCHEDULE, Schedule};
pub use segments::{Segments, check_segment, examine_segments, read_segments, segments_of};
pub use text::Passage;
pub use vocabulary::{ActionWord, Counted, Derived, Event, Field, FieldKind, Names, Parameter, Vocabulary};
