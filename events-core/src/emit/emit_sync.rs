//! Sync emits: the methods of a registry, which `sync_emission` implements.

use std::panic::Location;

use super::{context::CallSite, sync_emission::TryEmitResult};
use crate::{
    event::{Event, Family, Visit},
    metadata::{IntoKey, Origin},
    registry::{Core, Registry, enter_for_handlers},
    result::{EmitError, Emitted, Outcomes, Recording},
};

impl Registry {
    /// Runs the subscribers of this registry and returns the event; see [`Event::emit`].
    ///
    /// This registry is the current one meanwhile: what its subscribers emit with `event.emit()` goes to it as well.
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
        let _current = enter_for_handlers(self);
        event.__lend(EmitVisitor(self.core(), None, Location::caller()));
    }

    /// [`emit`](Self::emit) with an origin; see [`Event::emit_from`].
    #[inline]
    #[track_caller]
    pub fn emit_from<E: Event, M>(&self, mut event: E, origin: impl IntoKey<M>) -> E {
        let origin = origin.into_key().into();
        let _current = enter_for_handlers(self);
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
        let _current = enter_for_handlers(self);
        self.core().try_emit_with(event, None, Location::caller())
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
        let origin = origin.into_key().into();
        let _current = enter_for_handlers(self);
        self.core()
            .try_emit_with(event, Some(&origin), Location::caller())
    }
}

impl Core {
    /// Emits on this registry, and returns the event with the result.
    pub(crate) fn try_emit_with<E: Event>(
        &self,
        mut event: E,
        origin: Option<&Origin>,
        site: CallSite,
    ) -> Result<Emitted<E>, EmitError<E>> {
        let recording = Recording::new(Outcomes::OF_SYNC_EMIT);
        event
            .__lend(TryEmitVisitor(self, origin, site, &recording))
            .with_event(event, recording.into_outcomes())
    }
}

/// Emits on this registry, which is the current one meanwhile.
pub(super) fn emit_with<E: Event>(
    registry: &Registry,
    event: &mut E,
    origin: Option<&Origin>,
    site: CallSite,
) {
    let _current = enter_for_handlers(registry);
    event.__lend(EmitVisitor(registry.core(), origin, site));
}

/// Emits the event that it is called with, of any lifetime.
struct EmitVisitor<'a>(&'a Core, Option<&'a Origin>, CallSite);

impl<'s, F: Family> Visit<'s, F> for EmitVisitor<'_> {
    type Output = ();

    #[inline]
    fn visit<'x: 's>(self, event: &'s mut F::Of<'x>) {
        self.0.emit::<F>(event, self.1, self.2);
    }
}

/// Like [`EmitVisitor`], but returns the result.
struct TryEmitVisitor<'a>(&'a Core, Option<&'a Origin>, CallSite, &'a Recording);

impl<'s, F: Family> Visit<'s, F> for TryEmitVisitor<'_> {
    type Output = TryEmitResult;

    fn visit<'x: 's>(self, event: &'s mut F::Of<'x>) -> TryEmitResult {
        self.0.try_emit::<F>(event, self.1, self.2, Some(self.3))
    }
}
