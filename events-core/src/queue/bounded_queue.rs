//! The store: a bounded queue between those who emit and those who handle later.
//!
//! It has two locks, so that the two sides meet seldom: what is pushed goes into the inbox, what is
//! popped comes out of the outbox, and a taker who finds the outbox empty exchanges what both hold.
//!
//! Invariants:
//! - the outbox is locked before the inbox, never the other way round;
//! - everything in the outbox is older than everything in the inbox;
//! - `outside` is how many are in the outbox. It grows only in the exchange, under both locks, so who
//!   holds the inbox may read a number that is out of date, but never one that is too small: the
//!   capacity holds for both together. What the inbox remembers of it is never too small either,
//!   and is asked first, since reading `outside` takes it away from the takers' processor;
//! - a taker becomes a sleeper only while the inbox is locked and nothing waits, and is one no longer
//!   before it looks again. So everybody who sleeps can be woken, and a push that finds no sleeper
//!   will be found by whoever is awake.
//!
//! Both sides keep their memory, see `lanes`: a burst may leave behind what it needed, twice.
//!
//! Under the locks runs no code of the user's: things and wakers are dropped, and wakers cloned and
//! woken, where none is held.
//!
//! The file names nothing of this crate but `lanes`, `waiters`, which name nothing, and `sync`:
//! `tests/model` puts the primitives of a model checker in the place of that, and tries the
//! interleavings of emitters and takers.

use std::{
    hint, mem,
    task::{Context, Poll, Waker},
};

use super::{
    typed_fifo::TypedFifo,
    waiters::{Waiter, Waiters},
};
use crate::primitives::sync::{Arc, AtomicUsize, Mutex, MutexGuard, Ordering, lock};

/// How many things wait at most, unless told otherwise.
pub(crate) const DEFAULT_CAPACITY: usize = 65_536;

/// Steps for which a taker who stays and has run out of things lets emitters go on, some tenths of a
/// microsecond: so it fetches several at once, and does not meet the emitters for each.
const PAUSE: usize = 24;

/// What was pushed and not yet taken, the oldest first.
pub(crate) struct BoundedQueue<K> {
    emitters: CacheAligned<Mutex<EventBuffer<K>>>,
    takers: CacheAligned<Mutex<Outbox<K>>>,
}

/// What one side writes is not beside what the other reads: processors fetch two cache lines of 64
/// bytes at once.
#[derive(Default)]
#[repr(align(128))]
struct CacheAligned<T>(T);

/// How many are in the outbox; both sides have it from the first exchange on.
///
/// It is not a field of the store, so that a [`Popped`] can be no more than the guard of a lock: two
/// words travel in registers. With a third, a pop that was not inlined took twice as long.
type OutboxLen = Option<Arc<CacheAligned<AtomicUsize>>>;

struct Outbox<K> {
    lanes: TypedFifo<K>,
    outside: OutboxLen,
}

struct EventBuffer<K> {
    lanes: TypedFifo<K>,
    outside: OutboxLen,
    /// What that was when an emitter or an exchange last looked.
    seen: usize,
    capacity: usize,
    phase: QueueState,
    /// How many takers are there for good.
    attached: usize,
    /// Whether somebody was told that it was full and nobody attached.
    warned: bool,
    waiters: Waiters,
}

/// What may still be pushed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum QueueState {
    /// Everything.
    Open,
    /// What comes from inside.
    Draining,
    /// Nothing.
    Closed,
}

/// A thing that was not let in.
pub(crate) struct PushError<T> {
    pub(crate) item: T,
    pub(crate) why: PushErrorKind,
    /// The store is full and nobody is attached who would empty it; true once in its life.
    pub(crate) unattended: bool,
}

/// Why something is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PushErrorKind {
    /// As many wait as may.
    Full { capacity: usize },
    /// The store is draining or closed.
    ShutDown,
}

/// The thing whose turn it is; it stays where it is until it is taken. No other can be popped while
/// this lives.
pub(crate) struct Popped<'s, K> {
    outbox: MutexGuard<'s, Outbox<K>>,
}

