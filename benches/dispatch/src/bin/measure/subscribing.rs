//! Subscribing at run time: a batch on an event without subscribers, and one subscription beside many
//! others.

use std::{hint::black_box, time::Instant};

use events_core::{Event, Registry, Subscription};

/// The number of subscribers in the batch, and beside the single one.
const MANY: u64 = 1_000;
const ROUNDS: usize = 50;

#[derive(Event)]
struct Counter(u64);

/// Nanoseconds, the 10th percentile over rounds. Each measurement includes the first emit after the
/// subscription, in which every handler must run.
pub(crate) struct SubscribeTimes {
    /// A batch of a thousand subscribers, on an event without other subscribers.
    pub(crate) batch: f64,
    /// One subscription, on an event with a thousand other subscribers.
    pub(crate) single: f64,
}

pub(crate) fn measure() -> SubscribeTimes {
    let crowded = Registry::new();
    let _others = batch(&crowded);
    SubscribeTimes {
        batch: percentile(|| {
            let registry = Registry::new();
            let start = Instant::now();
            let batch = batch(&registry);
            (start, registry.emit(Counter(0)).0 == MANY, batch)
        }),
        single: percentile(|| {
            let start = Instant::now();
            let single = crowded.on(|event: &mut Counter| event.0 += 1);
            (start, crowded.emit(Counter(0)).0 == MANY + 1, single)
        }),
    }
}

fn batch(registry: &Registry) -> Subscription {
    let mut batch = registry.batch();
    for _ in 0..MANY {
        batch.on(|event: &mut Counter| event.0 += 1);
    }
    batch.register().expect("no conflicting options")
}

fn percentile(mut subscribe: impl FnMut() -> (Instant, bool, Subscription)) -> f64 {
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
