//! An event of any type behind one trait: the parameter of the handlers that are subscribed to a pattern of
//! topics.

use std::{any::Any, fmt, sync::Arc};

use super::{
    json::Json,
    named::{ArgError, read},
};
use crate::{metadata::Origin, primitives::one_line};

/// An event of any type, for reading; or a named event, which has a topic and arguments by name.
///
/// `Debug` prints the topic and the names of the fields, never their values.
///
/// Guide: [an event of unknown type](crate::guide::topics#read-an-event-of-unknown-type).
///
/// ```
/// use events_core::{AnyEvent, Event, Registry};
///
/// #[derive(Event)]
/// #[event(topic = "shop::orders::placed")]
/// struct OrderPlaced {
///     number: u32,
/// }
///
/// let registry = Registry::new();
/// let _audit = registry.on_topic("shop::orders::.*", |event: &dyn AnyEvent| {
///     assert_eq!(event.topic(), "shop::orders::placed");
///     assert_eq!(event.arg::<u32>("number"), Some(&7));
///     assert_eq!(event.downcast_ref::<OrderPlaced>().map(|order| order.number), Some(7));
/// })?;
/// assert_eq!(registry.try_emit(OrderPlaced { number: 7 }).unwrap().ran(), 1);
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// ```
pub trait AnyEvent {
    /// The topic.
    fn topic(&self) -> &str;

    /// Where it was emitted from, if the emitter set an origin.
    fn origin(&self) -> Option<&Origin>;

    /// The event, if it has a type and borrows nothing.
    #[doc(hidden)]
    fn __event(&self) -> Option<&dyn Any>;

    /// The field or argument of that name, if it borrows nothing.
    #[doc(hidden)]
    fn __arg(&self, name: &str) -> Option<&dyn Any>;

    /// The type of that field or argument.
    #[doc(hidden)]
    fn __type_of(&self, name: &str) -> Option<&'static str>;

    /// The names of the fields or arguments, and whether they are secret.
    #[doc(hidden)]
    fn __names(&self) -> Vec<(&str, bool)>;

    /// The event as JSON, if its type is marked for that.
    #[doc(hidden)]
    fn __json(&self) -> Option<Json>;

    /// A copy of the event, if it can be copied. `Clone` is user code and may panic.
    #[doc(hidden)]
    fn __copy(&self) -> Option<SharedEvent>;
}

/// A copy of an event, with its type erased, and without its origin.
#[doc(hidden)]
pub trait CopiedEvent: AnyEvent + Send + Sync {
    /// The event; a clone of it, if there are other references to the copy. The copy, if `Clone` panics then.
    fn into_any(self: Arc<Self>) -> Result<Box<dyn Any + Send>, SharedEvent>;
}

/// A copy of an event that several handlers share.
#[doc(hidden)]
pub(super) type SharedEvent = Arc<dyn CopiedEvent>;

