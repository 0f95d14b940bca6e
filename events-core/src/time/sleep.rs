//! A future that is ready at an instant of a clock.
//!
//! It waits for the clock itself while a test has set it; otherwise for a timer of tokio, if it is polled inside a runtime
//! whose timers are enabled; otherwise for the thread of timers.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use super::{
    clock::{Clock, Mode},
    timer_thread::ThreadTimer,
    timetable::TimeKey,
};

/// A future that is ready at an instant of a clock.
///
/// A task that stops polling it has to drop it, so that it is not woken.
pub(crate) struct Sleep {
    clock: Arc<Clock>,
    until: Instant,
    /// Whether it registers with a clock that a test may set.
    registers: bool,
    /// Its place among the sleepers of the clock.
    key: Option<TimeKey>,
    timer: Option<Timer>,
}

/// What wakes the task while the clock is a real one.
enum Timer {
    #[cfg(feature = "tokio")]
    Tokio(Pin<Box<tokio::time::Sleep>>),
    Thread(ThreadTimer),
}

impl Sleep {
    pub(crate) fn until(clock: &Arc<Clock>, until: Instant) -> Self {
        Self::new(clock, until, true)
    }

    /// The same for a driver that has no job: it does not count as sleeping. The code that sets the clock moves the jobs
    /// that are due, which wakes drivers.
    pub(crate) fn of_driver(clock: &Arc<Clock>, until: Instant) -> Self {
        Self::new(clock, until, false)
    }

    /// A sleep of that time, whatever a test sets.
    pub(crate) fn in_real_time(duration: Duration) -> Self {
        let clock = Arc::new(Clock::new());
        let until = clock.after(duration);
        let mut sleep = Self::new(&clock, until, false);
        sleep.timer = Some(Timer::Thread(ThreadTimer::default()));
        sleep
    }

    fn new(clock: &Arc<Clock>, until: Instant, registers: bool) -> Self {
        Self {
            clock: Arc::clone(clock),
            until,
            registers,
            key: None,
            timer: None,
        }
    }

    /// The instant that it waits for.
    pub(crate) fn deadline(&self) -> Instant {
        self.until
    }

    /// Ready at its instant, or later.
    pub(crate) fn poll(&mut self, waker: &Waker) -> Poll<()> {
        loop {
            if self.clock.now() >= self.until {
                self.timer = None;
                self.clock.unregister(&mut self.key);
                return Poll::Ready(());
            }
            let mode = self.clock.mode();
            if mode != Mode::Real && self.registers {
                // Registered first, and checked then: so no wake-up by the clock is lost.
                self.clock.register(&mut self.key, self.until, waker);
                if self.clock.mode() != mode
                    || (mode == Mode::Set && self.clock.now() >= self.until)
                {
                    continue;
                }
            }
            if mode == Mode::Set {
                self.timer = None;
                return Poll::Pending;
            }
            let timer = self.timer.get_or_insert_with(|| Timer::new(self.until));
            if timer.poll(self.until, waker).is_ready() {
                self.timer = None;
                if self.clock.now() < self.until {
                    // The timer follows another clock, such as that of a runtime it has left.
                    waker.wake_by_ref();
                    return Poll::Pending;
                }
                continue;
            }
            return Poll::Pending;
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        Self::poll(self.get_mut(), context.waker())
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.clock.unregister(&mut self.key);
    }
}

impl Timer {
    fn new(_until: Instant) -> Self {
        #[cfg(feature = "tokio")]
        if let Some(sleep) = tokio_sleep(_until) {
            return Self::Tokio(sleep);
        }
        Self::Thread(ThreadTimer::default())
    }

    fn poll(&mut self, until: Instant, waker: &Waker) -> Poll<()> {
        match self {
            #[cfg(feature = "tokio")]
            Self::Tokio(sleep) => {
                let mut polled = Poll::Pending;
                let poll = || polled = sleep.as_mut().poll(&mut Context::from_waker(waker));
                // It panics when its runtime has been shut down.
                if crate::context::panic_hook::panics_silently(poll) {
                    *self = Self::Thread(ThreadTimer::default());
                    return self.poll(until, waker);
                }
                polled
            }
            Self::Thread(timer) => timer.poll(until, waker),
        }
    }
}

/// A timer of tokio, inside a runtime whose timers are enabled. tokio has no function for that query: without
/// them the timer panics when it is created, or when it is polled.
#[cfg(feature = "tokio")]
fn tokio_sleep(until: Instant) -> Option<Pin<Box<tokio::time::Sleep>>> {
    tokio::runtime::Handle::try_current().ok()?;
    let mut sleep = None;
    let create = || sleep = Some(Box::pin(tokio::time::sleep_until(until.into())));
    crate::context::panic_hook::panics_silently(create);
    sleep
}
