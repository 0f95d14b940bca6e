//! What a background run dispatches to its handlers: an event, or the copy of an event of any type.

use std::{any::Any, borrow::Cow};

use crate::{
    event::{AnyEvent, Event, EventCopy, TypedView},
    handler::ErasedEventRef,
    metadata::Origin,
};

/// What a background run dispatches to its handlers.
pub(crate) trait Subject {
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

impl<E: Event> Subject for E {
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
        self.__topic_text()
    }

    fn into_any(self) -> Box<dyn Any + Send>
    where
        Self: Send + 'static,
    {
        self.__into_any()
    }
}

impl Subject for EventCopy {
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
