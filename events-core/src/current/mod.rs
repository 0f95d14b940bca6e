//! The current registry: the one that `event.emit()` uses, which names no registry.
//!
//! It is the innermost registry that this thread has entered with a *scope* (the guard of
//! `Registry::enter`, `with_registry`, or a future with a registry), or else the *default
//! registry*, a static of the program.
//!
//! - `default_registry`: that static, and the warning when the program ends with events in its queue;
//! - `scope`: the current registry, and futures that have one;
//! - `emit_on_current`: emitting to the current registry; `emit_topic_on_current`: by a topic;
//! - `spawn_emit`: an async emit on a task of its own; `spawn_emit_topic`: the same by a topic; `spawn_emit_off`: both
//!   without the feature `tokio`.

mod default_registry;
mod emit_on_current;
mod emit_topic_on_current;
mod enqueue_topic_on_current;
mod scope;
#[cfg(feature = "tokio")]
mod spawn_emit;
#[cfg(not(feature = "tokio"))]
mod spawn_emit_off;
#[cfg(feature = "tokio")]
mod spawn_emit_topic;

pub(crate) use emit_on_current::{BuiltinCheckOnCurrent, BuiltinOnCurrent};
pub use emit_on_current::{CurrentRegistry, emit_mut, finish_async};
pub use emit_topic_on_current::{
    emit_topic, emit_topic_async, emit_topic_async_from, emit_topic_from, try_emit_topic,
    try_emit_topic_async, try_emit_topic_async_from, try_emit_topic_from,
};
pub use enqueue_topic_on_current::{
    enqueue_topic, enqueue_topic_after, enqueue_topic_after_from, enqueue_topic_at,
    enqueue_topic_at_from, enqueue_topic_from,
};
pub(crate) use scope::default_registry;
pub use scope::{Scoped, WithRegistry, registry, with_registry};
#[cfg(feature = "tokio")]
pub use spawn_emit::{EmitCutOff, SpawnedEmit};
