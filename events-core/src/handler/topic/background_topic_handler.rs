//! Functions and closures as async and deferred handlers of events of any type, which are subscribed to a pattern of
//! topics. They run after the sync handlers, with a copy of the event.

use std::{future::Future, marker::PhantomData};

use crate::{
    context::{Emission, Subscribed},
    event::EventCopy,
    handler::{
        async_handler::{AsyncCallable, Background},
        call::BackgroundCall,
        outcome::{AsyncOutcome, Step},
    },
};

/// An async function, or a closure that returns a future, that can be subscribed to a pattern of topics: it takes
/// `&EventCopy`, then optionally `&Emission`; the future's output is nothing or a `Result<(), E>`.
///
/// The future is `Send`, and may borrow the copy.
///
/// `M` only distinguishes the implementations; leave it to inference.
///
/// ```
/// use events_core::{
///     Event, EventCopy, Registry, Subscription,
///     handlers::AsyncTopicHandler, subscribing::PatternError,
/// };
///
/// #[derive(Event, Clone)]
/// #[event(topic = "stock::Recounted")]
/// struct Recounted;
///
/// fn on_stock<M: 'static>(
///     registry: &Registry,
///     handler: impl AsyncTopicHandler<M>,
/// ) -> Result<Subscription, PatternError> {
///     registry.on_topic_async("stock::.*", handler)
/// }
///
/// async fn export(event: &EventCopy) -> Result<(), String> {
///     println!("{}", event.topic());
///     Ok(())
/// }
///
/// let registry = Registry::new();
/// on_stock(&registry, export)?.detach();
/// let emitted = smol::block_on(registry.try_emit_async(Recounted)).expect("no handler fails");
/// assert_eq!(emitted.ran(), 1);
/// # Ok::<(), PatternError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "this is not an async handler of events by their topic",
    label = "not such a handler",
    note = "it is `async fn(event: &EventCopy)` or `|event: &EventCopy| {{ .. async move {{ .. }} }}`, with a future that is \
            `Send`; after the event it may accept `&Emission`",
    note = "it runs after the emit, with a copy of the event: write `&EventCopy`, which has the methods of `AnyEvent`, in \
            place of `&dyn AnyEvent`",
    note = "the future cannot borrow what the closure has captured: clone that into the `async move` block",
    note = "the future's output is nothing or `Result<(), E>`, where the error converts into \
            `Box<dyn Error + Send + Sync>`, as `Box<dyn Error>` does not"
)]
pub trait AsyncTopicHandler<M>: Send + Sync + Sized + 'static {
    /// Whether it takes `&Emission`.
    #[doc(hidden)]
    const TAKES_EMISSION: bool = false;

    /// Calls the handler.
    #[doc(hidden)]
    fn call<'a>(
        this: &'a Subscribed<Self>,
        event: &'a EventCopy,
        call: &'a BackgroundCall,
    ) -> impl Future<Output = Step> + Send + 'a;
}

impl<H> AsyncTopicHandler<fn(&EventCopy)> for H
where
    H: for<'a> AsyncCallable<'a, (&'a EventCopy,)> + Send + Sync + 'static,
{
    #[inline]
    async fn call<'a>(
        this: &'a Subscribed<Self>,
        event: &'a EventCopy,
        _: &'a BackgroundCall,
    ) -> Step {
        this.handler.call_with((event,)).await.into_step()
    }
}

impl<H> AsyncTopicHandler<fn(&EventCopy, &Emission)> for H
where
    H: for<'a> AsyncCallable<'a, (&'a EventCopy, &'a Emission)> + Send + Sync + 'static,
{
    const TAKES_EMISSION: bool = true;

    #[inline]
    async fn call<'a>(
        this: &'a Subscribed<Self>,
        event: &'a EventCopy,
        call: &'a BackgroundCall,
    ) -> Step {
        let emission = this.own.emission_of(call);
        this.handler.call_with((event, &emission)).await.into_step()
    }
}

