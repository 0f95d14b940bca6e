//! What stores the events that are emitted to a registry.

use std::sync::Arc;

use events_core::{Registry, Subscription};

use super::error::DurableError;
use crate::{
    event::types,
    staging::{Staging, add_registered, remove_registered},
    store::Engine,
    wake::Waker,
};

/// The subscriptions of a registry that store what is emitted; dropped, they end.
pub(super) struct Stores {
    registry: Registry,
    _subscriptions: Vec<Subscription>,
}

impl Stores {
    /// Has each durable event of the program stored that is emitted to this registry.
    pub(super) fn subscribe<DB: Engine>(
        registry: &Registry,
        waker: &Arc<Waker<DB>>,
    ) -> Result<Self, DurableError> {
        let staging = Arc::new(Staging(Arc::clone(waker)));
        let subscriptions = types()
            .iter()
            .map(|one| one.subscribe(registry, Arc::clone(&staging) as _));
        let subscriptions: Result<Vec<_>, _> = subscriptions.collect();
        let subscriptions =
            subscriptions.map_err(|error| DurableError::Program(vec![error.to_string()]))?;
        add_registered(registry);
        Ok(Self {
            registry: registry.clone(),
            _subscriptions: subscriptions,
        })
    }

    pub(super) fn registry(&self) -> &Registry {
        &self.registry
    }
}

impl Drop for Stores {
    fn drop(&mut self) {
        remove_registered(&self.registry);
    }
}
