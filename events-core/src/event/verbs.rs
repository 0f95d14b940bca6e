//! Where the verbs of events lead: to the floor that knows the registries.

use super::{ownership::OwnedEvent, traits::Event};
use crate::{
    metadata::Origin,
    result::{EmitError, Emitted, QueueFull},
};

/// The verbs of events, as the floor that knows the registries has them. By names that the compiler
/// suggests to nobody.
#[doc(hidden)]
pub trait Verbs {
    /// Gives the event back.
    type EmitAsync<E: Event>: Future<Output = E>;

    /// Gives the event back with what became of it.
    type TryEmitAsync<E: Event>: Future<Output = Result<Emitted<E>, EmitError<E>>>;

    /// Emits on the current registry, and waits for the async subscribers.
    #[track_caller]
    fn __emit_async<E: Event>(event: E, origin: Option<Origin>) -> Self::EmitAsync<E>;

    /// The same, and tells what became of the event.
    #[track_caller]
    fn __try_emit_async<E: Event>(event: E, origin: Option<Origin>) -> Self::TryEmitAsync<E>;

    /// Puts the event into the queue of the current registry.
    #[track_caller]
    fn __enqueue<E>(event: E, origin: Option<Origin>) -> Result<(), QueueFull<E>>
    where
        E: OwnedEvent + Send;

    /// Emits on the current registry.
    #[track_caller]
    fn __emit<E: Event>(event: &mut E, origin: Option<&Origin>);

    /// Emits on the current registry and tells what became of the event.
    #[track_caller]
    fn __try_emit<E: Event>(event: E, origin: Option<&Origin>) -> Result<Emitted<E>, EmitError<E>>;
}
