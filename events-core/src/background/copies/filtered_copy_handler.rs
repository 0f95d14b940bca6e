//! A background handler of events of any type, with its filter. It receives a copy of the event.

use std::{pin::Pin, sync::Arc};

use crate::{
    background::{
        background_plan::{BackgroundHandler, DeferredRun, Starter},
        run_trait::ErasedBackgroundRun,
    },
    event::{AnyEvent, EventCopy},
    handler::{Background, EmitOrigin, ErasedEventRef, FilterState, ViewFn},
    primitives::DropSignal,
    time::TimeKey,
};

/// A background handler of events of any type, with its filter, if it has one.
pub(crate) struct FilteredCopyHandler<W, H> {
    filter: Option<W>,
    handler: H,
    state: FilterState,
}

impl<W, H> FilteredCopyHandler<W, H> {
    pub(crate) fn new(filter: Option<W>, handler: H) -> Self {
        Self {
            state: FilterState::new(filter.is_some()),
            filter,
            handler,
        }
    }

    /// The signal that this is dropped.
    pub(crate) fn dropped(&self) -> Arc<DropSignal> {
        self.state.dropped()
    }
}

impl<W, H: Background<EventCopy>> FilteredCopyHandler<W, H> {
    /// From now on the handler is not started. Returns its scheduled calls, which are to be taken out.
    pub(crate) fn close(&self) -> Vec<TimeKey> {
        self.state.close();
        self.handler.close()
    }
}

impl<W, H> Drop for FilteredCopyHandler<W, H> {
    fn drop(&mut self) {
        self.state.begin_drop();
    }
}

impl<W, H> FilteredCopyHandler<W, H>
where
    W: Fn(&dyn AnyEvent, &EmitOrigin<'_>) -> bool,
{
    fn passes(&self, event: &dyn AnyEvent, origin: &EmitOrigin<'_>) -> bool {
        let filter = self.filter.as_ref();
        filter.is_none_or(|filter| filter(event, origin))
    }

    fn is_accepted(&self, starter: &Starter<'_, '_>) -> bool {
        self.state.admits(|| {
            let origin = starter.filter_origin();
            origin.is_none_or(|origin| starter.show(|event| self.passes(event, &origin)))
        })
    }
}

impl<W, H> BackgroundHandler for FilteredCopyHandler<W, H>
where
    W: Fn(&dyn AnyEvent, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
    H: Background<EventCopy>,
{
    fn accepts(
        &self,
        event: ErasedEventRef<'_>,
        view: Option<ViewFn>,
        origin: &EmitOrigin<'_>,
    ) -> bool {
        self.state.admits(|| {
            let mut passes = false;
            if let Some(view) = view {
                view(event, origin.get(), &mut |event| {
                    passes = self.passes(event, origin);
                });
            }
            passes
        })
    }

    fn start<'s>(&'s self, starter: &mut Starter<'_, 's>) {
        let call = starter.call();
        if !self.is_accepted(starter) {
            starter.skip();
        } else if let Some(copy) = starter.copy() {
            starter.run(|| async move { self.handler.call(&copy, call).await });
        }
        starter.start_next();
    }

    fn start_wrapped<'s>(&'s self, starter: &mut Starter<'_, 's>) {
        let call = starter.call();
        if !self.is_accepted(starter) {
            starter.skip_wrapped();
        } else if let Some(copy) = starter.copy() {
            starter.run_wrapped(Box::pin(
                async move { self.handler.call(&copy, call).await },
            ));
        }
    }

    fn backlog(&self) -> usize {
        self.handler.backlog()
    }

    fn copy(
        &self,
        _: ErasedEventRef<'_>,
        _: &mut Option<DeferredRun>,
    ) -> Option<Pin<Box<dyn ErasedBackgroundRun>>> {
        None // the emit makes the copy, which other handlers receive as well
    }

    fn takes_copy(&self) -> bool {
        true
    }
}
