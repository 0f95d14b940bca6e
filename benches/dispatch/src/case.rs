//! A case: one way to dispatch an event to N handlers.

/// The field `b` of every emitted event.
pub const B: u64 = 128;

/// One way to dispatch an event to N handlers.
///
/// Handler `k` adds `b ^ k` to the event's `a`, or to a sum when it cannot change the event. `b` is
/// greater than every `k`, so each handler adds more than zero, and the sum is wrong when one did not run.
#[derive(Clone, Copy)]
pub struct Case {
    /// The kind of dispatch.
    pub series: &'static str,
    pub subscribers: u64,
    /// Emits this many times, with `a` counted up from zero, and returns the XOR of all results.
    pub run: fn(u64) -> u64,
}

impl Case {
    pub const fn new(series: &'static str, subscribers: u64, run: fn(u64) -> u64) -> Self {
        Self {
            series,
            subscribers,
            run,
        }
    }

    pub fn name(&self) -> String {
        format!("{}/{}", self.series, self.subscribers)
    }

    /// Checks that every handler runs.
    ///
    /// # Panics
    ///
    /// When one does not.
    pub fn check(&self) {
        for times in [1, 5] {
            let expected = (0..times).fold(0, |all, a| all ^ (a + self.sum()));
            let result = (self.run)(times);
            assert_eq!(
                result,
                expected,
                "{}: some handler did not run",
                self.name()
            );
        }
    }

    /// The sum that the handlers of one emit add.
    fn sum(&self) -> u64 {
        (0..self.subscribers).map(|k| B ^ k).sum()
    }
}

/// The new value of the event's `a` after handler `k`.
#[inline(always)]
pub fn step(a: u64, b: u64, k: u64) -> u64 {
    a.wrapping_add(b ^ k)
}

/// Emits this many times, and returns the XOR of all results.
#[inline(always)]
pub fn repeat(times: u64, mut emit: impl FnMut(u64) -> u64) -> u64 {
    let mut all = 0;
    for a in 0..times {
        all ^= emit(a);
    }
    all
}
