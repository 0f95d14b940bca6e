//! What became of the events, handler by handler.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

use super::failures;

/// The handlers, by what they do.
#[derive(Clone, Copy)]
pub(crate) enum Who {
    Counts,
    Fails,
    Panics,
    EnqueuesMore,
    Sleeps,
    AfterEmit,
    DeferredAfterEmit,
}

const NAMES: [&str; 7] = [
    "counts",
    "fails at times",
    "panics at times",
    "enqueues more",
    "async: sleeps, fails and panics at times",
    "async, after an emit",
    "deferred, after an emit",
];

/// How many events, and the sum of their numbers: neither alone would tell one that ran twice from
/// another that got lost.
#[derive(Default)]
pub(crate) struct Count {
    events: AtomicU64,
    sum: AtomicU64,
}

/// What became of the events of one handler.
#[derive(Default)]
pub(crate) struct Line {
    /// The queue took it.
    pub(crate) accepted: Count,
    /// The queue did not take it, for it was full or shut down.
    pub(crate) given_back: Count,
    /// The handler came to its end, with success or without.
    pub(crate) delivered: Count,
    /// A shutdown handed it back.
    pub(crate) handed_back: Count,
}

/// What became of all events.
#[derive(Default)]
pub(crate) struct Tally {
    lines: [Line; NAMES.len()],
    /// How often a handler failed or panicked.
    pub(crate) failed: Count,
    /// How many failures were logged meanwhile.
    logged: AtomicU64,
}

impl Count {
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

impl Line {
    fn counts(&self) -> [&Count; 4] {
        [
            &self.accepted,
            &self.given_back,
            &self.delivered,
            &self.handed_back,
        ]
    }

    fn adds_up(&self) -> bool {
        let (accepted, sum) = self.accepted.get();
        let (delivered, sum_delivered) = self.delivered.get();
        let (handed_back, sum_handed_back) = self.handed_back.get();
        accepted == delivered + handed_back && sum == sum_delivered + sum_handed_back
    }
}

impl Tally {
    pub(crate) fn of(&self, who: Who) -> &Line {
        &self.lines[who as usize]
    }

    /// The round is over: keeps how many failures were logged in it.
    pub(crate) fn end(&self) {
        self.logged.store(failures::take(), Ordering::Relaxed);
    }

    /// Whether a shutdown left something.
    pub(crate) fn was_handed_back(&self) -> bool {
        self.lines.iter().any(|line| line.handed_back.get().0 > 0)
    }

    pub(crate) fn add(&self, other: &Self) {
        for (line, other) in self.lines.iter().zip(&other.lines) {
            for (count, other) in line.counts().into_iter().zip(other.counts()) {
                let (events, sum) = other.get();
                count.add_all(events, sum);
            }
        }
        let (events, sum) = other.failed.get();
        self.failed.add_all(events, sum);
        let logged = other.logged.load(Ordering::Relaxed);
        self.logged.fetch_add(logged, Ordering::Relaxed);
    }

    /// Whether all events are accounted for, and all failures.
    pub(crate) fn adds_up(&self) -> bool {
        self.lines.iter().all(Line::adds_up) && self.failures_add_up()
    }

    fn failures_add_up(&self) -> bool {
        self.failed.get().0 == self.logged.load(Ordering::Relaxed)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = |holds| if holds { "adds up" } else { "DOES NOT ADD UP" };
        writeln!(
            f,
            "{:40} {:>12} {:>12} {:>12} {:>12}",
            "handler", "accepted", "delivered", "handed back", "given back",
        )?;
        for (name, line) in NAMES.iter().zip(&self.lines) {
            writeln!(
                f,
                "{name:40} {:12} {:12} {:12} {:12}  {}",
                line.accepted.get().0,
                line.delivered.get().0,
                line.handed_back.get().0,
                line.given_back.get().0,
                verdict(line.adds_up()),
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
