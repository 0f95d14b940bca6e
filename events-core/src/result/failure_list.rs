//! What failed while handlers ran, as far as it goes.

use std::cell::Cell;

use super::failure::Failure;
use crate::primitives::OptionBox;

/// What failed so far. Most often nothing has.
pub(crate) struct FailureList(Cell<OptionBox<Vec<Failure>>>);

impl FailureList {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self(Cell::new(OptionBox::NONE))
    }

    #[cold]
    pub(crate) fn push(&self, failure: Failure) {
        let mut failures = self.0.replace(OptionBox::NONE);
        failures.some().push(failure);
        self.0.set(failures);
    }

    /// All of them.
    #[inline]
    pub(crate) fn into_inner(self) -> OptionBox<Vec<Failure>> {
        self.0.into_inner()
    }
}
