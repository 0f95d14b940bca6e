//! The clone of a recorded event. It is stored so that it can be cloned again while the mock is not locked.

use std::{any::Any, mem, sync::Arc};

use events_core::bounds::OwnedEvent;

/// A clone that a mock keeps of an event.
pub(crate) enum EventClone {
    /// The event could not be cloned.
    Missing,
    /// As it was cloned.
    Owned(Box<dyn Any + Send>),
    /// Shared with the callers that clone it.
    Shared(Arc<dyn Any + Send + Sync>),
}

impl EventClone {
    /// A reference to the clone, without a call of its type's code: called while the mock is locked.
    pub(crate) fn share<E: OwnedEvent + Send + Sync>(&mut self) -> Option<Arc<E>> {
        *self = match mem::replace(self, Self::Missing) {
            Self::Owned(event) => match event.downcast::<E>() {
                Ok(event) => Self::Shared(Arc::<E>::from(event)),
                Err(event) => Self::Owned(event),
            },
            other => other,
        };
        match self {
            Self::Shared(event) => Arc::clone(event).downcast().ok(),
            Self::Missing | Self::Owned(_) => None,
        }
    }
}
