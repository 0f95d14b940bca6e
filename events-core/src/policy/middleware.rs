//! Middleware: what stands around each call of a registry's subscribers.
//!
//! The middleware that was added last is the outermost. The sync handlers of such a registry are called one by one, as
//! `tracing` records them, so that no code is compiled for each subscriber.

use std::{
    cell::Cell,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
};

use super::{
    async_middleware::{AsyncStack, BoxFuture, NextAsync},
    call::{Call, CallData, not_called},
    entry::{Entries, Entry, PolicyName},
};
use crate::{context::Emission, metadata::SubscriberInfo, result::SubscriberOutcome};

/// What stands around each call of a subscriber: a measurement, a lock, a log record, a rule.
///
/// [`call`](Self::call) is called for sync subscribers, and [`call_async`](Self::call_async) for those that are async,
/// deferred or awaited. Both call the subscriber with `next.run()`, which is also their default. What they return is what
/// became of the subscriber, also in [`Emitted::outcomes`](crate::Emitted::outcomes): a middleware may replace a failure by
/// [`Ran`](SubscriberOutcome::Ran), which swallows it, [`Stopped`](SubscriberOutcome::Stopped) by `Ran`, which lets the other
/// subscribers run, and [`Retrying`](SubscriberOutcome::Retrying) by another one, so that no further attempt follows. A
/// failure that it returns is one of the subscriber that was called, wherever the middleware has it from.
///
/// It stands outside of the policies of a subscriber. Each attempt of a [`retry`](crate::Retry) is a call of its own. A call
/// begins before the event waits because of `concurrency` or `per_key`. A subscriber with a `debounce` has one call for each
/// event that reaches it, which puts the event off and returns [`Deferred`](SubscriberOutcome::Deferred), and one for the
/// event that is delivered.
///
/// A middleware that does not call `next` returns
/// [`Skipped(SkipReason::Middleware)`](crate::outcomes::SkipReason::Middleware), or a failure made by
/// [`Call::fail`]. If it panics, the subscriber has failed with [`Cause::Middleware`](crate::failures::Cause::Middleware).
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a middleware",
    label = "this does not implement `Middleware`",
    note = "a closure is no middleware: declare a struct and implement `Middleware` for it, with `call` for sync subscribers \
            and `call_async` for those that are async, deferred or awaited; both call `next.run()`"
)]
pub trait Middleware: Send + Sync + 'static {
    /// Around the call of a sync subscriber.
    fn call(&self, subscriber: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
        let _ = subscriber;
        next.run()
    }

    /// Around the call of an async, deferred or awaited subscriber. The subscriber's future is polled inside of that which
    /// this returns, so that a span or a task-local value around `next.run()` is there in the subscriber.
    ///
    /// It is no `async fn`, since the registry stores the middleware as a trait object: write the signature below, and
    /// `Box::pin(async move { .. })` as its body.
    fn call_async<'a>(
        &'a self,
        subscriber: &'a SubscriberInfo,
        next: NextAsync<'a>,
    ) -> BoxFuture<'a, SubscriberOutcome> {
        let _ = subscriber;
        next.run()
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
    middlewares: &'c [Arc<Entry<dyn Middleware>>],
    /// How many middlewares are further inside.
    inside: Cell<usize>,
    handler: &'c (dyn SyncHandler + 'c),
}

/// Calls the subscriber itself.
pub(crate) trait SyncHandler {
    fn call(&self) -> SubscriberOutcome;
}

impl<'c> SyncCall<'c> {
    pub(crate) fn new(
        data: CallData<'c>,
        middlewares: &'c [Arc<Entry<dyn Middleware>>],
        handler: &'c (dyn SyncHandler + 'c),
    ) -> Self {
        Self {
            data,
            middlewares,
            inside: Cell::new(0),
            handler,
        }
    }

    /// Calls this subscriber through the middleware, of which there is some.
    #[inline(always)]
    pub(crate) fn run(&mut self, subscriber: &'c Arc<SubscriberInfo>) -> SubscriberOutcome {
        self.data.subscriber = subscriber;
        *self.data.was_called.get_mut() = false;
        self.inside.set(self.middlewares.len());
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
    #[must_use = "a middleware returns the outcome"]
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
        let Some(entry) = call.middlewares.get(inside) else {
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

/// What an async call through the middleware of a registry keeps alive.
pub(crate) struct WrappedCall {
    middlewares: Entries<dyn Middleware>,
    subscriber: Arc<SubscriberInfo>,
    emission: Emission,
}

impl WrappedCall {
    pub(crate) fn new(
        middlewares: Entries<dyn Middleware>,
        subscriber: Arc<SubscriberInfo>,
        emission: Emission,
    ) -> Self {
        Self {
            middlewares,
            subscriber,
            emission,
        }
    }

    /// What the middleware receives of the call.
    pub(crate) fn data(&self) -> CallData<'_> {
        CallData::new(&self.subscriber, &self.emission)
    }

    /// Calls a subscriber through the middleware.
    pub(crate) fn run<'a>(
        &'a self,
        data: &'a CallData<'a>,
        handler: BoxFuture<'a, SubscriberOutcome>,
    ) -> BoxFuture<'a, SubscriberOutcome> {
        NextAsync::new(Call(data), self.middlewares.len(), self, handler).run()
    }
}

impl AsyncStack for WrappedCall {
    fn start<'a>(
        &'a self,
        index: usize,
        next: NextAsync<'a>,
    ) -> Result<(PolicyName, thread::Result<BoxFuture<'a, SubscriberOutcome>>), NextAsync<'a>> {
        let entry = &*self.middlewares[index];
        let Some(middleware) = entry.open() else {
            return Err(next);
        };
        let subscriber = &*self.subscriber;
        let call = AssertUnwindSafe(|| middleware.call_async(subscriber, next));
        Ok((entry.name(), catch_unwind(call)))
    }
}
