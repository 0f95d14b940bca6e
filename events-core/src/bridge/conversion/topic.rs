//! The arguments of a topic, as the result of a conversion.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use pin_project_lite::pin_project;

use super::emittable::Emittable;
use crate::{
    emit::EmitTopicAsync, event::Args, metadata::Origin, primitives::drop_catching,
    registry::Registry,
};

/// A topic with its arguments.
pub struct TopicArgs {
    pub(super) topic: Arc<str>,
    pub(super) args: Args,
}

pin_project! {
    /// Emits a topic, and drops its arguments.
    pub struct EmitTopicAndDrop {
        #[pin]
        emit: EmitTopicAsync,
    }
}

impl Future for EmitTopicAndDrop {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        drop_catching(ready!(self.project().emit.poll(context)));
        Poll::Ready(())
    }
}

#[diagnostic::do_not_recommend]
impl Emittable for TopicArgs {
    type Emit = EmitTopicAndDrop;

    fn __emit(self, registry: &Registry, origin: Option<Origin>) {
        drop_catching(match origin {
            Some(origin) => registry.emit_topic_from(&*self.topic, self.args, origin),
            None => registry.emit_topic(&*self.topic, self.args),
        });
    }

    fn __emit_async(self, registry: &Registry, origin: Option<Origin>) -> EmitTopicAndDrop {
        let Self { topic, args } = self;
        let emit = match origin {
            Some(origin) => registry.emit_topic_async_from(&*topic, args, origin),
            None => registry.emit_topic_async(&*topic, args),
        };
        EmitTopicAndDrop { emit }
    }

    /// Not used: `ToTopic` knows the topic.
    fn __log_topic() -> &'static str {
        "a topic"
    }
}

/// The result of the closure of [`Bridge::to_topic`](crate::bridges::Bridge::to_topic):
/// [`Args`], or an `Option` of them.
///
/// ```
/// use events_core::{
///     Registry, args, bridge, bridges::{Bridge, Choose, IntoArgs, FromStream, Keep, Whose},
/// };
/// use smol::channel::{Receiver, unbounded};
///
/// /// Emits the numbers of a channel under a topic of this part of the program.
/// fn numbers<A: IntoArgs>(
///     numbers: Receiver<u32>,
///     args: impl Fn(u32) -> A,
/// ) -> Bridge<FromStream<Receiver<u32>>, impl Whose<u32>, impl Keep<u32>, impl Choose<u32>> {
///     bridge(numbers).to_topic("parts::number", args)
/// }
///
/// let registry = Registry::new();
/// let (sender, receiver) = unbounded();
/// [0, 7].map(|number| sender.try_send(number).unwrap());
/// drop(sender);
///
/// let not_zero = |number: u32| (number != 0).then(|| args! { number: number });
/// let run = numbers(receiver, not_zero).on(&registry).run();
/// let ended = smol::block_on(run);
/// assert_eq!((ended.emitted(), ended.left_out()), (1, 1));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the arguments of a topic",
    label = "the closure does not return `args! {{ .. }}`",
    note = "return `args! {{ name: value }}`, or an `Option` of it, where `None` leaves the item out",
    note = "an item becomes an event with a type by `.with(|item| ..)`, or one of several by `.choose(|item| ..)`"
)]
pub trait IntoArgs {
    /// The arguments, or `None` if the item is left out.
    #[doc(hidden)]
    fn into_args(self) -> Option<Args>;
}

impl IntoArgs for Args {
    fn into_args(self) -> Option<Args> {
        Some(self)
    }
}

impl IntoArgs for Option<Args> {
    fn into_args(self) -> Option<Args> {
        self
    }
}
