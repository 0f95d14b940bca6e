//! Functions and closures as background handlers: async ones, and deferred sync ones. A background handler
//! runs after the sync handlers of the event, and only reads the event.

use std::{future::Future, marker::PhantomData};

use super::{
    call::BackgroundCall,
    outcome::{AsyncOutcome, Step},
};
use crate::{
    context::{Emission, Subscribed},
    event::Snapshot,
    time::TimeKey,
};

/// A background handler with its captured values: the type that an attribute generates, or a function
/// or closure in [`AsyncCall`] or [`DeferredCall`].
#[doc(hidden)]
pub trait Background<E>: Send + Sync + 'static {
    /// Calls the handler.
    fn call<'a>(
        &'a self,
        event: &'a E,
        call: &'a BackgroundCall,
    ) -> impl Future<Output = Step> + Send + 'a;

    /// The handler is unsubscribed: a call that waits before it runs the handler must not run it any more. Returns the
    /// scheduled calls, which are to be taken out.
    fn close(&self) -> Vec<TimeKey> {
        Vec::new()
    }

    /// How many events of the queue wait until it may be called.
    fn backlog(&self) -> usize {
        0
    }
}

/// An async function, or a closure that returns a future, that can be subscribed at run time: it takes
/// `&E`, then optionally `&Emission`; the future's output is nothing or a `Result<(), E>`.
///
/// The future is `Send`. The future of an async function or closure may borrow the event. A closure with
/// an `async move` block copies what it needs of the event before that block, and clones what it needs
/// of its captured values:
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use events_core::{Event, Registry};
///
/// #[derive(Event, Clone)]
/// struct Saved {
///     path: String,
/// }
///
/// let registry = Registry::new();
/// registry.on_async(async |event: &Saved| println!("{}", event.path)).detach();
///
/// let paths = Arc::new(Mutex::new(Vec::new()));
/// let seen = Arc::clone(&paths);
/// registry
///     .on_async(move |event: &Saved| {
///         let (seen, path) = (Arc::clone(&seen), event.path.clone());
///         async move { seen.lock().unwrap().push(path) }
///     })
///     .detach();
///
/// registry.emit(Saved { path: "a.txt".into() });
/// registry.queue().flush();
/// assert_eq!(*paths.lock().unwrap(), ["a.txt"]);
/// ```
///
/// `M` only distinguishes the implementations; leave it to inference.
#[diagnostic::on_unimplemented(
    message = "this is not an async handler of events",
    label = "not an async handler",
    note = "an async handler is `async fn(event: &E)` or `|event: &E| {{ .. async move {{ .. }} }}`, with \
            a future that is `Send`; after the event it may accept `&Emission`",
    note = "the future cannot borrow what the closure has captured: clone that into the `async move` \
            block",
    note = "`E` derives `Event` and `Clone`, borrows nothing, and is `Send` and `Sync`",
    note = "the future's output is nothing or `Result<(), E>`, where the error converts into \
            `Box<dyn Error + Send + Sync>`, as `Box<dyn Error>` does not"
)]
pub trait AsyncHandler<E, M>: Send + Sync + Sized + 'static {
    /// Whether it takes `&Emission`.
    #[doc(hidden)]
    const TAKES_EMISSION: bool = false;

    /// Calls the handler.
    #[doc(hidden)]
    fn call<'a>(
        this: &'a Subscribed<Self>,
        event: &'a E,
        call: &'a BackgroundCall,
    ) -> impl Future<Output = Step> + Send + 'a;
}

/// A function or closure that returns a future, which may borrow the arguments.
///
/// The compiler names this trait, and not [`AsyncHandler`], when it infers the event from a closure whose future does
/// not fulfil the bounds.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the future of this async handler is not `Send`, or borrows more than the event",
    label = "the future must be `Send`, and `'static` apart from the event",
    note = "a future that is not `Send` keeps a value such as an `Rc`, a `RefCell` borrow or a lock guard across an \
            `.await`: write `Arc` or `Mutex` instead, or drop the value before the `.await`",
    note = "the future cannot borrow what the closure has captured: clone that into the `async move` block"
)]
pub trait AsyncCallable<'a, A> {
    /// The future.
    type Future: Future<Output: AsyncOutcome> + Send + 'a;

    /// Calls the function.
    fn call_with(&self, arguments: A) -> Self::Future;
}

