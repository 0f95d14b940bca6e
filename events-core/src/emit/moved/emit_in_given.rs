//! Emitting in a unit of work, with its handle and with values for the parameters of the subscribers.

use std::panic::Location;

use super::{
    emit_in_async::{EmitInAsync, TryEmitInAsync},
    moved_event::{EmitScope, emit_and_log, try_emit},
    unit_event::UnitEvent,
};
use crate::{
    emit::{given::Emitting, unit::EmitInError},
    metadata::Origin,
    result::Emitted,
    unit::UnitHandle,
};

impl Emitting {
    fn scope<'t>(&'t self, unit: &'t UnitHandle) -> (EmitScope<'t>, Option<Origin>) {
        let (registry, values, origin) = self.parts();
        ((registry, unit, Some(values)), origin.cloned())
    }

    /// Moves the event into a unit of work, after the subscribers that run at once; see
    /// [`Registry::emit_in`](crate::Registry::emit_in). These receive the values, and those that run later do not.
    ///
    /// ```
    /// use events_core::{
    ///     Event, Registry, UnitOfWork, failures::BoxError, subscriber, subscribers,
    ///     handlers::{CallContext, Param, Prepare, PrepareError},
    /// };
    ///
    /// /// The table that the transaction writes to.
    /// struct Table(&'static str);
    ///
    /// impl Param for &Table {
    ///     type Kept = ();
    ///     type Held<'c> = &'c Table;
    ///     type Item<'i> = &'i Table;
    ///
    ///     fn prepare(_: &Prepare<'_>) -> Result<(), PrepareError> {
    ///         Ok(())
    ///     }
    ///
    ///     fn acquire<'c>((): &'c (), call: &'c CallContext<'c>) -> Result<&'c Table, BoxError> {
    ///         Ok(call.require()?)
    ///     }
    ///
    ///     fn item<'i, 'c: 'i>(held: &'i mut &'c Table) -> &'i Table {
    ///         held
    ///     }
    /// }
    ///
    /// #[derive(Event)]
    /// struct RowWritten(u32);
    ///
    /// #[subscriber]
    /// fn audit(row: &RowWritten, table: &Table) {
    ///     println!("row {} of {}", row.0, table.0);
    /// }
    ///
    /// let registry = Registry::with(subscribers![audit]);
    /// let work = UnitOfWork::begin();
    /// registry.emitting().with(Table("orders")).emit_in(&work.handle(), RowWritten(7));
    /// work.commit()?;
    /// # Ok::<(), events_core::units::CommitError>(())
    /// ```
    #[track_caller]
    pub fn emit_in<E: UnitEvent>(&self, unit: &UnitHandle, event: E) {
        let (scope, origin) = self.scope(unit);
        emit_and_log(scope, event, origin, Location::caller());
    }

    /// [`emit_in`](Self::emit_in), which also returns the result; see
    /// [`Registry::try_emit_in`](crate::Registry::try_emit_in).
    ///
    /// # Errors
    ///
    /// As that one.
    #[track_caller]
    pub fn try_emit_in<E: UnitEvent>(
        &self,
        unit: &UnitHandle,
        event: E,
    ) -> Result<Emitted<()>, EmitInError<E>> {
        let (scope, origin) = self.scope(unit);
        try_emit(scope, event, origin, Location::caller())
    }

    /// [`emit_in`](Self::emit_in), which also runs the awaited subscribers that run at once; see
    /// [`Registry::emit_in_async`](crate::Registry::emit_in_async).
    #[track_caller]
    pub fn emit_in_async<E: UnitEvent>(&self, unit: &UnitHandle, event: E) -> EmitInAsync<E> {
        let (scope, origin) = self.scope(unit);
        EmitInAsync::new(scope, event, origin, Location::caller())
    }

    /// [`emit_in_async`](Self::emit_in_async), which also returns the result.
    #[track_caller]
    pub fn try_emit_in_async<E: UnitEvent>(
        &self,
        unit: &UnitHandle,
        event: E,
    ) -> TryEmitInAsync<E> {
        let (scope, origin) = self.scope(unit);
        TryEmitInAsync::new(scope, event, origin, Location::caller())
    }
}
