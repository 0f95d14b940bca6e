//! Functions and closures as sync handlers of events of any type, which are subscribed to a pattern of
//! topics.

use super::outcome::{Outcome, Step};
use crate::{
    context::{Emission, EmissionSource},
    event::AnyEvent,
};

/// A function or closure that can be subscribed to a pattern of topics: it takes `&dyn AnyEvent`, then
/// optionally `&Emission`, and returns an [`Outcome`].
///
/// `M` only distinguishes the implementations; leave it to inference.
#[diagnostic::on_unimplemented(
    message = "this is not a handler of events by their topic",
    label = "not such a handler",
    note = "it cannot be async: subscribe to each type with `registry.on_async(async |event: &MyEvent| ..)`, or \
            enqueue what an async subscriber needs",
    note = "it takes `&dyn AnyEvent`, and then perhaps `&Emission`; write the type in a closure: \
            `|event: &dyn AnyEvent| ..`",
    note = "it returns nothing, `Result<(), E>`, `ControlFlow<()>`, or `Result<ControlFlow<()>, E>`, where the error \
            converts into `Box<dyn Error + Send + Sync>`, as `Box<dyn Error>` does not"
)]
pub trait TopicHandler<M>: Send + Sync + 'static {
    /// Calls the handler.
    #[doc(hidden)]
    fn call(&self, event: &dyn AnyEvent, source: &dyn EmissionSource) -> Step;
}

impl<H, R> TopicHandler<fn(&dyn AnyEvent) -> R> for H
where
    H: Fn(&dyn AnyEvent) -> R + Send + Sync + 'static,
    R: Outcome,
{
    fn call(&self, event: &dyn AnyEvent, _: &dyn EmissionSource) -> Step {
        self(event).into_step()
    }
}

impl<H, R> TopicHandler<fn(&dyn AnyEvent, &Emission) -> R> for H
where
    H: Fn(&dyn AnyEvent, &Emission) -> R + Send + Sync + 'static,
    R: Outcome,
{
    fn call(&self, event: &dyn AnyEvent, source: &dyn EmissionSource) -> Step {
        self(event, &source.emission()).into_step()
    }
}
