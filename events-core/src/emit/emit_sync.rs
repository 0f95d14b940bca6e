//! Sync emits: the lookup of the slot of an event type, the fast path, and the slow path behind it.
//!
//! No lock is taken, except when a slow emit is the first of its event type: it matches the patterns of
//! the pattern subscribers under the writer's lock.
//!
//! The fast path is inlined into the caller, and its instructions are counted by `benches/gate`:
//! everything that few emits need is outlined.

use std::{any::TypeId, panic::Location};

use super::{
    context::CallSite,
    dispatch::{self, EmitPath},
};
use crate::{
    context::is_observed,
    event::{Event, Family, TypedView, Visit},
    handler::ErasedEvent,
    metadata::{EmitVerb, EventInfo, IntoKey, Origin},
    plan::{Slot, default_slot},
    registry::{Core, Registry},
    result::{EmitError, EmitErrorKind, EmitStats, Emitted},
};

impl Registry {
    /// Runs the subscribers of this registry and returns the event; see [`Event::emit`].
    ///
    /// This registry does not become the current one meanwhile: what its subscribers emit with
    /// `event.emit()` goes to the registry that is current on this thread. To emit nested events to this
    /// registry as well, [`enter`](Self::enter) it and use `event.emit()`.
    #[inline]
    #[track_caller]
    pub fn emit<E: Event>(&self, mut event: E) -> E {
        self.emit_mut(&mut event);
        event
    }

    /// [`emit`](Self::emit) without moving a large event.
    #[inline]
    #[track_caller]
    pub fn emit_mut<E: Event>(&self, event: &mut E) {
        event.__lend(EmitVisitor(self.core(), None, Location::caller()));
    }

    /// [`emit`](Self::emit) with an origin; see [`Event::emit_from`].
    #[inline]
    #[track_caller]
    pub fn emit_from<E: Event, M>(&self, mut event: E, origin: impl IntoKey<M>) -> E {
        let origin = origin.into_key().into();
        event.__lend(EmitVisitor(self.core(), Some(&origin), Location::caller()));
        event
    }

    /// Runs the subscribers and returns the event with the result of the emit; see [`Event::try_emit`].
    ///
    /// # Errors
    ///
    /// When a subscriber failed, or when the emit was refused as nested too deep.
    #[track_caller]
    pub fn try_emit<E: Event>(&self, event: E) -> Result<Emitted<E>, EmitError<E>> {
        self.try_emit_with(event, None)
    }

    /// [`try_emit`](Self::try_emit) with an origin.
    ///
    /// # Errors
    ///
    /// As `try_emit`.
    #[track_caller]
    pub fn try_emit_from<E: Event, M>(
        &self,
        event: E,
        origin: impl IntoKey<M>,
    ) -> Result<Emitted<E>, EmitError<E>> {
        self.try_emit_with(event, Some(&origin.into_key().into()))
    }

    #[track_caller]
    pub(crate) fn try_emit_with<E: Event>(
        &self,
        mut event: E,
        origin: Option<&Origin>,
    ) -> Result<Emitted<E>, EmitError<E>> {
        event
            .__lend(TryEmitVisitor(self.core(), origin, Location::caller()))
            .with_event(event)
    }
}

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
        let borrowed = &mut *event;
        match dispatch::emit(slot, move || {
            (
                ErasedEvent::new::<F>(borrowed),
                self.emit_context::<F>(origin),
            )
        }) {
            EmitPath::Scanned => {}
            EmitPath::Swapped => self.warn_if_unscanned(),
            EmitPath::NoPlan => self.emit_without_plan::<F>(event, origin, site),
            EmitPath::Slow => self.emit_slow::<F>(event, origin, site),
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
        let emit_context = self.emit_context::<F>(origin);
        let stats = dispatch::emit_slow(slot, &mut ErasedEvent::new::<F>(event), emit_context);
        if stats.is_some_and(|stats| stats.is_unheard()) {
            self.emit_limits()
                .call_unheard_hook(&TypedView { event, origin });
        }
    }

    /// Emits on this registry, and reports the result.
    fn try_emit<F: Family>(
        &self,
        event: &mut F::Of<'_>,
        origin: Option<&Origin>,
        site: CallSite,
    ) -> TryEmitResult {
        self.warn_if_unscanned();
        if self.withholds(event, origin, site, EmitVerb::Emit) {
            return TryEmitResult::withheld(F::statics().info);
        }
        let slot = self.slot_with_patterns::<F>();
        let emit_context = self.emit_context::<F>(origin);
        let (stats, error) =
            dispatch::try_emit(slot, &mut ErasedEvent::new::<F>(event), emit_context);
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

/// Emits the event of any lifetime that it is called with.
struct EmitVisitor<'a>(&'a Core, Option<&'a Origin>, CallSite);

impl<F: Family> Visit<F> for EmitVisitor<'_> {
    type Output = ();

    #[inline]
    fn visit(self, event: &mut F::Of<'_>) {
        self.0.emit::<F>(event, self.1, self.2);
    }
}

/// As [`EmitVisitor`], and returns the result.
struct TryEmitVisitor<'a>(&'a Core, Option<&'a Origin>, CallSite);

impl<F: Family> Visit<F> for TryEmitVisitor<'_> {
    type Output = TryEmitResult;

    fn visit(self, event: &mut F::Of<'_>) -> TryEmitResult {
        self.0.try_emit::<F>(event, self.1, self.2)
    }
}

/// The result of an emit, without the event.
struct TryEmitResult {
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

    fn with_event<E>(self, event: E) -> Result<Emitted<E>, EmitError<E>> {
        let emitted = Emitted::new(event, self.stats);
        match self.error {
            None => Ok(emitted),
            Some(error) => Err(EmitError::new(emitted, self.topic.into(), error)),
        }
    }
}
