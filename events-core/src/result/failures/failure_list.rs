//! The failures of an emit, collected while its handlers run.

use std::cell::Cell;

use super::failure::Failure;
use crate::primitives::OptionBox;

/// The failures so far; it allocates with the first one.
pub(crate) struct FailureList(Cell<OptionBox<Vec<Failure>>>);

impl FailureList {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self(Cell::new(OptionBox::NONE))
    }

    #[cold]
    pub(crate) fn push(&self, failure: Failure) {
        let mut failures = self.0.replace(OptionBox::NONE);
        failures.get_or_insert_default().push(failure);
        self.0.set(failures);
    }

    /// How many failures there are.
    pub(crate) fn len(&self) -> usize {
        self.with(<[_]>::len)
    }

    /// Calls a function with the failures so far.
    pub(crate) fn with<T>(&self, f: impl FnOnce(&[Failure]) -> T) -> T {
        let failures = self.0.replace(OptionBox::NONE);
        let result = f(failures.get().map_or(&[], Vec::as_slice));
        self.0.set(failures);
        result
    }

    #[inline]
    pub(crate) fn into_inner(self) -> OptionBox<Vec<Failure>> {
        self.0.into_inner()
    }
}
