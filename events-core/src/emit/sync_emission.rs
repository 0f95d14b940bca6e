//! A sync emission: the lookup of the slot of an event type, the fast path, and the slow path behind it.
//!
//! No lock is taken, except when a slow emit is the first of its event type: it matches the patterns of
//! the pattern subscribers under the writer's lock.
//!
//! The fast path is inlined into the caller, and its instructions are counted by `benches/gate`:
//! everything that few emits need is outlined.

use std::any::TypeId;

use super::{
    context::{CallSite, default_origin},
    dispatch::{self, EmitPath},
    fail_closed::FailClosedEvent,
};
use crate::{
    context::{is_observed, log},
    event::{Event, Family, TypedView},
    handler::ErasedEvent,
    metadata::{EventInfo, Origin},
    plan::{Slot, default_slot},
    registry::{AWAITS_SCAN, Core, OBSERVES_EMITS},
    result::{EmitError, EmitErrorKind, EmitStats, Emitted, Outcomes, Recording},
    unit::is_in_unit,
};

impl Core {
    /// Emits on this registry.
    #[inline]
    pub(crate) fn emit<F: Family>(
        &self,
        event: &mut F::Of<'_>,
        origin: Option<&Origin>,
        site: CallSite,
    ) {
        let slot = match default_slot::<F>() {
            Some(slot) if self.is_default => Some(slot),
            _ => self.slots.get(TypeId::of::<F>()),
        };
        // The check of the slot first: it is one load, and few events have such subscribers.
        let is_divided = slot.is_some_and(Slot::is_divided_in_unit) && is_in_unit();
        self.emit_to::<F>(slot, is_divided, event, origin, site);
    }

    /// Emits on this registry, which is the default one: the address of the slot is a constant, unless
    /// the event type is generic. `in_unit`: this thread has entered a unit of work.
    #[inline(always)]
    pub(crate) fn emit_default<F: Family>(
        &self,
        event: &mut F::Of<'_>,
        origin: Option<&Origin>,
        site: CallSite,
        in_unit: bool,
    ) {
        let slot = match default_slot::<F>() {
            Some(slot) => Some(slot),
            None => self.slots.get(TypeId::of::<F>()),
        };
        let is_divided = in_unit && slot.is_some_and(Slot::is_divided_in_unit);
        self.emit_to::<F>(slot, is_divided, event, origin, site);
    }

