//! The conversion of an item: into an event of one type, into one of several events, or into the
//! arguments of a topic.

use std::{fmt, marker::PhantomData, sync::Arc};

use super::{
    emittable::Emittable,
    topic::{IntoArgs, TopicArgs},
};
use crate::{event::Event, primitives::CatchDrop};

/// Converts an item into an event; implemented by [`To`], [`With`] and
/// [`ToTopic`].
///
/// ```
/// use events_core::{Event, Registry, bridge, bridges::{Bridge, Choose, Source}};
///
/// /// The topic of the events of a bridge, for a listing of what a program receives.
/// fn topic_of<S: Source, W, K, C>(_: &Bridge<S, W, K, C>) -> &'static str
/// where
///     C: Choose<S::Item, Event: Event>, // without `.to_topic` and `.choose`
/// {
///     C::Event::topic()
/// }
///
/// #[derive(Event)]
/// #[event(topic = "sensors::measured")]
/// struct Measured(i32);
///
/// let registry = Registry::new();
/// let readings = bridge(tokio_stream::iter([21])).with(|degrees| Some(Measured(degrees)));
/// assert_eq!(topic_of(&readings), "sensors::measured");
/// assert_eq!(readings.on(&registry).spawn().wait().emitted(), 1);
/// ```
#[diagnostic::on_unimplemented(
    message = "the event of this bridge is not set",
    label = "no event yet",
    note = "write `.to::<Event>()` before this call, or `.with(|item| ..)` with a closure that returns an `Option` of an event",
    note = "without an event type: `.to_topic(\"..\", |item| args! {{ .. }})`; for events of several types: `.choose(|item| ..)`"
)]
pub trait Choose<T> {
    /// The event that items become. With `to_topic` and `choose` it is no event type.
    type Event: Emittable;

    /// The event of this item, or `None` if there is none.
    #[doc(hidden)]
    fn choose(&self, item: T) -> Option<Self::Event>;

    /// The topic of the events, for log records.
    #[doc(hidden)]
    fn topic(&self) -> &str;
}

/// No event is set: the state of a [`Bridge`](crate::bridges::Bridge) without one of
/// `to`, `with`, `to_topic` and `choose`. It cannot be started.
///
#[doc = include_str!("../../../docs/bridges/undecided.md")]
#[derive(Clone, Copy, Debug)]
pub struct Undecided;

/// Items are converted by [`Into`]; see [`Bridge::to`](crate::bridges::Bridge::to).
///
#[doc = include_str!("../../../docs/bridges/to.md")]
pub struct To<E>(PhantomData<fn() -> E>);

/// Items are converted by a closure; see [`Bridge::with`](crate::bridges::Bridge::with) and
/// [`Bridge::choose`](crate::bridges::Bridge::choose).
///
#[doc = include_str!("../../../docs/bridges/with.md")]
pub struct With<F>(CatchDrop<F>);

/// A closure converts items into the arguments of a topic; see
/// [`Bridge::to_topic`](crate::bridges::Bridge::to_topic).
///
#[doc = include_str!("../../../docs/bridges/to_topic.md")]
pub struct ToTopic<F> {
    topic: Arc<str>,
    args: CatchDrop<F>,
}

impl<E> To<E> {
    pub(in crate::bridge) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<F> With<F> {
    pub(in crate::bridge) fn new(event: F) -> Self {
        Self(CatchDrop::new(event))
    }
}

impl<F> ToTopic<F> {
    pub(in crate::bridge) fn new(topic: &str, args: F) -> Self {
        Self {
            topic: topic.into(),
            args: CatchDrop::new(args),
        }
    }
}

/// An item that converts into an event by [`Into`], or is the event itself.
///
/// ```
/// use std::sync::atomic::{AtomicI32, Ordering::Relaxed};
/// use events_core::{Event, Registry, bridge};
///
/// struct Reading {
///     text: String,
/// }
///
/// #[derive(Event)]
/// struct Measured {
///     degrees: i32,
/// }
///
/// /// With this, `Reading` is `IntoEvent<Measured>`.
/// impl From<Reading> for Measured {
///     fn from(reading: Reading) -> Self {
///         Self { degrees: reading.text.parse().unwrap_or(0) }
///     }
/// }
///
/// let registry = Registry::new();
/// static LAST: AtomicI32 = AtomicI32::new(0);
/// registry.on(|event: &Measured| LAST.store(event.degrees, Relaxed)).detach();
/// let readings = tokio_stream::iter([Reading { text: "21".to_owned() }]);
/// bridge(readings).to::<Measured>().on(&registry).spawn().wait();
/// assert_eq!(LAST.load(Relaxed), 21);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}`, an item of this bridge, does not convert into the event `{E}`",
    label = "the items do not convert into this event",
    note = "implement `From<{Self}>` for `{E}`, or choose the event with `.with(|item| ..)`",
    note = "for a stream of `Result`s, such as `BroadcastStream` of tokio-stream, write `.results()` directly after \
            `bridge(..)`"
)]
pub trait IntoEvent<E> {}

#[diagnostic::do_not_recommend]
impl<T: Into<E>, E: Event> IntoEvent<E> for T {}

impl<T: Into<E>, E: Event> Choose<T> for To<E> {
    type Event = E;

    fn choose(&self, item: T) -> Option<E> {
        Some(item.into())
    }

    fn topic(&self) -> &str {
        E::topic()
    }
}

impl<T, E: Emittable, F: Fn(T) -> Option<E>> Choose<T> for With<F> {
    type Event = E;

    fn choose(&self, item: T) -> Option<E> {
        (*self.0)(item)
    }

    fn topic(&self) -> &str {
        E::__log_topic()
    }
}

impl<T, A: IntoArgs, F: Fn(T) -> A> Choose<T> for ToTopic<F> {
    type Event = TopicArgs;

    fn choose(&self, item: T) -> Option<TopicArgs> {
        let args = (*self.args)(item).into_args()?;
        let topic = Arc::clone(&self.topic);
        Some(TopicArgs { topic, args })
    }

    fn topic(&self) -> &str {
        &self.topic
    }
}

/// `Debug` that shows the name of the type only.
macro_rules! debug_name {
    ($($type:ident<$($parameter:ident),*>)*) => {$(
        impl<$($parameter),*> fmt::Debug for $type<$($parameter),*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($type))
            }
        }
    )*};
}

debug_name!(To<E> With<F> ToTopic<F>);
