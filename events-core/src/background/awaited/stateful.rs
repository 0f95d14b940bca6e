//! Functions and closures as awaited handlers with a state.

use std::{future::Future, marker::PhantomData};

use super::handler::{Awaited, AwaitedCallable};
use crate::{
    context::{Emission, Subscribed},
    diagnostics::AwaitedEvent,
    event::{Family, OwnedEvent},
    handler::{BackgroundCall, Outcome, Step},
};

/// As [`AwaitedHandler`], with a state as the second parameter: `async |event: &mut E, state: &S| ..`, an async function
/// or a closure that captures nothing. The event may be `&E`, and after the state it may take `&Emission`.
///
/// `M` only distinguishes the implementations; leave it to inference.
///
/// ```
/// use events_core::{Event, Registry, Subscription, handlers::StatefulAwaitedHandler};
///
/// #[derive(Event)]
/// struct Price(u64);
///
/// struct Tax(u64);
///
/// fn on_price<M: 'static>(
///     registry: &Registry,
///     handler: impl StatefulAwaitedHandler<Price, Tax, M>,
/// ) -> Subscription {
///     registry.on_awaited_with(Tax(19), handler)
/// }
///
/// let registry = Registry::new();
/// on_price(&registry, async |price: &mut Price, tax: &Tax| price.0 += tax.0).detach();
/// assert_eq!(smol::block_on(registry.emit_async(Price(100))).0, 119);
/// ```
///
/// [`AwaitedHandler`]: crate::handlers::AwaitedHandler
#[diagnostic::on_unimplemented(
    message = "this is not an awaited handler with a state",
    label = "not an awaited handler with a state",
    note = "write `async |event: &mut E, state: &S| ..` or `async fn(event: &mut E, state: &S)`, with a future that is `Send`; \
            it captures nothing: what it needs is in the state; it may take `&E`, and after the state `&Emission`",
    note = "`E` derives `Event`, borrows nothing and is `Send`; `S` is `Send` and `Sync`"
)]
pub trait StatefulAwaitedHandler<E: OwnedEvent, S, M>: Send + Sync + Sized + 'static {
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
        state: &'s S,
        call: &'s BackgroundCall,
    ) -> impl Future<Output = Step> + Send + 's;
}

impl<E, S, H> StatefulAwaitedHandler<E, S, fn(&mut E)> for H
where
    E: OwnedEvent + Send,
    S: Sync,
    H: for<'s> AwaitedCallable<(&'s mut E, &'s S)> + Send + Sync + 'static,
{
    const CHANGES: bool = true;

    #[inline]
    async fn call<'s>(
        this: &'s Subscribed<Self>,
        event: &'s mut E,
        state: &'s S,
        _: &'s BackgroundCall,
    ) -> Step {
        this.handler.call_with((event, state)).await.into_step()
    }
}

impl<E, S, H> StatefulAwaitedHandler<E, S, fn(&mut E, &Emission)> for H
where
    E: OwnedEvent + Send,
    S: Sync,
    H: for<'s, 'e> AwaitedCallable<(&'s mut E, &'s S, &'e Emission)> + Send + Sync + 'static,
{
    const TAKES_EMISSION: bool = true;

    const CHANGES: bool = true;

    #[inline]
    async fn call<'s>(
        this: &'s Subscribed<Self>,
        event: &'s mut E,
        state: &'s S,
        call: &'s BackgroundCall,
    ) -> Step {
        let emission = this.own.emission_of(call);
        this.handler
            .call_with((event, state, &emission))
            .await
            .into_step()
    }
}

impl<E, S, H> StatefulAwaitedHandler<E, S, fn(&E)> for H
where
    E: OwnedEvent + Send + Sync,
    S: Sync,
    H: for<'s> AwaitedCallable<(&'s E, &'s S)> + Send + Sync + 'static,
{
    const CHANGES: bool = false;

    #[inline]
    async fn call<'s>(
        this: &'s Subscribed<Self>,
        event: &'s mut E,
        state: &'s S,
        _: &'s BackgroundCall,
    ) -> Step {
        this.handler.call_with((&*event, state)).await.into_step()
    }
}

