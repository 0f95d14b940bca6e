//! What few async emissions have: they share one box, so that the others pay one check for all of it.

use std::sync::Arc;

use crate::{
    background::BackgroundPlan,
    emit::{
        run_all::DeferLast,
        unit::{AsyncUnit, PlanSource},
        wrapped::WrappedAsync,
    },
    plan::{Selection, SubscriberId},
    primitives::OptionBox,
    registry::Registry,
    unit::{EnteredUnit, is_in_unit, is_in_unit_of_scope},
};

/// What few async emissions have. `S` is how far the emission inside of its middleware is.
pub(super) struct Rare<S> {
    /// The background plan, if deferred handlers of it are not queued yet.
    pub(super) deferred_last: Option<Arc<BackgroundPlan>>,
    /// What the emit has in a unit of work, if it is in one.
    pub(super) unit: Option<AsyncUnit>,
    /// The middleware around it, if there is some and it is in progress.
    pub(super) wrapped: Option<WrappedAsync<S>>,
    /// The only subscriber that is called, of a delivery.
    pub(super) durable: Option<SubscriberId>,
}

impl<S> Default for Rare<S> {
    fn default() -> Self {
        Self {
            deferred_last: None,
            unit: None,
            wrapped: None,
            durable: None,
        }
    }
}

impl<S> DeferLast for OptionBox<Rare<S>> {
    fn defer_last(&mut self, background: Arc<BackgroundPlan>) {
        self.get_or_insert_default().deferred_last = Some(background);
    }
}

impl<S> Rare<S> {
    /// That of an emission that begins.
    #[inline(always)]
    pub(super) fn of_new(is_scoped: bool) -> OptionBox<Self> {
        if is_scoped && is_in_unit_of_scope() {
            Self::of_entered_unit()
        } else {
            OptionBox::NONE
        }
    }

    #[cold]
    #[inline(never)]
    fn of_entered_unit() -> OptionBox<Self> {
        let mut rare = OptionBox::<Self>::NONE;
        if let Some(unit) = AsyncUnit::entered() {
            rare.get_or_insert_default().unit = Some(unit);
        }
        rare
    }

    /// Which subscribers are called: `None` for those of an emit outside of all units.
    #[cold]
    pub(super) fn select<'s>(
        &mut self,
        registry: &Registry,
        source: impl FnOnce() -> Option<PlanSource<'s>>,
    ) -> Option<Selection> {
        if let Some(number) = self.durable {
            return Some(Selection::Durable(number));
        }
        let unit = self.unit.as_mut()?;
        unit.begin(registry, source).map(Selection::Phase)
    }

    /// Enters the unit of the emission on this thread, for a poll. An emission without a unit leaves those that the thread has
    /// entered.
    #[inline]
    pub(super) fn enter_unit(rare: Option<&Self>) -> Option<EnteredUnit> {
        match rare {
            Some(rare) => rare.enter_own_unit(),
            None if is_in_unit() => leave_units(),
            None => None,
        }
    }

    #[cold]
    #[inline(never)]
    fn enter_own_unit(&self) -> Option<EnteredUnit> {
        match &self.unit {
            Some(unit) => Some(unit.enter()),
            None => leave_units(),
        }
    }
}

#[cold]
#[inline(never)]
fn leave_units() -> Option<EnteredUnit> {
    EnteredUnit::none()
}
