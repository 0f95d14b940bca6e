//! What failed while handlers ran, as far as it goes.

use std::cell::Cell;

use super::failure::Failure;
use crate::primitives::Rare;

/// What failed so far. Most often nothing has.
pub(crate) struct Failures(Cell<Rare<Vec<Failure>>>);

impl Failures {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self(Cell::new(Rare::NONE))
    }

    #[cold]
    pub(crate) fn push(&self, failure: Failure) {
        let mut failures = self.0.replace(Rare::NONE);
        failures.some().push(failure);
        self.0.set(failures);
    }

    /// All of them.
    #[inline]
    pub(crate) fn into_inner(self) -> Rare<Vec<Failure>> {
        self.0.into_inner()
    }
}
