//! A boxed value that is seldom present.

use std::fmt;

/// An optional boxed value; dropping an empty one is a null check that is inlined.
///
/// An `Option<Box<T>>` has the same size, but its drop glue includes that of `T`, so that dropping an
/// empty one is a function call. Here the drop of a present value is outlined.
#[derive(Clone)]
pub(crate) struct OptionBox<T>(Option<Box<T>>);

impl<T> OptionBox<T> {
    pub(crate) const NONE: Self = Self(None);

    #[inline]
    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_deref()
    }

    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        self.0.as_deref_mut()
    }

    #[inline]
    pub(crate) fn take(&mut self) -> Option<T> {
        self.0.take().map(|value| *value)
    }

    #[inline]
    pub(crate) fn is_none(&self) -> bool {
        self.0.is_none()
    }
}

impl<T: Default> OptionBox<T> {
    /// Returns the value, after inserting the default if there is none.
    #[cold]
    pub(crate) fn get_or_insert_default(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }
}

impl<T> From<T> for OptionBox<T> {
    #[cold]
    fn from(value: T) -> Self {
        Self(Some(Box::new(value)))
    }
}

impl<T: fmt::Debug> fmt::Debug for OptionBox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.get() {
            Some(value) => value.fmt(f),
            None => f.write_str("None"),
        }
    }
}

impl<T> Drop for OptionBox<T> {
    #[inline]
    fn drop(&mut self) {
        // Checked first: to take an empty one is to store that it is empty.
        if self.0.is_some()
            && let Some(value) = self.0.take()
        {
            drop_some(value);
        }
    }
}

#[cold]
#[inline(never)]
fn drop_some<T>(value: Box<T>) {
    drop(value);
}
