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
//! Under the locks runs no code of the user's: things and wakers are dropped, and wakers cloned and
//! woken, where none is held.
//!
//! The file names nothing of this crate but `sync` and `lanes`: `tests/model` puts the primitives of
//! a model checker in the place of the first, and tries the interleavings of emitters and takers.

use std::{
    mem,
    sync::PoisonError,
    task::{Context, Poll, Waker},
};

use super::{
    lanes::Lanes,
    sync::{Arc, AtomicUsize, Mutex, MutexGuard, Ordering},
};

/// How many things wait at most, unless told otherwise.
pub(crate) const DEFAULT_CAPACITY: usize = 65_536;

/// What was pushed and not yet taken, the oldest first.
pub(crate) struct Store<K> {
    emitters: Apart<Mutex<Inbox<K>>>,
    takers: Apart<Mutex<Outbox<K>>>,
}

/// What one side writes is not beside what the other reads: processors fetch two cache lines of 64
/// bytes at once.
#[derive(Default)]
#[repr(align(128))]
struct Apart<T>(T);

/// How many are in the outbox; both sides have it from the first exchange on.
type Outside = Option<Arc<Apart<AtomicUsize>>>;

struct Outbox<K> {
    lanes: Lanes<K>,
    outside: Outside,
}

struct Inbox<K> {
    lanes: Lanes<K>,
    outside: Outside,
    /// What `outside` was when an emitter or an exchange last looked.
    seen: usize,
    capacity: usize,
    phase: Phase,
    /// How many takers are there for good.
    attached: usize,
    /// Whether somebody was told that it was full and nobody attached.
    told: bool,
    /// Who waits for something to take.
    sleepers: Vec<Sleeper>,
    /// The number of the next sleeper.
    next: u64,
}

struct Sleeper {
    number: u64,
    waker: Waker,
}

/// What may still be pushed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// Everything.
    Open,
    /// What comes from inside.
    Draining,
    /// Nothing.
    Closed,
}

/// A thing that was not let in.
pub(crate) struct Refused<T> {
    pub(crate) item: T,
    pub(crate) why: Why,
    /// The store is full and nobody is attached who would empty it; true once in its life.
    pub(crate) unattended: bool,
}

/// Why something is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// As many wait as may.
    Full { capacity: usize },
    /// The store is draining or closed.
    ShutDown,
}

/// A taker's place among the sleepers, if it has one.
///
/// Before it goes, [`Store::leave`] has to be called.
pub(crate) struct Waiter {
    number: Option<u64>,
}

impl Waiter {
    pub(crate) const fn new() -> Self {
        Self { number: None }
    }
}

/// The thing whose turn it is; it stays where it is until it is taken. No other can be popped while
/// this lives.
pub(crate) struct Popped<'s, K> {
    outbox: MutexGuard<'s, Outbox<K>>,
}

impl<K: Copy> Store<K> {
    /// An open one, in which [`DEFAULT_CAPACITY`] things may wait.
    pub(crate) const fn new() -> Self {
        Self {
            emitters: Apart(Mutex::new(Inbox {
                lanes: Lanes::new(),
                outside: None,
                seen: 0,
                capacity: DEFAULT_CAPACITY,
                phase: Phase::Open,
                attached: 0,
                told: false,
                sleepers: Vec::new(),
                next: 0,
            })),
            takers: Apart(Mutex::new(Outbox {
                lanes: Lanes::new(),
                outside: None,
            })),
        }
    }

    #[inline]
    fn inbox(&self) -> MutexGuard<'_, Inbox<K>> {
        let inbox = self.emitters.0.lock();
        inbox.unwrap_or_else(PoisonError::into_inner)
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

    /// Somebody takes what comes from now on, and stays.
    pub(crate) fn attach(&self) {
        self.inbox().attached += 1;
    }

    /// Somebody who was attached goes.
    pub(crate) fn detach(&self) {
        let mut inbox = self.inbox();
        inbox.attached = inbox.attached.saturating_sub(1);
    }

    /// Puts a thing behind all others, and wakes one sleeper. `inside` says that it comes from
    /// something which the takers of this store run.
    ///
    /// `kind` belongs to the type: of several, the first is kept.
    #[inline]
    pub(crate) fn push<T>(&self, kind: K, item: T, inside: bool) -> Result<(), Refused<T>>
    where
        T: Send + 'static,
    {
        let mut inbox = self.inbox();
        if let Some(why) = inbox.refuses(inside) {
            let unattended = inbox.attached == 0 && why != Why::ShutDown && !inbox.told;
            inbox.told |= unattended;
            drop(inbox);
            return Err(Refused {
                item,
                why,
                unattended,
            });
        }
        inbox.lanes.push(kind, item);
        let sleeper = inbox.sleepers.pop();
        drop(inbox);
        wake(sleeper);
        Ok(())
    }

    /// Lets in nothing any more but what comes from inside; who sleeps is woken. What waits can still
    /// be popped.
    pub(crate) fn drain(&self) {
        self.enter(Phase::Draining);
    }

    /// Lets in nothing any more; who sleeps is woken. What waits can still be popped.
    pub(crate) fn close(&self) {
        self.enter(Phase::Closed);
    }

