//! Middleware around the call of an async, deferred or awaited subscriber.

use std::{
    fmt,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
    thread,
};

use super::{
    call::{Call, not_called},
    entry::PolicyName,
};
use crate::{primitives::clear_catching, result::SubscriberOutcome};

/// A boxed future, as [`Middleware::call_async`](super::Middleware::call_async) returns it.
///
/// ```
/// use events_core::middleware::BoxFuture;
///
/// fn later(number: u32) -> BoxFuture<'static, u32> {
///     Box::pin(async move { number + 1 })
/// }
/// assert_eq!(smol::block_on(later(1)), 2);
/// ```
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The rest of an async call: the middleware further inside, and the subscriber.
///
/// Dropping it, or the future of [`run`](Self::run), cancels the subscriber at its current await. That future must be polled
/// in the one that `call_async` returns. Polled elsewhere, such as on another thread, it makes the subscriber fail: it is not
/// called, or its call is dropped at its current await.
///
/// ```
/// use std::time::Duration;
/// use events_core::{
///     Event, Registry,
///     info::SubscriberInfo,
///     middleware::{BoxFuture, Middleware, NextAsync},
///     outcomes::SubscriberOutcome,
/// };
/// use smol::{Timer, future::or};
///
/// #[derive(Event, Clone)]
/// struct OrderPlaced;
///
/// /// No subscriber takes longer than this.
/// struct AtMost(Duration);
///
/// impl Middleware for AtMost {
///     fn call_async<'a>(
///         &'a self,
///         _: &'a SubscriberInfo,
///         next: NextAsync<'a>,
///     ) -> BoxFuture<'a, SubscriberOutcome> {
///         let call = next.call();
///         Box::pin(or(next.run(), async move {
///             Timer::after(self.0).await;
///             call.fail("it takes too long")
///         }))
///     }
/// }
///
/// let registry = Registry::new();
/// registry.wrap(AtMost(Duration::from_millis(5))).detach();
/// registry.on_async(async |_: &OrderPlaced| std::future::pending::<()>().await).detach();
/// let error = smol::block_on(registry.try_emit_async(OrderPlaced)).unwrap_err();
/// assert_eq!(error.failures()[0].error().unwrap().to_string(), "it takes too long");
/// ```
#[must_use = "the subscriber is called by `next.run()`"]
pub struct NextAsync<'a> {
    call: Call<'a>,
    /// How many middlewares are further inside.
    inside: usize,
    stack: &'a dyn AsyncStack,
    handler: BoxFuture<'a, SubscriberOutcome>,
}

/// The middleware of a registry, innermost first.
pub(super) trait AsyncStack: Sync {
    /// Calls the middleware at this index. An error if it is closed.
    fn start<'a>(
        &'a self,
        index: usize,
        next: NextAsync<'a>,
    ) -> Result<(PolicyName, thread::Result<BoxFuture<'a, SubscriberOutcome>>), NextAsync<'a>>;
}

impl<'a> NextAsync<'a> {
    pub(super) fn new(
        call: Call<'a>,
        inside: usize,
        stack: &'a dyn AsyncStack,
        handler: BoxFuture<'a, SubscriberOutcome>,
    ) -> Self {
        Self {
            call,
            inside,
            stack,
            handler,
        }
    }

    /// The call.
    #[must_use]
    pub fn call(&self) -> Call<'a> {
        self.call
    }

    /// Calls the subscriber, through the middleware that is further inside. A panic in it arrives as a failure, and a
    /// subscriber that a filter excludes as skipped.
    #[must_use = "futures do nothing unless awaited"]
    pub fn run(mut self) -> BoxFuture<'a, SubscriberOutcome> {
        let call = self.call;
        let Some(inside) = self.inside.checked_sub(1) else {
            return self.handler;
        };
        self.inside = inside;
        match self.stack.start(inside, self) {
            Err(next) => next.run(),
            Ok((name, Ok(future))) => Box::pin(InMiddleware {
                future: Some(future),
                call,
                name,
            }),
            Ok((name, Err(payload))) => {
                let outcome = call.panicked(name, payload);
                Box::pin(std::future::ready(outcome))
            }
        }
    }
}

impl fmt::Debug for NextAsync<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NextAsync")
            .field("call", &self.call)
            .finish_non_exhaustive()
    }
}

/// The future of a middleware, of which panics are caught.
struct InMiddleware<'a> {
    /// `None` once it is ready.
    future: Option<BoxFuture<'a, SubscriberOutcome>>,
    call: Call<'a>,
    name: PolicyName,
}

impl Future for InMiddleware<'_> {
    type Output = SubscriberOutcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<SubscriberOutcome> {
        let Some(future) = &mut self.future else {
            panic!("the call of a subscriber was polled after it was ready");
        };
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        let outcome = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(outcome)) => outcome,
            Err(payload) => self.call.panicked(self.name, payload),
        };
        clear_catching(&mut self.future);
        if self.call.0.was_called() {
            return Poll::Ready(outcome);
        }
        Poll::Ready(not_called(outcome, self.name, self.call))
    }
}

impl Drop for InMiddleware<'_> {
    fn drop(&mut self) {
        clear_catching(&mut self.future);
    }
}
