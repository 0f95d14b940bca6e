//! Calls with keys: of those with one key only one holds a permit at a time, and in the order of their arrival.

use std::{
    collections::BTreeMap,
    future::poll_fn,
    task::{Context, Poll, Waker},
};

use shuttle::{
    future::{block_on, spawn, yield_now},
    sync::{Arc, Mutex},
};

use crate::fair_semaphore::{FairSemaphore, KeyHash, Ticket};
use crate::tests::check_schedules;

/// A call of a case: its key, and whether it is dropped after its first poll.
type Call = (KeyHash, bool);

struct Shared {
    semaphore: FairSemaphore<usize>,
    calls: Mutex<Calls>,
}

#[derive(Default)]
struct Calls {
    /// How many calls hold a permit, by their keys.
    holding: BTreeMap<KeyHash, usize>,
    /// The calls that had to wait, in the order of their arrival, by their keys.
    arrived: BTreeMap<KeyHash, Vec<usize>>,
    /// Those of them that have acquired their permit.
    acquired: BTreeMap<KeyHash, Vec<usize>>,
    ended: usize,
}

impl Shared {
    fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            semaphore: FairSemaphore::new(limit),
            calls: Mutex::new(Calls::default()),
        })
    }

    fn with<T>(&self, f: impl FnOnce(&mut Calls) -> T) -> T {
        f(&mut self.calls.lock().expect("no step panics"))
    }

    fn begin(&self, number: usize, key: KeyHash, has_waited: bool) {
        self.with(|calls| {
            *calls.holding.entry(key).or_default() += 1;
            let at_once: usize = calls.holding.values().sum();
            assert!(at_once <= self.semaphore.limit(), "{at_once} at once");
            assert_eq!(calls.holding[&key], 1, "calls of key {key} at once");
            if has_waited {
                calls.acquired.entry(key).or_default().push(number);
            }
        });
    }

    fn end(&self, number: usize, key: KeyHash) {
        self.with(|calls| *calls.holding.entry(key).or_default() -= 1);
        self.semaphore.release(number);
    }
}

/// A call that waits for a permit; dropping it gives that up.
struct Waits<'s> {
    shared: &'s Shared,
    ticket: Ticket,
    number: usize,
    key: KeyHash,
    has_waited: bool,
}

impl<'s> Waits<'s> {
    fn new(shared: &'s Shared, number: usize, key: KeyHash) -> Self {
        Self {
            shared,
            ticket: Ticket::default(),
            number,
            key,
            has_waited: false,
        }
    }

    fn poll(&mut self, waker: &Waker) -> Poll<()> {
        let Self {
            shared,
            number,
            key,
            ..
        } = *self;
        let is_new = !self.has_waited;
        // Called under the lock of the semaphore, if the call does not get its permit.
        let inside = || {
            if is_new {
                shared.with(|calls| calls.arrived.entry(key).or_default().push(number));
            }
            Vec::new()
        };
        let semaphore = &shared.semaphore;
        let polled = semaphore.poll_acquire(&mut self.ticket, Some(key), number, inside, waker);
        self.has_waited |= polled.is_pending();
        polled.map(|acquired| acquired.expect("it waits for no other call"))
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.shared.semaphore.give_up(&mut self.ticket);
    }
}

async fn call(shared: &Shared, number: usize, (key, is_dropped): Call) {
    let mut waits = Waits::new(shared, number, key);
    if is_dropped {
        match waits.poll(Waker::noop()) {
            Poll::Ready(()) => shared.semaphore.release(number),
            Poll::Pending => {
                yield_now().await;
                drop(waits);
                shared.with(|calls| {
                    let arrived = calls.arrived.entry(key).or_default();
                    arrived.retain(|one| *one != number);
                });
            }
        }
    } else {
        poll_fn(|context: &mut Context<'_>| waits.poll(context.waker())).await;
        shared.begin(number, key, waits.has_waited);
        yield_now().await;
        shared.end(number, key);
    }
    shared.with(|calls| calls.ended += 1);
}

/// A task for each call. Afterwards all permits and keys are free.
fn check(limit: usize, calls: &'static [Call]) {
    check_schedules(move || {
        let shared = Shared::new(limit);
        let task = |(number, one): (usize, &'static Call)| {
            let shared = Arc::clone(&shared);
            spawn(async move { call(&shared, number, *one).await })
        };
        let tasks: Vec<_> = calls.iter().enumerate().map(task).collect();
        for task in tasks {
            block_on(task).expect("the task ends");
        }
        shared.with(|all| {
            assert_eq!(all.ended, calls.len());
            for (key, acquired) in &all.acquired {
                assert_eq!(acquired, &all.arrived[key], "the order of key {key}");
            }
        });
        for key in 0..limit.min(3) {
            let key = key as KeyHash;
            let mut last = Waits::new(&shared, 100 + key as usize, key);
            assert!(last.poll(Waker::noop()).is_ready(), "key {key} is free");
        }
    });
}

#[test]
fn of_the_calls_with_one_key_one_at_a_time_holds_a_permit_in_the_order_of_arrival() {
    check(usize::MAX, &[(0, false), (0, false), (0, false)]);
    check(
        usize::MAX,
        &[(0, false), (1, false), (0, false), (1, false)],
    );
}

#[test]
fn with_a_limit_as_well_no_call_is_left_waiting() {
    check(1, &[(0, false), (1, false), (0, false)]);
    check(2, &[(0, false), (1, false), (2, false), (0, false)]);
}

#[test]
fn a_call_that_is_dropped_passes_its_key_and_its_permit_on() {
    check(usize::MAX, &[(0, false), (0, true), (0, false)]);
    check(1, &[(0, false), (1, true), (0, true), (1, false)]);
    check(2, &[(0, true), (0, false), (1, true), (1, false)]);
}
