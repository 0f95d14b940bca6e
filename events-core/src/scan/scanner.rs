//! The scan: registers the linked subscribers in a registry, with options.

use std::{any::type_name, collections::BTreeSet, sync::Arc};

use super::{
    declarations::{Declaration, Declarations},
    duplicates::{duplicate_ids, duplicate_topics},
    hints::Hints,
    problem::{Problem, ScanError},
    report::ScanReport,
};
use crate::{
    current::registry,
    declared::{EVENTS, Installer},
    handler::States,
    metadata::{IntoKey, Key},
    primitives::catch_record,
    registry::{Registry, SubscriberGroup},
};

/// Registers every linked subscriber in the current registry; call it first in `main`.
///
/// Only crates that the program names are linked; [`scan!`](crate::scan!) names them. The report and the
/// log record of a scan that finds no declared subscriber have this as a hint. A second scan registers only what is new.
///
/// A library that is loaded at run time scans a registry that the program passes to it; see
/// [`Registry`](Registry#libraries-that-are-loaded-at-run-time).
///
/// The first emit on the default registry before any scan logs a warning, because none of the linked
/// subscribers is called. The warning, and the summary of the scan, are records of `tracing`: they are
/// printed only if the program installs a `tracing::Subscriber`.
///
/// # Panics
///
/// When a problem is found, with a message that lists all of them; see [`Problem`]. [`try_scan`]
/// returns them as an error.
///
/// Guide: [scanning and linking](crate::guide::scanning).
///
/// ```standalone_crate
/// events_core::scan();
/// ```
#[expect(clippy::must_use_candidate, reason = "called for what it does")]
#[track_caller]
pub fn scan() -> ScanReport {
    scanner().run()
}

/// As [`scan`], with the problems as an error.
///
/// ```standalone_crate
/// use events_core::{Event, State, subscriber};
///
/// #[derive(Event)]
/// struct OrderPlaced;
///
/// struct Ledger;
///
/// #[subscriber]
/// fn book(_: &OrderPlaced, _ledger: State<'_, Ledger>) {}
///
/// let error = events_core::try_scan().unwrap_err();
/// assert_eq!(error.problems().len(), 1);
/// assert!(error.to_string().contains("add .state(..) to the scanner"));
///
/// events_core::scanner().state(Ledger).try_run()?; // nothing was registered before
/// # Ok::<(), events_core::scanning::ScanError>(())
/// ```
///
/// # Errors
///
/// When a problem is found; nothing is registered then. See [`Problem`].
pub fn try_scan() -> Result<ScanReport, ScanError> {
    scanner().try_run()
}

/// A scan of the current registry with options: states for the subscribers, and modules to restrict
/// it to.
///
/// Nothing is scanned before [`run`](Scanner::run) or [`try_run`](Scanner::try_run).
/// [`scanner!`](crate::scanner!) also links crates.
///
/// ```standalone_crate
/// use events_core::{Event, State, subscriber};
///
/// #[derive(Event)]
/// struct OrderPlaced {
///     cents: u64,
/// }
///
/// struct Discount(u64);
///
/// #[subscriber]
/// fn apply(event: &mut OrderPlaced, discount: State<'_, Discount>) {
///     event.cents -= discount.0;
/// }
///
/// events_core::scanner().state(Discount(5)).run(); // first in `main`
/// assert_eq!(OrderPlaced { cents: 100 }.emit().cents, 95);
/// ```
pub fn scanner() -> Scanner {
    registry().scanner()
}

impl Registry {
    /// Registers every linked subscriber in this registry; see [`scan`].
    ///
    /// # Panics
    ///
    /// When a problem is found, with a message that lists all of them.
    #[expect(clippy::must_use_candidate, reason = "called for what it does")]
    #[track_caller]
    pub fn scan(&self) -> ScanReport {
        self.scanner().run()
    }

    /// As [`scan`](Self::scan), with the problems as an error.
    ///
    /// # Errors
    ///
    /// When a problem is found; nothing is registered then.
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

    /// A new registry with only these subscribers: for tests, and for isolated parts of a program.
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
///
/// It is the return type of a function that names a part of the subscribers:
///
/// ```
/// use events_core::{Event, Registry, scanning::Subscribers, subscriber, subscribers};
///
/// #[derive(Event)]
/// struct OrderPlaced {
///     cents: u64,
/// }
///
/// #[subscriber]
/// fn discount(event: &mut OrderPlaced) {
///     event.cents -= 5;
/// }
///
/// /// The subscribers that change a price, without those that send mails.
/// fn pricing() -> Subscribers {
///     subscribers![discount]
/// }
///
/// let registry = Registry::with(pricing());
/// assert_eq!(registry.emit(OrderPlaced { cents: 100 }).cents, 95);
/// ```
#[derive(Clone, Debug)]
pub struct Subscribers(Vec<Key>);

impl Subscribers {
    /// Used by the expansion of `subscribers!`.
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

/// A crate that must contribute to a scan; made by [`scanner!`](crate::scanner!).
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Linked(pub &'static str);

/// A builder of a scan. Several scans of one registry add up.
///
#[doc = include_str!("../../docs/scanner.md")]
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
    /// Provides a value that subscribers take as `State<'_, T>`. The registry stores it for later
    /// scans; a value of a later scan replaces it for the subscribers that that scan registers.
    ///
    /// To share a value with other parts of the program, provide an `Arc`, a pool or a channel.
    pub fn state<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        if self.states.insert(Arc::new(value)) {
            self.duplicate_states.push(type_name::<T>());
        }
        self
    }

