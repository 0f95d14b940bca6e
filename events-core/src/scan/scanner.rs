//! The scan: from the link-time slice into a registry.

use std::{any::type_name, sync::Arc};

use super::{
    declarations::{self, Declaration, Declarations},
    problem::{Problem, ScanError},
    report::ScanReport,
};
use crate::{
    current::registry,
    declared::{EVENTS, Installer},
    handler::States,
    metadata::{IntoKey, Key},
    registry::{Registry, SubscriberGroup},
};

/// Registers every linked subscriber in the current registry: the first thing in `main`.
///
/// Only crates that something names are linked; [`scan!`](crate::scan!) names them. A second scan
/// finds nothing new and does no harm.
///
/// # Panics
///
/// With one message that lists every problem; see [`Problem`]. [`try_scan`] returns it.
///
/// ```standalone_crate
/// events_core::scan();
/// ```
#[expect(clippy::must_use_candidate, reason = "called for what it does")]
#[track_caller]
pub fn scan() -> ScanReport {
    scanner().run()
}

/// [`scan`], with the problems as an error.
///
/// # Errors
///
/// When anything is wrong; nothing is registered then. See [`Problem`].
pub fn try_scan() -> Result<ScanReport, ScanError> {
    scanner().try_run()
}

/// A scan of the current registry with options: states to lend, modules to narrow it to.
pub fn scanner() -> Scanner {
    registry().scanner()
}

impl Registry {
    /// Registers every linked subscriber in this registry; see [`scan`].
    ///
    /// # Panics
    ///
    /// With one message that lists every problem.
    #[expect(clippy::must_use_candidate, reason = "called for what it does")]
    #[track_caller]
    pub fn scan(&self) -> ScanReport {
        self.scanner().run()
    }

    /// [`scan`](Self::scan), with the problems as an error.
    ///
    /// # Errors
    ///
    /// When anything is wrong; nothing is registered then.
    pub fn try_scan(&self) -> Result<ScanReport, ScanError> {
        self.scanner().try_run()
    }

    /// A scan of this registry with options.
    pub fn scanner(&self) -> Scanner {
        Scanner {
            registry: self.clone(),
            states: States::default(),
            duplicate_states: Vec::new(),
            modules: Vec::new(),
            crates: Vec::new(),
            subscribers: None,
        }
    }

    /// A registry with just these subscribers, in which nothing else is: for tests, and for parts
    /// of a program that keep to themselves.
    ///
    /// # Panics
    ///
    /// As [`scan`](Self::scan). Subscribers that take a `State` go through
    /// `Registry::new().scanner().state(..).subscribers(..).run()`.
    ///
    /// ```
    /// use events_core::{Event, Registry, subscriber, subscribers};
    ///
    /// #[derive(Event)]
    /// struct Greeting(String);
    ///
    /// #[subscriber]
    /// fn shout(event: &mut Greeting) {
    ///     event.0 = event.0.to_uppercase();
    /// }
    ///
    /// let registry = Registry::with(subscribers![shout]);
    /// assert_eq!(registry.emit(Greeting("hello".into())).0, "HELLO");
    /// ```
    #[must_use]
    #[track_caller]
    pub fn with(subscribers: Subscribers) -> Self {
        let registry = Self::new();
        registry.scanner().subscribers(subscribers).run();
        registry
    }
}

/// Annotated functions by name; made by [`subscribers!`](crate::subscribers!).
#[derive(Clone, Debug)]
pub struct Subscribers(Vec<Key>);

impl Subscribers {
    /// What `subscribers!` expands to.
    #[doc(hidden)]
    #[must_use]
    pub fn new<const N: usize>(functions: [Key; N]) -> Self {
        Self(functions.into())
    }

    /// The key of a function.
    #[doc(hidden)]
    #[must_use]
    pub fn key<M>(function: impl IntoKey<M>) -> Key {
        function.into_key()
    }
}

