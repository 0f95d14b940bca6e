//! Middleware: what stands around each call of a registry's subscribers.
//!
//! The middleware that was added last is the outermost. The sync handlers of such a registry are called one by one, as
//! `tracing` records them, so that no code is compiled for each subscriber.

use std::{
    cell::Cell,
    fmt,
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use super::{
    async_middleware::{BoxFuture, NextAsync},
    entry::{Entry, PolicyName},
};
use crate::{
    context::{Emission, panic_hook},
    metadata::SubscriberInfo,
    primitives::catch_record,
    result::{BoxError, Cause, Failure, MiddlewarePanic, SubscriberOutcome},
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
pub struct Call<'a> {
    subscriber: &'a Arc<SubscriberInfo>,
    emission: &'a Emission,
}

impl<'a> Call<'a> {
    pub(crate) fn new(subscriber: &'a Arc<SubscriberInfo>, emission: &'a Emission) -> Self {
        Self {
            subscriber,
            emission,
        }
    }

    /// The subscriber that is called.
    #[must_use]
    pub fn subscriber(&self) -> &'a SubscriberInfo {
        self.subscriber
    }

    /// The emission: topic, origin, id and parent.
    #[must_use]
    pub fn emission(&self) -> &'a Emission {
        self.emission
    }

    /// The outcome of a call that fails with this error, as if the subscriber had returned it. It takes effect when the
    /// middleware returns it.
    #[must_use = "a middleware returns the outcome"]
    pub fn fail(&self, error: impl Into<BoxError>) -> SubscriberOutcome {
        SubscriberOutcome::Failed(self.failure(Cause::Error(error.into())))
    }

    /// A failure of the subscriber, which is not reported yet.
    #[cold]
    pub(crate) fn failure(&self, cause: Cause) -> Failure {
        Failure::new(
            Arc::clone(self.subscriber),
            cause,
            self.emission.of_failure(),
        )
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
        SubscriberOutcome::Failed(self.failure(Cause::Middleware(panic)))
    }
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("subscriber", &self.subscriber)
            .field("emission", &self.emission)
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
pub struct Next<'a> {
    call: Call<'a>,
    rest: &'a [Arc<Entry<dyn Middleware>>],
    handler: &'a mut dyn FnMut() -> SubscriberOutcome,
    was_called: &'a Cell<bool>,
    this_thread: PhantomData<*const ()>,
}

impl<'a> Next<'a> {
    /// The call.
    #[must_use]
    pub fn call(&self) -> Call<'a> {
        self.call
    }

    /// Calls the subscriber, through the middleware that is further inside. A panic in it arrives as a failure, and a
    /// subscriber that a filter excludes as skipped.
    #[inline]
    pub fn run(self) -> SubscriberOutcome {
        match self.rest.split_last() {
            None => {
                self.was_called.set(true);
                (self.handler)()
            }
            Some((entry, rest)) => Next { rest, ..self }.run_in(entry),
        }
    }

    fn run_in(self, entry: &Entry<dyn Middleware>) -> SubscriberOutcome {
        let Some(middleware) = entry.open() else {
            return self.run();
        };
        let (call, was_called) = (self.call, self.was_called);
        let outcome = catch_unwind(AssertUnwindSafe(|| middleware.call(call.subscriber, self)));
        let outcome = outcome.unwrap_or_else(|payload| call.panicked(entry.name(), payload));
        if matches!(outcome, SubscriberOutcome::Ran | SubscriberOutcome::Stopped)
            && !was_called.get()
        {
            warn_not_called(entry.name(), call);
        }
        outcome
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next")
            .field("call", &self.call)
            .finish_non_exhaustive()
    }
}

/// Calls a sync subscriber through the middleware.
#[inline]
pub(crate) fn call_through(
    middlewares: &[Arc<Entry<dyn Middleware>>],
    call: Call<'_>,
    handler: &mut dyn FnMut() -> SubscriberOutcome,
) -> SubscriberOutcome {
    let next = Next {
        call,
        rest: middlewares,
        handler,
        was_called: &Cell::new(false),
        this_thread: PhantomData,
    };
    next.run()
}

/// Logs that a middleware states that a subscriber ran, which it has not called.
#[cold]
#[inline(never)]
pub(super) fn warn_not_called(name: PolicyName, call: Call<'_>) {
    catch_record(|| {
        tracing::warn!(
            target: "events_core",
            middleware = %name,
            subscriber = %call.subscriber,
            "a middleware returned that a subscriber ran, without having called it; call next.run(), or return \
             Skipped(SkipReason::Middleware)",
        );
    });
}
