//! The clock of a registry. It is monotonic; a test can set it.
//!
//! A *real* clock is the monotonic one of the system, inside a runtime of tokio the one of tokio, which a test may have
//! paused. When a test *sets* the clock, it stands still until the test moves it on. Before that, a test kit announces that
//! the clock may be set: from then on each [`Sleep`](super::Sleep) registers its waker here, so that it follows when the
//! clock is set.

use std::{
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU8, Ordering},
    },
    task::Waker,
    time::{Duration, Instant, SystemTime},
};

use super::timetable::{TimeKey, Timetable};
use crate::primitives::{drop_catching, sync::lock, wake_each};

/// The longest time that is measured, 136 years. What is to run after a longer one never runs.
const LONGEST: Duration = Duration::from_secs(u32::MAX as u64);

/// The clock of a registry.
pub(crate) struct Clock {
    /// A `Mode`.
    mode: AtomicU8,
    set: Mutex<SetTime>,
    /// The wakers of the tasks that sleep by this clock, unless it is real.
    sleepers: Timetable<Waker>,
}

/// What a test has set.
struct SetTime {
    now: Option<Instant>,
    system: Option<SystemTime>,
}

/// How time passes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// By itself.
    Real,
    /// By itself, but a test may set the clock: tasks that sleep register.
    MaySet,
    /// A test moves it on.
    Set,
}

impl Clock {
    pub(crate) const fn new() -> Self {
        Self {
            mode: AtomicU8::new(Mode::Real as u8),
            set: Mutex::new(SetTime {
                now: None,
                system: None,
            }),
            sleepers: Timetable::new(),
        }
    }

    pub(super) fn mode(&self) -> Mode {
        match self.mode.load(Ordering::SeqCst) {
            0 => Mode::Real,
            1 => Mode::MaySet,
            _ => Mode::Set,
        }
    }

    fn set_time(&self) -> MutexGuard<'_, SetTime> {
        lock(&self.set)
    }

    /// The current time.
    pub(crate) fn now(&self) -> Instant {
        if self.mode() != Mode::Set {
            return real_now();
        }
        let now = self.set_time().now;
        now.unwrap_or_else(real_now)
    }

    /// The time that is so far in the future. A time beyond what can be measured is one that never comes, 136 years from
    /// now.
    pub(crate) fn after(&self, duration: Duration) -> Instant {
        let now = self.now();
        let mut duration = duration.min(LONGEST);
        loop {
            match now.checked_add(duration) {
                Some(due) => return due,
                None => duration /= 2,
            }
        }
    }

    /// The current time of the clock on the wall, which may be set back.
    pub(crate) fn system_now(&self) -> SystemTime {
        let system = match self.mode() {
            Mode::Set => self.set_time().system,
            Mode::Real | Mode::MaySet => None,
        };
        system.unwrap_or_else(SystemTime::now)
    }

    /// The time of this clock at which the clock on the wall shows that time, if that is not changed meanwhile. A time in
    /// the past is now.
    pub(crate) fn at_system(&self, time: SystemTime) -> Instant {
        let duration = time.duration_since(self.system_now());
        self.after(duration.unwrap_or_default())
    }

    /// What the clock on the wall shows at a time, if it is not changed meanwhile. Both clocks are read once.
    pub(crate) fn to_system(&self) -> impl Fn(Instant) -> SystemTime + use<> {
        let (now, system) = (self.now(), self.system_now());
        move |due| {
            let later = due.saturating_duration_since(now);
            let earlier = now.saturating_duration_since(due);
            let time = system.checked_add(later).unwrap_or(system);
            time.checked_sub(earlier).unwrap_or(time)
        }
    }

    /// A test may set the clock: tasks that begin to sleep from now on follow.
    pub(crate) fn expect_set(&self) {
        let _ = self.mode.compare_exchange(
            Mode::Real as u8,
            Mode::MaySet as u8,
            Ordering::SeqCst,
            Ordering::SeqCst,
        );
    }

    /// Stops the clock at the current time, unless it stands still already, and returns that time.
    pub(crate) fn stop(&self) -> Instant {
        let now = {
            let mut set = self.set_time();
            let now = *set.now.get_or_insert_with(real_now);
            self.mode.store(Mode::Set as u8, Ordering::SeqCst);
            now
        };
        // They sleep by another clock; when they are polled, they register here again.
        let sleepers = self.sleepers.lock().take_all();
        wake_each(sleepers.map(|(_, waker)| waker));
        now
    }

    /// From now on a clock that stands still runs by itself.
    pub(crate) fn resume(&self) {
        {
            let mut set = self.set_time();
            (set.now, set.system) = (None, None);
            self.mode.store(Mode::MaySet as u8, Ordering::SeqCst);
        }
        let sleepers = self.sleepers.lock().take_all();
        wake_each(sleepers.map(|(_, waker)| waker));
    }

    /// Moves a clock that stands still on to that time, never back, and wakes the tasks that have slept until then.
    pub(crate) fn move_to(&self, time: Instant) {
        {
            let mut set = self.set_time();
            set.now = set.now.map(|now| now.max(time));
        }
        let mut woken = Vec::new();
        let mut sleepers = self.sleepers.lock();
        woken.extend(std::iter::from_fn(|| sleepers.take_due(time)));
        drop(sleepers);
        wake_each(woken);
    }

    /// Sets what the clock on the wall shows, forwards or back, while this clock stands still.
    pub(crate) fn set_system(&self, time: SystemTime) {
        self.set_time().system = Some(time);
    }

    /// When the first task that sleeps by this clock is to be woken.
    pub(crate) fn next_sleeper(&self) -> Option<Instant> {
        self.sleepers.lock().next_due()
    }

    /// Registers a task that sleeps until then, in place of the one with that key.
    pub(super) fn register(&self, key: &mut Option<TimeKey>, until: Instant, waker: &Waker) {
        let waker = waker.clone();
        let old = {
            let mut sleepers = self.sleepers.lock();
            let old = key.and_then(|key| sleepers.remove(key));
            *key = Some(sleepers.insert(until, waker));
            old
        };
        drop_catching(old);
    }

    pub(super) fn unregister(&self, key: &mut Option<TimeKey>) {
        if let Some(key) = key.take() {
            let old = self.sleepers.lock().remove(key);
            drop_catching(old);
        }
    }
}

/// The time of the system; inside a runtime of tokio that of tokio.
fn real_now() -> Instant {
    #[cfg(feature = "tokio")]
    if tokio::runtime::Handle::try_current().is_ok() {
        return tokio::time::Instant::now().into_std();
    }
    Instant::now()
}
