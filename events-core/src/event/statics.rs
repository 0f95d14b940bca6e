//! The data that the derive generates beside an event type.

use std::{any::Any, fmt, marker::PhantomData, ops::Deref};

use crate::metadata::EventInfo;

/// The data that the derive generates beside an event type.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct EventStatics {
    /// Describes the type.
    pub info: &'static EventInfo,
    /// The slot of the default registry, which has the type's subscribers there. A type with parameters
    /// has none, because a static cannot be generic.
    pub default_slot: Option<&'static dyn AnySlot>,
    /// Clones an event, if the derive could find out that the type is `Clone` and `Send`.
    pub clone_fn: Option<CloneFn>,
}

/// A slot: the place of one event type in one registry. Its type is defined in `plan`, which depends on
/// this folder, so it is erased here. `Send` and `Sync` are supertraits so that the compiler proves them
/// once: proved for each event type, they would cost more compile time than everything else in its statics.
#[doc(hidden)]
pub trait AnySlot: Any + Send + Sync {}

/// A clone of an event.
pub type BoxedEvent = Box<dyn Any + Send>;

/// Clones an event of one type; `None` if the event is of another.
pub type CloneFn = fn(&dyn Any) -> Option<BoxedEvent>;

/// Finds out whether `E` is `Clone` and `Send`, without a bound on it. If it is, method resolution selects
/// [`clone_fn`](Self::clone_fn); else that of `NotClone`, to which this dereferences.
pub struct CloneProbe<E>(pub PhantomData<E>);

impl<E: Clone + Send + 'static> CloneProbe<E> {
    /// The function that clones an `E`.
    #[inline]
    #[must_use]
    pub fn clone_fn(&self) -> Option<CloneFn> {
        Some(clone_event::<E>)
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
        f.write_str("CloneProbe")
    }
}

fn clone_event<E: Clone + Send + 'static>(event: &dyn Any) -> Option<BoxedEvent> {
    let event: &E = event.downcast_ref()?;
    Some(Box::new(event.clone()))
}

/// The target of [`CloneProbe`] for a type that is not known to be `Clone` and `Send`.
#[derive(Debug)]
pub struct NotClone;

impl NotClone {
    /// No function.
    #[inline]
    #[must_use]
    pub fn clone_fn(&self) -> Option<CloneFn> {
        None
    }
}
