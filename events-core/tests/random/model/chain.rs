//! The chain of an emit: its sync and awaited handlers, in one order. A sync emit does not run the awaited ones.

use std::rc::Rc;

use super::{Emitted, Id, Model, SharedPlan, background::Call, outcomes::Fates};
use crate::{
    program::{Cause, End, Event, Fate, Report},
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
            let fate = match self.before(id) {
                Some(fate) => fate,
                None => {
                    let fate = self.call_in_sync_emit(id, event);
                    self.after(id, fate)
                }
            };
            if self.end_in_chain(id, fate, report, fates) {
                return;
            }
        }
    }

    /// What a subscriber does in a sync emit, apart from middleware.
    fn call_in_sync_emit(&mut self, id: Id, event: &mut Emitted<'_>) -> Fate {
        if self.handler(id).is_awaited() {
            if self.accepts(id, *event) {
                return Fate::Failed(Cause::NotAwaited);
            }
            return self.skipped(id, *event);
        }
        if !self.passes(id, *event) {
            return self.skipped(id, *event);
        }
        let (value, end) = self.call_sync(id, *event);
        event.set(value);
        end.into()
    }

    /// Polls the awaited handler that waits, and runs the chain from there. True when it has ended.
    pub(super) fn poll_chain(
        &mut self,
        chain: &mut ChainRun,
        report: &mut Report,
        fates: &mut Fates,
    ) -> bool {
        loop {
            let (id, fate) = if let Some(mut call) = chain.waiting.take() {
                let handler = self.subscribers[call.id].handler;
                self.trace.resumed(handler, Place::Chain);
                let end = self.poll_call(&mut call, &mut chain.event.value);
                (call.id, self.fate_in_chain(chain, call, end))
            } else {
                let Some(&id) = chain.plan.sync.get(chain.next) else {
                    return true;
                };
                chain.next += 1;
                let decided = self.before(id);
                (id, decided.or_else(|| self.start_in_chain(chain, id)))
            };
            let Some(fate) = fate else {
                return false;
            };
            if self.end_in_chain(id, fate, report, fates) {
                return true;
            }
        }
    }

    /// Calls a subscriber of the chain. `None` if it waits.
    fn start_in_chain(&mut self, chain: &mut ChainRun, id: Id) -> Option<Fate> {
        let event = chain.event.emitted();
        if !self.passes(id, event) {
            return Some(self.after(id, self.skipped(id, event)));
        }
        if !self.handler(id).is_awaited() {
            let (value, end) = self.call_sync(id, event);
            chain.event.value = value;
            return Some(self.after(id, end.into()));
        }
        let mut call = Call::new(id);
        let end = if self.begin_call(id, event, Some(chain.event.value)) {
            self.poll_call(&mut call, &mut chain.event.value)
        } else {
            Some(End::Done)
        };
        self.fate_in_chain(chain, call, end)
    }

    /// What became of an awaited subscriber; `None` if it waits.
    fn fate_in_chain(&self, chain: &mut ChainRun, call: Call, end: Option<End>) -> Option<Fate> {
        match end {
            Some(end) => Some(self.after(call.id, end.into())),
            None => {
                chain.waiting = Some(call);
                None
            }
        }
    }

    /// Whether the subscribers after it do not run.
    fn end_in_chain(&mut self, id: Id, fate: Fate, report: &mut Report, fates: &mut Fates) -> bool {
        fates.add(id, fate);
        match fate {
            Fate::Ran => report.ran += 1,
            Fate::Stopped => {
                report.ran += 1;
                report.stopped_by = Some(self.label(id));
            }
            Fate::Failed(cause) => {
                report.ran += usize::from(cause.is_from_call());
                report.failures.push((self.label(id), cause));
            }
            Fate::Retrying(_) | Fate::Skipped(_) | Fate::Withheld => {}
        }
        fate == Fate::Stopped
    }
}
