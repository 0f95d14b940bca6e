//! A bounded buffer of events that a sync handler fills and a receiver empties.
//!
//! The handler clones each event. It has the lowest priority, so the clone contains the changes of
//! the other sync handlers. An emit never waits for a receiver: a full buffer drops its oldest
//! event, which the receiver is notified of, or the new one. User code does not run while the
//! buffer is locked.

use std::{
    collections::VecDeque,
    fmt, mem,
    panic::Location,
    sync::{Arc, Mutex, MutexGuard, OnceLock},
    task::{Context, Poll, Waker},
};

use crate::{
    event::OwnedEvent,
    handler::{Run, Step},
    metadata::{Key, Origin},
    primitives::{CatchDrop, drop_catching, sync::lock, wake_each},
    registry::Registry,
    subscribe::{NewSubscription, Subscription},
};

/// Events were emitted faster than an [`EventStream`](crate::streams::EventStream) was read.
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
            "{missed} events were emitted faster than this stream was read, and are lost to it; \
             read it more often, or raise its `.capacity(..)`"
        )
    }
}

impl std::error::Error for Lagged {}

/// The receiving end; dropping it unsubscribes.
pub(super) struct EventBuffer<E> {
    shared: Arc<Shared<E>>,
    _subscription: Subscription,
}

/// The state that the handler and the receiver share.
struct Shared<E> {
    when: OnceLock<Condition<E>>,
    origin: OnceLock<Origin>,
    contents: Mutex<Contents<E>>,
}

pub(super) type Condition<E> = Box<dyn Fn(&E) -> bool + Send + Sync>;

struct Contents<E> {
    events: VecDeque<CatchDrop<E>>,
    capacity: usize,
    overflow: Overflow,
    /// How many events were dropped since the receiver was last notified of it.
    missed: u64,
    /// No handler is left that could add an event.
    closed: bool,
    waker: Option<Waker>,
}

/// What happens to a further event when the buffer is full.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Overflow {
    /// The further event is dropped.
    KeepOldest,
    /// The oldest event is dropped.
    DropOldest,
}

/// The handler's end. The last plan that contains the handler drops it, which closes the buffer.
struct Sender<E>(Arc<Shared<E>>);

impl<E> EventBuffer<E>
where
    E: OwnedEvent + Clone + Send + 'static,
{
    #[track_caller]
    pub(crate) fn new(registry: &Registry, name: Key, capacity: usize, overflow: Overflow) -> Self {
        let shared = Arc::new(Shared {
            when: OnceLock::new(),
            origin: OnceLock::new(),
            contents: Mutex::new(Contents {
                events: VecDeque::new(),
                capacity,
                overflow,
                missed: 0,
                closed: false,
                waker: None,
            }),
        });
        let sender = Sender(Arc::clone(&shared));
        let receive = move |event: &mut E, run: &Run<'_>| sender.0.receive(event, run);
        let location = Location::caller().into();
        let subscription =
            NewSubscription::<E>::sync(registry.clone(), location, name, false, receive);
        Self {
            shared,
            // Runs last, so that it clones the event with the changes of the other handlers.
            _subscription: subscription.priority(i32::MIN).register_or_panic(),
        }
    }
}

impl<E> EventBuffer<E> {
    pub(crate) fn set_capacity(&self, capacity: usize) {
        self.shared.lock().capacity = capacity.max(1);
    }

    pub(super) fn set_when(&self, when: Condition<E>) {
        let is_first = self.shared.when.set(when).is_ok();
        assert!(is_first, "a condition is set already; join both with `&&`");
        let when = self.shared.when.get();
        self.shared
            .retain(|event| when.is_none_or(|when| when(event)));
    }

    pub(super) fn set_origin(&self, origin: Origin) {
        let is_first = self.shared.origin.set(origin).is_ok();
        assert!(
            is_first,
            "an origin is set already; create one receiver for each origin"
        );
        // Another thread may have emitted events meanwhile; their origins are not stored.
        self.shared.retain(|_| false);
    }

    pub(crate) fn poll(&self, context: &Context<'_>) -> Poll<Option<Result<E, Lagged>>> {
        self.shared.poll(context)
    }
}

impl<E> Shared<E> {
    fn lock(&self) -> MutexGuard<'_, Contents<E>> {
        lock(&self.contents)
    }

    /// Drops the events that do not pass a condition that was set after they were received.
    fn retain(&self, passes: impl Fn(&E) -> bool) {
        let events = mem::take(&mut self.lock().events);
        let passes = |event: &CatchDrop<E>| passes(event);
        let (passing, _dropped): (VecDeque<_>, VecDeque<_>) = events.into_iter().partition(passes);
        let mut contents = self.lock();
        for event in passing.into_iter().rev() {
            contents.events.push_front(event);
        }
    }

    /// The body of the handler.
    fn receive(&self, event: &E, run: &Run<'_>) -> Step
    where
        E: Clone,
    {
        let is_from = self.origin.get().is_none_or(|origin| run.is_from(origin));
        if !is_from || self.when.get().is_some_and(|when| !when(event)) {
            return Step::Skipped;
        }
        let event = CatchDrop::new(event.clone());
        let (mut waker, mut dropped) = (None, None);
        {
            let mut contents = self.lock();
            if contents.events.len() < contents.capacity {
                contents.events.push_back(event);
                waker = contents.waker.take();
            } else if contents.overflow == Overflow::DropOldest {
                dropped = contents.events.pop_front();
                contents.missed += 1;
                contents.events.push_back(event);
                waker = contents.waker.take();
            } else {
                dropped = Some(event);
            }
        }
        drop(dropped);
        wake_each(waker);
        Step::Done
    }

    fn poll(&self, context: &Context<'_>) -> Poll<Option<Result<E, Lagged>>> {
        let waker = context.waker().clone();
        let (item, unused) = {
            let mut contents = self.lock();
            if contents.missed > 0 {
                let missed = mem::take(&mut contents.missed);
                (Poll::Ready(Some(Err(Lagged { missed }))), Some(waker))
            } else if let Some(event) = contents.events.pop_front() {
                (Poll::Ready(Some(Ok(event.into_inner()))), Some(waker))
            } else if contents.closed {
                (Poll::Ready(None), Some(waker))
            } else {
                (Poll::Pending, contents.waker.replace(waker))
            }
        };
        drop_catching(unused);
        item
    }
}

impl<E> Drop for Sender<E> {
    fn drop(&mut self) {
        let waker = {
            let mut contents = self.0.lock();
            contents.closed = true;
            contents.waker.take()
        };
        wake_each(waker);
    }
}
