//! Panics of the code of a program in a delivery, outside of its subscriber.

use std::{
    any::Any,
    future::{Future, poll_fn},
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
};

/// The future has panicked.
pub(super) struct Panicked;

/// Awaits the future; if it panics, that is its output. The text of the panic is not kept: it may contain values of a payload, and
/// the panic hook has received it.
pub(super) async fn catching<F: Future>(future: F) -> Result<F::Output, Panicked> {
    let mut future = pin!(future);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        match polled {
            Ok(poll) => poll.map(Ok),
            Err(payload) => {
                discard(payload);
                Poll::Ready(Err(Panicked))
            }
        }
    })
    .await
}

/// Drops what was panicked with, which may panic itself.
fn discard(payload: Box<dyn Any + Send>) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        mem::forget(payload);
    }
}
