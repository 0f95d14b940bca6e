//! Third hostile round: deterministic tests.

use std::{
    future::{Future, pending, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use events_core::{Event, Registry, Subscription};

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Runs `f` on a thread; false if it does not end within some seconds.
fn ends(f: impl FnOnce() + Send + 'static) -> bool {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        f();
        _ = sender.send(());
    });
    receiver.recv_timeout(Duration::from_secs(5)).is_ok()
}

#[derive(Event, Clone)]
struct Typed;

#[derive(Event, Clone)]
struct Other;

/// An error whose destructor runs a closure.
struct Runs(Mutex<Option<Box<dyn FnOnce() + Send>>>);

impl Runs {
    fn new(f: impl FnOnce() + Send + 'static) -> Self {
        Self(Mutex::new(Some(Box::new(f))))
    }
}

impl Drop for Runs {
    fn drop(&mut self) {
        if let Some(f) = self.0.get_mut().expect("not poisoned").take() {
            f();
        }
    }
}

impl std::fmt::Debug for Runs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Runs")
    }
}
impl std::fmt::Display for Runs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Runs")
    }
}
impl std::error::Error for Runs {}

type Slot = Arc<Mutex<Option<Subscription>>>;

/// An error whose destructor stops the subscription in the slot.
fn stops(slot: &Slot) -> Runs {
    let slot = Arc::clone(slot);
    Runs::new(move || {
        let subscription = slot.lock().expect("not poisoned").take();
        if let Some(subscription) = subscription {
            subscription.stop();
        }
    })
}

/// The failure of a sync handler is logged, and dropped, while the emit's future owns the pending handlers.
#[test]
fn the_error_of_a_sync_handler_that_stops_a_pending_handler() {
    assert!(ends(|| {
        let (registry, slot) = (Registry::new(), Slot::default());
        let of_error = Arc::clone(&slot);
        registry
            .on(move |_: &Typed| -> Result<(), Runs> { Err(stops(&of_error)) })
            .detach();
        let subscription = registry.on_async(|_: &Typed| pending::<()>());
        *slot.lock().unwrap() = Some(subscription);
        let mut emit = Box::pin(registry.emit_async(Typed));
        assert!(poll_once(&mut emit).is_pending());
        drop(emit);
    }));
}

/// "in a destructor that is called while .. the future of an async emit is dropped": `stop` does not wait there.
#[test]
fn the_error_of_an_async_handler_in_a_dropped_emit_that_stops_a_pending_handler() {
    assert!(ends(|| {
        let (registry, slot) = (Registry::new(), Slot::default());
        let of_error = Arc::clone(&slot);
        registry
            .on_async(move |_: &Typed| {
                let error = stops(&of_error);
                async move { Err::<(), Runs>(error) }
            })
            .detach();
        let subscription = registry.on_async(|_: &Typed| pending::<()>());
        *slot.lock().unwrap() = Some(subscription);
        let mut emit = Box::pin(registry.try_emit_async(Typed));
        assert!(poll_once(&mut emit).is_pending());
        drop(emit);
    }));
}

/// A job that was suspended: its failures are logged outside of the job.
fn worker_with_error(error: impl Fn(&Registry, &Slot) -> Runs + Send + Sync + 'static) -> bool {
    ends(move || {
        let (registry, slot) = (Registry::new(), Slot::default());
        let (of_error, inner) = (Arc::clone(&slot), registry.clone());
        let open = Arc::new(AtomicUsize::new(0));
        let is_open = Arc::clone(&open);
        registry
            .on_async(move |_: &Typed| {
                let error = error(&inner, &of_error);
                let is_open = Arc::clone(&is_open);
                async move {
                    poll_fn(|context| {
                        if is_open.load(Ordering::Relaxed) > 0 {
                            return Poll::Ready(());
                        }
                        context.waker().wake_by_ref();
                        Poll::Pending
                    })
                    .await;
                    Err::<(), Runs>(error)
                }
            })
            .detach();
        let subscription = registry.on_async(|_: &Typed| async {});
        *slot.lock().unwrap() = Some(subscription);
        registry.enqueue(Typed).unwrap();
        let mut work = Box::pin(registry.queue().work(1));
        assert!(poll_once(&mut work).is_pending());
        open.store(1, Ordering::Relaxed);
        assert!(poll_once(&mut work).is_pending());
        assert!(registry.queue().settle(Duration::ZERO));
    })
}