impl<E, S, H> StatefulAwaitedHandler<E, S, fn(&E, &Emission)> for H
where
    E: OwnedEvent + Send + Sync,
    S: Sync,
    H: for<'s, 'e> AwaitedCallable<(&'s E, &'s S, &'e Emission)> + Send + Sync + 'static,
{
    const TAKES_EMISSION: bool = true;

    const CHANGES: bool = false;

    #[inline]
    async fn call<'s>(
        this: &'s Subscribed<Self>,
        event: &'s mut E,
        state: &'s S,
        call: &'s BackgroundCall,
    ) -> Step {
        let emission = this.own.emission_of(call);
        this.handler
            .call_with((&*event, state, &emission))
            .await
            .into_step()
    }
}

/// As [`StatefulAwaitedHandler`], for an event that borrows: `async |event: &mut E<'_>, state: &S| ..`.
///
/// ```
/// use events_core::{Event, Registry, Subscription, handlers::StatefulBorrowedAwaitedHandler};
///
/// #[derive(Event)]
/// struct Checkout<'a> {
///     order: &'a mut Vec<String>,
/// }
///
/// fn on_checkout(
///     registry: &Registry,
///     handler: impl StatefulBorrowedAwaitedHandler<Checkout<'static>, String>,
/// ) -> Subscription {
///     registry.on_awaited_borrowed_with::<Checkout, _, _>("reserved".to_owned(), handler)
/// }
///
/// async fn add(event: &mut Checkout<'_>, text: &String) {
///     event.order.push(text.clone());
/// }
///
/// let registry = Registry::new();
/// on_checkout(&registry, add).detach();
/// let mut order = vec!["placed".to_owned()];
/// smol::block_on(registry.emit_async(Checkout { order: &mut order }));
/// assert_eq!(order, ["placed", "reserved"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "this is not an awaited handler of `{F}` with a state",
    label = "not an awaited handler with a state",
    note = "write `async fn(event: &mut E<'_>, state: &S)`, or an async closure that captures nothing, with a future that is \
            `Send`",
    note = "the event is `Send` with every lifetime; `S` is `Send` and `Sync`"
)]
pub trait StatefulBorrowedAwaitedHandler<F: Family, S>: Send + Sync + 'static {
    /// Calls the handler.
    #[doc(hidden)]
    fn call<'s, 'x: 's>(
        &'s self,
        event: &'s mut F::Of<'x>,
        state: &'s S,
    ) -> impl Future<Output = Step> + Send + 's;
}

impl<F, S, H> StatefulBorrowedAwaitedHandler<F, S> for H
where
    F: Family,
    for<'x> F::Of<'x>: AwaitedEvent,
    S: Sync,
    H: for<'s, 'x> AwaitedCallable<(&'s mut F::Of<'x>, &'s S)> + Send + Sync + 'static,
{
    #[inline]
    async fn call<'s, 'x: 's>(&'s self, event: &'s mut F::Of<'x>, state: &'s S) -> Step {
        self.call_with((event, state)).await.into_step()
    }
}

/// A [`StatefulAwaitedHandler`] with its state and its `M`.
pub(crate) struct StatefulAwaitedCall<S, H, M>(S, Subscribed<H>, PhantomData<fn() -> M>);

impl<S, H, M> StatefulAwaitedCall<S, H, M> {
    pub(crate) fn new(state: S, handler: Subscribed<H>) -> Self {
        Self(state, handler, PhantomData)
    }
}

impl<E, S, H, M> Awaited<E> for StatefulAwaitedCall<S, H, M>
where
    E: OwnedEvent,
    S: Send + Sync + 'static,
    H: StatefulAwaitedHandler<E, S, M>,
    M: 'static,
{
    #[inline]
    fn call<'s, 'x: 's>(
        &'s self,
        event: &'s mut E,
        call: &'s BackgroundCall,
    ) -> impl Future<Output = Step> + Send + 's {
        H::call(&self.1, event, &self.0, call)
    }
}

/// A [`StatefulBorrowedAwaitedHandler`] with its state.
pub(crate) struct StatefulBorrowedAwaitedCall<S, H>(pub(crate) S, pub(crate) H);

impl<F, S, H> Awaited<F> for StatefulBorrowedAwaitedCall<S, H>
where
    F: Family,
    S: Send + Sync + 'static,
    H: StatefulBorrowedAwaitedHandler<F, S>,
{
    #[inline]
    fn call<'s, 'x: 's>(
        &'s self,
        event: &'s mut F::Of<'x>,
        _: &'s BackgroundCall,
    ) -> impl Future<Output = Step> + Send + 's {
        self.1.call(event, &self.0)
    }
}
