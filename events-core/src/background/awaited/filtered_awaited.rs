//! An awaited handler with its filters, and with its type erased.
//!
//! A sync emit cannot await it. There the chain of the plan calls it as a sync handler, which reports a failure, unless it has
//! another form for sync emits.

use std::{
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
};

use super::handler::Awaited;
use crate::{
    background::{
        background_result::FirstPoll,
        future_set::Start,
        wrapped::{Callee, call_wrapped},
    },
    event::{Family, Visit},
    handler::{
        BackgroundCall, CallHandler, EmitOrigin, ErasedEvent, ErasedHandler, FilterState, Run, Step,
    },
    metadata::SubscriberInfo,
    policy::{Entries, Middleware},
    primitives::{CatchDrop, DropSignal},
};

/// An awaited handler with its filter and the permit of `once`, if it has them. `claim` returns whether it has claimed
/// that permit.
pub(crate) struct FilteredAwaited<F, W, C, H> {
    filter: Option<W>,
    claim: Option<C>,
    handler: H,
    family: PhantomData<fn() -> F>,
    state: FilterState,
}

impl<F, W, C, H> FilteredAwaited<F, W, C, H> {
    pub(crate) fn new(filter: Option<W>, claim: Option<C>, handler: H) -> Self {
        Self {
            state: FilterState::new(filter.is_some()),
            filter,
            claim,
            handler,
            family: PhantomData,
        }
    }

    /// From now on the handler is not started.
    pub(crate) fn close(&self) {
        self.state.close();
    }

    /// The signal that this is dropped.
    pub(crate) fn dropped(&self) -> Arc<DropSignal> {
        self.state.dropped()
    }
}

impl<F, W, C, H> Drop for FilteredAwaited<F, W, C, H> {
    fn drop(&mut self) {
        self.state.begin_drop();
    }
}

impl<F, W, C, H> FilteredAwaited<F, W, C, H>
where
    F: Family,
    W: Fn(&F::Of<'_>, &EmitOrigin<'_>) -> bool,
{
    fn accepts(&self, event: &F::Of<'_>, origin: &EmitOrigin<'_>) -> bool {
        self.state.admits(|| {
            let filter = self.filter.as_ref();
            filter.is_none_or(|filter| filter(event, origin))
        })
    }
}

/// In the chain of a sync emit.
impl<F, W, C, H> CallHandler<F> for FilteredAwaited<F, W, C, H>
where
    F: Family,
    W: Fn(&F::Of<'_>, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
    C: Send + Sync + 'static,
    H: Awaited<F>,
{
    fn handle(&self, event: &mut F::Of<'_>, run: &Run<'_>) -> Step {
        if self.accepts(event, &run.emit_origin()) {
            self.handler.call_in_sync_emit(event)
        } else {
            Step::Skipped
        }
    }
}

/// A [`FilteredAwaited`] with its types erased. `K` is what the future set of a run keeps alive.
trait StartAwaited<K>: Send + Sync {
    /// Polls the future of a call for the first time, unless a filter rejects the event, or that is of another family.
    fn start<'s>(
        &'s self,
        event: ErasedEvent<'s>,
        call: &'s BackgroundCall,
        start: &mut Start<'_, 's, K>,
    ) -> FirstPoll;

    /// The same through the middleware of the registry.
    fn start_wrapped<'s>(
        &'s self,
        event: ErasedEvent<'s>,
        call: &'s BackgroundCall,
        start: &mut Start<'_, 's, K>,
        around: Around<'s>,
    ) -> FirstPoll;
}

/// The middleware around the call of an awaited handler.
struct Around<'s> {
    middlewares: Entries<dyn Middleware>,
    subscriber: &'s Arc<SubscriberInfo>,
}

impl<'s> Around<'s> {
    /// Calls the handler through the middleware.
    #[cold]
    #[inline(never)]
    fn run<K>(
        self,
        start: &mut Start<'_, 's, K>,
        call: &'s BackgroundCall,
        callee: Callee<'s>,
    ) -> FirstPoll {
        let subscriber = Arc::clone(self.subscriber);
        start.run(|| call_wrapped(self.middlewares, subscriber, call, callee))
    }
}

/// What the visit of the event does: it calls the handler, and polls the future for the first time.
struct CallAwaited<'a, 'b, 's, H, K> {
    handler: &'s H,
    call: &'s BackgroundCall,
    start: &'a mut Start<'b, 's, K>,
}

/// What it does if there is middleware: the callee of that.
struct MakeCallee<'s, H> {
    handler: &'s H,
    call: &'s BackgroundCall,
}

