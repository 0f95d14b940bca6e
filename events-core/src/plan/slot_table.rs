//! Finding the slot of an event type in a registry.
//!
//! In the default registry, the slot is a static that the derive writes beside the event type, so its
//! address is known when an emit is compiled.
//!
//! All other slots are in a table: those of registries that are values, and in the default registry
//! those of event types with type parameters, because a static cannot be generic.

use std::{
    any::{Any, TypeId},
    sync::OnceLock,
};

use super::slot::Slot;
use crate::{
    event::Family,
    handler::{AdaptFn, LendFn, ViewFn, adapt, lend, view},
    metadata::EventInfo,
    primitives::TypeMap,
};

/// With 2,000 event types a bucket contains about eight.
const BUCKETS: usize = 256;

/// An event type, as registries identify it.
#[derive(Clone, Copy)]
pub(crate) struct EventType {
    pub(crate) family: TypeId,
    pub(crate) info: &'static EventInfo,
    /// Its slot in the default registry, if that is a static beside the type.
    pub(crate) default_slot: Option<&'static Slot>,
    /// Converts a handler of any event into a handler of this type.
    pub(crate) adapt: AdaptFn,
    /// Shows an event of this type as an event of any type.
    pub(crate) view: ViewFn,
    /// Lends an event of this type that is owned with its type erased.
    pub(crate) lend: LendFn,
}

impl EventType {
    #[inline]
    pub(crate) fn of<F: Family>() -> Self {
        Self {
            family: TypeId::of::<F>(),
            info: F::statics().info,
            default_slot: default_slot::<F>(),
            adapt: adapt::<F>,
            view: view::<F>,
            lend: lend::<F>,
        }
    }
}

/// The slot in the default registry, if that is a static beside the type. The compiler evaluates
/// [`Family::statics`] and the downcast.
#[inline]
pub(crate) fn default_slot<F: Family>() -> Option<&'static Slot> {
    let default_slot: &'static dyn Any = F::statics().default_slot?;
    default_slot.downcast_ref()
}

/// A table of slots by event type.
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
