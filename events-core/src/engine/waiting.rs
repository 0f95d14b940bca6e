//! Waiting for events: a future for the next one, a stream of all that come.
//!
//! Behind both is a subscription that copies what it hears into a short queue. It runs after the
//! other subscribers, so it hears what they made of the event. Whoever waits takes from the queue;
//! when it is full the oldest copy goes, and that is told: an emit never waits for a receiver.

use std::{
    collections::VecDeque,
    fmt,
    future::Future,
    mem,
    panic::Location,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Context, Poll, Waker},
};

use futures_core::Stream;

use super::{registry::Registry, subscribe::NewSubscription, subscription::Subscription};
use crate::{
    event::OwnedEvent,
    handler::{Run, Step},
    words::{IntoKey, Key, Origin},
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
    waiting: Option<Waiting<E>>,
}

/// A stream of all events of a type; made by [`Registry::stream`].
///
/// It listens from the call of `stream` on, not from its first poll. When the receiver is so slow
/// that more than [`capacity`](Self::capacity) events wait for it, the oldest are lost to it, and the
/// next item is an error that says how many. It ends when the registry goes. Dropping it
/// unsubscribes.
#[must_use = "a stream does nothing unless polled"]
pub struct EventStream<E: OwnedEvent> {
    waiting: Waiting<E>,
}

/// Events were emitted faster than an [`EventStream`] was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lagged {
    /// How many events this receiver has missed, the oldest ones.
    pub missed: u64,
}

impl fmt::Display for Lagged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { missed } = self;
        write!(
            f,
            "{missed} events came faster than they were read, and are lost to this stream; read it \
             more often, or give it more `.capacity(..)`"
        )
    }
}

impl std::error::Error for Lagged {}

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
            waiting: Some(Waiting::new(self, Key::of::<Next<E>>(), 1, Full::Ignores)),
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
    /// # async fn next(stream: &mut events_core::EventStream<Tick>) -> Result<Tick, events_core::Lagged> {
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
            waiting: Waiting::new(
                self,
                Key::of::<EventStream<E>>(),
                DEFAULT_CAPACITY,
                Full::Forgets,
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
        if let Some(waiting) = &self.waiting {
            waiting.shared.set_when(Box::new(when));
        }
        self
    }

    /// Waits for an event that is emitted from there: a function, `Origin::of::<Type>()`, or a text.
    ///
    /// # Panics
    ///
    /// When it has an origin already.
    pub fn origin<M>(self, origin: impl IntoKey<M>) -> Self {
        if let Some(waiting) = &self.waiting {
            waiting.shared.set_origin(origin.into_key().into());
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
        self.waiting.shared.set_when(Box::new(when));
        self
    }

    /// Takes only events that are emitted from there: a function, `Origin::of::<Type>()`, or a text.
    ///
    /// # Panics
    ///
    /// When it has an origin already.
    pub fn origin<M>(self, origin: impl IntoKey<M>) -> Self {
        self.waiting.shared.set_origin(origin.into_key().into());
        self
    }

    /// How many events wait for a receiver that is slow: 64 unless told, at least 1. They take no
    /// memory before they come.
    pub fn capacity(self, capacity: usize) -> Self {
        self.waiting.shared.state().capacity = capacity.max(1);
        self
    }
}

impl<E: OwnedEvent> Future for Next<E> {
    type Output = Option<E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<E>> {
        let Some(waiting) = &self.waiting else {
            return Poll::Ready(None);
        };
        let item = waiting.shared.poll(context);
        if item.is_ready() {
            self.waiting = None;
        }
        // Its queue keeps the first event and ignores the others, so it never lags.
        item.map(|item| item.and_then(Result::ok))
    }
}

impl<E: OwnedEvent> Stream for EventStream<E> {
    type Item = Result<E, Lagged>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.waiting.shared.poll(context)
    }
}

/// A subscription that fills a queue.
struct Waiting<E> {
    shared: Arc<Shared<E>>,
    _subscription: Subscription,
}

/// What the subscription and the receiver share.
struct Shared<E> {
    when: OnceLock<When<E>>,
    origin: OnceLock<Origin>,
    state: Mutex<State<E>>,
}

type When<E> = Box<dyn Fn(&E) -> bool + Send + Sync>;

