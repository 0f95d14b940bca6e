//! What stands beside an event type.

use std::any::Any;

use super::copying::Copier;
use crate::metadata::EventInfo;

/// What the derive puts beside an event type.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Declared {
    /// What the derive knows of the type.
    pub info: &'static EventInfo,
    /// The place for the default registry's subscribers; a type with parameters has none, for a
    /// static cannot be generic.
    pub home: Option<&'static dyn Place>,
    /// Copies an event, where that is known to be possible.
    pub copier: Option<Copier>,
}

/// The place for a registry's subscribers, of a type that the engine knows. That it can be shared is
/// said here once: asked anew for each event, it would cost the compiler more than all else beside it.
#[doc(hidden)]
pub trait Place: Any + Send + Sync {}
