//! The resident memory of the process, sampled throughout the run.

use std::{
    fmt, fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// The interval of the samples.
const INTERVAL: Duration = Duration::from_millis(50);

/// The permitted growth in the second half, in megabytes, of a straight line fitted to its samples. It is
/// not zero, because the allocator keeps freed memory, and fragments.
const TOLERANCE: f64 = 2.0;

/// Samples the memory of this process in a thread of its own.
pub(crate) struct Resident {
    done: Arc<AtomicBool>,
    sampler: JoinHandle<Vec<f64>>,
}

/// The growth in the second half, and the final memory, in megabytes.
pub(crate) struct Growth {
    by: f64,
    end: f64,
}

impl Resident {
    pub(crate) fn start() -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&done);
        let sampler = thread::spawn(move || {
            let mut samples = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                samples.extend(megabytes());
                thread::sleep(INTERVAL);
            }
            samples
        });
        Self { done, sampler }
    }

    /// Stops the sampling, and evaluates the samples.
    pub(crate) fn growth(self) -> Growth {
        self.done.store(true, Ordering::Relaxed);
        let samples = self.sampler.join().unwrap_or_default();
        let half = &samples[samples.len() / 2..];
        Growth {
            by: slope(half) * half.len() as f64,
            end: half.last().copied().unwrap_or(f64::NAN),
        }
    }
}

/// Resident memory in megabytes; `None` where the system does not report it.
fn megabytes() -> Option<f64> {
    let statm = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: f64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4096.0 / 1e6)
}

/// The slope, per sample, of the straight line with the least squared error.
fn slope(samples: &[f64]) -> f64 {
    let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / samples.len() as f64;
    let at = |index: usize| index as f64 - (samples.len() as f64 - 1.0) / 2.0;
    let positions = || (0..samples.len()).map(at);
    let covariance = mean(
        &mut positions()
            .zip(samples)
            .map(|(position, sample)| position * sample),
    );
    let variance = mean(&mut positions().map(|position| position * position));
    if variance > 0.0 {
        covariance / variance
    } else {
        0.0
    }
}

impl Growth {
    /// Whether the growth is within the tolerance; true where the system reports no memory.
    pub(crate) fn is_flat(&self) -> bool {
        self.end.is_nan() || self.by <= TOLERANCE
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { by, end } = self;
        let verdict = if self.is_flat() { "flat" } else { "GROWS" };
        write!(
            f,
            "memory: {end:.1} MB, {by:+.2} MB in the second half, {TOLERANCE} MB allowed: {verdict}"
        )
    }
}
