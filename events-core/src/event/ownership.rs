//! Events that borrow nothing, and what is asked of those that are kept for later.

use std::any::Any;

/// The ownership of an event without a lifetime.
///
/// That it is its own family says the same; but when that does not hold, the compiler tells of a
/// lifetime that is too short, and with this it tells of an event that borrows.
#[doc(hidden)]
#[derive(Debug)]
pub enum Owned {}

/// The ownership of an event with a lifetime.
#[doc(hidden)]
#[derive(Debug)]
pub enum Borrowed {}

/// What can be had of an event as one of any type.
#[doc(hidden)]
pub trait Owning<E> {
    /// The event, when it borrows nothing.
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
