//! How the calls of a subscriber that runs later are limited in time, repeated and put off.

use std::time::Duration;

use super::retry::Retry;

/// The policies of a subscriber's calls, as its attribute or its builder sets them.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallPolicies {
    /// How long a call may take.
    pub(crate) timeout: Option<Duration>,
    /// When a failed call is repeated.
    pub(crate) retry: Option<Retry>,
    /// How long no further event must come before the last one is delivered.
    pub(crate) debounce: Option<Duration>,
    /// Whether calls with the same key run one at a time.
    pub(crate) per_key: bool,
}

impl CallPolicies {
    /// No policies.
    pub const NONE: Self = Self {
        timeout: None,
        retry: None,
        debounce: None,
        per_key: false,
    };

    /// A call that takes longer is dropped.
    ///
    /// # Panics
    ///
    /// If the duration is zero or endless.
    #[must_use]
    #[track_caller]
    pub const fn timeout(self, timeout: Duration) -> Self {
        assert!(
            !timeout.is_zero(),
            "with a `timeout` of zero no call could end in time; write a duration such as \
             `Duration::from_secs(5)`, or leave the option out"
        );
        assert!(
            timeout.as_nanos() < Duration::MAX.as_nanos(),
            "the `timeout` is endless; write a duration such as `Duration::from_secs(5)`, or leave the option out"
        );
        Self {
            timeout: Some(timeout),
            ..self
        }
    }

    /// The handler is called with the last event, once no further one has come for that long.
    ///
    /// # Panics
    ///
    /// If the duration is zero or endless.
    #[must_use]
    #[track_caller]
    pub const fn debounce(self, quiet: Duration) -> Self {
        assert!(
            !quiet.is_zero(),
            "a `debounce` of zero waits for nothing; write a duration such as `Duration::from_millis(100)`, or leave \
             the option out"
        );
        assert!(
            quiet.as_nanos() < Duration::MAX.as_nanos(),
            "the `debounce` is endless, so that the subscriber would never run; write a duration such as \
             `Duration::from_millis(100)`"
        );
        Self {
            debounce: Some(quiet),
            ..self
        }
    }

    /// A failed call is repeated.
    #[must_use]
    pub fn retry(self, retry: impl Into<Retry>) -> Self {
        Self {
            retry: Some(retry.into()),
            ..self
        }
    }

    /// Calls with the same key run one at a time.
    #[must_use]
    pub const fn per_key(self) -> Self {
        Self {
            per_key: true,
            ..self
        }
    }

    /// The timeout alone.
    pub(crate) const fn only_timeout(self) -> Self {
        Self {
            timeout: self.timeout,
            ..Self::NONE
        }
    }
}
