//! Timers without a runtime: one thread of the process, which starts with the first timer and wakes each task at its time.
//!
//! The thread is written here, since what it needs is here already, and since with the crate `futures-timer` a waker that
//! panics ends the thread, and with it all timers of the process.

use std::{
    io, iter,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    task::{Poll, Waker},
    thread::{self, Thread},
    time::Instant,
};

use super::timetable::{TimeKey, Timetable};
use crate::primitives::{catch_record, drop_catching, wake_catching, wake_each};

/// How many tasks are woken before the lock is released.
const WOKEN_AT_ONCE: usize = 64;

/// The timers of the process.
static TIMERS: Timers = Timers::new(|timers| {
    let builder = thread::Builder::new().name("events-timer".to_owned());
    builder.spawn(|| timers.run()).map(|_| ())
});

/// The tasks that are to be woken, and the thread that wakes them.
struct Timers {
    wakers: Timetable<Waker>,
    /// Once it runs.
    thread: OnceLock<Thread>,
    /// Starts a thread that [runs](Timers::run) the timers.
    start: fn(&'static Self) -> io::Result<()>,
    has_logged: AtomicBool,
}

/// A timer, which is removed when it is dropped.
pub(super) struct ThreadTimer {
    timers: &'static Timers,
    registered: Option<(TimeKey, Waker)>,
}

impl Default for ThreadTimer {
    fn default() -> Self {
        Self::of(&TIMERS)
    }
}

impl ThreadTimer {
    fn of(timers: &'static Timers) -> Self {
        Self {
            timers,
            registered: None,
        }
    }

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
            let mut wakers = self.timers.wakers.lock();
            let key = wakers.insert(until, theirs);
            (key, wakers.is_first(key))
        };
        self.registered = Some((key, mine));
        if !self.timers.wake_thread(is_first) {
            // Polled again, it tries again.
            self.remove();
            wake_catching(waker.clone());
        }
        Poll::Pending
    }

    fn remove(&mut self) {
        if let Some((key, mine)) = self.registered.take() {
            let theirs = self.timers.wakers.lock().remove(key);
            drop_catching((mine, theirs));
        }
    }
}

impl Drop for ThreadTimer {
    fn drop(&mut self) {
        self.remove();
    }
}

impl Timers {
    const fn new(start: fn(&'static Self) -> io::Result<()>) -> Self {
        Self {
            wakers: Timetable::new(),
            thread: OnceLock::new(),
            start,
            has_logged: AtomicBool::new(false),
        }
    }

    /// Starts the thread if there is none, otherwise wakes it if the new timer is the first one. Returns whether there is
    /// a thread now.
    fn wake_thread(&'static self, is_first: bool) -> bool {
        if let Some(thread) = self.thread.get() {
            if is_first {
                thread.unpark();
            }
            return true;
        }
        // Several threads may start at once. Those that are not stored end.
        let Err(error) = (self.start)(self) else {
            return true;
        };
        if !self.has_logged.swap(true, Ordering::Relaxed) {
            catch_record(|| {
                tracing::error!(
                    target: "events_core",
                    %error,
                    "the thread of timers cannot be started: workers that sleep keep the processor busy until it can; \
                     let the program start fewer threads",
                );
            });
        }
        thread::yield_now();
        false
    }

    /// Wakes each task at its time, unless another thread does. A timer that is added as the first one unparks the thread:
    /// so it sleeps no longer than until the first one.
    fn run(&self) {
        if self.thread.set(thread::current()).is_err() {
            return;
        }
        loop {
            let now = Instant::now();
            let mut woken = Vec::new();
            let next = {
                let mut wakers = self.wakers.lock();
                let due = iter::from_fn(|| wakers.take_due(now));
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
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{Arc, atomic::AtomicUsize},
        task::Wake,
        time::Duration,
    };

    use super::*;

    /// Counts how often it is woken.
    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn each_timer_tries_again_until_the_thread_can_be_started() {
        static STARTS: AtomicUsize = AtomicUsize::new(0);
        static TIMERS: Timers = Timers::new(|timers| {
            match STARTS.fetch_add(1, Ordering::Relaxed) {
                0..5 => Err(io::Error::other("there are too many threads")),
                // It is stored as the thread of these timers, and wakes nothing.
                _ => timers
                    .thread
                    .set(thread::current())
                    .map_err(|_| io::Error::other("once")),
            }
        });
        let until = Instant::now() + Duration::from_secs(3600);
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        // The second one is not the first to be due.
        let mut timers = [(); 2].map(|()| ThreadTimer::of(&TIMERS));
        for tries in 1..=5 {
            assert!(timers[tries % 2].poll(until, &waker).is_pending());
            assert_eq!(woken.0.load(Ordering::Relaxed), tries);
        }
        for timer in &mut timers {
            assert!(timer.poll(until, &waker).is_pending());
            assert!(timer.poll(until, &waker).is_pending());
        }
        assert_eq!(woken.0.load(Ordering::Relaxed), 5);
        assert_eq!(STARTS.load(Ordering::Relaxed), 6);
        assert_eq!(TIMERS.wakers.lock().len(), 2);
    }
}
