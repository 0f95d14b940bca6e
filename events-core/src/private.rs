//! Floor 6, facade: the door of generated code. Nothing here is for users, and any of it may change.

pub use crate::{
    ambient::{EVENTS, Linked, SUBSCRIBERS, emit, try_emit},
    engine::{Home, Installer, Once, Subscriber},
    event::{AnyHome, Build, Set, Unset, Visit, given},
    handler::{MissingState, Outcome, Param, Run, States, Step},
    words::{EventInfo, IntoKey, Key},
};
/// What generated code takes from the prelude, which users may shadow or be without.
pub use core::{
    convert::Into,
    default::Default,
    marker::PhantomData,
    option::Option::{self, None, Some},
    result::Result,
};
pub use events_macros::emit_keywords;
pub use linkme;

/// What a subscriber's attribute calls to name a function.
pub fn key<M>(function: impl IntoKey<M>) -> Key {
    function.into_key()
}

/// What a subscriber listens to.
#[must_use]
pub fn event<E: crate::Event>() -> (std::any::TypeId, &'static EventInfo) {
    (std::any::TypeId::of::<E::Family>(), E::info())
}
