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
//! - `emit_sync`, `emit_async`, `emit_topic` (by a topic, without an event type), `enqueue`: one file
//!   for each kind of emit, which starts with the methods of the registry;
//! - `async_emission`: the state that the futures of async emits share;
//! - `dispatch`: runs the chain of a plan; `run_all`: the chain and then the background plan, on one
//!   task;
//! - `defer`: queues a snapshot for background handlers, and handles a full queue;
//! - `context`: what each step of an emission needs, and the call of the interceptor.
//!
//! # When the future of an async emit is dropped
//!
//! Before its first poll nothing has happened, and the event is dropped. The first poll calls the sync handlers
//! in order (until one stops the others), queues a snapshot for the deferred handlers, and polls each async
//! handler once that depends on no other. So if the future is dropped after that:
//!
//! - what the sync handlers did stays; async handlers that are not finished are dropped where they are
//!   suspended, and then the event;
//! - the deferred handlers run from the queue all the same. The exception: if one of them depends on an async
//!   handler (it is ordered `after` it), all deferred handlers of the event are queued when the async ones have
//!   finished, and so none of them ever is;
//! - all failures so far, of sync, async and deferred handlers, are logged.

mod async_emission;
mod context;
mod defer;
mod dispatch;
pub(crate) mod emit_async;
mod emit_sync;
mod emit_topic;
mod enqueue;
mod run_all;

pub(crate) use context::CallSite;
pub use emit_async::{EmitAsync, TryEmitAsync};
