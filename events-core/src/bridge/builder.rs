//! The builder of a bridge, from its source up to the call that starts it.

use std::fmt;

use super::{
    conversion::choose::Undecided,
    mapping::{AnyItem, Kept, KnowsSenders, Mapping, Senders, Unsent},
    source::{
        signal::{FromSignal, Signal},
        stream::FromResults,
        traits::{IntoSource, PollSource, Source},
    },
};
use crate::{
    current::registry,
    metadata::IntoKey,
    primitives::CatchDrop,
    registry::{Registry, WeakRegistry},
};

/// Builds a bridge, which emits events for the items of a source; made by [`bridge`] and
/// [`signal_to_event`].
///
/// [`to`](Self::to) or [`with`](Self::with) sets the event that an item becomes, [`choose`](Self::choose)
/// chooses among several, and [`to_topic`](Self::to_topic) emits to a topic. The other options may be set
/// before or after that: [`filter`](Self::filter) and [`sender`](Self::sender) select items,
/// [`senders`](Self::senders) and [`origin`](Self::origin) set the origin of the events, and
/// [`on`](Self::on) sets the registry. The last call is [`run`](Self::run) or [`spawn`](Self::spawn)
/// for a source that is polled, and [`connect`](Self::connect) for a signal; before it no item is received.
///
/// Each item goes through these steps: the bridge determines its sender, checks the sender, applies
/// the filters in the order of their calls, and converts the item into the event. A panic in one of
/// the closures ends the bridge and is caught there.
///
/// A bridge does not keep its registry alive. After the registry was dropped, the bridge ends, at the
/// latest when it receives the next item.
#[must_use = "a bridge does nothing before `.run()`, `.spawn()` or `.connect()`"]
pub struct Bridge<S, W = Unsent, K = AnyItem, C = Undecided> {
    pub(super) source: S,
    pub(super) mapping: Mapping<W, K, C>,
    pub(super) registry: WeakRegistry,
    /// Whether `on` was called.
    is_registry_set: bool,
}

/// Turns the items of a source into events. The source is a `Stream` of the crate `futures-core`, such as a timer or the
/// signals of the operating system; a [`Future`], whose output is the only item; or, with the cargo feature `tokio` of
/// `events-core`, a receiver of a channel of tokio, which needs no wrapper:
///
/// | Receiver | Items |
/// |---|---|
/// | `mpsc::Receiver`, `mpsc::UnboundedReceiver` | the values |
/// | `broadcast::Receiver` | clones of the values; a lag is logged at `warn` and counted by [`Ended::errors`](crate::bridges::Ended::errors) |
/// | `watch::Receiver` | clones of the latest value, after each change that the receiver has not seen |
///
/// The bridge ends when the source does: a receiver ends when all senders are dropped, after the last value. A bridge
/// that ends before that drops its source.
///
/// The events are emitted with [`emit_async`](crate::Event::emit_async), one after the other, on the registry that is
/// current when this is called.
///
/// Guide: [bridges](crate::guide::bridges).
///
/// ```
/// use events_core::{Event, Registry, bridge, bridges::EndReason};
/// # struct Iter<I>(I);
/// # impl<I: Iterator + Unpin> futures_core::Stream for Iter<I> {
/// #     type Item = I::Item;
/// #     fn poll_next(
/// #         mut self: std::pin::Pin<&mut Self>,
/// #         _: &mut std::task::Context<'_>,
/// #     ) -> std::task::Poll<Option<I::Item>> {
/// #         std::task::Poll::Ready(self.0.next())
/// #     }
/// # }
/// # fn receiver() -> Iter<std::array::IntoIter<Order, 3>> {
/// #     Iter([Order(7, "east"), Order(0, "east"), Order(8, "west")].into_iter())
/// # }
///
/// struct Order(u32, &'static str);
///
/// #[derive(Event)]
/// struct OrderPlaced {
///     number: u32,
/// }
///
/// impl From<Order> for OrderPlaced {
///     fn from(Order(number, _desk): Order) -> Self {
///         Self { number }
///     }
/// }
///
/// # let runs = async {
/// let registry = Registry::new();
/// registry.on(|order: &OrderPlaced| println!("order {}", order.number)).detach();
///
/// let orders = receiver(); // a stream, such as the receiver of a channel
/// let ended = bridge(orders)
///     .filter(|order: &Order| order.0 > 0)
///     .to::<OrderPlaced>()
///     .on(&registry)
///     .run()
///     .await;
///
/// assert!(matches!(ended.why(), EndReason::SourceEnded));
/// assert_eq!((ended.came(), ended.emitted(), ended.left_out()), (3, 2, 1));
/// # };
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # assert!(std::pin::pin!(runs).poll(&mut context).is_ready());
/// ```
#[doc(alias("channel", "receiver"))]
pub fn bridge<S: IntoSource<M>, M>(source: S) -> Bridge<S::Source> {
    Bridge::new(source.into_source())
}