/// A sync function or closure that can be subscribed to a pattern of topics as deferred: it takes `&EventCopy`, then
/// optionally `&Emission`, and returns nothing or a `Result<(), E>`.
///
/// It runs on the thread of the flush or the worker; if the queue is full or shut down, it runs on the thread that
/// emits.
///
/// `M` only distinguishes the implementations; leave it to inference.
///
/// ```
/// use std::sync::mpsc;
/// use events_core::{EventCopy, Registry, args};
///
/// let registry = Registry::new();
/// let (log, topics) = mpsc::channel();
/// let audit = move |event: &EventCopy| log.send(event.topic().to_owned());
/// registry.on_topic_deferred("user::.*", audit)?.detach();
///
/// registry.emit_topic("user::signed_in", args! { user: 7_u32 });
/// assert!(topics.try_recv().is_err());
/// registry.queue().flush();
/// assert_eq!(topics.try_recv().as_deref(), Ok("user::signed_in"));
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "this is not a deferred handler of events by their topic",
    label = "not such a handler",
    note = "it accepts `&EventCopy`, and then perhaps `&Emission`: `|event: &EventCopy| ..`",
    note = "it runs from the queue, with a copy of the event: write `&EventCopy`, which has the methods of `AnyEvent`, in \
            place of `&dyn AnyEvent`",
    note = "for an async function or closure: `registry.on_topic_async(\"..\", ..)?`, which runs from the queue after a sync emit",
    note = "it returns nothing or `Result<(), E>`"
)]
pub trait DeferredTopicHandler<M>: Send + Sync + Sized + 'static {
    /// Whether it takes `&Emission`.
    #[doc(hidden)]
    const TAKES_EMISSION: bool = false;

    /// Calls the handler.
    #[doc(hidden)]
    fn call(this: &Subscribed<Self>, event: &EventCopy, call: &BackgroundCall) -> Step;
}

impl<H, R> DeferredTopicHandler<fn(&EventCopy) -> R> for H
where
    H: Fn(&EventCopy) -> R + Send + Sync + 'static,
    R: AsyncOutcome,
{
    fn call(this: &Subscribed<Self>, event: &EventCopy, _: &BackgroundCall) -> Step {
        (this.handler)(event).into_step()
    }
}

impl<H, R> DeferredTopicHandler<fn(&EventCopy, &Emission) -> R> for H
where
    H: Fn(&EventCopy, &Emission) -> R + Send + Sync + 'static,
    R: AsyncOutcome,
{
    const TAKES_EMISSION: bool = true;

    fn call(this: &Subscribed<Self>, event: &EventCopy, call: &BackgroundCall) -> Step {
        (this.handler)(event, &this.own.emission_of(call)).into_step()
    }
}

/// An [`AsyncTopicHandler`] with its `M`, which makes it a [`Background`] handler.
pub(crate) struct AsyncTopicCall<H, M>(Subscribed<H>, PhantomData<fn() -> M>);

/// A [`DeferredTopicHandler`] with its `M`, which makes it a [`Background`] handler.
pub(crate) struct DeferredTopicCall<H, M>(Subscribed<H>, PhantomData<fn() -> M>);

impl<H, M> AsyncTopicCall<H, M> {
    pub(crate) fn new(handler: Subscribed<H>) -> Self {
        Self(handler, PhantomData)
    }
}

impl<H, M> DeferredTopicCall<H, M> {
    pub(crate) fn new(handler: Subscribed<H>) -> Self {
        Self(handler, PhantomData)
    }
}

impl<M: 'static, H: AsyncTopicHandler<M>> Background<EventCopy> for AsyncTopicCall<H, M> {
    #[inline]
    fn call<'a>(
        &'a self,
        event: &'a EventCopy,
        call: &'a BackgroundCall,
    ) -> impl Future<Output = Step> + Send + 'a {
        H::call(&self.0, event, call)
    }
}

impl<M: 'static, H: DeferredTopicHandler<M>> Background<EventCopy> for DeferredTopicCall<H, M> {
    #[inline]
    async fn call<'a>(&'a self, event: &'a EventCopy, call: &'a BackgroundCall) -> Step {
        H::call(&self.0, event, call)
    }
}