struct State<E> {
    queue: VecDeque<E>,
    capacity: usize,
    full: Full,
    /// How many the receiver has not been told of yet.
    missed: u64,
    /// Nothing comes any more.
    closed: bool,
    waker: Option<Waker>,
}

/// What a full queue does with one event more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Full {
    /// It wants no more.
    Ignores,
    /// It forgets its oldest.
    Forgets,
}

/// The handler's end; when the last plan that has it goes, nothing comes any more.
struct Sender<E>(Arc<Shared<E>>);

impl<E> Waiting<E>
where
    E: OwnedEvent + Clone + Send + 'static,
{
    #[track_caller]
    fn new(registry: &Registry, name: Key, capacity: usize, full: Full) -> Self {
        let shared = Arc::new(Shared {
            when: OnceLock::new(),
            origin: OnceLock::new(),
            state: Mutex::new(State {
                queue: VecDeque::new(),
                capacity,
                full,
                missed: 0,
                closed: false,
                waker: None,
            }),
        });
        let sender = Sender(Arc::clone(&shared));
        let hear = move |event: &mut E, run: &Run<'_>| sender.0.hear(event, run);
        let place = Location::caller().into();
        let subscription = NewSubscription::<E, _>::new(registry.clone(), place, name, false, hear);
        Self {
            shared,
            // After all others: what it hears is what they leave.
            _subscription: subscription.priority(i32::MIN).infallibly(),
        }
    }
}

impl<E> Shared<E> {
    fn state(&self) -> MutexGuard<'_, State<E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_when(&self, when: When<E>) {
        let is_first = self.when.set(when).is_ok();
        assert!(
            is_first,
            "this has a condition already; join both with `&&`"
        );
        self.forget_others(|event| self.when.get().is_none_or(|when| when(event)));
    }

    fn set_origin(&self, origin: Origin) {
        let is_first = self.origin.set(origin).is_ok();
        assert!(
            is_first,
            "this has an origin already; wait for each in a `Next` of its own"
        );
        // Where those from came that another thread has emitted since, nobody knows any more.
        self.forget_others(|_| false);
    }

    /// Of what has come already, keeps what a condition that comes later lets pass.
    fn forget_others(&self, keep: impl Fn(&E) -> bool) {
        let queue = mem::take(&mut self.state().queue);
        let (kept, _others): (VecDeque<_>, VecDeque<_>) = queue.into_iter().partition(keep);
        let mut state = self.state();
        for event in kept.into_iter().rev() {
            state.queue.push_front(event);
        }
    }

    /// The handler. No code of the user's runs while the queue is locked.
    fn hear(&self, event: &E, run: &Run<'_>) -> Step
    where
        E: Clone,
    {
        let is_from = self.origin.get().is_none_or(|origin| run.is_from(origin));
        if !is_from || self.when.get().is_some_and(|when| !when(event)) {
            return Step::Skipped;
        }
        let event = event.clone();
        let (mut waker, mut forgotten) = (None, None);
        {
            let mut state = self.state();
            if state.queue.len() < state.capacity {
                state.queue.push_back(event);
                waker = state.waker.take();
            } else if state.full == Full::Forgets {
                forgotten = state.queue.pop_front();
                state.missed += 1;
                state.queue.push_back(event);
                waker = state.waker.take();
            } else {
                forgotten = Some(event);
            }
        }
        drop(forgotten);
        if let Some(waker) = waker {
            waker.wake();
        }
        Step::Done
    }

    fn poll(&self, context: &Context<'_>) -> Poll<Option<Result<E, Lagged>>> {
        let waker = context.waker().clone();
        let (item, _unused) = {
            let mut state = self.state();
            if state.missed > 0 {
                let missed = mem::take(&mut state.missed);
                (Poll::Ready(Some(Err(Lagged { missed }))), Some(waker))
            } else if let Some(event) = state.queue.pop_front() {
                (Poll::Ready(Some(Ok(event))), Some(waker))
            } else if state.closed {
                (Poll::Ready(None), Some(waker))
            } else {
                (Poll::Pending, state.waker.replace(waker))
            }
        };
        item
    }
}

impl<E> Drop for Sender<E> {
    fn drop(&mut self) {
        let waker = {
            let mut state = self.0.state();
            state.closed = true;
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
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
