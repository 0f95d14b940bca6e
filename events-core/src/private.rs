//! The items that generated code names. They are not for users, and may change in any release.

use crate::event::Event;

pub use crate::{
    __finishers as finishers,
    background::{ConcurrencyLimited, OnceHandler},
    context::EmissionSource,
    current::{CurrentRegistry, finish_async},
    declared::{
        DefaultProbe, EVENTS, EventSelector, Installer, Listener, NoDefault,
        OneListenerBlockPerType, SUBSCRIBERS, Subscriber,
    },
    event::{
        Borrowed, Borrows, BoxedEvent, Build, CloneFn, CloneProbe, EmitBackend, EmitFrom,
        EventStatics, Family, Free, Owned, OwnedEvent, Owning, Set, Snapshot, Unset, Visit, finish,
        given, json, nested_json, nth,
    },
    handler::{
        AnyFilter, AsyncOutcome, Background, BackgroundCall, EmitOrigin, Filter, MissingState,
        Outcome, Param, Run, States, Step, any_filter, filter,
    },
    metadata::{EventInfo, IntoKey, Key, Location, PatternText, SubscriberOptions},
    plan::Slot,
    scan::Linked,
    subscribe::Once,
    worker::{FlushAfter, FlushOnDrop, flush_after_async},
};

/// Items of the prelude, which users may shadow or not import.
pub use core::{
    any::Any,
    concat,
    convert::Into,
    default::Default,
    marker::{PhantomData, Send},
    module_path,
    option::Option::{self, None, Some},
    result::Result,
};
pub use events_macros::{emit_keywords, wrong_crates};
pub use linkme;
pub use std::sync::Arc;

/// The key of a function that an attribute names.
pub fn key<M>(function: impl IntoKey<M>) -> Key {
    function.into_key()
}

/// Checks the value of `concurrency`, the limit of simultaneous calls of one subscriber.
///
/// # Panics
///
/// If the limit is 0.
#[must_use]
#[track_caller]
pub const fn at_once(calls: usize) -> usize {
    assert!(
        calls > 0,
        "with `concurrency` 0 the subscriber would never run; write 1 or more, or leave the option out"
    );
    calls
}

/// `None` of a function's return type: a type hint for the body of the function.
#[must_use]
pub const fn returned<T>() -> Option<T> {
    None
}

/// The family and the info of a subscriber's event.
#[must_use]
pub fn event<E: Event>() -> (std::any::TypeId, &'static EventInfo) {
    (std::any::TypeId::of::<E::Family>(), E::info())
}

/// The source location of the call.
#[must_use]
#[track_caller]
pub const fn here() -> Location {
    let caller = std::panic::Location::caller();
    Location::new(caller.file(), caller.line(), caller.column())
}

/// Implemented if the event in the signature of an observer's method is the expected one.
#[diagnostic::on_unimplemented(
    message = "this method of an observer is called with `{Expected}`, and takes `{Self}`",
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
    note = "a subscriber takes the event itself: `&{Pointee}` or `&mut {Pointee}`"
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
    note = "write the origin behind the fields and a semicolon: `emit!(MyEvent, field = value; origin = place)`"
)]
pub trait FieldOrigin {}
