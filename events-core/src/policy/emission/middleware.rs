//! Middleware around emissions: the trait, and how it is called around a sync one.

use std::{
    cell::Cell,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use super::{
    async_middleware::NextEmitAsync,
    emit_call::{EmitCall, EmitCallData},
    outcome::{EmitCounts, EmitOutcome},
};
use crate::{
    context::Emission,
    policy::{async_middleware::BoxFuture, entry::Entry},
};

/// What stands around a whole emission, from before the first subscriber until after the last: a measurement, a transaction,
/// a rule of the publisher.
///
/// [`call`](Self::call) is called for sync emits, and [`call_async`](Self::call_async) for async ones and for events from the
/// queue. Both call the subscribers with `next.run()`, which is also their default, and return what became of the emission.
/// `next` is passed by value: the subscribers are called at most once.
///
/// Each emission of the registry is wrapped: typed and named ones, with and without an origin, also one that no subscriber
/// receives and one that a subscriber stops. Not wrapped are an event that is put into the queue, until it runs there, and the
/// subscribers of an emit that run later, from the queue: these are calls, which [`Middleware`](crate::middleware::Middleware)
/// wraps. A middleware is no subscriber: [`has_subscribers`](crate::Registry::has_subscribers) does not count it. An emit that is refused as nested too deep, and an event that a test mutes, call no middleware.
///
/// A middleware does not receive the event, and the emitter always gets it back. It runs inside of the emission: what it
/// emits is nested in that. If it returns [`EmitCall::fail`] or panics, the emission has failed: the failure names the
/// middleware in place of a subscriber, and is logged or returned, and reported to
/// [`on_failure`](crate::Registry::on_failure), as that of a subscriber is.
///
/// Guide: [around each emission](crate::guide::failures#middleware-around-each-emission).
///
/// ```
/// use std::{sync::{Arc, Mutex}, time::Instant};
/// use events_core::{
///     Emission, Event, Registry,
///     middleware::{BoxFuture, EmitMiddleware, EmitOutcome, NextEmit, NextEmitAsync},
/// };
///
/// #[derive(Event, Clone)]
/// struct OrderPlaced;
///
/// /// Notes which emissions were slow, with the number of subscribers that ran.
/// #[derive(Clone, Default)]
/// struct Slow(Arc<Mutex<Vec<(String, usize)>>>);
///
/// impl Slow {
///     fn note(&self, emission: &Emission, start: Instant, outcome: &EmitOutcome) {
///         if start.elapsed().as_millis() > 100 {
///             self.0.lock().unwrap().push((emission.topic().to_owned(), outcome.ran()));
///         }
///     }
/// }
///
/// impl EmitMiddleware for Slow {
///     fn call(&self, emission: &Emission, next: NextEmit<'_>) -> EmitOutcome {
///         let start = Instant::now();
///         let outcome = next.run();
///         self.note(emission, start, &outcome);
///         outcome
///     }
///
///     fn call_async<'a>(
///         &'a self,
///         emission: &'a Emission,
///         next: NextEmitAsync<'a>,
///     ) -> BoxFuture<'a, EmitOutcome> {
///         Box::pin(async move {
///             let start = Instant::now();
///             let outcome = next.run().await;
///             self.note(emission, start, &outcome);
///             outcome
///         })
///     }
/// }
///
/// let registry = Registry::new();
/// let slow = Slow::default();
/// registry.wrap_emit(slow.clone()).detach();
/// registry.on(|_: &OrderPlaced| ()).detach();
/// registry.emit(OrderPlaced);
/// assert!(slow.0.lock().unwrap().is_empty());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a middleware around emissions",
    label = "this does not implement `EmitMiddleware`",
    note = "a closure is no middleware: declare a struct and implement `EmitMiddleware` for it, with `call` for sync emits and \
            `call_async` for async ones and for the queue; both call `next.run()`"
)]
pub trait EmitMiddleware: Send + Sync + 'static {
    /// Around a sync emit.
    fn call(&self, emission: &Emission, next: NextEmit<'_>) -> EmitOutcome {
        let _ = emission;
        next.run()
    }

    /// Around an async emit, and around an event from the queue. It is no `async fn`: write the signature below, and
    /// `Box::pin(async move { .. })` as its body.
    ///
    /// The subscribers are polled whenever the future of `next.run()` is polled, but beside it: in the `tracing` span in
    /// which it is polled, and without the task-local values around it. So they begin when the middleware is pending; if it
    /// drops that future before, they are not called. If that future is dropped before its end, the
    /// subscribers are cut off, as by a drop of the emit, and the emitter gets the event back when the middleware has ended.
    fn call_async<'a>(
        &'a self,
        emission: &'a Emission,
        next: NextEmitAsync<'a>,
    ) -> BoxFuture<'a, EmitOutcome> {
        let _ = emission;
        next.run()
    }
}

