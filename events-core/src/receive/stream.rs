//! A future for the next event of a type, and a stream of all events of a type.
//!
//! Each owns a buffer that a subscription of its own fills.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;

use super::{
    buffer::{Condition, EventBuffer, Lagged},
    contents::Keep,
    next_buffer::NextBuffer,
};
use crate::{
    event::OwnedEvent,
    metadata::{IntoKey, Key},
    registry::Registry,
};

/// The default capacity of a stream's buffer.
pub(super) const DEFAULT_CAPACITY: usize = 64;

/// A future for the next event of a type; made by [`Registry::next`].
///
/// It is subscribed from the call of `next` on, not from its first poll. It returns `None` when the
/// registry is dropped before an event is emitted. After it has returned an event it is
/// unsubscribed and returns `None`; dropping it unsubscribes, too.
///
/// [`when`](Self::when) and [`origin`](Self::origin) apply to all events from the call of `next` on, no
/// matter when they are set. So until its first poll it keeps the events that these may still select:
/// with a condition the first one of each origin, with both one event, and without a condition all of
/// them. Poll it soon, or set a condition.
///
/// It has no time limit of its own:
///
/// ```
/// use std::time::Duration;
/// use events_core::{Event, Registry};
///
/// #[derive(Event, Clone)]
/// struct Paid {
///     order: u32,
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let registry = Registry::new();
/// let paid = registry.next::<Paid>().when(|paid| paid.order == 7); // before the request is sent
/// registry.emit(Paid { order: 8 });
/// registry.emit(Paid { order: 7 });
///
/// let paid = tokio::time::timeout(Duration::from_secs(5), paid).await?;
/// assert_eq!(paid.map(|paid| paid.order), Some(7));
/// # Ok::<(), tokio::time::error::Elapsed>(())
/// # }).unwrap();
/// ```
#[must_use = "a future does nothing unless awaited"]
pub struct Next<E: OwnedEvent> {
    buffer: NextBuffer<E, Condition<E>>,
}

/// A stream of all events of a type; made by [`Registry::stream`].
///
/// It is subscribed from the call of `stream` on, not from its first poll. When the receiver is so
/// slow that more than [`capacity`](Self::capacity) events wait for it, the oldest ones are
/// dropped, and the next item is an error with their number. It ends when the registry is dropped.
/// Dropping it unsubscribes.
///
/// The options apply to all events from the call of `stream` on, no matter when they are set. So
/// until its first poll it keeps up to 1024 events, or its capacity if that is higher; the first poll
/// drops the oldest ones that exceed the capacity.
///
/// It implements `Stream` of `futures-core`. A read that is cancelled loses no event.
///
/// ```
/// use events_core::{Event, Registry};
/// use tokio_stream::StreamExt;
///
/// #[derive(Event, Clone)]
/// struct Uploaded {
///     bytes: u64,
/// }
///
/// # smol::block_on(async {
/// let registry = Registry::new();
/// let mut large = registry.stream::<Uploaded>().when(|upload| upload.bytes > 1000);
/// for bytes in [10, 5000, 7000] {
///     registry.emit(Uploaded { bytes });
/// }
/// drop(registry); // ends the stream behind these events
///
/// let mut sizes = Vec::new();
/// while let Some(upload) = large.next().await {
///     sizes.push(upload.expect("at most 64 events wait").bytes);
/// }
/// assert_eq!(sizes, [5000, 7000]);
/// # });
/// ```
#[must_use = "a stream does nothing unless polled"]
pub struct EventStream<E: OwnedEvent> {
    buffer: EventBuffer<E, Condition<E>>,
}

