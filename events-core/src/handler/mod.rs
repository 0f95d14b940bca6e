//! Handlers: the functions and closures that are called with events, and the chain that calls the sync
//! ones. Sync handlers run in order, and may change the event; background handlers, which are async or
//! deferred, run after them and only read it.
//!
//! - `sync_handler` and `async_handler`: which functions and closures are handlers;
//! - `param` and `outcome`: what they may take besides the event, and what they may return;
//! - `call`: what background handlers and filters can request of the emit;
//! - `filter_state`: whether a handler is started, as its filters and its subscription decide;
//! - `topic`: handlers of events of any type;
//! - `chain` (with `unsafe`): the sync handlers of one event type, with their types erased;
//! - `run`: the dispatch of one event to the handlers of one chain;
//! - `wrapped_run`: the same through middleware;
//! - `erase`: the event of a generic function with its type erased, as a chain takes it.

mod async_handler;
mod call;
mod chain;
mod erase;
mod filter_state;
mod outcome;
mod param;
mod run;
mod sync_handler;
mod topic;
mod wrapped_run;

pub(crate) use async_handler::{AsyncCall, DeferredCall};
pub use async_handler::{AsyncHandler, Background, DeferredHandler};
pub use call::{AnyFilter, BackgroundCall, EmitOrigin, Filter, any_filter, filter};
pub(crate) use call::{AwaitedPermit, Carried};
pub(crate) use chain::{Chain, Delivery, ErasedEvent, ErasedEventRef, ErasedHandler};
pub(crate) use erase::erase;
pub(crate) use filter_state::FilterState;
pub use outcome::{AsyncOutcome, Outcome, Step};
pub(crate) use param::PrepareErrorKind;
pub use param::{
    CallContext, CallProbe, CallSlot, MissingState, MissingValue, NeedsCall, NoParam, Param,
    Prepare, PrepareError, State, States, not_acquired,
};
pub(crate) use run::CallHandler;
pub(crate) use run::ChainStats;
pub use run::Run;
pub use sync_handler::Handler;
pub(crate) use topic::{
    AdaptFn, AsyncTopicCall, DeferredTopicCall, DynTopicHandler, LendFn, ViewFn, adapt, lend, view,
};
pub use topic::{AsyncTopicHandler, DeferredTopicHandler, TopicHandler};
pub(crate) use wrapped_run::run_wrapped;
