//! Middleware: what stands around each call of a registry's subscribers.
//!
//! The middleware that was added last is the outermost. The sync handlers of such a registry are called one by one, as
//! `tracing` records them, so that no code is compiled for each subscriber.

use std::{
    cell::Cell,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use super::{
    async_middleware::{BoxFuture, NextAsync},
    entry::{Entry, PolicyName},
};
use crate::{
    context::{Emission, panic_hook},
    metadata::SubscriberInfo,
    primitives::catch_record,
    result::{BoxError, Cause, FailedEmission, Failure, MiddlewarePanic, SubscriberOutcome},
};

/// What stands around each call of a subscriber: a measurement, a lock, a log record, a rule.
///
/// [`call`](Self::call) is called for sync subscribers, and [`call_async`](Self::call_async) for those that are async,
/// deferred or awaited. Both call the subscriber with `next.run()`, which is also their default. What they return is what
/// became of the subscriber: a middleware may replace a failure by [`Ran`](SubscriberOutcome::Ran), which swallows it, and
/// [`Stopped`](SubscriberOutcome::Stopped) by `Ran`, which lets the other subscribers run.
///
/// A middleware that does not call `next` returns
/// [`Skipped(SkipReason::Middleware)`](crate::outcomes::SkipReason::Middleware), or a failure made by
/// [`Call::fail`]. If it panics, the subscriber has failed with [`Cause::Middleware`].
///
/// Guide: [middleware](crate::guide::failures#middleware-around-each-call).
///
/// ```
/// use std::{sync::{Arc, Mutex}, time::Instant};
/// use events_core::{
///     Event, Registry,
///     info::SubscriberInfo,
///     middleware::{BoxFuture, Middleware, Next, NextAsync},
///     outcomes::SubscriberOutcome,
/// };
///
/// #[derive(Event, Clone)]
/// struct OrderPlaced;
///
/// /// Notes which calls were slow.
/// #[derive(Clone, Default)]
/// struct Slow(Arc<Mutex<Vec<String>>>);
///
/// impl Slow {
///     fn note(&self, subscriber: &SubscriberInfo, start: Instant) {
///         if start.elapsed().as_millis() > 100 {
///             self.0.lock().unwrap().push(subscriber.to_string());
///         }
///     }
/// }
///
/// impl Middleware for Slow {
///     fn call(&self, subscriber: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
///         let start = Instant::now();
///         let outcome = next.run();
///         self.note(subscriber, start);
///         outcome
///     }
///
///     fn call_async<'a>(
///         &'a self,
///         subscriber: &'a SubscriberInfo,
///         next: NextAsync<'a>,
///     ) -> BoxFuture<'a, SubscriberOutcome> {
///         Box::pin(async move {
///             let start = Instant::now();
///             let outcome = next.run().await;
///             self.note(subscriber, start);
///             outcome
///         })
///     }
/// }
///
/// let registry = Registry::new();
/// let slow = Slow::default();
/// registry.wrap(slow.clone()).detach();
/// registry.on(|_: &OrderPlaced| ()).detach();
/// registry.emit(OrderPlaced);
/// assert!(slow.0.lock().unwrap().is_empty());
/// ```
pub trait Middleware: Send + Sync + 'static {
    /// Around the call of a sync subscriber.
    fn call(&self, subscriber: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
        let _ = subscriber;
        next.run()
    }

    /// Around the call of an async, deferred or awaited subscriber. The subscriber's future is polled inside of that which
    /// this returns, so that a span or a task-local value around `next.run()` is there in the subscriber.
    fn call_async<'a>(
        &'a self,
        subscriber: &'a SubscriberInfo,
        next: NextAsync<'a>,
    ) -> BoxFuture<'a, SubscriberOutcome> {
        let _ = subscriber;
        next.run()
    }
}

/// The call of a subscriber, as a [`Middleware`] receives it with `next`.
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
/// #[event(topic = "orders.placed")]
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
    pub(crate) subscriber: &'c Arc<SubscriberInfo>,
    pub(crate) emission: &'c Emission,
    pub(crate) middlewares: &'c [Arc<Entry<dyn Middleware>>],
    /// Whether the subscriber was called.
    pub(crate) was_called: AtomicBool,
}

