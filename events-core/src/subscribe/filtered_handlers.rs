//! Handlers of run-time subscriptions, each with its filters and a flag that closes it.
//!
//! A handler that is closed is not started again, even by an emit whose plan still contains it.

use std::{
    marker::PhantomData,
    sync::atomic::{AtomicBool, AtomicU8, Ordering},
};

use super::{
    filter::{AnyCondition, Filters, TypedCondition},
    subscription::Closable,
};
use crate::{
    background::FilteredHandler,
    event::{AnyEvent, Family},
    handler::{Background, CallHandler, DynTopicHandler, Run, Step, TopicHandler},
};

/// The handler of an exact subscriber.
pub(crate) struct SubscribedHandler<F: Family, H> {
    handler: H,
    state: AtomicU8,
    filters: Option<Box<Filters<TypedCondition<F>>>>,
}

/// The values of `state`. Most handlers have no filter: one load shows that, and that they are not
/// closed.
const OPEN: u8 = 0;
const FILTERED: u8 = 1;
const CLOSED: u8 = 2;

impl<F: Family, H> SubscribedHandler<F, H> {
    pub(crate) fn new(handler: H, filters: Option<Filters<TypedCondition<F>>>) -> Self {
        let state = if filters.is_some() { FILTERED } else { OPEN };
        Self {
            handler,
            state: AtomicU8::new(state),
            filters: filters.map(Box::new),
        }
    }
}

impl<F, H> CallHandler<F> for SubscribedHandler<F, H>
where
    F: Family,
    H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step + Send + Sync + 'static,
{
    #[inline]
    fn handle(&self, event: &mut F::Of<'_>, run: &Run<'_>) -> Step {
        let passes = match self.state.load(Ordering::Acquire) {
            OPEN => true,
            FILTERED => {
                let filters = self.filters.as_ref();
                filters
                    .is_none_or(|filters| filters.pass(&run.emit_origin(), |when| when(event)))
                    // A condition is user code and may have unsubscribed the handler.
                    && self.state.load(Ordering::Acquire) != CLOSED
            }
            _ => false,
        };
        if passes {
            (self.handler)(event, run)
        } else {
            Step::Skipped
        }
    }
}

impl<F: Family, H: Send + Sync> Closable for SubscribedHandler<F, H> {
    fn close(&self) {
        self.state.store(CLOSED, Ordering::Release);
    }
}

impl<E, C: Send + Sync, H: Background<E>> Closable for FilteredHandler<E, C, H> {
    fn close(&self) {
        FilteredHandler::close(self);
    }
}

/// The handler of a pattern subscriber.
pub(super) struct SubscribedTopicHandler<H, M> {
    handler: H,
    closed: AtomicBool,
    filters: Option<Filters<AnyCondition>>,
    marker: PhantomData<fn() -> M>,
}

impl<H, M> SubscribedTopicHandler<H, M> {
    pub(crate) fn new(handler: H, filters: Option<Filters<AnyCondition>>) -> Self {
        Self {
            handler,
            closed: AtomicBool::new(false),
            filters,
            marker: PhantomData,
        }
    }
}

impl<M: 'static, H: TopicHandler<M>> DynTopicHandler for SubscribedTopicHandler<H, M> {
    fn call(&self, event: &dyn AnyEvent, run: &Run<'_>) -> Step {
        let passes = !self.closed.load(Ordering::Acquire)
            && self
                .filters
                .as_ref()
                .is_none_or(|filters| filters.pass(&run.emit_origin(), |when| when(event)))
            // A condition is user code and may have unsubscribed the handler.
            && !self.closed.load(Ordering::Acquire);
        if passes {
            self.handler.call(event, run)
        } else {
            Step::Skipped
        }
    }
}

impl<M: 'static, H: Send + Sync> Closable for SubscribedTopicHandler<H, M> {
    fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }
}
