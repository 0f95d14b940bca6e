//! What a bridge says at its end.

use std::fmt;

use crate::{primitives::Plural, result::Panic};

/// How a bridge ended, and what it did until then. It is also logged: at `error` when a closure
/// panicked, at `info` when the source or the registry ended it, else at `debug`.
#[derive(Debug)]
pub struct Ended {
    pub(crate) why: EndReason,
    pub(crate) counts: Counts,
}

/// Why a bridge ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum EndReason {
    /// Nothing more comes from the source.
    SourceEnded,
    /// Its guard was dropped, or told to stop it.
    Stopped,
    /// The registry is gone: nobody is left to emit to.
    RegistryGone,
    /// A panic in one of the closures that it was given, in a conversion to the event, or in the
    /// stream.
    Panicked(Panic),
    /// The future was dropped, perhaps by a runtime that was shut down.
    Dropped,
}

/// What a bridge counts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) came: usize,
    pub(crate) emitted: usize,
    pub(crate) left_out: usize,
    pub(crate) errors: usize,
}

impl Ended {
    /// Why it ended.
    #[must_use]
    pub fn why(&self) -> &EndReason {
        &self.why
    }

    /// How many items came, errors of the source among them. When they are more than the other three
    /// numbers together, the last one was under way at the end.
    #[must_use]
    pub fn came(&self) -> usize {
        self.counts.came
    }

    /// How many became an event whose subscribers were run.
    #[must_use]
    pub fn emitted(&self) -> usize {
        self.counts.emitted
    }

    /// How many were of another sender, were filtered out, or became no event.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.counts.left_out
    }

    /// How many were errors of the source, each logged at `warn`; see
    /// [`results`](crate::bridges::Bridge::results).
    #[must_use]
    pub fn errors(&self) -> usize {
        self.counts.errors
    }

    pub(crate) fn log(&self, topic: &str) {
        const TEXT: &str = "a bridge has ended";
        match &self.why {
            EndReason::Panicked(_) => {
                tracing::error!(target: "events_core", topic, ended = %self, "{TEXT}");
            }
            EndReason::SourceEnded | EndReason::RegistryGone => {
                tracing::info!(target: "events_core", topic, ended = %self, "{TEXT}");
            }
            EndReason::Stopped | EndReason::Dropped => {
                tracing::debug!(target: "events_core", topic, ended = %self, "{TEXT}");
            }
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = &self.counts;
        write!(
            f,
            "{}; {} came, {} emitted, {} left out, {}",
            self.why,
            Plural(counts.came, "item"),
            counts.emitted,
            counts.left_out,
            Plural(counts.errors, "error"),
        )
    }
}

impl fmt::Display for EndReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SourceEnded => f.write_str("the source has ended"),
            Self::Stopped => f.write_str("its guard stopped it"),
            Self::RegistryGone => f.write_str("its registry is gone"),
            Self::Panicked(panic) => panic.fmt(f),
            Self::Dropped => f.write_str("its future was dropped"),
        }
    }
}