impl<K: Copy> BoundedQueue<K> {
    /// An open one, in which [`DEFAULT_CAPACITY`] things may wait.
    pub(crate) const fn new() -> Self {
        Self {
            emitters: CacheAligned(Mutex::new(EventBuffer {
                lanes: TypedFifo::new(),
                outside: None,
                seen: 0,
                capacity: DEFAULT_CAPACITY,
                phase: QueueState::Open,
                attached: 0,
                warned: false,
                waiters: Waiters::new(),
            })),
            takers: CacheAligned(Mutex::new(Outbox {
                lanes: TypedFifo::new(),
                outside: None,
            })),
        }
    }

    #[inline]
    fn inbox(&self) -> MutexGuard<'_, EventBuffer<K>> {
        lock(&self.emitters.0)
    }

    /// At least one. What waits already stays, even if it is more.
    pub(crate) fn set_capacity(&self, capacity: usize) {
        self.inbox().capacity = capacity.max(1);
    }

    pub(crate) fn capacity(&self) -> usize {
        self.inbox().capacity
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        let inbox = self.inbox();
        inbox.lanes.len() + inbox.outside()
    }

    /// Whether nothing waits and `idle` says that nobody is in the middle of anything. While it is
    /// asked nothing can be taken out.
    pub(crate) fn is_settled(&self, idle: impl FnOnce() -> bool) -> bool {
        let outbox = lock(&self.takers.0);
        // What somebody pushes who is in the middle of something is there before they are idle.
        outbox.lanes.is_empty() && idle() && self.inbox().is_empty()
    }

    /// Somebody takes what comes from now on, and stays.
    pub(crate) fn attach(&self) {
        self.inbox().attached += 1;
    }

    /// Somebody who was attached goes.
    pub(crate) fn detach(&self) {
        let mut inbox = self.inbox();
        inbox.attached = inbox.attached.saturating_sub(1);
    }

    /// Puts a thing behind all others, and wakes one sleeper. `from_job` says that it comes from
    /// something which the takers of this store run.
    ///
    /// `kind` belongs to the type: of several, the first is kept.
    // A call less: a lock waits until what was stored before it, such as registers, is written.
    #[inline(always)]
    pub(crate) fn push<T>(&self, kind: K, item: T, from_job: bool) -> Result<(), PushError<T>>
    where
        T: Send + 'static,
    {
        let mut inbox = self.inbox();
        if let Some(why) = inbox.refuses(from_job) {
            return Err(inbox.refused(item, why));
        }
        inbox.lanes.push(kind, item);
        let waker = inbox.waiters.pop();
        drop(inbox);
        wake(waker);
        Ok(())
    }

    /// Lets in nothing any more but what comes from inside; who sleeps is woken. What waits can still
    /// be popped.
    pub(crate) fn drain(&self) {
        self.enter(QueueState::Draining);
    }

    /// Lets in nothing any more; who sleeps is woken. What waits can still be popped.
    pub(crate) fn close(&self) {
        self.enter(QueueState::Closed);
    }

    fn enter(&self, phase: QueueState) {
        let waiters = {
            let mut inbox = self.inbox();
            inbox.phase = inbox.phase.max(phase);
            inbox.waiters.take()
        };
        waiters.for_each(Waker::wake);
    }

    /// Whether it takes what comes from outside.
    pub(crate) fn is_open(&self) -> bool {
        self.inbox().phase == QueueState::Open
    }

    /// The thing whose turn it is.
    #[inline(always)]
    pub(crate) fn pop(&self) -> Option<Popped<'_, K>> {
        self.pop_after(0)
    }

    /// The same; if emitters have to be met for it, after so many steps.
    #[inline(always)]
    fn pop_after(&self, pause: usize) -> Option<Popped<'_, K>> {
        let mut outbox = lock(&self.takers.0);
        if outbox.lanes.is_empty() && !self.fetch(&mut outbox, pause) {
            return None;
        }
        Some(Popped { outbox })
    }

    /// Exchanges what both sides hold; whether there is something to take now.
    #[inline(never)]
    fn fetch(&self, outbox: &mut Outbox<K>, pause: usize) -> bool {
        (0..pause).for_each(|_| hint::spin_loop());
        let mut inbox = self.inbox();
        if inbox.lanes.is_empty() {
            return false;
        }
        mem::swap(&mut outbox.lanes, &mut inbox.lanes);
        inbox.seen = outbox.lanes.len();
        let outside = inbox.outside.get_or_insert_default();
        outside.0.store(outbox.lanes.len(), Ordering::Relaxed);
        if outbox.outside.is_none() {
            outbox.outside = Some(Arc::clone(outside));
        }
        true
    }

    /// The thing whose turn it is, or `None` when nothing waits and the store is draining or closed.
    /// Otherwise the waiter sleeps: it is woken by a push, but by the same push no other is. Before it
    /// goes, it has to [`leave`](Self::leave).
    #[inline]
    pub(crate) fn poll_pop(
        &self,
        waiter: &mut Waiter,
        context: &Context<'_>,
    ) -> Poll<Option<Popped<'_, K>>> {
        // If it stayed a sleeper while it is busy, a push could wake it, and nobody who has time.
        if waiter.is_waiting() {
            let waker = self.inbox().waiters.remove(waiter);
            drop(waker);
        }
        loop {
            if let Some(popped) = self.pop_after(PAUSE) {
                return Poll::Ready(Some(popped));
            }
            if let Some(is_waiting) = self.sleep(waiter, context.waker().clone()) {
                return is_waiting.map(|()| None);
            }
        }
    }

    /// Sleeps if nothing waits; `None` if something does.
    fn sleep(&self, waiter: &mut Waiter, waker: Waker) -> Option<Poll<()>> {
        // A waker that is not kept is dropped after the lock: arguments are dropped last.
        let mut inbox = self.inbox();
        if !inbox.is_empty() {
            return None;
        }
        if inbox.phase != QueueState::Open {
            return Some(Poll::Ready(()));
        }
        inbox.waiters.add(waiter, waker);
        Some(Poll::Pending)
    }

    /// A taker goes. If it was woken for something that still waits, somebody else is woken.
    pub(crate) fn leave(&self, waiter: &mut Waiter) {
        let (gone, instead) = {
            let mut inbox = self.inbox();
            let gone = inbox.waiters.remove(waiter);
            let waits = !inbox.is_empty();
            let instead = waits.then(|| inbox.waiters.pop()).flatten();
            (gone, instead)
        };
        drop(gone);
        wake(instead);
    }
}

