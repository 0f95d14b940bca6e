//! Functions and closures as awaited handlers.

use std::{future::Future, marker::PhantomData, pin::Pin};

use crate::{
    context::{Emission, Subscribed},
    diagnostics::AwaitedEvent,
    event::{Family, OwnedEvent},
    handler::{BackgroundCall, Outcome, Step},
    result::RefusedCall,
};

/// An awaited handler with its captured values: the type that an attribute generates, or a function or closure in
/// [`AwaitedCall`] or a similar type.
#[doc(hidden)]
pub trait Awaited<F: Family>: Send + Sync + 'static {
    /// Calls the handler. User code runs in polls of the future only, where panics are caught.
    fn call<'s, 'x: 's>(
        &'s self,
        event: &'s mut F::Of<'x>,
        call: &'s BackgroundCall,
    ) -> impl Future<Output = Step> + Send + 's;

    /// What a sync emit calls, which cannot await it.
    fn call_in_sync_emit(&self, _: &mut F::Of<'_>) -> Step {
        Step::Failed(Box::new(RefusedCall::NotAwaited))
    }
}

/// A function or closure that returns a `Send` future. `A` is the tuple of its arguments, which the future may borrow.
#[doc(hidden)]
pub trait AwaitedCallable<A> {
    /// The future.
    type Future: Future<Output: Outcome> + Send;

    /// Calls the function.
    fn call_with(&self, arguments: A) -> Self::Future;
}

#[diagnostic::do_not_recommend]
impl<A, H, R> AwaitedCallable<(A,)> for H
where
    H: Fn(A) -> R,
    R: Future<Output: Outcome> + Send,
{
    type Future = R;

    #[inline]
    fn call_with(&self, (event,): (A,)) -> R {
        self(event)
    }
}

#[diagnostic::do_not_recommend]
impl<A, B, H, R> AwaitedCallable<(A, B)> for H
where
    H: Fn(A, B) -> R,
    R: Future<Output: Outcome> + Send,
{
    type Future = R;

    #[inline]
    fn call_with(&self, (event, second): (A, B)) -> R {
        self(event, second)
    }
}

#[diagnostic::do_not_recommend]
impl<A, B, C, H, R> AwaitedCallable<(A, B, C)> for H
where
    H: Fn(A, B, C) -> R,
    R: Future<Output: Outcome> + Send,
{
    type Future = R;

    #[inline]
    fn call_with(&self, (event, second, third): (A, B, C)) -> R {
        self(event, second, third)
    }
}

/// An async function, or a closure that returns a future, which is awaited in its place among the sync subscribers: it
/// takes `&mut E` or `&E`, then optionally `&Emission`; the future's output is an [`Outcome`].
///
/// The future is `Send`, and so is the event; with `&E` the event is also `Sync`. The future may borrow the event.
/// [`Registry::on_awaited`] describes which closures are accepted.
///
/// `M` only distinguishes the implementations; leave it to inference.
///
/// As a bound it accepts each of these forms:
///
/// ```
/// use std::{future::Future, pin::Pin};
/// use events_core::{Event, Registry, Subscription, handlers::AwaitedHandler};
///
/// #[derive(Event)]
/// struct Price(u64);
///
/// fn on_price<M: 'static>(registry: &Registry, handler: impl AwaitedHandler<Price, M>) -> Subscription {
///     registry.on_awaited(handler)
/// }
///
/// async fn add_tax(price: &mut Price) {
///     price.0 += 19;
/// }
///
/// fn round(price: &mut Price) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
///     Box::pin(async { price.0 = price.0 / 10 * 10 })
/// }
///
/// let registry = Registry::new();
/// on_price(&registry, add_tax).detach();
/// on_price(&registry, round).detach();
/// on_price(&registry, async |price: &mut Price| price.0 += 1).detach();
/// assert_eq!(smol::block_on(registry.emit_async(Price(100))).0, 111);
/// ```
///
/// [`Registry::on_awaited`]: crate::Registry::on_awaited
/// [`Outcome`]: crate::Outcome
#[diagnostic::on_unimplemented(
    message = "this is not an awaited handler of events",
    label = "not an awaited handler",
    note = "an awaited handler is `async fn(event: &mut E)`, or an async closure that captures nothing, with a future that \
            is `Send`; it may take `&E`, and after the event `&Emission`",
    note = "with captured values: `registry.on_awaited_with(state, async |event: &mut E, state: &S| ..)`",
    note = "`E` derives `Event`, borrows nothing and is `Send`; for an event that borrows: \
            `registry.on_awaited_borrowed::<E, _>(function)`",
    note = "the future's output is nothing, `Result<(), E>`, `ControlFlow<()>`, or `Result<ControlFlow<()>, E>`"
)]
pub trait AwaitedHandler<E: OwnedEvent, M>: Send + Sync + Sized + 'static {
    /// Whether it takes `&Emission`.
    #[doc(hidden)]
    const TAKES_EMISSION: bool = false;

    /// Whether it takes the event by `&mut`.
    #[doc(hidden)]
    const CHANGES: bool;

    /// Calls the handler.
    #[doc(hidden)]
    fn call<'s>(
        this: &'s Subscribed<Self>,
        event: &'s mut E,
        call: &'s BackgroundCall,
    ) -> impl Future<Output = Step> + Send + 's;
}