/// Turns the items that a [`Signal`] passes to its callback into events.
///
/// They are emitted with [`emit`](crate::Event::emit), on the thread that calls the callback and before that
/// call returns, on the registry that is current when this function is called.
///
/// ```
/// use std::sync::{Arc, Mutex, Weak};
/// use events_core::{Event, Registry, bridges::Signal, signal_to_event};
///
/// type Callback = Box<dyn Fn(u32) + Send + Sync>;
///
/// /// A button of some library.
/// #[derive(Default)]
/// struct Button(Mutex<Weak<Callback>>);
///
/// impl Button {
///     fn press(&self, times: u32) {
///         let callback = self.0.lock().unwrap().upgrade();
///         if let Some(callback) = callback {
///             callback(times);
///         }
///     }
/// }
///
/// impl Signal for Button {
///     type Item = u32;
///     type Guard = Arc<Callback>;
///
///     fn connect(&self, callback: impl Fn(u32) + Send + Sync + 'static) -> Arc<Callback> {
///         let callback: Arc<Callback> = Arc::new(Box::new(callback));
///         *self.0.lock().unwrap() = Arc::downgrade(&callback);
///         callback
///     }
/// }
///
/// #[derive(Event)]
/// struct Pressed {
///     times: u32,
/// }
///
/// let registry = Registry::new();
/// registry.on(|pressed: &Pressed| println!("{} times", pressed.times)).detach();
///
/// let button = Button::default();
/// let connection = signal_to_event(&button)
///     .with(|times| (times > 0).then_some(Pressed { times }))
///     .on(&registry)
///     .connect();
/// button.press(0);
/// button.press(2);
///
/// let ended = connection.stop();
/// assert_eq!((ended.came(), ended.emitted()), (2, 1));
/// ```
pub fn signal_to_event<G: Signal + ?Sized>(signal: &G) -> Bridge<FromSignal<'_, G>> {
    Bridge::new(FromSignal(signal))
}

impl<S> Bridge<S> {
    fn new(source: S) -> Self {
        Self {
            source,
            mapping: Mapping {
                sender: Unsent,
                kept_senders: Vec::new(),
                filter: AnyItem,
                conversion: Undecided,
                default_origin: None,
            },
            registry: registry().downgrade(),
            is_registry_set: false,
        }
    }
}

impl<S: PollSource> Bridge<S> {
    /// For a source of `Result`s: each `Ok` value is an item, and each error is logged at `warn` and
    /// counted by [`Ended::errors`](crate::bridges::Ended::errors). An error does not end the bridge.
    ///
    /// `bridge(registry.stream::<Order>()).results()`, for example, reports that the stream lags. To handle
    /// errors in another way, leave this out: then the item is the `Result`, and [`with`](Self::with) can
    /// match on it.
    ///
    /// Call it first, before the filters.
    pub fn results<T, E>(self) -> Bridge<FromResults<S>>
    where
        S: Source<Item = Result<T, E>>,
        E: fmt::Display,
    {
        Bridge {
            source: FromResults::new(self.source),
            mapping: self.mapping,
            registry: self.registry,
            is_registry_set: self.is_registry_set,
        }
    }
}