#[test]
fn the_error_of_a_resumed_event_that_stops_a_handler_of_the_event() {
    assert!(worker_with_error(|_, slot| stops(slot)));
}

#[test]
fn the_error_of_a_resumed_event_that_stops_it_own_queue() {
    assert!(worker_with_error(|registry, _| {
        let registry = registry.clone();
        Runs::new(move || drop(registry.queue().shutdown(Duration::MAX)))
    }));
}

#[test]
fn the_error_of_a_resumed_event_that_settles_its_queue() {
    assert!(worker_with_error(|registry, _| {
        let registry = registry.clone();
        Runs::new(move || _ = registry.queue().settle(Duration::MAX))
    }));
}

/// Twin that holds: the error of an event that is not suspended.
#[test]
fn twin_the_error_of_a_started_event_that_settles_its_queue() {
    assert!(ends(|| {
        let registry = Registry::new();
        let inner = registry.clone();
        registry
            .on_async(move |_: &Typed| {
                let inner = inner.clone();
                let error = Runs::new(move || _ = inner.queue().settle(Duration::MAX));
                async move { Err::<(), Runs>(error) }
            })
            .detach();
        registry.enqueue(Typed).unwrap();
        let mut work = Box::pin(registry.queue().work(1));
        assert!(poll_once(&mut work).is_pending());
    }));
}

#[derive(Event, Clone)]
struct Produce;

#[derive(Event, Clone)]
struct Item(usize);

/// "Events that other threads enqueue are no chain: a flush runs them as long as they come."
#[test]
fn a_flush_is_not_cut_off_by_events_that_an_event_of_a_worker_enqueues() {
    const ITEMS: usize = 1500;
    let registry = Registry::new();
    let (started, start) = mpsc::channel();
    let (ran, has_run) = mpsc::channel();
    let (inner, has_run) = (registry.clone(), Mutex::new(has_run));
    registry
        .on(move |_: &Produce| {
            inner.enqueue(Item(0)).unwrap();
            started.send(()).unwrap();
            // One after the other, each when the flush has run the one before.
            for number in 1..ITEMS {
                let received = has_run.lock().unwrap().recv_timeout(Duration::from_secs(2));
                if received.is_err() {
                    return;
                }
                inner.enqueue(Item(number)).unwrap();
            }
        })
        .detach();
    let count = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&count);
    // An item ends only when the next one is queued, so that the flush never finds the queue empty.
    let inner = registry.clone();
    registry
        .on(move |item: &Item| {
            counts.fetch_add(1, Ordering::Relaxed);
            ran.send(()).unwrap();
            while item.0 + 1 < ITEMS && inner.queue().is_empty() {
                thread::yield_now();
            }
        })
        .detach();
    registry.enqueue(Produce).unwrap();
    let worker = registry.queue().spawn_thread();
    start.recv().unwrap();
    let flushed = registry.queue().flush();
    worker.detach();
    assert_eq!((flushed.left(), count.load(Ordering::Relaxed)), (0, ITEMS), "{flushed}");
}

/// Polls its task in each call of its waker.
struct Inline(Mutex<Option<Task>>);

impl Wake for Inline {
    fn wake(self: Arc<Self>) {
        let Ok(mut task) = self.0.try_lock() else {
            return;
        };
        let waker = Waker::from(Arc::clone(&self));
        let future = task.as_mut().map(Pin::as_mut);
        let polled = future.map(|future| future.poll(&mut Context::from_waker(&waker)));
        if polled.is_some_and(|polled| polled.is_ready()) {
            *task = None;
        }
    }
}

