//! A background handler with its filter, as a background plan contains it. When its subscription is dropped
//! it is closed: from then on it is not started.

use std::{
    marker::PhantomData,
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
};

use super::{
    background_plan::{BackgroundHandler, DeferredRun, ErasedBackgroundRun, Starter},
    background_run::BackgroundRun,
};
use crate::{
    event::Snapshot,
    handler::{Background, EmitOrigin, ErasedEventRef},
};

/// A background handler with its filter.
pub(crate) struct FilteredHandler<E, W, H> {
    filter: W,
    handler: H,
    closed: AtomicBool,
    event: PhantomData<fn(&E)>,
}

impl<E, W, H> FilteredHandler<E, W, H> {
    pub(crate) fn new(filter: W, handler: H) -> Self {
        Self {
            filter,
            handler,
            closed: AtomicBool::new(false),
            event: PhantomData,
        }
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}

impl<E, W, H: Background<E>> FilteredHandler<E, W, H> {
    /// From now on the handler is not started.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.handler.close();
    }
}

impl<E, W, H> BackgroundHandler for FilteredHandler<E, W, H>
where
    E: Snapshot,
    W: Fn(&E, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
    H: Background<E>,
{
    fn accepts(&self, event: ErasedEventRef<'_>, origin: &EmitOrigin<'_>) -> bool {
        !self.is_closed()
            && event
                .get::<E>()
                .is_some_and(|event| (self.filter)(event, origin))
            // The filter is user code and may have unsubscribed the handler.
            && !self.is_closed()
    }

    fn start<'s>(&'s self, starter: &mut Starter<'_, 's>) {
        let call = starter.call();
        // The subscription may have been dropped while the snapshot was queued.
        let event = starter.event::<E>().filter(|_| !self.is_closed());
        let is_accepted = |event: &&E| match starter.filter_origin() {
            Some(origin) => (self.filter)(event, &origin) && !self.is_closed(),
            None => true,
        };
        match event.filter(is_accepted) {
            Some(event) => starter.run(|| self.handler.call(event, call)),
            None => starter.skip(),
        }
        starter.start_next();
    }

    fn copy(
        &self,
        event: ErasedEventRef<'_>,
        deferred: DeferredRun,
    ) -> Option<Pin<Box<dyn ErasedBackgroundRun>>> {
        let snapshot = event.get::<E>()?.clone();
        Some(Box::pin(BackgroundRun::of_snapshot(snapshot, deferred)))
    }
}
