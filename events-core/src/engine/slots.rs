//! The slots of a registry, by event type: a hash table that only grows, so that reading takes no
//! lock and writes nothing.
//!
//! Each bucket is a list of nodes in `OnceLock`s. It serves every event of a registry that is a
//! value, and in the default registry the events with type parameters, beside which no static can
//! stand.

use std::{
    any::{Any, TypeId},
    hash::{Hash, Hasher},
    sync::OnceLock,
};

use super::Slot;
use crate::event::Family;

/// Two thousand event types give lists of eight.
const BUCKETS: usize = 256;

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
