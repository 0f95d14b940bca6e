//! A future for the next event whose topic matches a pattern, and a stream of all of them.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;

use super::{
    buffer::{EventBuffer, Lagged, TopicCondition},
    contents::Keep,
    next_buffer::NextBuffer,
    stream::DEFAULT_CAPACITY,
};
use crate::{
    event::{AnyEvent, EventCopy},
    metadata::{IntoKey, IntoPattern, Key, PatternError},
    registry::Registry,
};

/// A future for the next event whose topic matches a pattern; made by [`Registry::next_topic`].
///
/// Its output is a copy of the event, or `None` when the registry is dropped before there was one. As
/// [`Next`](super::Next), which is for events of one type, it is subscribed from the call of `next_topic` on, until it has
/// returned an event or is dropped, and its options apply to all events from that call on: until its first poll it keeps
/// the events that they may still select.
///
/// ```
/// use events_core::{Registry, args};
///
/// # let waits = async {
/// let registry = Registry::new();
/// let failed = registry.next_topic("import::.*")?.when(|event| event.topic().ends_with("failed"));
/// registry.emit_topic("import::started", args! {});
/// registry.emit_topic("import::failed", args! { line: 7 });
///
/// let failed = failed.await.expect("the registry is still there");
/// assert_eq!(failed.arg("line"), Some(&7));
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// # };
/// # smol::block_on(waits).unwrap();
/// ```
#[must_use = "a future does nothing unless awaited"]
pub struct NextTopic {
    buffer: NextBuffer<EventCopy, TopicCondition>,
    pattern: String,
}

/// A stream of all events whose topic matches a pattern; made by [`Registry::stream_topic`].
///
/// Its items are copies of the events. As [`EventStream`](super::EventStream), which is for events of one type, it is
/// subscribed from the call of `stream_topic` on until it is dropped, and a receiver that is so slow that more than
/// [`capacity`](Self::capacity) events wait for it loses the oldest ones: the next item is an error with their number. Its
/// options apply to all events from that call on: until its first poll it keeps up to 1024 events, or its capacity if
/// that is higher. It ends when the registry is dropped. A read that is cancelled loses no event.
///
/// ```
/// use events_core::{Event, Registry, args};
/// use tokio_stream::StreamExt;
///
/// #[derive(Event, Clone)]
/// #[event(topic = "stall::orders::paid")]
/// struct OrderPaid {
///     number: u32,
/// }
///
/// # smol::block_on(async {
/// let registry = Registry::new();
/// let mut events = registry.stream_topic("stall::orders::.*")?;
/// registry.emit(OrderPaid { number: 7 });
/// registry.emit_topic("stall::orders::returned", args! { number: 8_u32 });
/// drop(registry); // ends the stream behind these events
///
/// let mut lines = Vec::new();
/// while let Some(Ok(event)) = events.next().await {
///     lines.push(format!("{} {:?}", event.topic(), event.arg::<u32>("number")));
/// }
/// assert_eq!(lines, ["stall::orders::paid Some(7)", "stall::orders::returned Some(8)"]);
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// # }).unwrap();
/// ```
#[must_use = "a stream does nothing unless polled"]
pub struct TopicStream {
    buffer: EventBuffer<EventCopy, TopicCondition>,
    pattern: String,
}

impl Registry {
    /// The next event whose topic matches a pattern, with the changes of its sync handlers: a copy of the event, or the
    /// arguments of a named event. The pattern is a regular expression that must match the whole topic, or
    /// [`Pattern::exact`](crate::subscribing::Pattern::exact) with one topic. See [`NextTopic`].
    ///
    /// It runs behind all sync handlers, as [`next`](Self::next) does. An event that a handler stops is not received. One
    /// that cannot be copied does not reach it, which is a failure of the emit,
    /// [`Cause::NoCopy`](crate::failures::Cause::NoCopy), as for async and deferred subscribers of a pattern.
    ///
    /// # Errors
    ///
    /// When the pattern is no valid regular expression.
    ///
    /// # Panics
    ///
    /// As [`on`](Self::on).
    #[track_caller]
    pub fn next_topic(&self, pattern: impl IntoPattern) -> Result<NextTopic, PatternError> {
        let pattern = pattern.into_pattern()?;
        let text = pattern.text().to_string();
        let name = Key::of::<NextTopic>();
        let buffer = EventBuffer::of_topics(self, name, pattern, Keep::First);
        Ok(NextTopic {
            buffer: NextBuffer::new(buffer),
            pattern: text,
        })
    }

