//! The panic of a middleware around the call of a subscriber.

use std::{error::Error, fmt};

use super::panic::Panic;

/// The panic of a middleware: the subscriber counts as failed, whether it was called or not.
///
/// `Display` names the middleware by its type and by where it was added.
///
/// ```
/// use events_core::{
///     Event, Registry,
///     failures::Cause,
///     info::SubscriberInfo,
///     middleware::{Middleware, Next},
///     outcomes::SubscriberOutcome,
/// };
///
/// #[derive(Event)]
/// struct OrderPlaced;
///
/// struct Strict;
///
/// impl Middleware for Strict {
///     fn call(&self, _: &SubscriberInfo, _: Next<'_>) -> SubscriberOutcome {
///         panic!("no rule for this subscriber")
///     }
/// }
///
/// let registry = Registry::new();
/// registry.wrap(Strict).detach();
/// registry.on(|_: &OrderPlaced| ()).detach();
///
/// let error = registry.try_emit(OrderPlaced).unwrap_err();
/// let Cause::Middleware(panic) = error.failures()[0].cause() else { panic!("it panics") };
/// assert!(panic.middleware().contains("Strict"));
/// assert_eq!(panic.panic().message(), "no rule for this subscriber");
/// ```
#[derive(Debug)]
pub struct MiddlewarePanic {
    middleware: String,
    panic: Panic,
}

impl MiddlewarePanic {
    pub(crate) fn new(middleware: String, panic: Panic) -> Self {
        Self { middleware, panic }
    }

    /// The type of the middleware, and where it was added.
    #[must_use]
    pub fn middleware(&self) -> &str {
        &self.middleware
    }

    /// Its panic.
    #[must_use]
    pub fn panic(&self) -> &Panic {
        &self.panic
    }
}

impl fmt::Display for MiddlewarePanic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { middleware, panic } = self;
        write!(f, "the middleware `{middleware}` {panic}")
    }
}

impl Error for MiddlewarePanic {}
