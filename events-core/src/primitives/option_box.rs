//! What most values have none of.

/// Something that is seldom there: one word, and a look at it when it is dropped.
///
/// An `Option<Box<T>>` is as small, but to drop one is a call, for all that dropping a `T` takes is
/// part of that.
pub(crate) struct OptionBox<T>(Option<Box<T>>);

impl<T> OptionBox<T> {
    pub(crate) const NONE: Self = Self(None);

    #[inline]
    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_deref()
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
    /// What is there from now on.
    #[cold]
    pub(crate) fn some(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }
}

impl<T> From<T> for OptionBox<T> {
    #[cold]
    fn from(value: T) -> Self {
        Self(Some(Box::new(value)))
    }
}

impl<T> Drop for OptionBox<T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(value) = self.0.take() {
            drop_some(value);
        }
    }
}

#[cold]
#[inline(never)]
fn drop_some<T>(value: Box<T>) {
    drop(value);
}
