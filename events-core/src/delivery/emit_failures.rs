//! The failures of an emit in a unit of work.

use std::sync::Arc;

use crate::{emit::EmitInError, result::Failure, unit::UnitHandle};

/// The subscribers that failed in the last emit in a unit of work that returned an error.
///
/// The error of an emit is generic over the event. A subscriber that emits may return it, and its caller, which does not know the
/// type, cannot downcast it. A store that delivers an event reads the failures here, such as a conflict with another transaction.
///
/// ```
/// use events_core::{Event, Registry, UnitOfWork, delivering::EmitFailures};
///
/// #[derive(Event, Clone)]
/// struct OrderPlaced;
///
/// let registry = Registry::new();
/// registry.on(|_: &OrderPlaced| Err::<(), _>("the ledger is locked")).detach();
/// let work = UnitOfWork::begin();
/// let error = registry.try_emit_in(&work.handle(), OrderPlaced).unwrap_err();
/// EmitFailures::note(&work.handle(), &error); // as an integration does
/// let failures = EmitFailures::of(&work.handle());
/// assert!(failures[0].to_string().contains("the ledger is locked"));
/// ```
#[derive(Debug)]
pub struct EmitFailures(Vec<Failure>);

impl EmitFailures {
    /// Notes the failures of an emit in its unit, in place of those noted before. An integration whose transactions emit calls this.
    pub fn note<E>(unit: &UnitHandle, error: &EmitInError<E>) {
        if !error.failures().is_empty() {
            unit.attach(Arc::new(Self(error.failures().to_vec())));
        }
    }

    /// The failures that were noted last, in the order in which the subscribers ran; none if no emit in the unit has failed.
    #[must_use]
    pub fn of(unit: &UnitHandle) -> Vec<Failure> {
        let noted = unit.attached::<Self>();
        noted.map_or_else(Vec::new, |noted| noted.0.clone())
    }
}
