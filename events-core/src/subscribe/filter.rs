//! The filters of a subscriber: origin, `when` and `once`, evaluated in this order before each
//! call.

use std::sync::atomic::{AtomicBool, Ordering};

use super::subscription::Unsubscribe;
use crate::{
    event::{AnyEvent, Family},
    handler::EmitOrigin,
    metadata::Origin,
};

/// A condition on the events of one family.
pub(super) type TypedCondition<F> = dyn Fn(&<F as Family>::Of<'_>) -> bool + Send + Sync;

/// A condition on an event of any type.
pub(super) type AnyCondition = dyn Fn(&dyn AnyEvent) -> bool + Send + Sync;

/// The filters of a run-time subscription; `C` is the type of its condition.
pub(crate) struct Filters<C: ?Sized> {
    origin: Option<Origin>,
    when: Option<Box<C>>,
    once: Option<(Once, Unsubscribe)>,
}

impl<C: ?Sized> Filters<C> {
    /// Returns `None` when no filter is set. With `once` the first call that passes also
    /// unsubscribes.
    pub(crate) fn new(
        origin: Option<Origin>,
        when: Option<Box<C>>,
        once: Option<Unsubscribe>,
    ) -> Option<Self> {
        let any = origin.is_some() || when.is_some() || once.is_some();
        any.then(|| Self {
            origin,
            when,
            once: once.map(|unsubscribe| (Once::new(), unsubscribe)),
        })
    }

    /// Whether the event passes all filters; `holds` evaluates the condition on it.
    #[inline(never)]
    pub(crate) fn pass(&self, source: &EmitOrigin<'_>, holds: impl FnOnce(&C) -> bool) -> bool {
        let passes = self
            .origin
            .as_ref()
            .is_none_or(|origin| source.is_from(origin))
            && self.when.as_deref().is_none_or(holds)
            && self.once.as_ref().is_none_or(|(once, _)| once.claim());
        if passes && let Some((_, unsubscribe)) = &self.once {
            unsubscribe.run();
        }
        passes
    }
}

/// A one-time permit: the first claim succeeds, all later ones fail.
#[derive(Debug, Default)]
pub struct Once(AtomicBool);

impl Once {
    /// A permit that is not claimed yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Claims the permit. Of several threads that claim it at once exactly one gets `true`.
    #[inline]
    #[must_use]
    pub fn claim(&self) -> bool {
        !self.0.load(Ordering::Relaxed) && !self.0.swap(true, Ordering::AcqRel)
    }
}
