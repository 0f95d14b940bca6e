//! The rules of the model that describe behaviour which is to change: one constant or function for each. When
//! the behaviour of events-core changes, only this file follows it.

use super::Plan;

/// A plain emit calls the hook for events that no subscriber received also when a subscriber was not
/// reached since the queue is full; `try_emit` does not.
pub(super) const UNREACHED_IS_UNHEARD: bool = true;

/// Whether an event out of the queue counts as received by no subscriber: with background handlers
/// never, even if it passes the filters of none of them.
pub(super) fn is_unheard_from_queue(plan: &Plan, ran: usize) -> bool {
    plan.background.is_empty() && ran == 0
}
