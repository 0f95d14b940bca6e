//! The methods of the registry that enqueue an event later.

use std::{
    panic::Location,
    time::{Duration, SystemTime},
};

use super::{super::context::CallSite, enqueue_later::schedule, scheduled::Scheduled};
use crate::{
    event::{Args, OwnedEvent, TopicEvent},
    metadata::{IntoKey, Origin, When},
    registry::Registry,
    result::QueueFull,
};

impl Registry {
    /// Puts the event into this registry's queue when that time has passed; see
    /// [`Event::enqueue_after`](crate::Event::enqueue_after).
    ///
    /// # Errors
    ///
    /// When as many events are scheduled as [`set_schedule_capacity`](crate::Queue::set_schedule_capacity) allows, or when
    /// the queue is shut down; the event is in the error.
    #[track_caller]
    pub fn enqueue_after<E: OwnedEvent + Send>(
        &self,
        event: E,
        delay: Duration,
    ) -> Result<Scheduled<E>, QueueFull<E>> {
        self.schedule(event, None, When::After(delay), Location::caller())
    }

    /// [`enqueue_after`](Self::enqueue_after) with an origin.
    ///
    /// # Errors
    ///
    /// As `enqueue_after`.
    #[track_caller]
    pub fn enqueue_after_from<E: OwnedEvent + Send, M>(
        &self,
        event: E,
        delay: Duration,
        origin: impl IntoKey<M>,
    ) -> Result<Scheduled<E>, QueueFull<E>> {
        let origin = Some(origin.into_key().into());
        self.schedule(event, origin, When::After(delay), Location::caller())
    }

    /// Puts the event into this registry's queue at that time of the system's clock; see
    /// [`Event::enqueue_at`](crate::Event::enqueue_at).
    ///
    /// # Errors
    ///
    /// As [`enqueue_after`](Self::enqueue_after).
    #[track_caller]
    pub fn enqueue_at<E: OwnedEvent + Send>(
        &self,
        event: E,
        time: SystemTime,
    ) -> Result<Scheduled<E>, QueueFull<E>> {
        self.schedule(event, None, When::At(time), Location::caller())
    }

    /// [`enqueue_at`](Self::enqueue_at) with an origin.
    ///
    /// # Errors
    ///
    /// As [`enqueue_after`](Self::enqueue_after).
    #[track_caller]
    pub fn enqueue_at_from<E: OwnedEvent + Send, M>(
        &self,
        event: E,
        time: SystemTime,
        origin: impl IntoKey<M>,
    ) -> Result<Scheduled<E>, QueueFull<E>> {
        let origin = Some(origin.into_key().into());
        self.schedule(event, origin, When::At(time), Location::caller())
    }

    /// Puts a named event into this registry's queue when that time has passed, as
    /// [`enqueue_after`](Self::enqueue_after) does with an event that has a type.
    ///
    /// ```
    /// use std::time::Duration;
    /// use events_core::{Registry, args};
    ///
    /// let registry = Registry::new();
    /// let args = args! { user: 7_u32 };
    /// let reminder = registry.enqueue_topic_after("user::idle", args, Duration::from_secs(900))?;
    /// assert_eq!(registry.queue().scheduled(), 1);
    ///
    /// let args = reminder.cancel().expect("it is not due yet");
    /// assert_eq!(args.get::<u32>("user"), Ok(7));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As `enqueue_after`; the arguments are in the error.
    #[track_caller]
    pub fn enqueue_topic_after(
        &self,
        topic: impl AsRef<str>,
        args: Args,
        delay: Duration,
    ) -> Result<Scheduled<Args>, QueueFull<Args>> {
        let event = TopicEvent::new(topic.as_ref(), args);
        schedule(self, event, None, When::After(delay), Location::caller())
    }

    /// [`enqueue_topic_after`](Self::enqueue_topic_after) with an origin.
    ///
    /// # Errors
    ///
    /// As `enqueue_topic_after`.
    #[track_caller]
    pub fn enqueue_topic_after_from<M>(
        &self,
        topic: impl AsRef<str>,
        args: Args,
        delay: Duration,
        origin: impl IntoKey<M>,
    ) -> Result<Scheduled<Args>, QueueFull<Args>> {
        let event = TopicEvent::new(topic.as_ref(), args);
        let origin = Some(origin.into_key().into());
        schedule(self, event, origin, When::After(delay), Location::caller())
    }

    /// Puts a named event into this registry's queue at that time of the system's clock, as
    /// [`enqueue_at`](Self::enqueue_at) does with an event that has a type.
    ///
    /// # Errors
    ///
    /// As [`enqueue_topic_after`](Self::enqueue_topic_after).
    #[track_caller]
    pub fn enqueue_topic_at(
        &self,
        topic: impl AsRef<str>,
        args: Args,
        time: SystemTime,
    ) -> Result<Scheduled<Args>, QueueFull<Args>> {
        let event = TopicEvent::new(topic.as_ref(), args);
        schedule(self, event, None, When::At(time), Location::caller())
    }

    /// [`enqueue_topic_at`](Self::enqueue_topic_at) with an origin.
    ///
    /// # Errors
    ///
    /// As [`enqueue_topic_after`](Self::enqueue_topic_after).
    #[track_caller]
    pub fn enqueue_topic_at_from<M>(
        &self,
        topic: impl AsRef<str>,
        args: Args,
        time: SystemTime,
        origin: impl IntoKey<M>,
    ) -> Result<Scheduled<Args>, QueueFull<Args>> {
        let event = TopicEvent::new(topic.as_ref(), args);
        let origin = Some(origin.into_key().into());
        schedule(self, event, origin, When::At(time), Location::caller())
    }

    /// Schedules an event.
    pub(crate) fn schedule<E: OwnedEvent + Send>(
        &self,
        event: E,
        origin: Option<Origin>,
        when: When,
        site: CallSite,
    ) -> Result<Scheduled<E>, QueueFull<E>> {
        schedule(self, event, origin, when, site)
    }
}
