//! The durable subscribers of a registry.

use std::{any::TypeId, borrow::Cow, fmt, sync::Arc};

use super::deliver::Delivering;
use crate::{
    event::Event,
    metadata::{Pattern, SubscriberInfo},
    plan::SubscriberId,
    registry::{Receiver, Registry},
};

impl Registry {
    /// The durable subscribers that scans have registered: those with the option `durable`, in the order of their ids. An emit
    /// calls none of them; what stores events calls each by itself.
    ///
    /// ```
    /// use events_core::{Event, Registry, subscriber, subscribers};
    ///
    /// #[derive(Event)]
    /// #[event(topic = "shop.order_placed")]
    /// struct OrderPlaced;
    ///
    /// #[subscriber(durable = "mail.confirm")]
    /// async fn confirm(_: &OrderPlaced) {}
    ///
    /// let registry = Registry::with(subscribers![confirm]);
    /// assert!(registry.try_emit(OrderPlaced).is_ok_and(|emitted| emitted.is_unheard()));
    /// let durable = registry.durable_subscribers();
    /// assert_eq!((durable.len(), durable[0].id()), (1, "mail.confirm"));
    /// assert!(durable[0].receives("shop.order_placed"));
    /// ```
    #[must_use]
    pub fn durable_subscribers(&self) -> Vec<DurableSubscriber> {
        let all = self.core().all_receivers().into_iter();
        let durable = all.filter_map(|receiver| DurableSubscriber::of(self, receiver));
        let mut durable: Vec<_> = durable.collect();
        durable.sort_by_key(|one| one.id);
        durable
    }
}

/// A durable subscriber of a registry; returned by [`Registry::durable_subscribers`].
///
/// ```
/// use events_core::delivering::DurableSubscriber;
///
/// fn line(subscriber: &DurableSubscriber) -> String {
///     let topics: Vec<_> = subscriber.topics().collect();
///     format!("{}: {}", subscriber.id(), topics.join(", "))
/// }
/// ```
#[derive(Clone)]
pub struct DurableSubscriber {
    registry: Registry,
    id: &'static str,
    number: SubscriberId,
    info: Arc<SubscriberInfo>,
    receives: Receives,
}

/// The events that a subscriber receives.
#[derive(Clone)]
enum Receives {
    /// Those of these event types.
    Types {
        families: Vec<TypeId>,
        topics: Vec<Cow<'static, str>>,
    },
    /// Those whose topics match the pattern.
    Pattern(Pattern),
}

impl DurableSubscriber {
    fn of(registry: &Registry, receiver: Receiver) -> Option<Self> {
        let id = receiver.subscriber.durable?;
        let receives = match receiver.pattern {
            Some(pattern) => Receives::Pattern(pattern),
            None => Receives::Types {
                families: receiver.families,
                topics: receiver.topics,
            },
        };
        Some(Self {
            registry: registry.clone(),
            id,
            number: receiver.id,
            info: receiver.subscriber,
            receives,
        })
    }

    /// Its id, which names it in a database for good.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Its description. The option `retry` is there; the store follows it, and the registry does not.
    #[must_use]
    pub fn info(&self) -> &SubscriberInfo {
        &self.info
    }

    /// The topics of the event types that it receives; empty if it receives those that match a pattern.
    #[must_use]
    pub fn topics(&self) -> impl ExactSizeIterator<Item = &str> {
        let topics = match &self.receives {
            Receives::Types { topics, .. } => topics.as_slice(),
            Receives::Pattern(_) => &[],
        };
        topics.iter().map(|topic| &**topic)
    }

    /// Whether it receives events with this topic.
    #[must_use]
    pub fn receives(&self, topic: &str) -> bool {
        match &self.receives {
            Receives::Types { topics, .. } => topics.iter().any(|own| own == topic),
            Receives::Pattern(pattern) => pattern.matches(topic),
        }
    }

    /// Whether it receives events of this type. Those of two types may have one topic, as the instances of a generic event have.
    #[must_use]
    pub fn receives_event<E: Event>(&self) -> bool {
        match &self.receives {
            Receives::Types { families, .. } => families.contains(&TypeId::of::<E::Family>()),
            Receives::Pattern(pattern) => pattern.matches(E::topic()),
        }
    }

    /// Whether it receives the events whose topics match a pattern, and not those of certain types.
    #[must_use]
    pub fn has_pattern(&self) -> bool {
        matches!(self.receives, Receives::Pattern(_))
    }

    /// A delivery to it.
    pub fn delivering(&self) -> Delivering {
        Delivering::new(&self.registry, self.number)
    }
}

impl fmt::Debug for DurableSubscriber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DurableSubscriber")
            .field("id", &self.id)
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}
