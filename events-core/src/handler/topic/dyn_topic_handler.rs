//! Handlers of events of any type behind a vtable, and their adaption to one family: an event type with
//! every lifetime that it may have.

use std::{any::Any, marker::PhantomData, sync::Arc};

use crate::{
    event::{AnyEvent, Family, TypedView},
    handler::{
        chain::{ErasedEvent, ErasedEventRef, ErasedHandler},
        outcome::Step,
        run::{CallHandler, Run},
    },
    metadata::Origin,
};

/// A handler of events of any type, with its filters; its type is erased.
pub(crate) trait DynTopicHandler: Send + Sync {
    /// Calls the handler, if its filters accept the event.
    fn call(&self, event: &dyn AnyEvent, run: &Run<'_>) -> Step;
}

/// The type of [`adapt`], which makes it a handler of the events of one family.
pub(crate) type AdaptFn = fn(&Arc<dyn DynTopicHandler>) -> ErasedHandler;

/// See [`AdaptFn`].
pub(crate) fn adapt<F: Family>(handler: &Arc<dyn DynTopicHandler>) -> ErasedHandler {
    ErasedHandler::new::<F, FamilyAdapter<F>>(Arc::new(FamilyAdapter {
        handler: Arc::clone(handler),
        family: PhantomData,
    }))
}

/// A handler of events of any type, as a handler of one family.
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

/// The type of [`view`]. It does nothing if the event is of another family.
pub(crate) type ViewFn = fn(ErasedEventRef<'_>, Option<&Origin>, &mut dyn FnMut(&dyn AnyEvent));

/// Calls `f` with an event of a family as an event of any type.
pub(crate) fn view<F: Family>(
    event: ErasedEventRef<'_>,
    origin: Option<&Origin>,
    f: &mut dyn FnMut(&dyn AnyEvent),
) {
    event.read::<F>(|event| f(&TypedView { event, origin }));
}

/// The type of [`lend`]. `None` if the event is not of that family.
pub(crate) type LendFn = for<'e> fn(&'e mut (dyn Any + Send)) -> Option<ErasedEvent<'e>>;

/// Lends an event of a family that is owned with its type erased.
pub(crate) fn lend<F: Family>(event: &mut (dyn Any + Send)) -> Option<ErasedEvent<'_>> {
    let event = event.downcast_mut::<F::Of<'static>>()?;
    Some(ErasedEvent::new::<F>(event))
}
