//! The unit of work of a call, for the parameters of its subscriber.

use std::sync::Arc;

use crate::{
    context::{GivenGuard, ValuesByType, give},
    handler::CallContext,
    unit::{EnteredUnit, UnitHandle, entered_unit},
};

impl CallContext<'_> {
    /// The [unit of work](crate::UnitOfWork) that the event is emitted in: that of [`emit_in`](crate::Registry::emit_in), or
    /// the one that the thread has entered. `None` outside of all units, and for a subscriber that runs after the commit or
    /// the rollback: the unit has ended.
    ///
    /// ```
    /// use events_core::{
    ///     Event, Registry, UnitOfWork, failures::BoxError, subscriber, subscribers,
    ///     handlers::{CallContext, Param, Prepare, PrepareError}, units::UnitHandle,
    /// };
    ///
    /// /// The unit of work of the emit, as a parameter.
    /// struct Unit(UnitHandle);
    ///
    /// impl Param for Unit {
    ///     type Kept = ();
    ///     type Held<'c> = UnitHandle;
    ///     type Item<'i> = Unit;
    ///
    ///     fn prepare(_: &Prepare<'_>) -> Result<(), PrepareError> {
    ///         Ok(())
    ///     }
    ///
    ///     fn acquire<'c>((): &'c (), call: &'c CallContext<'c>) -> Result<UnitHandle, BoxError> {
    ///         call.unit().ok_or_else(|| "it is emitted in no unit of work".into())
    ///     }
    ///
    ///     fn item<'i, 'c: 'i>(held: &'i mut UnitHandle) -> Unit {
    ///         Unit(held.clone())
    ///     }
    /// }
    ///
    /// #[derive(Event)]
    /// struct OrderPlaced;
    ///
    /// #[subscriber]
    /// fn announce(_: &OrderPlaced, unit: Unit) -> Result<(), BoxError> {
    ///     Ok(unit.0.after_commit(|| println!("an order"))?)
    /// }
    ///
    /// let registry = Registry::with(subscribers![announce]);
    /// let work = UnitOfWork::begin();
    /// registry.try_emit_in(&work.handle(), OrderPlaced)?;
    /// work.commit()?;
    /// assert!(registry.try_emit(OrderPlaced).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn unit(&self) -> Option<UnitHandle> {
        let given = self.get::<UnitOfEmit>().map(|unit| unit.0.clone());
        let unit = given.or_else(|| entered_unit().map(|unit| UnitHandle::clone(&unit)))?;
        let is_committed = unit.ended().is_some_and(|ended| ended.is_committed());
        (!is_committed).then_some(unit)
    }
}

/// The unit of an emit, among the values for the parameters of its subscribers. Its type is private, so no other value
/// replaces it.
struct UnitOfEmit(UnitHandle);

/// The values, with the unit of the emit among them.
pub(in crate::emit) fn values_in_unit(
    unit: &UnitHandle,
    values: Option<&Arc<ValuesByType>>,
) -> Arc<ValuesByType> {
    let mut values = values.map(|values| ValuesByType::clone(values));
    let in_unit = values.get_or_insert_default();
    in_unit.insert(Arc::new(UnitOfEmit(unit.clone())));
    Arc::new(values.unwrap_or_default())
}

/// The unit and the values of an emit, as long as it is in progress. In this order they are left.
pub(in crate::emit) type InUnitOfEmit = (Option<GivenGuard>, Option<EnteredUnit>);

/// Enters the unit of an emit of an event type with this topic, if it is open, and gives the values with it.
pub(in crate::emit) fn enter_unit_of_emit(
    unit: &UnitHandle,
    values: Option<&Arc<ValuesByType>>,
    topic: &'static str,
) -> InUnitOfEmit {
    if unit.is_open() {
        let given = give(&values_in_unit(unit, values), topic);
        return (Some(given), Some(unit.enter()));
    }
    let given = values.map(|values| give(values, topic));
    (given, EnteredUnit::none())
}
