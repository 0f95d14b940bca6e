//! One round: a new queue with producers, a worker, and a shutdown under load.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use events_core::Registry;
use tokio::{runtime::Runtime, time::sleep};

use super::{
    counts::{Counts, HandlerKind},
    handlers::{
        Emitted, Failing, More, Panicking, Sleepy, Succeeding, count_unfinished, enqueue, subscribe,
    },
};

const PRODUCERS: u64 = 4;

/// The number of events that the worker runs at a time.
const CONCURRENCY: usize = 4;

/// Small enough for the queue to be full at times.
const CAPACITY: usize = 256;

/// The deadlines of the shutdowns, one round after the other; some are too short.
const DEADLINES: [Duration; 4] = [
    Duration::from_secs(10),
    Duration::ZERO,
    Duration::from_millis(1),
    Duration::from_millis(3),
];

/// Long enough for all running handlers to end.
const LONG: Duration = Duration::from_secs(30);

/// Runs a round, and returns its counts.
pub(crate) fn round(runtime: &Runtime, number: usize, time: Duration) -> Counts {
    let (registry, counts) = (Registry::new(), Arc::new(Counts::default()));
    let queue = registry.queue();
    queue.set_capacity(CAPACITY);
    subscribe(&registry, &counts);
    {
        let _guard = runtime.enter();
        queue.spawn_tokio(CONCURRENCY).detach();
    }
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for producer in 0..PRODUCERS {
            let (registry, counts, done) = (&registry, &*counts, &done);
            let seed = number as u64 * PRODUCERS + producer + 1;
            scope.spawn(move || produce(registry, counts, done, seed));
        }
        thread::sleep(time);
        let deadline = DEADLINES[number % DEADLINES.len()];
        let unfinished = runtime.block_on(async { queue.shutdown_async(sleep(deadline)).await });
        done.store(true, Ordering::Relaxed);
        for event in unfinished.events {
            count_unfinished(&counts, event);
        }
    });
    // The events that were inside a handler when the first shutdown reached its deadline.
    let unfinished = runtime.block_on(async { queue.shutdown_async(sleep(LONG)).await });
    assert_eq!(unfinished.running, 0, "a handler did not return");
    for event in unfinished.events {
        count_unfinished(&counts, event);
    }
    counts.take_logged();
    drop((queue, registry));
    into_sole_owner(counts)
}

/// Waits until the handlers have released their shares. They are dropped with the registry, of which the
/// worker may hold the last reference for a moment after the shutdown.
fn into_sole_owner(mut counts: Arc<Counts>) -> Counts {
    let end = Instant::now() + LONG;
    loop {
        counts = match Arc::try_unwrap(counts) {
            Ok(counts) => return counts,
            Err(shared) => shared,
        };
        assert!(
            Instant::now() < end,
            "the handlers were not dropped with their registry"
        );
        thread::yield_now();
    }
}

fn produce(registry: &Registry, counts: &Counts, done: &AtomicBool, seed: u64) {
    let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    while !done.load(Ordering::Relaxed) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let (choice, number) = (random >> 60, random >> 32 & 0xff_ffff);
        let count = |kind, put: &dyn Fn() -> bool| enqueue(counts, kind, number, put);
        let accepted = match choice {
            0..=5 => count(HandlerKind::Succeeds, &|| {
                registry.enqueue(Succeeding(number)).is_ok()
            }),
            6..=8 => count(HandlerKind::Fails, &|| {
                registry.enqueue(Failing(number)).is_ok()
            }),
            9 => count(HandlerKind::Panics, &|| {
                registry.enqueue(Panicking(number)).is_ok()
            }),
            10..=12 => count(HandlerKind::EnqueuesMore, &|| {
                registry.enqueue(More(number)).is_ok()
            }),
            13..=14 => count(HandlerKind::Sleeps, &|| {
                registry.enqueue(Sleepy(number)).is_ok()
            }),
            _ => emit(registry, counts, number),
        };
        if !accepted {
            thread::yield_now();
        }
    }
}

/// Emits an event with an async and a deferred handler: its copy is enqueued. If the queue is full, the
/// async handler is not called, and the deferred one runs at once.
fn emit(registry: &Registry, counts: &Counts, number: u64) -> bool {
    let emitted = registry.try_emit(Emitted(number));
    counts
        .of(HandlerKind::DeferredAfterEmit)
        .accepted
        .add(number);
    enqueue(counts, HandlerKind::AfterEmit, number, || emitted.is_ok())
}