impl<S: Source, K, C> Bridge<S, Unsent, K, C> {
    /// Determines the sender of each item with this closure, which returns a text or an
    /// [`Origin`](crate::Origin). The sender becomes the origin of the event.
    ///
    /// Streams and signals in Rust have no sender of their own; the closure reads it from the item.
    ///
    /// ```
    /// use events_core::{Event, Registry, bridge};
    /// # struct Iter<I>(I);
    /// # impl<I: Iterator + Unpin> futures_core::Stream for Iter<I> {
    /// #     type Item = I::Item;
    /// #     fn poll_next(
    /// #         mut self: std::pin::Pin<&mut Self>,
    /// #         _: &mut std::task::Context<'_>,
    /// #     ) -> std::task::Poll<Option<I::Item>> {
    /// #         std::task::Poll::Ready(self.0.next())
    /// #     }
    /// # }
    /// # fn receiver() -> Iter<std::array::IntoIter<Order, 2>> {
    /// #     Iter([Order { desk: "east" }, Order { desk: "west" }].into_iter())
    /// # }
    ///
    /// #[derive(Event)]
    /// struct Order {
    ///     desk: &'static str,
    /// }
    ///
    /// # let runs = async {
    /// let ended = bridge(receiver())
    ///     .senders(|order: &Order| order.desk)
    ///     .sender("east")
    ///     .to::<Order>()
    ///     .run()
    ///     .await;
    /// assert_eq!((ended.emitted(), ended.left_out()), (1, 1));
    /// # };
    /// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// # assert!(std::pin::pin!(runs).poll(&mut context).is_ready());
    /// ```
    pub fn senders<F, N, M>(self, sender: F) -> Bridge<S, Senders<F, (N, M)>, K, C>
    where
        F: Fn(&S::Item) -> N,
        N: IntoKey<M>,
    {
        self.with_parts(|Unsent, filter, conversion| (Senders::new(sender), filter, conversion))
    }
}

impl<S, W, K, C> Bridge<S, W, K, C> {
    /// Replaces the sender, the filter and the conversion of the mapping.
    pub(super) fn with_parts<W2, K2, C2>(
        self,
        replace: impl FnOnce(W, K, C) -> (W2, K2, C2),
    ) -> Bridge<S, W2, K2, C2> {
        let mapping = self.mapping;
        let (sender, filter, conversion) =
            replace(mapping.sender, mapping.filter, mapping.conversion);
        Bridge {
            source: self.source,
            mapping: Mapping {
                sender,
                kept_senders: mapping.kept_senders,
                filter,
                conversion,
                default_origin: mapping.default_origin,
            },
            registry: self.registry,
            is_registry_set: self.is_registry_set,
        }
    }
}

impl<S: Source, W, K, C> Bridge<S, W, K, C> {
    /// Keeps only items of this sender: a text, `Origin::of::<Type>()`, or a function. With several
    /// calls, items of each of these senders are kept.
    ///
    /// Call it after [`senders`](Self::senders), which determines the sender of an item.
    pub fn sender<M>(mut self, sender: impl IntoKey<M>) -> Self
    where
        W: KnowsSenders,
    {
        self.mapping.kept_senders.push(sender.into_key().into());
        self
    }

    /// Keeps only items for which this closure returns true. With several calls, all of the closures
    /// must return true.
    pub fn filter<F>(self, filter: F) -> Bridge<S, W, Kept<K, F>, C>
    where
        F: Fn(&S::Item) -> bool,
    {
        self.with_parts(|sender, earlier, conversion| {
            (sender, Kept(earlier, CatchDrop::new(filter)), conversion)
        })
    }

    /// The origin of events from items without a known sender.
    ///
    /// # Panics
    ///
    /// When an origin is set already.
    #[track_caller]
    pub fn origin<M>(mut self, origin: impl IntoKey<M>) -> Self {
        assert!(
            self.mapping.default_origin.is_none(),
            "an origin is set already; remove one of them"
        );
        self.mapping.default_origin = Some(origin.into_key().into());
        self
    }

    /// Emits on this registry instead of the one that was current when the bridge was created. It is
    /// also the current registry while the bridge processes an item.
    ///
    /// # Panics
    ///
    /// When a registry is set already.
    #[track_caller]
    pub fn on(mut self, registry: &Registry) -> Self {
        assert!(
            !self.is_registry_set,
            "a registry is set already; create one bridge for each registry"
        );
        self.is_registry_set = true;
        self.registry = registry.downgrade();
        self
    }
}

impl<S, W, K, C> fmt::Debug for Bridge<S, W, K, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bridge").finish_non_exhaustive()
    }
}
