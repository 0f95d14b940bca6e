//! A bounded queue of type-erased items for many producers and many consumers.
//!
//! Producers push items, consumers pop them. Each side has a lock of its own, so that the two rarely
//! contend: a push appends to the *inbox*, a pop takes from the *outbox*, and a consumer that finds the
//! outbox empty swaps the contents of the two.
//!
//! Every item type has a *vtable*: a value that is passed to each push, stored at the first push of the
//! type, and returned with each popped item of that type. It holds the operations on the item.
//!
//! Invariants, beside those of `sides`:
//! - The outbox is locked before the inbox, never the other way round.
//! - A consumer registers as a waiter only while the inbox is locked and the queue is empty, and is
//!   unregistered before it checks the queue again. So no wake-up is lost: every sleeping consumer can
//!   be woken, and an item whose push finds no waiter is found by a consumer that is awake. The exception is a
//!   consumer that cannot pop where it is polled: it passes its wake-up on, and registers again for later pushes. It
//!   passes a wake-up on to consumers that registered before it, so that consumers of which none can pop do not wake
//!   one another for ever.
//! - While the queue drains, a consumer that finds it empty registers first, and then checks whether the others are
//!   idle. A consumer that ends wakes all waiters. So the last one that is idle ends, and then the others do.
//!
//! Both sides keep their memory: after a burst of items each may retain what the burst needed, see
//! `typed_fifo`.
//!
//! No user code runs under the locks: items and wakers are dropped, and wakers are cloned and woken,
//! while no lock is held.
//!
//! Of this crate the files of this folder import only `primitives` and `EventChain`, so that `tests/model` can compile
//! them with the primitives of a model checker and test the interleavings of producers and consumers.

use std::{
    hint,
    task::{Poll, Waker},
};

use super::{
    popped::Popped,
    sides::{CacheAligned, Inbox, Outbox, PushError, QueueState},
    typed_fifo::LaneItems,
};
use crate::{
    context::EventChain,
    primitives::{
        Waiter, drop_catching,
        sync::{Mutex, MutexGuard, lock},
        wake_catching, wake_each,
    },
};

/// How often [`BoundedQueue::poll_pop`] spins before it swaps the two sides, some tenths of a
/// microsecond: producers push several items meanwhile, so that the sides do not contend for each one.
const SPINS_BEFORE_SWAP: usize = 24;

/// A queue from which the oldest item is popped first; `V` is the vtable of an item type.
pub(crate) struct BoundedQueue<V> {
    inbox: CacheAligned<Mutex<Inbox<V>>>,
    outbox: CacheAligned<Mutex<Outbox<V>>>,
}

/// The queued items, as positions in the order of the pushes: the number of a refill, and an index in the items of it.
pub(crate) struct QueueSpan {
    pub(crate) len: usize,
    /// The position of the oldest item.
    pub(crate) front: (u64, usize),
    /// The position behind the newest one.
    pub(crate) end: (u64, usize),
}

impl<V: Copy> BoundedQueue<V> {
    /// An open queue with the default capacity.
    pub(crate) const fn new() -> Self {
        Self {
            inbox: CacheAligned(Mutex::new(Inbox::new())),
            outbox: CacheAligned(Mutex::new(Outbox::new())),
        }
    }

