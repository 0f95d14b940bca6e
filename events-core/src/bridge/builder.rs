//! The words that a bridge is described with.

use std::fmt;

use futures_core::Stream;

use super::{
    mapping::{AnyItem, Kept, KnowsSenders, Mapping, Senders, To, Undecided, Unsent, With},
    source::{FromResults, FromSignal, FromStream, Signal, Source},
};
use crate::{
    current::registry,
    event::Event,
    metadata::IntoKey,
    registry::{Registry, WeakRegistry},
};

/// Events out of what comes from elsewhere; made by [`bridge`] and [`signal_to_event`].
///
/// [`to`](Self::to) or [`with`](Self::with) says which event an item becomes. The other words may
/// stand before or after that: [`filter`](Self::filter) and [`sender`](Self::sender) let items pass,
/// [`senders`](Self::senders) and [`origin`](Self::origin) say where the events are from, and
/// [`on`](Self::on) names the registry. The last word is [`run`](Self::run) or
/// [`spawn`](Self::spawn) for a stream, and [`connect`](Self::connect) for a signal; before that
/// nothing is read.
///
/// An item goes through in this order: its sender, the filters as they were said, the event. A panic
/// in one of the closures ends the bridge; it goes no further.
///
/// A bridge does not keep its registry alive. When that is gone, the bridge ends, at the latest when
/// the next item comes.
#[must_use = "a bridge does nothing before `.run()`, `.spawn()` or `.connect()`"]
pub struct Bridge<S, W = Unsent, K = AnyItem, C = Undecided> {
    pub(crate) source: S,
    pub(crate) mapping: Mapping<W, K, C>,
    pub(crate) registry: WeakRegistry,
}

/// Turns the items of a stream into events: channels, timers, signals of the system.
///
/// They are emitted with [`emit_async`](Event::emit_async), one after the other, on the registry that
/// is current when this is called.
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
/// let orders = receiver(); // a stream: the receiver of a channel, say
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
pub fn bridge<S: Stream>(stream: S) -> Bridge<FromStream<S>> {
    Bridge::new(FromStream { stream })
}

/// Turns what a [`Signal`] calls back with into events, which are emitted on the thread that calls,
/// with [`emit`](Event::emit), before the call returns. The registry is the one that is current when
/// this is called.
///
/// ```
/// use std::sync::{Arc, Mutex, Weak};
/// use events_core::{Event, Registry, bridges::Signal, signal_to_event};
///
/// type Callback = Box<dyn Fn(u32) + Send + Sync>;
///
/// /// Some library's.
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
                whose: Unsent,
                senders: Vec::new(),
                keep: AnyItem,
                choose: Undecided,
                origin: None,
            },
            registry: registry().weak(),
        }
    }
}

impl<S> Bridge<FromStream<S>> {
    /// Of a stream that gives `Result`s: what is `Ok` are the items, and an error is logged at `warn`
    /// and counted by [`Ended::errors`](crate::bridges::Ended::errors). The bridge goes on after it.
    ///
    /// So it is told when a receiver of tokio's `broadcast` lags: by
    /// `bridge(BroadcastStream::new(receiver)).results()`. To do something else about errors, leave
    /// this out: then the item is the `Result`, and [`with`](Self::with) may look into it.
    ///
    /// It is the first word, before the filters.
    pub fn results<T, E>(self) -> Bridge<FromResults<S>>
    where
        S: Stream<Item = Result<T, E>>,
        E: fmt::Display,
    {
        Bridge {
            source: FromResults {
                stream: self.source.stream,
            },
            mapping: self.mapping,
            registry: self.registry,
        }
    }
}

impl<S: Source, W, K> Bridge<S, W, K, Undecided> {
    /// Each item becomes this event, by [`Into`]; so an item that is the event itself will do.
    pub fn to<E: Event>(self) -> Bridge<S, W, K, To<E>>
    where
        S::Item: Into<E>,
    {
        self.choose(To::new())
    }

    /// Each item becomes the event that this gives, or none.
    ///
    /// It is not to emit the event: the bridge does, and it would be heard twice.
    ///
    /// For items that become events of several types, make an event of an enum, or a bridge for each
    /// of several receivers.
    pub fn with<E, F>(self, event: F) -> Bridge<S, W, K, With<F>>
    where
        E: Event,
        F: Fn(S::Item) -> Option<E>,
    {
        self.choose(With(event))
    }

    fn choose<C>(self, choose: C) -> Bridge<S, W, K, C> {
        let Mapping {
            whose,
            senders,
            keep,
            choose: Undecided,
            origin,
        } = self.mapping;
        Bridge {
            source: self.source,
            mapping: Mapping {
                whose,
                senders,
                keep,
                choose,
                origin,
            },
            registry: self.registry,
        }
    }
}

impl<S: Source, K, C> Bridge<S, Unsent, K, C> {
    /// Says who sent an item: a text, or an [`Origin`](crate::Origin). That is the
    /// origin of its event.
    ///
    /// Streams and signals in Rust know of no sender; where there is one it stands in the item, and
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
        let Mapping {
            whose: Unsent,
            senders,
            keep,
            choose,
            origin,
        } = self.mapping;
        Bridge {
            source: self.source,
            mapping: Mapping {
                whose: Senders::new(sender),
                senders,
                keep,
                choose,
                origin,
            },
            registry: self.registry,
        }
    }
}

impl<S: Source, W, K, C> Bridge<S, W, K, C> {
    /// Keeps the items of this sender: a text, `Origin::of::<Type>()`, or a function. Said several
    /// times, it keeps those of each.
    ///
    /// It stands behind [`senders`](Self::senders), which says where the sender of an item is found.
    pub fn sender<M>(mut self, sender: impl IntoKey<M>) -> Self
    where
        W: KnowsSenders,
    {
        self.mapping.senders.push(sender.into_key().into());
        self
    }

    /// Keeps the items of which this holds; said several times, of which all hold.
    pub fn filter<F>(self, filter: F) -> Bridge<S, W, Kept<K, F>, C>
    where
        F: Fn(&S::Item) -> bool,
    {
        let Mapping {
            whose,
            senders,
            keep,
            choose,
            origin,
        } = self.mapping;
        Bridge {
            source: self.source,
            mapping: Mapping {
                whose,
                senders,
                keep: Kept(keep, filter),
                choose,
                origin,
            },
            registry: self.registry,
        }
    }

    /// Where the events are from, of items whose sender is not known.
    pub fn origin<M>(mut self, origin: impl IntoKey<M>) -> Self {
        self.mapping.origin = Some(origin.into_key().into());
        self
    }

    /// Emits on this registry, and not on the one that was current when the bridge was made. While
    /// the bridge is at work, it is the current one.
    pub fn on(mut self, registry: &Registry) -> Self {
        self.registry = registry.weak();
        self
    }
}

impl<S, W, K, C> fmt::Debug for Bridge<S, W, K, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bridge").finish_non_exhaustive()
    }
}
