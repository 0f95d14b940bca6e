//! The delivery of an event to one durable subscriber.

use std::{
    fmt,
    future::Future,
    panic::Location,
    pin::Pin,
    task::{Context, Poll, ready},
};

use crate::{
    emit::{Emitting, TryEmitAsync, WithValues},
    event::Event,
    metadata::IntoKey,
    plan::SubscriberId,
    primitives::drop_catching,
    registry::Registry,
    result::{NotReached, SubscriberOutcome},
    unit::UnitHandle,
};

/// A delivery to one durable subscriber, returned by
/// [`DurableSubscriber::delivering`](super::DurableSubscriber::delivering): the values for its parameters, and its unit of
/// work.
///
/// The subscriber is called once, with its `timeout`, its conditions, and the middleware of the registry around it; a failure
/// reaches the hooks of [`on_failure`](Registry::on_failure). Its `retry` is for what delivers. The registry is the current
/// one while the subscriber runs. Middleware around whole emissions, and mocks, do not see a delivery.
///
/// ```
/// use events_core::{Event, Registry, outcomes::SubscriberOutcome, subscriber, subscribers};
///
/// #[derive(Event)]
/// struct OrderPlaced {
///     number: u32,
/// }
///
/// #[subscriber(durable = "mail.confirm")]
/// async fn confirm(order: &OrderPlaced) -> Result<(), &'static str> {
///     if order.number == 0 { Err("no such order") } else { Ok(()) }
/// }
///
/// let registry = Registry::with(subscribers![confirm]);
/// let confirm = &registry.durable_subscribers()[0];
/// let deliver = |number| smol::block_on(confirm.delivering().deliver(OrderPlaced { number }));
/// assert!(matches!(deliver(7), SubscriberOutcome::Ran));
/// let outcome = deliver(0);
/// let error = outcome.failure().and_then(|failure| failure.error()).map(|error| error.to_string());
/// assert_eq!(error.as_deref(), Some("no such order"));
/// ```
#[derive(Clone)]
#[must_use = "nothing is delivered before `.deliver(event)`"]
pub struct Delivering {
    emitting: Emitting,
    number: SubscriberId,
}

impl Delivering {
    pub(super) fn new(registry: &Registry, number: SubscriberId) -> Self {
        let emitting = registry.emitting();
        Self { emitting, number }
    }

    /// Gives a value for the [parameters](crate::handlers::Param) of the subscriber. It replaces one of the same type.
    pub fn with<T: Send + Sync + 'static>(self, value: T) -> Self {
        let emitting = self.emitting.with(value);
        Self { emitting, ..self }
    }

    /// Delivers in this unit of work: what the subscriber emits belongs to it.
    pub fn in_unit(self, unit: &UnitHandle) -> Self {
        let emitting = self.emitting.in_unit(unit);
        Self { emitting, ..self }
    }

    /// Delivers with an origin.
    pub fn origin<M>(self, origin: impl IntoKey<M>) -> Self {
        let emitting = self.emitting.origin(origin);
        Self { emitting, ..self }
    }

    /// Calls the subscriber with the event, which is dropped when it has ended.
    ///
    /// The output is what became of the subscriber: [`Ran`](SubscriberOutcome::Ran),
    /// [`Failed`](SubscriberOutcome::Failed), also after a panic, or why it was not called. For an event that it does not
    /// receive, that is [`NotReached`](SubscriberOutcome::NotReached).
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, the subscriber is dropped where it is.
    #[track_caller]
    pub fn deliver<E: Event>(&self, event: E) -> Deliver<E> {
        let site = Location::caller();
        let future = self.emitting.deliver_to(self.number, event, site);
        Deliver { future }
    }
}

impl fmt::Debug for Delivering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivering").finish_non_exhaustive()
    }
}

pin_project_lite::pin_project! {
    /// The future of a delivery; see [`Delivering::deliver`]. Its output is the
    /// [`SubscriberOutcome`](crate::outcomes::SubscriberOutcome).
    ///
    /// ```
    /// use events_core::{Event, delivering::{Deliver, DurableSubscriber}};
    ///
    /// #[derive(Event)]
    /// struct OrderPlaced;
    ///
    /// fn deliver(to: &DurableSubscriber) -> Deliver<OrderPlaced> {
    ///     to.delivering().deliver(OrderPlaced)
    /// }
    /// ```
    ///
    /// # Panics
    ///
    /// When it is polled after it was ready.
    #[must_use = "futures do nothing unless awaited"]
    pub struct Deliver<E: Event> {
        #[pin]
        future: WithValues<TryEmitAsync<E>>,
    }
}

impl<E: Event> Future for Deliver<E> {
    type Output = SubscriberOutcome;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<SubscriberOutcome> {
        let result = ready!(self.project().future.poll(context));
        let outcome = match &result {
            Ok(emitted) => emitted.outcomes().next().map(|(_, outcome)| outcome),
            Err(error) => error.outcomes().next().map(|(_, outcome)| outcome),
        };
        // The subscriber has ended, whatever the destructor of the event does.
        drop_catching(result);
        Poll::Ready(outcome.unwrap_or(SubscriberOutcome::NotReached(NotReached::Withheld)))
    }
}

impl<E: Event> fmt::Debug for Deliver<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deliver").finish_non_exhaustive()
    }
}
