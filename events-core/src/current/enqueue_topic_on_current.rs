//! Enqueueing named events on the current registry, at once or later.

use std::time::{Duration, SystemTime};

use super::scope::registry;
use crate::{emit::Scheduled, event::Args, metadata::IntoKey, result::QueueFull};

/// Puts a named event into the queue of the current registry, and returns at once; see
/// [`Registry::enqueue_topic`](crate::Registry::enqueue_topic).
///
/// ```
/// use events_core::{AnyEvent, Registry, args, enqueue_topic};
///
/// let registry = Registry::new();
/// registry.on_topic("user::.*", |event: &dyn AnyEvent| event.get::<u64>("user").map(drop))?.detach();
///
/// let _scope = registry.enter();
/// enqueue_topic("user::logged_in", args! { user: 7_u32 })?;
/// let flushed = registry.queue().flush();
/// assert_eq!((flushed.ran(), flushed.failures()), (1, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When the queue is full or shut down; the arguments are in the error.
#[track_caller]
pub fn enqueue_topic(topic: impl AsRef<str>, args: Args) -> Result<(), QueueFull<Args>> {
    registry().enqueue_topic(topic, args)
}

/// [`enqueue_topic`] with an origin: a function, `Origin::of::<Type>()`, or text.
///
/// ```
/// use events_core::{AnyEvent, Emission, Registry, args, enqueue_topic_from};
///
/// let registry = Registry::new();
/// let desk = |_: &dyn AnyEvent, emission: &Emission| {
///     assert_eq!(emission.origin().map(|origin| origin.as_str()), Some("desk"));
/// };
/// registry.on_topic("user::.*", desk)?.detach();
///
/// let _scope = registry.enter();
/// enqueue_topic_from("user::logged_in", args! { user: 7_u32 }, "desk")?;
/// assert_eq!(registry.queue().flush().ran(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// As [`enqueue_topic`].
#[track_caller]
pub fn enqueue_topic_from<M>(
    topic: impl AsRef<str>,
    args: Args,
    origin: impl IntoKey<M>,
) -> Result<(), QueueFull<Args>> {
    registry().enqueue_topic_from(topic, args, origin)
}

/// Puts a named event into the queue of the current registry when that time has passed; see
/// [`Event::enqueue_after`](crate::Event::enqueue_after).
///
/// ```
/// use std::time::Duration;
/// use events_core::{Registry, args, enqueue_topic_after};
///
/// let registry = Registry::new();
/// let _scope = registry.enter();
/// let reminder = enqueue_topic_after("user::idle", args! { user: 7_u32 }, Duration::from_secs(900))?;
/// assert_eq!(registry.queue().scheduled(), 1);
///
/// // The user is active again:
/// let args = reminder.cancel().expect("it is not due yet");
/// assert_eq!(args.get::<u32>("user"), Ok(7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When as many events are scheduled as [`set_schedule_capacity`](crate::Queue::set_schedule_capacity) allows, or when the
/// queue is shut down; the arguments are in the error.
#[track_caller]
pub fn enqueue_topic_after(
    topic: impl AsRef<str>,
    args: Args,
    delay: Duration,
) -> Result<Scheduled<Args>, QueueFull<Args>> {
    registry().enqueue_topic_after(topic, args, delay)
}

/// [`enqueue_topic_after`] with an origin: a function, `Origin::of::<Type>()`, or text.
///
/// ```
/// use std::time::Duration;
/// use events_core::{AnyEvent, Emission, Registry, args, enqueue_topic_after_from};
///
/// let registry = Registry::new();
/// let desk = |_: &dyn AnyEvent, emission: &Emission| {
///     assert_eq!(emission.origin().map(|origin| origin.as_str()), Some("desk"));
/// };
/// registry.on_topic("user::.*", desk)?.detach();
///
/// let _scope = registry.enter();
/// enqueue_topic_after_from("user::idle", args! { user: 7_u32 }, Duration::ZERO, "desk")?;
/// assert_eq!(registry.queue().flush().ran(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// As [`enqueue_topic_after`].
#[track_caller]
pub fn enqueue_topic_after_from<M>(
    topic: impl AsRef<str>,
    args: Args,
    delay: Duration,
    origin: impl IntoKey<M>,
) -> Result<Scheduled<Args>, QueueFull<Args>> {
    registry().enqueue_topic_after_from(topic, args, delay, origin)
}

/// Puts a named event into the queue of the current registry at that time of the system's clock; see
/// [`Event::enqueue_at`](crate::Event::enqueue_at).
///
/// ```
/// use std::time::SystemTime;
/// use events_core::{AnyEvent, Registry, args, enqueue_topic_at};
///
/// let registry = Registry::new();
/// registry.on_topic("invoice::.*", |event: &dyn AnyEvent| event.get::<u32>("number").map(drop))?.detach();
///
/// let _scope = registry.enter();
/// enqueue_topic_at("invoice::due", args! { number: 12_u32 }, SystemTime::now())?;
/// let flushed = registry.queue().flush(); // a time that has passed is now
/// assert_eq!((flushed.ran(), flushed.failures()), (1, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// As [`enqueue_topic_after`].
#[track_caller]
pub fn enqueue_topic_at(
    topic: impl AsRef<str>,
    args: Args,
    time: SystemTime,
) -> Result<Scheduled<Args>, QueueFull<Args>> {
    registry().enqueue_topic_at(topic, args, time)
}

/// [`enqueue_topic_at`] with an origin: a function, `Origin::of::<Type>()`, or text.
///
/// ```
/// use std::time::SystemTime;
/// use events_core::{AnyEvent, Emission, Registry, args, enqueue_topic_at_from};
///
/// let registry = Registry::new();
/// let ledger = |_: &dyn AnyEvent, emission: &Emission| {
///     assert_eq!(emission.origin().map(|origin| origin.as_str()), Some("ledger"));
/// };
/// registry.on_topic("invoice::.*", ledger)?.detach();
///
/// let _scope = registry.enter();
/// enqueue_topic_at_from("invoice::due", args! { number: 12_u32 }, SystemTime::now(), "ledger")?;
/// assert_eq!(registry.queue().flush().ran(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// As [`enqueue_topic_after`].
#[track_caller]
pub fn enqueue_topic_at_from<M>(
    topic: impl AsRef<str>,
    args: Args,
    time: SystemTime,
    origin: impl IntoKey<M>,
) -> Result<Scheduled<Args>, QueueFull<Args>> {
    registry().enqueue_topic_at_from(topic, args, time, origin)
}
