//! The kinds of methods that emit an event, as a value.

/// The kind of method by which an event is emitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmitVerb {
    /// `emit`, `try_emit`, `emit_topic`.
    Emit,
    /// `emit_async`, `try_emit_async`.
    EmitAsync,
    /// `enqueue`.
    Enqueue,
    /// `enqueue_after`, `enqueue_at`.
    Schedule,
}
