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

/// The result of a conversion: an event, the arguments of a topic, or a choice among several events.
///
/// What is emitted is dropped before the emit returns; a panic of its destructor is caught.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event, and a bridge cannot emit it",
    label = "not an event",
    note = "derive `Event` for it, or convert the items with `.with(|item| ..)`, `.to_topic(\"..\", |item| ..)` or \
            `.choose(|item| ..)`"
)]
pub trait Emittable {
    /// The future of an async emit.
    type Emit: Future<Output = ()>;

    /// Emits it on this thread.
    fn emit(self, registry: &Registry, origin: Option<Origin>);

    /// Emits it when the future is polled, or before this returns if no subscriber can be async.
    fn emit_async(self, registry: &Registry, origin: Option<Origin>) -> Self::Emit;
}

pin_project! {
    /// Emits an event, and drops it.
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

    fn emit(self, registry: &Registry, origin: Option<Origin>) {
        drop_catching(match origin {
            Some(origin) => registry.emit_from(self, origin),
            None => registry.emit(self),
        });
    }

    fn emit_async(self, registry: &Registry, origin: Option<Origin>) -> EmitAndDrop<E> {
        let emit = match origin {
            Some(origin) => registry.emit_async_from(self, origin),
            None => registry.emit_async(self),
        };
        EmitAndDrop { emit }
    }
}
