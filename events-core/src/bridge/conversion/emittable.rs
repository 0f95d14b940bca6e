//! How the result of a conversion is emitted: sync, by the bridge of a callback, or async, by that of a
//! stream.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use pin_project_lite::pin_project;

use crate::{
    emit::emit_async::EmitAsync, event::Event, metadata::Origin, primitives::drop_catching,
    registry::Registry,
};

/// What an item of a bridge becomes: an event, or a [`Choice`](crate::bridges::Choice) among several.
///
/// What is emitted is dropped before the emit returns; a panic of its destructor is caught.
///
/// ```
/// use events_core::{
///     Event, Registry, bridge, bridges::{Bridge, Choice, Emittable, FromStream, Keep, Unsent, With},
/// };
/// use smol::channel::{Receiver, unbounded};
///
/// /// Sets the conversion of a bridge, whether into one event type or into several.
/// fn levels<E: Emittable>(
///     receiver: Receiver<u32>,
///     convert: fn(u32) -> Option<E>,
/// ) -> Bridge<FromStream<Receiver<u32>>, Unsent, impl Keep<u32>, With<fn(u32) -> Option<E>>> {
///     bridge(receiver).filter(|level: &u32| *level > 0).with(convert)
/// }
///
/// #[derive(Event)]
/// struct Low(u32);
///
/// #[derive(Event)]
/// struct High(u32);
///
/// fn choose(level: u32) -> Option<Choice> {
///     Some(if level < 50 { Low(level).into() } else { High(level).into() })
/// }
///
/// let registry = Registry::new();
/// let (sender, receiver) = unbounded();
/// let bridged = [
///     levels(receiver.clone(), |level| Some(Low(level))).on(&registry).spawn(),
///     levels(receiver, choose).on(&registry).spawn(),
/// ];
/// [0, 7, 70].map(|level| sender.try_send(level).unwrap());
/// drop(sender); // ends the streams
/// let emitted = bridged.map(|bridged| bridged.wait().emitted());
/// assert_eq!(emitted.iter().sum::<usize>(), 2);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event, and a bridge does not emit it",
    label = "this closure does not return an `Option` of an event",
    note = "put `#[derive(Event)]` on the type; for the arguments of a topic write `.to_topic(\"..\", |item| args! {{ .. }})`, and for \
            events of several types `.choose(|item| ..)`"
)]
pub trait Emittable {
    /// The future of an async emit.
    #[doc(hidden)]
    type Emit: Future<Output = ()>;

    /// Emits it on this thread.
    #[doc(hidden)]
    fn __emit(self, registry: &Registry, origin: Option<Origin>);

    /// Emits it when the future is polled.
    #[doc(hidden)]
    fn __emit_async(self, registry: &Registry, origin: Option<Origin>) -> Self::Emit;

    /// The topic, for log records.
    #[doc(hidden)]
    fn __log_topic() -> &'static str;
}

pin_project! {
    /// Emits an event, and drops it.
    #[doc(hidden)]
    pub struct EmitAndDrop<E: Event> {
        #[pin]
        emit: EmitAsync<E>,
    }
}

impl<E: Event> Future for EmitAndDrop<E> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        drop_catching(ready!(self.project().emit.poll(context)));
        Poll::Ready(())
    }
}

#[diagnostic::do_not_recommend]
impl<E: Event> Emittable for E {
    type Emit = EmitAndDrop<E>;

    fn __emit(self, registry: &Registry, origin: Option<Origin>) {
        drop_catching(match origin {
            Some(origin) => registry.emit_from(self, origin),
            None => registry.emit(self),
        });
    }

    fn __emit_async(self, registry: &Registry, origin: Option<Origin>) -> EmitAndDrop<E> {
        let emit = match origin {
            Some(origin) => registry.emit_async_from(self, origin),
            None => registry.emit_async(self),
        };
        EmitAndDrop { emit }
    }

    fn __log_topic() -> &'static str {
        E::topic()
    }
}
