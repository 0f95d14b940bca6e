//! What runs later: scheduled events, subscribers with a delay, and the time that a test sets.

mod clock;
mod delay;
mod drivers;
mod in_unit;
mod races;
mod random;
mod scheduled;
mod shutdown;
mod tokio_time;

use std::time::Duration;

use events_core::{__testing::TestTime, Event, Registry};

use crate::Journal;

/// An event with a number.
#[derive(Event, Clone)]
struct Tick(u32);

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A registry whose time stands still, with a subscriber that notes each `Tick`.
struct Stopped {
    registry: Registry,
    journal: Journal,
    time: TestTime,
}

impl Stopped {
    fn new() -> Self {
        let registry = Registry::new();
        let journal = Journal::default();
        let notes = journal.clone();
        registry
            .on(move |tick: &Tick| notes.note(tick.0.to_string()))
            .detach();
        Self {
            time: TestTime::stop(&registry),
            registry,
            journal,
        }
    }

    /// Lets that time pass, and returns what was noted.
    fn pass(&mut self, by: Duration) -> String {
        let target = self.time.after(by);
        let is_settled = self.time.block_until(target, seconds(60), || false);
        assert_eq!(is_settled, Some(true), "the queue is settled");
        self.journal.take().join(" ")
    }
}
