//! The copy of an event of any type: the parameter of async and deferred handlers that are subscribed to a pattern of
//! topics, or to several event types.

use std::{any::Any, fmt, ops::Deref, sync::Arc};

use crate::{
    event::{
        any_event::{AnyEvent, SharedEvent},
        json::Json,
    },
    metadata::Origin,
    result::NoCopy,
};

#[doc = include_str!("../../../docs/event_copy.md")]
#[derive(Clone)]
pub struct EventCopy {
    event: SharedEvent,
    origin: Option<Origin>,
}

impl EventCopy {
    /// Copies an event, if it can be copied. `Clone` is user code and may panic.
    pub(crate) fn of(event: &dyn AnyEvent) -> Option<Self> {
        Some(Self {
            event: event.__copy()?,
            origin: event.origin().cloned(),
        })
    }

    /// As [`of`](Self::of), or why it cannot be copied.
    pub(crate) fn try_of(event: &dyn AnyEvent) -> Result<Self, NoCopy> {
        Self::of(event).ok_or_else(|| {
            let borrows = event.__event().is_none();
            NoCopy::new(event.topic().to_owned().into(), borrows)
        })
    }

    /// The event; a clone of it, if there are other references to the copy; the copy itself, if `Clone` panics then.
    pub(crate) fn into_any(self) -> Box<dyn Any + Send> {
        let origin = self.origin;
        let event = self.event.into_any();
        event.unwrap_or_else(|event| Box::new(Self { event, origin }))
    }
}

impl AnyEvent for EventCopy {
    fn topic(&self) -> &str {
        self.event.topic()
    }

    fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    fn __event(&self) -> Option<&dyn Any> {
        self.event.__event()
    }

    fn __arg(&self, name: &str) -> Option<&dyn Any> {
        self.event.__arg(name)
    }

    fn __type_of(&self, name: &str) -> Option<&'static str> {
        self.event.__type_of(name)
    }

    fn __names(&self) -> Vec<(&str, bool)> {
        self.event.__names()
    }

    fn __json(&self) -> Option<Json> {
        self.event.__json()
    }

    fn __copy(&self) -> Option<SharedEvent> {
        Some(Arc::clone(&self.event))
    }
}

impl Deref for EventCopy {
    type Target = dyn AnyEvent;

    fn deref(&self) -> &Self::Target {
        self
    }
}

impl fmt::Debug for EventCopy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
