//! Timers without a runtime: one thread of the process, which starts with the first timer and wakes each task at its time.
//!
//! The thread is written here, since what it needs is here already, and since with the crate `futures-timer` a waker that
//! panics ends the thread, and with it all timers of the process.

use std::{
    sync::OnceLock,
    task::{Poll, Waker},
    thread::{self, Thread},
    time::Instant,
};

use super::timetable::{TimeKey, Timetable};
use crate::primitives::{catch_record, drop_catching, wake_catching, wake_each};

/// How many tasks are woken before the lock is released.
const WOKEN_AT_ONCE: usize = 64;

static WAKERS: Timetable<Waker> = Timetable::new();
static THREAD: OnceLock<Thread> = OnceLock::new();

/// A timer, which is removed when it is dropped.
#[derive(Default)]
pub(super) struct ThreadTimer {
    registered: Option<(TimeKey, Waker)>,
}

impl ThreadTimer {
    /// Ready at that time, which is the same at each poll.
    pub(super) fn poll(&mut self, until: Instant, waker: &Waker) -> Poll<()> {
        if Instant::now() >= until {
            return Poll::Ready(());
        }
        let is_registered = |(_, registered): &(_, Waker)| registered.will_wake(waker);
        if self.registered.as_ref().is_some_and(is_registered) {
            return Poll::Pending;
        }
        self.remove();
        let mine = waker.clone();
        let theirs = waker.clone();
        let (key, is_first) = {
            let mut wakers = WAKERS.lock();
            let key = wakers.insert(until, theirs);
            (key, wakers.is_first(key))
        };
        self.registered = Some((key, mine));
        if is_first && !wake_thread() {
            // Polled again, it tries again.
            wake_catching(waker.clone());
        }
        Poll::Pending
    }

    fn remove(&mut self) {
        if let Some((key, mine)) = self.registered.take() {
            let theirs = WAKERS.lock().remove(key);
            drop_catching((mine, theirs));
        }
    }
}

impl Drop for ThreadTimer {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Wakes the thread, which is started if there is none. Returns whether there is one now.
fn wake_thread() -> bool {
    if let Some(thread) = THREAD.get() {
        thread.unpark();
        return true;
    }
    // Two threads may start at once. The one that is not stored ends.
    let builder = thread::Builder::new().name("events-timer".to_owned());
    let spawned = builder.spawn(|| {
        if THREAD.set(thread::current()).is_ok() {
            run();
        }
    });
    if let Err(error) = &spawned {
        catch_record(|| {
            tracing::error!(
                target: "events_core",
                %error,
                "the thread of timers cannot be started: workers that sleep keep the processor busy until it can; \
                 let the program start fewer threads",
            );
        });
        thread::yield_now();
    }
    spawned.is_ok()
}

/// Wakes each task at its time. A timer that is added as the first one unparks the thread: so it sleeps no longer than
/// until the first one.
fn run() {
    loop {
        let now = Instant::now();
        let mut woken = Vec::new();
        let next = {
            let mut wakers = WAKERS.lock();
            let due = std::iter::from_fn(|| wakers.take_due(now));
            woken.extend(due.take(WOKEN_AT_ONCE));
            wakers.next_due()
        };
        if !woken.is_empty() {
            wake_each(woken);
            continue;
        }
        match next {
            None => thread::park(),
            Some(next) => thread::park_timeout(next.saturating_duration_since(now)),
        }
    }
}