    fn enter(&self, phase: Phase) {
        let sleepers = {
            let mut inbox = self.inbox();
            inbox.phase = inbox.phase.max(phase);
            mem::take(&mut inbox.sleepers)
        };
        for sleeper in sleepers {
            sleeper.waker.wake();
        }
    }

    /// Whether only what comes from inside is let in.
    pub(crate) fn is_draining(&self) -> bool {
        self.inbox().phase == Phase::Draining
    }

    /// The thing whose turn it is.
    #[inline]
    pub(crate) fn pop(&self) -> Option<Popped<'_, K>> {
        let outbox = self.takers.0.lock();
        let mut outbox = outbox.unwrap_or_else(PoisonError::into_inner);
        if outbox.lanes.is_empty() {
            let mut inbox = self.inbox();
            if inbox.lanes.is_empty() {
                return None;
            }
            inbox.exchange(&mut outbox);
        }
        Some(Popped { outbox })
    }

    /// The thing whose turn it is, or `None` when nothing waits and the store is draining or closed.
    /// Otherwise the waiter sleeps: it is woken by a push, but by the same push no other is.
    #[inline]
    pub(crate) fn poll_pop(
        &self,
        waiter: &mut Waiter,
        context: &Context<'_>,
    ) -> Poll<Option<Popped<'_, K>>> {
        // If it stayed a sleeper while it is busy, a push could wake it, and nobody who has time.
        if waiter.number.is_some() {
            let sleeper = self.inbox().rouse(waiter);
            drop(sleeper);
        }
        loop {
            if let Some(popped) = self.pop() {
                return Poll::Ready(Some(popped));
            }
            if let Some(sleeps) = self.sleep(waiter, context.waker().clone()) {
                return sleeps.map(|()| None);
            }
        }
    }

    /// Sleeps if nothing waits; `None` if something does.
    fn sleep(&self, waiter: &mut Waiter, waker: Waker) -> Option<Poll<()>> {
        let mut inbox = self.inbox();
        if !inbox.is_empty() {
            return None;
        }
        if inbox.phase != Phase::Open {
            return Some(Poll::Ready(()));
        }
        let number = inbox.next;
        inbox.next += 1;
        inbox.sleepers.push(Sleeper { number, waker });
        waiter.number = Some(number);
        Some(Poll::Pending)
    }

    /// A taker goes. If it was woken for something that still waits, somebody else is woken.
    pub(crate) fn leave(&self, waiter: &mut Waiter) {
        let (gone, instead) = {
            let mut inbox = self.inbox();
            let gone = inbox.rouse(waiter);
            let waits = !inbox.is_empty();
            let instead = waits.then(|| inbox.sleepers.pop()).flatten();
            (gone, instead)
        };
        drop(gone);
        wake(instead);
    }
}

impl<K: Copy> Inbox<K> {
    fn outside(&self) -> usize {
        // Nothing else is read by what this says, and a taker who was done before is seen.
        let outside = self.outside.as_ref();
        outside.map_or(0, |outside| outside.0.load(Ordering::Relaxed))
    }

    fn is_empty(&self) -> bool {
        self.lanes.is_empty() && self.outside() == 0
    }

    #[inline]
    fn refuses(&mut self, inside: bool) -> Option<Why> {
        let is_let_in = match self.phase {
            Phase::Open => true,
            Phase::Draining => inside,
            Phase::Closed => false,
        };
        if !is_let_in {
            return Some(Why::ShutDown);
        }
        let capacity = self.capacity;
        if self.lanes.len() + self.seen < capacity {
            return None;
        }
        self.seen = self.outside();
        (self.lanes.len() + self.seen >= capacity).then_some(Why::Full { capacity })
    }

    /// Exchanges what both hold, when the outbox has run empty.
    fn exchange(&mut self, outbox: &mut Outbox<K>) {
        mem::swap(&mut outbox.lanes, &mut self.lanes);
        self.seen = outbox.lanes.len();
        let outside = self.outside.get_or_insert_default();
        outside.0.store(self.seen, Ordering::Relaxed);
        if outbox.outside.is_none() {
            outbox.outside = Some(Arc::clone(outside));
        }
    }

    /// The waiter sleeps no longer; what it was woken by is to be dropped without the lock.
    fn rouse(&mut self, waiter: &mut Waiter) -> Option<Sleeper> {
        let number = waiter.number.take()?;
        let mut sleepers = self.sleepers.iter();
        let place = sleepers.position(|sleeper| sleeper.number == number)?;
        Some(self.sleepers.remove(place))
    }
}

/// Of several, whoever fell asleep last is woken first, for its memory is still at hand.
#[inline]
fn wake(sleeper: Option<Sleeper>) {
    if let Some(sleeper) = sleeper {
        sleeper.waker.wake();
    }
}

impl<K: Copy> Popped<'_, K> {
    #[inline]
    pub(crate) fn kind(&self) -> Option<K> {
        self.outbox.lanes.front().map(|(_, kind)| kind)
    }

    /// Takes it, if it is of this type, and lets others pop.
    #[inline]
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
