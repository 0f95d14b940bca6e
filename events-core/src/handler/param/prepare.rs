//! What a parameter can request when its subscriber is registered, and why it cannot be prepared.

use std::{
    any::{TypeId, type_name},
    error::Error,
    fmt,
    sync::{Arc, Mutex},
};

use crate::{
    context::ValuesByType,
    metadata::Location,
    primitives::sync::lock,
    result::{BoxError, error_text},
};

/// The registration of a subscriber, for [`Param::prepare`]: the states of the scan, and which subscriber has the
/// parameter.
///
/// ```
/// use std::sync::Arc;
/// use events_core::{
///     Event, Registry, failures::BoxError, subscriber, subscribers,
///     handlers::{CallContext, Param, Prepare, PrepareError},
/// };
///
/// /// The names of the feature flags that are on.
/// struct Flags(Vec<&'static str>);
///
/// /// Whether the flag `beta` is on, as a parameter.
/// struct Beta(bool);
///
/// impl Param for Beta {
///     type Kept = bool;
///     type Held<'c> = bool;
///     type Item<'i> = Beta;
///
///     fn prepare(scan: &Prepare<'_>) -> Result<bool, PrepareError> {
///         let flags = scan.state::<Flags>()?; // missing: an error of the scan
///         Ok(flags.0.contains(&"beta"))
///     }
///
///     fn acquire<'c>(kept: &'c bool, _: &'c CallContext<'c>) -> Result<bool, BoxError> {
///         Ok(*kept)
///     }
///
///     fn item<'i, 'c: 'i>(held: &'i mut bool) -> Beta {
///         Beta(*held)
///     }
/// }
///
/// #[derive(Event)]
/// struct Greeting(String);
///
/// #[subscriber]
/// fn greet(event: &mut Greeting, beta: Beta) {
///     event.0.push_str(if beta.0 { "hello, tester" } else { "hello" });
/// }
///
/// let registry = Registry::new();
/// let scanner = registry.scanner().subscribers(subscribers![greet]);
/// scanner.state(Flags(vec!["beta"])).run();
/// assert_eq!(registry.emit(Greeting(String::new())).0, "hello, tester");
/// ```
///
/// [`Param::prepare`]: super::Param::prepare
#[derive(Debug)]
pub struct Prepare<'p> {
    states: &'p ValuesByType,
    subscriber: &'static str,
    location: Location,
    may_run_later: bool,
    durable: Option<&'static str>,
    marks: Mutex<Vec<TypeId>>,
    needs: Mutex<Vec<&'static str>>,
}

impl<'p> Prepare<'p> {
    pub(crate) fn new(
        states: &'p ValuesByType,
        subscriber: &'static str,
        location: Location,
        may_run_later: bool,
    ) -> Self {
        Self {
            states,
            subscriber,
            location,
            may_run_later,
            durable: None,
            marks: Mutex::default(),
            needs: Mutex::default(),
        }
    }

    pub(crate) fn with_durable(self, durable: Option<&'static str>) -> Self {
        Self { durable, ..self }
    }

