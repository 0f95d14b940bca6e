//! The fields that an update changes: names, old values and new values.

use std::{
    borrow::Cow,
    fmt::{self, Debug},
    sync::Arc,
};

use super::change::{Change, Show};

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
        self.compare(
            name.into(),
            old,
            new,
            const { Some(&Show::new::<T::Owned>()) },
        )
    }

    /// [`field`](Self::field) whose values are in the JSON of the event as their `Serialize` writes them.
    ///
    /// Those of `field` are JSON if they are texts, numbers, booleans, or an `Option` of these; else they are their `Debug`
    /// text.
    ///
    /// ```
    /// use events_core::record::Diff;
    /// use serde::Serialize;
    ///
    /// #[derive(Clone, Debug, PartialEq, Serialize)]
    /// #[serde(rename_all = "lowercase")]
    /// enum State {
    ///     Open,
    ///     Shut,
    /// }
    ///
    /// let diff = Diff::new().json_field("state", &State::Open, &State::Shut);
    /// assert_eq!(diff.to_string(), "state: Open -> Shut"); // {"state": {"old": "open", "new": "shut"}}
    /// ```
    #[cfg(feature = "serde")]
    #[must_use]
    pub fn json_field<T>(self, name: impl Into<Cow<'static, str>>, old: &T, new: &T) -> Self
    where
        T: PartialEq + ToOwned + ?Sized,
        T::Owned: serde::Serialize + Debug + Send + Sync + 'static,
    {
        self.compare(
            name.into(),
            old,
            new,
            const { Some(&Show::with_json::<T::Owned>()) },
        )
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

    fn compare<T>(
        mut self,
        name: Cow<'static, str>,
        old: &T,
        new: &T,
        show: Option<&'static Show>,
    ) -> Self
    where
        T: PartialEq + ToOwned + ?Sized,
        T::Owned: Send + Sync + 'static,
    {
        self.changes.retain(|change| change.name() != name);
        if old != new {
            let (old, new) = (Arc::new(old.to_owned()), Arc::new(new.to_owned()));
            self.changes.push(Change::of(name, old, new, show));
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
        self.changes.iter().find(|change| change.name() == name)
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