/// The rest of a sync emission: the middleware further inside, and the subscribers.
///
/// It belongs to the thread of the emit, and is not `Send`.
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
/// /// Each order needs a subscriber.
/// struct Heard;
///
/// impl EmitMiddleware for Heard {
///     fn call(&self, _: &Emission, next: NextEmit<'_>) -> EmitOutcome {
///         let call = next.call();
///         let outcome = next.run();
///         if outcome.ran() + outcome.deferred() == 0 {
///             return call.fail("no subscriber received the event");
///         }
///         outcome
///     }
/// }
///
/// let registry = Registry::new();
/// registry.wrap_emit(Heard).detach();
/// assert!(registry.try_emit(OrderPlaced).is_err());
/// registry.on(|_: &OrderPlaced| ()).detach();
/// assert!(registry.try_emit(OrderPlaced).is_ok());
/// ```
///
/// It cannot be called twice:
///
/// ```compile_fail,E0382
/// use events_core::{Emission, middleware::{EmitMiddleware, EmitOutcome, NextEmit}};
///
/// struct Twice;
///
/// impl EmitMiddleware for Twice {
///     fn call(&self, _: &Emission, next: NextEmit<'_>) -> EmitOutcome {
///         let _ = next.run();
///         next.run()
///     }
/// }
/// ```
#[must_use = "the subscribers are called by `next.run()`"]
pub struct NextEmit<'a>(&'a SyncEmit<'a>);

/// A sync emission with middleware around it.
pub(crate) struct SyncEmit<'c> {
    data: &'c EmitCallData,
    middlewares: &'c [Arc<Entry<dyn EmitMiddleware>>],
    /// How many middlewares are further inside.
    inside: Cell<usize>,
    rest: &'c (dyn RunEmit + 'c),
}

/// Calls the subscribers.
pub(crate) trait RunEmit {
    fn run(&self) -> EmitCounts;
}

impl<'c> SyncEmit<'c> {
    pub(crate) fn new(
        data: &'c EmitCallData,
        middlewares: &'c [Arc<Entry<dyn EmitMiddleware>>],
        rest: &'c (dyn RunEmit + 'c),
    ) -> Self {
        Self {
            data,
            middlewares,
            inside: Cell::new(middlewares.len()),
            rest,
        }
    }

    /// Calls the subscribers through the middleware.
    pub(crate) fn run(&self) {
        let _ = NextEmit(self).run();
    }
}

impl<'a> NextEmit<'a> {
    /// The emission.
    #[must_use]
    pub fn call(&self) -> EmitCall<'a> {
        EmitCall(self.0.data)
    }

    /// Calls the subscribers, through the middleware that is further inside.
    pub fn run(self) -> EmitOutcome {
        let Self(emit) = self;
        while let Some(inside) = emit.inside.get().checked_sub(1) {
            emit.inside.set(inside);
            let entry = &emit.middlewares[inside];
            if let Some(middleware) = entry.open() {
                let emission = emit.data.emission();
                let call = AssertUnwindSafe(|| middleware.call(emission, self));
                return emit.data.end(entry.name(), catch_unwind(call));
            }
        }
        emit.data.set_called();
        emit.data.set_counts(emit.rest.run());
        emit.data.outcome()
    }
}

impl fmt::Debug for NextEmit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NextEmit")
            .field("call", &self.call())
            .finish_non_exhaustive()
    }
}
