//! Rules at work: kept with every version of their text, tried on the community's past before they may act, and on
//! what happens now.
//!
//! The language itself is `mainstreet_rules`, which knows nothing of posts or of time. Here is what it is asked
//! about: `facts` answers for a moment of the `past`, the same for `live` and for `backtest`, so that what a
//! rule would have matched last week is what it did match. `saving` keeps texts and modes, `gates` decides
//! whether a rule may act, `acting` does what it says.
//!
//! **Invariants.** A rule sees nothing of the future of what it looks at. A shadow run over a time and a back-test over
//! the same time have the same hits. A rule hits a version of a thing once. A person's decision always wins.

mod acting;
mod around;
mod backtest;
mod choosing;
mod counting;
mod evaluation;
mod facts;
mod feasible;
pub mod gates;
mod happenings;
pub mod live;
mod loading;
mod mentions;
mod model;
mod past;
mod proposing;
mod reaching;
mod report;
pub mod runs;
mod saving;
mod standing;
mod still;
mod store;
mod ticks;
mod trust;
mod truth;
mod tryout;
mod waits;
mod why;

pub use backtest::{USUAL_WINDOW, backtest};
pub use choosing::{Chosen, belongs, choose};
pub use evaluation::Watch;
pub use facts::signals;
pub use feasible::{check as feasible, unfilled, unheard};
pub use happenings::{DESK, HEARD};
pub use live::{READER, measuring};
pub use mentions::listen_for;
pub use model::{Doing, Draft, Hit, Kept, Mode, Turn, Version};
pub use report::{Difference, Harm, Matched, Measured, Overlap, Report};
pub use saving::{all, check, find, find_by, names, save, save_new, set_mode, turns, versions};
pub(crate) use saving::{anew, asking_for};
pub use standing::{Standing, standing};
pub(crate) use store::people::{active_in_space, champions};
pub use tryout::{Act, Sample, Tried, try_out, untold};
pub use why::{Why, counts, drafts, hits_of, keep_test, label, why};
