//! Descriptions of event types: names and source locations, never the content of events.

use super::location::Location;

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
    has_copy: bool,
    is_after_commit: bool,
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
        has_copy: bool,
    ) -> Self {
        Self {
            topic,
            name,
            module,
            location,
            docs,
            fields,
            has_copy,
            is_after_commit: false,
        }
    }

    /// The same, of an event type whose sync and awaited subscribers run after the commit of a unit of work, unless they
    /// are `at_once`.
    #[doc(hidden)]
    #[must_use]
    pub const fn after_commit(mut self) -> Self {
        self.is_after_commit = true;
        self
    }

    /// Whether the sync and awaited subscribers of an event that is emitted in a [unit of work](crate::UnitOfWork) run after
    /// its commit, unless they are `at_once`.
    #[must_use]
    pub const fn is_after_commit(&self) -> bool {
        self.is_after_commit
    }

    /// Whether the derive has found out that it can be copied for handlers of events of any type that run later.
    pub(crate) const fn has_copy(&self) -> bool {
        self.has_copy
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

    /// The names of its fields, and whether they are secret.
    pub(crate) fn field_names(&self) -> Vec<(&'static str, bool)> {
        let fields = self.fields.iter();
        fields.map(|&(name, _, secret)| (name, secret)).collect()
    }
}

/// One field of an event type.
///
/// [`EventInfo::fields`] returns them.
///
/// ```
/// use events_core::{Event, info::FieldInfo};
///
/// #[derive(Event)]
/// struct UserRegistered {
///     email: String,
///     #[event(secret)]
///     password: String,
/// }
///
/// // The columns of an audit log: the fields whose values may be shown.
/// let is_shown = |field: &FieldInfo| !field.is_secret();
/// let columns: Vec<_> = UserRegistered::info().fields().filter(is_shown).collect();
/// assert_eq!(columns.len(), 1);
/// assert_eq!((columns[0].name(), columns[0].type_name()), ("email", "String"));
/// ```
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

/// The crate of a module.
pub(super) fn crate_of(module: &'static str) -> &'static str {
    module.split("::").next().unwrap_or(module)
}
