//! Section 5: a worker that cannot use a wake leaves it to another, and a wait that is given up leaves no waker.

use std::{
    future::{Future, pending},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use events_core::{Event, Registry};
use tokio::{runtime::Builder, task::yield_now};

use super::waits::{Busy, FLUSH, Quick, Row, SETTLE, SHUTDOWN, Slow, WAITS, Waits};
use crate::{Gate, poll_once};

#[derive(Event)]
struct Outer;

#[derive(Default)]
pub(super) struct CountWakes(AtomicUsize);

impl CountWakes {
    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// How often it was called since the last time.
    pub(super) fn take(&self) -> usize {
        self.0.swap(0, Ordering::Relaxed)
    }
}

impl Wake for CountWakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

pub(super) fn poll_with<F: Future + Unpin>(
    future: &mut F,
    wakes: &Arc<CountWakes>,
) -> Poll<F::Output> {
    let waker = Waker::from(Arc::clone(wakes));
    Pin::new(future).poll(&mut Context::from_waker(&waker))
}

/// A registry whose handler of `Slow` waits for the gate; without the returned worker, which sleeps.
fn with_sleeping_worker() -> (Registry, Gate, Waits, Arc<CountWakes>) {
    let (registry, gate) = (Registry::new(), Gate::default());
    let waits = gate.clone();
    registry.on_async(move |_: &Slow| waits.wait()).detach();
    registry.on(|_: &Quick| ()).detach();
    let mut sleeps: Waits = Box::pin(registry.queue().work(1));
    let wakes = Arc::new(CountWakes::default());
    assert!(poll_with(&mut sleeps, &wakes).is_pending());
    (registry, gate, sleeps, wakes)
}

/// It has an event in progress, and starts no further one.
#[test]
fn a_worker_that_is_to_stop_takes_no_wake_from_another() {
    let (registry, _gate, _sleeps, wakes) = with_sleeping_worker();
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    let run_tasks = || {
        runtime.block_on(async {
            for _ in 0..8 {
                yield_now().await;
            }
        });
    };
    let worker = runtime.block_on(async { registry.queue().spawn_tokio(2) });
    run_tasks();
    registry.enqueue(Slow).expect("there is room");
    run_tasks();
    assert_eq!((registry.queue().len(), wakes.count()), (0, 0));
    drop(worker);
    run_tasks();
    registry.enqueue(Quick).expect("there is room");
    assert_eq!(wakes.count(), 1);
}

/// It is inside a handler, which enqueues.
#[test]
fn a_worker_that_resumes_an_event_takes_no_wake_from_another() {
    let (registry, gate, _sleeps, wakes) = with_sleeping_worker();
    let waits = gate.clone();
    let enqueues = move |_: &Slow| {
        let open = waits.wait();
        async move {
            open.await;
            Quick.enqueue().expect("there is room");
        }
    };
    registry.on_async(enqueues).detach();
    let mut busy = Box::pin(registry.queue().work(2));
    assert!(poll_once(&mut busy).is_pending());
    registry.enqueue(Slow).expect("there is room");
    assert!(poll_once(&mut busy).is_pending());
    assert_eq!(wakes.count(), 0);
    gate.open();
    assert!(poll_once(&mut busy).is_pending());
    assert_eq!(wakes.count(), 1);
}

/// It is polled where no further emit may be nested.
#[test]
fn a_worker_that_starts_no_event_takes_no_wake_from_another() {
    let (registry, _gate, _sleeps, wakes) = with_sleeping_worker();
    registry.set_depth_limit(1);
    let mut work = Box::pin(registry.queue().work(1));
    assert!(poll_once(&mut work).is_pending());
    let work = Mutex::new(work);
    let inner = registry.clone();
    let polls = move |_: &Outer| {
        inner.enqueue(Quick).expect("there is room");
        let mut work = work.lock().expect("it is not poisoned");
        assert!(poll_once(&mut *work).is_pending());
    };
    registry.on(polls).detach();
    registry.emit(Outer);
    assert_eq!((registry.queue().len(), wakes.count()), (1, 1));
}

/// What has an event in progress at a shutdown that does not wait for it.
const STOPPED: &[Row] = &[
    ("a worker", |registry| Box::pin(registry.queue().work(1))),
    FLUSH,
    SHUTDOWN,
];

/// A registry, and what has its event in progress, which never ends.
fn with_started(row: &str, starts: fn(&Registry) -> Waits) -> (Registry, Waits) {
    let registry = Registry::new();
    registry.on_async(|_: &Slow| pending::<()>()).detach();
    registry.enqueue(Slow).expect("there is room");
    let mut started = starts(&registry);
    assert!(poll_once(&mut started).is_pending(), "{row}");
    (registry, started)
}

#[test]
fn a_shutdown_waits_for_nothing_that_an_earlier_one_has_stopped() {
    for (row, starts) in STOPPED {
        let (registry, _started) = with_started(row, *starts);
        let mut waiting = Box::pin(registry.queue().shutdown_async(pending::<()>()));
        let wakes = Arc::new(CountWakes::default());
        assert!(poll_with(&mut waiting, &wakes).is_pending(), "{row}");
        let stopped = registry.queue().shutdown(Duration::ZERO);
        assert_eq!((stopped.events.len(), stopped.running), (1, 0), "{row}");
        // The one that waited is woken, and a new one does not wait.
        assert_eq!(wakes.count(), 1, "{row}");
        assert!(poll_once(&mut waiting).is_ready(), "{row}");
        let last = registry.queue().shutdown_async(pending::<()>());
        assert!(poll_once(last).is_ready(), "{row}");
    }
}

#[test]
fn a_settle_is_woken_when_a_shutdown_takes_the_event_that_it_waits_for() {
    for (row, starts) in STOPPED {
        let (registry, _started) = with_started(row, *starts);
        let (mut settle, wakes) = (registry.queue().settle_async(), Arc::default());
        assert!(poll_with(&mut settle, &wakes).is_pending(), "{row}");
        let stopped = registry.queue().shutdown(Duration::ZERO);
        assert_eq!((stopped.events.len(), wakes.take()), (1, 1), "{row}");
        assert_eq!(poll_once(&mut settle), Poll::Ready(true), "{row}");
    }
}

/// Its event is in progress, or has ended.
#[test]
fn what_runs_events_does_not_wake_itself_when_it_ends() {
    for (row, starts) in STOPPED {
        for opens in [false, true] {
            let (registry, gate, sleeps, _) = with_sleeping_worker();
            drop(sleeps);
            registry.enqueue(Slow).expect("there is room");
            let (mut started, wakes) = (starts(&registry), Arc::default());
            assert!(poll_with(&mut started, &wakes).is_pending(), "{row}");
            if opens {
                gate.open();
                _ = poll_with(&mut started, &wakes);
            }
            wakes.take();
            drop(started);
            assert_eq!(wakes.take(), 0, "{row}, {opens}");
            assert_eq!(Arc::strong_count(&wakes), 1, "{row}, {opens}");
        }
    }
}

/// Shuts the queue down when it is woken, and notes the number of running subscribers.
struct ShutsDown(Registry, Mutex<Vec<usize>>);

impl Wake for ShutsDown {
    fn wake(self: Arc<Self>) {
        let running = self.0.queue().shutdown(Duration::ZERO).running;
        self.1.lock().expect("it is not poisoned").push(running);
    }
}

#[test]
fn a_worker_whose_event_a_shutdown_has_taken_counts_as_no_running_subscriber() {
    let (registry, _gate, sleeps, _) = with_sleeping_worker();
    drop(sleeps);
    registry.enqueue(Slow).expect("there is room");
    let shuts_down = Arc::new(ShutsDown(registry.clone(), Mutex::default()));
    let waker = Waker::from(Arc::clone(&shuts_down));
    let mut work: Waits = Box::pin(registry.queue().work(1));
    assert!(poll_once(&mut work).is_pending());
    assert_eq!(registry.queue().shutdown(Duration::ZERO).events.len(), 1);
    let polled = work.as_mut().poll(&mut Context::from_waker(&waker));
    assert!(polled.is_ready());
    drop(work);
    let found = shuts_down.1.lock().expect("it is not poisoned");
    assert!(found.iter().all(|&running| running == 0), "{found:?}");
}

/// It has an event in progress.
#[test]
fn a_worker_that_was_polled_too_deep_is_woken_by_later_events() {
    let (registry, _gate, sleeps, _) = with_sleeping_worker();
    drop(sleeps);
    registry.set_depth_limit(1);
    registry.enqueue(Slow).expect("there is room");
    let (mut work, wakes): (Waits, _) = (Box::pin(registry.queue().work(2)), Arc::default());
    assert!(poll_with(&mut work, &wakes).is_pending());
    let (inner, work, woken) = (registry.clone(), Arc::new(Mutex::new(work)), wakes.clone());
    let polled = Arc::clone(&work);
    let polls = move |_: &Outer| {
        inner.enqueue(Quick).expect("there is room");
        assert_eq!(woken.take(), 1);
        let mut work = polled.lock().expect("it is not poisoned");
        assert!(poll_with(&mut *work, &woken).is_pending());
    };
    registry.on(polls).detach();
    registry.emit(Outer);
    assert_eq!((registry.queue().len(), wakes.take()), (1, 0));
    registry.enqueue(Quick).expect("there is room");
    assert_eq!((registry.queue().len(), wakes.take()), (2, 1));
    let mut work = work.lock().expect("it is not poisoned");
    assert!(poll_with(&mut *work, &wakes).is_pending());
    assert_eq!(registry.queue().len(), 0);
}

/// Polls its task in each call of its waker.
pub(crate) struct Inline(Mutex<Option<Waits>>);

impl Inline {
    /// Polls the task now, and whenever it is woken.
    pub(crate) fn start(task: Waits) -> Arc<Self> {
        let inline = Arc::new(Self(Mutex::new(Some(task))));
        Arc::clone(&inline).wake();
        inline
    }
}

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

/// A row of a table: its name, and what ends the event of the gate that a worker runs, for which a settle waits.
type Ends = (&'static str, fn(&Registry, &Gate, Waits));

const ENDS: &[Ends] = &[
    ("the event ends", |_, gate, mut work| {
        gate.open();
        assert!(poll_once(&mut work).is_pending());
    }),
    ("the worker is dropped", |_, _, work| drop(work)),
    ("a shutdown takes the event", |registry, _, _work| {
        assert_eq!(registry.queue().shutdown(Duration::ZERO).events.len(), 1);
    }),
    ("a shutdown ends the worker", |registry, _, work| {
        let inline = Inline::start(work);
        assert_eq!(registry.queue().shutdown(Duration::ZERO).events.len(), 1);
        assert!(inline.0.lock().expect("it is not poisoned").is_none());
    }),
];

#[test]
fn a_settle_that_is_polled_by_its_waker_is_settled() {
    for (row, ends) in ENDS {
        let (registry, gate, mut work, _) = with_sleeping_worker();
        registry.enqueue(Slow).expect("there is room");
        assert!(poll_once(&mut work).is_pending(), "{row}");
        let (settle, is_settled) = (registry.queue().settle_async(), Arc::new(Mutex::new(None)));
        let result = Arc::clone(&is_settled);
        let waits = async move {
            let settled = settle.await;
            *result.lock().expect("it is not poisoned") = Some(settled);
        };
        let _task = Inline::start(Box::pin(waits));
        assert_eq!(*is_settled.lock().expect("not poisoned"), None, "{row}");
        ends(&registry, &gate, work);
        assert_eq!(
            *is_settled.lock().expect("not poisoned"),
            Some(true),
            "{row}"
        );
    }
}

#[test]
fn a_shutdown_does_not_wait_for_a_worker_that_was_never_polled() {
    let registry = Registry::new();
    let _work = registry.queue().work(1);
    let shutdown = registry.queue().shutdown_async(pending::<()>());
    assert!(poll_once(shutdown).is_ready());
}

#[test]
fn a_wait_that_is_dropped_leaves_no_waker() {
    for (row, waits) in WAITS {
        let busy = Busy::new();
        let wakes = Arc::new(CountWakes::default());
        let mut waiting = waits(&busy.registry);
        for _ in 0..3 {
            assert!(poll_with(&mut waiting, &wakes).is_pending(), "{row}");
        }
        drop(waiting);
        assert_eq!(Arc::strong_count(&wakes), 1, "{row}");
    }
}

/// What runs an event, and is then polled inside another event of the queue.
const MOVED: &[Row] = &[FLUSH, SETTLE, SHUTDOWN];

#[test]
fn what_is_polled_inside_an_event_of_the_queue_keeps_the_events_that_it_has_started() {
    for (row, waits) in MOVED {
        let (registry, gate) = (Registry::new(), Gate::default());
        let (opens, ended) = (gate.clone(), Arc::new(AtomicUsize::new(0)));
        let counts = Arc::clone(&ended);
        let slow = move |_: &Slow| {
            let (open, counts) = (opens.wait(), Arc::clone(&counts));
            async move {
                open.await;
                counts.fetch_add(1, Ordering::Relaxed);
            }
        };
        registry.on_async(slow).detach();
        registry.enqueue(Slow).expect("there is room");
        registry.enqueue(Quick).expect("there is room");
        let waiting = Arc::new(Mutex::new(waits(&registry)));
        let inner = Arc::clone(&waiting);
        let polls = move |_: &Quick| {
            let mut waiting = inner.lock().expect("it is not poisoned");
            assert!(poll_once(&mut *waiting).is_pending());
        };
        registry.on(polls).detach();
        assert!(
            poll_once(&mut *waiting.lock().expect("not poisoned")).is_pending(),
            "{row}"
        );
        registry.queue().flush();
        gate.open();
        let mut waiting = waiting.lock().expect("it is not poisoned");
        assert!(poll_once(&mut *waiting).is_ready(), "{row}");
        assert_eq!(ended.load(Ordering::Relaxed), 1, "{row}");
    }
}
