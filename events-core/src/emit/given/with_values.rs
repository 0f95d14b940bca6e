//! The future of an async emit with values.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use crate::context::{ValuesByType, give};

pin_project_lite::pin_project! {
    /// The future of an async emit with values; returned by [`Emitting::emit_async`] and similar methods. `F` is the future
    /// of the same emit without values, which has the details: its output and its cancellation.
    ///
    /// ```
    /// use events_core::{Event, Registry, emitting::{EmitAsync, WithValues}};
    ///
    /// #[derive(Event, Clone)]
    /// struct OrderPlaced(u32);
    ///
    /// struct Tenant(u32);
    ///
    /// fn place(registry: &Registry, tenant: u32) -> WithValues<EmitAsync<OrderPlaced>> {
    ///     registry.emitting().with(Tenant(tenant)).emit_async(OrderPlaced(7))
    /// }
    ///
    /// let registry = Registry::new();
    /// assert_eq!(smol::block_on(place(&registry, 1)).0, 7);
    /// ```
    ///
    /// [`Emitting::emit_async`]: super::emitting::Emitting::emit_async
    #[must_use = "futures do nothing unless awaited"]
    pub struct WithValues<F> {
        #[pin]
        future: F,
        values: Arc<ValuesByType>,
        topic: &'static str,
    }
}

impl<F> WithValues<F> {
    /// The future of the emit of an event type with this topic.
    pub(super) fn new(future: F, values: Arc<ValuesByType>, topic: &'static str) -> Self {
        Self {
            future,
            values,
            topic,
        }
    }
}

impl<F: Future> Future for WithValues<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _given = give(this.values, this.topic);
        this.future.poll(context)
    }
}

impl<F> fmt::Debug for WithValues<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithValues").finish_non_exhaustive()
    }
}
