//! An inbox: a short queue that a subscription fills and a receiver empties.
//!
//! The subscription copies what it hears, after the other subscribers, so that it hears what they
//! made of the event. When the queue is full the oldest copy goes, and that is told: an emit never
//! waits for a receiver. No code of the user's runs while the queue is locked.

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
    primitives::sync::lock,
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
            "{missed} events came faster than they were read, and are lost to this stream; read it \
             more often, or give it more `.capacity(..)`"
        )
    }
}

impl std::error::Error for Lagged {}

/// The receiver's end; dropping it unsubscribes.
pub(crate) struct EventBuffer<E> {
    shared: Arc<Shared<E>>,
    _subscription: Subscription,
}

/// What the subscription and the receiver share.
struct Shared<E> {
    when: OnceLock<When<E>>,
    origin: OnceLock<Origin>,
    state: Mutex<State<E>>,
}

pub(crate) type When<E> = Box<dyn Fn(&E) -> bool + Send + Sync>;

struct State<E> {
    queue: VecDeque<E>,
    capacity: usize,
    full: Overflow,
    /// How many the receiver has not been told of yet.
    missed: u64,
    /// Nothing comes any more.
    closed: bool,
    waker: Option<Waker>,
}

/// What a full queue does with one event more.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overflow {
    /// It wants no more.
    KeepOldest,
    /// It forgets its oldest.
    DropOldest,
}

/// The handler's end; when the last plan that has it goes, nothing comes any more.
struct Sender<E>(Arc<Shared<E>>);

impl<E> EventBuffer<E>
where
    E: OwnedEvent + Clone + Send + 'static,
{
    #[track_caller]
    pub(crate) fn new(registry: &Registry, name: Key, capacity: usize, full: Overflow) -> Self {
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
        let receive = move |event: &mut E, run: &Run<'_>| sender.0.receive(event, run);
        let place = Location::caller().into();
        let subscription = NewSubscription::<E>::now(registry.clone(), place, name, false, receive);
        Self {
            shared,
            // After all others: what it hears is what they leave.
            _subscription: subscription.priority(i32::MIN).register_or_panic(),
        }
    }
}

impl<E> EventBuffer<E> {
    pub(crate) fn set_capacity(&self, capacity: usize) {
        self.shared.state().capacity = capacity.max(1);
    }

    pub(crate) fn set_when(&self, when: When<E>) {
        let is_first = self.shared.when.set(when).is_ok();
        assert!(
            is_first,
            "this has a condition already; join both with `&&`"
        );
        let when = self.shared.when.get();
        self.shared
            .keep(|event| when.is_none_or(|when| when(event)));
    }

    pub(crate) fn set_origin(&self, origin: Origin) {
        let is_first = self.shared.origin.set(origin).is_ok();
        assert!(
            is_first,
            "this has an origin already; wait for each by itself"
        );
        // Where those from came that another thread has emitted since, nobody knows any more.
        self.shared.keep(|_| false);
    }

    pub(crate) fn poll(&self, context: &Context<'_>) -> Poll<Option<Result<E, Lagged>>> {
        self.shared.poll(context)
    }
}

impl<E> Shared<E> {
    fn state(&self) -> MutexGuard<'_, State<E>> {
        lock(&self.state)
    }

    /// Of what has come already, keeps what a condition that comes later lets pass.
    fn keep(&self, keep: impl Fn(&E) -> bool) {
        let queue = mem::take(&mut self.state().queue);
        let (kept, _others): (VecDeque<_>, VecDeque<_>) = queue.into_iter().partition(keep);
        let mut state = self.state();
        for event in kept.into_iter().rev() {
            state.queue.push_front(event);
        }
    }

    /// The handler.
    fn receive(&self, event: &E, run: &Run<'_>) -> Step
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
            } else if state.full == Overflow::DropOldest {
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
