//! The fields that an update changes: names, old values and new values.

use std::{
    any::Any,
    borrow::Cow,
    fmt::{self, Debug},
    sync::Arc,
};

/// The fields that an update changes, each with its old and its new value.
///
/// Displayed as `email: "a@x.org" -> "b@x.org", password: [redacted]`, with the `Debug` output of each
/// value. A clone shares the values.
///
/// ```
/// use events_core::record::Diff;
///
/// let diff = Diff::new()
///     .field("visits", &1, &2)
///     .field("email", "a@x.org", "b@x.org")
///     .field("name", "Ada", "Ada")
///     .secret("password", "12345", "hunter2");
///
/// assert_eq!(diff.len(), 3, "the name does not change");
/// let email = diff.get("email").unwrap();
/// assert_eq!(email.old::<String>().unwrap(), "a@x.org");
/// assert_eq!(
///     diff.to_string(),
///     r#"visits: 1 -> 2, email: "a@x.org" -> "b@x.org", password: [redacted]"#
/// );
/// ```
#[derive(Clone, Default)]
pub struct Diff {
    changes: Vec<Change>,
}

impl Diff {
    /// A diff without changes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Compares the values of a field, and adds the field if they differ.
    ///
    /// The diff stores the owned values: a `String` for a `str`, a `Vec` for a slice, otherwise clones.
    /// A later comparison with the same name replaces the earlier one.
    ///
    /// ```
    /// use events_core::record::Diff;
    ///
    /// assert!(Diff::new().field("age", &36, &36).is_empty());
    /// assert!(Diff::new().field("age", &36, &37).contains("age"));
    /// ```
    #[must_use]
    pub fn field<T>(self, name: impl Into<Cow<'static, str>>, old: &T, new: &T) -> Self
    where
        T: PartialEq + ToOwned + ?Sized,
        T::Owned: Debug + Send + Sync + 'static,
    {
        self.compare(name.into(), old, new, Some(show::<T::Owned>))
    }

    /// [`field`](Self::field) for a secret value: the diff contains the field, and displays
    /// `[redacted]` in place of both values.
    ///
    /// Code with the field's type can still read and compare the values; they need no `Debug`.
    ///
    /// ```
    /// use events_core::record::Diff;
    ///
    /// let diff = Diff::new().secret("password", "12345", "hunter2");
    /// assert_eq!(format!("{diff:?}"), "Diff(password: [redacted])");
    /// assert_eq!(diff.get("password").unwrap().new::<String>().unwrap().len(), 7);
    /// ```
    #[must_use]
    pub fn secret<T>(self, name: impl Into<Cow<'static, str>>, old: &T, new: &T) -> Self
    where
        T: PartialEq + ToOwned + ?Sized,
        T::Owned: Send + Sync + 'static,
    {
        self.compare(name.into(), old, new, None)
    }

    fn compare<T>(mut self, name: Cow<'static, str>, old: &T, new: &T, show: Option<Show>) -> Self
    where
        T: PartialEq + ToOwned + ?Sized,
        T::Owned: Send + Sync + 'static,
    {
        self.changes.retain(|change| change.name != name);
        if old != new {
            self.changes.push(Change {
                name,
                old: Arc::new(old.to_owned()),
                new: Arc::new(new.to_owned()),
                show,
            });
        }
        self
    }

    /// The fields that change, in the order of their comparisons.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The change of this field, or `None` if it does not change.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Change> {
        self.changes.iter().find(|change| change.name == name)
    }

    /// Whether this field changes.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The number of fields that change.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether no field changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, change) in self.changes.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{change}")?;
        }
        Ok(())
    }
}

impl Debug for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Diff({self})")
    }
}

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
    /// Writes a value; `None` for a secret.
    show: Option<Show>,
}

/// A value of any type, shared by the clones of a change.
type Value = Arc<dyn Any + Send + Sync>;

type Show = fn(&dyn Any, &mut fmt::Formatter<'_>) -> fmt::Result;

fn show<T: Debug + 'static>(value: &dyn Any, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value.downcast_ref::<T>() {
        Some(value) => value.fmt(f),
        None => unreachable!("`Change` stores values of this type beside this function"),
    }
}

impl Change {
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
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name)?;
        let Some(show) = self.show else {
            return f.write_str("[redacted]");
        };
        show(&*self.old, f)?;
        f.write_str(" -> ")?;
        show(&*self.new, f)
    }
}

impl Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Change({self})")
    }
}
