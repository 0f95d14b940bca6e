//! The mapping of an item: its sender, the filters, and the conversion into an event.
//!
//! Each of the three is a type parameter of [`Bridge`](crate::bridges::Bridge), so its type shows which
//! of them are set. The closures are dropped together, so each catches the panic of its own `Drop`.

use std::{fmt, marker::PhantomData};

use super::conversion::choose::Choose;
use crate::{
    metadata::{IntoKey, Origin},
    primitives::CatchDrop,
};

/// How a bridge converts an item into an event.
pub(super) struct Mapping<W, K, C> {
    /// Determines the sender of an item.
    pub(super) sender: W,
    /// Items of other senders are left out; an empty list keeps all.
    pub(super) kept_senders: Vec<Origin>,
    pub(super) filter: K,
    pub(super) conversion: C,
    /// The origin of an event whose item has no known sender.
    pub(super) default_origin: Option<Origin>,
}

impl<W, K, C> Mapping<W, K, C> {
    /// The event of an item with its origin, or `None` if the item is left out.
    pub(super) fn event<T>(&self, item: T) -> Option<(C::Event, Option<Origin>)>
    where
        W: Whose<T>,
        K: Keep<T>,
        C: Choose<T>,
    {
        let sender = self.sender.sender(&item);
        let is_kept = self.kept_senders.is_empty()
            || sender
                .as_ref()
                .is_some_and(|sender| self.kept_senders.contains(sender));
        if !is_kept || !self.filter.keeps(&item) {
            return None;
        }
        let event = self.conversion.choose(item)?;
        Some((event, sender.or_else(|| self.default_origin.clone())))
    }
}

/// Determines the sender of an item; implemented by [`Unsent`] and [`Senders`].
///
/// ```
/// use std::sync::Mutex;
/// use events_core::{
///     Emission, Event, Registry, bridge,
///     bridges::{Bridge, Choose, Ended, Keep, PollSource, Whose},
/// };
///
/// /// Runs a bridge, with or without senders. Events without a sender come from "import".
/// async fn import<S: PollSource, W, K, C>(bridge: Bridge<S, W, K, C>) -> Ended
/// where
///     W: Whose<S::Item>,
///     K: Keep<S::Item>,
///     C: Choose<S::Item>,
/// {
///     bridge.origin("import").run().await
/// }
///
/// #[derive(Event)]
/// struct Row(&'static str);
///
/// static ORIGINS: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// let registry = Registry::new();
/// let note_origin = |_: &Row, emission: &Emission| {
///     ORIGINS.lock().unwrap().extend(emission.origin().map(|origin| origin.to_string()));
/// };
/// registry.on(note_origin).detach();
///
/// let rows = || bridge(tokio_stream::iter(["a.csv"])).on(&registry);
/// smol::block_on(import(rows().with(|file| Some(Row(file)))));
/// smol::block_on(import(rows().senders(|file| *file).with(|file| Some(Row(file)))));
/// assert_eq!(*ORIGINS.lock().unwrap(), ["import", "a.csv"]);
/// ```
pub trait Whose<T> {
    /// The sender of this item, if it is known.
    #[doc(hidden)]
    fn sender(&self, item: &T) -> Option<Origin>;
}

/// The items have no known sender: the state of a [`Bridge`](crate::bridges::Bridge) without `senders`.
///
#[doc = include_str!("../../docs/bridges/unsent.md")]
#[derive(Clone, Copy, Debug)]
pub struct Unsent;

/// A closure returns the sender of an item; see
/// [`Bridge::senders`](crate::bridges::Bridge::senders).
///
#[doc = include_str!("../../docs/bridges/senders.md")]
pub struct Senders<F, M>(CatchDrop<F>, PhantomData<fn() -> M>);

impl<F, M> Senders<F, M> {
    pub(super) fn new(sender: F) -> Self {
        Self(CatchDrop::new(sender), PhantomData)
    }
}

