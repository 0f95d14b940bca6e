//! The cost of a scan for each subscriber, in a program with 100 and in one with 10,000: see `scan/`.

use std::path::Path;

use bench_report::{Result, program};

/// The number of runs of each program; the fastest one counts.
const RUNS: usize = 7;

/// The cost of scans in both programs.
pub(super) struct ScanTimes {
    /// With 100 subscribers.
    pub(super) few: PerSubscriber,
    /// With 10,000 subscribers.
    pub(super) many: PerSubscriber,
}

/// Nanoseconds of a scan, divided by the number of subscribers.
pub(super) struct PerSubscriber {
    /// Of the first scan in a process.
    pub(super) first: f64,
    /// Of the scans after it, the 10th percentile.
    pub(super) later: f64,
}

pub(super) fn measure(manifest: &Path) -> Result<ScanTimes> {
    let mut fastest = ScanTimes {
        few: PerSubscriber::NONE,
        many: PerSubscriber::NONE,
    };
    for _ in 0..RUNS {
        fastest.few = fastest.few.min(&run(manifest, "few")?);
        fastest.many = fastest.many.min(&run(manifest, "many")?);
    }
    Ok(fastest)
}

fn run(manifest: &Path, binary: &str) -> Result<PerSubscriber> {
    let output = program::output(manifest, binary)?;
    let (first, later) = output
        .trim()
        .split_once(' ')
        .ok_or("the scan program printed no two figures")?;
    Ok(PerSubscriber {
        first: first.parse()?,
        later: later.parse()?,
    })
}

impl PerSubscriber {
    const NONE: Self = Self {
        first: f64::INFINITY,
        later: f64::INFINITY,
    };

    fn min(&self, other: &Self) -> Self {
        Self {
            first: self.first.min(other.first),
            later: self.later.min(other.later),
        }
    }
}
