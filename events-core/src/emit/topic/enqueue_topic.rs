//! Enqueueing an event by its topic.

use std::panic::Location;

use crate::{
    event::{Args, TopicEvent},
    metadata::IntoKey,
    registry::Registry,
    result::QueueFull,
};

impl Registry {
    /// Puts a named event into this registry's queue, and returns at once. The pattern subscribers that match
    /// the topic when the event is run receive it, as those of an [`enqueue`](Self::enqueue)d event do: sync ones in
    /// order, then async and deferred ones concurrently.
    ///
    /// ```
    /// use events_core::{AnyEvent, Registry, args};
    ///
    /// let registry = Registry::new();
    /// let _mail = registry.on_topic("user::.*", |event: &dyn AnyEvent| {
    ///     assert_eq!(event.get::<u64>("user"), Ok(7));
    /// })?;
    /// registry.enqueue_topic("user::logged_in", args! { user: 7_u32 })?;
    /// assert_eq!(registry.queue().flush().ran(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the queue is full or shut down; the arguments are in the error.
    #[track_caller]
    pub fn enqueue_topic(&self, topic: impl AsRef<str>, args: Args) -> Result<(), QueueFull<Args>> {
        let event = TopicEvent::new(topic.as_ref(), args);
        let queued = self.core().enqueue(event, None, Location::caller());
        queued.map_err(|refused| refused.map(|event| event.args))
    }

    /// [`enqueue_topic`](Self::enqueue_topic) with an origin.
    ///
    /// # Errors
    ///
    /// As `enqueue_topic`.
    #[track_caller]
    pub fn enqueue_topic_from<M>(
        &self,
        topic: impl AsRef<str>,
        args: Args,
        origin: impl IntoKey<M>,
    ) -> Result<(), QueueFull<Args>> {
        let event = TopicEvent::new(topic.as_ref(), args);
        let origin = Some(origin.into_key().into());
        let queued = self.core().enqueue(event, origin, Location::caller());
        queued.map_err(|refused| refused.map(|event| event.args))
    }
}
