//! The settings of workers.

use std::time::Duration;

/// The settings of workers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) concurrency: usize,
    pub(super) poll_interval: Duration,
    pub(super) lease: Duration,
    pub(super) claim_size: u32,
}
