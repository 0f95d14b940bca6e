//! Traits whose errors name a remedy. The traits are bounds of generated code and of methods, and no user implements them.

use crate::event::{Borrowed, Event, Family, Owned};

/// Implemented if the event in the signature of an observer's method is the expected one.
#[diagnostic::on_unimplemented(
    message = "this method of an observer is called with `{Expected}`, and its parameter is `{Self}`",
    label = "write `{Expected}` here",
    note = "the method's name determines the event that it is called with, and the attribute determines the model"
)]
pub trait Observed<Expected> {
    /// The event.
    type Event;
}

impl<E> Observed<E> for E {
    type Event = E;
}

/// Implemented for every event. Generated code requires it of an event type that is written as a pointer to `Pointee`,
/// so that the error has this text.
///
/// With one implementation for all events the compiler would report the missing bound, [`Event`], with the text of
/// that trait; with two it reports this trait. `O` is inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a pointer, and not an event",
    label = "write `{Pointee}` here, without the pointer",
    note = "a subscriber accepts the event itself: `&{Pointee}` or `&mut {Pointee}`"
)]
pub trait Pointed<Pointee, O> {
    /// The family of the event.
    type Family: Family;
}

impl<E: Event<Ownership = Owned>, Pointee> Pointed<Pointee, Owned> for E {
    type Family = E::Family;
}

impl<E: Event<Ownership = Borrowed>, Pointee> Pointed<Pointee, Borrowed> for E {
    type Family = E::Family;
}

/// Implemented for every event, as [`Pointed`]. Generated code requires it of an event type that is written `EventCopy`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is the copy of any event, and does not select events",
    label = "no event",
    note = "write `topic = \"shop::.*\"`, or list the types: `#[subscriber(OrderPlaced, OrderPaid)]`"
)]
pub trait SelectsEvents<O> {
    /// The family of the event.
    type Family: Family;
}

impl<E: Event<Ownership = Owned>> SelectsEvents<Owned> for E {
    type Family = E::Family;
}

impl<E: Event<Ownership = Borrowed>> SelectsEvents<Borrowed> for E {
    type Family = E::Family;
}

/// Implemented for every event that is `Send`. It is required of the event of an awaited subscriber, so that the error has
/// this text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not `Send`, and an awaited subscriber holds its event over an `.await`",
    label = "this event is not `Send`",
    note = "each field must be `Send`; a reference `&T` is if `T` is `Sync`, and `&mut T` if `T` is `Send`: lend what is \
            not `Sync`, such as the body of a request, by `&mut`, or lend the parts that the subscribers need"
)]
pub trait AwaitedEvent: Send {}

#[diagnostic::do_not_recommend]
impl<E: Send> AwaitedEvent for E {}

/// `emit!` calls this method for a field `origin` that the event does not have. A setter of this name takes precedence.
pub trait NoFieldOrigin: Sized {
    /// Does not compile when called.
    #[must_use]
    fn origin<V>(self, _: V) -> Self
    where
        Self: FieldOrigin,
    {
        self
    }
}

impl<B> NoFieldOrigin for B {}

/// Implemented for no type.
#[diagnostic::on_unimplemented(
    message = "this event has no field `origin`",
    label = "the origin of an emit is not one of the fields",
    note = "write the origin after the fields and a semicolon: `emit!(MyEvent, field = value; origin = place)`"
)]
pub trait FieldOrigin {}

/// Implemented for no type: the bound of the methods that need the feature, so that the error for a call has this text.
#[cfg(not(feature = "tokio"))]
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`spawn_tokio` needs the feature `tokio` of `events-core`, which is off",
    label = "turn on the feature `tokio` of `events-core`: `features = [\"tokio\"]` in Cargo.toml"
)]
pub trait FeatureTokio {}
