//! Ending a subscription and waiting for its calls. It is in this folder since it blocks the thread.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use super::{
    block_on::block_on,
    tokio_thread::{is_driving_current_thread_runtime, refuse},
};
use crate::{
    context::may_own_handlers,
    subscribe::{Freed, Subscription},
};

impl Subscription {
    /// Unsubscribes, and blocks until no call of the handler is in progress, none can start, and its closure is
    /// dropped.
    ///
    /// Dropping the subscription does not wait. On the same thread the handler is not started after that; another
    /// thread that was about to call it when the drop began may still do so. After `stop` none does.
    ///
    /// An async call is in progress until the future of its emit is dropped, which `.await` does when that is
    /// ready. An event in the queue that has passed the conditions of an async or deferred handler counts as well, until
    /// it is run or returned by a shutdown; the handler is not started with it.
    ///
    /// This does not wait
    /// - inside a handler, of whichever event, inside the hook for events that no subscriber received, in a `tracing`
    ///   layer that receives a record or a span of this crate, and in a destructor that is called while a handler, its
    ///   error, that hook, or the future of an async emit, is dropped: what calls it may own the handler that it would
    ///   wait for;
    /// - if the registry does not exist any more: then no call is in progress. The thread that drops the registry
    ///   may still be dropping the closure.
    ///
    /// In async code use [`stop_async`](Self::stop_async): this blocks the thread, so a call in progress that
    /// awaits a task of that thread could not end.
    ///
    /// # Panics
    ///
    /// When a call of an async or deferred handler is in progress, and this would block the thread that runs the
    /// tasks of a current-thread runtime of tokio; see [`Queue::flush`](crate::Queue::flush). The subscription is
    /// ended, but nothing waits for its calls.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event)]
    /// struct Tick;
    ///
    /// let registry = Registry::new();
    /// let connection = Arc::new("a connection");
    /// let used = Arc::clone(&connection);
    /// let subscription = registry.on(move |_: &Tick| println!("{used}"));
    ///
    /// registry.emit(Tick);
    /// subscription.stop();
    /// assert_eq!(Arc::strong_count(&connection), 1);
    /// ```
    #[track_caller]
    pub fn stop(self) {
        let freed = self.unsubscribe();
        let has_background = freed.has_background();
        let is_refused = || has_background && is_driving_current_thread_runtime();
        if block_on(wait(freed), is_refused).is_none() {
            refuse("stop()", "stop_async()");
        }
    }

    /// [`stop`](Self::stop) without blocking. Dropping the future unsubscribes all the same.
    pub async fn stop_async(self) {
        wait(self.unsubscribe()).await;
    }
}

async fn wait(freed: Freed) {
    let mut freed = pin!(freed.wait());
    poll_fn(|context| {
        if may_own_handlers() {
            return Poll::Ready(());
        }
        freed.as_mut().poll(context)
    })
    .await;
}
