//! Descriptions of event types and subscribers: names and source locations, never the content of events.

use std::{borrow::Cow, fmt, num::NonZeroUsize};

use super::{location::Location, origin::Origin};

/// The description of an event type, written by the derive.
///
/// [`events()`](crate::events) lists those of all event types that are linked into the program.
///
/// ```
/// use events_core::Event;
///
/// /// A customer placed an order.
/// #[derive(Event)]
/// pub struct OrderPlaced {
///     pub number: u32,
///     #[event(secret)]
///     pub card: String,
/// }
///
/// let info = OrderPlaced::info();
/// assert!(info.topic().ends_with("::OrderPlaced"));
/// assert_eq!(info.docs(), "A customer placed an order.");
/// let [number, card] = info.fields().collect::<Vec<_>>()[..] else {
///     panic!("it has two fields");
/// };
/// assert_eq!((number.name(), number.type_name()), ("number", "u32"));
/// assert!(card.is_secret());
/// ```
#[derive(Debug)]
pub struct EventInfo {
    topic: &'static str,
    name: &'static str,
    module: &'static str,
    location: Location,
    docs: &'static str,
    fields: &'static [FieldTuple],
}

/// A field's name, its type, and whether it is secret. The derive writes these tuples instead of
/// [`FieldInfo`]s, because a constructor call for each field doubles the time to compile an event.
type FieldTuple = (&'static str, &'static str, bool);

impl EventInfo {
    /// Called by the code that the derive writes.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        topic: &'static str,
        name: &'static str,
        module: &'static str,
        location: Location,
        docs: &'static str,
        fields: &'static [FieldTuple],
    ) -> Self {
        Self {
            topic,
            name,
            module,
            location,
            docs,
            fields,
        }
    }

    /// The topic: module path and name, unless `#[event(topic = "..")]` sets another.
    #[must_use]
    pub const fn topic(&self) -> &'static str {
        self.topic
    }

    /// The name of the type, without its path and type parameters.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The path of the module that declares it.
    #[must_use]
    pub const fn module(&self) -> &'static str {
        self.module
    }

    /// The crate that declares it.
    #[must_use]
    pub fn crate_name(&self) -> &'static str {
        crate_of(self.module)
    }

    /// Where it is declared.
    #[must_use]
    pub const fn location(&self) -> Location {
        self.location
    }

    /// Its doc comment, with lines joined by line feeds; empty if there is none.
    #[must_use]
    pub const fn docs(&self) -> &'static str {
        self.docs
    }

    /// Its fields in order of declaration. Those of a tuple struct are named `0`, `1`, and so on.
    /// Fields of an enum are not listed.
    pub fn fields(&self) -> impl Iterator<Item = FieldInfo> + use<> {
        let fields = self.fields.iter();
        fields.map(|&(name, type_name, secret)| FieldInfo {
            name,
            type_name,
            secret,
        })
    }
}

/// One field of an event type.
#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    name: &'static str,
    type_name: &'static str,
    secret: bool,
}

impl FieldInfo {
    /// The field's name, without `r#`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The field's type as it is written in the source.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// Whether it is marked `#[event(secret)]`: its value must not be shown.
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        self.secret
    }
}

/// The description of a subscriber, as reports, errors and logs show it.
///
/// Displayed as `path::of::function (file:line)`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SubscriberInfo {
    /// The topic of its event type. For a subscriber to a pattern of topics: the topic of the current
    /// event, or the pattern if there is no current event.
    pub topic: Cow<'static, str>,
    /// The pattern of topics, if it is subscribed to a pattern.
    pub pattern: Option<Cow<'static, str>>,
    /// The path of the function; for a run-time subscription, its id or the handler's type.
    pub name: Cow<'static, str>,
    /// The module that declares it; empty for a function or closure that was subscribed at run time.
    pub module: &'static str,
    /// Where it is declared, or where it was subscribed at run time.
    pub location: Location,
    /// Its priority: higher ones run first; the default is 0.
    pub priority: i32,
    /// The origin that it is limited to, if any.
    pub origin: Option<Origin>,
    /// Whether the handler takes the event by `&mut`.
    pub changes: bool,
    /// Whether it runs at most once.
    pub once: bool,
    /// Whether it is async: only `emit_async` and the queue wait for it.
    pub asynchronous: bool,
    /// Whether it always runs from the queue, also if the event is emitted with `emit_async`.
    pub deferred: bool,
    /// The maximum number of its calls in progress at the same time; `None` means no limit.
    pub concurrency: Option<NonZeroUsize>,
}

/// The options of a subscriber that are plain values, as its attribute sets them.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default)]
pub struct SubscriberOptions {
    /// Handlers of high priority run first.
    pub priority: i32,
    /// Whether the handler takes the event by `&mut`.
    pub changes: bool,
    /// Whether it runs at most once.
    pub once: bool,
    /// Whether it is async.
    pub asynchronous: bool,
    /// Whether it always runs from the queue.
    pub deferred: bool,
    /// The maximum number of its calls in progress at the same time; 0 for no limit.
    pub concurrency: usize,
}

impl SubscriberInfo {
    /// The description of a subscriber with these options. It has no pattern and no origin yet.
    pub(crate) fn new(
        topic: Cow<'static, str>,
        name: Cow<'static, str>,
        module: &'static str,
        location: Location,
        options: SubscriberOptions,
    ) -> Self {
        let SubscriberOptions {
            priority,
            changes,
            once,
            asynchronous,
            deferred,
            concurrency,
        } = options;
        Self {
            topic,
            pattern: None,
            name,
            module,
            location,
            priority,
            origin: None,
            changes,
            once,
            asynchronous,
            deferred,
            concurrency: NonZeroUsize::new(concurrency),
        }
    }

    /// The crate that declares it; empty if the module is.
    #[must_use]
    pub fn crate_name(&self) -> &'static str {
        crate_of(self.module)
    }

    /// Whether it runs after the sync subscribers, that is, whether it is async or deferred.
    #[must_use]
    pub fn runs_later(&self) -> bool {
        self.asynchronous || self.deferred
    }

    /// Its kind, as the report of a scan shows it: `sync`, `async`, `deferred` or `async deferred`,
    /// followed by `mut` if the handler takes the event by `&mut` and by `once` if it runs at most
    /// once.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        let (repeated, once) = match (self.asynchronous, self.deferred, self.changes) {
            (false, false, false) => ("sync", "sync once"),
            (false, false, true) => ("sync mut", "sync mut once"),
            (true, false, _) => ("async", "async once"),
            (false, true, _) => ("deferred", "deferred once"),
            (true, true, _) => ("async deferred", "async deferred once"),
        };
        if self.once { once } else { repeated }
    }
}

impl fmt::Display for SubscriberInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.location)
    }
}

fn crate_of(module: &'static str) -> &'static str {
    module.split("::").next().unwrap_or(module)
}
