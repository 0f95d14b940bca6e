//! What stands beside an event type.

use std::{any::Any, fmt, marker::PhantomData, ops::Deref};

use crate::metadata::EventInfo;

/// What the derive puts beside an event type.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Declared {
    /// What the derive knows of the type.
    pub info: &'static EventInfo,
    /// The place for the default registry's subscribers; a type with parameters has none, for a
    /// static cannot be generic.
    pub home: Option<&'static dyn Place>,
    /// Copies an event, where that is known to be possible.
    pub copier: Option<Copier>,
}

/// The place for a registry's subscribers, of a type that the engine knows. That it can be shared is
/// said here once: asked anew for each event, it would cost the compiler more than all else beside it.
#[doc(hidden)]
pub trait Place: Any + Send + Sync {}

/// A copy of an event.
pub type Copied = Box<dyn Any + Send>;

/// Copies an event of one type.
pub type Copier = fn(&dyn Any) -> Option<Copied>;

/// An event type of which there are perhaps copies. The compiler takes [`copier`](Self::copier) where it
/// is `Clone` and `Send`; elsewhere it finds only that of `Uncopied`, by dereferencing.
pub struct Copying<E>(pub PhantomData<E>);

impl<E: Clone + Send + 'static> Copying<E> {
    /// What copies it.
    #[inline]
    #[must_use]
    pub fn copier(&self) -> Option<Copier> {
        Some(copy::<E>)
    }
}

impl<E> Deref for Copying<E> {
    type Target = Uncopied;

    #[inline]
    fn deref(&self) -> &Uncopied {
        &Uncopied
    }
}

impl<E> fmt::Debug for Copying<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Copying")
    }
}

fn copy<E: Clone + Send + 'static>(event: &dyn Any) -> Option<Copied> {
    let event: &E = event.downcast_ref()?;
    Some(Box::new(event.clone()))
}

/// An event type of which there are no copies, or it is not known.
#[derive(Debug)]
pub struct Uncopied;

impl Uncopied {
    /// Nothing.
    #[inline]
    #[must_use]
    pub fn copier(&self) -> Option<Copier> {
        None
    }
}
