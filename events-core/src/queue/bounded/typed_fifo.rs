//! A FIFO of items of different types, without a box for each item.
//!
//! A *lane* is a `VecDeque` of the items of one type. Beside the lanes, `order` has the lane index of
//! each item in the order of the pushes, with the item's chain.
//!
//! The types need not be known beforehand: a lane stores the *vtable* that was passed with its first item,
//! such as a function that takes the next item out, and `front` returns that of the oldest item.
//!
//! An empty lane keeps its memory, so a steady flow of items allocates nothing. No memory is released
//! before the FIFO is dropped: each lane keeps the room for the most items that it ever held, and `order`
//! keeps twelve bytes for each of the most items that were ever queued. So 65,536 items of 100 bytes leave
//! less than 8 MB. A bounded queue swaps two of these, one for each side, so two bursts can leave twice as
//! much.

use std::{
    any::{Any, TypeId},
    collections::{HashMap, VecDeque},
    hash::BuildHasherDefault,
};

use crate::{context::EventChain, primitives::TypeIdHasher};

/// A FIFO of items of different types; `V` is the vtable of an item type.
pub(super) struct TypedFifo<V> {
    lanes: Vec<Lane<V>>,
    /// The lane index and the chain of each item, the oldest first.
    order: VecDeque<(u32, EventChain)>,
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

    /// Appends an item. Of the vtables that are passed for one type, the first is stored.
    #[inline]
    pub(super) fn push<T: Send + 'static>(&mut self, vtable: V, item: T, chain: EventChain) {
        if let Some(lane) = self.lanes.get_mut(self.last_lane as usize)
            && let Some(items) = lane.items.downcast_mut::<VecDeque<T>>()
        {
            items.push_back(item);
            self.order.push_back((self.last_lane, chain));
        } else {
            self.push_to_other_lane(vtable, item, chain);
        }
    }

    /// Appends an item of another type than that of the last push.
    #[inline(never)]
    fn push_to_other_lane<T: Send + 'static>(&mut self, vtable: V, item: T, chain: EventChain) {
        let index = self.lane_by_type.get(&TypeId::of::<T>()).copied();
        let index = index.unwrap_or_else(|| self.add_lane::<T>(vtable));
        let lane = &mut self.lanes[index as usize];
        if let Some(items) = lane.items.downcast_mut::<VecDeque<T>>() {
            items.push_back(item);
            self.order.push_back((index, chain));
            self.last_lane = index;
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

    /// The lane index and the vtable of the oldest item.
    #[inline]
    pub(super) fn front(&self) -> Option<(usize, V)> {
        let index = self.order.front()?.0 as usize;
        Some((index, self.lanes[index].vtable))
    }

    /// The chain of the oldest item.
    #[inline]
    pub(super) fn front_chain(&self) -> Option<EventChain> {
        self.order.front().map(|(_, chain)| *chain)
    }

    /// The lanes: the vtable and the items of each type.
    pub(super) fn lanes(&self) -> impl Iterator<Item = (V, LaneItems<'_>)> {
        let lanes = self.lanes.iter();
        lanes.map(|lane| (lane.vtable, LaneItems(&*lane.items)))
    }

    /// Takes the oldest item, if it is in this lane and is a `T`.
    #[inline(always)]
    pub(super) fn take<T: 'static>(&mut self, lane: usize) -> Option<T> {
        if self.order.front()?.0 as usize != lane {
            return None;
        }
        let items = self.lanes[lane].items.downcast_mut::<VecDeque<T>>()?;
        let item = items.pop_front()?;
        self.order.pop_front();
        Some(item)
    }
}
