//! Times: the 10th percentile over rounds, each of which runs every case once.
//!
//! A machine that is slower for a while slows all cases alike, and the percentile excludes interrupted
//! rounds.

use std::{
    hint::{black_box, spin_loop},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use dispatch_benches::case::Case;

const ROUNDS: usize = 200;

/// The approximate time that a case runs in each round.
const TIME_PER_ROUND: Duration = Duration::from_micros(400);

/// The name of the case that is measured again while another thread emits the same event.
pub(crate) const TWO_THREADS: &str = "ours/4, another thread emits too";
const ONE_THREAD: &str = "ours/4";

/// Nanoseconds of one emit, by the name of the case.
pub(crate) fn times(cases: &[Case]) -> Vec<(String, f64)> {
    let names = cases.iter().map(Case::name).chain([TWO_THREADS.to_owned()]);
    let mut samples: Vec<_> = names.map(|name| (name, Vec::new())).collect();
    let repeats: Vec<u64> = cases.iter().map(repeats).collect();
    let contended = cases.iter().position(|case| case.name() == ONE_THREAD);
    for _ in 0..ROUNDS {
        for ((case, &repeats), (_, times)) in cases.iter().zip(&repeats).zip(&mut samples) {
            times.push(time(case, repeats));
        }
        if let Some(case) = contended {
            let time = time_with_two_threads(&cases[case], repeats[case]);
            samples[cases.len()].1.push(time);
        }
    }
    let percentile = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 10).copied().unwrap_or(f64::NAN)
    };
    samples
        .into_iter()
        .map(|(name, times)| (name, percentile(times)))
        .collect()
}

fn time(case: &Case, times: u64) -> f64 {
    let start = Instant::now();
    black_box((case.run)(black_box(times)));
    start.elapsed().as_secs_f64() * 1e9 / times as f64
}

/// The same as [`time`], while a second thread runs the same case.
fn time_with_two_threads(case: &Case, times: u64) -> f64 {
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

/// The number of emits that take [`TIME_PER_ROUND`].
fn repeats(case: &Case) -> u64 {
    let mut times = 64;
    while time(case, times) * times as f64 * 2.0 < TIME_PER_ROUND.as_secs_f64() * 1e9 {
        times *= 2;
    }
    times
}
