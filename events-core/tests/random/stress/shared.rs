//! What the threads of a round share: which handler received which event, and how many closures are alive.

use std::{
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::completions::{Completions, lock};

/// The handlers that are there for the whole round.
pub(super) const RECORDERS: [&str; 5] = ["sync", "by topic", "async", "deferred", "awaited"];
pub(super) const SYNC: usize = 0;
pub(super) const BY_TOPIC: usize = 1;
pub(super) const ASYNC: usize = 2;
pub(super) const DEFERRED: usize = 3;
/// No sync emit reaches it.
pub(super) const AWAITED: usize = 4;

/// How often the thread yields to the others while closures are alive.
const MOST_WAITS: usize = 1_000_000;

/// How often each of these happened to one event in one recorder; the sum must be 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Receipt {
    pub(super) received: usize,
    /// A shutdown handed it back.
    pub(super) handed_back: usize,
    /// The emit reported that it did not reach the recorder, or the queue refused the event.
    pub(super) refused: usize,
}

pub(super) struct Shared {
    receipts: Vec<Mutex<[Receipt; RECORDERS.len()]>>,
    /// How often a declared handler received each event.
    scanned: Vec<AtomicUsize>,
    created: AtomicUsize,
    dropped: AtomicUsize,
    /// How many enqueued events did not reach the recorder with a limit, when they ran, since too many waited for it.
    missing: AtomicUsize,
    pub(super) completions: Completions,
}

impl Shared {
    pub(super) fn new(events: usize) -> Arc<Self> {
        Arc::new(Self {
            receipts: (0..events).map(|_| Mutex::default()).collect(),
            scanned: (0..events).map(|_| AtomicUsize::new(0)).collect(),
            created: AtomicUsize::new(0),
            dropped: AtomicUsize::new(0),
            missing: AtomicUsize::new(0),
            completions: Completions::default(),
        })
    }

    pub(super) fn receipt(&self, event: usize) -> MutexGuard<'_, [Receipt; RECORDERS.len()]> {
        lock(&self.receipts[event])
    }

    pub(super) fn received(&self, event: usize, recorder: usize) {
        self.receipt(event)[recorder].received += 1;
    }

    /// The failure hook was called, since too many events waited for a recorder.
    pub(super) fn reported(&self) {
        self.missing.fetch_add(1, Ordering::Relaxed);
    }

    /// That call was for an emit, which has noted it in the receipt of its event.
    pub(super) fn returned(&self) {
        self.missing.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn scanned(&self, event: usize) {
        self.scanned[event].fetch_add(1, Ordering::Relaxed);
    }

    /// A value that a closure captures.
    pub(super) fn closure(self: &Arc<Self>) -> Closure {
        self.created.fetch_add(1, Ordering::Relaxed);
        Closure(Arc::clone(self))
    }

    /// What is wrong when all threads have ended and the registry is gone.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut missing = 0;
        for event in 0..self.receipts.len() {
            for (name, receipt) in RECORDERS.iter().zip(*self.receipt(event)) {
                let Receipt {
                    received,
                    handed_back,
                    refused,
                } = receipt;
                if *name == RECORDERS[ASYNC] && receipt == Receipt::default() {
                    missing += 1;
                } else if received + handed_back + refused != 1 {
                    found.push(format!(
                        "event {event} in the recorder `{name}`: {receipt:?}"
                    ));
                }
            }
            if self.scanned[event].load(Ordering::Relaxed) > 1 {
                found.push(format!("event {event} reached the declared handler twice"));
            }
        }
        let reported = self.missing.load(Ordering::Relaxed);
        if missing != reported {
            found.push(format!(
                "{missing} events did not reach the recorder with a limit, and {reported} were reported"
            ));
        }
        let created = self.created.load(Ordering::Relaxed);
        let dropped = || self.dropped.load(Ordering::Acquire);
        // A thread of the queue that has ended its work may be the last one to drop the registry.
        let mut waits = 0..MOST_WAITS;
        while dropped() < created && waits.next().is_some() {
            thread::yield_now();
        }
        let dropped = dropped();
        if created != dropped {
            found.push(format!("of {created} closures {dropped} were freed"));
        }
        found
    }
}

/// Counts the end of the closure that holds it.
pub(super) struct Closure(Arc<Shared>);

impl Closure {
    /// The closure that calls this captures the value.
    pub(super) fn touch(&self) {}
}

impl Drop for Closure {
    fn drop(&mut self) {
        self.0.dropped.fetch_add(1, Ordering::Release);
    }
}
