//! Async functions and closures, and sync ones that are deferred, as handlers that run later.

use std::{future::Future, marker::PhantomData};

use super::{
    call::BackgroundCall,
    outcome::{AsyncOutcome, Step},
};
use crate::{
    context::{Emission, EmissionSource},
    event::Snapshot,
};

/// A handler that runs later, with what it keeps: what the attribute writes, and what the traits
/// below make of closures.
#[doc(hidden)]
pub trait Background<E>: Send + Sync + 'static {
    /// Calls it.
    fn call<'a>(
        &'a self,
        event: &'a E,
        call: &'a BackgroundCall,
    ) -> impl Future<Output = Step> + Send + 'a;
}

/// An async function, or a closure that gives a future, that can be subscribed at run time: it takes
/// `&E`, after it perhaps `&Emission`; what it awaits is nothing or a `Result<(), E>`.
///
/// The future is `Send`. That of an async function or closure may borrow the event; that of a closure
/// which has an `async move` block takes what it needs of it before that block, and of what the
/// closure has captured it takes a clone:
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
/// `M` only tells the implementations apart; leave it to inference.
#[diagnostic::on_unimplemented(
    message = "this is not an async handler of events",
    label = "not an async handler",
    note = "an async handler is `async fn(event: &E)` or `|event: &E| {{ .. async move {{ .. }} }}`, with \
            a future that is `Send`; after the event it may take `&Emission`",
    note = "the future keeps nothing of what the closure has captured: clone that into the `async \
            move` block",
    note = "`E` derives `Event` and `Clone`, borrows nothing, and is `Send` and `Sync`",
    note = "it gives nothing or `Result<(), E>`"
)]
pub trait AsyncHandler<E, M>: Send + Sync + 'static {
    /// Calls it.
    #[doc(hidden)]
    fn call<'a>(
        &'a self,
        event: &'a E,
        call: &'a BackgroundCall,
    ) -> impl Future<Output = Step> + Send + 'a;
}

/// A function or closure whose future may borrow what it is called with.
#[doc(hidden)]
pub trait Calls<'a, A> {
    /// What it gives.
    type Future: Future<Output: AsyncOutcome> + Send + 'a;

    /// Calls it.
    fn calls(&self, arguments: A) -> Self::Future;
}

#[diagnostic::do_not_recommend]
impl<'a, E: 'a, H, R> Calls<'a, (&'a E,)> for H
where
    H: Fn(&'a E) -> R,
    R: Future<Output: AsyncOutcome> + Send + 'a,
{
    type Future = R;

    #[inline]
    fn calls(&self, (event,): (&'a E,)) -> R {
        self(event)
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E: 'a, H, R> Calls<'a, (&'a E, &'a Emission)> for H
where
    H: Fn(&'a E, &'a Emission) -> R,
    R: Future<Output: AsyncOutcome> + Send + 'a,
{
    type Future = R;

    #[inline]
    fn calls(&self, (event, emission): (&'a E, &'a Emission)) -> R {
        self(event, emission)
    }
}

impl<E, H> AsyncHandler<E, fn(&E)> for H
where
    E: Snapshot,
    H: for<'a> Calls<'a, (&'a E,)> + Send + Sync + 'static,
{
    #[inline]
    async fn call<'a>(&'a self, event: &'a E, _: &'a BackgroundCall) -> Step {
        self.calls((event,)).await.into_step()
    }
}

impl<E, H> AsyncHandler<E, fn(&E, &Emission)> for H
where
    E: Snapshot,
    H: for<'a> Calls<'a, (&'a E, &'a Emission)> + Send + Sync + 'static,
{
    #[inline]
    async fn call<'a>(&'a self, event: &'a E, call: &'a BackgroundCall) -> Step {
        let emission = call.emission();
        self.calls((event, &emission)).await.into_step()
    }
}

/// A sync function or closure that can be subscribed as deferred: it takes `&E`, after it perhaps
/// `&Emission`, and returns nothing or a `Result<(), E>`.
///
/// `M` only tells the implementations apart; leave it to inference.
#[diagnostic::on_unimplemented(
    message = "this is not a deferred handler of events",
    label = "not a deferred handler",
    note = "a deferred handler takes `&E`, for it gets a copy, and then perhaps `&Emission`",
    note = "`E` derives `Event` and `Clone`, borrows nothing, and is `Send` and `Sync`",
    note = "it returns nothing or `Result<(), E>`"
)]
pub trait DeferredHandler<E, M>: Send + Sync + 'static {
    /// Calls it.
    #[doc(hidden)]
    fn call(&self, event: &E, call: &BackgroundCall) -> Step;
}

impl<E, H, R> DeferredHandler<E, fn(&E) -> R> for H
where
    E: Snapshot,
    H: Fn(&E) -> R + Send + Sync + 'static,
    R: AsyncOutcome,
{
    fn call(&self, event: &E, _: &BackgroundCall) -> Step {
        self(event).into_step()
    }
}

impl<E, H, R> DeferredHandler<E, fn(&E, &Emission) -> R> for H
where
    E: Snapshot,
    H: Fn(&E, &Emission) -> R + Send + Sync + 'static,
    R: AsyncOutcome,
{
    fn call(&self, event: &E, call: &BackgroundCall) -> Step {
        self(event, &call.emission()).into_step()
    }
}

/// An [`AsyncHandler`], with what tells its implementations apart.
pub(crate) struct AsyncCall<H, M>(H, PhantomData<fn() -> M>);

/// A [`DeferredHandler`], with what tells its implementations apart.
pub(crate) struct DeferredCall<H, M>(H, PhantomData<fn() -> M>);

impl<H, M> AsyncCall<H, M> {
    pub(crate) fn new(handler: H) -> Self {
        Self(handler, PhantomData)
    }
}

impl<H, M> DeferredCall<H, M> {
    pub(crate) fn new(handler: H) -> Self {
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
        self.0.call(event, call)
    }
}

impl<E: Snapshot, M: 'static, H: DeferredHandler<E, M>> Background<E> for DeferredCall<H, M> {
    #[inline]
    async fn call<'a>(&'a self, event: &'a E, call: &'a BackgroundCall) -> Step {
        self.0.call(event, call)
    }
}
