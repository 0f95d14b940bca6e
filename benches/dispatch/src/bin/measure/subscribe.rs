//! Subscribing at run time: a batch beside nobody, and one subscription beside many others.

use std::{hint::black_box, time::Instant};

use events_core::{Event, Registry, Subscription};

/// How many are in the batch, and beside the one.
const MANY: u64 = 1_000;
const ROUNDS: usize = 50;

#[derive(Event)]
struct Heard(u64);

/// Nanoseconds, the 10th percentile over rounds; each ends with the first emit, which has to reach
/// every handler.
pub(crate) struct Subscribing {
    /// A batch of a thousand, to an event that nobody listens to.
    pub(crate) batch: f64,
    /// One subscription, to an event that a thousand others listen to.
    pub(crate) one: f64,
}

pub(crate) fn measure() -> Subscribing {
    let beside = Registry::new();
    let _others = batch(&beside);
    Subscribing {
        batch: low(|| {
            let registry = Registry::new();
            let start = Instant::now();
            let batch = batch(&registry);
            (start, registry.emit(Heard(0)).0 == MANY, batch)
        }),
        one: low(|| {
            let start = Instant::now();
            let one = beside.on(|event: &mut Heard| event.0 += 1);
            (start, beside.emit(Heard(0)).0 == MANY + 1, one)
        }),
    }
}

fn batch(registry: &Registry) -> Subscription {
    let mut batch = registry.batch();
    for _ in 0..MANY {
        batch.on(|event: &mut Heard| event.0 += 1);
    }
    batch.register().expect("no options clash")
}

fn low(mut subscribe: impl FnMut() -> (Instant, bool, Subscription)) -> f64 {
    let mut times: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let (start, all_ran, subscription) = subscribe();
            let time = start.elapsed().as_secs_f64() * 1e9;
            assert!(all_ran, "some handler did not run");
            drop(black_box(subscription));
            time
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 10]
}
