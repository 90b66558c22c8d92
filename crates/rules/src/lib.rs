//! rules
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
mod text;
mod vocabulary;
mod yaml;
pub use check::{Setting, check, examine};
pub use evaluate::{Evaluation, Facts, Outcome, RuleSet, Snapshot, Span, Trace, Truth, Value, held_out, why};
pub use finding::{At, Finding, Gravity, may_be_saved, nearest};
pub use form::{ActionRow, ExampleRow, Form, Row, StepRow, from_form, to_form};
pub use length::{Length, Unit};
pub use print::{action as print_action, line as print_condition, print, print_all};
pub use read::{KEYS as FORM_PARTS, Reading, operators_of, read};
pub use resolve::{Applied, Reason, Resolution, Withheld, resolve, specificity};
pub use rule::*;
pub use text::Passage;
pub use vocabulary::*;
