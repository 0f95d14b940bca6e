//! The methods of the registry that explain an event.

use super::{collect::Subject, explanation::Explanation};
use crate::{
    event::{Event, Family},
    metadata::{IntoKey, Origin},
    plan::EventType,
    registry::{Core, Registry},
};

impl Registry {
    /// Explains an event of this type that is emitted without an origin: which subscribers would be called now, in which
    /// order, and why each other one would not: another origin, `once` and used up, muted, a pattern that does not match, a
    /// declared one that no scan has registered, or a listener that was not added.
    ///
    /// Print it where you would have expected a call. No subscriber is called and no condition evaluated. It is made for
    /// people, takes locks, and is slow; [`has_subscribers`](Self::has_subscribers) is fast. What became of the subscribers
    /// of one emit: [`Emitted::outcomes`](crate::Emitted::outcomes).
    ///
    /// Guide: [why was it not called?](crate::guide::why_not_called).
    ///
    /// ```
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event)]
    /// #[event(topic = "shop.order.placed")]
    /// struct OrderPlaced;
    ///
    /// fn checkout() {}
    ///
    /// let registry = Registry::new();
    /// let thank = registry.subscribe(|_: &OrderPlaced| println!("thank you"));
    /// thank.id("thank").origin(checkout).register()?.detach();
    ///
    /// let text = registry.explain::<OrderPlaced>().to_string();
    /// assert!(text.contains("not called: it is limited to the origin"), "{text}");
    /// # Ok::<(), events_core::subscribing::SubscribeError>(())
    /// ```
    #[must_use]
    pub fn explain<E: Event>(&self) -> Explanation {
        self.core().explain::<E::Family>(None)
    }

    /// [`explain`](Self::explain) for an event that is emitted with this origin.
    ///
    /// ```
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event)]
    /// struct OrderPlaced;
    ///
    /// fn checkout() {}
    ///
    /// let registry = Registry::new();
    /// let thank = registry.subscribe(|_: &OrderPlaced| println!("thank you"));
    /// thank.origin(checkout).register()?.detach();
    ///
    /// assert_eq!(registry.explain_from::<OrderPlaced, _>(checkout).called().count(), 1);
    /// assert_eq!(registry.explain_from::<OrderPlaced, _>("import").called().count(), 0);
    /// # Ok::<(), events_core::subscribing::SubscribeError>(())
    /// ```
    #[must_use]
    pub fn explain_from<E: Event, M>(&self, origin: impl IntoKey<M>) -> Explanation {
        let origin = origin.into_key().into();
        self.core().explain::<E::Family>(Some(&origin))
    }

    /// [`explain`](Self::explain) for an event that is emitted by its topic, without a type: only subscribers to patterns
    /// receive it.
    ///
    /// ```
    /// use events_core::{AnyEvent, Registry};
    ///
    /// let registry = Registry::new();
    /// registry.on_topic("mail::.*", |event: &dyn AnyEvent| println!("{}", event.topic()))?.detach();
    ///
    /// let explanation = registry.explain_topic("mails::sent");
    /// assert!(explanation.to_string().contains("its pattern `mail::.*` does not match the topic"));
    /// # Ok::<(), events_core::subscribing::PatternError>(())
    /// ```
    #[must_use]
    pub fn explain_topic(&self, topic: &str) -> Explanation {
        let subject = Subject {
            topic,
            origin: None,
            event_type: None,
            has_copy: true,
        };
        Explanation::new(self.core(), topic.to_owned().into(), &subject)
    }
}

impl Core {
    fn explain<F: Family>(&self, origin: Option<&Origin>) -> Explanation {
        let default_origin = <F::Of<'static> as Event>::__default_origin();
        let event_type = EventType::of::<F>();
        self.explain_type(
            event_type,
            origin.or(default_origin.as_ref()),
            F::statics().clone_fn.is_some(),
        )
    }

    fn explain_type(
        &self,
        event_type: EventType,
        origin: Option<&Origin>,
        has_copy: bool,
    ) -> Explanation {
        let topic = event_type.info.topic();
        let subject = Subject {
            topic,
            origin,
            event_type: Some(event_type),
            has_copy,
        };
        Explanation::new(self, topic.into(), &subject)
    }
}
