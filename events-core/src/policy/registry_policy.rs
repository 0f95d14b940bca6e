//! The policy of a registry: its failure hooks and its middleware, that around calls and that around emissions. The plans of its events share it, so that whatever runs
//! a plan reaches it without the registry, also a queue.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{
    emission::EmitMiddleware,
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
    emit_middlewares: EntryList<dyn EmitMiddleware>,
    /// Whether there is middleware.
    is_wrapped: Arc<AtomicBool>,
    /// Whether there are failure hooks: most registries have none, and load no list for a failure.
    has_failure_hooks: AtomicBool,
}

/// A hook or a middleware to add.
pub(crate) enum PolicyPart {
    FailureHook(Arc<Entry<FailureHook>>),
    Middleware(Arc<Entry<dyn Middleware>>),
    EmitMiddleware(Arc<Entry<dyn EmitMiddleware>>),
}

/// What a change of a policy replaced. It is dropped while no lock is held.
#[must_use = "to be dropped where no lock is held"]
#[derive(Default)]
pub(crate) struct RetiredPolicy {
    _failure_hooks: Option<Entries<FailureHook>>,
    _middlewares: Option<Entries<dyn Middleware>>,
    _emit_middlewares: Option<Entries<dyn EmitMiddleware>>,
}

impl Policy {
    pub(super) fn new(is_wrapped: Arc<AtomicBool>) -> Self {
        Self {
            failure_hooks: EntryList::new(),
            middlewares: EntryList::new(),
            emit_middlewares: EntryList::new(),
            is_wrapped,
            has_failure_hooks: AtomicBool::new(false),
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
    #[inline]
    pub(crate) fn report(&self, failure: &Failure) {
        if self.has_failure_hooks.load(Ordering::Relaxed) {
            self.call_failure_hooks(failure);
        }
    }

    #[cold]
    #[inline(never)]
    fn call_failure_hooks(&self, failure: &Failure) {
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

    /// The middleware around emissions, innermost first, if there is some.
    #[cold]
    #[inline(never)]
    pub(crate) fn emit_middlewares(&self) -> Option<Entries<dyn EmitMiddleware>> {
        self.emit_middlewares.load()
    }

    /// Whether there is middleware around calls or emissions.
    pub(crate) fn has_middleware(&self) -> bool {
        !self.middlewares.is_empty() || self.wraps_emits()
    }

    /// Whether there is middleware around emissions.
    pub(crate) fn wraps_emits(&self) -> bool {
        !self.emit_middlewares.is_empty()
    }

    /// Adds a hook or a middleware. Called under the writer's lock.
    pub(crate) fn add(&self, part: PolicyPart) -> RetiredPolicy {
        let mut retired = RetiredPolicy::default();
        match part {
            PolicyPart::FailureHook(hook) => retired._failure_hooks = self.failure_hooks.add(hook),
            PolicyPart::Middleware(middleware) => {
                retired._middlewares = self.middlewares.add(middleware);
            }
            PolicyPart::EmitMiddleware(middleware) => {
                retired._emit_middlewares = self.emit_middlewares.add(middleware);
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
            _emit_middlewares: self.emit_middlewares.remove(number),
        };
        self.update();
        retired
    }

    fn update(&self) {
        self.is_wrapped
            .store(!self.middlewares.is_empty(), Ordering::Relaxed);
        self.has_failure_hooks
            .store(!self.failure_hooks.is_empty(), Ordering::Relaxed);
    }

    /// Drops all of them: the registry is dropped.
    pub(crate) fn clear(&self) {
        drop_catching(self.failure_hooks.clear());
        drop_catching(self.middlewares.clear());
        drop_catching(self.emit_middlewares.clear());
    }
}
