//! A background handler with its filter, as a background plan contains it. When its subscription is dropped
//! it is closed: from then on it is not started.

use std::{marker::PhantomData, pin::Pin, sync::Arc};

use super::{
    background_plan::{BackgroundHandler, DeferredRun, Starter},
    background_run::BackgroundRun,
    run_trait::ErasedBackgroundRun,
};
use crate::{
    event::{OwnedEvent, Snapshot},
    handler::{Background, EmitOrigin, ErasedEventRef, FilterState, ViewFn},
    primitives::DropSignal,
    time::TimeKey,
};

/// A background handler with its filter, if it has one. Without `MAY_FILTER` it has none, and only its
/// subscription is checked: code for a filter would slow down the start of each handler, even if it is not run.
pub(crate) struct FilteredHandler<E, W, H, const MAY_FILTER: bool> {
    filter: Option<W>,
    handler: H,
    event: PhantomData<fn(&E)>,
    state: FilterState,
}

impl<E, W, H, const MAY_FILTER: bool> FilteredHandler<E, W, H, MAY_FILTER> {
    pub(crate) fn new(filter: Option<W>, handler: H) -> Self {
        Self {
            state: FilterState::new(filter.is_some()),
            filter,
            handler,
            event: PhantomData,
        }
    }
}

impl<E, W, H, const MAY_FILTER: bool> Drop for FilteredHandler<E, W, H, MAY_FILTER> {
    fn drop(&mut self) {
        self.state.begin_drop();
    }
}

impl<E, W, H: Background<E>, const MAY_FILTER: bool> FilteredHandler<E, W, H, MAY_FILTER> {
    /// From now on the handler is not started. Returns its scheduled calls, which are to be taken out.
    pub(crate) fn close(&self) -> Vec<TimeKey> {
        self.state.close();
        self.handler.close()
    }

    /// The signal that this is dropped.
    pub(crate) fn dropped(&self) -> Arc<DropSignal> {
        self.state.dropped()
    }
}

impl<E, W, H, const MAY_FILTER: bool> FilteredHandler<E, W, H, MAY_FILTER>
where
    W: Fn(&E, &EmitOrigin<'_>) -> bool,
{
    fn passes(&self, event: &E, origin: &EmitOrigin<'_>) -> bool {
        let filter = self.filter.as_ref();
        filter.is_none_or(|filter| filter(event, origin))
    }

    /// The event that the handler is called with, if it accepts it.
    #[inline(always)]
    fn accepted<'s>(&self, starter: &Starter<'_, 's>) -> Option<&'s E>
    where
        E: OwnedEvent,
    {
        let is_accepted = |event: &&E| {
            if !MAY_FILTER {
                return !self.state.is_closed();
            }
            self.state.admits(|| {
                let origin = starter.filter_origin();
                origin.is_none_or(|origin| self.passes(event, &origin))
            })
        };
        starter.event::<E>().filter(is_accepted)
    }
}

impl<E, W, H, const MAY_FILTER: bool> BackgroundHandler for FilteredHandler<E, W, H, MAY_FILTER>
where
    E: Snapshot,
    W: Fn(&E, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
    H: Background<E>,
{
    fn accepts(
        &self,
        event: ErasedEventRef<'_>,
        _: Option<ViewFn>,
        origin: &EmitOrigin<'_>,
    ) -> bool {
        let passes = |event| self.state.admits(|| self.passes(event, origin));
        event.get::<E>().is_some_and(passes)
    }

    fn start<'s>(&'s self, starter: &mut Starter<'_, 's>) {
        let call = starter.call();
        match self.accepted(starter) {
            Some(event) => starter.run(|| self.handler.call(event, call)),
            None => starter.skip(),
        }
        starter.start_next();
    }

    fn start_wrapped<'s>(&'s self, starter: &mut Starter<'_, 's>) {
        let call = starter.call();
        match self.accepted(starter) {
            Some(event) => starter.run_wrapped(Box::pin(self.handler.call(event, call))),
            None => starter.skip_wrapped(),
        }
    }

    fn backlog(&self) -> usize {
        self.handler.backlog()
    }

    fn copy(
        &self,
        event: ErasedEventRef<'_>,
        deferred: &mut Option<DeferredRun>,
    ) -> Option<Pin<Box<dyn ErasedBackgroundRun>>> {
        let snapshot = event.get::<E>()?.clone();
        let deferred = deferred.take()?;
        Some(Box::pin(BackgroundRun::of_snapshot(snapshot, deferred)))
    }
}
