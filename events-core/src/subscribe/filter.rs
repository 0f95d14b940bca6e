//! The filters of a subscriber: origin, `when` and `once`, evaluated in this order before each
//! call.

use std::sync::Arc;

use super::subscription::Unsubscribe;
use crate::{
    event::{AnyEvent, Family},
    handler::EmitOrigin,
    metadata::{Once, Origin},
    primitives::CatchDrop,
};

/// A condition on the events of one family.
pub(super) type TypedCondition<F> = dyn Fn(&<F as Family>::Of<'_>) -> bool + Send + Sync;

/// A condition on an event of any type.
pub(super) type AnyCondition = dyn Fn(&dyn AnyEvent) -> bool + Send + Sync;

/// A condition of this type as a subscription stores it. A handler is stored beside it: were both dropped by one panic
/// that unwinds, a second one would abort the process.
pub(super) type Condition<C> = CatchDrop<Box<C>>;

/// The filters of a run-time subscription; `C` is the type of its condition.
pub(crate) struct Filters<C: ?Sized> {
    origin: Option<Origin>,
    when: Option<Condition<C>>,
    once: Option<(Arc<Once>, Unsubscribe)>,
}

/// The filters, and the function that claims the permit of `once`, if that is set. The handler calls the function when its
/// call starts, which may be later than the filters are evaluated.
pub(super) fn with_claim<C: ?Sized + Send + Sync + 'static>(
    filters: Option<Filters<C>>,
) -> (
    Option<Arc<Filters<C>>>,
    Option<impl Fn() -> bool + Send + Sync + 'static>,
) {
    let filters = filters.map(Arc::new);
    let once = filters.clone().filter(|filters| filters.is_once());
    (filters, once.map(|once| move || once.claim()))
}

impl<C: ?Sized> Filters<C> {
    /// Returns `None` when no filter is set. With `once` the first call that passes also
    /// unsubscribes.
    pub(crate) fn new(
        origin: Option<Origin>,
        when: Option<Condition<C>>,
        once: Option<(Arc<Once>, Unsubscribe)>,
    ) -> Option<Self> {
        let any = origin.is_some() || when.is_some() || once.is_some();
        any.then(|| Self { origin, when, once })
    }

    /// Whether the event passes all filters; `holds` evaluates the condition on it. Claims the permit of
    /// `once`: the handler is called at once.
    #[inline(never)]
    pub(crate) fn pass(&self, source: &EmitOrigin<'_>, holds: impl FnOnce(&C) -> bool) -> bool {
        self.test(source, holds) && self.claim()
    }

    /// Whether the event passes all filters, where `once` needs a permit that is not claimed yet.
    pub(crate) fn test(&self, source: &EmitOrigin<'_>, holds: impl FnOnce(&C) -> bool) -> bool {
        self.origin
            .as_ref()
            .is_none_or(|origin| source.is_from(origin))
            && self.when.as_ref().is_none_or(|when| holds(when))
            && self
                .once
                .as_ref()
                .is_none_or(|(once, _)| !once.is_claimed())
    }

    /// Claims the permit of `once`, and then unsubscribes. True without `once`.
    pub(crate) fn claim(&self) -> bool {
        let Some((once, unsubscribe)) = &self.once else {
            return true;
        };
        let is_claimed = once.claim();
        if is_claimed {
            unsubscribe.run();
        }
        is_claimed
    }

    pub(super) fn is_once(&self) -> bool {
        self.once.is_some()
    }
}
