//! The two sides of a bounded queue: the items of each, their number, and which pushes are accepted.
//!
//! Invariants:
//! - Every item in the outbox is older than every item in the inbox.
//! - `outbox_len` is the number of items in the outbox. It grows only in a refill, under both locks, so
//!   a thread that holds the inbox lock may read an outdated value, but never one that is too small:
//!   the capacity limits both sides together. The copy in the inbox is never too small either. It is
//!   read first, since reading `outbox_len` moves its cache line away from the consumer's core.

use std::mem;

use super::typed_fifo::TypedFifo;
use crate::primitives::{
    WakerList,
    sync::{Arc, AtomicUsize, Ordering},
};

/// The capacity of a queue, unless another is set.
pub(super) const DEFAULT_CAPACITY: usize = 65_536;

/// Keeps the data of the two sides on different cache lines. The alignment is two lines of 64 bytes,
/// since processors prefetch them in pairs.
#[derive(Default)]
#[repr(align(128))]
pub(super) struct CacheAligned<T>(pub(super) T);

/// The number of items in the outbox; shared by both sides from the first refill on.
///
/// It is not a field of the queue, so that a popped item is no more than the guard of a lock: two words,
/// which are returned in registers. With a third word, a pop that was not inlined took twice as long.
type OutboxLen = Option<Arc<CacheAligned<AtomicUsize>>>;

/// The side of the consumers.
pub(super) struct Outbox<V> {
    pub(super) items: TypedFifo<V>,
    outbox_len: OutboxLen,
    /// How many items the last refill has moved here.
    refilled: usize,
}

/// The side of the producers.
pub(super) struct Inbox<V> {
    pub(super) items: TypedFifo<V>,
    outbox_len: OutboxLen,
    /// The value of `outbox_len` when a producer last read it or a refill last set it.
    outbox_len_copy: usize,
    pub(super) capacity: usize,
    /// The capacity without the places that are reserved.
    room: usize,
    /// How many places are reserved: they take part of the capacity.
    reserved: usize,
    pub(super) state: QueueState,
    /// The number of attached consumers.
    pub(super) attached: usize,
    /// The number of refills.
    pub(super) refills: u64,
    /// The number of the last flush.
    pub(super) flushes: u32,
    /// Whether a push error has reported that the queue is full without an attached consumer.
    warned: bool,
    /// The consumers that sleep until an item is pushed.
    pub(super) waiters: WakerList,
}

/// Which pushes are accepted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum QueueState {
    /// All.
    Open,
    /// Those of running jobs.
    Draining,
    /// None.
    Closed,
}

/// A rejected push.
pub(crate) struct PushError<T> {
    pub(crate) item: T,
    pub(crate) kind: PushErrorKind,
    /// The queue is full and has no attached consumer; true once in the life of a queue.
    pub(crate) unattended: bool,
}

/// Why a push is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PushErrorKind {
    /// The queue holds as many items as its capacity allows.
    Full { capacity: usize },
    /// The queue is draining or closed.
    ShutDown,
}

impl<V: Copy> Inbox<V> {
    pub(super) const fn new() -> Self {
        Self {
            items: TypedFifo::new(),
            outbox_len: None,
            outbox_len_copy: 0,
            capacity: DEFAULT_CAPACITY,
            room: DEFAULT_CAPACITY,
            reserved: 0,
            state: QueueState::Open,
            attached: 0,
            refills: 0,
            flushes: 0,
            warned: false,
            waiters: WakerList::new(),
        }
    }

    pub(super) fn set_capacity(&mut self, capacity: usize) {
        self.capacity = capacity.max(1);
        self.room = self.capacity.saturating_sub(self.reserved);
    }

    /// Places are reserved, or are no longer.
    pub(super) fn count_reserved(&mut self, change: isize) {
        self.reserved = self.reserved.saturating_add_signed(change);
        self.set_capacity(self.capacity);
    }

    /// The number of items in both sides.
    pub(super) fn queue_len(&self) -> usize {
        self.items.len() + self.outbox_len()
    }

    fn outbox_len(&self) -> usize {
        // Relaxed: no other data is accessed based on this value, and every take that happens before this
        // load is counted.
        let outbox_len = self.outbox_len.as_ref();
        outbox_len.map_or(0, |outbox_len| outbox_len.0.load(Ordering::Relaxed))
    }

    /// Whether both sides are empty.
    pub(super) fn is_queue_empty(&self) -> bool {
        self.items.is_empty() && self.outbox_len() == 0
    }

    /// Why a push is to be rejected, if it is.
    #[inline]
    pub(super) fn rejection(&mut self, from_job: bool) -> Option<PushErrorKind> {
        let is_accepted = match self.state {
            QueueState::Open => true,
            QueueState::Draining => from_job,
            QueueState::Closed => false,
        };
        if !is_accepted {
            return Some(PushErrorKind::ShutDown);
        }
        if self.items.len() + self.outbox_len_copy < self.room {
            return None;
        }
        self.outbox_len_copy = self.outbox_len();
        let is_full = self.items.len() + self.outbox_len_copy >= self.room;
        is_full.then_some(PushErrorKind::Full {
            capacity: self.capacity,
        })
    }

    #[cold]
    pub(super) fn push_error<T>(&mut self, item: T, kind: PushErrorKind) -> PushError<T> {
        let unattended = self.attached == 0 && kind != PushErrorKind::ShutDown && !self.warned;
        self.warned |= unattended;
        PushError {
            item,
            kind,
            unattended,
        }
    }
}

impl<V: Copy> Outbox<V> {
    pub(super) const fn new() -> Self {
        Self {
            items: TypedFifo::new(),
            outbox_len: None,
            refilled: 0,
        }
    }

    /// How many items were taken since the last refill.
    pub(super) fn taken(&self) -> usize {
        self.refilled - self.items.len()
    }

    /// Swaps the items of the two sides, if the inbox has any; returns whether it had. The outbox is
    /// empty.
    #[inline]
    pub(super) fn refill(&mut self, inbox: &mut Inbox<V>) -> bool {
        if inbox.items.is_empty() {
            return false;
        }
        mem::swap(&mut self.items, &mut inbox.items);
        self.refilled = self.items.len();
        inbox.refills += 1;
        inbox.outbox_len_copy = self.items.len();
        let outbox_len = inbox.outbox_len.get_or_insert_default();
        outbox_len.0.store(self.items.len(), Ordering::Relaxed);
        if self.outbox_len.is_none() {
            self.outbox_len = Some(Arc::clone(outbox_len));
        }
        true
    }

    /// Stores the number of items where the inbox reads it; called after an item was taken.
    #[inline(always)]
    pub(super) fn publish_len(&self) {
        if let Some(outbox_len) = &self.outbox_len {
            outbox_len.0.store(self.items.len(), Ordering::Relaxed);
        }
    }
}
