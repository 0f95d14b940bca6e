//! A bounded buffer of events that a sync handler fills and a receiver empties.
//!
//! The handler clones each event. It runs behind all other sync handlers, whatever their order is, so
//! the clone contains their changes. An emit never waits for a receiver: a full buffer drops its oldest
//! event, which the receiver is notified of, or the new one. User code does not run while the
//! buffer is locked.
//!
//! An option applies to the events that were received before it is set. It is set while the buffer is
//! locked: an event that is being received at that time is checked again before it enters the buffer.

use std::{
    collections::VecDeque,
    fmt, mem,
    panic::Location,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Context, Poll},
};

use super::contents::{Contents, Keep, OptionsSet, Received};
use crate::{
    context::{log, panic_hook::catch_panic},
    event::{AnyEvent, EventCopy, OwnedEvent},
    handler::{Run, Step},
    metadata::{Key, Origin, Pattern, SubscriberInfo},
    policy::PolicyRef,
    primitives::{drop_catching, drop_each, sync::lock, wake_each},
    registry::Registry,
    result::{Cause, FailedEmission, RefusedCall},
    subscribe::{NewSubscription, Subscription},
};

/// Events were emitted faster than an [`EventStream`](crate::streams::EventStream) was read.
///
/// It is an item of the stream, ahead of the events that it still has; the stream does not end with it.
///
/// ```
/// use events_core::{Event, Registry, streams::Lagged};
/// use tokio_stream::StreamExt;
///
/// #[derive(Event, Clone)]
/// struct Tick(u32);
///
/// # smol::block_on(async {
/// let registry = Registry::new();
/// let mut ticks = registry.stream::<Tick>().capacity(1);
/// for number in 1..=3 {
///     registry.emit(Tick(number));
/// }
///
/// match ticks.next().await {
///     Some(Err(Lagged { missed, .. })) => assert_eq!(missed, 2),
///     _ => panic!("the first two ticks are lost"),
/// }
/// assert_eq!(ticks.next().await.unwrap().map(|tick| tick.0), Ok(3));
/// # });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lagged {
    /// How many events this receiver has missed, the oldest ones.
    pub missed: u64,
}

impl fmt::Display for Lagged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (events, are) = match self.missed {
            1 => ("1 event was".to_owned(), "is"),
            missed => (format!("{missed} events were"), "are"),
        };
        write!(
            f,
            "{events} emitted faster than this stream was read, and {are} lost to it; \
             read it more often, or raise its `.capacity(..)`"
        )
    }
}

impl std::error::Error for Lagged {}

/// The receiving end of events that are kept as an `E`, and of conditions of the type `C`; dropping it unsubscribes.
pub(super) struct EventBuffer<E, C> {
    shared: Arc<Shared<E, C>>,
    /// The subscriber that fills the buffer.
    subscriber: Arc<SubscriberInfo>,
    policy: PolicyRef,
    _subscription: Subscription,
}

/// The state that the handler and the receiver share.
struct Shared<E, C> {
    when: OnceLock<C>,
    origin: OnceLock<Origin>,
    contents: Mutex<Contents<E>>,
}

/// A condition on the events of one type.
pub(super) type Condition<E> = Box<dyn Fn(&E) -> bool + Send + Sync>;

/// A condition on an event of any type.
pub(super) type TopicCondition = Box<dyn Fn(&dyn AnyEvent) -> bool + Send + Sync>;

/// The handler's end. The last plan that contains the handler drops it, which ends the buffer.
struct Sender<E, C>(Arc<Shared<E, C>>);

impl<E> EventBuffer<E, Condition<E>>
where
    E: OwnedEvent + Clone + Send + 'static,
{
    #[track_caller]
    pub(crate) fn new(registry: &Registry, name: Key, keep: Keep) -> Self {
        let (shared, sender) = Shared::new(keep);
        let receive = move |event: &mut E, run: &Run<'_>| {
            let event = &*event;
            sender
                .0
                .receive(run, |when: &Condition<E>| when(event), || Ok(event.clone()))
        };
        let location = Location::caller().into();
        let subscription =
            NewSubscription::<E>::sync(registry.clone(), location, name, false, receive).receiver();
        Self {
            shared,
            subscriber: Arc::new(subscription.subscriber().clone()),
            policy: registry.core().policy().clone(),
            _subscription: subscription.register_or_panic(),
        }
    }
}

impl EventBuffer<EventCopy, TopicCondition> {
    #[track_caller]
    pub(crate) fn of_topics(registry: &Registry, name: Key, pattern: Pattern, keep: Keep) -> Self {
        let (shared, sender) = Shared::new(keep);
        let copy = |event: &dyn AnyEvent| {
            let no_copy = |why| Step::Failed(Box::new(RefusedCall::NoCopy(why)));
            EventCopy::try_of(event).map_err(no_copy)
        };
        let receive = move |event: &dyn AnyEvent, run: &Run<'_>| {
            sender
                .0
                .receive(run, |when: &TopicCondition| when(event), || copy(event))
        };
        let location = Location::caller().into();
        let subscription =
            NewSubscription::pattern_run(registry.clone(), location, name, pattern, receive);
        let subscription = subscription.receiver();
        Self {
            shared,
            subscriber: Arc::new(subscription.subscriber().clone()),
            policy: registry.core().policy().clone(),
            _subscription: subscription.register_or_panic(),
        }
    }
}

impl<E, C> EventBuffer<E, C> {
    pub(super) fn set_capacity(&self, capacity: usize) {
        let dropped = self.shared.lock().set_capacity(capacity);
        drop_each(dropped);
    }

