//! Waiting for an event that another thread or task emits.

use std::{
    fmt,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    sync::{Arc, Condvar, Mutex, PoisonError},
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use events_core::{Event, info::Location};

use crate::{
    assertions::Emissions,
    events::Events,
    state::{rule::EventSelector, waiting::Search},
};

impl Events {
    /// Waits until this event is emitted, at most for this time, and returns the events of its type so far. An
    /// event that was emitted before counts as well: the other thread may have been faster.
    ///
    /// It does not sleep: the emit wakes it. The event may not have reached its subscribers yet.
    ///
    /// This blocks the thread. In async code use [`wait_for_async`](Self::wait_for_async), because a task on the
    /// same thread cannot emit while the thread is blocked.
    ///
    /// ```
    /// use std::{thread, time::Duration};
    /// use events_core::Event;
    /// use events_testing::EventMock;
    ///
    /// #[derive(Event)]
    /// struct Uploaded;
    ///
    /// let events = EventMock::install();
    /// let upload = thread::spawn(events.bring(|| Uploaded.emit()));
    /// events.wait_for::<Uploaded>(Duration::from_secs(10)).times(1);
    /// upload.join().unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// When it was not emitted in that time. The text lists the events that were, and what would explain it.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "it is an assertion")]
    pub fn wait_for<E: Event>(&self, within: Duration) -> Emissions<E> {
        let selector = EventSelector::of_type::<E>();
        let deadline = Instant::now().checked_add(within);
        self.mock.wait_until(&selector, deadline);
        let hint = "; in async code call `wait_for_async(..).await` instead";
        Emissions::new(self, &selector, &format!(" within {within:?}{hint}"), None)
    }

    /// [`wait_for`](Self::wait_for) without blocking the thread; no runtime is needed. The time begins with the
    /// call.
    ///
    /// ```
    /// use std::time::Duration;
    /// use events_core::Event;
    ///
    /// #[derive(Event)]
    /// struct Uploaded;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let events = events_testing::EventMock::install();
    /// tokio::spawn(async { Uploaded.emit() });
    /// events.wait_for_async::<Uploaded>(Duration::from_secs(10)).await;
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// As [`wait_for`](Self::wait_for), when it is polled; and when the system starts no thread for the time limit.
    #[track_caller]
    pub fn wait_for_async<E: Event>(&self, within: Duration) -> WaitFor<E> {
        WaitFor {
            events: self.clone(),
            selector: EventSelector::of_type::<E>(),
            search: Search::default(),
            key: None,
            within,
            deadline: Instant::now().checked_add(within),
            timer: None,
            location: std::panic::Location::caller().into(),
            event: PhantomData,
        }
    }
}

/// A future that waits for an event; returned by [`Events::wait_for_async`].
#[must_use = "futures do nothing unless awaited"]
pub struct WaitFor<E> {
    events: Events,
    selector: EventSelector,
    search: Search,
    /// The key of its waker, once it has stored one.
    key: Option<u64>,
    within: Duration,
    /// `None` if the time is so long that there is no end.
    deadline: Option<Instant>,
    /// Wakes the task at the deadline; started when the event is not there at the first poll.
    timer: Option<Timer>,
    /// The line of the test that waits.
    location: Location,
    event: PhantomData<fn(E)>,
}

impl<E> Future for WaitFor<E> {
    type Output = Emissions<E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Emissions<E>> {
        let this = self.get_mut();
        let (mock, waker) = (&this.events.mock, context.waker());
        let is_found = mock.poll_until(&this.selector, &mut this.search, &mut this.key, waker);
        let is_over = || {
            this.deadline
                .is_some_and(|deadline| deadline <= Instant::now())
        };
        if !is_found && !is_over() {
            if let Some(deadline) = this.deadline {
                let timer = this.timer.get_or_insert_with(|| Timer::start(deadline));
                timer.set_waker(waker);
            }
            return Poll::Pending;
        }
        let within = format!(" within {:?}, waited for at {}", this.within, this.location);
        Poll::Ready(Emissions::new(&this.events, &this.selector, &within, None))
    }
}

impl<E> Drop for WaitFor<E> {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.events.mock.remove_waker(key);
        }
    }
}

impl<E> fmt::Debug for WaitFor<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitFor")
            .field("event", &format_args!("{}", self.selector))
            .field("within", &self.within)
            .finish_non_exhaustive()
    }
}

/// A thread that wakes a task at a time, unless this is dropped before.
struct Timer(Arc<TimerState>);

#[derive(Default)]
struct TimerState {
    alarm: Mutex<Alarm>,
    stopped: Condvar,
}

#[derive(Default)]
struct Alarm {
    waker: Option<Waker>,
    is_stopped: bool,
    /// Whether the time has come: from then on a new waker is woken at once.
    is_over: bool,
}

impl Timer {
    fn start(deadline: Instant) -> Self {
        let state = Arc::new(TimerState::default());
        let timer = Arc::clone(&state);
        let thread = thread::Builder::new().name("events-wait".to_owned());
        let started = thread.spawn(move || timer.run(deadline));
        if let Err(error) = started {
            panic!("the system starts no thread for the time limit of `wait_for_async`: {error}");
        }
        Self(state)
    }

    fn set_waker(&self, waker: &Waker) {
        let new = waker.clone();
        let mut alarm = self.0.alarm.lock().unwrap_or_else(PoisonError::into_inner);
        if alarm.is_over {
            drop(alarm);
            return new.wake();
        }
        let old = alarm.waker.replace(new);
        drop(alarm);
        drop(old);
    }
}

impl TimerState {
    fn run(&self, deadline: Instant) {
        let at_most = deadline.saturating_duration_since(Instant::now());
        let alarm = self.alarm.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .stopped
            .wait_timeout_while(alarm, at_most, |alarm| !alarm.is_stopped);
        let (mut alarm, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let waker = alarm.waker.take();
        let is_stopped = alarm.is_stopped;
        alarm.is_over = true;
        drop(alarm);
        if let Some(waker) = waker
            && !is_stopped
        {
            waker.wake();
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let mut alarm = self.0.alarm.lock().unwrap_or_else(PoisonError::into_inner);
        alarm.is_stopped = true;
        let waker = alarm.waker.take();
        drop(alarm);
        self.0.stopped.notify_one();
        drop(waker);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicBool, Ordering},
        task::Wake,
    };

    use super::*;

    /// The time may come before the task has stored its waker.
    #[test]
    fn a_waker_that_is_set_when_the_time_is_over_is_woken() {
        #[derive(Default)]
        struct Woken(AtomicBool);
        impl Wake for Woken {
            fn wake(self: Arc<Self>) {
                self.0.store(true, Ordering::Relaxed);
            }
        }
        let timer = Timer(Arc::default());
        timer.0.run(Instant::now());
        let woken = Arc::new(Woken::default());
        timer.set_waker(&Waker::from(Arc::clone(&woken)));
        assert!(woken.0.load(Ordering::Relaxed));
    }
}
