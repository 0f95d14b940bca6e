//! The data that the derive generates for an event type.

use std::any::Any;

use super::any_event::SharedEvent;
use crate::metadata::EventInfo;

/// The data that the derive generates for an event type.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct EventStatics {
    /// Describes the type.
    pub info: &'static EventInfo,
    /// The slot of the default registry, which has the type's subscribers there. A type with parameters
    /// has none, because a static cannot be generic.
    pub default_slot: Option<&'static dyn AnySlot>,
    /// Clones an event, if the derive could find out that the type is `Clone`, `Send` and `Sync`, or an
    /// option requires it.
    pub clone_fn: Option<CloneFn>,
}

/// A slot: the place of one event type in one registry. Its type is defined in `plan`, which depends on
/// this folder, so it is erased here. `Send` and `Sync` are supertraits so that the compiler proves them
/// once: proved for each event type, they would cost more compile time than everything else in its statics.
#[doc(hidden)]
pub trait AnySlot: Any + Send + Sync {}

/// A clone of an event.
pub type BoxedEvent = Box<dyn Any + Send>;

/// Clones an event of one type; `None` if the event is of another. Subscribers that run later can share the clone.
pub type CloneFn = fn(&dyn Any) -> Option<SharedEvent>;
