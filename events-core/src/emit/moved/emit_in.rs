//! Emitting in a unit of work, with its handle: the methods of a registry. The event is moved into the unit.

use std::panic::Location;

use super::{
    emit_in_async::{EmitInAsync, TryEmitInAsync},
    moved_event::{emit_and_log, try_emit},
    unit_event::UnitEvent,
};
use crate::{
    emit::unit::EmitInError, metadata::IntoKey, registry::Registry, result::Emitted,
    unit::UnitHandle,
};

impl Registry {
    /// Emits the event in a unit of work: runs the subscribers that run at once, and keeps the event for the others until
    /// the unit ends. It is moved into the unit, so it need not be `Clone`; see [`UnitEvent`](crate::units::UnitEvent). With
    /// values for the parameters of the subscribers: [`Emitting::emit_in`](crate::emitting::Emitting::emit_in).
    ///
    /// Failures are logged; [`try_emit_in`](Self::try_emit_in) returns them. A subscriber that returns `ControlFlow::Break`
    /// also keeps the event from those that run later.
    ///
    /// What the subscribers that run at once emit without a handle is emitted in the unit as well, as if it were
    /// [entered](UnitHandle::enter).
    ///
    /// While the unit runs what it held, which is after its commit, the event is also passed to the subscribers that run after
    /// the commit, behind those that run at once.
    ///
    #[doc = include_str!("../../../docs/emit_in.md")]
    #[track_caller]
    pub fn emit_in<E: UnitEvent>(&self, unit: &UnitHandle, event: E) {
        emit_and_log((self, unit, None), event, None, Location::caller());
    }

    /// [`emit_in`](Self::emit_in) with an origin.
    #[track_caller]
    pub fn emit_in_from<E: UnitEvent, M>(
        &self,
        unit: &UnitHandle,
        event: E,
        origin: impl IntoKey<M>,
    ) {
        let origin = Some(origin.into_key().into());
        emit_and_log((self, unit, None), event, origin, Location::caller());
    }

    /// [`emit_in`](Self::emit_in), which also returns what the subscribers did that run at once. Those that run after the
    /// commit count as [deferred](Emitted::deferred).
    ///
    /// # Errors
    ///
    /// When the unit has ended, when the queue has no room for the subscribers that run later, and when emits are nested too
    /// deep: then the event is in the error, and no subscriber was called. When a subscriber that runs at once failed: then
    /// the unit has the event, and passes it to those that run later. When one of them ends the unit: then the event is
    /// dropped, and failures are logged.
    #[track_caller]
    pub fn try_emit_in<E: UnitEvent>(
        &self,
        unit: &UnitHandle,
        event: E,
    ) -> Result<Emitted<()>, EmitInError<E>> {
        try_emit((self, unit, None), event, None, Location::caller())
    }

    /// [`try_emit_in`](Self::try_emit_in) with an origin.
    ///
    /// # Errors
    ///
    /// As `try_emit_in`.
    #[track_caller]
    pub fn try_emit_in_from<E: UnitEvent, M>(
        &self,
        unit: &UnitHandle,
        event: E,
        origin: impl IntoKey<M>,
    ) -> Result<Emitted<()>, EmitInError<E>> {
        let origin = Some(origin.into_key().into());
        try_emit((self, unit, None), event, origin, Location::caller())
    }

    /// [`emit_in`](Self::emit_in), which also runs the awaited subscribers that run at once. It does not wait for async ones,
    /// which run after the commit.
    ///
    /// The place of the event among those of the unit is that of the first poll. A future that is dropped before it is ready
    /// leaves nothing in the unit.
    #[track_caller]
    pub fn emit_in_async<E: UnitEvent>(&self, unit: &UnitHandle, event: E) -> EmitInAsync<E> {
        EmitInAsync::new((self, unit, None), event, None, Location::caller())
    }

    /// [`emit_in_async`](Self::emit_in_async) with an origin.
    #[track_caller]
    pub fn emit_in_async_from<E: UnitEvent, M>(
        &self,
        unit: &UnitHandle,
        event: E,
        origin: impl IntoKey<M>,
    ) -> EmitInAsync<E> {
        let origin = Some(origin.into_key().into());
        EmitInAsync::new((self, unit, None), event, origin, Location::caller())
    }

    /// [`emit_in_async`](Self::emit_in_async), which also returns what [`try_emit_in`](Self::try_emit_in) returns.
    ///
    /// # Errors
    ///
    /// The output is an error as of `try_emit_in`.
    #[track_caller]
    pub fn try_emit_in_async<E: UnitEvent>(
        &self,
        unit: &UnitHandle,
        event: E,
    ) -> TryEmitInAsync<E> {
        TryEmitInAsync::new((self, unit, None), event, None, Location::caller())
    }

    /// [`try_emit_in_async`](Self::try_emit_in_async) with an origin.
    ///
    /// # Errors
    ///
    /// The output is an error as of `try_emit_in`.
    #[track_caller]
    pub fn try_emit_in_async_from<E: UnitEvent, M>(
        &self,
        unit: &UnitHandle,
        event: E,
        origin: impl IntoKey<M>,
    ) -> TryEmitInAsync<E> {
        let origin = Some(origin.into_key().into());
        TryEmitInAsync::new((self, unit, None), event, origin, Location::caller())
    }
}
