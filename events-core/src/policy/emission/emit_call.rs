//! An emission, as middleware around it receives it, and the record of what the middleware did.

use std::{any::Any, fmt, mem, sync::Arc, sync::Mutex, thread};

use super::outcome::{EmitCounts, EmitOutcome};
use crate::{
    context::{Emission, panic_hook},
    metadata::{EventInfo, SubscriberInfo},
    policy::entry::PolicyName,
    primitives::{catch_record, one_line, sync::lock},
    result::{BoxError, Cause, Failure},
};

/// An emission, as an [`EmitMiddleware`](super::EmitMiddleware) receives it with `next`.
///
/// It shows which event is emitted, and nothing of its fields.
///
/// ```
/// use events_core::{
///     Emission, Event, Registry,
///     middleware::{EmitMiddleware, EmitOutcome, NextEmit},
/// };
///
/// #[derive(Event)]
/// struct OrderPlaced;
///
/// /// Plugins emit no events of the crate `billing`.
/// struct Trusted;
///
/// impl EmitMiddleware for Trusted {
///     fn call(&self, emission: &Emission, next: NextEmit<'_>) -> EmitOutcome {
///         let call = next.call();
///         let is_plugin = emission.origin().is_some_and(|origin| origin.as_str() == "plugin");
///         match call.event() {
///             Some(event) if is_plugin && event.name() == "OrderPlaced" => call.fail("not from plugins"),
///             _ => next.run(),
///         }
///     }
/// }
///
/// let registry = Registry::new();
/// registry.wrap_emit(Trusted).detach();
/// assert!(registry.try_emit(OrderPlaced).is_ok());
/// let error = registry.try_emit_from(OrderPlaced, "plugin").unwrap_err();
/// assert_eq!(error.failures()[0].error().unwrap().to_string(), "not from plugins");
/// ```
#[derive(Clone, Copy)]
pub struct EmitCall<'a>(pub(super) &'a EmitCallData);

/// Which emission it is.
pub(crate) struct EmitDetails {
    pub(crate) emission: Emission,
    /// `None` for a named event.
    pub(crate) event: Option<&'static EventInfo>,
    pub(crate) is_from_queue: bool,
    /// The policy of the registry.
    pub(crate) policy: Box<dyn ReportFailure>,
}

/// Reports the failures of middleware to the hooks.
pub(crate) trait ReportFailure: Send + Sync {
    fn report(&self, failure: &Failure);
}

/// What all middleware around an emission shares.
pub(crate) struct EmitCallData {
    details: EmitDetails,
    progress: Mutex<Progress>,
}

/// What became of the emission so far.
#[derive(Default)]
struct Progress {
    /// What the subscribers did; `None` before they are called.
    counts: Option<EmitCounts>,
    /// Whether the subscribers are called, or were.
    is_called: bool,
    /// Those of the middleware.
    failures: Vec<Failure>,
}

impl EmitCallData {
    pub(crate) fn new(details: EmitDetails) -> Self {
        Self {
            details,
            progress: Mutex::default(),
        }
    }

    pub(super) fn emission(&self) -> &Emission {
        &self.details.emission
    }

    /// The subscribers are called.
    pub(super) fn set_called(&self) {
        lock(&self.progress).is_called = true;
    }

    /// Whether the subscribers were called.
    pub(crate) fn is_called(&self) -> bool {
        lock(&self.progress).is_called
    }

    /// What the subscribers did.
    pub(super) fn set_counts(&self, counts: EmitCounts) {
        lock(&self.progress).counts = Some(counts);
    }

    /// Takes the failures of the middleware. They are reported to the hooks already.
    pub(crate) fn take_failures(&self) -> Vec<Failure> {
        mem::take(&mut lock(&self.progress).failures)
    }

    /// The outcome so far.
    pub(super) fn outcome(&self) -> EmitOutcome {
        let progress = lock(&self.progress);
        let mut counts = progress.counts.clone().unwrap_or_default();
        counts.failed += progress.failures.len();
        EmitOutcome {
            counts,
            is_withheld: !progress.is_called,
            error: None,
        }
    }

    /// A middleware has returned or panicked. Returns the outcome for the middleware around it.
    #[cold]
    pub(super) fn end(&self, name: PolicyName, ended: thread::Result<EmitOutcome>) -> EmitOutcome {
        let cause = match ended {
            Err(payload) => Some(panicked(payload)),
            Ok(outcome) => {
                if !outcome.is_withheld && outcome.error.is_none() && !self.is_called() {
                    self.warn_not_called(name);
                }
                outcome.error.map(Cause::Error)
            }
        };
        if let Some(cause) = cause {
            let failure = self.failure(name, cause);
            self.details.policy.report(&failure);
            lock(&self.progress).failures.push(failure);
        }
        self.outcome()
    }

    /// The failure of a middleware, which stands in it in place of a subscriber.
    fn failure(&self, name: PolicyName, cause: Cause) -> Failure {
        let topic = self.emission().topic().to_owned().into();
        let (type_name, location) = name.parts();
        let middleware = SubscriberInfo::of_middleware(topic, type_name, location.into());
        Failure::new(Arc::new(middleware), cause, self.emission().of_failure())
    }

    fn warn_not_called(&self, name: PolicyName) {
        let topic = self.emission().topic();
        catch_record(|| {
            tracing::warn!(
                target: "events_core",
                middleware = %name,
                topic = &*one_line(topic),
                "a middleware returned the outcome of another emission, without having called the subscribers; call \
                 next.run(), or return EmitOutcome::withheld()",
            );
        });
    }
}

fn panicked(payload: Box<dyn Any + Send>) -> Cause {
    Cause::Panic(panic_hook::into_panic(payload))
}

impl<'a> EmitCall<'a> {
    /// The emission: topic, origin, id and parent.
    #[must_use]
    pub fn emission(&self) -> &'a Emission {
        self.0.emission()
    }

    /// The type of the event; `None` if it is a named event, which has only a topic.
    #[must_use]
    pub fn event(&self) -> Option<&'static EventInfo> {
        self.0.details.event
    }

    /// Whether the event was enqueued, and runs from the queue now.
    #[must_use]
    pub fn is_from_queue(&self) -> bool {
        self.0.details.is_from_queue
    }

    /// The outcome of a middleware that fails with this error, whether it has called `next` or not. It takes effect when
    /// the middleware returns it: the failure is reported to the hooks of
    /// [`on_failure`](crate::Registry::on_failure), and logged or returned as that of a subscriber is. An event that fails
    /// closed is refused.
    pub fn fail(&self, error: impl Into<BoxError>) -> EmitOutcome {
        EmitOutcome {
            error: Some(error.into()),
            ..self.0.outcome()
        }
    }
}

impl fmt::Debug for EmitCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmitCall")
            .field("emission", self.emission())
            .field("is_from_queue", &self.is_from_queue())
            .finish_non_exhaustive()
    }
}
