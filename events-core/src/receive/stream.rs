//! Waiting for events: a future for the next one, a stream of all that come.
//!
//! Behind both is an inbox, which a subscription of its own fills.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;

use super::buffer::{EventBuffer, Lagged, Overflow};
use crate::{
    event::OwnedEvent,
    metadata::{IntoKey, Key},
    registry::Registry,
};

/// How many events a stream keeps for a receiver that is slow, unless told otherwise.
const DEFAULT_CAPACITY: usize = 64;

/// A future for the next event of a type; made by [`Registry::next`].
///
/// It listens from the call of `next` on, not from its first poll. It gives `None` when the registry
/// goes before an event comes. Once it has given an event it has unsubscribed, and gives `None`;
/// dropping it unsubscribes, too.
#[must_use = "a future does nothing unless awaited"]
pub struct Next<E: OwnedEvent> {
    inbox: Option<EventBuffer<E>>,
}

/// A stream of all events of a type; made by [`Registry::stream`].
///
/// It listens from the call of `stream` on, not from its first poll. When the receiver is so slow
/// that more than [`capacity`](Self::capacity) events wait for it, the oldest are lost to it, and the
/// next item is an error that says how many. It ends when the registry goes. Dropping it
/// unsubscribes.
#[must_use = "a stream does nothing unless polled"]
pub struct EventStream<E: OwnedEvent> {
    inbox: EventBuffer<E>,
}

impl Registry {
    /// The next event of this type, as the subscribers leave it: `registry.next::<OrderPlaced>()`.
    ///
    /// An event whose subscribers are stopped before its turn is not heard.
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
            inbox: Some(EventBuffer::new(
                self,
                Key::of::<Next<E>>(),
                1,
                Overflow::KeepOldest,
            )),
        }
    }

    /// All events of this type from now on, as the subscribers leave them.
    ///
    /// An event whose subscribers are stopped before its turn is not heard.
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
    /// // Of a stream that is read too seldom the oldest events are lost, and that is told:
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
            inbox: EventBuffer::new(
                self,
                Key::of::<EventStream<E>>(),
                DEFAULT_CAPACITY,
                Overflow::DropOldest,
            ),
        }
    }
}

impl<E: OwnedEvent> Next<E> {
    /// Waits for an event of which this holds. A panic in it counts as a failure of a subscriber.
    ///
    /// # Panics
    ///
    /// When it has a condition already.
    pub fn when(self, when: impl Fn(&E) -> bool + Send + Sync + 'static) -> Self {
        if let Some(inbox) = &self.inbox {
            inbox.set_when(Box::new(when));
        }
        self
    }

    /// Waits for an event that is emitted from there: a function, `Origin::of::<Type>()`, or a text.
    ///
    /// # Panics
    ///
    /// When it has an origin already.
    pub fn origin<M>(self, origin: impl IntoKey<M>) -> Self {
        if let Some(inbox) = &self.inbox {
            inbox.set_origin(origin.into_key().into());
        }
        self
    }
}

impl<E: OwnedEvent> EventStream<E> {
    /// Takes only events of which this holds. A panic in it counts as a failure of a subscriber.
    ///
    /// # Panics
    ///
    /// When it has a condition already.
    pub fn when(self, when: impl Fn(&E) -> bool + Send + Sync + 'static) -> Self {
        self.inbox.set_when(Box::new(when));
        self
    }

    /// Takes only events that are emitted from there: a function, `Origin::of::<Type>()`, or a text.
    ///
    /// # Panics
    ///
    /// When it has an origin already.
    pub fn origin<M>(self, origin: impl IntoKey<M>) -> Self {
        self.inbox.set_origin(origin.into_key().into());
        self
    }

    /// How many events wait for a receiver that is slow: 64 unless told, at least 1. They take no
    /// memory before they come.
    pub fn capacity(self, capacity: usize) -> Self {
        self.inbox.set_capacity(capacity);
        self
    }
}

impl<E: OwnedEvent> Future for Next<E> {
    type Output = Option<E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<E>> {
        let Some(inbox) = &self.inbox else {
            return Poll::Ready(None);
        };
        let item = inbox.poll(context);
        if item.is_ready() {
            self.inbox = None;
        }
        // Its queue keeps the first event and ignores the others, so it never lags.
        item.map(|item| item.and_then(Result::ok))
    }
}

impl<E: OwnedEvent> Stream for EventStream<E> {
    type Item = Result<E, Lagged>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.inbox.poll(context)
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
