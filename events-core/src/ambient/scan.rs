//! The scan: from the link-time slice into a registry.

use std::{any::TypeId, collections::BTreeMap, sync::Arc};

use super::{
    current::registry,
    link::{EVENTS, SUBSCRIBERS},
    problem::{Problem, ScanError},
    report::ScanReport,
};
use crate::{
    engine::{Batch, Installer, Registry, Subscriber},
    handler::States,
    words::{IntoKey, Key},
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
            self.duplicate_states.push(std::any::type_name::<T>());
        }
        self
    }

    /// Narrows the scan to a module and the ones inside it; called again, to several. The path is
    /// written as `module_path!()` gives it, crate first.
    pub fn module(mut self, path: impl Into<String>) -> Self {
        self.modules.push(path.into());
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
        self.try_run().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Scans, and logs what was found.
    ///
    /// # Errors
    ///
    /// When anything is wrong; nothing is registered then. See [`Problem`].
    pub fn try_run(self) -> Result<ScanReport, ScanError> {
        let linked = Declared::all();
        let mut problems = duplicate_topics();
        problems.extend(self.unmet_demands(&linked));

        let core = self.registry.core();
        let mut states = core.states();
        states.extend(self.states.clone());
        let mut batch = Batch::default();
        for declared in linked.iter().filter(|declared| self.selects(declared)) {
            problems.extend(declared.stray_targets(&linked));
            if core.has_installed(declared.subscriber.address()) {
                continue;
            }
            let missing = Installer::run(declared.subscriber, &states, &mut batch);
            problems.extend(missing.into_iter().map(|missing| Problem::MissingState {
                subscriber: declared.told(),
                type_name: missing.type_name,
            }));
        }
        if problems.is_empty() {
            let told = |subscribers: Vec<_>| Problem::Cycle {
                subscribers: subscribers.iter().map(ToString::to_string).collect(),
            };
            let committed = core.commit(batch, self.states);
            problems.extend(committed.cycles.into_iter().map(|cycle| told(cycle.0)));
        }
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
    fn unmet_demands(&self, linked: &[Declared]) -> Vec<Problem> {
        let mut problems = Vec::new();
        for &type_name in &self.duplicate_states {
            problems.push(Problem::DuplicateState { type_name });
        }
        for &Linked(name) in &self.crates {
            let subscribes = linked.iter().any(|declared| declared.is_in(name));
            if !subscribes && !EVENTS.iter().any(|event| event.crate_name() == name) {
                problems.push(Problem::EmptyCrate { name });
            }
        }
        for module in &self.modules {
            if !linked.iter().any(|declared| declared.is_in(module)) {
                let module = module.clone();
                problems.push(Problem::EmptyModule { module });
            }
        }
        for function in self
            .subscribers
            .iter()
            .flat_map(|subscribers| &subscribers.0)
        {
            if !linked.iter().any(|declared| declared.key == *function) {
                let function = function.to_string();
                problems.push(Problem::NotASubscriber { function });
            }
        }
        problems
    }

    fn selects(&self, declared: &Declared) -> bool {
        let named = |subscribers: &Subscribers| subscribers.0.contains(&declared.key);
        (self.modules.is_empty() || self.modules.iter().any(|module| declared.is_in(module)))
            && self.subscribers.as_ref().is_none_or(named)
    }
}

/// A linked subscriber, with what its functions say evaluated.
struct Declared {
    subscriber: &'static Subscriber,
    key: Key,
    event: TypeId,
}

impl Declared {
    /// All that are linked, by place: the linker's order means nothing.
    fn all() -> Vec<Self> {
        let mut all: Vec<_> = SUBSCRIBERS
            .static_slice()
            .iter()
            .map(|subscriber| Self {
                subscriber,
                key: (subscriber.key)(),
                event: (subscriber.event)().0,
            })
            .collect();
        all.sort_by_key(|Self { subscriber, .. }| {
            (subscriber.module, subscriber.location, subscriber.name)
        });
        all
    }

    /// Whether it is declared in that module or one inside it.
    fn is_in(&self, module: &str) -> bool {
        let rest = self.subscriber.module.strip_prefix(module);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    }

    fn told(&self) -> String {
        format!("{:?}", self.subscriber)
    }

    /// Targets of `before` and `after` with which it never runs together.
    fn stray_targets(&self, linked: &[Self]) -> Vec<Problem> {
        let Subscriber { before, after, .. } = self.subscriber;
        let before = before.iter().map(|target| ("before", target()));
        let after = after.iter().map(|target| ("after", target()));
        let mut problems = Vec::new();
        for (relation, target) in before.chain(after) {
            let mut found = linked
                .iter()
                .filter(|declared| declared.key == target)
                .peekable();
            let (subscriber, target) = (self.told(), target.to_string());
            if found.peek().is_none() {
                problems.push(Problem::UnknownTarget {
                    subscriber,
                    relation,
                    target,
                });
            } else if found.all(|declared| declared.event != self.event) {
                problems.push(Problem::UnrelatedTarget {
                    subscriber,
                    relation,
                    target,
                    topic: (self.subscriber.event)().1.topic(),
                });
            }
        }
        problems
    }
}

fn duplicate_topics() -> Vec<Problem> {
    let mut by_topic: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for event in EVENTS.iter() {
        by_topic.entry(event.topic()).or_default().push(event);
    }
    by_topic
        .into_iter()
        .filter(|(_, events)| events.len() > 1)
        .map(|(topic, mut events)| {
            events.sort_by_key(|event| (event.module(), event.location()));
            let told = |event: &&crate::words::EventInfo| {
                format!(
                    "{}::{} ({})",
                    event.module(),
                    event.name(),
                    event.location()
                )
            };
            Problem::DuplicateTopic {
                topic,
                events: events.iter().map(told).collect(),
            }
        })
        .collect()
}
