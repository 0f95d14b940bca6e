//! Why a registration failed, and the text of an ordering conflict.

use std::{borrow::Cow, fmt};

use crate::{plan::Conflict, primitives::one_line};

/// Why a subscription could not be registered.
///
/// `Display` names the remedy.
///
/// ```
/// use events_core::{Event, Registry, subscribing::SubscribeError};
///
/// #[derive(Event)]
/// struct Saved;
///
/// let registry = Registry::new();
/// let backup = registry.subscribe(|_: &Saved| println!("backup")).after("upload");
/// match backup.register() {
///     Err(SubscribeError::UnknownTarget { target, .. }) => assert_eq!(target, "upload"),
///     _ => panic!("no subscriber has the id `upload`"),
/// }
/// assert!(registry.try_emit(Saved).unwrap().is_unheard()); // nothing was subscribed
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubscribeError {
    /// Another subscription of the registry has this id.
    IdTaken {
        /// The id.
        id: String,
    },
    /// The target of `before` or `after` is not subscribed to the event, or to none of the events.
    UnknownTarget {
        /// The subscriber that names the target.
        subscriber: String,
        /// The target of `before` or `after`.
        target: String,
        /// The event's topic; of a subscriber of several events all their topics, and of a pattern subscriber its pattern.
        topic: Cow<'static, str>,
    },
    /// A handler of a listener takes a `State` that no scan of the registry provides.
    MissingState {
        /// The handler.
        subscriber: String,
        /// The type of the state.
        type_name: &'static str,
        /// The types of the states that scans provide, sorted.
        provided: Vec<&'static str>,
    },
    /// A handler of a listener has a [parameter](crate::handlers::Param) that cannot be prepared.
    Param {
        /// The handler.
        subscriber: String,
        /// The type of the parameter.
        type_name: &'static str,
        /// Why it cannot be prepared.
        error: String,
    },
    /// The pattern of a handler of a listener is valid, but too large to be compiled.
    InvalidPattern {
        /// The handler.
        subscriber: String,
        /// The pattern.
        pattern: &'static str,
        /// Why it cannot be compiled.
        error: String,
    },
    /// `before` and `after` contradict each other.
    Cycle {
        /// Each of these must run before the next, and the last before the first.
        cycle: Vec<String>,
    },
    /// A subscriber must run before another that always runs earlier: sync and awaited handlers run first, then
    /// async ones, and deferred ones last.
    Unawaited {
        /// The subscriber that runs later.
        first: String,
        /// The subscriber that must run after it.
        second: String,
    },
    /// A subscriber must run before another that in a [unit of work](crate::UnitOfWork) runs earlier, or never receives the
    /// same event.
    DividedByUnit {
        /// The subscriber that is to run first.
        first: String,
        /// The subscriber that is to run after it.
        second: String,
    },
    /// A subscriber has a delay and is not deferred.
    DelayNotDeferred {
        /// The subscriber.
        subscriber: String,
    },
    /// A subscriber has a timeout and is not async.
    TimeoutNotAsync {
        /// The subscriber.
        subscriber: String,
    },
    /// A subscriber has a debounce and is not deferred.
    DebounceNotDeferred {
        /// The subscriber.
        subscriber: String,
    },
    /// The registry is the default one of another copy of `events-core`: of the program, in a library that was
    /// loaded at run time, or the reverse. See [`Registry`](crate::Registry#libraries-that-are-loaded-at-run-time).
    OtherCopy,
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
            Conflict::Divided([first, second]) => Self::DividedByUnit {
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
                "a subscriber with the id `{}` is registered already; \
                 give this one another id, or drop that one's Subscription first",
                one_line(id)
            ),
            Self::UnknownTarget {
                subscriber,
                target,
                topic,
            } => write!(
                f,
                "{subscriber} cannot be ordered relative to `{}`, which is not subscribed to \
                 `{}`; register the target first, or correct its name",
                one_line(target),
                one_line(topic)
            ),
            Self::MissingState {
                subscriber,
                type_name,
                provided,
            } => write!(
                f,
                "{subscriber} has the parameter State<{type_name}>, which no scan of this registry provides{}; \
                 run a scan with it first: registry.scanner().state(value).run()",
                provided_states(provided)
            ),
            Self::Param {
                subscriber,
                type_name,
                error,
            } => fmt_param(f, subscriber, type_name, error),
            Self::InvalidPattern {
                subscriber,
                pattern,
                error,
            } => fmt_invalid_pattern(f, subscriber, pattern, error),
            Self::Cycle { cycle } => fmt_cycle(f, cycle),
            Self::Unawaited { first, second } => fmt_unawaited(f, first, second),
            Self::DividedByUnit { first, second } => fmt_divided(f, first, second),
            Self::DelayNotDeferred { subscriber } => write!(
                f,
                "{subscriber} has a delay, which only deferred subscribers may have, since the emit does not wait for \
                 them; add `.deferred()`, or remove the delay"
            ),
            Self::TimeoutNotAsync { subscriber } => write!(
                f,
                "{subscriber} has a timeout, which only async subscribers may have, since a sync one cannot be dropped \
                 before its end; subscribe an async function, or remove the timeout"
            ),
            Self::DebounceNotDeferred { subscriber } => write!(
                f,
                "{subscriber} has a debounce, which only deferred subscribers may have, since an emit does not wait for \
                 further events; add `.deferred()`, or remove the debounce"
            ),
            Self::OtherCopy => f.write_str(OTHER_COPY),
        }
    }
}

