//! Counts of the events by outcome, for each handler.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

use super::failures;

/// The handlers, by their behavior.
#[derive(Clone, Copy)]
pub(crate) enum HandlerKind {
    Succeeds,
    Fails,
    Panics,
    EnqueuesMore,
    Sleeps,
    AfterEmit,
    DeferredAfterEmit,
}

const NAMES: [&str; 7] = [
    "succeeds",
    "fails at times",
    "panics at times",
    "enqueues more",
    "async: sleeps, fails and panics at times",
    "async, after an emit",
    "deferred, after an emit",
];

/// The number of events, and the sum of the numbers in them. The sum detects an event that was handled
/// twice while another was lost.
#[derive(Default)]
pub(crate) struct EventCount {
    events: AtomicU64,
    sum: AtomicU64,
}

/// The events of one handler, by outcome.
#[derive(Default)]
pub(crate) struct HandlerCounts {
    /// Accepted by the queue.
    pub(crate) accepted: EventCount,
    /// Rejected by the queue, because it was full or shut down.
    pub(crate) rejected: EventCount,
    /// Handled, with success or failure.
    pub(crate) delivered: EventCount,
    /// Returned by the shutdown.
    pub(crate) unfinished: EventCount,
}

/// The events of all handlers.
#[derive(Default)]
pub(crate) struct Counts {
    handlers: [HandlerCounts; NAMES.len()],
    /// The events with which a handler failed or panicked.
    pub(crate) failed: EventCount,
    /// The number of logged failures.
    logged: AtomicU64,
}

impl EventCount {
    pub(crate) fn add(&self, number: u64) {
        self.add_all(1, number);
    }

    fn add_all(&self, events: u64, sum: u64) {
        self.events.fetch_add(events, Ordering::Relaxed);
        self.sum.fetch_add(sum, Ordering::Relaxed);
    }

    fn get(&self) -> (u64, u64) {
        (
            self.events.load(Ordering::Relaxed),
            self.sum.load(Ordering::Relaxed),
        )
    }
}

impl HandlerCounts {
    fn all(&self) -> [&EventCount; 4] {
        [
            &self.accepted,
            &self.rejected,
            &self.delivered,
            &self.unfinished,
        ]
    }

    fn adds_up(&self) -> bool {
        let (accepted, sum) = self.accepted.get();
        let (delivered, sum_delivered) = self.delivered.get();
        let (unfinished, sum_unfinished) = self.unfinished.get();
        accepted == delivered + unfinished && sum == sum_delivered + sum_unfinished
    }
}

impl Counts {
    pub(crate) fn of(&self, kind: HandlerKind) -> &HandlerCounts {
        &self.handlers[kind as usize]
    }

    /// Stores the number of failures logged since the last call.
    pub(crate) fn take_logged(&self) {
        self.logged.store(failures::take(), Ordering::Relaxed);
    }

    /// Whether the shutdown returned events.
    pub(crate) fn left_events(&self) -> bool {
        self.handlers
            .iter()
            .any(|handler| handler.unfinished.get().0 > 0)
    }

    pub(crate) fn add(&self, other: &Self) {
        for (handler, other) in self.handlers.iter().zip(&other.handlers) {
            for (count, other) in handler.all().into_iter().zip(other.all()) {
                let (events, sum) = other.get();
                count.add_all(events, sum);
            }
        }
        let (events, sum) = other.failed.get();
        self.failed.add_all(events, sum);
        let logged = other.logged.load(Ordering::Relaxed);
        self.logged.fetch_add(logged, Ordering::Relaxed);
    }

    /// Whether every accepted event was handled or returned, and every failure logged.
    pub(crate) fn adds_up(&self) -> bool {
        self.handlers.iter().all(HandlerCounts::adds_up) && self.failures_add_up()
    }

    fn failures_add_up(&self) -> bool {
        self.failed.get().0 == self.logged.load(Ordering::Relaxed)
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = |holds| if holds { "adds up" } else { "DOES NOT ADD UP" };
        writeln!(
            f,
            "{:40} {:>12} {:>12} {:>12} {:>12}",
            "handler", "accepted", "delivered", "unfinished", "rejected",
        )?;
        for (name, handler) in NAMES.iter().zip(&self.handlers) {
            writeln!(
                f,
                "{name:40} {:12} {:12} {:12} {:12}  {}",
                handler.accepted.get().0,
                handler.delivered.get().0,
                handler.unfinished.get().0,
                handler.rejected.get().0,
                verdict(handler.adds_up()),
            )?;
        }
        writeln!(
            f,
            "{} failures, {} of them logged: {}",
            self.failed.get().0,
            self.logged.load(Ordering::Relaxed),
            verdict(self.failures_add_up()),
        )
    }
}
