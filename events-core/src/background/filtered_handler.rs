//! A handler as it stands in the tail: who it is called for, until it is closed.

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

/// A handler of the tail, with its filters.
pub(crate) struct FilteredHandler<E, W, H> {
    wants: W,
    handler: H,
    closed: AtomicBool,
    event: PhantomData<fn(&E)>,
}

impl<E, W, H> FilteredHandler<E, W, H> {
    pub(crate) fn new(wants: W, handler: H) -> Self {
        Self {
            wants,
            handler,
            closed: AtomicBool::new(false),
            event: PhantomData,
        }
    }

    /// It is not begun any more.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}

impl<E, W, H> BackgroundHandler for FilteredHandler<E, W, H>
where
    E: Snapshot,
    W: Fn(&E, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
    H: Background<E>,
{
    fn wants(&self, event: ErasedEventRef<'_>, source: &EmitOrigin<'_>) -> bool {
        !self.is_closed()
            && event
                .get::<E>()
                .is_some_and(|event| (self.wants)(event, source))
    }

    fn begin<'s>(&'s self, turns: &mut Starter<'_, 's>) {
        let call = turns.call();
        // A copy may have waited in the queue while the handler was unsubscribed.
        let event = turns.event::<E>().filter(|_| !self.is_closed());
        let is_wanted = |event: &&E| match turns.asks() {
            Some(source) => (self.wants)(event, &source),
            None => true,
        };
        match event.filter(is_wanted) {
            Some(event) => turns.run(|| self.handler.call(event, call)),
            None => turns.skip(),
        }
        turns.start_next();
    }

    fn copy(
        &self,
        event: ErasedEventRef<'_>,
        errand: DeferredRun,
    ) -> Option<Pin<Box<dyn ErasedBackgroundRun>>> {
        let copy = event.get::<E>()?.clone();
        Some(Box::pin(BackgroundRun::of(copy, errand)))
    }
}
