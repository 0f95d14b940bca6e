//! A stream as a source, and a source of results.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use pin_project_lite::pin_project;

use super::traits::{IntoSource, OfStream, PollSource, Source};

pin_project! {
    /// A stream as a source: the first type parameter of the [`Bridge`](crate::bridges::Bridge) that
    /// [`bridge`](crate::bridge()) returns.
    ///
    /// ```
    /// use events_core::{Event, Registry, bridge, bridges::{Bridge, FromStream}};
    /// use smol::channel::Receiver;
    ///
    /// #[derive(Event)]
    /// struct Job(u32);
    ///
    /// /// A bridge that has no filter and no event yet: the caller sets them.
    /// fn jobs(receiver: Receiver<u32>) -> Bridge<FromStream<Receiver<u32>>> {
    ///     bridge(receiver)
    /// }
    ///
    /// let registry = Registry::new();
    /// let (sender, receiver) = smol::channel::unbounded();
    /// sender.send_blocking(7)?;
    /// drop(sender); // ends the stream
    /// let ended = jobs(receiver).with(|id| Some(Job(id))).on(&registry).spawn().wait();
    /// assert_eq!(ended.emitted(), 1);
    /// # Ok::<(), smol::channel::SendError<u32>>(())
    /// ```
    pub struct FromStream<S> {
        #[pin]
        stream: S,
    }
}

pin_project! {
    /// A source of results, whose `Ok` values are the items; see
    /// [`Bridge::results`](crate::bridges::Bridge::results).
    ///
    /// ```
    /// use events_core::{
    ///     Event, Registry, bridge, bridges::{Bridge, FromResults, FromStream},
    ///     streams::EventStream,
    /// };
    ///
    /// #[derive(Event, Clone)]
    /// struct Tick(u32);
    ///
    /// /// The ticks of a registry. If the bridge lags behind, that is logged and counted as an error.
    /// fn ticks(from: &Registry) -> Bridge<FromResults<FromStream<EventStream<Tick>>>> {
    ///     bridge(from.stream::<Tick>()).results()
    /// }
    ///
    /// let (clock, registry) = (Registry::new(), Registry::new());
    /// let bridged = ticks(&clock).filter(|tick| tick.0 > 1).to::<Tick>().on(&registry).spawn();
    /// clock.emit(Tick(1));
    /// clock.emit(Tick(2));
    /// drop(clock); // ends the stream
    /// assert_eq!(bridged.wait().emitted(), 1);
    /// ```
    pub struct FromResults<S> {
        #[pin]
        source: S,
    }
}

impl<S> FromResults<S> {
    pub(in crate::bridge) fn new(source: S) -> Self {
        Self { source }
    }
}

impl<S: Stream> IntoSource<OfStream> for S {
    type Source = FromStream<S>;

    fn into_source(self) -> FromStream<S> {
        FromStream { stream: self }
    }
}

impl<S: Stream> Source for FromStream<S> {
    type Item = S::Item;
}

impl<S: Stream> PollSource for FromStream<S> {
    fn poll_item(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<S::Item, String>>> {
        self.project()
            .stream
            .poll_next(context)
            .map(|item| item.map(Ok))
    }
}

impl<T, E, S: Source<Item = Result<T, E>>> Source for FromResults<S> {
    type Item = T;
}

impl<T, E: fmt::Display, S: PollSource<Item = Result<T, E>>> PollSource for FromResults<S> {
    fn poll_item(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<T, String>>> {
        let item = ready!(self.project().source.poll_item(context));
        Poll::Ready(item.map(|item| item?.map_err(|error| error.to_string())))
    }
}

impl<S> fmt::Debug for FromStream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FromStream")
    }
}

impl<S> fmt::Debug for FromResults<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FromResults")
    }
}
