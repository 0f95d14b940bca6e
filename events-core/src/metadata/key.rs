//! Keys: the identity of a function item, a type or a text.
//!
//! Each function item has a type of its own, so its `TypeId` identifies the function, no matter by
//! which path or `use` it is named. Texts are compared by value.

use std::{
    any::{TypeId, type_name},
    borrow::Cow,
    fmt,
    hash::{Hash, Hasher},
};

/// The identity of a function, a type or a text, comparable and printable.
///
/// Origins, and the targets of `before` and `after`, are compared by their keys. [`IntoKey`] returns the key of a
/// function.
///
/// ```
/// use std::collections::HashMap;
/// use events_core::{Origin, info::{IntoKey, Key}};
///
/// fn checkout() {}
///
/// /// How many orders an origin may place in an hour.
/// let mut limits: HashMap<Key, u32> = HashMap::new();
/// limits.insert(checkout.into_key(), 60);
/// limits.insert(Key::from("console"), 1);
///
/// let origin = Origin::from(checkout.into_key()); // as `emission.origin()` returns it
/// assert_eq!(limits.get(&Key::from(origin)), Some(&60));
/// ```
#[derive(Clone)]
pub struct Key(Kind);

#[derive(Clone)]
enum Kind {
    Type { id: TypeId, name: &'static str },
    Text(Cow<'static, str>),
}

impl Key {
    /// The key of a type.
    #[must_use]
    pub fn of<T: ?Sized + 'static>() -> Self {
        Self(Kind::Type {
            id: TypeId::of::<T>(),
            name: type_name::<T>(),
        })
    }

    /// The key of a value's type; the type of a function item identifies the function.
    #[doc(hidden)]
    #[must_use]
    pub fn of_value<T: 'static>(_: &T) -> Self {
        Self::of::<T>()
    }

    /// The text, or the path of the type or function.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Kind::Type { name, .. } => name,
            Kind::Text(text) => text,
        }
    }

    /// Like [`as_str`](Self::as_str), without a borrow of `self`.
    pub(crate) fn to_name(&self) -> Cow<'static, str> {
        match &self.0 {
            Kind::Type { name, .. } => Cow::Borrowed(name),
            Kind::Text(text) => text.clone(),
        }
    }

    /// Whether this is the key of a text, not of a function or a type.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self.0, Kind::Text(_))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Kind::Type { id, .. }, Kind::Type { id: other, .. }) => id == other,
            (Kind::Text(text), Kind::Text(other)) => text == other,
            _ => false,
        }
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Kind::Type { id, .. } => id.hash(state),
            Kind::Text(text) => text.hash(state),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl From<&'static str> for Key {
    fn from(text: &'static str) -> Self {
        Self(Kind::Text(Cow::Borrowed(text)))
    }
}

impl From<String> for Key {
    fn from(text: String) -> Self {
        Self(Kind::Text(Cow::Owned(text)))
    }
}

/// Values that identify an origin or a subscriber: a function item, a text, an
/// [`Origin`](crate::Origin).
///
/// `M` only distinguishes the implementations and is inferred. A function *pointer* does not compile:
/// all functions of one signature share its type, so its type identifies none of them.
///
/// ```
/// use events_core::{Event, Registry, info::IntoKey};
///
/// #[derive(Event)]
/// struct Saved {
///     path: String,
/// }
///
/// /// Saves a file, and passes the caller on as the origin of the event.
/// fn save<M>(registry: &Registry, path: &str, caller: impl IntoKey<M>) -> Saved {
///     registry.emit_from(Saved { path: path.into() }, caller)
/// }
///
/// fn export() {}
///
/// let registry = Registry::new();
/// let backup = |event: &mut Saved| event.path.push_str(".bak");
/// registry.subscribe(backup).origin(export).register()?.detach();
/// assert_eq!(save(&registry, "report.csv", export).path, "report.csv.bak");
/// assert_eq!(save(&registry, "report.csv", "console").path, "report.csv");
/// # Ok::<(), events_core::subscribing::SubscribeError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not identify an origin or a subscriber",
    label = "neither a function nor a text",
    note = "write the name of a function, a text such as \"billing\", or `Origin::of::<Type>()`"
)]
pub trait IntoKey<M> {
    /// The key of `self`.
    fn into_key(self) -> Key;
}

/// Marks the implementation of [`IntoKey`] for types that convert into a [`Key`].
#[doc(hidden)]
#[derive(Debug)]
pub enum ByValue {}

impl<T: Into<Key>> IntoKey<ByValue> for T {
    fn into_key(self) -> Key {
        self.into()
    }
}

macro_rules! functions {
    ($($argument:ident)*) => {
        impl<Function, Return, $($argument),*> IntoKey<fn($($argument),*) -> Return> for Function
        where
            Function: Fn($($argument),*) -> Return + 'static,
        {
            fn into_key(self) -> Key {
                const {
                    assert!(
                        size_of::<Function>() == 0,
                        "a function pointer or a closure with captures does not identify a function; \
                         pass the function itself, by its name"
                    );
                }
                Key::of::<Function>()
            }
        }
    };
}

functions!();
functions!(A);
functions!(A B);
functions!(A B C);
functions!(A B C D);
functions!(A B C D E);
functions!(A B C D E F);
functions!(A B C D E F G);
functions!(A B C D E F G H);
