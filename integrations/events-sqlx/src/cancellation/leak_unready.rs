//! A future whose destructor is not run.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

/// A future that is leaked if it is dropped before it is ready, for one whose destructor would do harm.
pub(crate) struct LeakUnready<F>(Option<Pin<Box<F>>>);

impl<F: Future> LeakUnready<F> {
    pub(crate) fn new(future: F) -> Self {
        Self(Some(Box::pin(future)))
    }
}

impl<F: Future> Future for LeakUnready<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Some(future) = &mut self.0 else {
            return Poll::Pending;
        };
        let poll = future.as_mut().poll(context);
        if poll.is_ready() {
            self.0 = None;
        }
        poll
    }
}

impl<F> Drop for LeakUnready<F> {
    fn drop(&mut self) {
        std::mem::forget(self.0.take());
    }
}
