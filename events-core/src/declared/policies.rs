//! What an installer does for the policies of a subscriber.

use std::sync::Arc;

use super::installer::Installer;
use crate::{
    background::{Awaited, CallState, KeyFn, PolicyHandler, TimedAwaited},
    event::Family,
    handler::Background,
    metadata::CallPolicies,
};

impl Installer<'_> {
    /// The handler with policies, beside its limit of concurrent calls. `key` returns the key of an event, if the calls
    /// have one.
    pub fn with_policies<E, H: Background<E>>(
        &mut self,
        policies: CallPolicies,
        key: Option<KeyFn<E>>,
        handler: H,
    ) -> PolicyHandler<E, H> {
        PolicyHandler::new(self.call_state(policies), key, handler)
    }

    fn call_state(&mut self, policies: CallPolicies) -> Arc<CallState> {
        self.policies = policies;
        let policies = match self.durable {
            // The store has the others.
            Some(_) => policies.only_timeout(),
            None => policies,
        };
        let concurrency = self.subscriber.options.concurrency;
        CallState::new(policies, concurrency, self.core.clock())
    }

    /// The awaited handler with the timeout of these policies.
    pub fn with_timeout<F: Family, H: Awaited<F>>(
        &mut self,
        policies: CallPolicies,
        handler: H,
    ) -> TimedAwaited<H> {
        self.policies = policies;
        TimedAwaited::new(policies.timeout, self.core.clock(), handler)
    }

    /// Makes the subscriber durable, with this id. To be called first. The policies other than the timeout are those of the
    /// store.
    pub fn durable(&mut self, id: &'static str, policies: CallPolicies) {
        self.durable = Some(id);
        self.policies = policies;
    }
}
