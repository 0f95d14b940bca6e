//! The handle that the emissions of a handler have on the run-time subscription of that handler.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

/// Ends a run-time subscription.
pub(crate) trait EndSubscription: Send + Sync {
    fn end(&self);
}

/// The handle on the run-time subscription of a handler. It is stored only for a handler that takes `&Emission`, and is
/// filled when the handler is registered.
#[doc(hidden)]
#[derive(Clone, Default)]
pub struct OwnSubscription(Option<Arc<OnceLock<Arc<dyn EndSubscription>>>>);

impl OwnSubscription {
    /// Makes it the handle of a handler that takes `&Emission`.
    pub(crate) fn take(&mut self) {
        self.0.get_or_insert_default();
    }

    /// Whether the handler takes `&Emission`.
    pub(crate) fn is_taken(&self) -> bool {
        self.0.is_some()
    }

    /// Sets the subscription, once.
    pub(crate) fn fill(&self, subscription: Arc<dyn EndSubscription>) {
        if let Some(cell) = &self.0 {
            let _ = cell.set(subscription);
        }
    }

    /// Ends the subscription; returns whether there is one.
    pub(super) fn end(&self) -> bool {
        let subscription = self.0.as_ref().and_then(|cell| cell.get());
        if let Some(subscription) = subscription {
            subscription.end();
        }
        subscription.is_some()
    }
}

impl fmt::Debug for OwnSubscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnSubscription")
            .field(&self.0.is_some())
            .finish()
    }
}

/// A handler with the handle on its subscription.
#[doc(hidden)]
#[derive(Debug)]
pub struct Subscribed<H> {
    pub(crate) handler: H,
    pub(crate) own: OwnSubscription,
}

impl<H> Subscribed<H> {
    /// The handler with its handle, and another reference to the handle.
    pub(crate) fn new(handler: H, takes_emission: bool) -> (Self, OwnSubscription) {
        let mut own = OwnSubscription::default();
        if takes_emission {
            own.take();
        }
        let subscribed = Self {
            handler,
            own: own.clone(),
        };
        (subscribed, own)
    }
}
