//! What scans cost each subscriber, in a program of few and in one of many: see `scan/`.

use std::{env, path::Path, process::Command};

use super::Result;

/// Runs of each program; the fastest counts.
const RUNS: usize = 7;

/// Nanoseconds of a scan, divided by the number of its subscribers.
pub(super) struct PerSubscriber {
    /// With 100 subscribers.
    pub(super) few: Scans,
    /// With 10,000 subscribers.
    pub(super) many: Scans,
}

pub(super) struct Scans {
    /// The first in a process.
    pub(super) first: f64,
    /// Those after it.
    pub(super) later: f64,
}

pub(super) fn per_subscriber(manifest: &Path) -> Result<PerSubscriber> {
    let mut fastest = PerSubscriber {
        few: Scans::NONE,
        many: Scans::NONE,
    };
    for _ in 0..RUNS {
        fastest.few = fastest.few.min(&run(manifest, "few")?);
        fastest.many = fastest.many.min(&run(manifest, "many")?);
    }
    Ok(fastest)
}

fn run(manifest: &Path, program: &str) -> Result<Scans> {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["run", "--quiet", "--locked", "--release", "--manifest-path"])
        .arg(manifest)
        .args(["--bin", program])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let told = String::from_utf8(output.stdout)?;
    let (first, later) = told.trim().split_once(' ').ok_or("a scan told nothing")?;
    Ok(Scans {
        first: first.parse()?,
        later: later.parse()?,
    })
}

impl Scans {
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
