//! Handlers of run-time subscriptions, each with its filters and a flag that closes it.

use std::{
    any::Any,
    marker::PhantomData,
    sync::{Arc, Weak},
};

use super::{
    filter::{Filters, TypedCondition},
    subscription::{Closable, weak},
};
use crate::{
    background::{
        CallState, FilteredAwaited, FilteredCopyHandler, FilteredHandler, KeyFn, PolicyHandler,
    },
    event::{AnyEvent, EventCopy, Family, Snapshot},
    handler::{Background, CallHandler, DynTopicHandler, EmitOrigin, FilterState, Run, Step},
    plan::HandlerKind,
    primitives::DropSignal,
    time::TimeKey,
};

/// The handler of an exact subscriber.
pub(crate) struct SubscribedHandler<F, W, H> {
    handler: H,
    filter: Option<W>,
    family: PhantomData<fn() -> F>,
    state: FilterState,
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

impl<F, W, H> Drop for SubscribedHandler<F, W, H> {
    fn drop(&mut self) {
        self.state.begin_drop();
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
    fn close(&self) -> Vec<TimeKey> {
        self.state.close();
        Vec::new()
    }

    fn dropped(&self) -> Arc<DropSignal> {
        self.state.dropped()
    }
}

impl<E, W, H, const MAY_FILTER: bool> Closable for FilteredHandler<E, W, H, MAY_FILTER>
where
    W: Send + Sync,
    H: Background<E>,
{
    fn close(&self) -> Vec<TimeKey> {
        FilteredHandler::close(self)
    }

    fn dropped(&self) -> Arc<DropSignal> {
        FilteredHandler::dropped(self)
    }

    fn is_background(&self) -> bool {
        true
    }
}

impl<W, H> Closable for FilteredCopyHandler<W, H>
where
    W: Send + Sync,
    H: Background<EventCopy>,
{
    fn close(&self) -> Vec<TimeKey> {
        FilteredCopyHandler::close(self)
    }

    fn dropped(&self) -> Arc<DropSignal> {
        FilteredCopyHandler::dropped(self)
    }

    fn is_background(&self) -> bool {
        true
    }
}

impl<F, W, C, H> Closable for FilteredAwaited<F, W, C, H>
where
    F: Family,
    W: Send + Sync,
    C: Send + Sync,
    H: Send + Sync,
{
    fn close(&self) -> Vec<TimeKey> {
        FilteredAwaited::close(self);
        Vec::new()
    }

    fn dropped(&self) -> Arc<DropSignal> {
        FilteredAwaited::dropped(self)
    }

    fn is_background(&self) -> bool {
        true
    }
}

/// The handler of a subscriber of events of any type, with its filter, if it has one.
pub(crate) struct SubscribedTopicHandler<W, H> {
    handler: H,
    filter: Option<W>,
    state: FilterState,
}

impl<W, H> SubscribedTopicHandler<W, H> {
    pub(crate) fn new(filter: Option<W>, handler: H) -> Self {
        Self {
            handler,
            state: FilterState::new(filter.is_some()),
            filter,
        }
    }
}

impl<W, H> Drop for SubscribedTopicHandler<W, H> {
    fn drop(&mut self) {
        self.state.begin_drop();
    }
}

impl<W, H> DynTopicHandler for SubscribedTopicHandler<W, H>
where
    W: Fn(&dyn AnyEvent, &EmitOrigin<'_>) -> bool + Send + Sync,
    H: Fn(&dyn AnyEvent, &Run<'_>) -> Step + Send + Sync,
{
    fn call(&self, event: &dyn AnyEvent, run: &Run<'_>) -> Step {
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

impl<W: Send + Sync, H: Send + Sync> Closable for SubscribedTopicHandler<W, H> {
    fn close(&self) -> Vec<TimeKey> {
        self.state.close();
        Vec::new()
    }

    fn dropped(&self) -> Arc<DropSignal> {
        self.state.dropped()
    }
}

/// The filters of an exact subscriber, if it has some, as a function. They are boxed, so that a handler
/// without them is small.
pub(super) fn filter<F: Family>(
    filters: Option<Filters<TypedCondition<F>>>,
) -> Option<impl Fn(&F::Of<'_>, &EmitOrigin<'_>) -> bool + Send + Sync + 'static> {
    let filters = Box::new(filters?);
    Some(move |event: &F::Of<'_>, origin: &EmitOrigin<'_>| filters.pass(origin, |when| when(event)))
}

/// What the calls of a background handler share and their key, if the handler has policies.
pub(super) type Policies = Option<(Arc<CallState>, Option<Box<dyn Any + Send>>)>;

/// A background handler with its filter and its policies, as [`filtered`].
pub(super) fn with_policies<E, C, H>(
    filter: Option<C>,
    handler: H,
    policies: Policies,
) -> (HandlerKind, Weak<dyn Closable>)
where
    E: Snapshot,
    C: Fn(&E, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
    H: Background<E>,
{
    match policies {
        None => filtered(filter, handler),
        Some((state, key)) => filtered(filter, PolicyHandler::new(state, key_of(key), handler)),
    }
}

/// The key of the calls, with its type.
pub(super) fn key_of<E: 'static>(key: Option<Box<dyn Any + Send>>) -> Option<KeyFn<E>> {
    key?.downcast().ok().map(|key| *key)
}

/// A background handler with its filter, and the reference through which its guard closes it.
fn filtered<E, C, H>(filter: Option<C>, handler: H) -> (HandlerKind, Weak<dyn Closable>)
where
    E: Snapshot,
    C: Fn(&E, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
    H: Background<E>,
{
    let handler = Arc::new(FilteredHandler::<E, C, H, true>::new(filter, handler));
    let closable = weak(handler.clone());
    (HandlerKind::Background(handler, None), closable)
}