impl Registry {
    /// The next event of this type, with the changes of its sync handlers:
    /// `registry.next::<OrderPlaced>()`.
    ///
    /// It runs behind all sync handlers, whatever their priorities are and whenever they were
    /// subscribed. An event that a handler stops is not received.
    ///
    /// ```
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event, Clone)]
    /// struct Uploaded {
    ///     bytes: u64,
    /// }
    ///
    /// # let waits = async {
    /// let registry = Registry::new();
    /// let large = registry.next::<Uploaded>().when(|upload| upload.bytes > 1000);
    ///
    /// registry.emit(Uploaded { bytes: 10 });
    /// registry.emit(Uploaded { bytes: 5000 });
    ///
    /// let upload = large.await.expect("the registry is still there");
    /// assert_eq!(upload.bytes, 5000);
    /// # };
    /// # let mut waits = std::pin::pin!(waits);
    /// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// # assert!(std::future::Future::poll(waits.as_mut(), &mut context).is_ready());
    /// ```
    #[track_caller]
    pub fn next<E>(&self) -> Next<E>
    where
        E: OwnedEvent + Clone + Send + 'static,
    {
        Next {
            buffer: NextBuffer::new(EventBuffer::new(self, Key::of::<Next<E>>(), Keep::First)),
        }
    }

    /// All events of this type from now on, with the changes of their sync handlers.
    ///
    /// It runs behind all sync handlers, whatever their priorities are and whenever they were
    /// subscribed. An event that a handler stops is not received.
    ///
    /// ```
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event, Clone, Debug, PartialEq)]
    /// struct Tick(u32);
    ///
    /// # async fn next(stream: &mut events_core::streams::EventStream<Tick>) -> Result<Tick, events_core::streams::Lagged> {
    /// #     use futures_core::Stream;
    /// #     std::future::poll_fn(|context| std::pin::Pin::new(&mut *stream).poll_next(context))
    /// #         .await
    /// #         .expect("the registry is still there")
    /// # }
    /// # let reads = async {
    /// let registry = Registry::new();
    /// let mut ticks = registry.stream::<Tick>().capacity(2);
    /// for number in 1..=3 {
    ///     registry.emit(Tick(number));
    /// }
    ///
    /// // A full buffer drops its oldest event, and the stream reports how many it has dropped:
    /// assert_eq!(next(&mut ticks).await.map_err(|lagged| lagged.missed), Err(1));
    /// assert_eq!(next(&mut ticks).await, Ok(Tick(2)));
    /// # };
    /// # let mut reads = std::pin::pin!(reads);
    /// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// # assert!(std::future::Future::poll(reads.as_mut(), &mut context).is_ready());
    /// ```
    #[track_caller]
    pub fn stream<E>(&self) -> EventStream<E>
    where
        E: OwnedEvent + Clone + Send + 'static,
    {
        EventStream {
            buffer: EventBuffer::new(
                self,
                Key::of::<EventStream<E>>(),
                Keep::Newest(DEFAULT_CAPACITY),
            ),
        }
    }
}

impl<E: OwnedEvent> Next<E> {
    /// Waits for an event for which the condition is true. A panic in it counts as a failure of a
    /// subscriber.
    ///
    /// # Panics
    ///
    /// When a condition is set already, or when it was polled before: since then it keeps only one event.
    #[track_caller]
    pub fn when(self, when: impl Fn(&E) -> bool + Send + Sync + 'static) -> Self {
        self.buffer
            .open("next")
            .set_when(Box::new(when), |when, event| when(event));
        self
    }

    /// Waits for an event that is emitted from this origin: a function, `Origin::of::<Type>()`, or
    /// a text.
    ///
    /// # Panics
    ///
    /// When an origin is set already, or when it was polled before: since then it keeps only one event.
    #[track_caller]
    pub fn origin<M>(self, origin: impl IntoKey<M>) -> Self {
        self.buffer
            .open("next")
            .set_origin(origin.into_key().into());
        self
    }
}

impl<E: OwnedEvent> EventStream<E> {
    /// Receives only events for which the condition is true. A panic in it counts as a failure of a
    /// subscriber.
    ///
    /// # Panics
    ///
    /// When a condition is set already.
    #[track_caller]
    pub fn when(self, when: impl Fn(&E) -> bool + Send + Sync + 'static) -> Self {
        self.buffer
            .set_when(Box::new(when), |when, event| when(event));
        self
    }

    /// Receives only events that are emitted from this origin: a function, `Origin::of::<Type>()`,
    /// or a text.
    ///
    /// # Panics
    ///
    /// When an origin is set already.
    #[track_caller]
    pub fn origin<M>(self, origin: impl IntoKey<M>) -> Self {
        self.buffer.set_origin(origin.into_key().into());
        self
    }

    /// How many events are kept for a slow receiver: 64 by default, and at least 1. Memory is
    /// allocated only as events arrive. It applies from the first poll on; before that up to 1024
    /// events are kept, because a later option may select any of them. A later call replaces an earlier one.
    pub fn capacity(self, capacity: usize) -> Self {
        self.buffer.set_capacity(capacity);
        self
    }
}

impl<E: OwnedEvent> Future for Next<E> {
    type Output = Option<E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<E>> {
        self.buffer.poll(context)
    }
}

impl<E: OwnedEvent> Stream for EventStream<E> {
    type Item = Result<E, Lagged>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.buffer.poll(context)
    }
}

impl<E: OwnedEvent> fmt::Debug for Next<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Next").field(&E::topic()).finish()
    }
}

impl<E: OwnedEvent> fmt::Debug for EventStream<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EventStream").field(&E::topic()).finish()
    }
}
