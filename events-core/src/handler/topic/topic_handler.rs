//! Functions and closures as sync handlers of events of any type, which are subscribed to a pattern of
//! topics.

use crate::{
    context::{Emission, EmissionSource, Subscribed},
    event::AnyEvent,
    handler::outcome::{Outcome, Step},
};

/// A function or closure that can be subscribed to a pattern of topics: it takes `&dyn AnyEvent`, then
/// optionally `&Emission`, and returns an [`Outcome`].
///
/// `M` only distinguishes the implementations; leave it to inference.
///
/// It is sync, and only reads the event. [`AsyncTopicHandler`](super::AsyncTopicHandler) and
/// [`DeferredTopicHandler`](super::DeferredTopicHandler) run later, with a copy of the event.
///
/// ```
/// use events_core::{AnyEvent, Emission, Event, Registry};
///
/// #[derive(Event)]
/// #[event(topic = "stock::Counted")]
/// struct Counted;
///
/// /// Rejects an event of the stock that is emitted without an origin.
/// fn audit(event: &dyn AnyEvent, emission: &Emission) -> Result<(), String> {
///     match emission.origin() {
///         Some(_) => Ok(()),
///         None => Err(format!("`{}` has no origin", event.topic())),
///     }
/// }
///
/// let registry = Registry::new();
/// registry.on_topic("stock::.*", audit)?.detach();
/// assert!(registry.try_emit_from(Counted, "warehouse").is_ok());
/// let error = registry.try_emit(Counted).unwrap_err();
/// assert!(error.to_string().ends_with("returned an error: `stock::Counted` has no origin"));
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "this is not a handler of events by their topic",
    label = "not such a handler",
    note = "an async function or closure: `registry.on_topic_async(\"..\", async |event: &EventCopy| ..)?`",
    note = "it accepts `&dyn AnyEvent`, and then perhaps `&Emission`; write the type in a closure: \
            `|event: &dyn AnyEvent| ..`",
    note = "it returns nothing, `Result<(), E>`, `ControlFlow<()>`, or `Result<ControlFlow<()>, E>`, where the error \
            converts into `Box<dyn Error + Send + Sync>`, as `Box<dyn Error>` does not"
)]
pub trait TopicHandler<M>: Send + Sync + Sized + 'static {
    /// Whether it takes `&Emission`.
    #[doc(hidden)]
    const TAKES_EMISSION: bool = false;

    /// Calls the handler.
    #[doc(hidden)]
    fn call(this: &Subscribed<Self>, event: &dyn AnyEvent, source: &dyn EmissionSource) -> Step;
}

impl<H, R> TopicHandler<fn(&dyn AnyEvent) -> R> for H
where
    H: Fn(&dyn AnyEvent) -> R + Send + Sync + 'static,
    R: Outcome,
{
    fn call(this: &Subscribed<Self>, event: &dyn AnyEvent, _: &dyn EmissionSource) -> Step {
        (this.handler)(event).into_step()
    }
}

impl<H, R> TopicHandler<fn(&dyn AnyEvent, &Emission) -> R> for H
where
    H: Fn(&dyn AnyEvent, &Emission) -> R + Send + Sync + 'static,
    R: Outcome,
{
    const TAKES_EMISSION: bool = true;

    fn call(this: &Subscribed<Self>, event: &dyn AnyEvent, source: &dyn EmissionSource) -> Step {
        (this.handler)(event, &this.own.emission_of(source)).into_step()
    }
}
