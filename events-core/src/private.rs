//! The items that generated code names. They are not for users, and may change in any release.

use crate::event::Event;

pub use crate::{
    __finishers as finishers,
    background::{Awaited, KeyFn, OnceHandler, PolicyHandler, TimedAwaited, key_fn},
    builtin::record::{AnyModel, ModelCheck, OtherEvent, RecordProbe, check_model},
    context::{EmissionSource, OwnSubscription, Subscribed},
    current::{CurrentRegistry, finish_async},
    declared::{
        DefaultProbe, EVENTS, EventSelector, Installer, Listener, NoDefault,
        OneListenerBlockPerType, SUBSCRIBERS, Subscriber,
    },
    diagnostics::{AwaitedEvent, FieldOrigin, NoFieldOrigin, Observed, Pointed, SelectsEvents},
    event::{
        AnyEvent, ArgProbe, Borrowed, Borrows, BoxedEvent, Build, CloneFn, CloneProbe, EmitBackend,
        EmitFrom, EventCopy, EventStatics, Family, Free, HeldCopy, Owned, OwnedEvent, Owning, Set,
        Snapshot, UnknownClone, Unset, Visit, finish, given, held_clone_fn, json, nested_json, nth,
        required_clone_fn,
    },
    handler::{
        AnyFilter, AsyncOutcome, Background, BackgroundCall, CallProbe, CallSlot, EmitOrigin,
        Filter, MissingState, NeedsCall, NoParam, Outcome, Param, Run, States, Step, any_filter,
        filter, not_acquired,
    },
    metadata::{
        CallPolicies, EventInfo, IntoKey, Key, Location, Once, OrderTarget, PatternText,
        SubscriberOptions, UnitPhase, When,
    },
    plan::Slot,
    result::FailedCheck,
    scan::Linked,
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
pub use events_macros::{emit_keywords, named_args, wrong_crates};
pub use linkme;
pub use std::{sync::Arc, time::Duration};

/// The key of a function that an attribute names.
pub fn key<M>(function: impl IntoKey<M>) -> Key {
    function.into_key()
}

/// The value of `delay`.
#[must_use]
pub const fn delay(delay: Duration) -> Option<Duration> {
    Some(delay)
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

/// Makes the compiler compute a value of `retry`, which panics if it is wrong.
pub const fn evaluate<T: Copy>(_: T) {}

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
