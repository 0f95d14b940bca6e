//! Whether an event would be received, for code that makes an expensive event only then.

use std::any::TypeId;

use crate::{
    event::{Event, Family},
    metadata::{IntoKey, Origin},
    plan::{Slot, default_slot},
    primitives::drop_catching,
    registry::{
        core::{AWAITS_SCAN, Core, HAS_HOOK, HAS_PATTERNS, INTERCEPTED},
        handle::Registry,
    },
};

impl Registry {
    /// Whether an event of this type, emitted without an origin, would be received: by a subscriber, also one to a pattern
    /// of topics, by the hook of [`set_unheard_hook`](Self::set_unheard_hook), or by a mock of a test.
    ///
    /// Conditions (`when`) are not evaluated: the answer is also true if each of them would reject the event, and for a
    /// declared subscriber that is `once` and has run. Subscribers of another origin and [muted](Self::mute) ones do
    /// not count. It takes a few nanoseconds and no lock, unless it is the first question about the type since the first
    /// pattern was subscribed. [`explain`](Self::explain) names the subscribers. Of the current registry:
    /// [`Event::has_subscribers`].
    ///
    /// ```
    /// use events_core::{AnyEvent, Event, Registry};
    ///
    /// #[derive(Event)]
    /// #[event(topic = "report.rendered")]
    /// struct ReportRendered {
    ///     pages: Vec<String>,
    /// }
    ///
    /// fn render(registry: &Registry) {
    ///     if registry.has_subscribers::<ReportRendered>() {
    ///         let pages = vec![String::from("a page that takes long to render")];
    ///         registry.emit(ReportRendered { pages });
    ///     }
    /// }
    ///
    /// let registry = Registry::new();
    /// assert!(!registry.has_subscribers::<ReportRendered>());
    /// registry.on_topic("report.*", |event: &dyn AnyEvent| println!("{}", event.topic()))?.detach();
    /// assert!(registry.has_subscribers::<ReportRendered>());
    /// # render(&registry);
    /// # Ok::<(), events_core::subscribing::PatternError>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn has_subscribers<E: Event>(&self) -> bool {
        if self.is_static() {
            self.core().default_has_subscribers::<E::Family>(None)
        } else {
            self.core().has_subscribers_outlined::<E::Family>()
        }
    }

    /// [`has_subscribers`](Self::has_subscribers) for an event that is emitted with this origin.
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
    /// registry.subscribe(|_: &OrderPlaced| println!("thank you")).origin(checkout).register()?.detach();
    /// assert!(registry.has_subscribers_from::<OrderPlaced, _>(checkout));
    /// assert!(!registry.has_subscribers_from::<OrderPlaced, _>("import"));
    /// assert!(!registry.has_subscribers::<OrderPlaced>());
    /// # Ok::<(), events_core::subscribing::SubscribeError>(())
    /// ```
    #[must_use]
    pub fn has_subscribers_from<E: Event, M>(&self, origin: impl IntoKey<M>) -> bool {
        let origin = origin.into_key().into();
        self.core().has_subscribers::<E::Family>(Some(&origin))
    }

    /// [`has_subscribers`](Self::has_subscribers) for an event that is emitted by its topic, without a type.
    ///
    /// ```
    /// use events_core::{AnyEvent, Registry};
    ///
    /// let registry = Registry::new();
    /// let audit = registry.on_topic("mail::.*", |event: &dyn AnyEvent| println!("{}", event.topic()))?;
    /// assert!(registry.has_topic_subscribers("mail::sent"));
    /// assert!(!registry.has_topic_subscribers("order::placed"));
    /// # drop(audit);
    /// # Ok::<(), events_core::subscribing::PatternError>(())
    /// ```
    #[must_use]
    pub fn has_topic_subscribers(&self, topic: &str) -> bool {
        self.core().has_topic_subscribers(topic)
    }
}

impl Core {
    /// Whether an event of this family, with this origin or else its default one, would be received.
    #[inline]
    pub(crate) fn has_subscribers<F: Family>(&self, origin: Option<&Origin>) -> bool {
        let slot = match default_slot::<F>() {
            Some(slot) if self.is_default => Some(slot),
            _ => self.slots.get(TypeId::of::<F>()),
        };
        self.has_subscribers_in::<F>(slot, origin)
    }

    /// The same of any registry without an origin, for a caller that is inlined.
    #[inline(never)]
    fn has_subscribers_outlined<F: Family>(&self) -> bool {
        self.has_subscribers::<F>(None)
    }

    /// The same on this registry, which is the default one: the address of the slot is a constant, unless the event type
    /// is generic.
    #[inline(always)]
    pub(crate) fn default_has_subscribers<F: Family>(&self, origin: Option<&Origin>) -> bool {
        let slot = match default_slot::<F>() {
            Some(slot) => Some(slot),
            None => self.slots.get(TypeId::of::<F>()),
        };
        self.has_subscribers_in::<F>(slot, origin)
    }

    #[inline(always)]
    fn has_subscribers_in<F: Family>(&self, slot: Option<&Slot>, origin: Option<&Origin>) -> bool {
        let default_origin = <F::Of<'static> as Event>::__default_origin();
        let origin = origin.or(default_origin.as_ref());
        slot.is_some_and(|slot| receives(slot, origin))
            || self.has_any_flag() && self.has_other_receivers::<F>(slot, origin)
    }

    /// The same, if no subscriber is known to receive it.
    #[inline(never)]
    fn has_other_receivers<F: Family>(&self, slot: Option<&Slot>, origin: Option<&Origin>) -> bool {
        if self.has_flag(HAS_HOOK | INTERCEPTED) {
            return true;
        }
        let is_resolved = slot.is_some_and(Slot::has_resolved_patterns);
        if self.has_flag(HAS_PATTERNS) && !is_resolved {
            return receives(self.resolve_patterns_of::<F>(), origin);
        }
        if self.has_flag(AWAITS_SCAN) {
            self.warn_if_asked_unscanned();
        }
        false
    }

    fn has_topic_subscribers(&self, topic: &str) -> bool {
        if self.has_flag(HAS_HOOK | INTERCEPTED) {
            return true;
        }
        if !self.has_patterns() {
            self.warn_if_asked_unscanned();
            return false;
        }
        let topic_plan = self.topic_plan(topic);
        let plan = topic_plan.get().and_then(|cached| cached.plan.as_ref());
        let is_received = plan.is_some_and(|plan| plan.receives(None));
        // The last reader of a plan frees its closures, whose `Drop` may panic.
        drop_catching(topic_plan);
        is_received
    }
}

#[inline]
fn receives(slot: &Slot, origin: Option<&Origin>) -> bool {
    match origin {
        None => slot.has_subscribers(),
        Some(origin) => slot.has_subscribers_of(origin),
    }
}
