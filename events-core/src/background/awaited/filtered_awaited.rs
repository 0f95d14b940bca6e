//! An awaited handler with its filters, and with its type erased.
//!
//! A sync emit cannot await it. There the chain of the plan calls it as a sync handler, which reports a failure.

use std::{
    any::Any,
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use super::handler::Awaited;
use crate::{
    background::{background_result::FirstPoll, future_set::Start},
    event::Family,
    handler::{BackgroundCall, CallHandler, EmitOrigin, ErasedHandler, FilterState, Run, Step},
    primitives::{CatchDrop, DropSignal},
    result::RefusedCall,
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

/// In the chain of a sync emit: the handler is not called.
impl<F, W, C, H> CallHandler<F> for FilteredAwaited<F, W, C, H>
where
    F: Family,
    W: Fn(&F::Of<'_>, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
    C: Send + Sync + 'static,
    H: Send + Sync + 'static,
{
    fn handle(&self, event: &mut F::Of<'_>, run: &Run<'_>) -> Step {
        if self.accepts(event, &run.emit_origin()) {
            Step::Failed(Box::new(RefusedCall::NotAwaited))
        } else {
            Step::Skipped
        }
    }
}

/// A [`FilteredAwaited`] with all types but the family erased.
trait StartAwaited<F: Family, K>: Send + Sync {
    /// Polls the future of a call for the first time, unless a filter rejects the event.
    fn start<'s, 'x: 's>(
        &'s self,
        event: &'s mut F::Of<'x>,
        call: &'s BackgroundCall,
        start: &mut Start<'_, 's, K>,
    ) -> FirstPoll;
}

impl<F, K, W, C, H> StartAwaited<F, K> for FilteredAwaited<F, W, C, H>
where
    F: Family,
    W: Fn(&F::Of<'_>, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
    C: Fn() -> bool + Send + Sync + 'static,
    H: Awaited<F>,
{
    fn start<'s, 'x: 's>(
        &'s self,
        event: &'s mut F::Of<'x>,
        call: &'s BackgroundCall,
        start: &mut Start<'_, 's, K>,
    ) -> FirstPoll {
        let is_accepted = if self.filter.is_none() && self.claim.is_none() {
            Ok(!self.state.is_closed())
        } else {
            // The panic of a future is caught where that is polled, that of a filter is not.
            catch_unwind(AssertUnwindSafe(|| {
                let is_claimed = || self.claim.as_ref().is_none_or(|claim| claim());
                self.accepts(event, &EmitOrigin::new(call.origin())) && is_claimed()
            }))
        };
        match is_accepted {
            Ok(true) => start.run(|| self.handler.call(event, call)),
            Ok(false) => FirstPoll::Skipped,
            Err(payload) => FirstPoll::Ended(Box::new(Err(payload))),
        }
    }
}

/// An awaited handler with its type erased; all chains that contain it share it. `K` is what the future set of a run keeps
/// alive.
pub(crate) struct ErasedAwaited<K> {
    /// An [`OfFamily`].
    handler: CatchDrop<Arc<dyn Any + Send + Sync>>,
    in_sync_emit: ErasedHandler,
    kept: PhantomData<fn() -> K>,
}

struct OfFamily<F: Family, K>(Arc<dyn StartAwaited<F, K>>);

impl<K: 'static> ErasedAwaited<K> {
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
            handler: CatchDrop::new(Arc::new(OfFamily::<F, K>(handler))),
            in_sync_emit,
            kept: PhantomData,
        }
    }

    /// The handler that stands for it in the chain of a sync emit.
    pub(crate) fn in_sync_emit(&self) -> &ErasedHandler {
        &self.in_sync_emit
    }

    /// Polls the future of a call for the first time, unless a filter rejects the event, or the handler is of another family.
    #[inline]
    pub(super) fn start<'s, 'x: 's, F: Family>(
        &'s self,
        event: &'s mut F::Of<'x>,
        call: &'s BackgroundCall,
        start: &mut Start<'_, 's, K>,
    ) -> FirstPoll {
        match self.handler.downcast_ref::<OfFamily<F, K>>() {
            Some(OfFamily(handler)) => handler.start(event, call, start),
            None => FirstPoll::Skipped,
        }
    }
}

impl<K> Clone for ErasedAwaited<K> {
    fn clone(&self) -> Self {
        Self {
            handler: self.handler.clone(),
            in_sync_emit: self.in_sync_emit.clone(),
            kept: PhantomData,
        }
    }
}
