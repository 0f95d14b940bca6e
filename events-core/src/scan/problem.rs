//! What a scan can find wrong; all of it is told at once.

use std::fmt;

use crate::plan::Conflict;

/// Everything that a scan found wrong; nothing was registered.
///
/// `Display` lists every problem, each with its place and its remedy.
#[derive(Debug)]
pub struct ScanError(pub(crate) Vec<Problem>);

impl ScanError {
    /// The problems: at least one.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => write!(f, "the scan found a problem, and registered nothing:")?,
            count => write!(
                f,
                "the scan found {count} problems, and registered nothing:"
            )?,
        }
        for (number, problem) in (1..).zip(&self.0) {
            write!(f, "\n  {number}. {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ScanError {}

/// One thing that a scan found wrong. Subscribers and events are told as `path (file:line)`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// Several events have one topic.
    DuplicateTopic {
        /// The topic.
        topic: &'static str,
        /// The events.
        events: Vec<String>,
    },
    /// A subscriber takes a `State` that no scan was given.
    MissingState {
        /// The subscriber.
        subscriber: String,
        /// The type of the state.
        type_name: &'static str,
    },
    /// One scan was given two states of one type.
    DuplicateState {
        /// The type of the states.
        type_name: &'static str,
    },
    /// `before` and `after` contradict each other.
    Cycle {
        /// Each of these must run before the next, and the last before the first.
        subscribers: Vec<String>,
    },
    /// A subscriber is to run before another whose turn is earlier: sync ones come first, then async
    /// ones, and deferred ones last.
    Unawaited {
        /// Who runs later.
        first: String,
        /// Who is to run after it.
        second: String,
    },
    /// A target of `before` or `after` is no subscriber.
    UnknownTarget {
        /// The subscriber that names it.
        subscriber: String,
        /// `before` or `after`.
        relation: &'static str,
        /// The target.
        target: String,
    },
    /// A target of `before` or `after` listens to other events only.
    UnrelatedTarget {
        /// The subscriber that names it.
        subscriber: String,
        /// `before` or `after`.
        relation: &'static str,
        /// The target.
        target: String,
        /// What the subscriber listens to.
        topic: String,
    },
    /// A crate named in `scan!` contributed nothing.
    EmptyCrate {
        /// The crate.
        name: &'static str,
    },
    /// A module that a scan was narrowed to has no subscriber.
    EmptyModule {
        /// The module.
        module: String,
    },
    /// A function named in `subscribers!` is not annotated.
    NotASubscriber {
        /// The function.
        function: String,
    },
    /// A method named in `subscribers!` is of a listener that is not `Default`, so that no scan can
    /// make one.
    ByHand {
        /// The method.
        method: String,
    },
}

impl From<&Conflict> for Problem {
    fn from(conflict: &Conflict) -> Self {
        match conflict {
            Conflict::Cycle(cycle) => Self::Cycle {
                subscribers: cycle.iter().map(ToString::to_string).collect(),
            },
            Conflict::Unawaited([first, second]) => Self::Unawaited {
                first: first.to_string(),
                second: second.to_string(),
            },
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateTopic { topic, events } => write!(
                f,
                "{} share the topic `{topic}`; give all but one another with \
                 #[event(topic = \"..\")]",
                events.join(" and ")
            ),
            Self::MissingState {
                subscriber,
                type_name,
            } => write!(
                f,
                "{subscriber} takes State<{type_name}>, which this scan was not given; \
                 add .state(..) to the scanner: events_core::scanner().state(value).run()"
            ),
            Self::DuplicateState { type_name } => write!(
                f,
                "the scan was given two states of the type {type_name}; \
                 remove one, or wrap it in a type of its own"
            ),
            Self::Cycle { subscribers } => match subscribers.as_slice() {
                [alone] => write!(f, "{alone} is ordered relative to itself; remove that"),
                _ => write!(
                    f,
                    "before and after contradict each other: of {}, each must run before the next, \
                     and the last before the first; remove one of the options",
                    subscribers.join(", ")
                ),
            },
            Self::Unawaited { first, second } => write!(
                f,
                "{first} runs later than {second}, so it cannot come first; make it sync, or let \
                 the other one be async or deferred, too"
            ),
            Self::UnknownTarget {
                subscriber,
                relation,
                target,
            } => write!(
                f,
                "{subscriber} says {relation} = {target}, which is no subscriber; \
                 annotate that function with #[subscriber], or name another"
            ),
            Self::UnrelatedTarget {
                subscriber,
                relation,
                target,
                topic,
            } => write!(
                f,
                "{subscriber} says {relation} = {target}, which does not listen to `{topic}`; \
                 name a subscriber of that event, or remove {relation}"
            ),
            Self::EmptyCrate { name } => write!(
                f,
                "the crate `{name}` was named in the scan and contributed no subscriber and no \
                 event; remove it, or annotate its functions with #[subscriber]; where Cargo.toml \
                 renames the package, write scan!({name} = package)"
            ),
            Self::EmptyModule { module } => write!(
                f,
                "the scan was narrowed to the module `{module}`, which has no subscriber; \
                 write its path as module_path!() gives it, crate first, and link its crate with \
                 scanner!(the_crate)"
            ),
            Self::NotASubscriber { function } => write!(
                f,
                "`{function}` was named in subscribers![..] and is not annotated; \
                 put #[subscriber] on it, or use registry.on({function})"
            ),
            Self::ByHand { method } => write!(
                f,
                "`{method}` was named in subscribers![..], and its listener is not Default, so no \
                 scan can make one; use registry.add(listener), or implement Default"
            ),
        }
    }
}