/// A task that is polled by its waker, and waits for the queue, is not inside the registry of the queue.
fn current_in_a_task_woken_by(runs: fn(&Registry)) -> bool {
    let registry = Registry::new();
    let suspended = Arc::new(AtomicUsize::new(0));
    let is_open = Arc::clone(&suspended);
    registry
        .on_async(move |_: &Typed| {
            let is_open = Arc::clone(&is_open);
            poll_fn(move |context| {
                context.waker().wake_by_ref();
                match is_open.load(Ordering::Relaxed) {
                    0 => Poll::Pending,
                    _ => Poll::Ready(()),
                }
            })
        })
        .detach();
    registry.enqueue(Typed).unwrap();
    let mut work = Box::pin(registry.queue().work(1));
    assert!(poll_once(&mut work).is_pending());
    let found = Arc::new(Mutex::new(None));
    let (settle, result) = (registry.queue().settle_async(), Arc::clone(&found));
    let task = async move {
        settle.await;
        *result.lock().unwrap() = Some(events_core::registry());
    };
    let inline = Arc::new(Inline(Mutex::new(Some(Box::pin(task)))));
    Arc::clone(&inline).wake();
    assert!(found.lock().unwrap().is_none());
    suspended.store(1, Ordering::Relaxed);
    runs(&registry);
    let _ = poll_once(&mut work);
    drop(work);
    let current = found.lock().unwrap().take().expect("it is settled");
    current != registry
}

#[test]
fn a_task_that_a_worker_wakes_is_outside_of_its_registry() {
    assert!(current_in_a_task_woken_by(|_| ()));
}

/// An executor that polls its tasks while any is woken; returns how many polls it made, up to a limit.
struct Flag(AtomicUsize);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn run_until_stalled(tasks: &mut [(Task, Arc<Flag>)], limit: usize) -> usize {
    let mut polls = 0;
    loop {
        let mut is_stalled = true;
        for (task, flag) in &mut *tasks {
            if flag.0.swap(0, Ordering::Relaxed) > 0 {
                is_stalled = false;
                polls += 1;
                let waker = Waker::from(Arc::clone(flag));
                let _ = task.as_mut().poll(&mut Context::from_waker(&waker));
            }
        }
        if is_stalled || polls >= limit {
            return polls;
        }
    }
}

/// Two workers, each with an event in progress, polled at the depth limit, do not wake each other for ever.
#[test]
fn two_workers_that_are_polled_too_deep_come_to_rest() {
    let registry = Registry::new();
    registry.on_async(|_: &Typed| pending::<()>()).detach();
    registry.on(|_: &Other| ()).detach();
    registry.set_depth_limit(1);
    for _ in 0..2 {
        registry.enqueue(Typed).unwrap();
    }
    let task = || -> (Task, Arc<Flag>) {
        (
            Box::pin(registry.queue().work(2)),
            Arc::new(Flag(AtomicUsize::new(1))),
        )
    };
    // Each takes one event.
    let mut tasks = vec![task(), task()];
    {
        let second = Arc::clone(&tasks[1].1);
        second.0.store(0, Ordering::Relaxed);
    }
    // The first takes both events, as its concurrency allows; so give the second one of its own.
    run_until_stalled(&mut tasks, 100);
    registry.enqueue(Typed).unwrap();
    tasks[1].1.0.store(1, Ordering::Relaxed);
    run_until_stalled(&mut tasks[1..], 100);
    let polls = Arc::new(AtomicUsize::new(0));
    let (inner, tasks, counted) = (registry.clone(), Mutex::new(tasks), Arc::clone(&polls));
    registry
        .on(move |_: &Produce| {
            inner.enqueue(Other).unwrap();
            let polls = run_until_stalled(&mut tasks.lock().unwrap(), 1000);
            counted.store(polls, Ordering::Relaxed);
        })
        .detach();
    registry.emit(Produce);
    let polls = polls.load(Ordering::Relaxed);
    assert!(polls < 100, "{polls} polls");
}

/// A worker without an event in progress that is polled too deep once still runs later events.
#[test]
fn an_idle_worker_that_is_polled_too_deep_is_not_over() {
    let registry = Registry::new();
    registry.set_depth_limit(1);
    let count = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&count);
    registry
        .on(move |_: &Other| _ = counts.fetch_add(1, Ordering::Relaxed))
        .detach();
    let work = Arc::new(Mutex::new(Box::pin(registry.queue().work(1))));
    assert!(poll_once(&mut *work.lock().unwrap()).is_pending());
    let (inner, polled, is_over) = (registry.clone(), Arc::clone(&work), Arc::new(AtomicUsize::new(0)));
    let over = Arc::clone(&is_over);
    registry
        .on(move |_: &Produce| {
            inner.enqueue(Other).unwrap();
            let ready = poll_once(&mut *polled.lock().unwrap()).is_ready();
            over.store(ready.into(), Ordering::Relaxed);
        })
        .detach();
    registry.emit(Produce);
    assert_eq!(is_over.load(Ordering::Relaxed), 0, "the worker has ended");
    let _ = poll_once(&mut *work.lock().unwrap());
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

