//! Where an event was emitted from.

use std::fmt;

use super::key::Key;

/// Where an event was emitted from. A subscriber can be limited to the events of one origin.
///
/// Guide: [origins](crate::guide::topics#origins-where-an-event-was-emitted-from).
///
/// An origin is a function, a type, or a text compared by value:
///
/// ```
/// use events_core::Origin;
///
/// struct Setting;
///
/// assert_eq!(Origin::of::<Setting>(), Origin::of::<Setting>());
/// assert_ne!(Origin::of::<Setting>(), Origin::from("billing"));
/// assert_eq!(Origin::from("billing"), Origin::from(String::from("billing")));
/// assert_eq!(Origin::from("billing").to_string(), "billing");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Origin(Key);

impl Origin {
    /// A type as origin, such as the model type of a changed record.
    #[must_use]
    pub fn of<T: ?Sized + 'static>() -> Self {
        Self(Key::of::<T>())
    }

    /// The text, or the path of the function or type.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl From<&'static str> for Origin {
    fn from(text: &'static str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Origin {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<Key> for Origin {
    fn from(key: Key) -> Self {
        Self(key)
    }
}

impl From<Origin> for Key {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Origin").field(&self.0).finish()
    }
}
