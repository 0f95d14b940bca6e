//! Wakers that panic when they wake. The others are woken nevertheless, and what woke them does not unwind.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use events_core::Registry;

use super::{Bomb, Work, contained, in_child};
use crate::{Gate, poll_once};

struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("a waker");
    }
}

#[derive(Default)]
struct Counts(AtomicUsize);

impl Counts {
    fn take(&self) -> usize {
        self.0.swap(0, Ordering::Relaxed)
    }
}

impl Wake for Counts {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn poll<F: Future>(future: Pin<&mut F>, waker: &Waker) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(waker))
}

/// Polls both futures, one of them with a waker that panics, in both orders. `wakes` then wakes the tasks,
/// and the other task is woken.
fn check<F: Future>(way: &str, new: impl Fn(&Registry) -> F, wakes: impl Fn(&Registry)) {
    for panics_first in [true, false] {
        let registry = Registry::new();
        let counts = Arc::new(Counts::default());
        let (bad, good) = (
            Waker::from(Arc::new(Panics)),
            Waker::from(Arc::clone(&counts)),
        );
        let (mut first, mut second) = (pin!(new(&registry)), pin!(new(&registry)));
        let wakers = if panics_first {
            [&bad, &good]
        } else {
            [&good, &bad]
        };
        let is_pending = [
            poll(first.as_mut(), wakers[0]).is_pending(),
            poll(second.as_mut(), wakers[1]).is_pending(),
        ];
        assert_eq!(is_pending, [true, true], "{way}");
        contained(way, || wakes(&registry));
        assert_eq!(counts.take(), 1, "{way}, {panics_first}");
    }
}

#[test]
fn a_push_that_cannot_wake_a_worker_wakes_the_next() {
    in_child(|| {
        let registry = Registry::new();
        let counts = Arc::new(Counts::default());
        let (bad, good) = (
            Waker::from(Arc::new(Panics)),
            Waker::from(Arc::clone(&counts)),
        );
        let (mut first, mut second) = (
            pin!(registry.queue().work(1)),
            pin!(registry.queue().work(1)),
        );
        assert!(poll(first.as_mut(), &good).is_pending());
        assert!(poll(second.as_mut(), &bad).is_pending());
        let enqueued = contained("enqueue", || registry.enqueue(Work));
        assert!(enqueued.is_ok());
        assert_eq!(counts.take(), 1);
    });
}

#[test]
fn a_shutdown_wakes_all_workers() {
    in_child(|| {
        let work = |registry: &Registry| registry.queue().work(1);
        check("drain", work, |registry| {
            let mut shutdown = pin!(
                registry
                    .queue()
                    .shutdown_async(std::future::pending::<()>())
            );
            assert!(poll_once(shutdown.as_mut()).is_pending());
        });
    });
}

#[test]
fn a_driver_that_ends_wakes_all_that_wait_for_it() {
    in_child(|| {
        let driver = std::cell::RefCell::new(None);
        let start = |registry: &Registry| {
            let mut work = driver.borrow_mut();
            work.get_or_insert_with(|| Box::pin(registry.queue().work(1)));
            registry
                .queue()
                .shutdown_async(std::future::pending::<()>())
        };
        check("shutdown_async", start, |_| drop(driver.take()));
    });
}

#[test]
fn an_idle_driver_wakes_all_that_wait_for_it() {
    in_child(|| {
        let (driver, gate) = (std::cell::RefCell::new(None), Gate::default());
        let start = |registry: &Registry| {
            if driver.borrow().is_none() {
                let waits = gate.clone();
                registry.on_async(move |_: &Work| waits.wait()).detach();
                registry.enqueue(Work).expect("there is room");
                let mut work = Box::pin(registry.queue().work(1));
                assert!(poll_once(work.as_mut()).is_pending());
                driver.replace(Some(work));
            }
            registry.queue().settle_async()
        };
        check("settle_async", start, |_| drop(driver.take()));
    });
}

#[test]
fn an_emit_wakes_all_receivers_and_has_no_failure() {
    in_child(|| {
        check("next", Registry::next::<Work>, |registry| {
            assert!(registry.try_emit(Work).is_ok());
        });
    });
}

#[test]
fn what_wakes_a_handler_does_not_receive_the_panic_of_a_workers_waker() {
    in_child(|| {
        let (registry, gate) = (Registry::new(), Gate::default());
        let waits = gate.clone();
        registry.on_async(move |_: &Work| waits.wait()).detach();
        registry.enqueue(Work).expect("there is room");
        let mut work = pin!(registry.queue().work(1));
        let bad = Waker::from(Arc::new(Panics));
        assert!(poll(work.as_mut(), &bad).is_pending());
        contained("open", || gate.open());
        assert!(poll_once(work.as_mut()).is_pending());
        assert!(registry.queue().settle(std::time::Duration::ZERO));
    });
}

/// A permit whose call cannot be woken is passed to the next call.
#[test]
fn a_released_permit_wakes_the_next_call() {
    in_child(|| {
        let (registry, gate) = (Registry::new(), Gate::default());
        let waits = gate.clone();
        let new = registry.subscribe_async(move |_: &Work| waits.wait());
        let subscription = new.concurrency(1).register();
        let _subscription = subscription.expect("it is the only one");
        let counts = Arc::new(Counts::default());
        let (bad, good) = (
            Waker::from(Arc::new(Panics)),
            Waker::from(Arc::clone(&counts)),
        );
        let [mut first, mut second, mut third] =
            [(); 3].map(|()| Box::pin(registry.try_emit_async(Work)));
        assert!(poll_once(first.as_mut()).is_pending());
        assert!(poll(second.as_mut(), &bad).is_pending());
        assert!(poll(third.as_mut(), &good).is_pending());
        gate.open();
        let Poll::Ready(emitted) = contained("the first ends", || poll_once(first.as_mut())) else {
            panic!("the gate is open");
        };
        assert!(emitted.is_ok());
        assert_eq!(counts.take(), 1);
        assert!(matches!(poll(third.as_mut(), &good), Poll::Ready(Ok(_))));
        // The call that was not woken is the next one again when it is polled.
        assert!(matches!(poll(second.as_mut(), &good), Poll::Ready(Ok(_))));
    });
}

/// A waker that panics when it is dropped.
struct Fragile(Bomb);

impl Wake for Fragile {
    fn wake(self: Arc<Self>) {
        let _ = &self.0;
    }
}

/// A task that is polled with another waker drops the first one.
#[test]
fn a_waker_whose_drop_panics_loses_no_event() {
    in_child(|| {
        let registry = Registry::new();
        let mut next = pin!(registry.next::<Work>());
        let mut worker = pin!(registry.queue().work(1));
        let mut settle = pin!(registry.queue().settle_async());
        for _ in 0..2 {
            let bad = Waker::from(Arc::new(Fragile(Bomb)));
            contained("next", || assert!(poll(next.as_mut(), &bad).is_pending()));
            contained("work", || assert!(poll(worker.as_mut(), &bad).is_pending()));
            contained("settle", || assert!(poll(settle.as_mut(), &bad).is_ready()));
            settle.set(registry.queue().settle_async());
            std::mem::forget(bad);
        }
        contained("enqueue", || registry.enqueue(Work)).expect("there is room");
        contained("emit", || registry.emit(Work));
        assert!(matches!(poll_once(next.as_mut()), Poll::Ready(Some(_))));
        contained("work", || assert!(poll_once(worker.as_mut()).is_pending()));
        assert!(registry.queue().is_empty());
    });
}
