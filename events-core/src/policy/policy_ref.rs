//! A shared reference to the policy of a registry, with its type erased.
//!
//! A slot is a static beside each event type, and contains plans, which contain this. For each static the compiler looks
//! through its types: with that of the policy the derive of an event took 3% more of its instructions.

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    emission::ReportFailure, entry::Entries, middleware::Middleware, registry_policy::Policy,
};
use crate::result::Failure;

/// A shared reference to the policy of a registry.
#[derive(Clone)]
pub(crate) struct PolicyRef {
    policy: Arc<dyn AsPolicy>,
    is_wrapped: Arc<AtomicBool>,
}

trait AsPolicy: Send + Sync {
    fn as_policy(&self) -> &Policy;
}

impl AsPolicy for Policy {
    fn as_policy(&self) -> &Policy {
        self
    }
}

impl PolicyRef {
    pub(crate) fn new() -> Self {
        let is_wrapped = Arc::new(AtomicBool::new(false));
        Self {
            policy: Arc::new(Policy::new(Arc::clone(&is_wrapped))),
            is_wrapped,
        }
    }

    /// Whether there is middleware.
    #[inline]
    pub(crate) fn is_wrapped(&self) -> bool {
        self.is_wrapped.load(Ordering::Relaxed)
    }

    /// The middleware, innermost first, if there is some.
    #[inline]
    pub(crate) fn middlewares(&self) -> Option<Entries<dyn Middleware>> {
        if self.is_wrapped() {
            self.load_middlewares()
        } else {
            None
        }
    }
}

impl ReportFailure for PolicyRef {
    fn report(&self, failure: &Failure) {
        self.policy.as_policy().report(failure);
    }
}

impl Deref for PolicyRef {
    type Target = Policy;

    fn deref(&self) -> &Policy {
        self.policy.as_policy()
    }
}
