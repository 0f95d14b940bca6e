//! The kinds of sources: a stream, a stream of results, a callback.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use pin_project_lite::pin_project;

/// A source of items.
pub trait Source {
    /// The items of the source.
    type Item;
}

/// A source that the bridge polls, as opposed to a callback.
pub trait PollSource: Source {
    /// The next item, or the text of an error in its place; `None` at the end of the source.
    #[doc(hidden)]
    fn poll_item(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Self::Item, String>>>;
}

pin_project! {
    /// A stream as a source.
    pub struct FromStream<S> {
        #[pin]
        pub(super) stream: S,
    }
}

pin_project! {
    /// A stream of results as a source; see [`Bridge::results`](crate::bridges::Bridge::results).
    pub struct FromResults<S> {
        #[pin]
        pub(super) stream: S,
    }
}

/// A callback as a source.
pub struct FromSignal<'a, G: ?Sized>(pub(super) &'a G);

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

impl<T, E, S: Stream<Item = Result<T, E>>> Source for FromResults<S> {
    type Item = T;
}

impl<T, E: fmt::Display, S: Stream<Item = Result<T, E>>> PollSource for FromResults<S> {
    fn poll_item(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<T, String>>> {
        let item = ready!(self.project().stream.poll_next(context));
        Poll::Ready(item.map(|item| item.map_err(|error| error.to_string())))
    }
}

impl<G: Signal + ?Sized> Source for FromSignal<'_, G> {
    type Item = G::Item;
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

impl<G: ?Sized> fmt::Debug for FromSignal<'_, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FromSignal")
    }
}

/// A source that calls a callback: a button, a file watcher, a library with listeners of its own.
///
/// See [`signal_to_event`](crate::signal_to_event) for an example.
pub trait Signal {
    /// The argument of the callback.
    type Item;

    /// Keeps the callback connected; dropping it disconnects.
    type Guard;

    /// Connects a callback: it is called with each item from now on, from any thread, until the guard
    /// is dropped. The callback does not panic.
    fn connect(&self, callback: impl Fn(Self::Item) + Send + Sync + 'static) -> Self::Guard;
}
