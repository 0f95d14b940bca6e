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
    metadata::{EmitVerb, EventInfo, Origin},
    plan::{Slot, default_slot},
    registry::Core,
    result::{EmitError, EmitErrorKind, EmitStats, Emitted, NotRun, Outcomes, Recording},
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
        if self.is_default {
            self.emit_default::<F>(event, origin, site);
        } else {
            let slot = self.slots.get(TypeId::of::<F>());
            self.emit_in::<F>(slot, event, origin, site);
        }
    }

    /// Emits on this registry, which is the default one: the address of the slot is a constant, unless
    /// the event type is generic.
    #[inline(always)]
    pub(crate) fn emit_default<F: Family>(
        &self,
        event: &mut F::Of<'_>,
        origin: Option<&Origin>,
        site: CallSite,
    ) {
        let slot = match default_slot::<F>() {
            Some(slot) => Some(slot),
            None => self.slots.get(TypeId::of::<F>()),
        };
        self.emit_in::<F>(slot, event, origin, site);
    }

    #[inline(always)]
    fn emit_in<F: Family>(
        &self,
        slot: Option<&Slot>,
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
        match dispatch::emit(slot, move || {
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
                EmitErrorKind::Failed(failures) => failures.into_iter().for_each(log::failure),
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
        if self.withholds(event, origin, site, EmitVerb::Emit) {
            return;
        }
        let slot = self.slot_with_patterns::<F>();
        let emit_context = self.emit_context::<F>(origin, site);
        let _sink = self.pass_failures();
        let stats = dispatch::emit_slow(slot, &mut ErasedEvent::new::<F>(event), emit_context);
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
        self.warn_if_unscanned();
        if self.withholds(event, origin, site, EmitVerb::Emit) {
            self.record_not_run::<F>(recording, None, NotRun::Withheld);
            return TryEmitResult::withheld(F::statics().info);
        }
        let slot = self.slot_with_patterns::<F>();
        let emit_context = self.emit_context::<F>(origin, site);
        let (stats, error) = if <F::Of<'static> as Event>::__FAILS_CLOSED {
            let mut event = FailClosedEvent::new(&mut *event);
            let (stats, error) = dispatch::try_emit(slot, &mut event, emit_context, recording);
            error.iter().for_each(|error| event.refuse_for(error));
            (stats, error)
        } else {
            let event = &mut ErasedEvent::new::<F>(event);
            dispatch::try_emit(slot, event, emit_context, recording)
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
    fn withheld(info: &'static EventInfo) -> Self {
        Self {
            topic: info.topic(),
            stats: EmitStats::default(),
            error: None,
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
