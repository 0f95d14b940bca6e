//! A case: one way to hand events to handlers that run later.

use std::time::{Duration, Instant};

use crate::sum;

/// The number that handler `k` adds is `B ^ k`; it is above every `k`, so that each handler adds
/// something, and the sum tells when one did not run.
pub const B: u64 = 128;

/// One way to hand events to handlers.
#[derive(Clone, Copy)]
pub struct Case {
    pub series: &'static str,
    /// How many handlers, or how large the event is.
    pub size: u64,
    /// Whether two threads are at it.
    pub threads: Threads,
    /// How many handlers an event has.
    handlers: u64,
    /// Hands over this many events, and tells how long it took.
    pub run: fn(u64) -> Duration,
}

/// How many threads a case needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Threads {
    One,
    Two,
}

impl Case {
    /// Some handlers of an event of 16 bytes.
    pub(crate) const fn awaited(
        series: &'static str,
        handlers: u64,
        run: fn(u64) -> Duration,
    ) -> Self {
        Self {
            series,
            size: handlers,
            threads: Threads::One,
            handlers,
            run,
        }
    }

    /// One handler of an event of some size.
    pub(crate) const fn queued(
        series: &'static str,
        size: u64,
        threads: Threads,
        run: fn(u64) -> Duration,
    ) -> Self {
        Self {
            series,
            size,
            threads,
            handlers: 1,
            run,
        }
    }

    pub fn name(&self) -> String {
        format!("{}/{}", self.series, self.size)
    }

    /// Panics unless every handler ran.
    ///
    /// # Panics
    ///
    /// When one did not.
    pub fn check(&self) {
        let one: u64 = (0..self.handlers).map(|k| B ^ k).sum();
        for times in [1, 5, 3_000] {
            sum::reset();
            (self.run)(times);
            let (name, sum) = (self.name(), sum::get());
            assert_eq!(sum, times * one, "{name}: some handler did not run");
        }
    }
}

/// How long it takes.
#[inline(always)]
pub(crate) fn time(what: impl FnOnce()) -> Duration {
    let start = Instant::now();
    what();
    start.elapsed()
}
