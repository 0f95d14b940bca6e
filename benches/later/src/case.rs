//! A case: one way to run background handlers.

use std::time::{Duration, Instant};

use crate::sum;

/// Handler `k` adds `B ^ k` to the sum. `B` is greater than every `k`, so each handler adds more than
/// zero, and the sum is wrong when one did not run.
pub const B: u64 = 128;

/// One way to run background handlers.
#[derive(Clone, Copy)]
pub struct Case {
    /// The way, and the crate.
    pub series: &'static str,
    /// The number of handlers, or the bytes of the event.
    pub size: u64,
    /// The threads that take part.
    pub threads: Threads,
    /// The number of handlers of an event.
    handlers: u64,
    /// Passes this many events to their handlers, and returns the time it took.
    pub run: fn(u64) -> Duration,
}

/// The number of threads of a case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Threads {
    One,
    Two,
}

impl Case {
    /// Handlers of an event of 16 bytes, awaited by the emit.
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

    /// One handler of an event of this size, passed through a queue.
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

    /// Checks that every handler runs.
    ///
    /// # Panics
    ///
    /// When one does not.
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

/// The time of a call.
#[inline(always)]
pub(crate) fn time(call: impl FnOnce()) -> Duration {
    let start = Instant::now();
    call();
    start.elapsed()
}
