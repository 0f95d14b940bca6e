//! The items that `events-testing` uses. They are not for users, and may change in any release.

use std::{
    any::TypeId,
    borrow::Cow,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use crate::{
    context, current,
    current::CurrentRegistry,
    declared::{EventSelector, SUBSCRIBERS, Subscriber},
    event::{Event, OwnedEvent},
    metadata::{Location, SubscriberInfo},
    plan::Slot,
    queue::QueueOwner as _,
    registry::Registry,
    time::Sleep,
    unit::UnitHandle,
};
pub use crate::{
    context::panic_hook::panics_silently,
    metadata::{EmitVerb, Pattern, suggest, suggest_topics},
    primitives::one_line,
    registry::{Intercepted, Interceptor, Viewer},
    result::is_outside_tokio,
    worker::TestTime,
};

/// Sets the interceptor of a registry, which is called before the subscribers of each event; `None`
/// removes it.
pub fn set_interceptor(registry: &Registry, interceptor: Option<Arc<dyn Interceptor>>) {
    if interceptor.is_some() {
        registry.core().clock().expect_set();
    }
    registry.set_interceptor(interceptor);
}

/// Runs what a unit of work holds as its commit does, and leaves the unit open.
pub fn run_held(unit: &UnitHandle) {
    unit.run_held();
}

/// How many events of a registry wait for the end of a unit of work.
#[must_use]
pub fn held_events(registry: &Registry) -> usize {
    registry.core().held().load(Ordering::Relaxed)
}

/// How many events with this topic a unit of work holds.
#[must_use]
pub fn count_held(unit: &UnitHandle, topic: &str) -> usize {
    unit.count_held(topic)
}

/// Whether an open savepoint of the unit holds anything.
#[must_use]
pub fn holds_in_savepoints(unit: &UnitHandle) -> bool {
    unit.holds_in_savepoints()
}

/// Waits by the clock of a registry, as the timeouts of its subscribers do.
pub fn sleep(registry: &Registry, duration: Duration) -> impl Future<Output = ()> + Send + use<> {
    let clock = registry.core().clock();
    Sleep::until(clock, clock.after(duration))
}

/// The interceptor of a registry, if one is set.
#[must_use]
pub fn interceptor(registry: &Registry) -> Option<Arc<dyn Interceptor>> {
    registry.interceptor()
}

/// Whether this thread runs an event of that registry's queue.
#[must_use]
pub fn is_in_job_of(registry: &Registry) -> bool {
    context::is_in_job_of(registry.core().queue_id())
}

/// Settles the queue of a registry, as [`Queue::settle`](crate::Queue::settle). Returns `None` if that would have to
/// wait for an async subscriber, or for a worker that is a task of this thread, and `is_refused` returns that it must
/// not.
pub fn settle(
    registry: &Registry,
    at_most: Duration,
    is_refused: impl Fn() -> bool,
) -> Option<bool> {
    registry.queue().settle_unless(at_most, is_refused)
}

/// A new registry with the declared subscribers of this one, as a scan with the same state creates it.
#[must_use]
pub fn copy_of_declared(registry: &Registry) -> Registry {
    registry.copy_of_declared()
}

/// A registry like the default one of another copy of this crate, which a library that is loaded at run time has.
#[must_use]
pub fn default_registry_of_another_copy() -> Registry {
    Registry::default_of_another_copy()
}

/// All subscribers of an event type in a registry, the sync ones first.
#[must_use]
pub fn subscribers<E: Event>(registry: &Registry) -> Vec<Arc<SubscriberInfo>> {
    let slot = registry.core().slot_with_patterns::<E::Family>();
    slot.map(Slot::subscribers).unwrap_or_default()
}

/// The paths of the declared subscribers of this program.
#[must_use]
pub fn declared() -> Vec<&'static str> {
    SUBSCRIBERS
        .iter()
        .map(|subscriber| subscriber.name)
        .collect()
}

/// All subscribers of a registry.
#[must_use]
pub fn all_subscribers(registry: &Registry) -> Vec<Arc<SubscriberInfo>> {
    let receivers = registry.core().all_receivers().into_iter();
    receivers.map(|receiver| receiver.subscriber).collect()
}

