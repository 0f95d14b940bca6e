//! One queue's life: producers, a worker, and a shutdown under the load.

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
    handlers::{Counted, Emitted, Failing, More, Panicking, Sleepy, enqueue, hand_back, subscribe},
    tally::{Tally, Who},
};

const PRODUCERS: u64 = 4;

/// How many events the worker runs at a time.
const CONCURRENCY: usize = 4;

/// Few enough for the queue to be full at times.
const CAPACITY: usize = 256;

/// The deadlines of the shutdowns, one round after the other; some are too short.
const DEADLINES: [Duration; 4] = [
    Duration::from_secs(10),
    Duration::ZERO,
    Duration::from_millis(1),
    Duration::from_millis(3),
];

/// Long enough for everything that is under way.
const LONG: Duration = Duration::from_secs(30);

/// Runs it, and tells what became of the events.
pub(crate) fn round(runtime: &Runtime, number: usize, time: Duration) -> Tally {
    let (registry, tally) = (Registry::new(), Arc::new(Tally::default()));
    let queue = registry.queue();
    queue.set_capacity(CAPACITY);
    subscribe(&registry, &tally);
    {
        let _inside = runtime.enter();
        queue.spawn_tokio(CONCURRENCY).detach();
    }
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for producer in 0..PRODUCERS {
            let (registry, tally, done) = (&registry, &*tally, &done);
            let seed = number as u64 * PRODUCERS + producer + 1;
            scope.spawn(move || produce(registry, tally, done, seed));
        }
        thread::sleep(time);
        let deadline = DEADLINES[number % DEADLINES.len()];
        let unfinished = runtime.block_on(async { queue.shutdown_async(sleep(deadline)).await });
        done.store(true, Ordering::Relaxed);
        for event in unfinished.events {
            hand_back(&tally, event);
        }
    });
    // What the first one met in the middle of a handler.
    let unfinished = runtime.block_on(async { queue.shutdown_async(sleep(LONG)).await });
    assert_eq!(unfinished.running, 0, "a handler did not return");
    for event in unfinished.events {
        hand_back(&tally, event);
    }
    tally.end();
    drop((queue, registry));
    alone(tally)
}

/// What the handlers held, too, until they went with their registry: the worker, whose end the
/// shutdown has seen, lets go of it in the next moment.
fn alone(mut tally: Arc<Tally>) -> Tally {
    let end = Instant::now() + LONG;
    loop {
        tally = match Arc::try_unwrap(tally) {
            Ok(tally) => return tally,
            Err(shared) => shared,
        };
        assert!(Instant::now() < end, "the handlers outlive their registry");
        thread::yield_now();
    }
}

fn produce(registry: &Registry, tally: &Tally, done: &AtomicBool, seed: u64) {
    let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    while !done.load(Ordering::Relaxed) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let (kind, number) = (random >> 60, random >> 32 & 0xff_ffff);
        let put = |who, take: &dyn Fn() -> bool| enqueue(tally, who, number, take);
        let taken = match kind {
            0..=5 => put(Who::Counts, &|| registry.enqueue(Counted(number)).is_ok()),
            6..=8 => put(Who::Fails, &|| registry.enqueue(Failing(number)).is_ok()),
            9 => put(Who::Panics, &|| registry.enqueue(Panicking(number)).is_ok()),
            10..=12 => put(Who::EnqueuesMore, &|| {
                registry.enqueue(More(number)).is_ok()
            }),
            13..=14 => put(Who::Sleeps, &|| registry.enqueue(Sleepy(number)).is_ok()),
            _ => emit(registry, tally, number),
        };
        if !taken {
            thread::yield_now();
        }
    }
}

/// Emits: the copy goes to the queue. If that is full, the async handler is not reached, and the
/// deferred one runs at once.
fn emit(registry: &Registry, tally: &Tally, number: u64) -> bool {
    let emitted = registry.try_emit(Emitted(number));
    tally.of(Who::DeferredAfterEmit).accepted.add(number);
    enqueue(tally, Who::AfterEmit, number, || emitted.is_ok())
}