impl std::error::Error for SubscribeError {}

/// The text of a default registry of another copy of the crate, also for the errors of a scan.
pub(crate) const OTHER_COPY: &str = "this is the default registry of another copy of events-core, whose \
     events do not reach subscribers of this copy: a library that is loaded at run time has its own; pass a \
     registry made with Registry::new() to the library, and emit to that one";

/// The states that were provided, as part of the error of a missing one, also for the errors of a scan.
pub(crate) fn provided_states(types: &[&str]) -> String {
    if types.is_empty() {
        return String::new();
    }
    let states: Vec<_> = types.iter().map(|name| format!("State<{name}>")).collect();
    format!(" (provided: {})", states.join(", "))
}

/// The text of a parameter that cannot be prepared, also for the errors of a scan.
pub(crate) fn fmt_param(
    f: &mut fmt::Formatter<'_>,
    subscriber: &str,
    type_name: &str,
    error: &str,
) -> fmt::Result {
    let error = one_line(error);
    write!(f, "{subscriber} has the parameter {type_name}: {error}")
}

/// The text of a pattern that is too large to be compiled, also for the errors of a scan.
pub(crate) fn fmt_invalid_pattern(
    f: &mut fmt::Formatter<'_>,
    subscriber: &str,
    pattern: &str,
    error: &str,
) -> fmt::Result {
    write!(
        f,
        "{subscriber} has the pattern `{pattern}`: {error}; \
         write a smaller one, for example with smaller repetition counts"
    )
}

/// The text of a cycle of `before` and `after`, also for the errors of a scan.
pub(crate) fn fmt_cycle(f: &mut fmt::Formatter<'_>, subscribers: &[String]) -> fmt::Result {
    match subscribers {
        [only] => write!(
            f,
            "{only} is ordered relative to itself; remove that option"
        ),
        _ => write!(
            f,
            "before and after contradict each other: each of {} must run before the next, \
             and the last before the first; remove one of these options",
            subscribers.join(", ")
        ),
    }
}

/// The text of a subscriber that must run before one that always runs earlier, also for the errors
/// of a scan.
pub(crate) fn fmt_unawaited(f: &mut fmt::Formatter<'_>, first: &str, second: &str) -> fmt::Result {
    write!(
        f,
        "{first} runs later than {second}, so it cannot run before it; make the first sync or awaited, \
         or the second async or deferred as well, with no shorter delay than the first"
    )
}

/// The text of an order that a unit of work does not keep, also for the errors of a scan.
pub(crate) fn fmt_divided(f: &mut fmt::Formatter<'_>, first: &str, second: &str) -> fmt::Result {
    write!(
        f,
        "{first} cannot run before {second}: in a unit of work it runs later, or not with the same event; give both the \
         same of `at_once`, `after_commit` and `after_rollback`, or remove the order"
    )
}
