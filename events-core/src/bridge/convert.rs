//! The methods of the builder that set the conversion of an item.

use super::{
    builder::Bridge,
    conversion::{
        choice::Choice,
        choose::{IntoEvent, To, ToTopic, Undecided, With},
        emittable::Emittable,
        topic::IntoArgs,
    },
    source::traits::Source,
};
use crate::event::Event;

impl<S: Source, W, K> Bridge<S, W, K, Undecided> {
    /// Converts each item into this event by [`Into`]; an item may also be the event itself.
    pub fn to<E: Event>(self) -> Bridge<S, W, K, To<E>>
    where
        S::Item: IntoEvent<E>,
    {
        self.with_parts(|sender, filter, Undecided| (sender, filter, To::new()))
    }

    /// Converts each item with this closure; for `None` no event is emitted.
    ///
    /// The closure must not emit the event itself: the bridge does, and subscribers would receive it
    /// twice.
    ///
    /// If items become events of several types, use [`choose`](Self::choose).
    pub fn with<E, F>(self, event: F) -> Bridge<S, W, K, With<F>>
    where
        E: Emittable,
        F: Fn(S::Item) -> Option<E>,
    {
        self.with_parts(|sender, filter, Undecided| (sender, filter, With::new(event)))
    }

    /// Emits a named event for each item: the pattern subscribers that match the topic receive
    /// the arguments that this closure returns, as with [`emit_topic_async`](crate::emit_topic_async); for a callback as
    /// with [`emit_topic`](crate::emit_topic). The closure returns [`args! { .. }`](crate::args!) or an `Option` of it,
    /// where `None` leaves the item out.
    ///
    /// The sender of the item is the origin of the event. For a topic that depends on the item, use
    /// [`choose`](Self::choose) with [`Choice::topic`](crate::bridges::Choice::topic).
    ///
    /// ```
    /// use events_core::{AnyEvent, Origin, Registry, args, bridge};
    ///
    /// struct Order {
    ///     number: u32,
    ///     desk: &'static str,
    /// }
    ///
    /// let registry = Registry::new();
    /// let check = |event: &dyn AnyEvent| {
    ///     assert_eq!(event.arg::<u32>("number"), Some(&7));
    ///     assert_eq!(event.origin(), Some(&Origin::from("east")));
    /// };
    /// registry.on_topic("desks::.*", check)?.detach();
    ///
    /// let orders = tokio_stream::iter([Order { number: 7, desk: "east" }]);
    /// let ended = bridge(orders)
    ///     .senders(|order| order.desk)
    ///     .to_topic("desks::ordered", |order| args! { number: order.number })
    ///     .on(&registry)
    ///     .spawn()
    ///     .wait();
    /// assert_eq!(ended.emitted(), 1);
    /// # Ok::<(), events_core::subscribing::PatternError>(())
    /// ```
    pub fn to_topic<A, F>(self, topic: impl AsRef<str>, args: F) -> Bridge<S, W, K, ToTopic<F>>
    where
        A: IntoArgs,
        F: Fn(S::Item) -> A,
    {
        self.with_parts(|sender, filter, Undecided| {
            (sender, filter, ToTopic::new(topic.as_ref(), args))
        })
    }

    /// Converts each item into one of several events with this closure: write `Some(event.into())` for an
    /// event of any type that is `Send + Sync + 'static`, `Some(Choice::topic(..))` for a named event, and
    /// `None` to leave the item out.
    ///
    /// Log records of such a bridge have the topic "one of several". An event takes two allocations more
    /// than with [`with`](Self::with).
    ///
    /// ```
    /// use events_core::{Event, Registry, bridge};
    ///
    /// #[derive(Event)]
    /// struct Measured(i32);
    ///
    /// #[derive(Event)]
    /// struct Failed(&'static str);
    ///
    /// let registry = Registry::new();
    /// let readings = tokio_stream::iter([Ok(21), Err("no signal"), Err("")]);
    /// let ended = bridge(readings)
    ///     .choose(|reading| match reading {
    ///         Ok(degrees) => Some(Measured(degrees).into()),
    ///         Err("") => None,
    ///         Err(error) => Some(Failed(error).into()),
    ///     })
    ///     .on(&registry)
    ///     .spawn()
    ///     .wait();
    /// assert_eq!((ended.emitted(), ended.left_out()), (2, 1));
    /// ```
    pub fn choose<F>(self, choice: F) -> Bridge<S, W, K, With<F>>
    where
        F: Fn(S::Item) -> Option<Choice>,
    {
        self.with(choice)
    }
}
