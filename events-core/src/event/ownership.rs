//! Events that borrow nothing, and what is asked of those that are kept for later.

use std::any::Any;

use super::traits::{Event, Family};

/// An event that borrows nothing.
///
/// Holds for every event without a lifetime; what must keep an event, or name its type once and
/// for all, asks for it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` borrows, and an owned event is needed here",
    label = "this event has a lifetime",
    note = "subscribe to it with `registry.on_borrowed::<{Self}>(|event| ..)` or `#[subscriber]`",
    note = "an event that is kept for later, as in the queue, must own what it needs"
)]
pub trait OwnedEvent:
    Event<Family = Self, Ownership = Owned> + for<'x> Family<Of<'x> = Self>
{
}

#[diagnostic::do_not_recommend]
impl<E> OwnedEvent for E where E: Event<Family = E, Ownership = Owned> + for<'x> Family<Of<'x> = E> {}

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

/// An owned event of which copies can wait for a subscriber that runs later.
///
/// When it is emitted with [`emit`](Event::emit), an async or deferred subscriber gets a copy, and
/// perhaps on another thread: so it is `Clone`, `Send` and `Sync`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot wait for a subscriber that runs later",
    label = "an async or deferred subscriber gets a copy of this event, perhaps on another thread",
    note = "derive `Clone` for `{Self}`, let it own what it holds, and let that be `Send` and `Sync`; \
            or make the subscriber a sync one"
)]
pub trait Snapshot: OwnedEvent + Clone + Send + Sync {}

#[diagnostic::do_not_recommend]
impl<E: OwnedEvent + Clone + Send + Sync> Snapshot for E {}