    /// Restricts the scan to a module and those inside of it; several calls restrict it to several
    /// modules. The path is written as `module_path!()` returns it, crate first.
    pub fn module(mut self, path: impl AsRef<str>) -> Self {
        self.modules.push(path.as_ref().to_owned());
        self
    }

    /// Restricts the scan to these functions: `subscribers![greet, audit]`.
    pub fn subscribers(mut self, subscribers: Subscribers) -> Self {
        self.subscribers
            .get_or_insert_with(|| Subscribers(Vec::new()))
            .0
            .extend(subscribers.0);
        self
    }

    /// Makes it a problem when one of these crates contributes nothing.
    #[doc(hidden)]
    pub fn crates<const N: usize>(mut self, crates: [Linked; N]) -> Self {
        self.crates.extend(crates);
        self
    }

    /// Scans, and logs what is registered.
    ///
    /// # Panics
    ///
    /// When a problem is found, with a message that lists all of them; see [`Problem`].
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "called for what it does")]
    pub fn run(self) -> ScanReport {
        match self.try_run() {
            Ok(report) => report,
            Err(error) => panic!("{error}"),
        }
    }

    /// Scans, and logs what is registered.
    ///
    /// # Errors
    ///
    /// When a problem is found; nothing is registered then. See [`Problem`].
    pub fn try_run(self) -> Result<ScanReport, ScanError> {
        let linked = Declarations::new();
        let mut problems = duplicate_topics(EVENTS.iter());
        problems.extend(self.unmet_requirements(&linked));

        let core = self.registry.core();
        if core.is_of_another_copy() {
            problems.push(Problem::OtherCopy);
        }
        let mut states = core.states();
        drop(states.extend(self.states.clone()));
        let mut group = SubscriberGroup::default();
        let mut registered_now = BTreeSet::new();
        let selected = linked.all().iter();
        for declaration in selected.filter(|declaration| self.selects(declaration)) {
            problems.extend(linked.unknown_targets(declaration));
            if core.has_installed(declaration.subscriber.address()) {
                continue;
            }
            registered_now.insert(declaration.subscriber.address());
            let errors = Installer::run(declaration.subscriber, core, &states, &mut group, None);
            let problem = |error| Problem::of(declaration.describe(), error);
            problems.extend(errors.into_iter().map(problem));
        }
        let to_add = linked.listeners_to_add(|declaration| {
            self.covers(declaration) && !core.was_added(&declaration.key)
        });
        problems.extend(duplicate_ids(core, &mut group));
        let committed = core.commit(group, self.states, problems.is_empty());
        problems.extend(committed.conflicts.iter().map(Problem::from));
        if !problems.is_empty() {
            return Err(ScanError::new(problems));
        }
        let is_installed =
            |declaration: &&Declaration| core.has_installed(declaration.subscriber.address());
        let hints = Hints::of(linked.all().iter().filter(is_installed), &registered_now);
        for listener in &to_add {
            catch_record(|| tracing::info!(target: "events_core", "{listener}"));
        }
        let is_restricted = !self.modules.is_empty() || self.subscribers.is_some();
        let found_nothing = linked.all().is_empty() && !is_restricted;
        let report = ScanReport::new(core.declared(), &EVENTS, hints, to_add, found_nothing);
        catch_record(|| {
            let hint = report.unlinked_hint();
            let (separator, hint) = hint.map_or(("", ""), |hint| ("; ", hint));
            tracing::info!(
                target: "events_core",
                subscribers = report.subscribers().len(),
                events = report.heard_events(),
                "scanned: {}{separator}{hint}",
                report.summary(),
            );
        });
        Ok(report)
    }

    /// The problems with the options of this scan.
    fn unmet_requirements(&self, linked: &Declarations) -> Vec<Problem> {
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

    /// Whether the scan registers this subscriber.
    fn selects(&self, declaration: &Declaration) -> bool {
        !declaration.subscriber.added_only && self.covers(declaration)
    }

    /// Whether the restrictions of the scan include this subscriber.
    fn covers(&self, declaration: &Declaration) -> bool {
        let named = |subscribers: &Subscribers| subscribers.0.contains(&declaration.key);
        (self.modules.is_empty() || self.modules.iter().any(|module| declaration.is_in(module)))
            && self.subscribers.as_ref().is_none_or(named)
    }
}
