//! A call of a subscriber, as middleware receives it.

use std::{
    any::Any,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::entry::PolicyName;
use crate::{
    context::{Emission, is_innermost, panic_hook},
    metadata::SubscriberInfo,
    primitives::catch_record,
    result::{
        BoxError, Cause, FailedEmission, Failure, MiddlewarePanic, SkipReason, SubscriberOutcome,
    },
};

/// The call of a subscriber, as a [`Middleware`](super::Middleware) receives it with `next`.
///
/// ```
/// use events_core::{
///     Event, Registry,
///     info::SubscriberInfo,
///     middleware::{Middleware, Next},
///     outcomes::SubscriberOutcome,
/// };
///
/// #[derive(Event)]
/// #[event(topic = "shop.orders.placed")]
/// struct OrderPlaced;
///
/// /// Refuses the events of the untrusted part of the program.
/// struct Trusted;
///
/// impl Middleware for Trusted {
///     fn call(&self, _: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
///         let call = next.call();
///         match call.emission().origin() {
///             Some(origin) if origin.as_str() == "plugin" => call.fail("plugins emit no orders"),
///             _ => next.run(),
///         }
///     }
/// }
///
/// let registry = Registry::new();
/// registry.wrap(Trusted).detach();
/// registry.on(|_: &OrderPlaced| ()).detach();
/// assert!(registry.try_emit(OrderPlaced).is_ok());
/// let error = registry.try_emit_from(OrderPlaced, "plugin").unwrap_err();
/// assert_eq!(error.failures()[0].error().unwrap().to_string(), "plugins emit no orders");
/// ```
#[derive(Clone, Copy)]
pub struct Call<'a>(pub(super) &'a CallData<'a>);

/// What all middleware around a call shares.
pub(crate) struct CallData<'c> {
    pub(super) subscriber: &'c Arc<SubscriberInfo>,
    emission: &'c Emission,
    /// Whether the subscriber was called.
    pub(super) was_called: AtomicBool,
}

impl<'c> CallData<'c> {
    pub(crate) fn new(subscriber: &'c Arc<SubscriberInfo>, emission: &'c Emission) -> Self {
        Self {
            subscriber,
            emission,
            was_called: AtomicBool::new(false),
        }
    }

    /// Whether its emission is the innermost one of this thread.
    pub(crate) fn is_entered(&self) -> bool {
        is_innermost(self.emission.id())
    }

    /// A failure of the subscriber, which is not reported yet.
    #[cold]
    pub(crate) fn failure(&self, cause: Cause) -> Failure {
        self.failure_in(self.emission.of_failure(), cause)
    }

    /// The same, if the call is to be repeated.
    #[cold]
    pub(crate) fn failure_with_next(&self, cause: Cause) -> Failure {
        self.failure_in(self.emission.of_failure().with_next(), cause)
    }

    /// Why a filter has just excluded the event from the subscriber.
    #[cold]
    pub(crate) fn skip_reason(&self) -> SkipReason {
        SkipReason::of(self.subscriber, self.emission.origin())
    }

    fn failure_in(&self, emission: FailedEmission, cause: Cause) -> Failure {
        Failure::new(Arc::clone(self.subscriber), cause, emission)
    }

    #[inline]
    pub(super) fn was_called(&self) -> bool {
        self.was_called.load(Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn set_called(&self) {
        self.was_called.store(true, Ordering::Relaxed);
    }
}

impl<'a> Call<'a> {
    /// The subscriber that is called.
    #[must_use]
    pub fn subscriber(&self) -> &'a SubscriberInfo {
        self.0.subscriber
    }

    /// The emission: topic, origin, id and parent.
    #[must_use]
    pub fn emission(&self) -> &'a Emission {
        self.0.emission
    }

    /// The outcome of a call that fails with this error: it is reported as one that the subscriber has returned, and it is
    /// final, since [`retry`](crate::Retry) repeats only what the subscriber itself did. It takes effect when the middleware
    /// returns it.
    #[must_use = "a middleware returns the outcome"]
    pub fn fail(&self, error: impl Into<BoxError>) -> SubscriberOutcome {
        SubscriberOutcome::Failed(self.0.failure(Cause::Error(error.into())))
    }

    /// The outcome if this middleware panicked.
    #[cold]
    pub(super) fn panicked(
        &self,
        name: PolicyName,
        payload: Box<dyn Any + Send>,
    ) -> SubscriberOutcome {
        let panic = panic_hook::into_panic(payload);
        let panic = MiddlewarePanic::new(name.to_string(), panic);
        SubscriberOutcome::Failed(self.0.failure(Cause::Middleware(panic)))
    }
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("subscriber", &self.0.subscriber)
            .field("emission", &self.0.emission)
            .finish()
    }
}

/// The outcome of a middleware that has not called the subscriber. It is logged if it states that the subscriber ran.
#[cold]
#[inline(never)]
pub(super) fn not_called(
    outcome: SubscriberOutcome,
    name: PolicyName,
    call: Call<'_>,
) -> SubscriberOutcome {
    if !matches!(outcome, SubscriberOutcome::Ran | SubscriberOutcome::Stopped) {
        return outcome;
    }
    catch_record(|| {
        tracing::warn!(
            target: "events_core",
            middleware = %name,
            subscriber = %call.subscriber(),
            "a middleware returned that a subscriber ran, without having called it; call next.run(), or return \
             Skipped(SkipReason::Middleware)",
        );
    });
    outcome
}
