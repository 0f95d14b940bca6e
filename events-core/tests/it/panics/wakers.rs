//! Wakers that panic when they wake. The others are woken nevertheless, and what woke them does not unwind.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use events_core::{__testing::TestTime, EmitError, Registry, failures::Cause};

use super::{Work, check_in_children, contained, in_child};
use crate::{
    Gate, poll_once,
    worker::{Busy, Quick, WAITS},
};

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

fn poll<F: Future + ?Sized>(future: Pin<&mut F>, waker: &Waker) -> Poll<F::Output> {
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
            let mut driver = driver.borrow_mut();
            if driver.is_none() {
                let mut work = Box::pin(registry.queue().work(1));
                assert!(poll_once(&mut work).is_pending());
                *driver = Some(work);
            }
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
        assert!(registry.queue().settle(Duration::ZERO));
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

/// An event that waits for a permit is parked; the permit is released while the worker that is woken first cannot be.
#[test]
fn a_parked_event_is_resumed_by_the_next_worker() {
    in_child(|| {
        for panics_first in [true, false] {
            let (registry, gate) = (Registry::new(), Gate::default());
            let waits = gate.clone();
            let new = registry.subscribe_async(move |_: &Work| waits.wait());
            let subscription = new.concurrency(1).register();
            let _subscription = subscription.expect("it is the only one");
            let ran = Arc::new(Counts::default());
            let counted = Arc::clone(&ran);
            let count = move |_: &Quick| _ = counted.0.fetch_add(1, Ordering::Relaxed);
            registry.on(count).detach();
            let counts = Arc::new(Counts::default());
            let (bad, good) = (
                Waker::from(Arc::new(Panics)),
                Waker::from(Arc::clone(&counts)),
            );
            let mut holder = Box::pin(registry.try_emit_async(Work));
            assert!(poll_once(holder.as_mut()).is_pending());
            registry.enqueue(Work).expect("there is room");
            let mut workers = [(); 2].map(|()| Box::pin(registry.queue().work(1)));
            let wakers = if panics_first {
                [&bad, &good]
            } else {
                [&good, &bad]
            };
            for (worker, waker) in workers.iter_mut().zip(wakers) {
                assert!(poll(worker.as_mut(), waker).is_pending());
            }
            counts.take();
            gate.open();
            let released = contained("the permit is released", || poll_once(holder.as_mut()));
            assert!(matches!(released, Poll::Ready(Ok(_))));
            assert!(counts.take() > 0, "{panics_first}");
            let good_one = usize::from(panics_first);
            assert!(poll(workers[good_one].as_mut(), &good).is_pending());
            let stats = registry.queue().stats();
            assert_eq!((stats.waiting, stats.ran, stats.failed), (0, 1, 0));
            registry.enqueue(Quick).expect("there is room");
            assert!(poll(workers[good_one].as_mut(), &good).is_pending());
            assert_eq!(ran.take(), 1);
        }
    });
}

/// Two calls of one handler end at their timeouts, on a clock that a test sets, and on the thread of timers.
#[test]
fn a_timer_wakes_the_next_call() {
    in_child(|| {
        let hangs = |_: &Work| std::future::pending::<()>();
        let new = |timeout| {
            let registry = Registry::new();
            let new = registry.subscribe_async(hangs).timeout(timeout);
            new.register().expect("it is the only one").detach();
            registry
        };
        let timed_out = |polled: Poll<Result<_, EmitError<Work>>>| match polled {
            Poll::Ready(Err(error)) => {
                matches!(error.failures()[0].cause(), Cause::TimedOut(_))
            }
            _ => false,
        };
        let bad = Waker::from(Arc::new(Panics));

        let second = Duration::from_secs(1);
        let registry = new(second);
        let time = TestTime::stop(&registry);
        let counts = Arc::new(Counts::default());
        let good = Waker::from(Arc::clone(&counts));
        let [mut first, mut last] = [(); 2].map(|()| Box::pin(registry.try_emit_async(Work)));
        assert!(poll(first.as_mut(), &bad).is_pending());
        assert!(poll(last.as_mut(), &good).is_pending());
        contained("the clock is set", || time.jump(second));
        assert_eq!(counts.take(), 1);
        assert!(timed_out(poll(last.as_mut(), &good)));
        assert!(timed_out(poll(first.as_mut(), &good)));

        // In real time, however long the shortest timer takes.
        let registry = new(Duration::from_nanos(1_000_000));
        let (sender, woken) = mpsc::channel();
        let good = Waker::from(Arc::new(Sends(sender)));
        let [mut first, mut last] = [(); 2].map(|()| Box::pin(registry.try_emit_async(Work)));
        let is_over = poll(first.as_mut(), &bad).is_ready();
        let mut polled = poll(last.as_mut(), &good);
        while polled.is_pending() {
            woken.recv().expect("the waker is there");
            polled = poll(last.as_mut(), &good);
        }
        assert!(timed_out(polled));
        assert!(is_over || timed_out(poll(first.as_mut(), &good)));
    });
}

/// Sends a message when it is woken.
struct Sends(mpsc::Sender<()>);

impl Wake for Sends {
    fn wake(self: Arc<Self>) {
        self.0.send(()).expect("the test waits");
    }
}

/// Panics when the last waker of it is dropped, once it is armed.
#[derive(Default)]
struct Fragile(AtomicBool);

impl Wake for Fragile {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Fragile {
    fn drop(&mut self) {
        assert!(!self.0.load(Ordering::Relaxed), "a waker is dropped");
    }
}

/// What drops the waker of a task that waits.
#[derive(Clone, Copy, Debug)]
enum Last {
    /// A poll with another waker.
    Poll,
    /// The drop of the future.
    Drop,
    /// What the future waits for.
    Ready,
    /// A shutdown of the queue.
    Shutdown,
}

#[test]
fn a_waker_whose_drop_panics_is_contained() {
    let mut rows: Vec<(String, Box<dyn Fn()>)> = Vec::new();
    for (row, waits) in WAITS {
        for last in [Last::Poll, Last::Drop, Last::Ready, Last::Shutdown] {
            let row = format!("{row}, {last:?}");
            let check = Box::new({
                let row = row.clone();
                move || {
                    let busy = Busy::new();
                    let registry = &busy.registry;
                    let mut waiting = waits(registry);
                    let fragile = Arc::new(Fragile::default());
                    let waker = Waker::from(Arc::clone(&fragile));
                    assert!(poll(waiting.as_mut(), &waker).is_pending());
                    drop(waker);
                    fragile.0.store(true, Ordering::Relaxed);
                    drop(fragile);
                    contained(&row, || match last {
                        Last::Poll => _ = poll_once(&mut waiting),
                        Last::Drop => waiting = Box::pin(async {}),
                        Last::Ready => {
                            _ = registry.enqueue(Quick);
                            registry.emit(Quick);
                            busy.gate.open();
                        }
                        Last::Shutdown => _ = registry.queue().shutdown(Duration::ZERO),
                    });
                    contained(&row, || drop(waiting));
                    contained(&row, || drop(busy));
                }
            });
            rows.push((row, check));
        }
    }
    let rows: Vec<_> = rows
        .iter()
        .map(|(row, check)| (row.as_str(), check))
        .collect();
    check_in_children(
        "panics::wakers::a_waker_whose_drop_panics_is_contained",
        &rows,
    );
}