/// The sender of each item is known; implemented by [`Senders`].
///
/// ```
/// use events_core::{Event, Registry, bridge, bridges::{Bridge, KnowsSenders, Source}};
///
/// /// Keeps the items of one sender. It compiles only for bridges with `.senders(..)`.
/// fn only<S: Source, W: KnowsSenders, K, C>(
///     bridge: Bridge<S, W, K, C>,
///     sender: &'static str,
/// ) -> Bridge<S, W, K, C> {
///     bridge.sender(sender)
/// }
///
/// #[derive(Event)]
/// struct Line(&'static str);
///
/// let registry = Registry::new();
/// let lines = tokio_stream::iter(["db: slow", "web: started"]);
/// let lines = bridge(lines).senders(|line: &&'static str| line.split(':').next().unwrap_or(""));
/// let ended = only(lines, "db").with(|line| Some(Line(line))).on(&registry).spawn().wait();
/// assert_eq!((ended.emitted(), ended.left_out()), (1, 1));
/// ```
#[diagnostic::on_unimplemented(
    message = "the senders of the items of this bridge are not known",
    label = "no sender is known yet",
    note = "write `.senders(|item| ..)` before this call, with a closure that returns the sender of an item"
)]
pub trait KnowsSenders {}

impl<F, M> KnowsSenders for Senders<F, M> {}

impl<T> Whose<T> for Unsent {
    fn sender(&self, _: &T) -> Option<Origin> {
        None
    }
}

impl<T, F, N, M> Whose<T> for Senders<F, (N, M)>
where
    F: Fn(&T) -> N,
    N: IntoKey<M>,
{
    fn sender(&self, item: &T) -> Option<Origin> {
        Some((*self.0)(item).into_key().into())
    }
}

/// Filters items; implemented by [`AnyItem`] and [`Kept`].
///
/// ```
/// use events_core::{
///     Event, Registry, bridge, bridges::{Bridge, FromStream, Keep, To, Unsent},
/// };
/// use smol::channel::Receiver;
///
/// #[derive(Event)]
/// struct Order {
///     cents: u64,
/// }
///
/// /// Hides the type of the filter, which contains a closure.
/// fn paid_orders(
///     orders: Receiver<Order>,
/// ) -> Bridge<FromStream<Receiver<Order>>, Unsent, impl Keep<Order>, To<Order>> {
///     bridge(orders).filter(|order: &Order| order.cents > 0).to::<Order>()
/// }
///
/// let registry = Registry::new();
/// let (sender, receiver) = smol::channel::unbounded();
/// [0, 995].map(|cents| sender.try_send(Order { cents }).unwrap());
/// drop(sender);
/// let ended = paid_orders(receiver).on(&registry).spawn().wait();
/// assert_eq!((ended.emitted(), ended.left_out()), (1, 1));
/// ```
pub trait Keep<T> {
    /// Whether this item passes the filters.
    #[doc(hidden)]
    fn keeps(&self, item: &T) -> bool;
}

/// Every item passes: the state of a [`Bridge`](crate::bridges::Bridge) without `filter`.
///
#[doc = include_str!("../../docs/bridges/any_item.md")]
#[derive(Clone, Copy, Debug)]
pub struct AnyItem;

/// The filters set before, and a closure that filters the items which passed them; see
/// [`Bridge::filter`](crate::bridges::Bridge::filter).
///
#[doc = include_str!("../../docs/bridges/kept.md")]
pub struct Kept<K, F>(pub(super) K, pub(super) CatchDrop<F>);

impl<T> Keep<T> for AnyItem {
    fn keeps(&self, _: &T) -> bool {
        true
    }
}

impl<T, K: Keep<T>, F: Fn(&T) -> bool> Keep<T> for Kept<K, F> {
    fn keeps(&self, item: &T) -> bool {
        self.0.keeps(item) && (*self.1)(item)
    }
}

impl<F, M> fmt::Debug for Senders<F, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Senders")
    }
}

impl<K, F> fmt::Debug for Kept<K, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept")
    }
}
