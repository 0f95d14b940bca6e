//! Floor 3, handler: what can be called with an event, what it may ask for, what it may answer.
//!
//! - `adapt`, `background` and `on_any` make handlers of functions and closures, `param` and `outcome` say what
//!   these may take and return;
//! - a `plan` has a chain of sync handlers (`link`) and a `tail` of those that run later;
//! - `run` is an event on its way through a chain, `trailing` one on its way through a tail, whose
//!   handlers take their `turns`;
//! - `nesting` and `job` know what is under way on this thread.

mod async_handler;
mod call;
mod chain;
mod dyn_topic_handler;
mod outcome;
mod param;
mod run;
mod sync_handler;
mod topic_handler;

pub(crate) use async_handler::{AsyncCall, DeferredCall};
pub use async_handler::{AsyncHandler, Background, DeferredHandler};
pub use call::{BackgroundCall, EmitOrigin};
pub(crate) use chain::{CallHandler, Chain, Delivery, ErasedEvent, ErasedEventRef, ErasedHandler};
pub(crate) use dyn_topic_handler::{AdaptFn, DynTopicHandler, adapt};
pub use outcome::{AsyncOutcome, Outcome, Step};
pub use param::{MissingState, Param, State, States};
pub use run::Run;
pub use sync_handler::Handler;
pub use topic_handler::TopicHandler;
