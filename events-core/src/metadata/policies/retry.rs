//! When the failed call of a subscriber is repeated.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};

/// How often the failed call of a subscriber is repeated, and how long each repetition waits.
///
/// The delay before the first repetition is at most `first`; for each further one this maximum is doubled, up to
/// `longest`. The delay itself is random between zero and that maximum (*full jitter*), so that calls that failed
/// together are not repeated together.
///
/// As the option `retry` of [`#[subscriber]`](macro@crate::subscriber), and as that of a run-time subscription; a plain
/// number stands for [`Retry::times`].
///
/// Guide: [retries](crate::guide::failures#retries).
///
/// ```
/// use std::time::Duration;
/// use events_core::{Event, Registry, Retry, subscriber, subscribers};
///
/// #[derive(Event, Clone)]
/// struct OrderPaid {
///     number: u32,
/// }
///
/// const MAIL_SERVER: Retry =
///     Retry::exponential(Duration::from_millis(50), Duration::from_secs(10)).max_retries(5);
///
/// #[subscriber(deferred, retry = MAIL_SERVER)]
/// fn confirm(order: &OrderPaid) -> Result<(), String> {
///     println!("mail for order {}", order.number);
///     Ok(())
/// }
///
/// let registry = Registry::with(subscribers![confirm]);
/// registry.emit(OrderPaid { number: 7 });
/// assert_eq!(registry.queue().flush().failures(), 0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    first: Duration,
    longest: Duration,
    max_retries: u32,
}

impl Retry {
    /// As many repetitions after the first call, with delays of at most 100 ms, 200 ms, 400 ms and so on, up to 30 s.
    ///
    /// For other delays see [`exponential`](Self::exponential). With 0 the call is not repeated.
    #[must_use]
    pub const fn times(max_retries: u32) -> Self {
        Self {
            first: Duration::from_millis(100),
            longest: Duration::from_secs(30),
            max_retries,
        }
    }

    /// Three repetitions, unless [`max_retries`](Self::max_retries) sets another number, with delays of at most `first`,
    /// `2 * first`, `4 * first` and so on, up to `longest`. With two equal durations all delays have the same maximum. Each
    /// delay is random below its maximum; a fixed one does not exist, since calls that failed together would be repeated
    /// together.
    ///
    /// # Panics
    ///
    /// If `first` is zero, if `longest` is shorter than `first`, and if `longest` is endless: [`Duration::MAX`].
    #[must_use]
    #[track_caller]
    pub const fn exponential(first: Duration, longest: Duration) -> Self {
        assert!(
            !first.is_zero(),
            "with a `first` delay of zero the call would be repeated at once, without end in sight of its cause; write \
             a duration such as `Duration::from_millis(100)`"
        );
        assert!(
            first.as_nanos() <= longest.as_nanos(),
            "the `longest` delay is shorter than the `first` one; swap the two"
        );
        assert!(
            longest.as_nanos() < Duration::MAX.as_nanos(),
            "the `longest` delay is endless, so that the call would never be repeated; write a duration such as \
             `Duration::from_secs(30)`"
        );
        Self {
            first,
            longest,
            max_retries: 3,
        }
    }

    /// The same with another number of repetitions.
    #[must_use]
    pub const fn max_retries(self, max_retries: u32) -> Self {
        Self {
            max_retries,
            ..self
        }
    }

    /// How many repetitions there are at most: the number of calls is one higher.
    #[must_use]
    pub const fn get_max_retries(&self) -> u32 {
        self.max_retries
    }

    /// The longest delay before a repetition; the first one is 1. Each delay is random between zero and this.
    ///
    /// ```
    /// use std::time::Duration;
    /// use events_core::Retry;
    ///
    /// let delays = [1, 2, 3, 9, 10, u32::MAX].map(|retry| Retry::times(10).get_max_delay(retry).as_millis());
    /// assert_eq!(delays, [100, 200, 400, 25_600, 30_000, 30_000]);
    /// ```
    #[must_use]
    pub fn get_max_delay(&self, retry: u32) -> Duration {
        let doubled = 2_u32.checked_pow(retry.saturating_sub(1));
        let delay = doubled.and_then(|factor| self.first.checked_mul(factor));
        delay.map_or(self.longest, |delay| delay.min(self.longest))
    }

    /// A random delay before a repetition; the first one is 1.
    pub(crate) fn delay(&self, retry: u32) -> Duration {
        random_up_to(self.get_max_delay(retry), random())
    }
}

/// As [`Retry::times`].
impl From<u32> for Retry {
    fn from(max_retries: u32) -> Self {
        Self::times(max_retries)
    }
}

/// A part of a duration: zero with `random` 0, all of it with the largest number.
fn random_up_to(longest: Duration, random: u32) -> Duration {
    // Less than 2^94 nanoseconds times less than 2^32.
    let nanos = longest.as_nanos() * u128::from(random) / u128::from(u32::MAX);
    let seconds = u64::try_from(nanos / 1_000_000_000).unwrap_or(u64::MAX);
    let nanos = u32::try_from(nanos % 1_000_000_000).unwrap_or(0);
    Duration::new(seconds, nanos)
}

/// A random number: the hash of nothing with random keys, which differ from call to call. It is no secret, so no
/// dependency is needed for it.
fn random() -> u32 {
    let hash = RandomState::new().build_hasher().finish();
    u32::try_from(hash >> 32).unwrap_or(u32::MAX)
}
