//! Floor 9, facade: the door of generated code. Nothing here is for users, and any of it may change.

pub use crate::{
    __finishers as finishers,
    background::ConcurrencyLimited,
    context::EmissionSource,
    current::CurrentRegistry,
    declared::{
        DefaultProbe, EVENTS, EventSelector, Installer, Listener, NoDefault, SUBSCRIBERS,
        Subscriber,
    },
    event::{
        Borrowed, Borrows, BoxedEvent, Build, CloneFn, CloneProbe, EmitBackend, EventStatics,
        Family, Free, Owned, OwnedEvent, Owning, Set, Snapshot, Unset, Visit, finish, given, json,
        nth,
    },
    handler::{
        AsyncOutcome, Background, BackgroundCall, EmitOrigin, MissingState, Outcome, Param, Run,
        States, Step,
    },
    metadata::{EventInfo, IntoKey, Key, Location},
    plan::Slot,
    scan::Linked,
    subscribe::Once,
    worker::{FlushAfter, FlushOnDrop, flush_after_async},
};

/// What generated code takes from the prelude, which users may shadow or be without.
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
pub use events_macros::emit_keywords;
pub use linkme;
pub use std::sync::Arc;

/// What a subscriber's attribute calls to name a function.
pub fn key<M>(function: impl IntoKey<M>) -> Key {
    function.into_key()
}

/// How many calls of one subscriber may be under way at once.
///
/// # Panics
///
/// When none.
#[must_use]
#[track_caller]
pub const fn at_once(calls: usize) -> usize {
    assert!(
        calls > 0,
        "with `concurrency` 0 the subscriber would never run; take 1 or more, or leave the option out"
    );
    calls
}

/// For a type hint: what a body returns, never.
#[must_use]
pub const fn returned<T>() -> Option<T> {
    None
}

/// What a subscriber listens to.
#[must_use]
pub fn event<E: crate::event::Event>() -> (std::any::TypeId, &'static EventInfo) {
    (std::any::TypeId::of::<E::Family>(), E::info())
}

/// Where this is written.
#[must_use]
#[track_caller]
pub const fn here() -> Location {
    let place = std::panic::Location::caller();
    Location::new(place.file(), place.line(), place.column())
}

/// The event of an observer's method, if it is the one that the method's name stands for.
#[diagnostic::on_unimplemented(
    message = "this method of an observer is called with `{Meant}`, and takes `{Self}`",
    label = "write `{Meant}` here",
    note = "the method's name says which event it is called with, and the attribute for which model"
)]
pub trait Observed<Meant> {
    /// The event.
    type Event;
}

impl<E> Observed<E> for E {
    type Event = E;
}
