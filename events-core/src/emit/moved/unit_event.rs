//! Which events are moved into a unit of work.

use crate::event::{Event, NoBackend, OwnedEvent};

/// An event that is moved into a unit of work, as [`emit_in`](crate::Registry::emit_in) does: one that is
/// [owned](OwnedEvent) and `Send`, but for those that can be vetoed. It is implemented for these; use it as the bound of
/// functions that are generic over the event.
///
/// `Creating`, `Updating` and `Deleting` of [records](crate::record) are not moved, since their emitter reads the vetoes. They
/// are emitted in a unit by [`Emitting::in_unit`](crate::emitting::Emitting::in_unit), which returns the event.
///
/// ```
/// use events_core::{Event, Registry, UnitOfWork, record::Creating, units::UnitEvent};
///
/// struct Connection {
///     registry: Registry,
///     work: UnitOfWork,
/// }
///
/// impl Connection {
///     fn emit<E: UnitEvent>(&self, event: E) {
///         self.registry.emit_in(&self.work.handle(), event);
///     }
///
///     fn creating<M: 'static>(&self, record: M) -> Creating<M> {
///         self.registry.emitting().in_unit(&self.work.handle()).emit(Creating::new(record))
///     }
/// }
///
/// #[derive(Event)]
/// struct OrderPlaced;
///
/// let connection = Connection { registry: Registry::new(), work: UnitOfWork::begin() };
/// assert!(!connection.creating("an order").is_vetoed());
/// connection.emit(OrderPlaced);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` borrows, and a unit of work holds owned events",
    label = "this event has a lifetime",
    note = "emit it in the unit with `registry.emitting().in_unit(&unit).emit(event)`, for subscribers that run at once, or let it own its data"
)]
pub trait UnitEvent: OwnedEvent + Send {}

impl<E> UnitEvent for E where E: OwnedEvent + Event<Backend: MovesIntoUnit> + Send {}

/// That of events that are moved into a unit.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an event that can be vetoed is not moved into a unit of work, which would not return its vetoes",
    label = "this event is returned to its emitter, which reads the vetoes",
    note = "emit it in the unit with `registry.emitting().in_unit(&unit).emit(event)`, or `.emit_async(event)`: these return the event; with a transaction of an integration: `tx.creating(record)`"
)]
pub trait MovesIntoUnit {}

#[diagnostic::do_not_recommend]
impl MovesIntoUnit for NoBackend {}
