//! The traits of sources: what a bridge receives items from, and what it accepts.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

/// A source of items: a [`PollSource`], or [`FromSignal`](crate::bridges::FromSignal). It is the bound of functions that configure
/// any bridge.
///
/// ```
/// use events_core::{Event, Registry, bridge, bridges::{Bridge, Keep, Source}};
///
/// /// Leaves out low values, of a stream or of a signal.
/// fn at_least<S: Source<Item = u32>, W, K, C>(
///     bridge: Bridge<S, W, K, C>,
///     least: u32,
/// ) -> Bridge<S, W, impl Keep<u32>, C>
/// where
///     K: Keep<u32>,
/// {
///     bridge.filter(move |value| *value >= least)
/// }
///
/// #[derive(Event)]
/// struct Peak(u32);
///
/// let registry = Registry::new();
/// let values = bridge(tokio_stream::iter([3, 70, 65]));
/// let peaks = at_least(values, 50).with(|value| Some(Peak(value))).on(&registry);
/// let ended = peaks.spawn().wait();
/// assert_eq!((ended.emitted(), ended.left_out()), (2, 1));
/// ```
pub trait Source {
    /// The items of the source.
    type Item;
}

/// A source that the bridge polls, as opposed to a callback: a stream, a future, a receiver of tokio, or one of these
/// with results. It is the bound of functions that start any bridge from [`bridge`](crate::bridge()).
///
/// ```
/// use events_core::{
///     Event, Registry, bridge, bridges::{Bridge, Bridged, Choose, Keep, PollSource, Run, Whose},
/// };
///
/// /// The bridges of a program, which end when this is dropped.
/// #[derive(Default)]
/// struct Bridges(Vec<Bridged>);
///
/// impl Bridges {
///     /// Starts any bridge from a stream.
///     fn start<S, W, K, C>(&mut self, bridge: Bridge<S, W, K, C>)
///     where
///         S: PollSource,
///         W: Whose<S::Item>,
///         K: Keep<S::Item>,
///         C: Choose<S::Item>,
///         Run<S, W, K, C>: Send + 'static,
///     {
///         self.0.push(bridge.spawn());
///     }
/// }
///
/// #[derive(Event)]
/// struct Tick(u32);
///
/// let registry = Registry::new();
/// let mut bridges = Bridges::default();
/// let ticks = bridge(tokio_stream::iter(1..=3)).with(|number| Some(Tick(number)));
/// bridges.start(ticks.on(&registry));
/// let emitted: usize = bridges.0.drain(..).map(|bridged| bridged.wait().emitted()).sum();
/// assert_eq!(emitted, 3);
/// ```
pub trait PollSource: Source {
    /// The next item, or the text of an error in its place; `None` at the end of the source.
    #[doc(hidden)]
    fn poll_item(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Self::Item, String>>>;
}

/// What [`bridge`](crate::bridge()) accepts: a `Stream` of the crate `futures-core`, a [`Future`], or with the cargo feature
/// `tokio` a receiver of tokio's `mpsc`, `broadcast` or `watch` channels.
///
/// `M` only distinguishes the implementations and is inferred. For a type that is both a stream and a future, name it:
/// `bridge::<_, OfStream>(source)`.
///
/// ```
/// use events_core::{
///     Event, Registry, bridge, bridges::{Bridged, IntoEvent, IntoSource, PollSource, Source},
/// };
///
/// /// Bridges any source whose items are events or convert into them.
/// fn import<E, S, M>(source: S, registry: &Registry) -> Bridged
/// where
///     E: Event + Send + Sync + 'static,
///     S: IntoSource<M>,
///     S::Source: Source<Item = E> + Send + 'static,
/// {
///     bridge(source).to::<E>().on(registry).spawn()
/// }
///
/// #[derive(Event)]
/// struct Measured(i32);
///
/// let registry = Registry::new();
/// let stream = import(tokio_stream::iter([Measured(20), Measured(21)]), &registry);
/// let future = import(async { Measured(22) }, &registry);
/// assert_eq!((stream.wait().emitted(), future.wait().emitted()), (2, 1));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a source of a bridge",
    label = "a bridge does not accept this",
    note = "a source is a `Stream`, a `Future`, or with the feature `tokio` of `events-core` a receiver of tokio's `mpsc`, \
            `broadcast` or `watch`, whose values a bridge clones",
    note = "for an iterator write `bridge(tokio_stream::iter(..))`; for callbacks `signal_to_event(&source)`; for a receiver \
            of `std::sync::mpsc` a thread with a loop that emits"
)]
pub trait IntoSource<M> {
    /// The source.
    type Source: PollSource;

    /// Makes the source.
    #[doc(hidden)]
    fn into_source(self) -> Self::Source;
}

/// The source is a stream: a marker of [`IntoSource`].
///
/// ```
/// use events_core::{Event, Registry, bridge, bridges::OfStream};
///
/// #[derive(Event)]
/// struct Tick(u32);
///
/// // Written out, as for a source that is a future as well.
/// let ticks = bridge::<_, OfStream>(tokio_stream::iter(1..=3)).with(|number| Some(Tick(number)));
/// assert_eq!(ticks.on(&Registry::new()).spawn().wait().emitted(), 3);
/// ```
#[derive(Debug)]
pub enum OfStream {}

/// The source is a future: a marker of [`IntoSource`].
///
/// ```
/// use events_core::{Event, Registry, bridge, bridges::OfFuture};
///
/// #[derive(Event)]
/// struct Loaded(&'static str);
///
/// // Written out, as for a source that is a stream as well.
/// let load = bridge::<_, OfFuture>(async { "settings" }).with(|name| Some(Loaded(name)));
/// assert_eq!(load.on(&Registry::new()).spawn().wait().emitted(), 1);
/// ```
#[derive(Debug)]
pub enum OfFuture {}