impl<E, H> AwaitedHandler<E, fn(&mut E)> for H
where
    E: OwnedEvent + Send,
    H: for<'s> AwaitedCallable<(&'s mut E,)> + Send + Sync + 'static,
{
    const CHANGES: bool = true;

    #[inline]
    async fn call<'s>(this: &'s Subscribed<Self>, event: &'s mut E, _: &'s BackgroundCall) -> Step {
        this.handler.call_with((event,)).await.into_step()
    }
}

impl<E, H> AwaitedHandler<E, fn(&mut E, &Emission)> for H
where
    E: OwnedEvent + Send,
    H: for<'s, 'e> AwaitedCallable<(&'s mut E, &'e Emission)> + Send + Sync + 'static,
{
    const TAKES_EMISSION: bool = true;

    const CHANGES: bool = true;

    #[inline]
    async fn call<'s>(
        this: &'s Subscribed<Self>,
        event: &'s mut E,
        call: &'s BackgroundCall,
    ) -> Step {
        let emission = this.own.emission_of(call);
        this.handler.call_with((event, &emission)).await.into_step()
    }
}

impl<E, H> AwaitedHandler<E, fn(&E)> for H
where
    E: OwnedEvent + Send + Sync,
    H: for<'s> AwaitedCallable<(&'s E,)> + Send + Sync + 'static,
{
    const CHANGES: bool = false;

    #[inline]
    async fn call<'s>(this: &'s Subscribed<Self>, event: &'s mut E, _: &'s BackgroundCall) -> Step {
        this.handler.call_with((&*event,)).await.into_step()
    }
}

impl<E, H> AwaitedHandler<E, fn(&E, &Emission)> for H
where
    E: OwnedEvent + Send + Sync,
    H: for<'s, 'e> AwaitedCallable<(&'s E, &'e Emission)> + Send + Sync + 'static,
{
    const TAKES_EMISSION: bool = true;

    const CHANGES: bool = false;

    #[inline]
    async fn call<'s>(
        this: &'s Subscribed<Self>,
        event: &'s mut E,
        call: &'s BackgroundCall,
    ) -> Step {
        let emission = this.own.emission_of(call);
        this.handler
            .call_with((&*event, &emission))
            .await
            .into_step()
    }
}

