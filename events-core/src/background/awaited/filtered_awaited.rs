//! An awaited handler with its filters, and with its type erased.
//!
//! A sync emit cannot await it. There the chain of the plan calls it as a sync handler, which reports a failure.

use std::{any::Any, fmt, future::Future, marker::PhantomData, pin::Pin, sync::Arc};

use super::handler::Awaited;
use crate::{
    event::Family,
    handler::{BackgroundCall, CallHandler, EmitOrigin, ErasedHandler, FilterState, Run, Step},
    primitives::{CatchDrop, DropSignal},
    result::RefusedCall,
};

/// The future of one call.
pub(super) type AwaitedFuture<'s> = Pin<Box<dyn Future<Output = Step> + Send + 's>>;

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
trait StartAwaited<F: Family>: Send + Sync {
    /// Evaluates the filters, which may panic; then returns the future of the call. `None` if a filter rejects the event.
    fn start<'s, 'x: 's>(
        &'s self,
        event: &'s mut F::Of<'x>,
        call: &'s BackgroundCall,
    ) -> Option<AwaitedFuture<'s>>;
}

impl<F, W, C, H> StartAwaited<F> for FilteredAwaited<F, W, C, H>
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
    ) -> Option<AwaitedFuture<'s>> {
        let is_claimed = || self.claim.as_ref().is_none_or(|claim| claim());
        if self.accepts(event, &EmitOrigin::new(call.origin())) && is_claimed() {
            Some(Box::pin(self.handler.call(event, call)))
        } else {
            None
        }
    }
}

/// An awaited handler with its type erased; all chains that contain it share it.
#[derive(Clone)]
pub(crate) struct ErasedAwaited {
    /// An [`OfFamily`].
    handler: CatchDrop<Arc<dyn Any + Send + Sync>>,
    in_sync_emit: ErasedHandler,
}

struct OfFamily<F: Family>(Arc<dyn StartAwaited<F>>);

impl ErasedAwaited {
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
            handler: CatchDrop::new(Arc::new(OfFamily::<F>(handler))),
            in_sync_emit,
        }
    }

    /// The handler that stands for it in the chain of a sync emit.
    pub(crate) fn in_sync_emit(&self) -> &ErasedHandler {
        &self.in_sync_emit
    }

    /// Evaluates the filters, which may panic; then returns the future of the call. `None` if a filter rejects the event, or
    /// if the handler is of another family.
    pub(super) fn start<'s, 'x: 's, F: Family>(
        &'s self,
        event: &'s mut F::Of<'x>,
        call: &'s BackgroundCall,
    ) -> Option<AwaitedFuture<'s>> {
        let OfFamily(handler) = self.handler.downcast_ref::<OfFamily<F>>()?;
        handler.start(event, call)
    }
}

impl fmt::Debug for ErasedAwaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErasedAwaited").finish_non_exhaustive()
    }
}
