//! A case: one way to hand an event to N handlers.

/// `b` of every event that is emitted.
pub const B: u64 = 128;

/// One way to hand an event to N handlers.
///
/// Handler `k` adds `b ^ k` to the event's `a`, or to a sum when it cannot change the event; `b` is
/// above every `k`, so that each handler adds something and the sum tells when one did not run.
#[derive(Clone, Copy)]
pub struct Case {
    pub series: &'static str,
    pub subscribers: u64,
    /// Emits this many times, with `a` from zero up, and gives all the results xored.
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

    /// Panics unless every handler ran.
    ///
    /// # Panics
    ///
    /// When one did not.
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

    /// What the handlers of one emit add.
    fn sum(&self) -> u64 {
        (0..self.subscribers).map(|k| B ^ k).sum()
    }
}

/// What handler `k` makes of the event's `a`.
#[inline(always)]
pub fn step(a: u64, b: u64, k: u64) -> u64 {
    a.wrapping_add(b ^ k)
}

/// Emits so many times, and gives all the results xored.
#[inline(always)]
pub fn repeat(times: u64, mut emit: impl FnMut(u64) -> u64) -> u64 {
    let mut all = 0;
    for a in 0..times {
        all ^= emit(a);
    }
    all
}
