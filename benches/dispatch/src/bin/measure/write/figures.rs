//! All that was measured, by name.

use std::collections::HashMap;

use super::scan::PerSubscriber;
use crate::subscribe::Subscribing;

pub(super) struct Figures {
    /// Nanoseconds of one emit.
    pub(super) times: HashMap<String, f64>,
    /// Instructions of one emit.
    pub(super) instructions: HashMap<String, f64>,
    pub(super) scans: PerSubscriber,
    pub(super) subscribing: Subscribing,
}

impl Figures {
    /// Nanoseconds of one emit in this case.
    pub(super) fn time(&self, case: &str) -> f64 {
        self.times.get(case).copied().unwrap_or(f64::NAN)
    }

    /// Nanoseconds of one emit in this series, with so many subscribers.
    pub(super) fn at(&self, series: &str, subscribers: u64) -> f64 {
        self.time(&format!("{series}/{subscribers}"))
    }

    /// Instructions of one emit in this case.
    pub(super) fn instructions(&self, case: &str) -> Option<f64> {
        self.instructions.get(case).copied()
    }
}
