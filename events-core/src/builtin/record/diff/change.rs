//! One field that an update changes: its name, and the old and the new value with how they are shown.

use std::{
    any::Any,
    borrow::Cow,
    fmt::{self, Debug},
    sync::Arc,
};

/// One field that an update changes.
///
/// Displayed as `email: "a@x.org" -> "b@x.org"`, or as `password: [redacted]`.
///
/// ```
/// use events_core::record::Diff;
///
/// let diff = Diff::new().field("age", &36, &37);
/// for change in diff.changes() {
///     assert_eq!(change.name(), "age");
///     assert_eq!((change.old(), change.new()), (Some(&36), Some(&37)));
///     assert_eq!(change.old::<String>(), None, "an age is a number");
/// }
/// ```
#[derive(Clone)]
pub struct Change {
    name: Cow<'static, str>,
    old: Value,
    new: Value,
    /// How the values are shown; `None` for a secret.
    show: Option<&'static Show>,
}

/// A value of any type, shared by the clones of a change.
pub(super) type Value = Arc<dyn Any + Send + Sync>;

/// How a value is shown.
pub(super) struct Show {
    text: fn(&dyn Any, &mut fmt::Formatter<'_>) -> fmt::Result,
    #[cfg(feature = "serde")]
    json: fn(&dyn Any) -> serde_json::Value,
}

impl Show {
    pub(super) const fn new<T: Debug + 'static>() -> Self {
        Self {
            text: show::<T>,
            #[cfg(feature = "serde")]
            json: super::json_value::plain::<T>,
        }
    }

    #[cfg(feature = "serde")]
    pub(super) const fn with_json<T: serde::Serialize + Debug + 'static>() -> Self {
        Self {
            json: super::json_value::serialized::<T>,
            ..Self::new::<T>()
        }
    }
}

fn show<T: Debug + 'static>(value: &dyn Any, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value.downcast_ref::<T>() {
        Some(value) => value.fmt(f),
        None => unreachable!("`Change` stores values of this type beside this function"),
    }
}

impl Change {
    pub(super) fn of(
        name: Cow<'static, str>,
        old: Value,
        new: Value,
        show: Option<&'static Show>,
    ) -> Self {
        Self {
            name,
            old,
            new,
            show,
        }
    }

    /// The field's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value before the update; `None` if its type is not `T`.
    #[must_use]
    pub fn old<T: 'static>(&self) -> Option<&T> {
        self.old.downcast_ref()
    }

    /// The value after the update; `None` if its type is not `T`.
    #[must_use]
    #[expect(clippy::new_ret_no_self, reason = "the counterpart of `old`")]
    pub fn new<T: 'static>(&self) -> Option<&T> {
        self.new.downcast_ref()
    }

    /// Whether the values are displayed as `[redacted]`.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.show.is_none()
    }

    /// Both values as JSON; `None` for a secret.
    #[cfg(feature = "serde")]
    pub(in super::super) fn json(&self) -> Option<serde_json::Value> {
        let show = self.show?;
        let values = [("old", &self.old), ("new", &self.new)];
        let values = values.map(|(name, value)| (name.to_owned(), (show.json)(&**value)));
        Some(serde_json::Value::Object(values.into_iter().collect()))
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name)?;
        let Some(show) = self.show else {
            return f.write_str("[redacted]");
        };
        (show.text)(&*self.old, f)?;
        f.write_str(" -> ")?;
        (show.text)(&*self.new, f)
    }
}

impl Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Change({self})")
    }
}
