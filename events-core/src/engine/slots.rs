//! Where the slots of a registry are.
//!
//! Those of the default registry stand beside the event types: the derive puts a [`Home`] there. It
//! is empty until somebody subscribes, so that an event nobody listens to costs a look at it, and a
//! program with many events is compiled without a slot's code for each.
//!
//! For every event of a registry that is a value, and in the default registry for the events with
//! type parameters, beside which no static can stand, there is a hash table. It only grows: each
//! bucket is a list of nodes in `OnceLock`s, so that reading takes no lock and writes nothing.

use std::{
    any::{Any, TypeId},
    hash::{Hash, Hasher},
    sync::OnceLock,
};

use super::slot::Slot;
use crate::event::Family;

/// Two thousand event types give lists of eight.
const BUCKETS: usize = 256;

/// Where the default registry's slot of an event type is, once somebody has subscribed.
#[doc(hidden)]
pub struct Home<F: Family>(OnceLock<&'static Slot<F>>);

impl<F: Family> Home<F> {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    #[inline]
    pub(crate) fn get(&self) -> Option<&'static Slot<F>> {
        self.0.get().copied()
    }

    /// The slot, which like the type that it belongs to is there for good.
    pub(crate) fn get_or_insert(&self) -> &'static Slot<F> {
        self.0.get_or_init(|| Box::leak(Box::new(Slot::new())))
    }
}

impl<F: Family> Default for Home<F> {
    fn default() -> Self {
        Self::new()
    }
}

pub(crate) struct Slots {
    buckets: OnceLock<Box<[Next; BUCKETS]>>,
}

type Next = OnceLock<Box<Node>>;

struct Node {
    slot: Box<dyn Any + Send + Sync>,
    next: Next,
}

impl Slots {
    pub(crate) const fn new() -> Self {
        Self {
            buckets: OnceLock::new(),
        }
    }

    #[inline]
    pub(crate) fn get<F: Family>(&self) -> Option<&Slot<F>> {
        let mut next = &self.buckets.get()?[bucket::<F>()];
        while let Some(node) = next.get() {
            if let Some(slot) = node.slot.downcast_ref() {
                return Some(slot);
            }
            next = &node.next;
        }
        None
    }

    pub(crate) fn get_or_insert<F: Family>(&self) -> &Slot<F> {
        let buckets = self
            .buckets
            .get_or_init(|| Box::new([const { OnceLock::new() }; BUCKETS]));
        let mut next = &buckets[bucket::<F>()];
        loop {
            let node = next.get_or_init(|| {
                Box::new(Node {
                    slot: Box::new(Slot::<F>::new()),
                    next: OnceLock::new(),
                })
            });
            if let Some(slot) = node.slot.downcast_ref() {
                return slot;
            }
            next = &node.next;
        }
    }
}

#[inline]
fn bucket<F: Family>() -> usize {
    let mut hasher = Last(0);
    TypeId::of::<F>().hash(&mut hasher);
    usize::try_from(hasher.finish() % BUCKETS as u64).unwrap_or(0)
}

/// A `TypeId` is a good hash already.
struct Last(u64);

impl Hasher for Last {
    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }

    #[inline]
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }
}
