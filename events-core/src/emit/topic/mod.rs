//! Emitting by a topic, without an event type. Only pattern subscribers receive such an event.
//!
//! The plan of a topic comes from the registry's topic cache, which has a fixed size: a million topics
//! take no more memory than a thousand, and a topic that is emitted repeatedly is matched once.
//!
//! - `emit_topic`: sync emits; `emit_topic_async`: async ones; `enqueue_topic`: into the queue.

mod emit_topic;
mod emit_topic_async;
mod enqueue_topic;

pub use emit_topic_async::{EmitTopicAsync, TryEmitTopicAsync};
