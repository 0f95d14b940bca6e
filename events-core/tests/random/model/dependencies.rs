//! The rules by which background handlers depend on one another, and what an `emit_async` does with deferred
//! handlers for that reason.

use super::{Id, Model, Plan};
use crate::program::Phase;

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
            let rest = (0..plan.background.len()).filter(is_deferred);
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
        let asynchronous: Vec<_> = (0..plan.background.len()).filter(is_async).collect();
        let mut waiting = self.dependents(plan, &asynchronous);
        waiting.retain(|number| !is_async(number));
        waiting
    }

    /// The handlers that wait for one of these, directly or through others. The plan is in running order.
    pub(super) fn dependents(&self, plan: &Plan, of: &[usize]) -> Vec<usize> {
        let mut found = Vec::new();
        for number in 0..plan.background.len() {
            let mut earlier = of.iter().chain(&found);
            if earlier.any(|first| self.blocks(plan, *first, number)) {
                found.push(number);
            }
        }
        found
    }

    fn blocks(&self, plan: &Plan, first: usize, second: usize) -> bool {
        self.leads_to(plan, plan.background[first], plan.background[second])
    }

    /// Whether the first must run before the second, directly or through muted ones.
    fn leads_to(&self, plan: &Plan, first: Id, second: Id) -> bool {
        let mut muted = plan.muted.iter();
        self.precedes(first, second)
            || muted.any(|id| self.precedes(first, *id) && self.leads_to(plan, *id, second))
    }

    fn phase(&self, plan: &Plan, number: usize) -> Phase {
        self.handler(plan.background[number]).phase
    }
}