    /// Sets the condition; `test` evaluates it for an event that was received before.
    #[track_caller]
    pub(super) fn set_when(&self, when: C, test: impl Fn(&C, &E) -> bool) {
        let (rejected, events) = self.set(&self.shared.when, when);
        assert!(
            rejected.is_none(),
            "a condition is set already; join both with `&&`"
        );
        let when = self.shared.when.get();
        self.put_back(events, |received| {
            when.is_none_or(|when| test(when, &received.event))
        });
    }

    #[track_caller]
    pub(super) fn set_origin(&self, origin: Origin) {
        let (rejected, events) = self.set(&self.shared.origin, origin);
        assert!(
            rejected.is_none(),
            "an origin is set already; create one receiver for each origin"
        );
        let origin = self.shared.origin.get();
        self.put_back(events, |received| received.origin.as_ref() == origin);
    }

    /// Whether it was not polled yet.
    pub(super) fn is_open(&self) -> bool {
        self.shared.lock().is_open()
    }

    pub(super) fn poll(&self, context: &Context<'_>) -> Poll<Option<Result<E, Lagged>>> {
        self.shared.poll(context)
    }

    /// Sets an option that is not set yet, or returns its value. Takes the events that were received
    /// before; those that are received later pass the option.
    fn set<T>(&self, option: &OnceLock<T>, value: T) -> (Option<T>, VecDeque<Received<E>>) {
        let mut contents = self.shared.lock();
        match option.set(value) {
            Ok(()) => (None, mem::take(&mut contents.events)),
            Err(value) => (Some(value), VecDeque::new()),
        }
    }

    /// Puts the events back that pass an option, and drops the others. A panic in a condition is a
    /// failure of the subscriber, as during an emit.
    fn put_back(&self, events: VecDeque<Received<E>>, passes: impl Fn(&Received<E>) -> bool) {
        let (mut passing, mut dropped) = (VecDeque::new(), VecDeque::new());
        for received in events {
            match catch_panic(|| passes(&received)) {
                Ok(true) => passing.push_back(received),
                Ok(false) => dropped.push_back(received),
                Err(panic) => {
                    let subscriber = Arc::clone(&self.subscriber);
                    let topic = subscriber.topic.clone();
                    let origin = received.origin.clone();
                    let outside = FailedEmission::new(topic, origin, None, None, None);
                    log::failure(self.policy.fail(subscriber, Cause::Panic(panic), outside));
                    dropped.push_back(received);
                }
            }
        }
        let set = self.shared.options_set();
        let surplus = self.shared.lock().put_back(passing, set);
        drop_each(dropped);
        drop_each(surplus);
    }
}

impl<E, C> Shared<E, C> {
    fn new(keep: Keep) -> (Arc<Self>, Sender<E, C>) {
        let shared = Arc::new(Self {
            when: OnceLock::new(),
            origin: OnceLock::new(),
            contents: Mutex::new(Contents::new(keep)),
        });
        let sender = Sender(Arc::clone(&shared));
        (shared, sender)
    }

    fn lock(&self) -> MutexGuard<'_, Contents<E>> {
        lock(&self.contents)
    }

    fn options_set(&self) -> OptionsSet {
        OptionsSet {
            when: self.when.get().is_some(),
            origin: self.origin.get().is_some(),
        }
    }

    /// Whether the event passes the options that are set.
    fn passes(&self, run: &Run<'_>, test: impl Fn(&C) -> bool) -> bool {
        self.origin.get().is_none_or(|origin| run.is_from(origin))
            && self.when.get().is_none_or(test)
    }

    /// The body of the handler: `test` evaluates the condition for the event, and `copy` copies it, or returns the step of
    /// a handler that it cannot reach.
    fn receive(
        &self,
        run: &Run<'_>,
        test: impl Fn(&C) -> bool,
        copy: impl Fn() -> Result<E, Step>,
    ) -> Step {
        loop {
            let set = self.options_set();
            if !self.passes(run, &test) {
                return Step::Skipped;
            }
            // With an origin set, no later option depends on it.
            let origin = run.origin().filter(|_| !set.origin).cloned();
            let event = match copy() {
                Ok(event) => event,
                Err(step) => return step,
            };
            let received = Received { event, origin };
            let mut contents = self.lock();
            // Options are set under this lock.
            if self.options_set() != set {
                drop(contents);
                drop(received);
                continue;
            }
            let (dropped, waker) = contents.push(received, set);
            drop(contents);
            drop_each(dropped);
            wake_each(waker);
            return Step::Done;
        }
    }

    fn poll(&self, context: &Context<'_>) -> Poll<Option<Result<E, Lagged>>> {
        let waker = context.waker().clone();
        let (item, dropped, unused) = {
            let mut contents = self.lock();
            let dropped = contents.close();
            let (item, unused) = if contents.missed > 0 {
                let missed = mem::take(&mut contents.missed);
                (Poll::Ready(Some(Err(Lagged { missed }))), Some(waker))
            } else if let Some(received) = contents.events.pop_front() {
                (Poll::Ready(Some(Ok(received.event))), Some(waker))
            } else if contents.has_ended {
                (Poll::Ready(None), Some(waker))
            } else {
                (Poll::Pending, contents.waker.replace(waker))
            };
            (item, dropped, unused)
        };
        drop_each(dropped);
        drop_catching(unused);
        item
    }
}

impl<E, C> Drop for Shared<E, C> {
    fn drop(&mut self) {
        let contents = self.contents.get_mut();
        let contents = contents.unwrap_or_else(PoisonError::into_inner);
        drop_each(mem::take(&mut contents.events));
    }
}

impl<E, C> Drop for Sender<E, C> {
    fn drop(&mut self) {
        let waker = {
            let mut contents = self.0.lock();
            contents.has_ended = true;
            contents.waker.take()
        };
        wake_each(waker);
    }
}
