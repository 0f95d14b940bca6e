//! The emit methods of named events.

use std::future::{Ready, ready};

use crate::{
    event::traits::{EmitBackend, Event, OwnedEvent},
    metadata::{Origin, When},
    result::{EmitError, EmitStats, Emitted, QueueFull},
};

/// The backend of `TopicEvent`, whose emit methods are never called: a registry emits it by its topic.
#[doc(hidden)]
#[derive(Debug)]
pub enum NoBackend {}

impl EmitBackend for NoBackend {
    type EmitAsync<E: Event> = Ready<E>;
    type TryEmitAsync<E: Event> = Ready<Result<Emitted<E>, EmitError<E>>>;
    type Scheduled<E: Event> = ();

    fn __emit_async<E: Event>(event: E, _: Option<Origin>) -> Ready<E> {
        ready(event)
    }

    fn __try_emit_async<E: Event>(event: E, _: Option<Origin>) -> Self::TryEmitAsync<E> {
        ready(Self::__try_emit(event, None))
    }

    fn __enqueue<E>(_: E, _: Option<Origin>) -> Result<(), QueueFull<E>>
    where
        E: OwnedEvent + Send,
    {
        Ok(())
    }

    fn __schedule<E>(_: E, _: Option<Origin>, _: When) -> Result<(), QueueFull<E>>
    where
        E: OwnedEvent + Send,
    {
        Ok(())
    }

    fn __emit<E: Event>(_: &mut E, _: Option<&Origin>) {}

    fn __try_emit<E: Event>(event: E, _: Option<&Origin>) -> Result<Emitted<E>, EmitError<E>> {
        Ok(Emitted::new(event, EmitStats::default()))
    }
}
