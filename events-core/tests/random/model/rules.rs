//! Rules of the model that follow the code where that is to change: one function each.

use super::{Model, Plan};
use crate::program::Phase;

/// While a deferred handler runs at once, since the queue is full, the emit that could not defer it counts
/// twice against the depth limit.
pub(super) const COUNTS_TWICE_ON_FULL_QUEUE: bool = true;

/// A plain emit calls the hook for events that no subscriber received also when a subscriber was not
/// reached since the queue is full; `try_emit` does not.
pub(super) const UNREACHED_IS_UNHEARD: bool = true;

/// Whether an event out of the queue counts as received by no subscriber: with handlers that run later
/// never, even if the filters keep all of them from it.
pub(super) fn is_unheard_from_queue(plan: &Plan, ran: usize) -> bool {
    plan.later.is_empty() && ran == 0
}

impl Model<'_> {
    /// The deferred handlers that an `emit_async` puts into the queue before the async ones begin: those
    /// that no chain of constraints among deferred handlers connects with one that waits for an async one.
    pub(super) fn deferred_at_once(&self, plan: &Plan) -> Vec<usize> {
        let mut last = self.after_async(plan);
        let is_deferred = |number: &usize| self.phase(plan, *number) == Phase::Deferred;
        loop {
            let is_connected = |number: &usize| {
                let mut last = last.iter();
                last.any(|other| {
                    self.blocks(plan, *other, *number) || self.blocks(plan, *number, *other)
                })
            };
            let rest = (0..plan.later.len()).filter(is_deferred);
            let rest: Vec<_> = rest.filter(|number| !last.contains(number)).collect();
            let new: Vec<_> = rest.iter().copied().filter(is_connected).collect();
            if new.is_empty() {
                return rest;
            }
            last.extend(new);
        }
    }

    /// The deferred handlers that wait for an async one.
    pub(super) fn after_async(&self, plan: &Plan) -> Vec<usize> {
        let is_async = |number: &usize| self.phase(plan, *number) == Phase::Async;
        let asynchronous: Vec<_> = (0..plan.later.len()).filter(is_async).collect();
        let mut waiting = self.dependents(plan, &asynchronous);
        waiting.retain(|number| !is_async(number));
        waiting
    }

    /// The handlers that wait for one of these, directly or through others. The plan is in running order.
    pub(super) fn dependents(&self, plan: &Plan, of: &[usize]) -> Vec<usize> {
        let mut found = Vec::new();
        for number in 0..plan.later.len() {
            let mut earlier = of.iter().chain(&found);
            if earlier.any(|first| self.blocks(plan, *first, number)) {
                found.push(number);
            }
        }
        found
    }

    fn blocks(&self, plan: &Plan, first: usize, second: usize) -> bool {
        self.precedes(plan.later[first], plan.later[second])
    }

    fn phase(&self, plan: &Plan, number: usize) -> Phase {
        self.handler(plan.later[number]).phase
    }
}
