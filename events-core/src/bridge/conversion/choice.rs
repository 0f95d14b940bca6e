//! One of several events, as the result of a conversion.

use std::{fmt, future::Future, pin::Pin};

use super::{emittable::Emittable, topic::TopicArgs};
use crate::{
    event::{Args, Event},
    metadata::Origin,
    registry::Registry,
};

/// What an item becomes: an event of any type, or the arguments of a topic. The closure of
/// [`Bridge::choose`](crate::bridges::Bridge::choose) returns it.
///
/// Every event that is `Send + Sync + 'static` converts into it by [`Into`]. An event takes two allocations.
///
/// ```
/// use events_core::{AnyEvent, Event, Registry, args, bridge, bridges::Choice};
///
/// enum Message {
///     Placed(u32),
///     Cancelled(u32),
///     Unknown(&'static str),
///     Ping,
/// }
///
/// #[derive(Event)]
/// #[event(topic = "choice::placed")]
/// struct OrderPlaced(u32);
///
/// #[derive(Event)]
/// #[event(topic = "choice::cancelled")]
/// struct OrderCancelled(u32);
///
/// /// The event of a message. It may be called, and tested, without a bridge.
/// fn choose(message: Message) -> Option<Choice> {
///     match message {
///         Message::Placed(number) => Some(OrderPlaced(number).into()),
///         Message::Cancelled(number) => Some(OrderCancelled(number).into()),
///         Message::Unknown(text) => Some(Choice::topic("choice::unknown", args! { text: text })),
///         Message::Ping => None,
///     }
/// }
///
/// let registry = Registry::new();
/// let topics = std::sync::Mutex::new(Vec::new());
/// let topics = std::sync::Arc::new(topics);
/// let notes = topics.clone();
/// let note = move |event: &dyn AnyEvent| notes.lock().unwrap().push(event.topic().to_owned());
/// registry.on_topic("choice::.*", note)?.detach();
///
/// use Message::{Cancelled, Ping, Placed, Unknown};
/// let messages = tokio_stream::iter([Placed(1), Ping, Unknown("?"), Cancelled(1)]);
/// let ended = bridge(messages).choose(choose).on(&registry).spawn().wait();
/// assert_eq!((ended.emitted(), ended.left_out()), (3, 1));
/// assert_eq!(*topics.lock().unwrap(), ["choice::placed", "choice::unknown", "choice::cancelled"]);
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// ```
#[must_use = "a choice that is not returned to the bridge is not emitted"]
pub struct Choice(Chosen);

enum Chosen {
    Event(Box<dyn DynEvent>),
    Topic(TopicArgs),
}

impl Choice {
    /// The arguments of a topic, for an item that becomes a named event; see
    /// [`emit_topic`](crate::emit_topic).
    pub fn topic(topic: impl AsRef<str>, args: Args) -> Self {
        Self(Chosen::Topic(TopicArgs {
            topic: topic.as_ref().into(),
            args,
        }))
    }
}

impl<E: Event + Send + Sync + 'static> From<E> for Choice {
    fn from(event: E) -> Self {
        Self(Chosen::Event(Box::new(event)))
    }
}

#[diagnostic::do_not_recommend]
impl Emittable for Choice {
    type Emit = BoxedEmit;

    fn __emit(self, registry: &Registry, origin: Option<Origin>) {
        match self.0 {
            Chosen::Event(event) => event.emit(registry, origin),
            Chosen::Topic(topic) => topic.__emit(registry, origin),
        }
    }

    fn __emit_async(self, registry: &Registry, origin: Option<Origin>) -> BoxedEmit {
        match self.0 {
            Chosen::Event(event) => event.emit_async(registry, origin),
            Chosen::Topic(topic) => Box::pin(topic.__emit_async(registry, origin)),
        }
    }

    fn __log_topic() -> &'static str {
        "one of several"
    }
}

type BoxedEmit = Pin<Box<dyn Future<Output = ()> + Send>>;

/// An event of any type.
trait DynEvent {
    fn emit(self: Box<Self>, registry: &Registry, origin: Option<Origin>);

    fn emit_async(self: Box<Self>, registry: &Registry, origin: Option<Origin>) -> BoxedEmit;
}

impl<E: Event + Send + Sync + 'static> DynEvent for E {
    fn emit(self: Box<Self>, registry: &Registry, origin: Option<Origin>) {
        Emittable::__emit(*self, registry, origin);
    }

    fn emit_async(self: Box<Self>, registry: &Registry, origin: Option<Origin>) -> BoxedEmit {
        Box::pin(Emittable::__emit_async(*self, registry, origin))
    }
}

impl fmt::Debug for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Choice")
    }
}
