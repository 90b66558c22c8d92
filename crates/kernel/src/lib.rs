//! Words that two crates must share.
//!
//! **Invariant:** nothing here performs IO, names a database or a web framework, or can fail because of the
//! outside world. Time and chance come in as arguments ([`Clock`], [`IdMint`]).

pub mod activity;
pub mod actor;
pub mod calendar;
pub mod channel;
pub mod clock;
pub mod error;
pub mod id;
pub mod page;
pub mod text;

pub use activity::{Activity, Object, Verb, Visibility};
pub use actor::{Actor, ActorClass, Role};
pub use calendar::{Day, Zone};
pub use clock::{Clock, Timestamp};
pub use error::{Error, FieldErrors, Kind, Result};
pub use id::IdMint;