    #[inline]
    pub(super) fn inbox(&self) -> MutexGuard<'_, Inbox<V>> {
        lock(&self.inbox.0)
    }

    /// Sets the capacity, at least 1. Queued items stay, even if they are more.
    pub(crate) fn set_capacity(&self, capacity: usize) {
        self.inbox().set_capacity(capacity);
    }

    pub(crate) fn capacity(&self) -> usize {
        self.inbox().capacity
    }

    pub(crate) fn len(&self) -> usize {
        self.inbox().queue_len()
    }

    /// The positions of the queued items.
    pub(crate) fn span(&self) -> QueueSpan {
        let outbox = lock(&self.outbox.0);
        let inbox = self.inbox();
        let end = (inbox.refills, inbox.items.len());
        let front = if !outbox.items.is_empty() {
            (inbox.refills - 1, outbox.taken())
        } else {
            (inbox.refills, 0)
        };
        QueueSpan {
            len: outbox.items.len() + inbox.items.len(),
            front,
            end,
        }
    }

    /// The number of attached consumers.
    pub(crate) fn attached(&self) -> usize {
        self.inbox().attached
    }

    /// Calls `f` with the vtable and the queued items of each type, those of the outbox first. It runs under
    /// both locks: `f` calls no user code.
    pub(crate) fn for_each_lane(&self, mut f: impl FnMut(V, LaneItems<'_>)) {
        let outbox = lock(&self.outbox.0);
        let inbox = self.inbox();
        let lanes = outbox.items.lanes().chain(inbox.items.lanes());
        lanes.for_each(|(vtable, items)| f(vtable, items));
    }

    /// Whether the queue is empty and `idle` returns that no consumer is running an item. No item can
    /// be popped during the call.
    pub(crate) fn is_settled(&self, idle: impl FnOnce() -> bool) -> bool {
        let outbox = lock(&self.outbox.0);
        // The inbox is checked after `idle`: the items that a running item pushes are in it before the
        // consumer is idle.
        outbox.items.is_empty() && idle() && self.inbox().is_queue_empty()
    }

    /// Adds a consumer that pops from now on until it is detached.
    pub(crate) fn attach(&self) {
        self.inbox().attached += 1;
    }

    /// Removes an attached consumer.
    pub(crate) fn detach(&self) {
        let mut inbox = self.inbox();
        inbox.attached = inbox.attached.saturating_sub(1);
    }

    /// Appends an item and wakes one waiter. `from_job`: the chain of the job, one that a consumer of this queue is
    /// running, which pushes the item.
    ///
    /// `vtable` belongs to the type `T`: only that of the first push is stored.
    // Inlined: locking drains the store buffer, so fewer register spills before it are cheaper.
    #[inline(always)]
    pub(crate) fn push<T>(
        &self,
        vtable: V,
        item: T,
        from_job: Option<EventChain>,
    ) -> Result<(), PushError<T>>
    where
        T: Send + 'static,
    {
        let mut inbox = self.inbox();
        if let Some(kind) = inbox.rejection(from_job.is_some()) {
            return Err(inbox.push_error(item, kind));
        }
        self.append(inbox, vtable, item, from_job);
        Ok(())
    }

    /// Appends an item that is accepted, and wakes one waiter.
    #[inline(always)]
    pub(super) fn append<T>(
        &self,
        mut inbox: MutexGuard<'_, Inbox<V>>,
        vtable: V,
        item: T,
        from_job: Option<EventChain>,
    ) where
        T: Send + 'static,
    {
        inbox.items.push(vtable, item);
        if let Some(chain) = from_job {
            inbox.items.set_chain(chain.next());
        }
        let waker = inbox.waiters.pop();
        drop(inbox);
        if let Some(waker) = waker {
            self.wake(waker);
        }
    }

    /// Appends an item whatever the capacity and the state are. Returns a waiter, which the caller wakes when it holds no
    /// lock. `chain` is that of the item itself.
    pub(crate) fn push_due<T>(&self, vtable: V, item: T, chain: Option<EventChain>) -> Option<Waker>
    where
        T: Send + 'static,
    {
        let mut inbox = self.inbox();
        inbox.items.push_outlined(vtable, item);
        if let Some(chain) = chain {
            inbox.items.set_chain(chain);
        }
        inbox.waiters.pop()
    }

    /// Wakes all waiters: they are to look again at what they wait for.
    pub(crate) fn wake_all(&self) {
        let waiters = self.inbox().waiters.take_all();
        wake_each(waiters);
    }

    /// From now on accepts only pushes of running jobs; all waiters are woken. Queued items can still
    /// be popped.
    pub(crate) fn drain(&self) {
        self.advance_to(QueueState::Draining);
    }

    /// From now on accepts no push; all waiters are woken. Queued items can still be popped.
    pub(crate) fn close(&self) {
        self.advance_to(QueueState::Closed);
    }

    fn advance_to(&self, state: QueueState) {
        let waiters = {
            let mut inbox = self.inbox();
            inbox.state = inbox.state.max(state);
            inbox.waiters.take_all()
        };
        wake_each(waiters);
    }

    /// Whether all pushes are accepted, not only those of running jobs.
    pub(crate) fn is_open(&self) -> bool {
        self.inbox().state < QueueState::Draining
    }

    /// Returns the number of a flush that begins, never 0.
    pub(crate) fn begin_flush(&self) -> u32 {
        let mut inbox = self.inbox();
        inbox.flushes = inbox.flushes.wrapping_add(1).max(1);
        inbox.flushes
    }

    /// Pops the oldest item.
    #[inline(always)]
    pub(crate) fn pop(&self) -> Option<Popped<'_, V>> {
        self.pop_with_spins(0)
    }

    /// Pops the oldest item. If the two sides have to be swapped for it, spins `spins` times first.
    #[inline(always)]
    fn pop_with_spins(&self, spins: usize) -> Option<Popped<'_, V>> {
        let mut outbox = lock(&self.outbox.0);
        if outbox.items.is_empty() && !self.refill(&mut outbox, spins) {
            return None;
        }
        Some(Popped { outbox })
    }

    /// Swaps the items of the two sides; returns whether the outbox has items now.
    #[inline(never)]
    fn refill(&self, outbox: &mut Outbox<V>, spins: usize) -> bool {
        (0..spins).for_each(|_| hint::spin_loop());
        outbox.refill(&mut self.inbox())
    }

    /// Pops the oldest item. Ready with `None` when the queue is empty, and is closed, or is draining while
    /// `idle` returns that no consumer is running an item, which could push one.
    ///
    /// When it is pending, the waiter is registered: a push wakes one registered waiter. A consumer
    /// that stops polling must call [`remove_waiter`](Self::remove_waiter), and one that ends
    /// [`wake_if_draining`](Self::wake_if_draining).
    ///
    /// The last of the `wakers` is one of the consumer's task, and is registered if the result is pending. Wakers that are
    /// replaced or not needed are left there, so that the caller drops them outside of the items that it runs.
    #[inline(always)]
    pub(crate) fn poll_pop(
        &self,
        waiter: &mut Waiter,
        wakers: &mut Vec<Waker>,
        idle: impl FnOnce() -> bool,
    ) -> Poll<Option<Popped<'_, V>>> {
        // A push must not wake a busy consumer in place of one that sleeps.
        if waiter.is_waiting() {
            let removed = self.inbox().waiters.remove(waiter);
            // The new waker stays the last one.
            wakers.splice(0..0, removed);
        }
        loop {
            if let Some(popped) = self.pop_with_spins(SPINS_BEFORE_SWAP) {
                return Poll::Ready(Some(popped));
            }
            match self.add_waiter(waiter, wakers) {
                None => {}
                Some(QueueState::Closed) => return Poll::Ready(None),
                Some(QueueState::Draining) => return self.poll_drained(waiter, wakers, idle),
                Some(QueueState::Open) => return Poll::Pending,
            }
        }
    }

    /// Registers the waiter, with the last waker, if the queue is empty and not closed. Returns the state of the queue, or
    /// `None` if an item is queued.
    fn add_waiter(&self, waiter: &mut Waiter, wakers: &mut Vec<Waker>) -> Option<QueueState> {
        let mut inbox = self.inbox();
        if !inbox.is_queue_empty() {
            return None;
        }
        if inbox.state != QueueState::Closed
            && let Some(waker) = wakers.pop()
        {
            wakers.extend(inbox.waiters.add(waiter, waker));
        }
        Some(inbox.state)
    }

    /// Ready, and unregisters the waiter, if the queue is empty and no consumer is running an item.
    #[cold]
    fn poll_drained<T>(
        &self,
        waiter: &mut Waiter,
        wakers: &mut Vec<Waker>,
        idle: impl FnOnce() -> bool,
    ) -> Poll<Option<T>> {
        if !self.is_settled(idle) {
            return Poll::Pending;
        }
        // An item that is pushed from now on may take this waker in place of another one. No wake-up is lost: the
        // consumer ends, and `wake_if_draining` wakes all.
        wakers.extend(self.inbox().waiters.remove(waiter));
        Poll::Ready(None)
    }

    /// Registers a consumer that cannot pop where it is polled, though an item is queued: a later push wakes it. The
    /// wake-up for this item is passed on to a consumer that registered before it.
    pub(crate) fn add_late_waiter(&self, waiter: &mut Waiter, waker: &Waker) {
        let waker = waker.clone();
        let (next, old) = {
            let mut inbox = self.inbox();
            let next = inbox.waiters.pop_before(waiter);
            (next, inbox.waiters.add(waiter, waker))
        };
        drop_catching(old);
        if let Some(waker) = next {
            self.wake(waker);
        }
    }

    /// Wakes all waiters if the queue is draining: a consumer has ended, so the others may have nothing to wait for.
    #[inline(always)]
    pub(crate) fn wake_if_draining(&self) {
        let waiters = {
            let mut inbox = self.inbox();
            let is_draining = inbox.state == QueueState::Draining;
            is_draining.then(|| inbox.waiters.take_all())
        };
        wake_each(waiters.into_iter().flatten());
    }

    /// Wakes a waiter, or the next one if its waker panics.
    #[inline(never)]
    pub(crate) fn wake(&self, mut waker: Waker) {
        while !wake_catching(waker) {
            let next = self.inbox().waiters.pop();
            let Some(next) = next else { return };
            waker = next;
        }
    }

    /// Unregisters the waiter of a consumer that stops polling, or does something else first. If an item is
    /// queued, for which it may have been woken, another waiter is woken.
    #[inline]
    pub(crate) fn remove_waiter(&self, waiter: &mut Waiter) {
        if waiter.is_waiting() {
            self.remove(waiter);
        }
    }

    #[inline(never)]
    fn remove(&self, waiter: &mut Waiter) {
        let (removed, next) = {
            let mut inbox = self.inbox();
            let removed = inbox.waiters.remove(waiter);
            let has_items = !inbox.is_queue_empty();
            let next = has_items.then(|| inbox.waiters.pop()).flatten();
            (removed, next)
        };
        drop_catching(removed);
        if let Some(waker) = next {
            self.wake(waker);
        }
    }
}
