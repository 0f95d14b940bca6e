//! Emitting on a registry: from an event and its type to the slot, and to who looks at it on the way. No
//! lock is taken.

use std::any::TypeId;

use super::{
    context::CallSite,
    dispatch::{self, EmitPath},
};
use crate::{
    context::is_observed,
    event::{Family, TypedView},
    handler::ErasedEvent,
    metadata::{EventInfo, Origin},
    plan::{Slot, default_slot},
    registry::{Core, EmitVerb},
    result::{EmitError, EmitErrorKind, EmitStats, Emitted},
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

    /// Emits on this registry, which is the default one: where the slot is, is known when this is
    /// compiled.
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
        let lent = &mut *event;
        match dispatch::emit(slot, move || {
            (ErasedEvent::new::<F>(lent), self.emit_context::<F>(origin))
        }) {
            EmitPath::Scanned => {}
            EmitPath::Swapped => self.warn_if_unscanned(),
            EmitPath::NoPlan => self.emit_without_plan::<F>(event, origin, site),
            EmitPath::Slow => self.emit_slow::<F>(event, origin, site),
        }
    }

    /// Emits where no plan was found at a glance, or somebody looks at each emit.
    #[inline]
    fn emit_without_plan<F: Family>(
        &self,
        event: &mut F::Of<'_>,
        origin: Option<&Origin>,
        site: CallSite,
    ) {
        if is_observed() || self.flags() {
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
        let emit_context = self.emit_context::<F>(origin);
        let told = dispatch::emit_slow(slot, &mut ErasedEvent::new::<F>(event), emit_context);
        if told.is_some_and(|told| told.is_unheard()) {
            self.emit_limits()
                .call_unheard_hook(&TypedView { event, origin });
        }
    }

    /// Emits on this registry and tells what became of the event.
    pub(crate) fn try_emit<F: Family>(
        &self,
        event: &mut F::Of<'_>,
        origin: Option<&Origin>,
        site: CallSite,
    ) -> TryEmitResult {
        self.warn_if_unscanned();
        if self.withholds(event, origin, site, EmitVerb::Emit) {
            return TryEmitResult::emit_limits(F::statics().info);
        }
        let slot = self.slot_with_patterns::<F>();
        let emit_context = self.emit_context::<F>(origin);
        let (told, trouble) =
            dispatch::try_emit(slot, &mut ErasedEvent::new::<F>(event), emit_context);
        if trouble.is_none() && told.is_unheard() {
            self.emit_limits()
                .call_unheard_hook(&TypedView { event, origin });
        }
        TryEmitResult {
            topic: F::statics().info.topic(),
            told,
            trouble,
        }
    }
}

/// What became of an emit, still without its event.
pub(crate) struct TryEmitResult {
    topic: &'static str,
    told: EmitStats,
    trouble: Option<EmitErrorKind>,
}

impl TryEmitResult {
    /// Of an event that no subscriber was given.
    fn emit_limits(info: &'static EventInfo) -> Self {
        Self {
            topic: info.topic(),
            told: EmitStats::default(),
            trouble: None,
        }
    }

    pub(crate) fn of<E>(self, event: E) -> Result<Emitted<E>, EmitError<E>> {
        let emitted = Emitted::new(event, self.told);
        match self.trouble {
            None => Ok(emitted),
            Some(trouble) => Err(EmitError::new(emitted, self.topic.into(), trouble)),
        }
    }
}