/// The names of all subscribers of a registry.
#[must_use]
pub fn subscriber_names(registry: &Registry) -> Vec<Cow<'static, str>> {
    registry.core().subscriber_names()
}

/// A linked subscriber of one of these events, each a family and a topic, that no scan has registered in this
/// registry: the index of the event, and the path of the subscriber.
#[must_use]
pub fn unscanned(registry: &Registry, events: &[(TypeId, &str)]) -> Option<(usize, &'static str)> {
    let linked = SUBSCRIBERS.iter().filter(|linked| !linked.added_only);
    let mut unscanned = linked.filter(|linked| !registry.core().has_installed(linked.address()));
    unscanned.find_map(|linked| Some((selected(linked, events)?, linked.name)))
}

/// A linked method for this event whose path the function accepts, of a listener that a scan does not create and that
/// was not added to this registry.
#[must_use]
pub fn method_to_add<E: Event>(
    registry: &Registry,
    is_named: impl Fn(&str) -> bool,
) -> Option<&'static str> {
    let event = [(family::<E>(), E::topic())];
    let mut linked = SUBSCRIBERS.iter();
    let method = linked.find(|linked| {
        linked.added_only
            && is_named(linked.name)
            && !registry.core().was_added(&(linked.key)())
            && selected(linked, &event).is_some()
    });
    method.map(|method| method.name)
}

/// The index of the first event, a family and a topic, that a declared subscriber selects.
fn selected(linked: &Subscriber, events: &[(TypeId, &str)]) -> Option<usize> {
    let pattern = match linked.selector {
        EventSelector::Events(_) => None,
        EventSelector::Topic(text) => Some(text.compile().ok()?),
    };
    let is_selected = |(family, topic): &(TypeId, &str)| match linked.selector {
        EventSelector::Events(events) => events.iter().any(|event| event().0 == *family),
        EventSelector::Topic(_) => pattern.as_ref().is_some_and(|one| one.matches(topic)),
    };
    events.iter().position(is_selected)
}

/// Whether a scan has registered any declared subscriber in this registry.
#[must_use]
pub fn has_declared(registry: &Registry) -> bool {
    registry.core().has_any_installed()
}

/// The default registry.
#[must_use]
pub fn default_registry() -> Registry {
    current::default_registry()
}

/// Whether a location is in the source of this crate, some functions of which emit for their caller.
#[must_use]
pub fn is_inside(location: Location) -> bool {
    let folder = file!().strip_suffix("testing.rs");
    folder.is_some_and(|folder| location.file().starts_with(folder))
}

/// The id of an event's family, which does not depend on the event's lifetimes.
#[must_use]
pub fn family<E: Event>() -> TypeId {
    TypeId::of::<E::Family>()
}

// `events-testing` documents this trait, where it re-exports it.
#[diagnostic::on_unimplemented(
    message = "a mock keeps no clones of `{Self}`",
    label = "it borrows, or is an event of `events_core::record` or `events_core::auth`, or a topic",
    note = "check it when it is emitted: `expect::<..>().matching(|event| ..)`"
)]
pub trait Recorded: OwnedEvent {}

#[diagnostic::do_not_recommend]
impl<E: OwnedEvent + Event<Backend = CurrentRegistry>> Recorded for E {}

// `events-testing` documents this trait, where it re-exports it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither an event nor a tuple of events",
    label = "write an event, as in `::<Login>`, or a tuple of up to twelve, as in `::<(Login, Logout)>`"
)]
pub trait EventSet {
    /// The ids of the families.
    fn families() -> Vec<TypeId>;
}

impl<E: Event> EventSet for E {
    fn families() -> Vec<TypeId> {
        vec![family::<E>()]
    }
}

macro_rules! tuples {
    ($first:ident $($event:ident)*) => {
        impl<$first: Event, $($event: Event),*> EventSet for ($first, $($event,)*) {
            fn families() -> Vec<TypeId> {
                vec![family::<$first>(), $(family::<$event>()),*]
            }
        }
        tuples!($($event)*);
    };
    () => {};
}

tuples!(A B C D E F G H I J K L);
