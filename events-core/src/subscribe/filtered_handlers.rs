//! Handlers of run-time subscriptions, each with its filters and a flag that closes it.

use std::marker::PhantomData;

use super::{
    filter::{AnyCondition, Filters},
    subscription::Closable,
};
use crate::{
    background::FilteredHandler,
    event::{AnyEvent, Family},
    handler::{
        Background, CallHandler, DynTopicHandler, EmitOrigin, FilterState, Run, Step, TopicHandler,
    },
};

/// The handler of an exact subscriber.
pub(crate) struct SubscribedHandler<F, W, H> {
    handler: H,
    state: FilterState,
    filter: Option<W>,
    family: PhantomData<fn() -> F>,
}

impl<F, W, H> SubscribedHandler<F, W, H> {
    pub(crate) fn new(filter: Option<W>, handler: H) -> Self {
        Self {
            handler,
            state: FilterState::new(filter.is_some()),
            filter,
            family: PhantomData,
        }
    }
}

impl<F, W, H> CallHandler<F> for SubscribedHandler<F, W, H>
where
    F: Family,
    W: Fn(&F::Of<'_>, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
    H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step + Send + Sync + 'static,
{
    #[inline]
    fn handle(&self, event: &mut F::Of<'_>, run: &Run<'_>) -> Step {
        let passes = self.state.admits(|| {
            let filter = self.filter.as_ref();
            filter.is_none_or(|filter| filter(event, &run.emit_origin()))
        });
        if passes {
            (self.handler)(event, run)
        } else {
            Step::Skipped
        }
    }
}

impl<F: Family, W: Send + Sync, H: Send + Sync> Closable for SubscribedHandler<F, W, H> {
    fn close(&self) {
        self.state.close();
    }
}

impl<E, W, H, const MAY_FILTER: bool> Closable for FilteredHandler<E, W, H, MAY_FILTER>
where
    W: Send + Sync,
    H: Background<E>,
{
    fn close(&self) {
        FilteredHandler::close(self);
    }
}

/// The handler of a pattern subscriber.
pub(super) struct SubscribedTopicHandler<H, M> {
    handler: H,
    state: FilterState,
    filters: Option<Filters<AnyCondition>>,
    marker: PhantomData<fn() -> M>,
}

impl<H, M> SubscribedTopicHandler<H, M> {
    pub(crate) fn new(handler: H, filters: Option<Filters<AnyCondition>>) -> Self {
        Self {
            handler,
            state: FilterState::new(filters.is_some()),
            filters,
            marker: PhantomData,
        }
    }
}

impl<M: 'static, H: TopicHandler<M>> DynTopicHandler for SubscribedTopicHandler<H, M> {
    fn call(&self, event: &dyn AnyEvent, run: &Run<'_>) -> Step {
        let passes = self.state.admits(|| {
            let filters = self.filters.as_ref();
            filters.is_none_or(|filters| filters.pass(&run.emit_origin(), |when| when(event)))
        });
        if passes {
            self.handler.call(event, run)
        } else {
            Step::Skipped
        }
    }
}

impl<M: 'static, H: Send + Sync> Closable for SubscribedTopicHandler<H, M> {
    fn close(&self) {
        self.state.close();
    }
}
