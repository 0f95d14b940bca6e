//! The mapping of an item: its sender, the filters, and the conversion into an event.
//!
//! Each of the three is a type parameter of [`Bridge`](crate::bridges::Bridge), so its type shows which
//! of them are set. The closures are dropped together, so each catches the panic of its own `Drop`.

use std::{fmt, marker::PhantomData};

use crate::{
    event::Event,
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
pub trait Whose<T> {
    /// The sender of this item, if it is known.
    #[doc(hidden)]
    fn sender(&self, item: &T) -> Option<Origin>;
}

/// The items have no known sender.
#[derive(Clone, Copy, Debug)]
pub struct Unsent;

/// A closure returns the sender of an item; see
/// [`Bridge::senders`](crate::bridges::Bridge::senders).
pub struct Senders<F, M>(CatchDrop<F>, PhantomData<fn() -> M>);

impl<F, M> Senders<F, M> {
    pub(super) fn new(sender: F) -> Self {
        Self(CatchDrop::new(sender), PhantomData)
    }
}

/// The sender of each item is known; implemented by [`Senders`].
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
pub trait Keep<T> {
    /// Whether this item passes the filters.
    #[doc(hidden)]
    fn keeps(&self, item: &T) -> bool;
}

/// Every item passes.
#[derive(Clone, Copy, Debug)]
pub struct AnyItem;

/// The filters set before, and a closure that filters the items which passed them; see
/// [`Bridge::filter`](crate::bridges::Bridge::filter).
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

/// Converts an item into an event; implemented by [`To`] and [`With`].
#[diagnostic::on_unimplemented(
    message = "the event of this bridge is not set",
    label = "no event yet",
    note = "write `.to::<Event>()` before this call, or `.with(|item| ..)` with a closure that returns an `Option` of an event"
)]
pub trait Choose<T> {
    /// The event that items become.
    type Event: Event;

    /// The event of this item, or `None` if there is none.
    #[doc(hidden)]
    fn choose(&self, item: T) -> Option<Self::Event>;
}

/// No event is set.
#[derive(Clone, Copy, Debug)]
pub struct Undecided;

/// Items are converted by [`Into`]; see [`Bridge::to`](crate::bridges::Bridge::to).
pub struct To<E>(PhantomData<fn() -> E>);

/// Items are converted by a closure; see [`Bridge::with`](crate::bridges::Bridge::with).
pub struct With<F>(pub(super) CatchDrop<F>);

impl<E> To<E> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

/// An item that converts into an event by [`Into`], or is the event itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}`, an item of this bridge, does not convert into the event `{E}`",
    label = "the items do not convert into this event",
    note = "implement `From<{Self}>` for `{E}`, or choose the event with `.with(|item| ..)`",
    note = "for a stream of `Result`s, such as `BroadcastStream` of tokio-stream, write `.results()` directly after \
            `bridge(..)`"
)]
pub trait IntoEvent<E> {}

#[diagnostic::do_not_recommend]
impl<T: Into<E>, E: Event> IntoEvent<E> for T {}

impl<T: Into<E>, E: Event> Choose<T> for To<E> {
    type Event = E;

    fn choose(&self, item: T) -> Option<E> {
        Some(item.into())
    }
}

impl<T, E: Event, F: Fn(T) -> Option<E>> Choose<T> for With<F> {
    type Event = E;

    fn choose(&self, item: T) -> Option<E> {
        (*self.0)(item)
    }
}

/// `Debug` that shows the name of the type only.
macro_rules! debug_name {
    ($($type:ident<$($parameter:ident),*>)*) => {$(
        impl<$($parameter),*> fmt::Debug for $type<$($parameter),*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($type))
            }
        }
    )*};
}

debug_name!(Senders<F, M> Kept<K, F> To<E> With<F>);
