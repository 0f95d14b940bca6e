//! A durable event type with its type erased.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use events_core::{
    Registry, Subscription,
    delivering::{Delivering, DurableSubscriber, EventStore},
    failures::BoxError,
    outcomes::SubscriberOutcome,
    subscribing::SubscribeError,
    units::current_unit,
};

use super::{
    codec::Codec,
    durable_event::DurableEvent,
    payload::{Encoded, Unreadable, decode, encode, redacted},
};

/// The future of a delivery.
pub(crate) type DeliverFuture = Pin<Box<dyn Future<Output = SubscriberOutcome> + Send>>;

/// An event that was read, to be delivered once.
pub(crate) struct Deliver(Box<dyn FnOnce(Delivering) -> DeliverFuture + Send>);

impl Deliver {
    pub(crate) fn to(self, delivering: Delivering) -> DeliverFuture {
        (self.0)(delivering)
    }
}

impl fmt::Debug for Deliver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deliver").finish_non_exhaustive()
    }
}

/// What stores the events that are emitted.
pub(crate) trait StoreEncoded: Send + Sync {
    /// Stores that of a sync emit: in the unit of work that the emit is in.
    fn store(&self, event: Encoded) -> Result<(), BoxError>;

    /// Stores that of an async emit: outside of any unit, in a transaction of its own.
    fn store_async(&self, event: Encoded) -> StoreFuture<'_>;
}

/// The future of [`StoreEncoded::store_async`].
pub(crate) type StoreFuture<'s> = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send + 's>>;

/// What stores the events of a type.
struct TypedStore(Arc<dyn StoreEncoded>);

impl<E: DurableEvent> EventStore<E> for TypedStore {
    fn store(&self, event: &E) -> Result<(), BoxError> {
        let stored = encode(event).and_then(|event| self.0.store(event));
        stored.inspect_err(refuse_write::<E>)
    }

    async fn store_async(&self, event: &E) -> Result<(), BoxError> {
        let stored = match encode(event) {
            Ok(event) => self.0.store_async(event).await,
            Err(error) => Err(error),
        };
        stored.inspect_err(refuse_write::<E>)
    }
}

/// A durable event type with its type erased.
#[doc(hidden)]
pub struct DurableType {
    stored_topic: fn() -> &'static str,
    emitted_topic: fn() -> &'static str,
    name: fn() -> &'static str,
    codec: &'static str,
    has_key: bool,
    undecided_secret: fn() -> Option<&'static str>,
    is_received_by: fn(&DurableSubscriber) -> bool,
    subscribe: fn(&Registry, Arc<dyn StoreEncoded>) -> Result<Subscription, SubscribeError>,
    read: fn(i32, &str, &str) -> Result<Deliver, Unreadable>,
    redact: fn(&str) -> String,
}

impl DurableType {
    /// That of this event.
    #[must_use]
    pub const fn of<E: DurableEvent>() -> Self {
        Self {
            stored_topic: E::stored_topic,
            emitted_topic: E::topic,
            name: std::any::type_name::<E>,
            codec: E::Codec::NAME,
            has_key: E::HAS_KEY,
            undecided_secret: undecided_secret::<E>,
            is_received_by: DurableSubscriber::receives_event::<E>,
            subscribe: subscribe::<E>,
            read: read::<E>,
            redact: redacted::<E>,
        }
    }

    pub(crate) fn topic(&self) -> &'static str {
        (self.stored_topic)()
    }

    /// The topic with which it is emitted.
    pub(crate) fn emitted_topic(&self) -> &'static str {
        (self.emitted_topic)()
    }

    /// A secret field of which nothing says whether it is stored.
    pub(crate) fn undecided_secret(&self) -> Option<&'static str> {
        (self.undecided_secret)()
    }

    /// Whether this subscriber receives it.
    pub(crate) fn is_received_by(&self, subscriber: &DurableSubscriber) -> bool {
        (self.is_received_by)(subscriber)
    }

    pub(crate) fn name(&self) -> &'static str {
        (self.name)()
    }

    pub(crate) fn codec(&self) -> &'static str {
        self.codec
    }

    pub(crate) fn has_key(&self) -> bool {
        self.has_key
    }

    /// Has what is emitted stored, as the last subscriber that runs at once: it stores what the others leave.
    pub(crate) fn subscribe(
        &self,
        registry: &Registry,
        store: Arc<dyn StoreEncoded>,
    ) -> Result<Subscription, SubscribeError> {
        (self.subscribe)(registry, store)
    }

    /// Reads a stored event.
    pub(crate) fn read(
        &self,
        version: i32,
        codec: &str,
        data: &str,
    ) -> Result<Deliver, Unreadable> {
        (self.read)(version, codec, data)
    }

    /// The payload without its secrets.
    pub(crate) fn redact(&self, data: &str) -> String {
        (self.redact)(data)
    }
}

/// Refuses the write of an event that could not be stored, if it has one.
fn refuse_write<E: DurableEvent>(error: &BoxError) {
    if E::REFUSES_COMMIT {
        refuse_commit(error.to_string());
    }
}

/// Has the unit that the emit is in not be committed.
pub(crate) fn refuse_commit(error: String) {
    if let Some(unit) = current_unit() {
        // In one that has ended, nothing is committed any more.
        let _ = unit.before_commit(|_| Err(error.into()));
    }
}

fn undecided_secret<E: DurableEvent>() -> Option<&'static str> {
    let mut fields = E::info().fields();
    let found = fields.find(|field| E::IS_UNDECIDED && field.is_secret())?;
    Some(found.name())
}

fn subscribe<E: DurableEvent>(
    registry: &Registry,
    store: Arc<dyn StoreEncoded>,
) -> Result<Subscription, SubscribeError> {
    let id = format!("events_durable: store of {}", E::stored_topic());
    registry
        .subscribe_store::<E, _>(TypedStore(store))
        .priority(i32::MIN)
        .at_once()
        .id(id)
        .register()
}

fn read<E: DurableEvent>(version: i32, codec: &str, data: &str) -> Result<Deliver, Unreadable> {
    let event: E = decode(version, codec, data)?;
    Ok(Deliver(Box::new(move |delivering| {
        Box::pin(delivering.deliver(event))
    })))
}

impl fmt::Debug for DurableType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DurableType")
            .field("topic", &self.topic())
            .field("codec", &self.codec)
            .finish_non_exhaustive()
    }
}
