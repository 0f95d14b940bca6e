//! Times: rounds, each of which runs every case once.
//!
//! A machine that is slower for a while is so for all cases. What one thread does alone counts by its
//! 10th percentile, since interrupted rounds fall away; what two do by the median, since how they get
//! in each other's way belongs to it.

use std::{collections::HashMap, hint::black_box};

use later_benches::case::{Case, Threads};

const ROUNDS: usize = 200;

/// How many nanoseconds a case of one thread runs in each round.
const SHARE: f64 = 400e3;

/// How many events a case of two threads hands over in each round: how long that takes now tells
/// little of the next time.
const HANDED_OVER: u64 = 20_000;

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
            let place = match case.threads {
                Threads::One => times.len() / 10,
                Threads::Two => times.len() / 2,
            };
            (case.name(), times[place])
        })
        .collect()
}

fn time(case: &Case, times: u64) -> f64 {
    let time = (case.run)(black_box(times));
    time.as_secs_f64() * 1e9 / times as f64
}

/// How often a case runs in its share of a round.
fn repeats(case: &Case) -> u64 {
    if case.threads == Threads::Two {
        return HANDED_OVER;
    }
    let mut times = 64;
    while time(case, times) * times as f64 * 2.0 < SHARE {
        times *= 2;
    }
    times
}
