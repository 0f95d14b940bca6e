//! Whether an event type has a lifetime, as a type: [`Owned`] or [`Borrowed`].

use std::any::Any;

/// The ownership of an event without a lifetime.
///
/// The bound that an event is its own family means the same. But where that one fails, the compiler
/// reports a lifetime that is too short; where this one fails, it reports an event that borrows.
#[doc(hidden)]
#[derive(Debug)]
pub enum Owned {}

/// The ownership of an event with a lifetime.
#[doc(hidden)]
#[derive(Debug)]
pub enum Borrowed {}

/// An event as a [`dyn Any`](Any), if it can be one.
#[doc(hidden)]
pub trait Owning<E> {
    /// The event, if it borrows nothing.
    fn owned(event: &E) -> Option<&dyn Any>;
}

impl<E: Any> Owning<E> for Owned {
    #[inline]
    fn owned(event: &E) -> Option<&dyn Any> {
        Some(event)
    }
}

impl<E> Owning<E> for Borrowed {
    #[inline]
    fn owned(_: &E) -> Option<&dyn Any> {
        None
    }
}
