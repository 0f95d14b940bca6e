//! Emitting: the path of an event from the caller to the handlers.
//!
//! An *emission* is one emit of one event. It looks up the *plan* of the event type in the registry. A
//! plan is a *chain*, the sync handlers in order, and a *background plan*, the async and deferred
//! handlers. A sync emit runs the chain, and queues the background plan with a *snapshot*: a clone of
//! the event. An async emit runs the chain and then the async handlers, and queues the deferred ones.
//!
//! The *fast path* runs the plan and does nothing else. The *slow path* is taken when `tracing` records
//! events, when there is a hook, an interceptor or middleware, and when the depth limit is reached: it checks
//! and records everything.
//!
//! - `emit_sync`, `emit_async`, `enqueue`: one file for each kind of emit, which starts with the methods of the
//!   registry; `topic`: the same kinds by a topic, without an event type;
//! - `given`: emitting with values for the parameters of the subscribers;
//! - `later`: enqueueing an event when its time has come;
//! - `sync_emission`: the fast path and the slow path of sync emits; `async_emission`: the state that the
//!   futures of async emits share;
//! - `find_plan`: the plan of an event that has a type, or only a topic;
//! - `slow_path`: the slow path of sync emits; `unit`: emits in a unit of work; `moved`: those with a handle of the unit,
//!   into which the event is moved;
//! - `fail_closed`: an event that the failure of a subscriber refuses, in a sync emit;
//! - `dispatch`: runs the chain of a plan; `run_all`: the chain and then the background plan, on one
//!   task;
//! - `defer`: queues a snapshot for background handlers, and handles a full queue;
//! - `wrapped`: an emission with middleware around it;
//! - `context`: what each step of an emission needs, and the call of the interceptor.
//!
//! A chain with *awaited* handlers is suspended at those that are pending; `run_all` resumes it. The future of such a
//! handler borrows the event exclusively, see `background/awaited`.
//!
//! # When the future of an async emit is dropped
//!
//! Before its first poll no handler has run, and the event is dropped. While the chain is suspended at an awaited
//! handler, the drop cuts off that handler; nothing behind it is reached, deferred handlers included. At the end of the
//! chain, which is in the first poll if no handler is awaited, a snapshot is queued for the deferred handlers, but for
//! two kinds: those that depend on an async handler, directly or through other handlers, and those that
//! dependencies among deferred handlers connect with such a one (`defer` describes what happens at a full queue).
//! Then the async handlers that depend on no other are started. Both kinds of deferred handlers are queued, as one
//! snapshot, when the async handlers are complete. So if the future is dropped before that:
//!
//! - the effects of the sync handlers remain; async handlers that are suspended are dropped, and those
//!   that have not started never start;
//! - the snapshot that is in the queue stays there, and its handlers run;
//! - the deferred handlers of the second kind are queued while the future is dropped; those of the first kind
//!   never are;
//! - the event is dropped, and the failures so far, of all handlers and of the snapshots, are logged;
//! - a record names the handlers that are cut off, and those that are not reached.

mod async_emission;
mod context;
mod defer;
mod dispatch;
pub(crate) mod emit_async;
mod emit_sync;
mod enqueue;
mod fail_closed;
mod find_plan;
mod given;
mod later;
mod moved;
mod run_all;
mod slow_path;
mod sync_emission;
mod topic;
mod unit;
mod wrapped;

pub(crate) use context::CallSite;
pub use emit_async::{EmitAsync, TryEmitAsync};
pub use given::{Emitting, WithValues};
pub use later::Scheduled;
pub(crate) use moved::MovesIntoUnit;
pub use moved::{EmitInAsync, TryEmitInAsync, UnitEvent};
pub use topic::{EmitTopicAsync, TryEmitTopicAsync};
pub use unit::EmitInError;
