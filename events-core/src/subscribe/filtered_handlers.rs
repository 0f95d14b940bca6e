//! A run-time subscription's handler: it listens until the subscription is dropped.

use std::sync::atomic::{AtomicU8, Ordering};

use super::{
    builder::When,
    subscription::{Door, Leave},
};
use crate::{
    background::Behind,
    declared::Once,
    event::Family,
    handler::{Handle, Run, Source, Step},
    metadata::Origin,
};

/// A handler, and whether it is to be called.
pub(crate) struct Listening<F: Family, H> {
    handler: H,
    state: AtomicU8,
    filters: Option<Box<Filters<F>>>,
}

/// Most handlers have no filter: one look says that and that they still listen.
const OPEN: u8 = 0;
const FILTERED: u8 = 1;
const CLOSED: u8 = 2;

/// What keeps a handler from being called for some events.
pub(crate) struct Filters<F: Family> {
    origin: Option<Origin>,
    when: Option<When<F>>,
    once: Option<(Once, Leave)>,
}

impl<F: Family, H> Listening<F, H> {
    pub(crate) fn new(handler: H, filters: Option<Filters<F>>) -> Self {
        let state = if filters.is_some() { FILTERED } else { OPEN };
        Self {
            handler,
            state: AtomicU8::new(state),
            filters: filters.map(Box::new),
        }
    }
}

impl<F, H> Handle<F> for Listening<F, H>
where
    F: Family,
    H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step + Send + Sync + 'static,
{
    #[inline]
    fn handle(&self, event: &mut F::Of<'_>, run: &Run<'_>) -> Step {
        let passes = match self.state.load(Ordering::Acquire) {
            OPEN => true,
            FILTERED => self
                .filters
                .as_ref()
                .is_none_or(|filters| filters.pass(event, &run.source())),
            _ => false,
        };
        if passes {
            (self.handler)(event, run)
        } else {
            Step::Skipped
        }
    }
}

impl<F: Family, H: Send + Sync> Door for Listening<F, H> {
    fn close(&self) {
        self.state.store(CLOSED, Ordering::Release);
    }
}

impl<E, W: Send + Sync, H: Send + Sync> Door for Behind<E, W, H> {
    fn close(&self) {
        Behind::close(self);
    }
}

impl<F: Family> Filters<F> {
    /// `None` when there is nothing to ask. With `once` the handler leaves when it is called.
    pub(crate) fn new(
        origin: Option<Origin>,
        when: Option<When<F>>,
        once: Option<Leave>,
    ) -> Option<Self> {
        let any = origin.is_some() || when.is_some() || once.is_some();
        any.then(|| Self {
            origin,
            when,
            once: once.map(|leave| (Once::new(), leave)),
        })
    }

    #[inline(never)]
    pub(crate) fn pass(&self, event: &F::Of<'_>, source: &Source<'_>) -> bool {
        let passes = self
            .origin
            .as_ref()
            .is_none_or(|origin| source.is_from(origin))
            && self.when.as_ref().is_none_or(|when| when(event))
            && self.once.as_ref().is_none_or(|(once, _)| once.claim());
        if passes && let Some((_, leave)) = &self.once {
            leave.run();
        }
        passes
    }
}
