//! Floor 4, engine: who listens, in which order, and how an event reaches them.
//!
//! - `order` sorts, `entry` makes a plan of what is sorted, `slot` keeps both, `exchange` publishes
//!   the plan to emitters, and `slots` says where that is;
//! - `dispatch` runs the handlers of the plan it is given, and knows no registry;
//! - `core` is a registry's inside: its slots, and the one lock that every change takes; `emit` leads from
//!   there to the dispatch, past `intercept`, where a test may keep an event;
//! - `registry`, `subscribe`, `batch`, `install` and `listener` are the ways in: verbs, run time, link
//!   time, and structs that come either way;
//! - `waiting` is a way out: futures and streams of events, each behind it an `inbox`.

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
