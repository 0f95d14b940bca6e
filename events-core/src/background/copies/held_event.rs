//! An event that is owned with its type erased, as a unit of work holds it.

use std::{
    any::{Any, type_name},
    borrow::Cow,
    fmt,
};

use super::{
    copy_cell::copy_event,
    run_event::{ChainEvent, RunEvent},
};
use crate::{
    event::{AnyEvent, Event, EventCopy, TopicEvent},
    handler::{ErasedEvent, ErasedEventRef, LendFn, ViewFn},
    metadata::Origin,
    primitives::CatchDrop,
    result::{Cause, FailedCheck},
};

/// An event that is owned with its type erased. A panic while it is dropped is caught.
pub(crate) struct HeldEvent {
    event: CatchDrop<Box<dyn Any + Send>>,
    view: ViewFn,
    lend: LendFn,
}

impl HeldEvent {
    /// The event, with the functions of its type.
    pub(crate) fn new(event: Box<dyn Any + Send>, view: ViewFn, lend: LendFn) -> Self {
        Self {
            event: CatchDrop::new(event),
            view,
            lend,
        }
    }

    /// A copy of an event, or why there is none.
    pub(crate) fn copy(
        event: ErasedEventRef<'_>,
        view: ViewFn,
        lend: LendFn,
    ) -> Result<Self, Cause> {
        if let Some(named) = event.get::<TopicEvent>() {
            return Ok(Self::new(Box::new(named.clone()), view, lend));
        }
        let copy = copy_event(event, None, view)?;
        Ok(Self::new(copy.into_any(), view, lend))
    }

    /// The event with its type, if it is of that.
    pub(crate) fn into_event<E: 'static>(self) -> Option<E> {
        let event = self.event.into_inner().downcast::<E>();
        event.ok().map(|event| *event)
    }

    fn as_any(&self) -> &dyn Any {
        &**self.event
    }
}

impl RunEvent for HeldEvent {
    fn erased(&self) -> Option<ErasedEventRef<'_>> {
        Some(ErasedEventRef::of(self.as_any()))
    }

    fn as_copy(&self) -> Option<&EventCopy> {
        None
    }

    fn show(&self, origin: Option<&Origin>, f: &mut dyn FnMut(&dyn AnyEvent)) {
        (self.view)(ErasedEventRef::of(self.as_any()), origin, f);
    }

    fn topic_text(&self) -> Cow<'static, str> {
        let mut topic = Cow::default();
        self.show(None, &mut |event| topic = event.topic().to_owned().into());
        topic
    }

    /// The event as a shutdown returns it: of a named event the arguments.
    fn into_any(self) -> Box<dyn Any + Send> {
        match self.event.into_inner().downcast::<TopicEvent>() {
            Ok(named) => named.__into_any(),
            Err(event) => event,
        }
    }
}

/// A held event that fails closed is refused by the emit; what runs later does not refuse it.
impl ChainEvent for HeldEvent {
    const FAILS_CLOSED: bool = false;

    fn erase(&mut self) -> Option<ErasedEvent<'_>> {
        (self.lend)(&mut **self.event)
    }

    fn refuse(&mut self, _: Vec<FailedCheck>) {}
}

impl fmt::Debug for HeldEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(type_name::<Self>()).finish_non_exhaustive()
    }
}
