//! Pattern handlers behind a vtable, and their adaption to the events of one family.

use std::{marker::PhantomData, sync::Arc};

use super::{
    chain::{CallHandler, ErasedHandler},
    outcome::Step,
    run::Run,
};
use crate::event::{AnyEvent, Family, TypedView};

/// A handler of events of any type, with its filters.
pub(crate) trait DynTopicHandler: Send + Sync {
    /// Calls it, if its filters let the event pass.
    fn call(&self, event: &dyn AnyEvent, run: &Run<'_>) -> Step;
}

/// Makes a handler for the events of one family of it.
pub(crate) type AdaptFn = fn(&Arc<dyn DynTopicHandler>) -> ErasedHandler;

/// See [`AdaptFn`].
pub(crate) fn adapt<F: Family>(handler: &Arc<dyn DynTopicHandler>) -> ErasedHandler {
    ErasedHandler::new::<F, FamilyAdapter<F>>(Arc::new(FamilyAdapter {
        handler: Arc::clone(handler),
        family: PhantomData,
    }))
}

/// A handler of any event, called with those of one family.
struct FamilyAdapter<F> {
    handler: Arc<dyn DynTopicHandler>,
    family: PhantomData<fn(F)>,
}

impl<F: Family> CallHandler<F> for FamilyAdapter<F> {
    fn handle(&self, event: &mut F::Of<'_>, run: &Run<'_>) -> Step {
        let origin = run.origin();
        self.handler.call(&TypedView { event, origin }, run)
    }
}
