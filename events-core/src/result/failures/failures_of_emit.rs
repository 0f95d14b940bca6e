//! The failures of one emit. Most emits that fail have one failure, for which no list is allocated.

use std::{mem, slice};

use super::failure::Failure;
use crate::primitives::OptionBox;

/// The failures of one emit, in their order.
pub(crate) struct Failures(List);

/// It takes two words, as one failure does.
enum List {
    One(Failure),
    /// None, or several.
    Others(OptionBox<Vec<Failure>>),
}

impl List {
    const NONE: Self = Self::Others(OptionBox::NONE);
}

impl Failures {
    pub(crate) const NONE: Self = Self(List::NONE);

    #[inline]
    pub(crate) fn is_none(&self) -> bool {
        matches!(&self.0, List::Others(list) if list.is_none())
    }

    pub(crate) fn as_slice(&self) -> &[Failure] {
        match &self.0 {
            List::One(failure) => slice::from_ref(failure),
            List::Others(list) => list.get().map_or(&[], Vec::as_slice),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.as_slice().len()
    }

    pub(crate) fn push(&mut self, failure: Failure) {
        self.0 = match mem::replace(&mut self.0, List::NONE) {
            List::One(first) => List::Others(vec![first, failure].into()),
            List::Others(list) if list.is_none() => List::One(failure),
            List::Others(mut list) => {
                list.get_or_insert_default().push(failure);
                List::Others(list)
            }
        };
    }

    pub(crate) fn into_vec(self) -> Vec<Failure> {
        match self.0 {
            List::One(failure) => vec![failure],
            List::Others(mut list) => list.take().unwrap_or_default(),
        }
    }

    /// The only one, or all of them if there is not one.
    #[inline]
    pub(crate) fn into_one(self) -> Result<Failure, Vec<Failure>> {
        match self.0 {
            List::One(failure) => Ok(failure),
            List::Others(mut list) => Err(list.take().unwrap_or_default()),
        }
    }

    /// Calls a function with each of them.
    pub(crate) fn for_each(self, mut f: impl FnMut(Failure)) {
        match self.0 {
            List::One(failure) => f(failure),
            List::Others(mut list) => list.take().into_iter().flatten().for_each(f),
        }
    }

    /// The last of them.
    pub(crate) fn into_last(self) -> Option<Failure> {
        match self.0 {
            List::One(failure) => Some(failure),
            List::Others(mut list) => list.take()?.pop(),
        }
    }
}

impl Default for Failures {
    fn default() -> Self {
        Self::NONE
    }
}

impl Extend<Failure> for Failures {
    fn extend<I: IntoIterator<Item = Failure>>(&mut self, failures: I) {
        failures.into_iter().for_each(|failure| self.push(failure));
    }
}
