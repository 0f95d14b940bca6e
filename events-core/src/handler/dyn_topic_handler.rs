//! Pattern handlers behind a vtable, and their adaption to the events of one family.

use std::{marker::PhantomData, sync::Arc};

use super::{
    chain::{Handle, Wired},
    outcome::Step,
    run::Run,
};
use crate::event::{AnyEvent, Family, Typed};

/// A handler of events of any type, with its filters.
pub(crate) trait OnAny: Send + Sync {
    /// Calls it, if its filters let the event pass.
    fn hear(&self, event: &dyn AnyEvent, run: &Run<'_>) -> Step;
}

/// Makes a handler for the events of one family of it.
pub(crate) type Wire = fn(&Arc<dyn OnAny>) -> Wired;

/// See [`Wire`].
pub(crate) fn wire<F: Family>(handler: &Arc<dyn OnAny>) -> Wired {
    Wired::new::<F, For<F>>(Arc::new(For {
        handler: Arc::clone(handler),
        family: PhantomData,
    }))
}

/// A handler of any event, called with those of one family.
struct For<F> {
    handler: Arc<dyn OnAny>,
    family: PhantomData<fn(F)>,
}

impl<F: Family> Handle<F> for For<F> {
    fn handle(&self, event: &mut F::Of<'_>, run: &Run<'_>) -> Step {
        let origin = run.origin();
        self.handler.hear(&Typed { event, origin }, run)
    }
}
