//! The event of a background run: an event with a type, or the copy of an event of any type.

use std::{any::Any, borrow::Cow};

use crate::{
    context::refuse_for,
    event::{AnyEvent, Event, EventCopy, TypedView, topic_text},
    handler::{ErasedEvent, ErasedEventRef, erase},
    metadata::Origin,
    result::FailedCheck,
};

/// The event that a background run dispatches to its handlers.
pub(crate) trait RunEvent {
    /// The event, if it borrows nothing.
    fn erased(&self) -> Option<ErasedEventRef<'_>>;

    /// The copy that handlers share, if it is one.
    fn as_copy(&self) -> Option<&EventCopy>;

    /// Calls `f` with the event.
    fn show(&self, origin: Option<&Origin>, f: &mut dyn FnMut(&dyn AnyEvent));

    /// The topic of the event.
    fn topic_text(&self) -> Cow<'static, str>;

    /// The event with its type erased.
    fn into_any(self) -> Box<dyn Any + Send>
    where
        Self: Send + 'static;
}

/// The event of a run that may have awaited handlers, which change it.
pub(crate) trait ChainEvent: RunEvent {
    /// Whether the failure of a handler refuses the event.
    const FAILS_CLOSED: bool;

    /// The event, borrowed exclusively.
    fn erase(&mut self) -> Option<ErasedEvent<'_>>;

    /// Refuses the event for these reasons, if it fails closed.
    fn refuse(&mut self, reasons: Vec<FailedCheck>);
}

impl<E: Event> ChainEvent for E {
    const FAILS_CLOSED: bool = E::__FAILS_CLOSED;

    #[inline]
    fn erase(&mut self) -> Option<ErasedEvent<'_>> {
        Some(erase(self))
    }

    fn refuse(&mut self, reasons: Vec<FailedCheck>) {
        refuse_for(self, reasons);
    }
}

impl<E: Event> RunEvent for E {
    #[inline]
    fn erased(&self) -> Option<ErasedEventRef<'_>> {
        self.__owned().map(ErasedEventRef::of)
    }

    #[inline]
    fn as_copy(&self) -> Option<&EventCopy> {
        None
    }

    fn show(&self, origin: Option<&Origin>, f: &mut dyn FnMut(&dyn AnyEvent)) {
        f(&TypedView {
            event: self,
            origin,
        });
    }

    fn topic_text(&self) -> Cow<'static, str> {
        topic_text(self)
    }

    fn into_any(self) -> Box<dyn Any + Send>
    where
        Self: Send + 'static,
    {
        self.__into_any()
    }
}

impl RunEvent for EventCopy {
    fn erased(&self) -> Option<ErasedEventRef<'_>> {
        self.__event().map(ErasedEventRef::of)
    }

    fn as_copy(&self) -> Option<&EventCopy> {
        Some(self)
    }

    fn show(&self, _: Option<&Origin>, f: &mut dyn FnMut(&dyn AnyEvent)) {
        f(self);
    }

    fn topic_text(&self) -> Cow<'static, str> {
        self.topic().to_owned().into()
    }

    fn into_any(self) -> Box<dyn Any + Send> {
        self.into_any()
    }
}