/// As [`AwaitedHandler`], for an event that borrows: an async function, or an async closure that captures nothing, that
/// takes `&mut E<'_>`.
///
/// ```
/// use events_core::{Event, Registry, Subscription, handlers::BorrowedAwaitedHandler};
///
/// #[derive(Event)]
/// struct Checkout<'a> {
///     order: &'a mut Vec<&'static str>,
/// }
///
/// fn on_checkout(
///     registry: &Registry,
///     handler: impl BorrowedAwaitedHandler<Checkout<'static>>,
/// ) -> Subscription {
///     registry.on_awaited_borrowed::<Checkout, _>(handler)
/// }
///
/// async fn reserve(event: &mut Checkout<'_>) {
///     event.order.push("reserved");
/// }
///
/// let registry = Registry::new();
/// on_checkout(&registry, reserve).detach();
/// let mut order = vec!["placed"];
/// smol::block_on(registry.emit_async(Checkout { order: &mut order }));
/// assert_eq!(order, ["placed", "reserved"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "this is not an awaited handler of `{F}`",
    label = "not an awaited handler",
    note = "an awaited handler is `async fn(event: &mut E<'_>)`, or an async closure that captures nothing, with a future \
            that is `Send`",
    note = "with captured values: `registry.on_awaited_borrowed_with::<E, _, _>(state, async |event: &mut E<'_>, state: &S| ..)`",
    note = "the event is `Send` with every lifetime"
)]
pub trait BorrowedAwaitedHandler<F: Family>: Send + Sync + 'static {
    /// Calls the handler.
    #[doc(hidden)]
    fn call<'s, 'x: 's>(
        &'s self,
        event: &'s mut F::Of<'x>,
    ) -> impl Future<Output = Step> + Send + 's;
}

impl<F, H> BorrowedAwaitedHandler<F> for H
where
    F: Family,
    for<'x> F::Of<'x>: AwaitedEvent,
    H: for<'s, 'x> AwaitedCallable<(&'s mut F::Of<'x>,)> + Send + Sync + 'static,
{
    #[inline]
    async fn call<'s, 'x: 's>(&'s self, event: &'s mut F::Of<'x>) -> Step {
        self.call_with((event,)).await.into_step()
    }
}

/// Returns the closure. Its parameter has a type with which the compiler accepts a boxed future that borrows the event
/// and what the closure has captured a copy of.
///
/// ```
/// use std::sync::Arc;
/// use events_core::{Event, Registry, handlers::boxed};
///
/// #[derive(Event)]
/// struct Price(u64);
///
/// let registry = Registry::new();
/// let tax = Arc::new(19);
/// registry
///     .on_awaited(boxed(move |price: &mut Price| {
///         let tax = Arc::clone(&tax);
///         Box::pin(async move { price.0 += *tax })
///     }))
///     .detach();
/// assert_eq!(smol::block_on(registry.emit_async(Price(100))).0, 119);
/// ```
pub fn boxed<E, R, H>(handler: H) -> H
where
    H: for<'s> Fn(&'s mut E) -> Pin<Box<dyn Future<Output = R> + Send + 's>>,
{
    handler
}

/// An [`AwaitedHandler`] with its `M`, which makes it an [`Awaited`] handler.
pub(crate) struct AwaitedCall<H, M>(Subscribed<H>, PhantomData<fn() -> M>);

/// A [`BorrowedAwaitedHandler`] as an [`Awaited`] one.
pub(crate) struct BorrowedAwaitedCall<H>(pub(crate) H);

impl<H, M> AwaitedCall<H, M> {
    pub(crate) fn new(handler: Subscribed<H>) -> Self {
        Self(handler, PhantomData)
    }
}

impl<E: OwnedEvent, M: 'static, H: AwaitedHandler<E, M>> Awaited<E> for AwaitedCall<H, M> {
    #[inline]
    fn call<'s, 'x: 's>(
        &'s self,
        event: &'s mut E,
        call: &'s BackgroundCall,
    ) -> impl Future<Output = Step> + Send + 's {
        H::call(&self.0, event, call)
    }
}

impl<F: Family, H: BorrowedAwaitedHandler<F>> Awaited<F> for BorrowedAwaitedCall<H> {
    #[inline]
    fn call<'s, 'x: 's>(
        &'s self,
        event: &'s mut F::Of<'x>,
        _: &'s BackgroundCall,
    ) -> impl Future<Output = Step> + Send + 's {
        self.0.call(event)
    }
}
