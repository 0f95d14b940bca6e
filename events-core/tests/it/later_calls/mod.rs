//! Section 12: timeouts, retries, keys and debounce of subscribers that run later.

mod debounce;
mod full_drivers;
mod hostile;
mod order;
mod parked;
mod per_key;
mod retry;
mod retry_lost;
mod retry_owners;
mod retry_threads;
mod timeout;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use events_core::{__testing::TestTime, Event, Registry, Retry};

use crate::Journal;

/// Longer than any delay of [`RETRY`].
const LATER: Duration = Duration::from_secs(1);

/// Delays that are over after [`LATER`].
const RETRY: Retry = Retry::exponential(LATER, LATER).max_retries(3);

/// An event whose number says what its handlers do.
#[derive(Event, Clone)]
struct Work {
    number: u32,
    /// How often its handlers fail.
    fails: Arc<AtomicU32>,
    journal: Journal,
}

impl Work {
    fn new(number: u32, fails: u32, journal: &Journal) -> Self {
        Self {
            number,
            fails: Arc::new(AtomicU32::new(fails)),
            journal: journal.clone(),
        }
    }

    /// Notes the call. An error as often as the event says.
    fn run(&self, attempt: u32) -> Result<(), String> {
        self.journal.note(format!("{}.{attempt}", self.number));
        let fail = |left: u32| left.checked_sub(1);
        let failed = self
            .fails
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, fail);
        match failed {
            Ok(_) => Err(format!("attempt {attempt} failed")),
            Err(_) => Ok(()),
        }
    }
}

/// The time of a registry, which stands still.
struct Time(TestTime);

impl Time {
    fn of(registry: &Registry) -> Self {
        Self(TestTime::stop(registry))
    }

    /// Moves time on, and runs what is due.
    fn advance(&mut self, by: Duration) {
        let target = self.0.after(by);
        let settled = self
            .0
            .block_until(target, Duration::from_secs(60), || false);
        assert_eq!(settled, Some(true), "everything runs that is due");
    }
}
