//! What a bridge says at its end.

use std::fmt;

use crate::words::{Count, Panic};

/// How a bridge ended, and what it did until then. It is also logged: at `error` when a closure
/// panicked, at `info` when the source or the registry ended it, else at `debug`.
#[derive(Debug)]
pub struct Ended {
    pub(super) by: EndedBy,
    pub(super) tally: Tally,
}

/// What ended a bridge.
#[derive(Debug)]
#[non_exhaustive]
pub enum EndedBy {
    /// The source: nothing more comes from it.
    Source,
    /// Its guard, which was dropped or told to stop it.
    Stop,
    /// The registry, which is gone: nobody is left to emit to.
    Registry,
    /// A panic: in one of the closures that it was given, in a conversion to the event, or in the
    /// stream.
    Panic(Panic),
    /// Whoever polled it: the future was dropped, or a runtime was shut down.
    Drop,
}

/// What a bridge counts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) came: usize,
    pub(super) emitted: usize,
    pub(super) left_out: usize,
    pub(super) errors: usize,
}

impl Ended {
    /// What ended it.
    #[must_use]
    pub fn by(&self) -> &EndedBy {
        &self.by
    }

    /// How many items came, errors of the source among them. When they are more than the other three
    /// numbers together, the last one was under way at the end.
    #[must_use]
    pub fn came(&self) -> usize {
        self.tally.came
    }

    /// How many became an event whose subscribers were run.
    #[must_use]
    pub fn emitted(&self) -> usize {
        self.tally.emitted
    }

    /// How many were of another sender, were filtered out, or became no event.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.tally.left_out
    }

    /// How many were errors of the source, each logged at `warn`; see
    /// [`results`](crate::Bridge::results).
    #[must_use]
    pub fn errors(&self) -> usize {
        self.tally.errors
    }

    pub(super) fn log(&self, topic: &str) {
        const TEXT: &str = "a bridge has ended";
        match &self.by {
            EndedBy::Panic(_) => {
                tracing::error!(target: "events_core", topic, ended = %self, "{TEXT}");
            }
            EndedBy::Source | EndedBy::Registry => {
                tracing::info!(target: "events_core", topic, ended = %self, "{TEXT}");
            }
            EndedBy::Stop | EndedBy::Drop => {
                tracing::debug!(target: "events_core", topic, ended = %self, "{TEXT}");
            }
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tally = &self.tally;
        write!(
            f,
            "{}; {} came, {} emitted, {} left out, {}",
            self.by,
            Count(tally.came, "item"),
            tally.emitted,
            tally.left_out,
            Count(tally.errors, "error"),
        )
    }
}

impl fmt::Display for EndedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source => f.write_str("the source has ended"),
            Self::Stop => f.write_str("its guard stopped it"),
            Self::Registry => f.write_str("its registry is gone"),
            Self::Panic(panic) => panic.fmt(f),
            Self::Drop => f.write_str("its future was dropped"),
        }
    }
}
