//! All measured figures.

use std::collections::HashMap;

use bench_report::times::Times;

use super::scan::ScanTimes;
use crate::subscribing::SubscribeTimes;

pub(super) struct Figures {
    /// Nanoseconds of one emit.
    pub(super) times: Times,
    /// Instructions of one emit, by the name of the case.
    pub(super) instructions: HashMap<String, f64>,
    pub(super) scans: ScanTimes,
    pub(super) subscribing: SubscribeTimes,
}
