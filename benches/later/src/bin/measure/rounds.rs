//! Times: rounds, each of which runs every case once.
//!
//! A machine that is slower for a while slows all cases alike. A case of one thread is measured by its
//! 10th percentile, which excludes interrupted rounds; a case of two threads by the median, since their
//! contention is part of the cost.

use std::{collections::HashMap, hint::black_box};

use later_benches::case::{Case, Threads};

const ROUNDS: usize = 200;

/// The approximate time, in nanoseconds, that a case of one thread runs in each round.
const TIME_PER_ROUND: f64 = 400e3;

/// The number of events in each round of a case of two threads. It is fixed, because the time of one run
/// does not predict that of the next.
const TWO_THREAD_EVENTS: u64 = 20_000;

/// Nanoseconds of one emit, or of one event, by the name of the case.
pub(crate) fn times(cases: &[Case]) -> HashMap<String, f64> {
    let repeats: Vec<u64> = cases.iter().map(repeats).collect();
    let mut samples = vec![Vec::new(); cases.len()];
    for _ in 0..ROUNDS {
        for ((case, &repeats), times) in cases.iter().zip(&repeats).zip(&mut samples) {
            times.push(time(case, repeats));
        }
    }
    let names = cases.iter().zip(samples);
    names
        .map(|(case, mut times)| {
            times.sort_by(f64::total_cmp);
            let index = match case.threads {
                Threads::One => times.len() / 10,
                Threads::Two => times.len() / 2,
            };
            (case.name(), times[index])
        })
        .collect()
}

fn time(case: &Case, times: u64) -> f64 {
    let time = (case.run)(black_box(times));
    time.as_secs_f64() * 1e9 / times as f64
}

/// The number of emits or events of a case in each round.
fn repeats(case: &Case) -> u64 {
    if case.threads == Threads::Two {
        return TWO_THREAD_EVENTS;
    }
    let mut times = 64;
    while time(case, times) * times as f64 * 2.0 < TIME_PER_ROUND {
        times *= 2;
    }
    times
}
