//! The kinds of sources: a stream, a stream of results, a callback.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use pin_project_lite::pin_project;

/// A source of items: [`FromStream`], [`FromResults`] or [`FromSignal`]. It is the bound of functions that configure
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

/// A source that the bridge polls, as opposed to a callback: [`FromStream`] or [`FromResults`]. It is the bound of
/// functions that start any bridge from a stream.
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
        pub(super) stream: S,
    }
}

pin_project! {
    /// A stream of results as a source; see [`Bridge::results`](crate::bridges::Bridge::results).
    ///
    /// ```
    /// use events_core::{
    ///     Event, Registry, bridge, bridges::{Bridge, FromResults}, streams::EventStream,
    /// };
    ///
    /// #[derive(Event, Clone)]
    /// struct Tick(u32);
    ///
    /// /// The ticks of a registry. If the bridge lags behind, that is logged and counted as an error.
    /// fn ticks(from: &Registry) -> Bridge<FromResults<EventStream<Tick>>> {
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
        pub(super) stream: S,
    }
}

/// A callback as a source: the first type parameter of the [`Bridge`](crate::bridges::Bridge) that
/// [`signal_to_event`](crate::signal_to_event) returns.
///
/// ```
/// use events_core::{
///     Event, Registry, Subscription, bridges::{Bridge, FromSignal, Signal}, signal_to_event,
/// };
///
/// #[derive(Event, Clone)]
/// struct Login(u32);
///
/// /// The logins of a part of the program that has a registry of its own.
/// struct Accounts(Registry);
///
/// impl Accounts {
///     /// A bridge that has no filter and no event yet: the caller sets them.
///     fn logins(&self) -> Bridge<FromSignal<'_, Self>> {
///         signal_to_event(self)
///     }
/// }
///
/// impl Signal for Accounts {
///     type Item = Login;
///     type Guard = Subscription;
///
///     fn connect(&self, callback: impl Fn(Login) + Send + Sync + 'static) -> Subscription {
///         self.0.on(move |login: &Login| callback(login.clone()))
///     }
/// }
///
/// let (accounts, audit) = (Accounts(Registry::new()), Registry::new());
/// let connection = accounts.logins().filter(|login| login.0 != 0).to::<Login>().on(&audit).connect();
/// accounts.0.emit(Login(0));
/// accounts.0.emit(Login(7));
/// assert_eq!(connection.stop().emitted(), 1);
/// ```
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
/// [`signal_to_event`](crate::signal_to_event) accepts it.
///
/// ```
/// use std::sync::{Arc, Mutex, Weak};
/// use events_core::{Event, Registry, bridges::Signal, signal_to_event};
///
/// type Callback = dyn Fn(i32) + Send + Sync;
///
/// /// A thermometer of some library, with one callback.
/// #[derive(Default)]
/// struct Thermometer(Mutex<Option<Weak<Callback>>>);
///
/// impl Thermometer {
///     fn measure(&self, degrees: i32) {
///         let callback = self.0.lock().unwrap().as_ref().and_then(Weak::upgrade);
///         if let Some(callback) = callback {
///             callback(degrees); // without the lock
///         }
///     }
/// }
///
/// impl Signal for Thermometer {
///     type Item = i32;
///     /// Without it the thermometer has no callback any more.
///     type Guard = Arc<Callback>;
///
///     fn connect(&self, callback: impl Fn(i32) + Send + Sync + 'static) -> Arc<Callback> {
///         let callback: Arc<Callback> = Arc::new(callback);
///         *self.0.lock().unwrap() = Some(Arc::downgrade(&callback));
///         callback
///     }
/// }
///
/// #[derive(Event)]
/// struct Measured(i32);
///
/// let registry = Registry::new();
/// let thermometer = Thermometer::default();
/// let event = signal_to_event(&thermometer).with(|degrees| Some(Measured(degrees)));
/// let connection = event.on(&registry).connect();
/// thermometer.measure(21);
/// assert_eq!(connection.stop().emitted(), 1);
/// thermometer.measure(22); // no callback is connected any more
/// ```
pub trait Signal {
    /// The argument of the callback.
    type Item;

    /// Keeps the callback connected; dropping it disconnects.
    type Guard;

    /// Connects a callback: it is called with each item from now on, from any thread, until the guard
    /// is dropped. The callback does not panic.
    fn connect(&self, callback: impl Fn(Self::Item) + Send + Sync + 'static) -> Self::Guard;
}