#[diagnostic::do_not_recommend]
impl<'a, E: 'a, H, R> AsyncCallable<'a, (&'a E,)> for H
where
    H: Fn(&'a E) -> R,
    R: Future<Output: AsyncOutcome> + Send + 'a,
{
    type Future = R;

    #[inline]
    fn call_with(&self, (event,): (&'a E,)) -> R {
        self(event)
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E: 'a, H, R> AsyncCallable<'a, (&'a E, &'a Emission)> for H
where
    H: Fn(&'a E, &'a Emission) -> R,
    R: Future<Output: AsyncOutcome> + Send + 'a,
{
    type Future = R;

    #[inline]
    fn call_with(&self, (event, emission): (&'a E, &'a Emission)) -> R {
        self(event, emission)
    }
}

impl<E, H> AsyncHandler<E, fn(&E)> for H
where
    E: Snapshot,
    H: for<'a> AsyncCallable<'a, (&'a E,)> + Send + Sync + 'static,
{
    #[inline]
    async fn call<'a>(this: &'a Subscribed<Self>, event: &'a E, _: &'a BackgroundCall) -> Step {
        this.handler.call_with((event,)).await.into_step()
    }
}

impl<E, H> AsyncHandler<E, fn(&E, &Emission)> for H
where
    E: Snapshot,
    H: for<'a> AsyncCallable<'a, (&'a E, &'a Emission)> + Send + Sync + 'static,
{
    const TAKES_EMISSION: bool = true;

    #[inline]
    async fn call<'a>(this: &'a Subscribed<Self>, event: &'a E, call: &'a BackgroundCall) -> Step {
        let emission = this.own.emission_of(call);
        this.handler.call_with((event, &emission)).await.into_step()
    }
}

/// A sync function or closure that can be subscribed as deferred: it takes `&E`, then optionally
/// `&Emission`, and returns nothing or a `Result<(), E>`.
///
/// `M` only distinguishes the implementations; leave it to inference.
///
/// It runs on the thread of the flush or the worker; if the queue is full or shut down, it runs on the thread that
/// emits.
///
/// ```
/// use std::sync::mpsc;
/// use events_core::{Event, Registry};
///
/// #[derive(Event, Clone)]
/// struct OrderPlaced {
///     number: u32,
/// }
///
/// let registry = Registry::new();
/// let (printer, invoices) = mpsc::channel();
/// // `send` returns a `Result`: an invoice that cannot be printed is a failure of the handler.
/// registry.on_deferred(move |order: &OrderPlaced| printer.send(order.number)).detach();
///
/// registry.emit(OrderPlaced { number: 7 }); // puts a clone of the event into the queue
/// assert!(invoices.try_recv().is_err());
/// registry.queue().flush();
/// assert_eq!(invoices.try_recv(), Ok(7));
/// ```
#[diagnostic::on_unimplemented(
    message = "this is not a deferred handler of events",
    label = "not a deferred handler",
    note = "a deferred handler accepts `&E`, because it receives a clone of the event, and then perhaps `&Emission`",
    note = "for an async function or closure: `registry.on_async(..)`, which runs from the queue after a sync emit",
    note = "`E` derives `Event` and `Clone`, borrows nothing, and is `Send` and `Sync`",
    note = "it returns nothing or `Result<(), E>`"
)]
pub trait DeferredHandler<E, M>: Send + Sync + Sized + 'static {
    /// Whether it takes `&Emission`.
    #[doc(hidden)]
    const TAKES_EMISSION: bool = false;

    /// Calls the handler.
    #[doc(hidden)]
    fn call(this: &Subscribed<Self>, event: &E, call: &BackgroundCall) -> Step;
}

impl<E, H, R> DeferredHandler<E, fn(&E) -> R> for H
where
    E: Snapshot,
    H: Fn(&E) -> R + Send + Sync + 'static,
    R: AsyncOutcome,
{
    fn call(this: &Subscribed<Self>, event: &E, _: &BackgroundCall) -> Step {
        (this.handler)(event).into_step()
    }
}

impl<E, H, R> DeferredHandler<E, fn(&E, &Emission) -> R> for H
where
    E: Snapshot,
    H: Fn(&E, &Emission) -> R + Send + Sync + 'static,
    R: AsyncOutcome,
{
    const TAKES_EMISSION: bool = true;

    fn call(this: &Subscribed<Self>, event: &E, call: &BackgroundCall) -> Step {
        (this.handler)(event, &this.own.emission_of(call)).into_step()
    }
}

/// An [`AsyncHandler`] with its `M`, which makes it a [`Background`] handler.
pub(crate) struct AsyncCall<H, M>(Subscribed<H>, PhantomData<fn() -> M>);

/// A [`DeferredHandler`] with its `M`, which makes it a [`Background`] handler.
pub(crate) struct DeferredCall<H, M>(Subscribed<H>, PhantomData<fn() -> M>);

impl<H, M> AsyncCall<H, M> {
    pub(crate) fn new(handler: Subscribed<H>) -> Self {
        Self(handler, PhantomData)
    }
}

impl<H, M> DeferredCall<H, M> {
    pub(crate) fn new(handler: Subscribed<H>) -> Self {
        Self(handler, PhantomData)
    }
}

impl<E: Snapshot, M: 'static, H: AsyncHandler<E, M>> Background<E> for AsyncCall<H, M> {
    #[inline]
    fn call<'a>(
        &'a self,
        event: &'a E,
        call: &'a BackgroundCall,
    ) -> impl Future<Output = Step> + Send + 'a {
        H::call(&self.0, event, call)
    }
}

impl<E: Snapshot, M: 'static, H: DeferredHandler<E, M>> Background<E> for DeferredCall<H, M> {
    #[inline]
    async fn call<'a>(&'a self, event: &'a E, call: &'a BackgroundCall) -> Step {
        H::call(&self.0, event, call)
    }
}
