//! When an event is to be enqueued.

use std::time::{Duration, SystemTime};

/// When an event is to be enqueued.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum When {
    /// So long after the call.
    After(Duration),
    /// At a time of the system's clock.
    At(SystemTime),
}
