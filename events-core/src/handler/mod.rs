//! Floor 3, handler: what can be called with an event, what it may ask for, what it may answer.
//!
//! - `adapt`, `background` and `on_any` make handlers of functions and closures, `param` and `outcome` say what
//!   these may take and return;
//! - a `plan` has a chain of sync handlers (`link`) and a `tail` of those that run later;
//! - `run` is an event on its way through a chain, `trailing` one on its way through a tail, whose
//!   handlers take their `turns`;
//! - `nesting` and `job` know what is under way on this thread.

mod adapt;
mod background;
mod behind;
mod call;
mod futures;
mod gate;
mod job;
mod link;
mod nesting;
mod on_any;
mod outcome;
pub(crate) mod panics;
mod param;
mod plan;
pub(crate) mod record;
mod run;
mod tail;
mod trailed;
mod trailing;
mod turns;

pub use adapt::Handler;
pub(crate) use background::{AsyncCall, DeferredCall};
pub use background::{AsyncHandler, Background, DeferredHandler};
pub(crate) use behind::Behind;
pub use call::{Asked, Call, Source};
pub(crate) use futures::{Begun, Start};
pub use gate::Gated;
pub(crate) use job::parent as parent_id;
pub(crate) use job::{InJob, Job};
pub(crate) use link::{Chain, Delivery, Erased, Handle, Lent, Place, Wired};
pub use nesting::EmissionId;
pub(crate) use nesting::id as emission_id;
pub(crate) use nesting::{DEFAULT_LIMIT, Level, MAX_LIMIT, depth};
pub use on_any::TopicHandler;
pub(crate) use on_any::{OnAny, Wire, wire};
pub use outcome::{AsyncOutcome, Outcome, Step};
pub use param::{Emission, MissingState, Param, State, States};
pub(crate) use plan::Plan;
pub use run::Run;
pub(crate) use tail::{Errand, Hand, Later, Part, Tail};
pub(crate) use trailed::Trailed;
pub(crate) use trailing::{Trail, Trailing};
pub(crate) use turns::Turns;
