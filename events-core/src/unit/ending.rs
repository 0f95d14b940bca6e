//! The end of a unit of work: what it holds is run, in no unit that the thread has entered.

use std::borrow::Cow;

use tracing::enabled;

use super::{
    entered::EnteredUnit,
    error::UnitEnded,
    handle::UnitHandle,
    ledger::{HeldBox, HeldEnd, HeldItem, Level},
};
use crate::{
    context::panic_hook::catch_panic_outside,
    primitives::{CatchDrop, Plural, catch_record},
    queue::TopicCounts,
    result::Panic,
};

/// Commits a unit, and runs what it holds.
pub(super) fn commit(unit: &UnitHandle) {
    end_levels(unit.0.begin_commit(), HeldEnd::Committed);
    unit.0.finish_commit();
}

/// Rolls back a unit, unless it has ended.
pub(super) fn roll_back(unit: &UnitHandle) {
    end_levels(unit.0.roll_back(), HeldEnd::RolledBack);
}

/// Rolls back a unit that is dropped, unless it has ended, and logs what it holds.
pub(super) fn roll_back_dropped(unit: &UnitHandle) {
    let levels = unit.0.roll_back();
    log_dropped(&levels);
    end_levels(levels, HeldEnd::RolledBack);
}

/// Rolls back a savepoint and those in it, if it is open.
pub(super) fn roll_back_to(unit: &UnitHandle, savepoint: u64) {
    end_levels(unit.0.roll_back_to(savepoint), HeldEnd::RolledBack);
}

impl UnitHandle {
    /// Calls the function after the commit; see [`UnitOfWork::after_commit`](crate::UnitOfWork::after_commit). While the
    /// unit runs what it held, which is after its commit, the function is called at once.
    ///
    /// # Errors
    ///
    /// When the unit has ended. The function is dropped.
    pub fn after_commit(&self, f: impl FnOnce() + Send + 'static) -> Result<(), UnitEnded> {
        if let Some(held) = self.0.hold(Box::new(AfterCommit(f)))? {
            end_each([held], HeldEnd::Committed);
        }
        Ok(())
    }

    /// Whether an open savepoint holds anything, for tests.
    pub(crate) fn holds_in_savepoints(&self) -> bool {
        self.0.holds_in_savepoints()
    }

    /// How many events with this topic the unit holds, for tests.
    pub(crate) fn count_held(&self, topic: &str) -> usize {
        self.0.count_held(topic)
    }

    /// Ends what the unit holds outside of its open savepoints, and what is held meanwhile, as its commit does, and leaves it
    /// open, for tests.
    pub(crate) fn run_held(&self) {
        loop {
            let held = self.0.take_held();
            if held.is_empty() {
                return;
            }
            end_each(held, HeldEnd::Committed);
        }
    }
}

/// Ends what is held in a unit that runs what it held: at once, as after a commit.
pub(crate) fn end_at_once(held: Box<dyn HeldItem>) {
    end_each([CatchDrop::new(held)], HeldEnd::Committed);
}

/// Calls a closure after the commit.
struct AfterCommit<F>(F);

impl<F: FnOnce() + Send> HeldItem for AfterCommit<F> {
    fn end(self: Box<Self>, end: HeldEnd) {
        if end == HeldEnd::Committed {
            (self.0)();
        }
    }

    fn topic(&self) -> Option<Cow<'static, str>> {
        None
    }
}

/// Ends what these levels hold, from the outermost on.
fn end_levels(levels: Vec<Level>, end: HeldEnd) {
    let _outside = EnteredUnit::none();
    for level in levels {
        end_each(level.into_held(), end);
    }
}

/// Ends what was held, one after the other. A panic does not affect the others.
fn end_each(held: impl IntoIterator<Item = HeldBox>, end: HeldEnd) {
    let _outside = EnteredUnit::none();
    for held in held {
        if let Err(panic) = catch_panic_outside(|| held.into_inner().end(end)) {
            log_panic(&panic);
        }
    }
}

/// Logs how many events are not delivered, since their unit was dropped, and their topics.
#[cold]
fn log_dropped(levels: &[Level]) {
    catch_record(|| {
        if !enabled!(target: "events_core", tracing::Level::DEBUG) {
            return;
        }
        let mut topics = TopicCounts::default();
        let mut events = 0;
        for topic in levels.iter().flat_map(Level::topics) {
            topics.add(topic);
            events += 1;
        }
        if events > 0 {
            tracing::debug!(
                target: "events_core",
                events,
                %topics,
                "a unit of work was dropped; {} {} not delivered",
                Plural(events, "event"),
                if events == 1 { "is" } else { "are" },
            );
        }
    });
}

#[cold]
fn log_panic(panic: &Panic) {
    catch_record(|| {
        tracing::error!(
            target: "events_core",
            cause = %panic,
            "what a unit of work runs when it has ended failed",
        );
    });
}
