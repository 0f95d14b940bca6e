//! The permit of a subscriber that runs at most once.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// A one-time permit: the first claim succeeds, all later ones fail.
#[derive(Debug, Default)]
pub struct Once(AtomicBool);

impl Once {
    /// A permit that is not claimed yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A permit that is shared by a filter, which tests it, and a handler, which claims it.
    #[must_use]
    pub fn shared() -> Arc<Self> {
        Arc::default()
    }

    /// Whether it is claimed.
    #[must_use]
    pub fn is_claimed(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Claims the permit. Of several threads that claim it at once exactly one gets `true`.
    #[inline]
    #[must_use]
    pub fn claim(&self) -> bool {
        !self.is_claimed() && !self.0.swap(true, Ordering::AcqRel)
    }
}
