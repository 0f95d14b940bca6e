//! The events that are unfinished when a queue is shut down, or that are taken out of it.

use std::{any::Any, fmt, time::SystemTime};

use crate::{
    metadata::{EventInfo, Origin, SubscriberInfo},
    primitives::{CatchDrop, Plural},
    queue::{TopicCounts, UnfinishedJob},
};

/// The events that a shutdown could not finish.
///
/// `Display` shows the topics with their counts, and no data of the events.
///
#[doc = include_str!("../../docs/queue/unfinished.md")]
#[derive(Debug, Default)]
#[must_use = "it holds the unfinished events, which are lost when it is dropped"]
pub struct Unfinished {
    /// The events: first those that were started, then those that were queued, in their order, and then those that were
    /// scheduled, in the order of their due times.
    pub events: Vec<UnfinishedEvent>,
    /// How many workers, flushes and other shutdowns were running a subscriber that did not return, or the
    /// destructor of one.
    pub running: usize,
}

impl Unfinished {
    /// Whether all events were finished.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.running == 0
    }
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { events, running } = self;
        if self.is_empty() {
            return f.write_str("the queue was shut down, and nothing is left");
        }
        let events_left = Plural(events.len(), "event");
        write!(f, "the queue was shut down with {events_left} left")?;
        if *running > 0 {
            let running = Plural(*running, "subscriber");
            write!(f, " and {running} that did not return")?;
        }
        let mut counts = TopicCounts::default();
        events
            .iter()
            .for_each(|event| counts.add(event.0.topic.clone()));
        if !events.is_empty() {
            write!(f, ": {counts}")?;
        }
        Ok(())
    }
}

/// An event that a shutdown could not finish.
///
#[doc = include_str!("../../docs/queue/unfinished_event.md")]
// Boxed: it is also the error of `downcast`.
pub struct UnfinishedEvent(Box<UnfinishedJob>);

impl UnfinishedEvent {
    pub(super) fn new(job: UnfinishedJob) -> Self {
        Self(Box::new(job))
    }

    /// The metadata of its type. All named events have the same, whose topic is a placeholder.
    #[must_use]
    pub fn info(&self) -> &'static EventInfo {
        self.0.info
    }

    /// Its topic.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.0.topic
    }

    /// Where it was emitted from, if an origin was given.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.0.origin.as_ref()
    }

    /// When it was to run, if it was scheduled and not due; on the clock of the system.
    #[must_use]
    pub fn due(&self) -> Option<SystemTime> {
        self.0.due
    }

    /// The number of the call that its subscriber has not finished: 1, or more if a failed call was to be repeated.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.0.attempt
    }

    /// The subscribers that have not finished; `None` if the event was enqueued and none was started.
    #[must_use]
    pub fn unfinished(&self) -> Option<impl ExactSizeIterator<Item = &SubscriberInfo>> {
        let unfinished = self.0.unfinished.as_ref()?;
        Some(unfinished.subscribers.iter().map(AsRef::as_ref))
    }

    /// The event, if it is an `E`. Of a named event these are the arguments,
    /// [`Args`](crate::emitting::Args).
    ///
    /// If handlers still hold references to the [`EventCopy`](crate::EventCopy) of an event, the shutdown clones the event. If that
    /// `Clone` panics, the event is that `EventCopy`.
    ///
    /// # Errors
    ///
    /// `self`, if it is another event.
    pub fn downcast<E: Any>(self) -> Result<E, Self> {
        let mut job = *self.0;
        match job.event.into_inner().downcast() {
            Ok(event) => Ok(*event),
            Err(event) => {
                job.event = CatchDrop::new(event);
                Err(Self::new(job))
            }
        }
    }
}

impl fmt::Debug for UnfinishedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnfinishedEvent")
            .field("topic", &self.topic())
            .field("origin", &self.0.origin)
            .finish_non_exhaustive()
    }
}
