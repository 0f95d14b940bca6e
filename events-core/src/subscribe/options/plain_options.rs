//! The options that decide when a handler is called, and in which order.

use crate::{
    event::Family,
    metadata::{IntoKey, OrderTarget},
    primitives::CatchDrop,
    subscribe::{builder::NewSubscription, kinds::ExactKind},
};

/// The remedy for two conditions.
pub(in crate::subscribe) const JOIN: &str = "join both with `&&`";

impl<F: Family, T> NewSubscription<F, T> {
    /// Records that an option is set, which is refused when it was set before.
    #[track_caller]
    pub(in crate::subscribe) fn set(&mut self, option: &'static str, remedy: &str) {
        assert!(
            !self.options_set.contains(&option),
            "{option} is set already; {remedy}"
        );
        self.options_set.push(option);
    }

    /// Sets the priority: handlers of high priority run first. The default is 0.
    ///
    /// # Panics
    ///
    /// When a priority is set already.
    #[track_caller]
    pub fn priority(mut self, priority: i32) -> Self {
        self.set("a priority", "remove one of them");
        self.subscriber.priority = priority;
        self
    }

    /// Calls the handler only for events that are emitted from this origin: a function,
    /// `Origin::of::<Type>()`, or a text.
    ///
    /// # Panics
    ///
    /// When an origin is set already.
    #[track_caller]
    pub fn origin<M>(mut self, origin: impl IntoKey<M>) -> Self {
        self.set("an origin", "subscribe the handler once for each origin");
        self.subscriber.origin = Some(origin.into_key().into());
        self
    }

    /// Calls the handler for the first event that passes its other filters, and unsubscribes it
    /// then. An event that does not reach the handler, since the queue is full or is shut down, is followed
    /// by the next one.
    pub fn once(mut self) -> Self {
        self.subscriber.once = true;
        self
    }

    /// Opts the handler out of the rule that a failure vetoes a write, which holds for the events before a write of a
    /// record: see [`record`](crate::record#failures). It has no effect on other events.
    ///
    /// ```
    /// use events_core::{Event, Registry, record::Creating};
    ///
    /// struct User;
    ///
    /// let registry = Registry::new();
    /// let count = |_: &Creating<User>| Err::<(), _>("the metrics server cannot be reached");
    /// let count = registry.subscribe(count).optional().register()?;
    /// assert!(!registry.emit(Creating::new(User)).is_vetoed());
    /// # Ok::<(), events_core::subscribing::SubscribeError>(())
    /// ```
    pub fn optional(mut self) -> Self {
        self.subscriber.optional = true;
        self
    }

    /// Sets an id. Reports and errors show it, `before` and `after` find the subscriber by it, and
    /// a second subscription with the same id is an error.
    ///
    /// # Panics
    ///
    /// When an id is set already.
    #[track_caller]
    pub fn id(mut self, id: impl AsRef<str>) -> Self {
        self.set("an id", "remove one of them");
        let id = id.as_ref().to_owned();
        self.subscriber.name = id.clone().into();
        self.id = Some(id);
        self
    }

    /// Runs the handler before another subscriber of the event, named by its function or by its id. Several calls
    /// name several.
    ///
    /// The other one keeps its place among the others: this handler, and what must run before it, counts as if it
    /// had at least the priority of the other.
    pub fn before<M>(mut self, target: impl IntoKey<M>) -> Self {
        self.before.push(OrderTarget::required(target.into_key()));
        self
    }

    /// As [`before`](Self::before), for a subscriber that may be absent. The order holds as long as the target is
    /// subscribed, also if that is later than this handler.
    pub fn before_if_present<M>(mut self, target: impl IntoKey<M>) -> Self {
        self.before.push(OrderTarget::if_present(target.into_key()));
        self
    }

    /// Runs the handler after another subscriber of the event, named by its function or by its id. Several calls
    /// name several. The other one keeps its place among the others.
    pub fn after<M>(mut self, target: impl IntoKey<M>) -> Self {
        self.after.push(OrderTarget::required(target.into_key()));
        self
    }

    /// As [`after`](Self::after), for a subscriber that may be absent, such as one of a plug-in. The order holds as
    /// long as the target is subscribed, also if that is later than this handler. A misspelled target is not found.
    ///
    /// ```
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event)]
    /// struct PriceAsked(u32);
    ///
    /// let registry = Registry::new();
    /// let round = |price: &mut PriceAsked| price.0 = price.0 / 10 * 10;
    /// let _round = registry.subscribe(round).after_if_present("discounts").register()?;
    /// assert_eq!(registry.emit(PriceAsked(119)).0, 110);
    ///
    /// let discount = |price: &mut PriceAsked| price.0 /= 2;
    /// let discounts = registry.subscribe(discount).id("discounts").register()?;
    /// assert_eq!(registry.emit(PriceAsked(119)).0, 50); // 119, 59, 50
    ///
    /// drop(discounts);
    /// assert_eq!(registry.emit(PriceAsked(119)).0, 110);
    /// # Ok::<(), events_core::subscribing::SubscribeError>(())
    /// ```
    ///
    /// The target cannot be subscribed while an order that names it and that of others contradict each other.
    pub fn after_if_present<M>(mut self, target: impl IntoKey<M>) -> Self {
        self.after.push(OrderTarget::if_present(target.into_key()));
        self
    }
}

impl<F: Family, T: ExactKind> NewSubscription<F, T> {
    /// Calls the handler only for events for which the condition is true. The condition is
    /// evaluated when the order reaches the handler. A panic in it counts as a failure of the
    /// subscriber.
    ///
    /// # Panics
    ///
    /// When a condition is set already.
    #[track_caller]
    pub fn when(mut self, when: impl Fn(&F::Of<'_>) -> bool + Send + Sync + 'static) -> Self {
        self.set("a condition", JOIN);
        self.when = Some(CatchDrop::new(Box::new(when)));
        self
    }
}
