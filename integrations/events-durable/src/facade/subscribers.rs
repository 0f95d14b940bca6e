//! The durable subscribers of a program.

use std::{sync::Arc, time::Duration};

use events_core::{Retry, delivering::DurableSubscriber};

/// The durable subscribers of a program.
pub(crate) struct Subscribers(pub(crate) Vec<Arc<Receiver>>);

/// A durable subscriber, and how often it is tried.
pub(crate) struct Receiver {
    pub(crate) subscriber: DurableSubscriber,
    pub(crate) retry: Retry,
    pub(crate) takes: Takes,
}

/// The transaction that a subscriber takes as a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    Nothing,
    /// A `Tx` of `events-sqlx`.
    Sqlx,
    /// A `Tx` of `events-seaorm`.
    #[cfg(feature = "seaorm")]
    SeaOrm,
}

impl Receiver {
    pub(super) fn new(subscriber: DurableSubscriber, takes: Takes) -> Self {
        let retry = subscriber.info().retry.unwrap_or_else(default_retry);
        Self {
            subscriber,
            retry,
            takes,
        }
    }

    pub(crate) fn id(&self) -> &'static str {
        self.subscriber.id()
    }

    /// After how many attempts a delivery is dead.
    pub(crate) fn most_attempts(&self) -> u32 {
        self.retry.get_max_retries().saturating_add(1)
    }
}

/// The policy of a subscriber that has none: 9 repetitions.
fn default_retry() -> Retry {
    Retry::exponential(Duration::from_secs(1), Duration::from_mins(10)).max_retries(9)
}
