//! The error of a call that took longer than its timeout.

use std::{error::Error, fmt, time::Duration};

/// A call of a subscriber that took longer than its option `timeout` allows: its future was dropped.
///
/// A timeout takes effect where the future awaits something. One that blocks its thread cannot be dropped, and ends
/// later.
///
/// `Display` names the remedy.
///
/// ```
/// use std::{future::pending, time::Duration};
/// use events_core::{Event, Registry, failures::Cause, subscriber, subscribers};
///
/// #[derive(Event, Clone)]
/// struct OrderPaid;
///
/// #[subscriber(timeout = Duration::from_millis(5))]
/// async fn confirm(_: &OrderPaid) {
///     pending::<()>().await // the mail server does not answer
/// }
///
/// let registry = Registry::with(subscribers![confirm]);
/// let error = smol::block_on(registry.try_emit_async(OrderPaid)).unwrap_err();
/// let Cause::TimedOut(why) = error.failures()[0].cause() else { panic!("it takes too long") };
/// assert_eq!(why.after(), Duration::from_millis(5));
/// assert_eq!(
///     why.to_string(),
///     "it took longer than 5ms, its `timeout`; raise that, or let the subscriber end earlier",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedOut {
    pub(crate) after: Duration,
}

impl TimedOut {
    /// The timeout.
    #[must_use]
    pub fn after(&self) -> Duration {
        self.after
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "it took longer than {:?}, its `timeout`; raise that, or let the subscriber end earlier",
            self.after
        )
    }
}

impl Error for TimedOut {}
