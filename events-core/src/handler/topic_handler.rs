//! Functions and closures as handlers of events of any type.

use std::{marker::PhantomData, sync::Arc};

use super::{
    call::Asked,
    chain::{Handle, Wired},
    outcome::{Outcome, Step},
    param::Emission,
    run::Run,
};
use crate::event::{AnyEvent, Family, Typed};

/// A function or closure that hears events by a pattern of their topics: it takes `&dyn AnyEvent`,
/// after it perhaps `&Emission`, and returns an [`Outcome`].
///
/// `M` only tells the implementations apart; leave it to inference.
#[diagnostic::on_unimplemented(
    message = "this is not a handler of events by their topic",
    label = "not such a handler",
    note = "it takes `&dyn AnyEvent`, and then perhaps `&Emission`; write the type in a closure: \
            `|event: &dyn AnyEvent| ..`",
    note = "it returns nothing, `Result<(), E>`, `ControlFlow<()>`, or `Result<ControlFlow<()>, E>`"
)]
pub trait TopicHandler<M>: Send + Sync + 'static {
    /// Calls it.
    #[doc(hidden)]
    fn call(&self, event: &dyn AnyEvent, asked: &dyn Asked) -> Step;
}

impl<H, R> TopicHandler<fn(&dyn AnyEvent) -> R> for H
where
    H: Fn(&dyn AnyEvent) -> R + Send + Sync + 'static,
    R: Outcome,
{
    fn call(&self, event: &dyn AnyEvent, _: &dyn Asked) -> Step {
        self(event).into_step()
    }
}

impl<H, R> TopicHandler<fn(&dyn AnyEvent, &Emission) -> R> for H
where
    H: Fn(&dyn AnyEvent, &Emission) -> R + Send + Sync + 'static,
    R: Outcome,
{
    fn call(&self, event: &dyn AnyEvent, asked: &dyn Asked) -> Step {
        self(event, &asked.emission()).into_step()
    }
}

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