/// The same when the last handler has ended: the future still owns the plan.
#[test]
fn the_error_of_an_emit_that_is_ready_that_stops_another_handler() {
    assert!(ends(|| {
        let (registry, slot) = (Registry::new(), Slot::default());
        let of_error = Arc::clone(&slot);
        registry
            .on_async(move |_: &Typed| {
                let error = stops(&of_error);
                let mut polled = false;
                let mut error = Some(error);
                poll_fn(move |context| {
                    if polled {
                        return Poll::Ready(Err::<(), Runs>(error.take().unwrap()));
                    }
                    polled = true;
                    context.waker().wake_by_ref();
                    Poll::Pending
                })
            })
            .detach();
        *slot.lock().unwrap() = Some(registry.on_async(|_: &Typed| async {}));
        let mut emit = Box::pin(registry.emit_async(Typed));
        assert!(poll_once(&mut emit).is_pending());
        assert!(poll_once(&mut emit).is_ready());
    }));
}

/// While a queue drains, a destructor of what a handler returned may enqueue, as the handler may.
#[test]
fn the_error_of_a_resumed_event_enqueues_an_event_while_the_queue_drains() {
    let registry = Registry::new();
    let results = Arc::new(Mutex::new(Vec::new()));
    for resumes in [false, true] {
        let registry = Registry::new();
        let (inner, result) = (registry.clone(), Arc::clone(&results));
        registry.on(|_: &Other| ()).detach();
        registry
            .on_async(move |_: &Typed| {
                let (inner, result) = (inner.clone(), Arc::clone(&result));
                let error = Runs::new(move || {
                    let is_ok = inner.enqueue(Other).is_ok();
                    result.lock().unwrap().push((resumes, is_ok));
                });
                let (mut error, mut pending) = (Some(error), resumes);
                poll_fn(move |context| {
                    if !std::mem::take(&mut pending) {
                        return Poll::Ready(Err::<(), Runs>(error.take().unwrap()));
                    }
                    context.waker().wake_by_ref();
                    Poll::Pending
                })
            })
            .detach();
        registry.enqueue(Typed).unwrap();
        assert!(registry.queue().shutdown(Duration::from_secs(5)).is_empty());
    }
    drop(registry);
    assert_eq!(*results.lock().unwrap(), [(false, true), (true, true)]);
}

/// Another thread enqueues events, each of which enqueues one more, which enqueues none: there is no chain of more than
/// two events.
#[test]
fn a_flush_is_not_cut_off_by_short_chains_of_events_of_another_thread() {
    const ITEMS: usize = 1500;
    let registry = Registry::new();
    let (ran, has_run) = mpsc::channel();
    let producer = registry.clone();
    let producing = thread::spawn(move || {
        for number in 1..ITEMS {
            if has_run.recv_timeout(Duration::from_secs(2)).is_err() {
                return;
            }
            producer.enqueue(Item(number)).unwrap();
        }
    });
    let (inner, enqueued) = (registry.clone(), Arc::new(AtomicUsize::new(0)));
    registry.on(|_: &Other| ()).detach();
    registry
        .on(move |item: &Item| {
            inner.enqueue(Other).unwrap();
            ran.send(()).unwrap();
            // Until the other thread has enqueued the next one.
            while item.0 + 1 < ITEMS && inner.queue().len() < 2 {
                thread::yield_now();
            }
            enqueued.fetch_add(1, Ordering::Relaxed);
        })
        .detach();
    registry.enqueue(Item(0)).unwrap();
    let flushed = registry.queue().flush();
    assert_eq!((flushed.left(), flushed.ran()), (0, 2 * ITEMS), "{flushed}");
    producing.join().unwrap();
}
