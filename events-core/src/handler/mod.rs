//! Floor 3, handler: what can be called with an event, what it may ask for, what it may answer.

mod adapt;
mod link;
mod nesting;
mod outcome;
mod param;
mod plan;
pub(crate) mod record;
mod run;

pub use adapt::Handler;
pub(crate) use link::{Chain, Delivery, Erased, Handle, Place, Wired};
pub use nesting::EmissionId;
pub(crate) use nesting::is_emitting;
pub(crate) use nesting::{DEFAULT_LIMIT, Level, MAX_LIMIT};
pub use outcome::{Outcome, Step};
pub use param::{Emission, MissingState, Param, State, States};
pub(crate) use plan::Plan;
pub use run::Run;
