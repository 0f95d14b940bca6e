//! Where the slots of a registry are.
//!
//! Those of the default registry stand beside the event types: the derive puts a [`Slot`] there, so
//! that an emit knows where to look when it is compiled.
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
use crate::{
    event::Family,
    handler::{Wire, wire},
    words::EventInfo,
};

/// Two thousand event types give lists of eight.
const BUCKETS: usize = 256;

/// An event type, as registries tell it from others.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) family: TypeId,
    pub(crate) info: &'static EventInfo,
    /// Its slot of the default registry, if that stands beside the type.
    pub(crate) home: Option<&'static Slot>,
    /// Makes a handler of any event one of these.
    pub(crate) any: Wire,
}

impl Kind {
    #[inline]
    pub(crate) fn of<F: Family>() -> Self {
        Self {
            family: TypeId::of::<F>(),
            info: F::declared().info,
            home: home::<F>(),
            any: wire::<F>,
        }
    }
}

/// The slot beside the type. What [`Family::declared`] gives is known when this is compiled, and the look
/// at its type with it.
#[inline]
pub(crate) fn home<F: Family>() -> Option<&'static Slot> {
    let home: &'static dyn Any = F::declared().home?;
    home.downcast_ref()
}

pub(crate) struct Slots {
    buckets: OnceLock<Box<[Next; BUCKETS]>>,
}

type Next = OnceLock<Box<Node>>;

struct Node {
    family: TypeId,
    slot: Slot,
    next: Next,
}

impl Slots {
    pub(crate) const fn new() -> Self {
        Self {
            buckets: OnceLock::new(),
        }
    }

    #[inline]
    pub(crate) fn get(&self, family: TypeId) -> Option<&Slot> {
        let mut next = &self.buckets.get()?[bucket(family)];
        while let Some(node) = next.get() {
            if node.family == family {
                return Some(&node.slot);
            }
            next = &node.next;
        }
        None
    }

    pub(crate) fn get_or_insert(&self, family: TypeId) -> &Slot {
        let buckets = self
            .buckets
            .get_or_init(|| Box::new([const { OnceLock::new() }; BUCKETS]));
        let mut next = &buckets[bucket(family)];
        loop {
            let node = next.get_or_init(|| {
                Box::new(Node {
                    family,
                    slot: Slot::new(),
                    next: OnceLock::new(),
                })
            });
            if node.family == family {
                return &node.slot;
            }
            next = &node.next;
        }
    }
}

#[inline]
fn bucket(family: TypeId) -> usize {
    let mut hasher = Last(0);
    family.hash(&mut hasher);
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
