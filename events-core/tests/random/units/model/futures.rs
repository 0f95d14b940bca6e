//! The futures of emits: they are polled, and dropped before they are ready.

use super::{
    Emission, Model, SharedPlan,
    background::{Call, Run},
    emit::Hold,
    plan::Part,
    unit::UnitId,
};
use crate::units::{
    program::Emit,
    trace::{Refused, Report},
};

/// The future of an emit.
pub(super) struct AsyncEmit {
    emit: Emit,
    /// The unit that is attached to the future, or that it is in none.
    attached: Option<Option<UnitId>>,
    /// The unit of the handle, or the one that is entered where the emit is made.
    unit: Option<UnitId>,
    /// Until the first poll there is none.
    started: Option<Started>,
}

struct Started {
    emission: Emission,
    hold: Option<Hold>,
    report: Report,
    plan: Option<SharedPlan>,
    /// The next handler of the chain.
    next: usize,
    waiting: Option<Call>,
    /// The handlers behind the chain.
    run: Option<Run>,
}

impl Model<'_> {
    pub(super) fn start(&mut self, slot: usize, emit: Emit, attached: Option<Option<UnitId>>) {
        let unit = match emit.unit {
            None => attached.unwrap_or(self.entered()),
            Some(slot) => self.handles[slot],
        };
        if self.futures[slot].is_some() || emit.unit.is_some() && unit.is_none() {
            return self.trace.left_out();
        }
        self.futures[slot] = Some(AsyncEmit {
            emit,
            attached,
            unit,
            started: None,
        });
    }

    pub(super) fn poll(&mut self, slot: usize) {
        let Some(future) = self.futures[slot].take() else {
            return self.trace.left_out();
        };
        let attached = future.attached.map(|unit| self.enter(unit));
        self.poll_future(slot, future);
        attached.into_iter().for_each(|scope| self.leave(scope));
    }

    fn poll_future(&mut self, slot: usize, mut future: AsyncEmit) {
        let (emit, moves) = (future.emit, future.emit.unit.is_some());
        let mut started = match future.started.take() {
            Some(started) => started,
            None => match self.start_emit(emit, future.unit) {
                Ok(started) => started,
                Err(why) => return self.refuse(emit, why),
            },
        };
        let scope = self.enter(future.unit);
        self.emissions.push(started.emission.number);
        let is_ready = self.poll_started(&mut started);
        if is_ready && let Some(hold) = started.hold.take() {
            self.hold(&hold, started.emission, moves, &mut started.report);
        }
        self.emissions.pop();
        self.leave(scope);
        if !is_ready {
            future.started = Some(started);
            self.futures[slot] = Some(future);
            return self.trace.note("pending");
        }
        if !moves {
            self.check_heard(started.emission, &started.report);
        }
        match future.unit.filter(|_| moves) {
            Some(unit) => self.end_emit_in(emit, unit, started.report),
            None if emit.reports => {
                let value = started.emission.event.value;
                self.trace.reported(Some(value), started.report);
            }
            None => self.trace.emitted(started.emission.event.value),
        }
    }

    fn start_emit(&mut self, emit: Emit, unit: Option<UnitId>) -> Result<Started, Refused> {
        let kind = emit.event.kind;
        let hold = match (emit.unit, unit) {
            (Some(_), Some(unit)) => Some(self.begin_move(emit, unit)?),
            _ => self.begin_copy(unit, kind),
        };
        let part = if hold.is_some() {
            Part::AtOnce
        } else {
            Part::All
        };
        Ok(Started {
            emission: self.emission(emit.event),
            hold,
            report: Report::default(),
            plan: self.plan(kind, part),
            next: 0,
            waiting: None,
            run: None,
        })
    }

    fn poll_started(&mut self, started: &mut Started) -> bool {
        let Some(plan) = started.plan.clone() else {
            return true;
        };
        if let Some(run) = &mut started.run {
            return self.poll_run(run, &mut started.report);
        }
        let Started {
            emission,
            report,
            next,
            waiting,
            ..
        } = started;
        if !self.poll_chain(&plan, next, waiting, emission, report) {
            return false;
        }
        if report.is_stopped || plan.background.is_empty() {
            return true;
        }
        let run = self.begin_background(&plan, *emission, report);
        let run = started.run.insert(run);
        self.poll_run(run, &mut started.report)
    }

    pub(super) fn cut(&mut self, slot: usize) {
        let Some(future) = self.futures[slot].take() else {
            return;
        };
        let Some(started) = future.started else {
            return;
        };
        if let Some(call) = started.waiting {
            self.cut_off(&call);
        }
        if let Some(run) = started.run {
            run.waiting.iter().for_each(|call| self.cut_off(call));
        }
        if let Some(hold) = started.hold {
            self.free(&hold);
        }
    }
}
