//! Every SQL statement of the metrics: the tables `metric_…`, the log, and names to show.

mod behind;
mod clocks;
mod figures;
mod moderation;
mod repeats;
mod rollups;

pub(super) use behind::*;
pub(super) use clocks::*;
pub(super) use figures::*;
pub use moderation::PostTitle;
pub(crate) use moderation::topics_in;
pub(super) use moderation::*;
pub(super) use repeats::*;
pub(super) use rollups::*;

/// So many keys go into one `IN (…)`.
const CHUNK: usize = 500;
