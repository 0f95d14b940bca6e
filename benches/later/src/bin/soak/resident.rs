//! The memory of the process, watched all along.

use std::{
    fmt, fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// How often it is looked at.
const EVERY: Duration = Duration::from_millis(50);

/// By how much the second half may grow, along a straight line through its samples: the allocator
/// keeps what it may need again, and not always in the same places.
const TOLERANCE: f64 = 2.0;

/// Watches the memory of this process.
pub(crate) struct Resident {
    done: Arc<AtomicBool>,
    watch: JoinHandle<Vec<f64>>,
}

/// By how many megabytes the memory grew in the second half, and how much it was in the end.
pub(crate) struct Growth {
    by: f64,
    end: f64,
}

impl Resident {
    pub(crate) fn watch() -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&done);
        let watch = thread::spawn(move || {
            let mut samples = Vec::new();
            while !until.load(Ordering::Relaxed) {
                samples.extend(megabytes());
                thread::sleep(EVERY);
            }
            samples
        });
        Self { done, watch }
    }

    /// Ends it.
    pub(crate) fn growth(self) -> Growth {
        self.done.store(true, Ordering::Relaxed);
        let samples = self.watch.join().unwrap_or_default();
        let half = &samples[samples.len() / 2..];
        Growth {
            by: slope(half) * half.len() as f64,
            end: half.last().copied().unwrap_or(f64::NAN),
        }
    }
}

/// Resident memory; `None` where the system does not tell.
fn megabytes() -> Option<f64> {
    let statm = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: f64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4096.0 / 1e6)
}

/// Of the straight line that fits best, by sample.
fn slope(samples: &[f64]) -> f64 {
    let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / samples.len() as f64;
    let at = |index: usize| index as f64 - (samples.len() as f64 - 1.0) / 2.0;
    let places = || (0..samples.len()).map(at);
    let along = mean(&mut places().zip(samples).map(|(place, sample)| place * sample));
    let square = mean(&mut places().map(|place| place * place));
    if square > 0.0 { along / square } else { 0.0 }
}

impl Growth {
    /// Whether it did not grow; nothing is known where the system does not tell.
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
            "memory: {end:.1} MB, {by:+.2} MB in the second half, {TOLERANCE} MB may be: {verdict}"
        )
    }
}
