//! The emits in progress on a thread: what a handler can learn about its emission, how deep emits are
//! nested, and the spans and log records of emits.
//!
//! An *emission* is one emit of one event. A *nested* emit happens inside a handler of another emission,
//! which is its *parent*.
//!
//! - `emission`: topic, origin, id and parent of one emission, for its handlers
//! - `emit_stack`: the nested emits of a thread, and their limit
//! - `catch_span`: a tracing span whose callbacks may panic
//! - `current_job`: the queue job that runs on a thread
//! - `event_chain`: the place of an event in a chain of events, each of which enqueued the next one
//! - `handler_owner`: whether a function around user code on a thread owns handlers
//! - `panic_hook`: catching a panic of user code, with its source location and backtrace
//! - `failed_checks`: refusing an event that fails closed
//! - `failure_sink`: where the failures of a thread go beside the log
//! - `values`: values by type, and those that an emitter gives with an emit
//! - `log`: the spans and log records of emits, for `tracing`

mod catch_span;
mod current_job;
mod emission;
mod emit_stack;
mod event_chain;
mod failed_checks;
mod failure_sink;
mod handler_owner;
pub(crate) mod log;
pub(crate) mod panic_hook;
mod values;

pub(crate) use catch_span::{CatchSpan, EnteredSpan};
pub(crate) use current_job::{
    CurrentJobGuard, QueueId, chain_of_job, current_emission, enter_job, failed_emission,
    failed_emission_outside, is_in_job_of, parent_id, set_chain,
};
pub(crate) use emission::{CallSite, EmissionState, EmitTime, EndSubscription, UNKNOWN_SITE};
pub use emission::{Emission, EmissionSource, OwnSubscription, Subscribed};
pub(crate) use emit_stack::{
    DEFAULT_LIMIT, EmitGuard, LimitedCallGuard, MAX_LIMIT, MAX_UNMEASURED_DEPTH, NamedTopicGuard,
    calls_around, depth, emission_id, emission_state, emission_state_inlined,
    emissions_in_progress, is_innermost, may_enter, topics, with_enough_stack,
};
pub(crate) use event_chain::EventChain;
pub(crate) use failed_checks::{failed_checks, refuse, refuse_for};
pub(crate) use failure_sink::{SinkGuard, enter_failure_sink};
pub(crate) use handler_owner::{OwnsHandlers, may_own_handlers};
pub(crate) use log::{is_observed, is_traced, records_spans};
pub use values::ValuesByType;
pub(crate) use values::{AttachedValues, GivenGuard, give, given};
