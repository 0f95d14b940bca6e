//! Why a subscription was not made.

use std::{borrow::Cow, fmt};

use crate::plan::Conflict;

/// Why a subscription was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubscribeError {
    /// Another subscription of the registry has this id.
    IdTaken {
        /// The id.
        id: String,
    },
    /// Nobody of that name listens to the event.
    UnknownTarget {
        /// Who should be ordered.
        subscriber: String,
        /// The target of `before` or `after`.
        target: String,
        /// The event's topic.
        topic: Cow<'static, str>,
    },
    /// A handler of a listener takes a `State` that no scan of the registry was given.
    MissingState {
        /// The handler.
        subscriber: String,
        /// The type of the state.
        type_name: &'static str,
    },
    /// `before` and `after` contradict each other.
    Cycle {
        /// Each of these must run before the next, and the last before the first.
        cycle: Vec<String>,
    },
    /// A subscriber is to run before another whose turn is earlier: sync ones come first, then async
    /// ones, and deferred ones last.
    Unawaited {
        /// Who runs later.
        first: String,
        /// Who is to run after it.
        second: String,
    },
}

impl From<&Conflict> for SubscribeError {
    fn from(conflict: &Conflict) -> Self {
        match conflict {
            Conflict::Cycle(cycle) => Self::Cycle {
                cycle: cycle.iter().map(ToString::to_string).collect(),
            },
            Conflict::Unawaited([first, second]) => Self::Unawaited {
                first: first.to_string(),
                second: second.to_string(),
            },
        }
    }
}

impl fmt::Display for SubscribeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IdTaken { id } => write!(
                f,
                "a subscriber with the id `{id}` is registered already; \
                 give this one another id, or drop that one's Subscription first"
            ),
            Self::UnknownTarget {
                subscriber,
                target,
                topic,
            } => write!(
                f,
                "{subscriber} cannot be ordered relative to `{target}`, which does not listen to \
                 `{topic}`; register the target first, or correct its name"
            ),
            Self::MissingState {
                subscriber,
                type_name,
            } => write!(
                f,
                "{subscriber} takes State<{type_name}>, which no scan of this registry was given; \
                 give it to one before: registry.scanner().state(value).run()"
            ),
            Self::Cycle { cycle } => write!(
                f,
                "before and after contradict each other: of {}, each must run before the next, \
                 and the last before the first; remove one of the options",
                cycle.join(", ")
            ),
            Self::Unawaited { first, second } => write!(
                f,
                "{first} runs later than {second}, so it cannot come first; make it sync, or let \
                 the other one be async or deferred, too"
            ),
        }
    }
}

impl std::error::Error for SubscribeError {}
