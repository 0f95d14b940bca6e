//! Futures that run to their end, although the caller is dropped.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::runtime::Handle;

/// A future that is finished on a task of the runtime if it is dropped before it is ready. It is polled by the caller until
/// then, so that what it runs sees the task, the thread and the scopes of the caller.
///
/// If its poll panics, it is dropped.
#[must_use = "futures do nothing unless awaited"]
pub(crate) struct Finish<T: 'static> {
    future: Option<Pin<Box<dyn Future<Output = T> + Send>>>,
    runtime: Handle,
    was_polled: bool,
}

impl<T: 'static> Finish<T> {
    pub(crate) fn new(runtime: &Handle, future: impl Future<Output = T> + Send + 'static) -> Self {
        Self {
            future: Some(Box::pin(future)),
            runtime: runtime.clone(),
            was_polled: false,
        }
    }
}

impl<T: 'static> Future for Finish<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        self.was_polled = true;
        let Some(mut future) = self.future.take() else {
            return Poll::Pending;
        };
        let poll = future.as_mut().poll(context);
        if poll.is_pending() {
            self.future = Some(future);
        }
        poll
    }
}

impl<T: 'static> Drop for Finish<T> {
    fn drop(&mut self) {
        let future = self.future.take();
        if self.was_polled
            && let Some(future) = future
        {
            self.runtime.spawn(async move { drop(future.await) });
        }
    }
}
