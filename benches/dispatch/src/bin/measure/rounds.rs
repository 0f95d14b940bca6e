//! Times: the 10th percentile over rounds, each of which runs every case once.
//!
//! A machine that is slower for a while is so for all cases, and interrupted rounds fall away.

use std::{
    hint::{black_box, spin_loop},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use dispatch_benches::case::Case;

const ROUNDS: usize = 200;

/// How long a case runs in each round.
const SHARE: Duration = Duration::from_micros(400);

/// Measured a second time while another thread emits the same, under this name.
pub(crate) const TWO_THREADS: &str = "ours/4, another thread emits too";
const ONE_OF_TWO: &str = "ours/4";

/// Nanoseconds of one emit, by the name of the case.
pub(crate) fn times(cases: &[Case]) -> Vec<(String, f64)> {
    let names = cases.iter().map(Case::name).chain([TWO_THREADS.to_owned()]);
    let mut samples: Vec<_> = names.map(|name| (name, Vec::new())).collect();
    let repeats: Vec<u64> = cases.iter().map(repeats).collect();
    let two = cases.iter().position(|case| case.name() == ONE_OF_TWO);
    for _ in 0..ROUNDS {
        for ((case, &repeats), (_, times)) in cases.iter().zip(&repeats).zip(&mut samples) {
            times.push(time(case, repeats));
        }
        if let Some(two) = two {
            samples[cases.len()]
                .1
                .push(beside(&cases[two], repeats[two]));
        }
    }
    let low = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 10).copied().unwrap_or(f64::NAN)
    };
    samples
        .into_iter()
        .map(|(name, times)| (name, low(times)))
        .collect()
}

fn time(case: &Case, times: u64) -> f64 {
    let start = Instant::now();
    black_box((case.run)(black_box(times)));
    start.elapsed().as_secs_f64() * 1e9 / times as f64
}

/// As [`time`], while another thread does the same all along.
fn beside(case: &Case, times: u64) -> f64 {
    let (started, done) = (AtomicBool::new(false), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                black_box((case.run)(1_000));
                started.store(true, Ordering::Relaxed);
            }
        });
        while !started.load(Ordering::Relaxed) {
            spin_loop();
        }
        let time = time(case, times);
        done.store(true, Ordering::Relaxed);
        time
    })
}

/// How often a case runs in its share of a round.
fn repeats(case: &Case) -> u64 {
    let mut times = 64;
    while time(case, times) * times as f64 * 2.0 < SHARE.as_secs_f64() * 1e9 {
        times *= 2;
    }
    times
}
