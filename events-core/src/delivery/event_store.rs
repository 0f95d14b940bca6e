//! What stores the events that are emitted.

use std::{future::Future, panic::Location};

use crate::{
    background::Awaited,
    event::OwnedEvent,
    handler::{BackgroundCall, Outcome, Step},
    metadata::Key,
    registry::Registry,
    result::BoxError,
    subscribe::{AwaitedKind, NewSubscription},
};

/// What stores the events of a type, for the durable subscribers: see
/// [`Registry::subscribe_store`].
///
/// ```
/// use std::sync::Mutex;
/// use events_core::{Event, delivering::EventStore, failures::BoxError};
///
/// #[derive(Event)]
/// struct OrderPlaced {
///     number: u32,
/// }
///
/// #[derive(Default)]
/// struct Outbox(Mutex<Vec<u32>>);
///
/// impl EventStore<OrderPlaced> for Outbox {
///     fn store(&self, order: &OrderPlaced) -> Result<(), BoxError> {
///         self.0.lock().map_err(|error| error.to_string())?.push(order.number);
///         Ok(())
///     }
///
///     async fn store_async(&self, order: &OrderPlaced) -> Result<(), BoxError> {
///         self.store(order)
///     }
/// }
/// ```
pub trait EventStore<E>: Send + Sync + 'static {
    /// Stores an event of a sync emit, which waits for nothing: at once, or with the unit of work that the emit is in.
    ///
    /// # Errors
    ///
    /// If it is not stored: the emit then has this failure.
    fn store(&self, event: &E) -> Result<(), BoxError>;

    /// Stores an event of an async emit, which awaits it, or of the queue.
    ///
    /// # Errors
    ///
    /// As [`store`](Self::store).
    fn store_async(&self, event: &E) -> impl Future<Output = Result<(), BoxError>> + Send;
}

impl Registry {
    /// Subscribes a store to the events of a type, with options; nothing is subscribed before `register()`.
    ///
    /// It is a subscriber at its place in the order, with a priority as others. A sync emit calls its
    /// [`store`](EventStore::store), an async one and the queue await its [`store_async`](EventStore::store_async).
    ///
    /// ```
    /// use events_core::{Event, Registry, delivering::EventStore, failures::BoxError};
    ///
    /// #[derive(Event)]
    /// struct OrderPlaced;
    ///
    /// /// Stores only what it can wait for.
    /// struct Outbox;
    ///
    /// impl EventStore<OrderPlaced> for Outbox {
    ///     fn store(&self, _: &OrderPlaced) -> Result<(), BoxError> {
    ///         Err("use `emit_async`".into())
    ///     }
    ///
    ///     async fn store_async(&self, _: &OrderPlaced) -> Result<(), BoxError> {
    ///         Ok(()) // writes it to a database
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), events_core::subscribing::SubscribeError> {
    /// let registry = Registry::new();
    /// let _stored = registry.subscribe_store(Outbox).priority(i32::MIN).at_once().register()?;
    /// assert!(registry.try_emit(OrderPlaced).is_err());
    /// assert!(smol::block_on(registry.try_emit_async(OrderPlaced)).is_ok());
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn subscribe_store<E, S>(&self, store: S) -> NewSubscription<E, AwaitedKind>
    where
        E: OwnedEvent + Send + Sync,
        S: EventStore<E>,
    {
        let location = Location::caller().into();
        let name = Key::of::<S>();
        NewSubscription::awaited(self.clone(), location, name, false, StoreCall(store)).of_store()
    }
}

/// An [`EventStore`] as an awaited handler.
struct StoreCall<S>(S);

impl<E: OwnedEvent + Send + Sync, S: EventStore<E>> Awaited<E> for StoreCall<S> {
    async fn call<'s, 'x: 's>(&'s self, event: &'s mut E, _: &'s BackgroundCall) -> Step {
        self.0.store_async(event).await.into_step()
    }

    fn call_in_sync_emit(&self, event: &mut E) -> Step {
        self.0.store(event).into_step()
    }
}