impl<F, W, C, H> FilteredAwaited<F, W, C, H>
where
    F: Family,
    W: Fn(&F::Of<'_>, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
    C: Fn() -> bool + Send + Sync + 'static,
{
    /// Whether the handler is to be called; an error if a filter panics.
    #[inline(always)]
    fn admits(
        &self,
        event: &F::Of<'_>,
        call: &BackgroundCall,
        is_claimed: impl FnOnce() -> bool,
    ) -> thread::Result<bool> {
        if self.filter.is_none() && self.claim.is_none() {
            return Ok(!self.state.is_closed());
        }
        // The panic of a future is caught where that is polled, that of a filter is not.
        catch_unwind(AssertUnwindSafe(|| {
            self.accepts(event, &EmitOrigin::new(call.origin())) && is_claimed()
        }))
    }
}

impl<'s, F, K, W, C, H> Visit<'s, F> for CallAwaited<'_, '_, 's, FilteredAwaited<F, W, C, H>, K>
where
    F: Family,
    W: Fn(&F::Of<'_>, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
    C: Fn() -> bool + Send + Sync + 'static,
    H: Awaited<F>,
{
    type Output = FirstPoll;

    #[inline]
    fn visit<'x: 's>(self, event: &'s mut F::Of<'x>) -> FirstPoll {
        let Self {
            handler: filtered,
            call,
            start,
        } = self;
        let is_claimed = || filtered.claim.as_ref().is_none_or(|claim| claim());
        match filtered.admits(event, call, is_claimed) {
            Ok(true) => start.run(|| filtered.handler.call(event, call)),
            Ok(false) => FirstPoll::Skipped,
            Err(payload) => FirstPoll::Ended(Box::new(Err(payload))),
        }
    }
}

impl<'s, F, W, C, H> Visit<'s, F> for MakeCallee<'s, FilteredAwaited<F, W, C, H>>
where
    F: Family,
    W: Fn(&F::Of<'_>, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
    C: Fn() -> bool + Send + Sync + 'static,
    H: Awaited<F>,
{
    type Output = Callee<'s>;

    fn visit<'x: 's>(self, event: &'s mut F::Of<'x>) -> Callee<'s> {
        let Self { handler, call } = self;
        match handler.admits(event, call, || true) {
            Ok(true) => {
                let future = Box::pin(handler.handler.call(event, call));
                match &handler.claim {
                    Some(claim) => Callee::once(claim, future),
                    None => Callee::Handler(future),
                }
            }
            Ok(false) => Callee::Ended(Ok(Step::Skipped)),
            Err(payload) => Callee::Ended(Err(payload)),
        }
    }
}

impl<F, K, W, C, H> StartAwaited<K> for FilteredAwaited<F, W, C, H>
where
    F: Family,
    W: Fn(&F::Of<'_>, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
    C: Fn() -> bool + Send + Sync + 'static,
    H: Awaited<F>,
{
    fn start<'s>(
        &'s self,
        event: ErasedEvent<'s>,
        call: &'s BackgroundCall,
        start: &mut Start<'_, 's, K>,
    ) -> FirstPoll {
        let visitor = CallAwaited {
            handler: self,
            call,
            start,
        };
        event.visit::<F, _>(visitor).unwrap_or(FirstPoll::Skipped)
    }

    fn start_wrapped<'s>(
        &'s self,
        event: ErasedEvent<'s>,
        call: &'s BackgroundCall,
        start: &mut Start<'_, 's, K>,
        around: Around<'s>,
    ) -> FirstPoll {
        let visitor = MakeCallee {
            handler: self,
            call,
        };
        match event.visit::<F, _>(visitor) {
            Some(callee) => around.run(start, call, callee),
            None => FirstPoll::Skipped,
        }
    }
}

/// An awaited handler with its type erased; all chains that contain it share it.
pub(crate) struct ErasedAwaited<K> {
    handler: CatchDrop<Arc<dyn StartAwaited<K>>>,
    in_sync_emit: ErasedHandler,
}

impl<K> ErasedAwaited<K> {
    pub(crate) fn new<F, W, C, H>(handler: Arc<FilteredAwaited<F, W, C, H>>) -> Self
    where
        F: Family,
        W: Fn(&F::Of<'_>, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
        C: Fn() -> bool + Send + Sync + 'static,
        H: Awaited<F>,
    {
        let in_sync_emit =
            ErasedHandler::new::<F, FilteredAwaited<F, W, C, H>>(Arc::clone(&handler));
        Self {
            handler: CatchDrop::new(handler),
            in_sync_emit,
        }
    }

    /// The handler that stands for it in the chain of a sync emit.
    pub(crate) fn in_sync_emit(&self) -> &ErasedHandler {
        &self.in_sync_emit
    }

    /// Polls the future of a call for the first time, unless a filter rejects the event, or that is of another family.
    #[inline]
    pub(super) fn start<'s>(
        &'s self,
        event: ErasedEvent<'s>,
        call: &'s BackgroundCall,
        start: &mut Start<'_, 's, K>,
    ) -> FirstPoll {
        self.handler.start(event, call, start)
    }

    /// The same through the middleware, if it is not removed meanwhile.
    #[cold]
    #[inline(never)]
    pub(super) fn start_wrapped<'s>(
        &'s self,
        event: ErasedEvent<'s>,
        call: &'s BackgroundCall,
        start: &mut Start<'_, 's, K>,
        middlewares: Option<Entries<dyn Middleware>>,
        subscriber: &'s Arc<SubscriberInfo>,
    ) -> FirstPoll {
        let Some(middlewares) = middlewares else {
            return self.handler.start(event, call, start);
        };
        let around = Around {
            middlewares,
            subscriber,
        };
        self.handler.start_wrapped(event, call, start, around)
    }
}

impl<K> Clone for ErasedAwaited<K> {
    fn clone(&self) -> Self {
        Self {
            handler: self.handler.clone(),
            in_sync_emit: self.in_sync_emit.clone(),
        }
    }
}
