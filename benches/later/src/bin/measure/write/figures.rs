//! All that was measured, by name.

use std::{collections::HashMap, time::Duration};

pub(super) struct Figures {
    /// Nanoseconds of one emit, or of one event.
    pub(super) times: HashMap<String, f64>,
    /// What the program `memory` told.
    pub(super) memory: HashMap<String, f64>,
    /// How long three handlers took that sleep.
    pub(super) slept: Duration,
}

impl Figures {
    /// Nanoseconds of one emit or event in this series, with so many handlers or bytes.
    pub(super) fn at(&self, series: &str, size: u64) -> f64 {
        let time = self.times.get(&format!("{series}/{size}"));
        time.copied().unwrap_or(f64::NAN)
    }

    /// A figure of the program `memory`.
    pub(super) fn memory(&self, name: &str) -> f64 {
        self.memory.get(name).copied().unwrap_or(f64::NAN)
    }
}