    /// All events from now on whose topic matches a pattern, with the changes of their sync handlers: copies of the
    /// events, or the arguments of named events. The pattern is a regular expression that must match the whole topic, or
    /// [`Pattern::exact`](crate::subscribing::Pattern::exact) with one topic. See [`TopicStream`].
    ///
    /// It runs behind all sync handlers, as [`stream`](Self::stream) does. An event that a handler stops is not received.
    /// One that cannot be copied does not reach it, which is a failure of the emit,
    /// [`Cause::NoCopy`](crate::failures::Cause::NoCopy), as for async and deferred subscribers of a pattern.
    ///
    /// # Errors
    ///
    /// When the pattern is no valid regular expression.
    ///
    /// # Panics
    ///
    /// As [`on`](Self::on).
    #[track_caller]
    pub fn stream_topic(&self, pattern: impl IntoPattern) -> Result<TopicStream, PatternError> {
        let pattern = pattern.into_pattern()?;
        let text = pattern.text().to_string();
        let name = Key::of::<TopicStream>();
        let keep = Keep::Newest(DEFAULT_CAPACITY);
        Ok(TopicStream {
            buffer: EventBuffer::of_topics(self, name, pattern, keep),
            pattern: text,
        })
    }
}

fn test(when: &TopicCondition, event: &EventCopy) -> bool {
    when(event)
}

impl NextTopic {
    /// Waits for an event for which the condition is true. It is evaluated before the event is copied. A panic in it counts
    /// as a failure of a subscriber.
    ///
    /// # Panics
    ///
    /// When a condition is set already, or when it was polled before: since then it keeps only one event.
    #[track_caller]
    pub fn when(self, when: impl Fn(&dyn AnyEvent) -> bool + Send + Sync + 'static) -> Self {
        self.buffer
            .open("next_topic")
            .set_when(Box::new(when), test);
        self
    }

    /// Waits for an event that is emitted from this origin: a function, `Origin::of::<Type>()`, or a text.
    ///
    /// # Panics
    ///
    /// When an origin is set already, or when it was polled before: since then it keeps only one event.
    #[track_caller]
    pub fn origin<M>(self, origin: impl IntoKey<M>) -> Self {
        self.buffer
            .open("next_topic")
            .set_origin(origin.into_key().into());
        self
    }
}

impl TopicStream {
    /// Receives only events for which the condition is true. It is evaluated before the event is copied. A panic in it
    /// counts as a failure of a subscriber.
    ///
    /// # Panics
    ///
    /// When a condition is set already.
    #[track_caller]
    pub fn when(self, when: impl Fn(&dyn AnyEvent) -> bool + Send + Sync + 'static) -> Self {
        self.buffer.set_when(Box::new(when), test);
        self
    }

    /// Receives only events that are emitted from this origin: a function, `Origin::of::<Type>()`, or a text.
    ///
    /// # Panics
    ///
    /// When an origin is set already.
    #[track_caller]
    pub fn origin<M>(self, origin: impl IntoKey<M>) -> Self {
        self.buffer.set_origin(origin.into_key().into());
        self
    }

    /// How many events are kept for a slow receiver: 64 by default, and at least 1. It applies from the first poll on, as
    /// that of [`EventStream`](super::EventStream::capacity). A later call replaces an earlier one.
    pub fn capacity(self, capacity: usize) -> Self {
        self.buffer.set_capacity(capacity);
        self
    }
}

impl Future for NextTopic {
    type Output = Option<EventCopy>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<EventCopy>> {
        self.buffer.poll(context)
    }
}

impl Stream for TopicStream {
    type Item = Result<EventCopy, Lagged>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.buffer.poll(context)
    }
}

impl fmt::Debug for NextTopic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NextTopic").field(&self.pattern).finish()
    }
}

impl fmt::Debug for TopicStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TopicStream").field(&self.pattern).finish()
    }
}