    /// The value of this type that was given to a scan of the registry with [`state`](crate::scanning::Scanner::state),
    /// as [`State`](crate::State) receives it.
    ///
    /// # Errors
    ///
    /// If no scan has one: return it from `prepare`, then the error of the scan names the subscriber and the type.
    pub fn state<T: Send + Sync + 'static>(&self) -> Result<Arc<T>, PrepareError> {
        self.states.get::<T>().ok_or_else(|| {
            PrepareError(PrepareErrorKind::MissingState(MissingState {
                type_name: type_name::<T>(),
                provided: self.states.type_names(),
            }))
        })
    }

    /// The path of the subscriber with the parameter, such as `shop::orders::pack`.
    #[must_use]
    pub fn subscriber(&self) -> &'static str {
        self.subscriber
    }

    /// Where the subscriber is declared.
    #[must_use]
    pub fn location(&self) -> Location {
        self.location
    }

    /// Whether the subscriber may run after the emit has returned: it is deferred, it is async and not awaited, or it waits
    /// for the end of a [unit of work](crate::UnitOfWork). It waits if it is `after_commit` or `after_rollback`, or if it has
    /// no such option and one of its event types is `after_commit`. Which events a topic pattern matches is not known here: a
    /// subscriber of one that has no option counts as one that runs in the emit.
    ///
    /// A subscriber that runs later does not receive the values that an emitter gives, see
    /// [`Emitting`](crate::emitting::Emitting).
    #[must_use]
    pub fn may_run_later(&self) -> bool {
        self.may_run_later
    }

    /// Marks the subscriber with a type, which [`SubscriberInfo::has_mark`](crate::info::SubscriberInfo::has_mark) finds: what
    /// calls it then knows that it has such a parameter. It is for the parameters of durable subscribers.
    pub fn mark<T: 'static>(&self) {
        lock(&self.marks).push(TypeId::of::<T>());
    }

    /// States in words what a call of the subscriber needs, if not every emit gives it: it is the end of the sentence "called,
    /// ..". [`explain`](crate::Registry::explain) shows it, and [`SubscriberInfo::needs`](crate::info::SubscriberInfo::needs)
    /// returns it. Without it, explanations say that each emit calls the subscriber. It changes nothing else: whether a call
    /// has what it needs is decided by [`acquire`](super::Param::acquire), whose error is the failure of the subscriber.
    ///
    /// ```
    /// use events_core::{
    ///     Event, Registry, failures::BoxError, subscriber, subscribers,
    ///     handlers::{CallContext, Param, Prepare, PrepareError},
    /// };
    ///
    /// /// The tenant on whose behalf an event is emitted.
    /// #[derive(Clone, Copy)]
    /// struct Tenant(u32);
    ///
    /// impl Param for Tenant {
    ///     type Kept = ();
    ///     type Held<'c> = Tenant;
    ///     type Item<'i> = Tenant;
    ///
    ///     fn prepare(scan: &Prepare<'_>) -> Result<(), PrepareError> {
    ///         scan.needs("if the emitter gives a tenant");
    ///         Ok(())
    ///     }
    ///
    ///     fn acquire<'c>((): &'c (), call: &'c CallContext<'c>) -> Result<Tenant, BoxError> {
    ///         Ok(*call.require()?)
    ///     }
    ///
    ///     fn item<'i, 'c: 'i>(held: &'i mut Tenant) -> Tenant {
    ///         *held
    ///     }
    /// }
    ///
    /// #[derive(Event)]
    /// struct Export;
    ///
    /// #[subscriber]
    /// fn name(_: &Export, tenant: Tenant) {
    ///     println!("export of {}", tenant.0);
    /// }
    ///
    /// let registry = Registry::with(subscribers![name]);
    /// let text = registry.explain::<Export>().to_string();
    /// assert!(text.contains("called, if the emitter gives a tenant"), "{text}");
    /// ```
    pub fn needs(&self, words: &'static str) {
        lock(&self.needs).push(words);
    }

    /// The marks, and what is needed.
    pub(crate) fn into_notes(self) -> (Vec<TypeId>, Vec<&'static str>) {
        let marks = std::mem::take(&mut *lock(&self.marks));
        let needs = std::mem::take(&mut *lock(&self.needs));
        (marks, needs)
    }

    /// The id of the subscriber, if it is [durable](crate::delivering): it is called with events from a store, by what
    /// delivers them. It may not run later then.
    ///
    /// ```
    /// use events_core::handlers::{Prepare, PrepareError};
    ///
    /// /// The preparation of a parameter that only a store gives.
    /// fn prepare(scan: &Prepare<'_>) -> Result<(), PrepareError> {
    ///     match scan.durable() {
    ///         Some(_) => Ok(()),
    ///         None => Err(PrepareError::new("only a durable subscriber has it; add `durable = \"its.id\"`")),
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn durable(&self) -> Option<&'static str> {
        self.durable
    }
}

/// Why a parameter cannot be prepared: an error of the scan, which names the subscriber and the type of the parameter.
///
/// The operator `?` converts any error into it; [`new`](Self::new) makes one of a text. It is no [`Error`] itself.
///
/// ```
/// use events_core::{
///     Event, Registry, failures::BoxError, subscriber, subscribers,
///     handlers::{CallContext, Param, Prepare, PrepareError},
/// };
///
/// /// A connection that belongs to the caller of the emit.
/// struct Connection;
///
/// impl Param for &Connection {
///     type Kept = ();
///     type Held<'c> = &'c Connection;
///     type Item<'i> = &'i Connection;
///
///     fn prepare(scan: &Prepare<'_>) -> Result<(), PrepareError> {
///         if scan.may_run_later() {
///             return Err(PrepareError::new("the connection is gone when the subscriber runs; use an awaited one"));
///         }
///         Ok(())
///     }
///
///     fn acquire<'c>((): &'c (), call: &'c CallContext<'c>) -> Result<&'c Connection, BoxError> {
///         Ok(call.require()?)
///     }
///
///     fn item<'i, 'c: 'i>(held: &'i mut &'c Connection) -> &'i Connection {
///         held
///     }
/// }
///
/// #[derive(Event, Clone)]
/// struct OrderPlaced;
///
/// #[subscriber(deferred)]
/// fn pack(_: &OrderPlaced, _: &Connection) {}
///
/// let registry = Registry::new();
/// let error = registry.scanner().subscribers(subscribers![pack]).try_run().unwrap_err();
/// assert!(error.to_string().contains("the connection is gone when the subscriber runs; use an awaited one"));
/// ```
pub struct PrepareError(pub(crate) PrepareErrorKind);

pub(crate) enum PrepareErrorKind {
    MissingState(MissingState),
    Other(BoxError),
}

impl PrepareError {
    /// An error with this text, or this error.
    #[must_use]
    pub fn new(error: impl Into<BoxError>) -> Self {
        Self(PrepareErrorKind::Other(error.into()))
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for PrepareError {
    fn from(error: E) -> Self {
        Self::new(error)
    }
}

impl fmt::Display for PrepareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            PrepareErrorKind::MissingState(missing) => {
                write!(f, "no scan provides State<{}>", missing.type_name)
            }
            PrepareErrorKind::Other(error) => error_text(error.as_ref()).fmt(f),
        }
    }
}

impl fmt::Debug for PrepareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PrepareError")
            .field(&format_args!("{self}"))
            .finish()
    }
}

/// The type of a state of which no scan had a value.
#[doc(hidden)]
#[derive(Debug)]
pub struct MissingState {
    pub(crate) type_name: &'static str,
    /// The types of the values that scans provided, sorted.
    pub(crate) provided: Vec<&'static str>,
}