impl dyn AnyEvent + '_ {
    /// The event, if it is an `E`; `None` for every event that borrows.
    #[must_use]
    pub fn downcast_ref<E: Any>(&self) -> Option<&E> {
        self.__event()?.downcast_ref()
    }

    /// The field or argument of that name, if it is a `T`: `event.arg::<u32>("number")`.
    ///
    /// The fields of a tuple struct are named `0`, `1`, and so on. An enum has no fields here, and a field
    /// that borrows cannot be read. A string literal in `args!` is a `&'static str`.
    #[must_use]
    pub fn arg<T: Any>(&self, name: &str) -> Option<&T> {
        self.__arg(name)?.downcast_ref()
    }

    /// The value of the field or argument of that name, as a `T`: `event.get::<u64>("user")?`.
    ///
    /// A number of another type is converted if the result is equal to it: a `7_u8`, a `7_i32` and a `7.0_f64` are read
    /// as a `u64`, and a `-1`, a `7.5` and a negative zero are not. Values of all other types are cloned, and have exactly
    /// the type `T`: a string literal is a `&'static str` and not a `String`. The names are those of `arg`, which
    /// clones and converts nothing.
    ///
    /// # Errors
    ///
    /// [`ArgError::Missing`] if there is no such name, and [`ArgError::WrongType`] if the value is no `T` and does not
    /// convert, or borrows.
    ///
    /// ```
    /// use events_core::{AnyEvent, Event, Registry, args, emitting::ArgError};
    ///
    /// #[derive(Event)]
    /// #[event(topic = "user::signed_in")]
    /// struct SignedIn {
    ///     user: u64,
    /// }
    ///
    /// let registry = Registry::new();
    /// let _audit = registry.on_topic("user::.*", |event: &dyn AnyEvent| {
    ///     assert_eq!(event.get::<u64>("user"), Ok(7));
    ///     assert_eq!(event.get::<u8>("user"), Ok(7));
    ///     assert_eq!(event.get::<u8>("mode"), Err(ArgError::Missing));
    ///     assert!(matches!(event.get::<bool>("user"), Err(ArgError::WrongType { .. })));
    /// })?;
    /// assert_eq!(registry.try_emit(SignedIn { user: 7 }).unwrap().ran(), 1);
    /// let args = args! { user: 7 }; // an `i32`
    /// assert_eq!(registry.try_emit_topic("user::signed_out", args).unwrap().ran(), 1);
    /// # Ok::<(), events_core::subscribing::PatternError>(())
    /// ```
    pub fn get<T: Any + Clone>(&self, name: &str) -> Result<T, ArgError> {
        read(self.__arg(name), || self.__type_of(name))
    }

    /// The event as JSON, if its type is marked `#[event(serialize)]`: for a struct with named fields an
    /// object, for a tuple struct an array, for an enum the output of its `Serialize`. It follows serde's
    /// attributes, as the documentation of [`Event`](derive@crate::Event) describes.
    /// `None` if it is not marked so.
    ///
    /// A named event is an object of its arguments. An argument is in it if the compiler knows at
    /// [`args!`](crate::args!) that its type is `Serialize`; one of another type, or whose type is a generic parameter
    /// there, is left out.
    ///
    /// This needs the cargo feature `serde` of `events-core`: `features = ["serde"]` in Cargo.toml.
    ///
    /// The keys are the names of the fields. The value of a field that is marked `secret` is
    /// `"[redacted]"`, also in an event inside of this one, and that of a field that cannot be converted is
    /// `"[not serializable]"`, which is logged.
    ///
    /// ```
    /// use events_core::{AnyEvent, Event, Registry};
    ///
    /// #[derive(Event)]
    /// #[event(topic = "accounts::opened", serialize)]
    /// struct Opened {
    ///     owner: &'static str,
    ///     #[event(secret)]
    ///     pin: u32,
    /// }
    ///
    /// let registry = Registry::new();
    /// let _audit = registry.on_topic("accounts::.*", |event: &dyn AnyEvent| {
    ///     let json = event.to_json().expect("it is marked `serialize`");
    ///     assert_eq!(json.to_string(), r#"{"owner":"Ada","pin":"[redacted]"}"#);
    /// })?;
    /// assert_eq!(registry.try_emit(Opened { owner: "Ada", pin: 1234 }).unwrap().ran(), 1);
    /// # Ok::<(), events_core::subscribing::PatternError>(())
    /// ```
    #[cfg(feature = "serde")]
    #[must_use]
    pub fn to_json(&self) -> Option<serde_json::Value> {
        self.__json()
    }

    /// Does not compile when called; the error names the feature.
    #[cfg(not(feature = "serde"))]
    #[doc(hidden)]
    pub fn to_json(&self) -> Option<Json>
    where
        Self: super::json::ToJsonNeedsSerde,
    {
        self.__json()
    }
}

impl fmt::Debug for dyn AnyEvent + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct(&one_line(self.topic()));
        for (name, secret) in self.__names() {
            let value = if secret { "[redacted]" } else { ".." };
            debug.field(&one_line(name), &format_args!("{value}"));
        }
        debug.finish()
    }
}

/// The field at that index.
#[doc(hidden)]
#[inline]
#[must_use]
pub fn nth<'e>(fields: &[&'e dyn Any], number: usize) -> Option<&'e dyn Any> {
    fields.get(number).copied()
}

/// Replaces a field that borrows in the list of fields: no caller of `arg` can name this type.
#[doc(hidden)]
#[derive(Debug)]
pub struct Borrows;