impl<K: Copy> EventBuffer<K> {
    fn outside(&self) -> usize {
        // Nothing else is read by what this says, and a taker who was done before is seen.
        let outside = self.outside.as_ref();
        outside.map_or(0, |outside| outside.0.load(Ordering::Relaxed))
    }

    fn is_empty(&self) -> bool {
        self.lanes.is_empty() && self.outside() == 0
    }

    #[inline]
    fn refuses(&mut self, from_job: bool) -> Option<PushErrorKind> {
        let is_let_in = match self.phase {
            QueueState::Open => true,
            QueueState::Draining => from_job,
            QueueState::Closed => false,
        };
        if !is_let_in {
            return Some(PushErrorKind::ShutDown);
        }
        if self.lanes.len() + self.seen < self.capacity {
            return None;
        }
        self.seen = self.outside();
        let is_full = self.lanes.len() + self.seen >= self.capacity;
        is_full.then_some(PushErrorKind::Full {
            capacity: self.capacity,
        })
    }

    #[cold]
    fn refused<T>(&mut self, item: T, why: PushErrorKind) -> PushError<T> {
        let unattended = self.attached == 0 && why != PushErrorKind::ShutDown && !self.warned;
        self.warned |= unattended;
        PushError {
            item,
            why,
            unattended,
        }
    }
}

#[inline]
fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl<K: Copy> Popped<'_, K> {
    /// What the first push of its type brought along.
    #[inline]
    pub(crate) fn kind(&self) -> K {
        let front = self.outbox.lanes.front();
        let (_, kind) = front.expect("what is popped stays until it is taken");
        kind
    }

    /// Takes it, if it is of this type, and lets others pop.
    ///
    /// Part of its caller, where the thing then stays: a copy on the way would wait for it.
    #[inline(always)]
    pub(crate) fn take<T: 'static>(mut self) -> Option<T> {
        let Outbox { lanes, outside } = &mut *self.outbox;
        let (lane, _) = lanes.front()?;
        let item = lanes.take(lane)?;
        if let Some(outside) = outside {
            outside.0.store(lanes.len(), Ordering::Relaxed);
        }
        Some(item)
    }
}
