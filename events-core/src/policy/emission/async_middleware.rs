//! How middleware is called around an emission that is polled.

use std::{
    fmt,
    future::Future,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Mutex,
    task::{Context, Poll, Waker},
    thread,
};

use super::{
    emit_call::{EmitCall, EmitCallData},
    outcome::EmitOutcome,
};
use crate::{
    context::{CatchSpan, Emission, is_traced},
    policy::{async_middleware::BoxFuture, entry::PolicyName},
    primitives::{clear_catching, drop_catching, sync::lock},
};

/// The rest of an async emission: the middleware further inside, and the subscribers.
///
/// Dropping the future of [`run`](Self::run) before its end cuts the subscribers off.
///
/// ```
/// use std::{future::pending, time::Duration};
/// use events_core::{
///     Emission, Event, Registry,
///     middleware::{BoxFuture, EmitMiddleware, EmitOutcome, NextEmitAsync},
/// };
/// use smol::{Timer, future::or};
///
/// #[derive(Event, Clone)]
/// struct OrderPlaced;
///
/// /// No emission takes longer than this.
/// struct AtMost(Duration);
///
/// impl EmitMiddleware for AtMost {
///     fn call_async<'a>(&'a self, _: &'a Emission, next: NextEmitAsync<'a>) -> BoxFuture<'a, EmitOutcome> {
///         let call = next.call();
///         Box::pin(or(next.run(), async move {
///             Timer::after(self.0).await;
///             call.fail("it takes too long")
///         }))
///     }
/// }
///
/// let registry = Registry::new();
/// registry.wrap_emit(AtMost(Duration::from_millis(5))).detach();
/// registry.on_async(async |_: &OrderPlaced| pending::<()>().await).detach();
/// let error = smol::block_on(registry.try_emit_async(OrderPlaced)).unwrap_err();
/// assert_eq!(error.failures()[0].error().unwrap().to_string(), "it takes too long");
/// ```
#[must_use = "the subscribers are called by `next.run()`"]
pub struct NextEmitAsync<'a> {
    emit: &'a AsyncEmit,
    /// How many middlewares are further inside.
    inside: usize,
}

/// The middleware of a registry, innermost first.
pub(super) trait EmitStack: Send + Sync {
    fn len(&self) -> usize;

    /// Calls the middleware at this index. An error if it is closed.
    fn start<'a>(
        &'a self,
        index: usize,
        emission: &'a Emission,
        next: NextEmitAsync<'a>,
    ) -> Started<'a>;
}

/// The future of a middleware, unless it panicked.
pub(super) type Started<'a> =
    Result<(PolicyName, thread::Result<BoxFuture<'a, EmitOutcome>>), NextEmitAsync<'a>>;

impl<'a> NextEmitAsync<'a> {
    pub(super) fn new(emit: &'a AsyncEmit) -> Self {
        Self {
            emit,
            inside: emit.middlewares.len(),
        }
    }

    /// The emission.
    #[must_use]
    pub fn call(&self) -> EmitCall<'a> {
        EmitCall(&self.emit.data)
    }

    /// Calls the subscribers, through the middleware that is further inside.
    ///
    /// The subscribers run while the future of the middleware is pending. So it awaits this: blocked on this inside of its
    /// poll, it would block the emission for ever.
    #[must_use = "futures do nothing unless awaited"]
    pub fn run(mut self) -> BoxFuture<'a, EmitOutcome> {
        let emit = self.emit;
        let Some(inside) = self.inside.checked_sub(1) else {
            return Box::pin(RestFuture(emit));
        };
        self.inside = inside;
        match emit.middlewares.start(inside, emit.data.emission(), self) {
            Err(next) => next.run(),
            Ok((name, Ok(future))) => Box::pin(InEmitMiddleware {
                future: Some(future),
                emit,
                name,
            }),
            Ok((name, Err(payload))) => {
                let outcome = emit.data.end(name, Err(payload));
                Box::pin(std::future::ready(outcome))
            }
        }
    }
}

impl fmt::Debug for NextEmitAsync<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NextEmitAsync")
            .field("call", &self.call())
            .finish_non_exhaustive()
    }
}

/// The future of a middleware, of which panics are caught.
struct InEmitMiddleware<'a> {
    /// `None` once it is ready.
    future: Option<BoxFuture<'a, EmitOutcome>>,
    emit: &'a AsyncEmit,
    name: PolicyName,
}

impl Future for InEmitMiddleware<'_> {
    type Output = EmitOutcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<EmitOutcome> {
        let Some(future) = &mut self.future else {
            panic!("an emission was polled after it was ready");
        };
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        let ended = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(outcome)) => Ok(outcome),
            Err(payload) => Err(payload),
        };
        clear_catching(&mut self.future);
        Poll::Ready(self.emit.data.end(self.name, ended))
    }
}

impl Drop for InEmitMiddleware<'_> {
    fn drop(&mut self) {
        clear_catching(&mut self.future);
    }
}

/// What the middleware around an emission shares with the emission.
pub(super) struct AsyncEmit {
    pub(super) data: EmitCallData,
    middlewares: Box<dyn EmitStack>,
    pub(super) request: Mutex<Request>,
}

/// What the future of `next.run()` requests.
pub(super) enum Request {
    /// It has not been polled since the last look.
    None,
    /// The subscribers are to be polled.
    Poll(Waker, CatchSpan),
    /// The subscribers have ended, which it has not returned yet.
    Ended,
    /// The subscribers are not to be polled again: it was dropped, or has returned the outcome.
    Dropped,
}

/// The future of `next.run()` inside of all middleware.
struct RestFuture<'a>(&'a AsyncEmit);

impl AsyncEmit {
    pub(super) fn new(data: EmitCallData, middlewares: Box<dyn EmitStack>) -> Self {
        Self {
            data,
            middlewares,
            request: Mutex::new(Request::None),
        }
    }

    pub(super) fn replace(&self, request: Request) -> Request {
        mem::replace(&mut *lock(&self.request), request)
    }
}

impl Future for RestFuture<'_> {
    type Output = EmitOutcome;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<EmitOutcome> {
        let span = if is_traced() {
            CatchSpan::current()
        } else {
            CatchSpan::NONE
        };
        let waker = context.waker().clone();
        let before = self.0.replace(Request::Poll(waker, span));
        if let Request::Ended = before {
            drop_catching(self.0.replace(Request::Dropped));
            return Poll::Ready(self.0.data.outcome());
        }
        drop_catching(before);
        Poll::Pending
    }
}

impl Drop for RestFuture<'_> {
    fn drop(&mut self) {
        drop_catching(self.0.replace(Request::Dropped));
    }
}
