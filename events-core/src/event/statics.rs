//! What stands beside an event type.

use std::{any::Any, fmt, marker::PhantomData, ops::Deref};

use crate::metadata::EventInfo;

/// What the derive puts beside an event type.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct EventStatics {
    /// What the derive knows of the type.
    pub info: &'static EventInfo,
    /// The place for the default registry's subscribers; a type with parameters has none, for a
    /// static cannot be generic.
    pub default_slot: Option<&'static dyn AnySlot>,
    /// Copies an event, where that is known to be possible.
    pub clone_fn: Option<CloneFn>,
}

/// The place for a registry's subscribers, of a type that the engine knows. That it can be shared is
/// said here once: asked anew for each event, it would cost the compiler more than all else beside it.
#[doc(hidden)]
pub trait AnySlot: Any + Send + Sync {}

/// A copy of an event.
pub type BoxedEvent = Box<dyn Any + Send>;

/// Copies an event of one type.
pub type CloneFn = fn(&dyn Any) -> Option<BoxedEvent>;

/// An event type of which there are perhaps copies. The compiler takes [`clone_fn`](Self::copier) where it
/// is `Clone` and `Send`; elsewhere it finds only that of `NotClone`, by dereferencing.
pub struct CloneProbe<E>(pub PhantomData<E>);

impl<E: Clone + Send + 'static> CloneProbe<E> {
    /// What copies it.
    #[inline]
    #[must_use]
    pub fn clone_fn(&self) -> Option<CloneFn> {
        Some(copy::<E>)
    }
}

impl<E> Deref for CloneProbe<E> {
    type Target = NotClone;

    #[inline]
    fn deref(&self) -> &NotClone {
        &NotClone
    }
}

impl<E> fmt::Debug for CloneProbe<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Copying")
    }
}

fn copy<E: Clone + Send + 'static>(event: &dyn Any) -> Option<BoxedEvent> {
    let event: &E = event.downcast_ref()?;
    Some(Box::new(event.clone()))
}

/// An event type of which there are no copies, or it is not known.
#[derive(Debug)]
pub struct NotClone;

impl NotClone {
    /// Nothing.
    #[inline]
    #[must_use]
    pub fn clone_fn(&self) -> Option<CloneFn> {
        None
    }
}
