//! Section 5: during a shutdown, all that has room for an event runs those that handlers enqueue, and ends when no
//! event is in progress.

use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use events_core::{Event, Registry};

use super::{
    waits::{Quick, Slow, Waits},
    wakes::{CountWakes, poll_with},
};
use crate::{Gate, poll_once};

/// Its handler is pending until the end of the test.
#[derive(Event, Clone)]
struct Held;

/// Futures that are polled when they were woken.
#[derive(Default)]
struct Tasks(Vec<(Waits, Arc<CountWakes>)>);

impl Tasks {
    /// Polls a new one once.
    fn add(&mut self, mut future: Waits) {
        let wakes = Arc::default();
        if poll_with(&mut future, &wakes).is_pending() {
            self.0.push((future, wakes));
        }
    }

    /// Polls those that are woken until none is.
    fn run(&mut self) {
        let woken = |tasks: &Self| tasks.0.iter().position(|(_, wakes)| wakes.take() > 0);
        while let Some(index) = woken(self) {
            let (future, wakes) = &mut self.0[index];
            if poll_with(future, wakes).is_ready() {
                drop(self.0.remove(index));
            }
        }
    }
}

fn work(registry: &Registry, concurrency: usize) -> Waits {
    Box::pin(registry.queue().work(concurrency))
}

fn flush(registry: &Registry) -> Waits {
    let flush = registry.queue().flush_async();
    Box::pin(async { _ = flush.await })
}

fn shutdown(registry: &Registry) -> Waits {
    let shutdown = registry.queue().shutdown_async(pending::<()>());
    Box::pin(async { assert!(shutdown.await.is_empty()) })
}

/// A registry whose handler of `Slow` waits, enqueues `Quick`, and waits for the handler of that.
struct Chain {
    registry: Registry,
    /// Lets the handler of `Slow` enqueue.
    begin: Gate,
    /// Lets the handler of `Held` end.
    hold: Gate,
    has_ended: Arc<AtomicBool>,
}

impl Chain {
    fn new() -> Self {
        let (registry, effect) = (Registry::new(), Gate::default());
        let (begin, hold, has_ended) = (Gate::default(), Gate::default(), Arc::default());
        let (inner, begins, ends) = (registry.clone(), begin.clone(), Arc::clone(&has_ended));
        let has_effect = effect.clone();
        let slow = move |_: &Slow| {
            let (inner, ends): (_, Arc<AtomicBool>) = (inner.clone(), Arc::clone(&ends));
            let (begin, effect) = (begins.wait(), has_effect.wait());
            async move {
                begin.await;
                inner.enqueue(Quick).expect("a handler may enqueue it");
                effect.await;
                ends.store(true, Ordering::Relaxed);
            }
        };
        registry.on_async(slow).detach();
        registry.on(move |_: &Quick| effect.open()).detach();
        let held = hold.clone();
        registry.on_async(move |_: &Held| held.wait()).detach();
        Self {
            registry,
            begin,
            hold,
            has_ended,
        }
    }
}

