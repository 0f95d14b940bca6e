//! Payloads of earlier versions.

use std::{any::TypeId, fmt};

use events_core::failures::BoxError;
use serde_json::Value;

use super::durable_event::DurableEvent;

/// Every upcast that is linked into the program.
#[doc(hidden)]
#[linkme::distributed_slice]
pub static UPCASTS: [Upcast];

/// The step from one version of a payload to the next, as `#[upcast]` declares it.
#[doc(hidden)]
pub struct Upcast {
    event: fn() -> TypeId,
    pub(crate) from: i32,
    pub(crate) step: fn(Value) -> Result<Value, BoxError>,
}

impl Upcast {
    /// The step of this event from this version.
    #[must_use]
    pub const fn new<E: DurableEvent>(
        from: i32,
        step: fn(Value) -> Result<Value, BoxError>,
    ) -> Self {
        Self {
            event: TypeId::of::<E>,
            from,
            step,
        }
    }

    pub(crate) fn is_of<E: DurableEvent>(&self, from: i32) -> bool {
        self.from == from && (self.event)() == TypeId::of::<E>()
    }
}

impl fmt::Debug for Upcast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upcast")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}
