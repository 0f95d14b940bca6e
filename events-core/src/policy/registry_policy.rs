//! The policy of a registry: its failure hooks and its middleware. The plans of its events share it, so that whatever runs
//! a plan reaches it without the registry, also a queue.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{
    entry::{Entries, Entry, EntryList},
    failure_hooks::{FailureHook, call_all, is_in_failure_hook},
    middleware::Middleware,
};
use crate::{
    metadata::SubscriberInfo,
    primitives::drop_catching,
    result::{Cause, FailedEmission, Failure},
};

/// The failure hooks and the middleware of a registry.
pub(crate) struct Policy {
    failure_hooks: EntryList<FailureHook>,
    middlewares: EntryList<dyn Middleware>,
    /// Whether there is middleware.
    is_wrapped: Arc<AtomicBool>,
}

/// A hook or a middleware to add.
pub(crate) enum PolicyPart {
    FailureHook(Arc<Entry<FailureHook>>),
    Middleware(Arc<Entry<dyn Middleware>>),
}

/// What a change of a policy replaced. It is dropped while no lock is held.
#[must_use = "to be dropped where no lock is held"]
#[derive(Default)]
pub(crate) struct RetiredPolicy {
    _failure_hooks: Option<Entries<FailureHook>>,
    _middlewares: Option<Entries<dyn Middleware>>,
}

impl Policy {
    pub(super) fn new(is_wrapped: Arc<AtomicBool>) -> Self {
        Self {
            failure_hooks: EntryList::new(),
            middlewares: EntryList::new(),
            is_wrapped,
        }
    }

    /// The failure of a subscriber, which the hooks receive.
    #[cold]
    #[inline(never)]
    pub(crate) fn fail(
        &self,
        subscriber: Arc<SubscriberInfo>,
        cause: Cause,
        emission: FailedEmission,
    ) -> Failure {
        let failure = Failure::new(subscriber, cause, emission);
        self.report(&failure);
        failure
    }

    /// Calls the hooks with a failure, unless it is that of a hook.
    #[cold]
    pub(crate) fn report(&self, failure: &Failure) {
        if !is_in_failure_hook()
            && let Some(hooks) = self.failure_hooks.load()
        {
            call_all(hooks, failure);
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn load_middlewares(&self) -> Option<Entries<dyn Middleware>> {
        self.middlewares.load()
    }

    /// Adds a hook or a middleware. Called under the writer's lock.
    pub(crate) fn add(&self, part: PolicyPart) -> RetiredPolicy {
        let mut retired = RetiredPolicy::default();
        match part {
            PolicyPart::FailureHook(hook) => retired._failure_hooks = self.failure_hooks.add(hook),
            PolicyPart::Middleware(middleware) => {
                retired._middlewares = self.middlewares.add(middleware);
            }
        }
        self.update();
        retired
    }

    /// Removes a hook or a middleware. Called under the writer's lock.
    pub(crate) fn remove(&self, number: u64) -> RetiredPolicy {
        let retired = RetiredPolicy {
            _failure_hooks: self.failure_hooks.remove(number),
            _middlewares: self.middlewares.remove(number),
        };
        self.update();
        retired
    }

    fn update(&self) {
        self.is_wrapped
            .store(!self.middlewares.is_empty(), Ordering::Relaxed);
    }

    /// Drops all of them: the registry is dropped.
    pub(crate) fn clear(&self) {
        drop_catching(self.failure_hooks.clear());
        drop_catching(self.middlewares.clear());
    }
}
