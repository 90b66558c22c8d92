//! Every SQL string about rules at work.

pub(super) mod hits;
pub(super) mod past;
pub(super) mod people;
pub(super) mod runs;
pub(super) mod texts;
pub(super) mod waits;
