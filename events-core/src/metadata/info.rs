//! What is known of an event type and of a subscriber: names and places, never payloads.

use std::{borrow::Cow, fmt, num::NonZeroUsize};

use super::{location::Location, origin::Origin};

/// What the derive knows of an event type; every one that is linked stands in
/// [`events()`](crate::events).
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
    fields: &'static [Described],
}

/// A field's name, its type, and whether it is secret. Not yet a [`FieldInfo`], for to make each by a
/// function costs whoever compiles an event twice as much.
type Described = (&'static str, &'static str, bool);

impl EventInfo {
    /// Written by the derive.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        topic: &'static str,
        name: &'static str,
        module: &'static str,
        location: Location,
        docs: &'static str,
        fields: &'static [Described],
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

    /// The topic: module path and name, or what `#[event(topic = "..")]` says.
    #[must_use]
    pub const fn topic(&self) -> &'static str {
        self.topic
    }

    /// The name of the type, without path and parameters.
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

    /// Its doc comment, lines joined by line feeds; empty when there is none.
    #[must_use]
    pub const fn docs(&self) -> &'static str {
        self.docs
    }

    /// Its fields in order of declaration; those of a tuple struct are named `0`, `1`, and so on,
    /// and an enum has none here.
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

    /// Whether it is marked `#[event(secret)]`: nothing may show its value.
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        self.secret
    }
}

/// Who a subscriber is: what reports, errors and logs call it.
///
/// Displayed as `path::of::function (file:line)`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SubscriberInfo {
    /// The topic it listens to. Of one that hears a pattern of topics, that of the event at hand; where
    /// there is none, the pattern.
    pub topic: Cow<'static, str>,
    /// The pattern of topics that it hears, when it is that what it was subscribed to.
    pub pattern: Option<Cow<'static, str>>,
    /// The path of the function; of a run-time subscription its id or the handler's type.
    pub name: Cow<'static, str>,
    /// The module that declares it; empty for a function or closure that was subscribed at run time.
    pub module: &'static str,
    /// Where it is declared, or where it was subscribed at run time.
    pub location: Location,
    /// Its priority; high runs first, 0 unless told.
    pub priority: i32,
    /// The origin that it is limited to.
    pub origin: Option<Origin>,
    /// Whether it takes the event by `&mut`.
    pub changes: bool,
    /// Whether it runs the first time only.
    pub once: bool,
    /// Whether it is async, so that nobody waits for it but `emit_async` and the queue.
    pub asynchronous: bool,
    /// Whether it goes through the queue, whoever emits.
    pub deferred: bool,
    /// How many of its calls may be under way at once; `None` for as many as come.
    pub concurrency: Option<NonZeroUsize>,
}

impl SubscriberInfo {
    /// The crate that declares it; empty where the module is.
    #[must_use]
    pub fn crate_name(&self) -> &'static str {
        crate_of(self.module)
    }

    /// Whether it runs when the sync subscribers are through: it is async or deferred.
    #[must_use]
    pub fn runs_later(&self) -> bool {
        self.asynchronous || self.deferred
    }

    /// How it is called, in the words of the scan's report: `sync`, `async`, `deferred` or `async
    /// deferred`, with `mut` when it takes the event by `&mut` and `once` when it runs the first
    /// time only.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        let (of_all, first_time_only) = match (self.asynchronous, self.deferred, self.changes) {
            (false, false, false) => ("sync", "sync once"),
            (false, false, true) => ("sync mut", "sync mut once"),
            (true, false, _) => ("async", "async once"),
            (false, true, _) => ("deferred", "deferred once"),
            (true, true, _) => ("async deferred", "async deferred once"),
        };
        if self.once { first_time_only } else { of_all }
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
