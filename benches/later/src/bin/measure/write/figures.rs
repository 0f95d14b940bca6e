//! All measured figures.

use std::{collections::HashMap, time::Duration};

use bench_report::times::Times;

pub(super) struct Figures {
    /// Nanoseconds of one emit, or of one event.
    pub(super) times: Times,
    /// The output of the program `memory`, by the name of the figure.
    pub(super) memory: HashMap<String, f64>,
    /// The time of an emit with three handlers that sleep.
    pub(super) sleep: Duration,
}

impl Figures {
    /// A figure of the program `memory`; not a number when it is missing.
    pub(super) fn memory(&self, name: &str) -> f64 {
        self.memory.get(name).copied().unwrap_or(f64::NAN)
    }
}
