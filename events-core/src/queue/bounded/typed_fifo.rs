//! A FIFO of items of different types, without a box for each item.
//!
//! A *lane* is a `VecDeque` of the items of one type. Beside the lanes, `order` has the lane index of
//! each item in the order of the pushes, and `chains` has the chain of each item that a job pushed.
//!
//! The types need not be known beforehand: a lane stores the *vtable* that was passed with its first item,
//! such as a function that takes the next item out, and `front` returns that of the oldest item.
//!
//! An empty lane keeps its memory, so a steady flow of items allocates nothing. No memory is released
//! before the FIFO is dropped: each lane keeps the room for the most items that it ever held, `order` four bytes
//! for each of the most items that were ever queued, and `chains` eight for each of those that jobs pushed. So
//! 65,536 items of 100 bytes leave less than 8 MB. A bounded queue swaps two of these, one for each side, so two
//! bursts can leave twice as much.

use std::{
    any::{Any, TypeId},
    collections::{HashMap, VecDeque},
    hash::BuildHasherDefault,
};

use crate::{context::EventChain, primitives::TypeIdHasher};

/// The bit of an entry of `order` whose item has a chain.
const HAS_CHAIN: u32 = 1 << 31;

/// A FIFO of items of different types; `V` is the vtable of an item type.
pub(super) struct TypedFifo<V> {
    lanes: Vec<Lane<V>>,
    /// The lane index of each item, the oldest first, with `HAS_CHAIN`.
    order: VecDeque<u32>,
    /// The chain of each item with `HAS_CHAIN`, the oldest first.
    chains: VecDeque<EventChain>,
    lane_by_type: HashMap<TypeId, u32, BuildHasherDefault<TypeIdHasher>>,
    /// The lane of the last push, which is tried first: consecutive items are often of one type.
    last_lane: u32,
}

struct Lane<V> {
    vtable: V,
    /// A `VecDeque` of the items of one type.
    items: Box<dyn Any + Send>,
}

/// The items of one lane, to be read.
pub(crate) struct LaneItems<'l>(&'l dyn Any);

impl<'l> LaneItems<'l> {
    /// The items, the oldest first; none if they are not of type `T`.
    pub(crate) fn iter<T: 'static>(&self) -> impl ExactSizeIterator<Item = &'l T> + use<'l, T> {
        let items = self.0.downcast_ref::<VecDeque<T>>();
        items.map(VecDeque::iter).unwrap_or_default()
    }
}

impl<V: Copy> TypedFifo<V> {
    pub(super) const fn new() -> Self {
        Self {
            lanes: Vec::new(),
            order: VecDeque::new(),
            chains: VecDeque::new(),
            lane_by_type: HashMap::with_hasher(BuildHasherDefault::new()),
            last_lane: 0,
        }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Appends an item without a chain. Of the vtables that are passed for one type, the first is stored.
    // Inlined into each push that is not of a scheduled item.
    #[inline(always)]
    pub(super) fn push<T: Send + 'static>(&mut self, vtable: V, item: T) {
        if let Some(lane) = self.lanes.get_mut(self.last_lane as usize)
            && let Some(items) = lane.items.downcast_mut::<VecDeque<T>>()
        {
            items.push_back(item);
            self.order.push_back(self.last_lane);
        } else {
            self.push_to_other_lane(vtable, item);
        }
    }

    /// [`push`](Self::push), for where it is rare.
    #[inline(never)]
    pub(super) fn push_outlined<T: Send + 'static>(&mut self, vtable: V, item: T) {
        self.push(vtable, item);
    }

    /// Appends an item of another type than that of the last push.
    #[inline(never)]
    fn push_to_other_lane<T: Send + 'static>(&mut self, vtable: V, item: T) {
        let index = self.lane_by_type.get(&TypeId::of::<T>()).copied();
        let index = index.unwrap_or_else(|| self.add_lane::<T>(vtable));
        let lane = &mut self.lanes[index as usize];
        if let Some(items) = lane.items.downcast_mut::<VecDeque<T>>() {
            items.push_back(item);
            self.order.push_back(index);
            self.last_lane = index;
        }
    }

    /// Sets the chain of the item that was just pushed.
    // Outlined: most items have none.
    #[inline(never)]
    pub(super) fn set_chain(&mut self, chain: EventChain) {
        if let Some(entry) = self.order.back_mut() {
            *entry |= HAS_CHAIN;
            self.chains.push_back(chain);
        }
    }

    #[cold]
    fn add_lane<T: Send + 'static>(&mut self, vtable: V) -> u32 {
        let index = self.lanes.len() as u32;
        self.lanes.push(Lane {
            vtable,
            items: Box::new(VecDeque::<T>::new()),
        });
        self.lane_by_type.insert(TypeId::of::<T>(), index);
        index
    }

    /// The vtable of the oldest item, and whether it has a chain.
    #[inline]
    pub(super) fn front(&self) -> Option<(V, bool)> {
        let entry = *self.order.front()?;
        let lane = &self.lanes[(entry & !HAS_CHAIN) as usize];
        Some((lane.vtable, entry & HAS_CHAIN != 0))
    }

    /// The chain of the oldest item that has one.
    pub(super) fn front_chain(&self) -> Option<EventChain> {
        self.chains.front().copied()
    }

    /// The lanes: the vtable and the items of each type.
    pub(super) fn lanes(&self) -> impl Iterator<Item = (V, LaneItems<'_>)> {
        let lanes = self.lanes.iter();
        lanes.map(|lane| (lane.vtable, LaneItems(&*lane.items)))
    }

    /// Takes the oldest item, if it is a `T`.
    #[inline(always)]
    pub(super) fn take<T: 'static>(&mut self) -> Option<T> {
        let entry = *self.order.front()?;
        let lane = &mut self.lanes[(entry & !HAS_CHAIN) as usize];
        let items = lane.items.downcast_mut::<VecDeque<T>>()?;
        let item = items.pop_front()?;
        // The entry is loaded again, so that no register has to keep it across the downcast.
        let entry = self.order.pop_front()?;
        if entry & HAS_CHAIN != 0 {
            self.chains.pop_front();
        }
        Some(item)
    }
}