/// Starts `Slow` where there is no room for `Quick`, and something else that has room, and a shutdown.
type Row = (&'static str, fn(&Registry, &mut Tasks));

const ROWS: &[Row] = &[
    ("a worker that is idle", |registry, tasks| {
        tasks.add(work(registry, 1));
        registry.enqueue(Slow).expect("there is room");
        tasks.run();
        tasks.add(work(registry, 1));
        tasks.add(shutdown(registry));
    }),
    ("a worker with an event in progress", |registry, tasks| {
        tasks.add(work(registry, 2));
        registry.enqueue(Held).expect("there is room");
        tasks.run();
        registry.enqueue(Slow).expect("there is room");
        tasks.add(flush(registry));
        tasks.run();
        tasks.add(shutdown(registry));
    }),
    ("a shutdown with an event in progress", |registry, tasks| {
        registry.enqueue(Held).expect("there is room");
        registry.enqueue(Slow).expect("there is room");
        tasks.add(shutdown(registry));
        tasks.add(flush(registry));
    }),
];

#[test]
fn during_a_shutdown_all_that_has_room_runs_the_events_that_handlers_enqueue() {
    for (row, starts) in ROWS {
        let (chain, mut tasks) = (Chain::new(), Tasks::default());
        starts(&chain.registry, &mut tasks);
        tasks.run();
        assert_eq!(chain.registry.queue().len(), 0, "{row}");
        chain.begin.open();
        tasks.run();
        assert!(chain.has_ended.load(Ordering::Relaxed), "{row}");
        chain.hold.open();
        tasks.run();
        assert!(
            tasks.0.is_empty(),
            "{row}: {} have not ended",
            tasks.0.len()
        );
    }
}

/// What runs the last event is dropped, so that it does not end.
#[test]
fn the_workers_of_a_shutdown_end_when_the_last_event_is_given_up() {
    let (chain, mut tasks) = (Chain::new(), Tasks::default());
    let registry = &chain.registry;
    registry.enqueue(Held).expect("there is room");
    let mut last = flush(registry);
    assert!(poll_once(&mut last).is_pending());
    tasks.add(work(registry, 1));
    tasks.add(work(registry, 1));
    let queue = registry.queue();
    tasks.add(Box::pin(async move {
        let unfinished = queue.shutdown_async(pending::<()>()).await;
        assert_eq!((unfinished.events.len(), unfinished.running), (1, 0));
    }));
    tasks.run();
    drop(last);
    tasks.run();
    assert!(tasks.0.is_empty(), "{} have not ended", tasks.0.len());
}

/// It would wait for itself.
#[test]
fn a_worker_that_is_polled_inside_an_event_of_a_shutdown_does_not_wait_for_it() {
    let registry = Registry::new();
    let inner = registry.clone();
    let polls = move |_: &Quick| assert!(poll_once(inner.queue().work(1)).is_ready());
    registry.on(polls).detach();
    registry.enqueue(Quick).expect("there is room");
    let mut tasks = Tasks::default();
    tasks.add(shutdown(&registry));
    tasks.run();
    assert!(tasks.0.is_empty());
}

/// What is polled inside an event of its queue, and how many events it has in progress.
#[test]
fn a_worker_that_is_polled_inside_an_event_of_a_shutdown_stays_for_later_events() {
    for suspended in [0, 1] {
        let (registry, gate) = (Registry::new(), Gate::default());
        let waits = gate.clone();
        registry.on_async(move |_: &Held| waits.wait()).detach();
        let opens = gate.clone();
        registry.on(move |_: &Quick| opens.open()).detach();
        let (mut work, mut other) = (work(&registry, 1 + suspended), work(&registry, 1));
        let wakes = Arc::new(CountWakes::default());
        if suspended == 1 {
            registry.enqueue(Held).expect("there is room");
        }
        assert!(poll_with(&mut work, &wakes).is_pending());
        // The event of another worker polls it, enqueues an event, and waits for the effect of that.
        let work = Arc::new(Mutex::new(work));
        let (inner, polled, counts, waits) = (
            registry.clone(),
            Arc::clone(&work),
            Arc::clone(&wakes),
            gate.clone(),
        );
        let polls = move |_: &Slow| {
            let (inner, polled, counts) = (inner.clone(), Arc::clone(&polled), Arc::clone(&counts));
            let effect = waits.wait();
            async move {
                let is_pending =
                    poll_with(&mut *polled.lock().expect("no panic"), &counts).is_pending();
                assert!(is_pending, "it has ended");
                inner.enqueue(Quick).expect("a handler may enqueue it");
                effect.await;
            }
        };
        registry.on_async(polls).detach();
        registry.enqueue(Slow).expect("there is room");
        let mut tasks = Tasks::default();
        tasks.add(shutdown(&registry));
        wakes.take();
        assert!(poll_once(&mut other).is_pending());
        assert_eq!(
            (registry.queue().len(), wakes.take()),
            (1, 1),
            "{suspended}"
        );
        let mut work = work.lock().expect("no panic");
        assert!(poll_with(&mut *work, &wakes).is_pending());
        assert_eq!(registry.queue().len(), 0, "{suspended}");
        if suspended == 1 {
            assert!(poll_with(&mut *work, &wakes).is_pending());
        }
        assert!(poll_once(&mut other).is_ready(), "{suspended}");
        assert!(poll_with(&mut *work, &wakes).is_ready(), "{suspended}");
        tasks.run();
        assert!(tasks.0.is_empty(), "{suspended}");
    }
}