impl CallData<'_> {
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

    fn failure_in(&self, emission: FailedEmission, cause: Cause) -> Failure {
        Failure::new(Arc::clone(self.subscriber), cause, emission)
    }

    #[inline]
    pub(super) fn was_called(&self) -> bool {
        self.was_called.load(Ordering::Relaxed)
    }

    #[inline]
    pub(super) fn set_called(&self) {
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

    /// The outcome of a call that fails with this error, as if the subscriber had returned it. It takes effect when the
    /// middleware returns it.
    #[must_use = "a middleware returns the outcome"]
    pub fn fail(&self, error: impl Into<BoxError>) -> SubscriberOutcome {
        SubscriberOutcome::Failed(self.0.failure(Cause::Error(error.into())))
    }

    /// The outcome if this middleware panicked.
    #[cold]
    pub(super) fn panicked(
        &self,
        name: PolicyName,
        payload: Box<dyn std::any::Any + Send>,
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

/// The rest of a sync call: the middleware further inside, and the subscriber.
///
/// It belongs to the thread of the emit, and is not `Send`: the subscriber may change the event.
///
/// ```
/// use events_core::{
///     Event, Registry,
///     info::SubscriberInfo,
///     middleware::{Middleware, Next},
///     outcomes::{SkipReason, SubscriberOutcome},
/// };
///
/// #[derive(Event)]
/// struct MailQueued;
///
/// /// No mail on the test system.
/// struct NoMail;
///
/// impl Middleware for NoMail {
///     fn call(&self, subscriber: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
///         if subscriber.name.contains("smtp") {
///             return SubscriberOutcome::Skipped(SkipReason::Middleware);
///         }
///         next.run()
///     }
/// }
///
/// let registry = Registry::new();
/// registry.wrap(NoMail).detach();
/// registry.subscribe(|_: &MailQueued| ()).id("smtp").register()?.detach();
/// assert_eq!(registry.try_emit(MailQueued)?.ran(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// It cannot be called on another thread:
///
/// ```compile_fail,E0277
/// use events_core::{info::SubscriberInfo, middleware::{Middleware, Next}, outcomes::SubscriberOutcome};
///
/// struct Elsewhere;
///
/// impl Middleware for Elsewhere {
///     fn call(&self, _: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
///         std::thread::scope(|scope| scope.spawn(|| next.run()).join().unwrap())
///     }
/// }
/// ```
#[must_use = "the subscriber is called by `next.run()`"]
pub struct Next<'a>(&'a SyncCall<'a>);

/// A sync call in progress. It is passed on by reference: a copy in each middleware would load what was just stored, with
/// wider loads, for which store forwarding fails.
pub(crate) struct SyncCall<'c> {
    data: CallData<'c>,
    /// How many middlewares are further inside.
    inside: Cell<usize>,
    handler: &'c (dyn SyncHandler + 'c),
}

/// Calls the subscriber itself.
pub(crate) trait SyncHandler {
    fn call(&self) -> SubscriberOutcome;
}

impl<'c> SyncCall<'c> {
    pub(crate) fn new(data: CallData<'c>, handler: &'c (dyn SyncHandler + 'c)) -> Self {
        Self {
            data,
            inside: Cell::new(0),
            handler,
        }
    }

    /// Calls this subscriber through the middleware, of which there is some.
    #[inline(always)]
    pub(crate) fn run(&mut self, subscriber: &'c Arc<SubscriberInfo>) -> SubscriberOutcome {
        self.data.subscriber = subscriber;
        *self.data.was_called.get_mut() = false;
        self.inside.set(self.data.middlewares.len());
        Next(self).run_inside()
    }
}

impl<'a> Next<'a> {
    /// The call.
    #[must_use]
    pub fn call(&self) -> Call<'a> {
        Call(&self.0.data)
    }

    /// Calls the subscriber, through the middleware that is further inside. A panic in it arrives as a failure, and a
    /// subscriber that a filter excludes as skipped.
    #[inline]
    pub fn run(self) -> SubscriberOutcome {
        if self.0.inside.get() == 0 {
            self.0.data.set_called();
            return self.0.handler.call();
        }
        self.run_further_inside()
    }

    /// Not inlined into each middleware.
    #[inline(never)]
    fn run_further_inside(self) -> SubscriberOutcome {
        self.run_inside()
    }

    /// Calls the subscriber through the next middleware.
    #[inline(always)]
    fn run_inside(self) -> SubscriberOutcome {
        let Self(call) = self;
        let inside = call.inside.get().saturating_sub(1);
        call.inside.set(inside);
        let Some(entry) = call.data.middlewares.get(inside) else {
            return self.run();
        };
        let Some(middleware) = entry.open() else {
            return self.run();
        };
        // The usual outcome is not moved: only its first byte is written, so that store forwarding would fail.
        let called = catch_unwind(AssertUnwindSafe(|| {
            match middleware.call(call.data.subscriber, self) {
                SubscriberOutcome::Ran => None,
                other => Some(Box::new(other)),
            }
        }));
        match called {
            Ok(None) if call.data.was_called() => SubscriberOutcome::Ran,
            called => other_outcome(called, entry.name(), Call(&call.data)),
        }
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next")
            .field("call", &self.call())
            .finish_non_exhaustive()
    }
}

/// The outcome of a middleware, unless it is that the subscriber ran.
#[cold]
#[inline(never)]
fn other_outcome(
    called: thread::Result<Option<Box<SubscriberOutcome>>>,
    name: PolicyName,
    call: Call<'_>,
) -> SubscriberOutcome {
    match called.map(|outcome| outcome.map_or(SubscriberOutcome::Ran, |outcome| *outcome)) {
        Ok(outcome) if call.0.was_called() => outcome,
        Ok(outcome) => not_called(outcome, name, call),
        Err(payload) => call.panicked(name, payload),
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
