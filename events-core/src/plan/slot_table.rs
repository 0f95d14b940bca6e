//! Where the slots of a registry are.
//!
//! Those of the default registry stand beside the event types: the derive puts a [`Slot`] there, so
//! that an emit knows where to look when it is compiled.
//!
//! For every event of a registry that is a value, and in the default registry for the events with
//! type parameters, beside which no static can stand, there is a table.

use std::{
    any::{Any, TypeId},
    sync::OnceLock,
};

use super::slot::Slot;
use crate::{
    event::Family,
    handler::{AdaptFn, adapt},
    metadata::EventInfo,
    primitives::TypeMap,
};

/// Two thousand event types give lists of eight.
const BUCKETS: usize = 256;

/// An event type, as registries tell it from others.
#[derive(Clone, Copy)]
pub(crate) struct EventType {
    pub(crate) family: TypeId,
    pub(crate) info: &'static EventInfo,
    /// Its slot of the default registry, if that stands beside the type.
    pub(crate) default_slot: Option<&'static Slot>,
    /// Makes a handler of any event one of these.
    pub(crate) adapt: AdaptFn,
}

impl EventType {
    #[inline]
    pub(crate) fn of<F: Family>() -> Self {
        Self {
            family: TypeId::of::<F>(),
            info: F::statics().info,
            default_slot: default_slot::<F>(),
            adapt: adapt::<F>,
        }
    }
}

/// The slot beside the type. What [`Family::declared`] gives is known when this is compiled, and the look
/// at its type with it.
#[inline]
pub(crate) fn default_slot<F: Family>() -> Option<&'static Slot> {
    let default_slot: &'static dyn Any = F::statics().default_slot?;
    default_slot.downcast_ref()
}

/// Slots by event type, of the types for which there is one.
pub(crate) struct Slots(OnceLock<Box<TypeMap<Slot, BUCKETS>>>);

impl Slots {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    #[inline]
    pub(crate) fn get(&self, family: TypeId) -> Option<&Slot> {
        self.0.get()?.get(family)
    }

    pub(crate) fn get_or_insert(&self, family: TypeId) -> &Slot {
        let slots = self.0.get_or_init(|| Box::new(TypeMap::new()));
        slots.get_or_insert(family, Slot::new)
    }
}
