//! The handlers that run later: in a future, and as jobs of the queue, each of which runs to its end before the next one.

use std::rc::Rc;

use super::{Emission, Id, Model, SharedPlan, plan::Part};
use crate::units::{
    program::{End, Mode},
    trace::Report,
};

/// A job of the queue.
pub(super) enum Job {
    Enqueued(Emission),
    /// An event that a unit held, for all of these subscribers.
    Held(Emission, Part),
    /// A copy for the handlers whose filters it passed.
    Snapshot(Run),
}

/// One event, passed to handlers behind the chain.
pub(super) struct Run {
    emission: Emission,
    /// Those to be begun.
    selected: Vec<Id>,
    /// Whether the filters are still to be evaluated.
    evaluates: bool,
    pub(super) waiting: Vec<Call>,
}

/// A call of a handler.
pub(super) struct Call {
    pub(super) id: Id,
    /// The next act.
    at: usize,
}

impl Call {
    pub(super) fn new(id: Id) -> Self {
        Self { id, at: 0 }
    }
}

impl Model<'_> {
    pub(super) fn has_awaited(&self, plan: &SharedPlan) -> bool {
        let is_awaited = |id: &Id| self.handler(*id).mode == Mode::Awaited;
        plan.chain.iter().any(is_awaited)
    }

    /// Begins a call. `None` if it waits.
    pub(super) fn call(&mut self, call: &mut Call, emission: &mut Emission) -> Option<End> {
        if !self.begin_call(call.id, *emission) {
            return Some(End::Done);
        }
        self.acts(call.id, &mut call.at, &mut emission.event.value)
    }

    pub(super) fn resume(&mut self, call: &mut Call, value: &mut i64) -> Option<End> {
        let handler = self.subscribers[call.id].handler;
        self.trace.resumed(handler, self.handler(call.id).mode);
        self.acts(call.id, &mut call.at, value)
    }

    pub(super) fn cut_off(&mut self, call: &Call) {
        let handler = self.subscribers[call.id].handler;
        self.trace.cut_off(handler, self.handler(call.id).mode);
    }

    /// Puts a copy into the queue for those handlers whose filters it passes. `is_reserved`: a place is kept for it.
    pub(super) fn defer(
        &mut self,
        plan: &SharedPlan,
        emission: Emission,
        is_reserved: &mut bool,
        report: &mut Report,
    ) {
        let background = plan.background.iter().copied();
        let selected: Vec<_> = background
            .filter(|id| self.accepts(*id, emission))
            .collect();
        self.push_snapshot(selected, emission, is_reserved, report);
    }

    fn push_snapshot(
        &mut self,
        mut selected: Vec<Id>,
        emission: Emission,
        is_reserved: &mut bool,
        report: &mut Report,
    ) {
        if selected.is_empty() {
            return;
        }
        let was_reserved = std::mem::take(is_reserved);
        if was_reserved || self.has_room() {
            self.reserved -= usize::from(was_reserved);
            report.deferred += selected.len();
            let run = Run {
                emission,
                selected,
                evaluates: false,
                waiting: Vec::new(),
            };
            return self.queue.push_back(Job::Snapshot(run));
        }
        // Deferred handlers run at once, and async ones are not reached.
        let is_async = |id: &mut Id| self.handler(*id).mode == Mode::Async;
        let lost: Vec<_> = selected.extract_if(.., is_async).collect();
        for id in lost {
            self.fail(id, "QueueFull", Some(report));
        }
        let mut run = Run {
            emission,
            selected,
            evaluates: false,
            waiting: Vec::new(),
        };
        self.poll_run(&mut run, report);
    }

    /// In a future the deferred handlers are queued first.
    pub(super) fn begin_background(
        &mut self,
        plan: &SharedPlan,
        emission: Emission,
        report: &mut Report,
    ) -> Run {
        let background = plan.background.iter().copied();
        let is_deferred = |id: &Id| self.handler(*id).mode == Mode::Deferred;
        let (deferred, selected): (Vec<_>, Vec<_>) = background.partition(is_deferred);
        let deferred = deferred
            .into_iter()
            .filter(|id| self.accepts(*id, emission));
        let deferred = deferred.collect();
        self.push_snapshot(deferred, emission, &mut false, report);
        Run {
            emission,
            selected,
            evaluates: true,
            waiting: Vec::new(),
        }
    }

    /// Polls the calls that wait, and begins the others. True when all have ended.
    pub(super) fn poll_run(&mut self, run: &mut Run, report: &mut Report) -> bool {
        for mut call in std::mem::take(&mut run.waiting) {
            let value = &mut run.emission.event.value;
            match self.resume(&mut call, value) {
                None => run.waiting.push(call),
                Some(end) => self.end_call(call.id, end, report),
            }
        }
        for id in std::mem::take(&mut run.selected) {
            let starts = match run.evaluates {
                true => self.accepts(id, run.emission),
                false => !self.subscribers[id].is_closed,
            };
            if !starts || !self.claim(id) {
                continue;
            }
            let mut call = Call::new(id);
            match self.call(&mut call, &mut run.emission) {
                None => run.waiting.push(call),
                Some(end) => self.end_call(id, end, report),
            }
        }
        run.waiting.is_empty()
    }

    pub(super) fn flush(&mut self) {
        let (mut ran, mut failures) = (0, 0);
        while let Some(job) = self.queue.pop_front() {
            ran += 1;
            let mut report = Report::default();
            match job {
                Job::Enqueued(emission) => self.run_all(emission, Part::All, &mut report),
                Job::Held(emission, part) => self.run_all(emission, part, &mut report),
                Job::Snapshot(mut run) => self.run_to_end(&mut run, &mut report),
            }
            failures += report.failures.len();
        }
        self.trace.result("flushed", (ran, failures));
    }

    /// All subscribers of an event, in the queue.
    fn run_all(&mut self, mut emission: Emission, part: Part, report: &mut Report) {
        let Some(plan) = self.plan(emission.event.kind, part) else {
            if part == Part::All {
                self.check_heard(emission, report);
            }
            return;
        };
        let (mut next, mut waiting) = (0, None);
        let mut is_ready = false;
        while !is_ready {
            self.enter_job(emission);
            is_ready = self.poll_chain(&plan, &mut next, &mut waiting, &mut emission, report);
            self.leave_job();
        }
        if !report.is_stopped {
            let mut run = Run {
                emission,
                selected: Rc::clone(&plan).background.clone(),
                evaluates: true,
                waiting: Vec::new(),
            };
            self.run_to_end(&mut run, report);
        }
        if part == Part::All {
            self.check_heard(emission, report);
        }
    }

    fn run_to_end(&mut self, run: &mut Run, report: &mut Report) {
        let mut is_ready = false;
        while !is_ready {
            self.enter_job(run.emission);
            is_ready = self.poll_run(run, report);
            self.leave_job();
        }
    }

    /// Jobs are in no unit.
    fn enter_job(&mut self, emission: Emission) {
        self.scopes.push((0, None));
        self.emissions.push(emission.number);
    }

    fn leave_job(&mut self) {
        self.scopes.pop();
        self.emissions.pop();
    }
}
