//! The chain of an emit: its sync and awaited handlers, in one order. A sync emit does not run the awaited ones.

use std::rc::Rc;

use super::{Emitted, Id, Model, SharedPlan, background::Call, cause, outcomes::Fates};
use crate::{
    program::{Cause, End, Event, Report},
    trace::Place,
};

/// The chain of an emit that can wait.
pub(super) struct ChainRun {
    pub(super) plan: SharedPlan,
    pub(super) event: Event,
    /// The next handler, as an index of `plan.sync`.
    next: usize,
    /// The call of an awaited handler that waits.
    pub(super) waiting: Option<Call>,
}

impl ChainRun {
    pub(super) fn new(plan: &SharedPlan, event: Event) -> Self {
        Self {
            plan: Rc::clone(plan),
            event,
            next: 0,
            waiting: None,
        }
    }
}

impl Model<'_> {
    /// The sync handlers of a plan, in order, in a sync emit.
    pub(super) fn chain(
        &mut self,
        plan: &SharedPlan,
        event: &mut Emitted<'_>,
        report: &mut Report,
        fates: &mut Fates,
    ) {
        for &id in &plan.sync {
            if self.handler(id).is_awaited() {
                if self.accepts(id, *event) {
                    report.failures.push((self.label(id), Cause::NotAwaited));
                    fates.set(id, "failed");
                } else {
                    self.skip(fates, id, *event);
                }
                continue;
            }
            if !self.passes(id, *event) {
                self.skip(fates, id, *event);
                continue;
            }
            let (value, end) = self.call_sync(id, *event);
            event.set(value);
            self.end_in_chain(id, end, report, fates);
            if end == End::Break {
                return;
            }
        }
    }

    /// Polls the awaited handler that waits, and runs the chain from there. True when it has ended.
    pub(super) fn poll_chain(
        &mut self,
        chain: &mut ChainRun,
        report: &mut Report,
        fates: &mut Fates,
    ) -> bool {
        loop {
            let (mut call, is_resumed) = if let Some(call) = chain.waiting.take() {
                (call, true)
            } else {
                let Some(&id) = chain.plan.sync.get(chain.next) else {
                    return true;
                };
                chain.next += 1;
                if !self.passes(id, chain.event.emitted()) {
                    self.skip(fates, id, chain.event.emitted());
                    continue;
                }
                (Call::new(id), false)
            };
            let id = call.id;
            let end = if !self.handler(id).is_awaited() {
                let (value, end) = self.call_sync(id, chain.event.emitted());
                chain.event.value = value;
                Some(end)
            } else if is_resumed {
                let handler = self.subscribers[id].handler;
                self.trace.resumed(handler, Place::Chain);
                self.poll_call(&mut call, &mut chain.event.value)
            } else if self.begin_call(id, chain.event.emitted(), Some(chain.event.value)) {
                self.poll_call(&mut call, &mut chain.event.value)
            } else {
                Some(End::Done)
            };
            let Some(end) = end else {
                chain.waiting = Some(call);
                return false;
            };
            self.end_in_chain(id, end, report, fates);
            if end == End::Break {
                return true;
            }
        }
    }

    fn end_in_chain(&mut self, id: Id, end: End, report: &mut Report, fates: &mut Fates) {
        fates.end(id, end);
        report.ran += 1;
        if let Some(cause) = cause(end) {
            report.failures.push((self.label(id), cause));
        }
        if end == End::Break {
            report.stopped_by = Some(self.label(id));
        }
    }
}
