//! What became of one subscriber of an event.

use std::fmt;

use super::failures::Failure;

/// What became of one subscriber of an event: whether it ran, failed, was skipped, or will run later.
///
/// A failure to reach the subscriber, such as that of a full queue, is [`Failed`](Self::Failed) as well: its
/// [`cause`](Failure::cause) shows which of them it is.
///
/// ```
/// use events_core::outcomes::{SkipReason, SubscriberOutcome};
///
/// /// The label of a metric: few values, and none of them with a name.
/// fn label(outcome: &SubscriberOutcome) -> &'static str {
///     match outcome {
///         SubscriberOutcome::Ran | SubscriberOutcome::Stopped => "ran",
///         SubscriberOutcome::Failed(_) => "failed",
///         SubscriberOutcome::Retrying(_) => "retrying",
///         SubscriberOutcome::Deferred | SubscriberOutcome::AfterCommit => "deferred",
///         _ => "skipped",
///     }
/// }
///
/// assert_eq!(label(&SubscriberOutcome::Ran), "ran");
/// let skipped = SubscriberOutcome::Skipped(SkipReason::Condition);
/// assert_eq!(label(&skipped), "skipped");
/// assert_eq!(skipped.to_string(), "was skipped: its condition rejected the event");
/// ```
#[non_exhaustive]
#[derive(Clone, Debug)]
pub enum SubscriberOutcome {
    /// It ran to its end.
    Ran,
    /// It ran, and stopped the subscribers after it. A subscriber that runs later stops none: if middleware returns this for
    /// it, it ran.
    Stopped,
    /// It was not called, because one of its options excluded the event.
    Skipped(SkipReason),
    /// It failed, or the event could not be delivered to it, and no further attempt follows.
    Failed(Failure),
    /// It will run later, from the queue.
    Deferred,
    /// It will run after the commit of the [unit of work](crate::UnitOfWork) in which the event was emitted, there from the queue
    /// if it is async or deferred. It counts as [deferred](crate::Emitted::deferred).
    AfterCommit,
    /// It failed, and a further attempt follows. If middleware returns this after a call that is not repeated, the subscriber
    /// failed.
    Retrying(Failure),
    /// It was not called, for a reason that lies outside of it and is not a failure of it.
    NotReached(NotReached),
}

/// Why a subscriber was skipped: the option or the state of it that excludes the event.
///
/// ```
/// use events_core::outcomes::SkipReason;
///
/// let text = |reason: SkipReason| reason.to_string();
/// assert_eq!(text(SkipReason::UsedUp), "it runs once, and has run");
/// assert_eq!(text(SkipReason::Origin), "it is limited to another origin");
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SkipReason {
    /// It is limited to another origin.
    Origin,
    /// Its condition rejected the event.
    Condition,
    /// It runs once, and has run.
    UsedUp,
    /// Its subscription was dropped.
    Unsubscribed,
    /// A later event has replaced this one within its `debounce`.
    Replaced,
    /// It is muted.
    Muted,
    /// A [middleware](crate::Registry::wrap) did not call it.
    Middleware,
}

/// Why a subscriber was not reached, although none of its options excludes the event.
///
/// ```
/// use events_core::outcomes::NotReached;
///
/// let text = |reason: NotReached| reason.to_string();
/// assert_eq!(text(NotReached::AfterStop), "a subscriber before it stopped the event");
/// assert_eq!(text(NotReached::CutOff), "the emit was dropped before its end");
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotReached {
    /// A subscriber before it stopped the event.
    AfterStop,
    /// The emit was refused, since too many are nested.
    Refused,
    /// The event was withheld from all subscribers, by a test or by a middleware.
    Withheld,
    /// The emit was dropped before its end, or a [middleware](crate::Registry::wrap_emit) cut it off.
    CutOff,
}

impl SubscriberOutcome {
    /// The failure, if it failed, also if a further attempt follows.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) | Self::Retrying(failure) => Some(failure),
            Self::Ran
            | Self::Stopped
            | Self::Skipped(_)
            | Self::Deferred
            | Self::AfterCommit
            | Self::NotReached(_) => None,
        }
    }
}

impl fmt::Display for SubscriberOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ran => f.write_str("ran"),
            Self::Stopped => f.write_str("ran and stopped the event"),
            Self::Skipped(reason) => write!(f, "was skipped: {reason}"),
            Self::Failed(failure) => failure.cause().fmt(f),
            Self::Deferred => f.write_str("runs later, from the queue"),
            Self::AfterCommit => f.write_str("runs after the commit"),
            Self::Retrying(failure) => {
                write!(f, "is tried again, since it {}", failure.cause())
            }
            Self::NotReached(reason) => write!(f, "was not reached: {reason}"),
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Origin => "it is limited to another origin",
            Self::Condition => "its condition rejected the event",
            Self::UsedUp => "it runs once, and has run",
            Self::Unsubscribed => "its subscription was dropped",
            Self::Replaced => "a later event has replaced this one",
            Self::Muted => "it is muted",
            Self::Middleware => "a middleware did not call it",
        })
    }
}

impl fmt::Display for NotReached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AfterStop => "a subscriber before it stopped the event",
            Self::Refused => "the emit was refused, since too many are nested",
            Self::Withheld => "the event was withheld from all subscribers",
            Self::CutOff => "the emit was dropped before its end",
        })
    }
}