    /// `is_divided`: the emit is in a unit of work, and some of its subscribers do not run at once there.
    #[inline(always)]
    fn emit_to<F: Family>(
        &self,
        slot: Option<&Slot>,
        is_divided: bool,
        event: &mut F::Of<'_>,
        origin: Option<&Origin>,
        site: CallSite,
    ) {
        if <F::Of<'static> as Event>::__FAILS_CLOSED {
            return self.emit_check::<F>(event, origin, site);
        }
        let default_origin = default_origin::<F>();
        let origin = origin.or(default_origin.as_ref());
        let borrowed = &mut *event;
        match dispatch::emit(slot, is_divided, move || {
            (
                ErasedEvent::new::<F>(borrowed),
                self.emit_context::<F>(origin, site),
            )
        }) {
            EmitPath::Scanned => {}
            EmitPath::Swapped => self.warn_if_unscanned(),
            EmitPath::NoPlan => self.emit_without_plan::<F>(event, origin, site),
            EmitPath::Slow => self.emit_slow::<F>(event, origin, site),
        }
    }

    /// Emits an event that fails closed: collects the failures, which refuse it, and logs them.
    #[inline(never)]
    fn emit_check<F: Family>(
        &self,
        event: &mut F::Of<'_>,
        origin: Option<&Origin>,
        site: CallSite,
    ) {
        let result = self.try_emit::<F>(event, origin, site, None);
        if let Some(error) = result.error {
            let _sink = self.pass_failures();
            match error {
                EmitErrorKind::Failed(failures) => log::failures(failures),
                EmitErrorKind::TooDeep(refusal) => log::refusal(&refusal),
            }
        }
    }

    /// Takes the slow path if `tracing` records emits or a flag requires it; else there is no
    /// subscriber.
    #[inline]
    fn emit_without_plan<F: Family>(
        &self,
        event: &mut F::Of<'_>,
        origin: Option<&Origin>,
        site: CallSite,
    ) {
        if is_observed() || self.has_any_flag() {
            self.warn_if_unscanned();
            self.emit_slow::<F>(event, origin, site);
        }
    }

    #[cold]
    #[inline(never)]
    fn emit_slow<F: Family>(&self, event: &mut F::Of<'_>, origin: Option<&Origin>, site: CallSite) {
        if self.observes_emits() {
            let _sink = self.pass_failures();
            if let Some(result) = self.emit_observed::<F>(event, origin, site, (None, true)) {
                if let Some(EmitErrorKind::TooDeep(refusal)) = result.error {
                    log::refusal(&refusal);
                }
                return;
            }
        }
        let slot = self.slot_with_patterns::<F>();
        let emit_context = self.emit_context::<F>(origin, site);
        let _sink = self.pass_failures();
        let stats = self.emit_slow_to(slot, &mut ErasedEvent::new::<F>(event), emit_context);
        if stats.is_some_and(|stats| stats.is_unheard()) {
            self.emit_limits()
                .call_unheard_hook(&TypedView { event, origin });
        }
    }

    /// Emits on this registry, and reports the result. What becomes of the subscribers is recorded if there is a record.
    pub(super) fn try_emit<F: Family>(
        &self,
        event: &mut F::Of<'_>,
        origin: Option<&Origin>,
        site: CallSite,
        recording: Option<&Recording>,
    ) -> TryEmitResult {
        let default_origin = default_origin::<F>();
        let origin = origin.or(default_origin.as_ref());
        // One load of the flags for both: most registries have none of them.
        if self.has_flag(AWAITS_SCAN | OBSERVES_EMITS) {
            self.warn_if_unscanned();
            if self.observes_emits()
                && let Some(result) =
                    self.emit_observed::<F>(event, origin, site, (recording, false))
            {
                return result;
            }
        }
        let slot = self.slot_with_patterns::<F>();
        let emit_context = self.emit_context::<F>(origin, site);
        let (stats, error) = if <F::Of<'static> as Event>::__FAILS_CLOSED {
            let mut event = FailClosedEvent::new(&mut *event);
            let (stats, error) = self.try_emit_to(slot, &mut event, emit_context, recording);
            error.iter().for_each(|error| event.refuse_for(error));
            (stats, error)
        } else {
            let event = &mut ErasedEvent::new::<F>(event);
            self.try_emit_to(slot, event, emit_context, recording)
        };
        if error.is_none() && stats.is_unheard() {
            self.emit_limits()
                .call_unheard_hook(&TypedView { event, origin });
        }
        TryEmitResult {
            topic: F::statics().info.topic(),
            stats,
            error,
        }
    }
}

/// The result of an emit, without the event.
pub(super) struct TryEmitResult {
    topic: &'static str,
    stats: EmitStats,
    error: Option<EmitErrorKind>,
}

impl TryEmitResult {
    /// The result for an event that the interceptor withheld.
    pub(super) fn withheld(info: &'static EventInfo) -> Self {
        Self::new(info, EmitStats::default(), None)
    }

    pub(super) fn new(
        info: &'static EventInfo,
        stats: EmitStats,
        error: Option<EmitErrorKind>,
    ) -> Self {
        Self {
            topic: info.topic(),
            stats,
            error,
        }
    }

    #[inline]
    pub(super) fn with_event<E>(
        self,
        event: E,
        outcomes: Outcomes,
    ) -> Result<Emitted<E>, EmitError<E>> {
        let emitted = Emitted::new(event, self.stats, outcomes);
        match self.error {
            None => Ok(emitted),
            Some(error) => Err(EmitError::new(emitted, self.topic.into(), error)),
        }
    }
}
