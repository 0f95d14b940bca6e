//! How an emission with middleware around it is polled.
//!
//! The middleware's future must be `Send`, and an event need not be. So that future does not contain the emission: the
//! future of `next.run()` only *requests* that the subscribers are polled, with its waker and in its span. The emission polls
//! the middleware, grants the request beside it, and when the subscribers have ended, polls the middleware again, for which
//! the future of `next.run()` is ready now.

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker},
};

use super::{
    async_middleware::{AsyncEmit, EmitStack, NextEmitAsync, Request, Started},
    emit_call::{EmitCallData, EmitDetails},
    middleware::EmitMiddleware,
    outcome::{EmitCounts, EmitOutcome},
};
use crate::{
    context::{Emission, EmissionState, EmitGuard, OwnsHandlers, with_enough_stack},
    metadata::EventInfo,
    policy::{async_middleware::BoxFuture, entry::Entries},
    primitives::{clear_catching, drop_catching, drop_each, sync::lock, wake_catching},
    result::Failure,
};

/// The rest of an emission that is polled.
pub(crate) trait EmitRest {
    /// Polls the subscribers. The emission is not entered.
    fn poll(&mut self, waker: &Waker) -> Poll<EmitCounts>;

    /// Drops the subscribers that have not ended. The emission is not entered.
    fn cut_off(&mut self) -> EmitCounts;
}

impl EmitStack for Entries<dyn EmitMiddleware> {
    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn start<'a>(
        &'a self,
        index: usize,
        emission: &'a Emission,
        next: NextEmitAsync<'a>,
    ) -> Started<'a> {
        let entry = &*self[index];
        let Some(middleware) = entry.open() else {
            return Err(next);
        };
        let call = AssertUnwindSafe(|| middleware.call_async(emission, next));
        Ok((entry.name(), catch_unwind(call)))
    }
}

/// An emission with middleware around it, without its event.
pub(crate) struct WrappedEmit {
    emit: Arc<AsyncEmit>,
    /// `None` once it is ready. In a lock so that this is `Sync`.
    future: Mutex<Option<BoxFuture<'static, EmitOutcome>>>,
    info: &'static EventInfo,
    /// With which the emission is reentered.
    state: EmissionState,
    /// Whether subscribers were polled that have not ended.
    is_running: bool,
}

impl WrappedEmit {
    pub(crate) fn new(
        details: EmitDetails,
        middlewares: Entries<dyn EmitMiddleware>,
        info: &'static EventInfo,
        state: EmissionState,
    ) -> Self {
        let middlewares = Box::new(middlewares);
        let emit = Arc::new(AsyncEmit::new(EmitCallData::new(details), middlewares));
        let shared = Arc::clone(&emit);
        let future: BoxFuture<'static, EmitOutcome> =
            Box::pin(async move { NextEmitAsync::new(&shared).run().await });
        Self {
            emit,
            future: Mutex::new(Some(future)),
            info,
            state,
            is_running: false,
        }
    }

    /// The state with which the emission is entered.
    pub(crate) fn state(&self) -> EmissionState {
        self.state
    }

    /// Whether the subscribers were called.
    pub(crate) fn is_called(&self) -> bool {
        self.emit.data.is_called()
    }

    /// Polls the middleware, and the subscribers when it requests that. When it is ready, returns the failures of the
    /// middleware, which are reported to the hooks already.
    pub(crate) fn poll(&mut self, waker: &Waker, rest: &mut dyn EmitRest) -> Poll<Vec<Failure>> {
        let mut ended: Option<Waker> = None;
        loop {
            let polled = self.poll_middleware(waker);
            if polled.is_ready() {
                drop_each(ended);
                self.cut_off(rest);
                return Poll::Ready(self.emit.data.take_failures());
            }
            let request = {
                let mut request = lock(&self.emit.request);
                match *request {
                    Request::Poll(..) => mem::replace(&mut *request, Request::None),
                    Request::Dropped => Request::Dropped,
                    Request::None | Request::Ended => Request::None,
                }
            };
            match request {
                Request::Poll(next_waker, span) => {
                    self.is_running = true;
                    self.emit.data.set_called();
                    let polled = span.in_scope(|| rest.poll(&next_waker));
                    drop_catching(span);
                    let Poll::Ready(counts) = polled else {
                        drop_catching(next_waker);
                        return Poll::Pending;
                    };
                    self.is_running = false;
                    self.emit.data.set_counts(counts);
                    drop_catching(self.emit.replace(Request::Ended));
                    ended = Some(next_waker);
                }
                Request::Dropped => {
                    drop_each(ended);
                    self.cut_off(rest);
                    return Poll::Pending;
                }
                Request::None | Request::Ended => {
                    // It polls the future of `next.run()` only when its waker is called.
                    ended.map(wake_catching);
                    return Poll::Pending;
                }
            }
        }
    }

    fn poll_middleware(&mut self, waker: &Waker) -> Poll<()> {
        let guard = EmitGuard::reenter(self.info, self.state);
        let future = self
            .future
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(running) = future else {
            return Poll::Ready(());
        };
        let polled = running.as_mut().poll(&mut Context::from_waker(waker));
        if polled.is_ready() {
            let _owner = OwnsHandlers::enter();
            clear_catching(future);
        }
        if let Some(guard) = &guard {
            guard.store(&mut self.state);
        }
        polled.map(drop)
    }

    /// Cuts the subscribers off, if they have not ended.
    fn cut_off(&mut self, rest: &mut dyn EmitRest) {
        if mem::take(&mut self.is_running) {
            self.emit.data.set_counts(rest.cut_off());
        }
    }
}

impl Drop for WrappedEmit {
    fn drop(&mut self) {
        let future = self
            .future
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if future.is_some() {
            let _guard = EmitGuard::reenter(self.info, self.state);
            let _owner = OwnsHandlers::enter();
            with_enough_stack(|| clear_catching(future));
        }
    }
}
