//! Awaiting with a place in a list of wakers, which is given up when the wait ends or its future is dropped.

use std::{
    future::poll_fn,
    task::{Poll, Waker},
};

use super::waker_list::Waiter;

/// Awaits `poll`, which adds the task to a list of wakers; `remove` removes it.
pub(crate) async fn wait<T>(
    mut poll: impl FnMut(&mut Waiter, &Waker) -> Poll<T>,
    remove: impl Fn(&mut Waiter),
) -> T {
    let mut place = Place {
        waiter: Waiter::new(),
        remove,
    };
    poll_fn(|context| poll(&mut place.waiter, context.waker())).await
}

/// A place in a list of wakers.
struct Place<R: Fn(&mut Waiter)> {
    waiter: Waiter,
    remove: R,
}

impl<R: Fn(&mut Waiter)> Drop for Place<R> {
    fn drop(&mut self) {
        (self.remove)(&mut self.waiter);
    }
}