/// A crate that a scan insists on; made by [`scanner!`](crate::scanner!).
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Linked(pub &'static str);

/// A scan about to be made. Several scans of one registry add up.
///
/// ```no_run
/// # struct Mailer;
/// events_core::scanner()
///     .state(Mailer)
///     .module("myapp::subscribers")
///     .run();
/// ```
#[derive(Debug)]
#[must_use = "nothing is scanned before `.run()`"]
pub struct Scanner {
    registry: Registry,
    states: States,
    duplicate_states: Vec<&'static str>,
    modules: Vec<String>,
    crates: Vec<Linked>,
    subscribers: Option<Subscribers>,
}

impl Scanner {
    /// Gives a value that subscribers take as `State<'_, T>`. It stays with the registry, so that
    /// later scans may use it, too; one of a later scan takes its place for what that scan finds.
    ///
    /// A value that is shared with other parts of the program goes in as what shares it: an `Arc`,
    /// a pool, a channel.
    pub fn state<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        if self.states.insert(Arc::new(value)) {
            self.duplicate_states.push(type_name::<T>());
        }
        self
    }

    /// Narrows the scan to a module and the ones inside it; called again, to several. The path is
    /// written as `module_path!()` gives it, crate first.
    pub fn module(mut self, path: impl AsRef<str>) -> Self {
        self.modules.push(path.as_ref().to_owned());
        self
    }

    /// Narrows the scan to these functions: `subscribers![greet, audit]`.
    pub fn subscribers(mut self, subscribers: Subscribers) -> Self {
        self.subscribers
            .get_or_insert_with(|| Subscribers(Vec::new()))
            .0
            .extend(subscribers.0);
        self
    }

    /// Insists that each of these crates contributed.
    #[doc(hidden)]
    pub fn crates<const N: usize>(mut self, crates: [Linked; N]) -> Self {
        self.crates.extend(crates);
        self
    }

    /// Scans, and logs what was found.
    ///
    /// # Panics
    ///
    /// With one message that lists every problem; see [`Problem`].
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "called for what it does")]
    pub fn run(self) -> ScanReport {
        match self.try_run() {
            Ok(report) => report,
            Err(error) => panic!("{error}"),
        }
    }

    /// Scans, and logs what was found.
    ///
    /// # Errors
    ///
    /// When anything is wrong; nothing is registered then. See [`Problem`].
    pub fn try_run(self) -> Result<ScanReport, ScanError> {
        let linked = Declarations::new();
        let mut problems = declarations::duplicate_topics();
        problems.extend(self.unmet_demands(&linked));

        let core = self.registry.core();
        let mut states = core.states();
        states.extend(self.states.clone());
        let mut group = SubscriberGroup::default();
        for one in linked.all().iter().filter(|one| self.selects(one)) {
            problems.extend(linked.unknown_targets(one));
            if core.has_installed(one.subscriber.address()) {
                continue;
            }
            let missing = Installer::run(one.subscriber, core, &states, &mut group, None);
            problems.extend(missing.into_iter().map(|missing| Problem::MissingState {
                subscriber: one.describe(),
                type_name: missing.type_name,
            }));
        }
        let committed = core.commit(group, self.states, problems.is_empty());
        problems.extend(committed.conflicts.iter().map(Problem::from));
        if !problems.is_empty() {
            return Err(ScanError(problems));
        }
        let report = ScanReport::new(core.declared(), &EVENTS);
        tracing::info!(
            target: "events_core",
            subscribers = report.subscribers().len(),
            events = report.heard_events(),
            "scanned: {}",
            report.summary(),
        );
        Ok(report)
    }

    /// What this scan was told to insist on and does not find.
    fn unmet_demands(&self, linked: &Declarations) -> Vec<Problem> {
        let mut problems = Vec::new();
        for &type_name in &self.duplicate_states {
            problems.push(Problem::DuplicateState { type_name });
        }
        for &Linked(name) in &self.crates {
            if !linked.is_any_in(name) && !EVENTS.iter().any(|event| event.crate_name() == name) {
                problems.push(Problem::EmptyCrate { name });
            }
        }
        for module in &self.modules {
            if !linked.is_any_in(module) {
                let module = module.clone();
                problems.push(Problem::EmptyModule { module });
            }
        }
        for function in self
            .subscribers
            .iter()
            .flat_map(|subscribers| &subscribers.0)
        {
            if !linked.is_subscriber(function) {
                let function = function.to_string();
                problems.push(Problem::NotASubscriber { function });
            } else if linked.is_added_only(function) {
                let method = function.to_string();
                problems.push(Problem::ByHand { method });
            }
        }
        problems
    }

    fn selects(&self, one: &Declaration) -> bool {
        let named = |subscribers: &Subscribers| subscribers.0.contains(&one.key);
        !one.subscriber.added_only
            && (self.modules.is_empty() || self.modules.iter().any(|module| one.is_in(module)))
            && self.subscribers.as_ref().is_none_or(named)
    }
}
