//! Emitting: the way of an event from the caller to the handlers.
//!
//! An *emission* is one emit of one event. It looks up the *plan* of the event type in the registry. A
//! plan is a *chain*, the sync handlers in order, and a *background plan*, the async and deferred
//! handlers. A sync emit runs the chain, and queues the background plan with a *snapshot*: a clone of
//! the event. An async emit runs the chain and then the async handlers, and queues the deferred ones.
//!
//! The *fast path* runs the plan and does nothing else. The *slow path* is taken when `tracing` records
//! events, when there is a hook or an interceptor, and when the depth limit is reached: it checks and
//! records everything.
//!
//! - `methods`: the methods of the registry that emit and enqueue;
//! - `emit_sync`, `emit_async`, `emit_topic` (by a topic, without an event type), `enqueue`: one file
//!   for each kind of emit;
//! - `dispatch`: runs the chain of a plan; `run_all`: the chain and then the background plan, on one
//!   task;
//! - `defer`: queues a snapshot for background handlers, and handles a full queue;
//! - `context`: what each step of an emission needs, and the call of the interceptor.

mod context;
mod defer;
mod dispatch;
pub(crate) mod emit_async;
mod emit_sync;
mod emit_topic;
mod enqueue;
mod methods;
mod run_all;

pub(crate) use context::CallSite;
pub use emit_async::{EmitAsync, TryEmitAsync};
