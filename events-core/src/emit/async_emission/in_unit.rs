//! The part of an async emission that is in a unit of work, what each poll of an emission enters, and the report of one that no
//! subscriber received.

use std::pin::Pin;

use super::{
    emission::{AsyncEmission, Stage},
    rare::Rare,
};
use crate::{
    context::EmissionState,
    emit::{
        context::CallSite,
        unit::{AsyncUnit, PlanSource},
    },
    event::{Event, TypedView},
    handler::erase,
    metadata::Origin,
    registry::{HandlerScope, Registry, enter_for_handlers, is_current_without_scopes},
    result::Recording,
    unit::{EnteredUnit, UnitHandle},
};

/// The unit and the registry that a poll has entered: one guard for both, so that most polls check one.
pub(super) struct Entered(Option<(Option<EnteredUnit>, HandlerScope)>);

impl Entered {
    #[cold]
    #[inline(never)]
    fn leave(&mut self) {
        self.0 = None;
    }
}

impl Drop for Entered {
    #[inline]
    fn drop(&mut self) {
        if self.0.is_some() {
            self.leave();
        }
    }
}

impl<E: Event> AsyncEmission<E> {
    /// Enters the registry and the unit of the emission on this thread, for a poll, unless it is the default registry and
    /// nothing was entered.
    #[inline(always)]
    pub(super) fn enter(&self) -> Entered {
        if self.rare.is_none() && is_current_without_scopes(&self.registry) {
            return Entered(None);
        }
        let scope = enter_for_handlers(&self.registry);
        Entered(Some((Rare::enter_unit(self.rare.get()), scope)))
    }

    /// An emission whose caller moves the event into a unit: only the subscribers that run at once are called.
    pub(in crate::emit) fn in_unit(
        registry: Registry,
        unit: &UnitHandle,
        event: E,
        origin: Option<Origin>,
        site: CallSite,
    ) -> Self {
        let mut emission = Self::new(registry, false, event, origin, site);
        emission.rare.get_or_insert_default().unit = Some(AsyncUnit::moving(unit));
        emission
    }

    /// How many subscribers run after the commit, which its caller has determined.
    pub(in crate::emit) fn set_later(self: Pin<&mut Self>, later: u32) {
        let rare = self.project().rare.get_mut();
        if let Some(unit) = rare.and_then(|rare| rare.unit.as_mut()) {
            unit.set_later(later);
        }
    }

    /// All subscribers are called.
    pub(in crate::emit) fn leave_unit(self: Pin<&mut Self>) {
        if let Some(rare) = self.project().rare.get_mut() {
            rare.unit = None;
        }
    }

    /// The event, if it is still there.
    pub(in crate::emit) fn take(self: Pin<&mut Self>) -> Option<E> {
        self.project().background_run.take()
    }

    /// Whether the caller is to move the event into the unit: it was neither withheld nor refused.
    pub(in crate::emit) fn may_move(&self) -> bool {
        self.unit().is_some()
    }

    /// Whether a subscriber that runs at once has received an event that the caller moves into the unit.
    pub(in crate::emit) fn was_received_at_once(&self) -> bool {
        self.unit().is_none_or(AsyncUnit::is_received)
    }

    /// Whether the caller moves the event into the unit, at the end.
    pub(super) fn moves_into_unit(&self) -> bool {
        self.unit().is_some_and(AsyncUnit::moves)
    }

    fn unit(&self) -> Option<&AsyncUnit> {
        self.rare.get()?.unit.as_ref()
    }

    pub(in crate::emit) fn origin(&self) -> Option<&Origin> {
        self.background_run.origin()
    }

    pub(in crate::emit) fn site(&self) -> CallSite {
        self.background_run.site()
    }

    /// The state of the emission.
    pub(in crate::emit) fn state(&self) -> EmissionState {
        self.background_run.state()
    }

    /// Holds a copy of the event in the unit, after the subscribers that run at once.
    #[cold]
    #[inline(never)]
    pub(super) fn hold_in_unit(self: Pin<&mut Self>, recording: Option<&Recording>) {
        let this = self.project();
        let Some(rare) = this.rare.get_mut() else {
            return;
        };
        let unit = rare.unit.take().filter(|_| *this.stage != Stage::Refused);
        let Some(mut unit) = unit else {
            return;
        };
        let core = this.registry.core();
        let mut background_run = this.background_run;
        let own_topic = background_run.event().and_then(Event::__own_topic).cloned();
        let source = PlanSource::of::<E::Family>(core, own_topic.as_deref());
        if let Some(recording) = recording.filter(|_| unit.holds())
            && let Some(source) = source
        {
            recording.change(|outcomes| outcomes.set_held(source.held()));
        }
        if unit.moves() {
            let is_received = !this.stats.is_unheard() || !background_run.is_unheard();
            if this.stats.stopped_by.is_none() {
                this.stats.deferred += unit.count_later(is_received);
            }
            rare.unit = Some(unit);
            return;
        }
        let state = background_run.state();
        let origin = background_run.origin().cloned();
        let Some(event) = background_run.as_mut().event_mut() else {
            return;
        };
        let mut fail = |failure| this.failures.get_or_insert_default().push(failure);
        unit.hold(
            source,
            erase(event).lend(),
            (E::info(), origin.as_ref(), state),
            this.stats,
            &mut fail,
        );
    }

    /// Reports to the log and to the hook that no subscriber received the event, unless it was refused or withheld. One that
    /// is moved into a unit is reported when that is committed.
    #[cold]
    #[inline(never)]
    pub(super) fn report_unheard(&self) {
        if let Some(event) = self.background_run.event()
            && self.stage != Stage::Refused
            && !self.moves_into_unit()
        {
            let origin = self.background_run.origin();
            let emit_limits = self.registry.core().emit_limits();
            emit_limits.report_unheard(&TypedView { event, origin });
        }
    }
}
