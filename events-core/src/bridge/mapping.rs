//! Which items are let through, as which event, and from whom.
//!
//! The types here say in a bridge's type what it was told; see [`Bridge`](crate::bridges::Bridge).

use std::{
    fmt,
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::{
    context::panic_hook,
    event::Event,
    metadata::{IntoKey, Origin},
    result::Panic,
};

/// All that a bridge was told of the items.
pub(crate) struct Mapping<W, K, C> {
    pub(crate) whose: W,
    /// The senders that are kept; none means all.
    pub(crate) senders: Vec<Origin>,
    pub(crate) keep: K,
    pub(crate) choose: C,
    /// Where the events are from when nobody says who sent the item.
    pub(crate) origin: Option<Origin>,
}

impl<W, K, C> Mapping<W, K, C> {
    /// The event that this item becomes, if any, and where it is from.
    pub(crate) fn event<T>(&self, item: T) -> Option<(C::Event, Option<Origin>)>
    where
        W: Whose<T>,
        K: Keep<T>,
        C: Choose<T>,
    {
        let sender = self.whose.whose(&item);
        let is_kept = self.senders.is_empty()
            || sender
                .as_ref()
                .is_some_and(|sender| self.senders.contains(sender));
        if !is_kept || !self.keep.keeps(&item) {
            return None;
        }
        let event = self.choose.choose(item)?;
        Some((event, sender.or_else(|| self.origin.clone())))
    }
}

/// Calls what is the user's.
pub(crate) fn contained<T>(f: impl FnOnce() -> T) -> Result<T, Panic> {
    catch_unwind(AssertUnwindSafe(f)).map_err(panic_hook::into_panic)
}

/// Who sent an item; implemented by [`Unsent`] and [`Senders`].
pub trait Whose<T> {
    /// The sender of this one, if it is known.
    #[doc(hidden)]
    fn whose(&self, item: &T) -> Option<Origin>;
}

/// Nobody has said who sends the items.
#[derive(Clone, Copy, Debug)]
pub struct Unsent;

/// A closure tells who sent an item; see [`Bridge::senders`](crate::bridges::Bridge::senders).
pub struct Senders<F, M>(F, PhantomData<fn() -> M>);

impl<F, M> Senders<F, M> {
    pub(crate) fn new(whose: F) -> Self {
        Self(whose, PhantomData)
    }
}

/// Knows who sent an item; implemented by [`Senders`].
#[diagnostic::on_unimplemented(
    message = "this bridge was not told who sends its items",
    label = "no sender is known yet",
    note = "write `.senders(|item| ..)` before this call; it says where the sender stands in an item"
)]
pub trait KnowsSenders {}

impl<F, M> KnowsSenders for Senders<F, M> {}

impl<T> Whose<T> for Unsent {
    fn whose(&self, _: &T) -> Option<Origin> {
        None
    }
}

impl<T, F, N, M> Whose<T> for Senders<F, (N, M)>
where
    F: Fn(&T) -> N,
    N: IntoKey<M>,
{
    fn whose(&self, item: &T) -> Option<Origin> {
        Some(self.0(item).into_key().into())
    }
}

/// Whether an item is let through; implemented by [`AnyItem`] and [`Kept`].
pub trait Keep<T> {
    /// Whether this one is.
    #[doc(hidden)]
    fn keeps(&self, item: &T) -> bool;
}

/// No item is filtered out.
#[derive(Clone, Copy, Debug)]
pub struct AnyItem;

/// A closure says which of those are let through that passed the filters before it; see
/// [`Bridge::filter`](crate::bridges::Bridge::filter).
#[derive(Clone, Copy)]
pub struct Kept<K, F>(pub(crate) K, pub(crate) F);

impl<T> Keep<T> for AnyItem {
    fn keeps(&self, _: &T) -> bool {
        true
    }
}

impl<T, K: Keep<T>, F: Fn(&T) -> bool> Keep<T> for Kept<K, F> {
    fn keeps(&self, item: &T) -> bool {
        self.0.keeps(item) && self.1(item)
    }
}

/// Which event an item becomes; implemented by [`To`] and [`With`].
#[diagnostic::on_unimplemented(
    message = "this bridge was not told which event its items become",
    label = "no event yet",
    note = "write `.to::<Event>()` before this call, or `.with(|item| ..)`, which gives an `Option` of one"
)]
pub trait Choose<T> {
    /// The event.
    type Event: Event;

    /// The event of this one, if any.
    #[doc(hidden)]
    fn choose(&self, item: T) -> Option<Self::Event>;
}

/// The bridge was not told which event its items become.
#[derive(Clone, Copy, Debug)]
pub struct Undecided;

/// Items become an event by conversion; see [`Bridge::to`](crate::bridges::Bridge::to).
pub struct To<E>(PhantomData<fn() -> E>);

/// A closure chooses the event; see [`Bridge::with`](crate::bridges::Bridge::with).
#[derive(Clone, Copy)]
pub struct With<F>(pub(crate) F);

impl<E> To<E> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: Into<E>, E: Event> Choose<T> for To<E> {
    type Event = E;

    fn choose(&self, item: T) -> Option<E> {
        Some(item.into())
    }
}

impl<T, E: Event, F: Fn(T) -> Option<E>> Choose<T> for With<F> {
    type Event = E;

    fn choose(&self, item: T) -> Option<E> {
        self.0(item)
    }
}

macro_rules! shows_its_name {
    ($($type:ident<$($parameter:ident),*>)*) => {$(
        impl<$($parameter),*> fmt::Debug for $type<$($parameter),*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($type))
            }
        }
    )*};
}

shows_its_name!(Senders<F, M> Kept<K, F> To<E> With<F>);
