//! The problems that a scan can find; it reports all of them at once.

use std::fmt;

use crate::{
    declared::InstallError,
    handler::MissingState,
    plan::Conflict,
    primitives::one_line,
    subscribe::{
        OTHER_COPY, fmt_cycle, fmt_divided, fmt_invalid_pattern, fmt_param, fmt_unawaited,
        provided_states,
    },
};

/// Everything that a scan found wrong; nothing was registered.
///
/// `Display` lists every problem with its location and its remedy.
///
/// ```
/// use events_core::{Event, Registry, subscriber, subscribers};
///
/// #[derive(Event)]
/// struct OrderPlaced;
///
/// #[subscriber(after = "billing::invoice")]
/// fn pack(_: &OrderPlaced) {}
///
/// let registry = Registry::new();
/// let error = registry.scanner().subscribers(subscribers![pack]).try_run().unwrap_err();
/// assert_eq!(error.problems().len(), 1);
/// let text = r#"has after = "billing::invoice", which is no subscriber"#;
/// assert!(error.to_string().contains(text));
/// ```
#[derive(Debug)]
pub struct ScanError(Vec<Problem>);

impl ScanError {
    /// Each problem once: a scan can find one in several places, such as a cycle in each of several events.
    pub(super) fn new(found: Vec<Problem>) -> Self {
        let mut problems = Vec::with_capacity(found.len());
        for problem in found {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        Self(problems)
    }

    /// The problems: at least one.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

/// How the name of the crate begins into which rustdoc merges the doctests of a crate of edition 2024.
const DOCTEST_BUNDLE: &str = "doctest_bundle_";

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
        let is_of_doctest = |problem: &Problem| problem.to_string().contains(DOCTEST_BUNDLE);
        if self.0.iter().any(is_of_doctest) {
            f.write_str(
                "\nrustdoc has merged several doctests into this program, which has the events and subscribers of \
                 all of them; begin the code block of each doctest that scans with ```standalone_crate",
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for ScanError {}

/// One problem that a scan found. Subscribers and events are named as `path (file:line)`.
///
/// `Display` shows the problem with its remedy.
///
/// ```
/// use events_core::{Event, Registry, State, scanning::Problem, subscriber, subscribers};
///
/// #[derive(Event)]
/// struct OrderPlaced;
///
/// struct Ledger;
///
/// #[subscriber]
/// fn book(_: &OrderPlaced, _ledger: State<'_, Ledger>) {}
///
/// let registry = Registry::new();
/// let error = registry.scanner().subscribers(subscribers![book]).try_run().unwrap_err();
/// let [Problem::MissingState { subscriber, type_name, .. }] = error.problems() else {
///     panic!("another problem: {error}");
/// };
/// assert!(subscriber.contains("::book (") && type_name.ends_with("::Ledger"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// Several event types have the same topic.
    DuplicateTopic {
        /// The topic.
        topic: &'static str,
        /// The event types.
        events: Vec<String>,
    },
    /// Several durable subscribers have the same id.
    DuplicateId {
        /// The id.
        id: &'static str,
        /// The subscribers.
        subscribers: Vec<String>,
    },
    /// Several versions or copies of a crate are linked: event types with the same path share a topic.
    DuplicateCrate {
        /// The crate.
        name: &'static str,
        /// The event types.
        events: Vec<String>,
    },
    /// Two crates of one name contain the same modules, such as the library and the binary of a package that both
    /// declare them with `mod`: event types with the same path share a topic.
    DuplicateModule {
        /// The name of the crates.
        name: &'static str,
        /// The event types.
        events: Vec<String>,
    },
    /// A subscriber takes a `State` that no scan provides.
    MissingState {
        /// The subscriber.
        subscriber: String,
        /// The type of the state.
        type_name: &'static str,
        /// The types of the states that scans provide, sorted.
        provided: Vec<&'static str>,
    },
    /// A subscriber has a [parameter](crate::handlers::Param) that cannot be prepared.
    Param {
        /// The subscriber.
        subscriber: String,
        /// The type of the parameter.
        type_name: &'static str,
        /// Why it cannot be prepared.
        error: String,
    },
    /// The pattern of a subscriber is valid, but too large to be compiled.
    InvalidPattern {
        /// The subscriber.
        subscriber: String,
        /// The pattern.
        pattern: &'static str,
        /// Why it cannot be compiled.
        error: String,
    },
    /// One scan has two states of the same type.
    DuplicateState {
        /// The type of the states.
        type_name: &'static str,
    },
    /// `before` and `after` contradict each other.
    Cycle {
        /// Each of these must run before the next, and the last before the first.
        subscribers: Vec<String>,
    },
    /// A subscriber must run before another that always runs earlier: sync handlers run first, then
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
    /// A target of `before` or `after` is no subscriber.
    UnknownTarget {
        /// The subscriber that names it.
        subscriber: String,
        /// `before` or `after`.
        relation: &'static str,
        /// The target: the path of a function, or a text in quotation marks.
        target: String,
        /// ``did you mean `a`?`` with the paths of subscribers that are similar to a target that is a text.
        similar: Option<String>,
    },
    /// A target of `before` or `after` is a subscriber of other events only.
    UnrelatedTarget {
        /// The subscriber that names it.
        subscriber: String,
        /// `before` or `after`.
        relation: &'static str,
        /// The target.
        target: String,
        /// The topics of the subscriber's events, or its pattern.
        topic: String,
    },
    /// A crate named in `scan!` contributed nothing.
    EmptyCrate {
        /// The crate.
        name: &'static str,
    },
    /// A module that a scan is restricted to has no subscriber.
    EmptyModule {
        /// The module.
        module: String,
    },
    /// A function named in `subscribers!` is not annotated.
    NotASubscriber {
        /// The function.
        function: String,
    },
    /// A method named in `subscribers!` belongs to a listener that is not `Default`, so that a scan
    /// cannot create one.
    ByHand {
        /// The method.
        method: String,
    },
    /// The registry is the default one of another copy of `events-core`; see
    /// [`Registry`](crate::Registry#libraries-that-are-loaded-at-run-time).
    OtherCopy,
}

impl Problem {
    /// That a subscriber cannot be installed.
    pub(super) fn of(subscriber: String, error: InstallError) -> Self {
        match error {
            InstallError::MissingState(MissingState {
                type_name,
                provided,
            }) => Self::MissingState {
                subscriber,
                type_name,
                provided,
            },
            InstallError::Param { type_name, error } => Self::Param {
                subscriber,
                type_name,
                error,
            },
            InstallError::InvalidPattern { pattern, error } => Self::InvalidPattern {
                subscriber,
                pattern,
                error,
            },
        }
    }
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
            Conflict::Divided([first, second]) => Self::DividedByUnit {
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
                "{} share the topic `{}`; give all but one another with #[event(topic = \"..\")]",
                events.join(" and "),
                one_line(topic)
            ),
            Self::DuplicateCrate { name, events } => write!(
                f,
                "the crate `{name}` is linked in several versions or copies, which share topics: {}; \
                 make all dependencies use one version of it; `cargo tree --duplicates` lists them",
                events.join(", ")
            ),
            Self::DuplicateModule { name, events } => write!(
                f,
                "two crates have the name `{name}`, such as the library and the binary of a package, and both contain {}; \
                 declare its module in the library only, and name it by a path of the library",
                events.join(", ")
            ),
            Self::MissingState {
                subscriber,
                type_name,
                provided,
            } => write!(
                f,
                "{subscriber} has the parameter State<{type_name}>, which no scan provides{}; \
                 add .state(..) to the scanner: events_core::scanner().state(value).run()",
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
            Self::DuplicateId { id, subscribers } => write!(
                f,
                "{} have the id \"{}\", under which a database stores what each of them is to receive; give each an id of \
                 its own with `durable = \"..\"`",
                subscribers.join(" and "),
                one_line(id)
            ),
            Self::DuplicateState { type_name } => write!(
                f,
                "the scan has two states of the type {type_name}; \
                 remove one, or wrap it in a type of its own"
            ),
            Self::Cycle { subscribers } => fmt_cycle(f, subscribers),
            Self::Unawaited { first, second } => fmt_unawaited(f, first, second),
            Self::DividedByUnit { first, second } => fmt_divided(f, first, second),
            Self::OtherCopy => f.write_str(OTHER_COPY),
            Self::UnknownTarget {
                subscriber,
                relation,
                target,
                similar,
            } => {
                let remedy = match similar {
                    Some(similar) => similar,
                    None if target.starts_with('"') => {
                        "write a path as the report of a scan prints it"
                    }
                    None => "annotate that function with #[subscriber], or name another",
                };
                write!(
                    f,
                    "{subscriber} has {relation} = {}, which is no subscriber; {remedy}",
                    one_line(target)
                )
            }
            Self::UnrelatedTarget {
                subscriber,
                relation,
                target,
                topic,
            } => write!(
                f,
                "{subscriber} has {relation} = {}, which is not subscribed to `{}`; \
                 name a subscriber of that event, or remove {relation}",
                one_line(target),
                one_line(topic)
            ),
            Self::EmptyCrate { name } => write!(
                f,
                "the crate `{name}` was named in the scan and contributed no subscriber and no \
                 event; remove it, or annotate its functions with #[subscriber]; if Cargo.toml \
                 renames the package, write scan!({name} = package)"
            ),
            Self::EmptyModule { module } => write!(
                f,
                "the scan is restricted to the module `{module}`, which has no subscriber; \
                 write its path as module_path!() returns it, crate first, and link its crate with \
                 scanner!(the_crate)"
            ),
            Self::NotASubscriber { function } => write!(
                f,
                "`{function}` is named in subscribers![..] and is not annotated; \
                 put #[subscriber] on it, or use registry.on({function})"
            ),
            Self::ByHand { method } => write!(
                f,
                "`{method}` is named in subscribers![..], and its listener is not Default, so a \
                 scan cannot create one; use registry.add(listener).detach(), or implement Default"
            ),
        }
    }
}
