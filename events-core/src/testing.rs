//! Floor 9, facade: the door of `events-testing`. Nothing here is for users, and any of it may change.

use std::{any::TypeId, sync::Arc};

use crate::{
    declared::SUBSCRIBERS,
    event::Event,
    metadata::{Location, SubscriberInfo},
    plan::Slot,
    registry::Registry,
};
pub use crate::{
    metadata::Pattern,
    registry::{EmitVerb, Intercepted, Interceptor, Viewer},
};

/// Has this one asked before the subscribers of each event of that registry.
pub fn set_interceptor(registry: &Registry, interceptor: Option<Arc<dyn Interceptor>>) {
    registry.set_interceptor(interceptor);
}

/// Who is asked before the subscribers of each event of that registry.
#[must_use]
pub fn interceptor(registry: &Registry) -> Option<Arc<dyn Interceptor>> {
    registry.interceptor()
}

/// A registry with the declared subscribers of that one, as a scan with the same values would make it.
#[must_use]
pub fn copy_of_declared(registry: &Registry) -> Registry {
    registry.copy_of_declared()
}

/// All subscribers of an event type in that registry, sync ones first.
#[must_use]
pub fn subscribers<E: Event>(registry: &Registry) -> Vec<Arc<SubscriberInfo>> {
    let slot = registry.core().slot_with_patterns::<E::Family>();
    slot.map(Slot::subscribers).unwrap_or_default()
}

/// The paths of the subscribers that are linked into this program.
#[must_use]
pub fn declared() -> Vec<&'static str> {
    SUBSCRIBERS
        .iter()
        .map(|subscriber| subscriber.name)
        .collect()
}

/// Whether this place is in this crate, which emits for others here and there.
#[must_use]
pub fn is_inside(location: Location) -> bool {
    let folder = file!().strip_suffix("testing.rs");
    folder.is_some_and(|folder| location.file().starts_with(folder))
}

/// An event type, whatever it borrows.
#[must_use]
pub fn family<E: Event>() -> TypeId {
    TypeId::of::<E::Family>()
}

/// Several types of events: one event, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither an event nor a tuple of events",
    label = "write an event, as in `::<Login>`, or a tuple of up to twelve, as in `::<(Login, Logout)>`"
)]
pub trait EventSet {
    /// What tells each from others.
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
