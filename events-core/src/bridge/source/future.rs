//! A future as a source: its output is the only item.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use pin_project_lite::pin_project;

use super::traits::{IntoSource, OfFuture, PollSource, Source};
use crate::primitives::catch_drop;

pin_project! {
    /// A future as a source: its output is an item, after which the source has ended. The first type parameter of
    /// the [`Bridge`](crate::bridges::Bridge) that [`bridge`](crate::bridge()) returns for a future.
    ///
    /// The future is dropped when it is ready, and when the bridge ends before that.
    ///
    /// ```
    /// use events_core::{Event, Registry, bridge, bridges::{Bridge, EndReason, FromFuture}};
    ///
    /// #[derive(Event)]
    /// struct Started {
    ///     version: String,
    /// }
    ///
    /// /// A bridge that has no event yet: the caller sets it.
    /// fn handshake() -> Bridge<FromFuture<impl Future<Output = String> + Send>> {
    ///     bridge(async { "1.2".to_owned() }) // in a program: the answer of a server
    /// }
    ///
    /// let registry = Registry::new();
    /// let started = handshake().with(|version| Some(Started { version })).on(&registry);
    /// let ended = started.spawn().wait();
    /// assert!(matches!(ended.why(), EndReason::SourceEnded));
    /// assert_eq!(ended.emitted(), 1);
    /// ```
    pub struct FromFuture<F> {
        // `None` when it was ready.
        #[pin]
        future: Option<F>,
    }
}

impl<F: Future> IntoSource<OfFuture> for F {
    type Source = FromFuture<F>;

    fn into_source(self) -> FromFuture<F> {
        FromFuture { future: Some(self) }
    }
}

impl<F: Future> Source for FromFuture<F> {
    type Item = F::Output;
}

impl<F: Future> PollSource for FromFuture<F> {
    fn poll_item(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<F::Output, String>>> {
        let mut future = self.project().future;
        let Some(running) = future.as_mut().as_pin_mut() else {
            return Poll::Ready(None);
        };
        let output = ready!(running.poll(context));
        catch_drop::<F>(|| future.set(None));
        Poll::Ready(Some(Ok(output)))
    }
}

impl<F> fmt::Debug for FromFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FromFuture")
    }
}
