//! Why an event does not wait in the queue.

use std::{error::Error, fmt};

use crate::primitives::Plural;

/// Why a subscriber that runs later did not get its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Undelivered {
    /// The queue was full.
    QueueFull {
        /// How many events wait in it at most.
        capacity: usize,
    },
    /// The queue was shut down.
    ShutDown,
    /// The event's `Clone` panicked, so that there was no copy for the queue.
    NotCopied,
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::QueueFull { capacity } => write!(
                f,
                "the queue is full, with {}; flush it more often, have a worker empty it, or give it \
                 more with set_capacity",
                Plural(*capacity, "event")
            ),
            Self::ShutDown => f.write_str("the queue is shut down"),
            Self::NotCopied => f.write_str("the event could not be copied: its Clone panicked"),
        }
    }
}

impl Error for Undelivered {}

/// An event that was not taken by the queue, because it is full or shut down; the event is still
/// here.
///
/// Neither `Display` nor `Debug` shows anything of the event.
pub struct QueueFull<E> {
    event: E,
    topic: &'static str,
    why: Undelivered,
}

impl<E> QueueFull<E> {
    pub(crate) fn new(event: E, topic: &'static str, why: Undelivered) -> Self {
        Self { event, topic, why }
    }

    /// The event.
    #[must_use]
    pub fn event(&self) -> &E {
        &self.event
    }

    /// The event.
    #[must_use]
    pub fn into_event(self) -> E {
        self.event
    }

    /// Whether the queue is full, or shut down.
    #[must_use]
    pub fn why(&self) -> Undelivered {
        self.why
    }
}

impl<E> fmt::Display for QueueFull<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { topic, why, .. } = self;
        write!(f, "`{topic}` was not enqueued: {why}")
    }
}

impl<E> fmt::Debug for QueueFull<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueueFull")
            .field("topic", &self.topic)
            .field("why", &self.why)
            .finish_non_exhaustive()
    }
}

impl<E> Error for QueueFull<E> {}
