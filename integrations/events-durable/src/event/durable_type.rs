//! A durable event type with its type erased.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use events_core::{
    Registry, Subscription,
    delivering::{Delivering, DurableSubscriber},
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

/// What stores an event that is emitted.
pub(crate) type StoreFn = Arc<dyn Fn(Encoded) -> Result<(), BoxError> + Send + Sync>;

/// A durable event type with its type erased.
#[doc(hidden)]
pub struct DurableType {
    stored_topic: fn() -> &'static str,
    emitted_topic: fn() -> &'static str,
    name: fn() -> &'static str,
    codec: &'static str,
    is_received_by: fn(&DurableSubscriber) -> bool,
    subscribe: fn(&Registry, StoreFn) -> Result<Subscription, SubscribeError>,
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

    /// Has what is emitted stored, as the last subscriber that runs at once: it stores what the others leave.
    pub(crate) fn subscribe(
        &self,
        registry: &Registry,
        store: StoreFn,
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

/// Has the unit that the emit is in not be committed.
pub(crate) fn refuse_commit(error: String) {
    if let Some(unit) = current_unit() {
        // In one that has ended, nothing is committed any more.
        let _ = unit.before_commit(|_| Err(error.into()));
    }
}

fn subscribe<E: DurableEvent>(
    registry: &Registry,
    store: StoreFn,
) -> Result<Subscription, SubscribeError> {
    let store = move |event: &E| -> Result<(), BoxError> {
        let stored = encode(event).and_then(&*store);
        if let Err(error) = &stored
            && E::REFUSES_COMMIT
        {
            refuse_commit(error.to_string());
        }
        stored
    };
    let id = format!("events_durable: store of {}", E::stored_topic());
    registry
        .subscribe::<E, fn(&E) -> Result<(), BoxError>, _>(store)
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
