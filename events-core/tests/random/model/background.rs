//! Background handlers: several at once in an `emit_async`, or as a job of the queue.
//!
//! A run is polled like a future, and so are the calls in it.

use std::rc::Rc;

use super::{Id, Model, SharedPlan, chain::ChainRun, outcomes::Fates, too_deep};
use crate::{
    program::{Act, Cause, End, Event, Fate, Phase, Report},
    trace::Place,
};

/// One event, passed to the background handlers. Handlers are indices of `plan.background`.
pub(super) struct Run {
    pub(super) plan: SharedPlan,
    pub(super) event: Event,
    /// Those to be begun.
    pub(super) selected: Vec<usize>,
    /// Those that were begun and wait.
    pub(super) waiting: Vec<(usize, Call)>,
    /// The filters are evaluated when a handler begins; for a snapshot they were before.
    evaluates: bool,
    pub(super) ran: usize,
    pub(super) failures: Vec<(usize, String, Cause)>,
    pub(super) fates: Fates,
    /// The number of the attempt of its calls.
    pub(super) attempt: u32,
    /// Those whose call is to be repeated.
    pub(super) repeated: Vec<usize>,
    /// How many calls are repeated.
    pub(super) retrying: usize,
}

/// A call of an async handler that waits.
pub(super) struct Call {
    pub(super) id: Id,
    /// Its next act.
    at: usize,
    inner: Option<Box<AsyncEmit>>,
    has_yielded: bool,
}

/// An `emit_async`.
pub(super) struct AsyncEmit {
    event: Event,
    /// The chain, until it has ended.
    chain: Option<ChainRun>,
    run: Option<Run>,
    report: Report,
    /// Deferred handlers that go to the queue at the end.
    last: Vec<usize>,
    is_begun: bool,
    refused: bool,
    /// The plan that it runs, or would if it were not refused.
    plan: Option<SharedPlan>,
    fates: Fates,
}

impl Run {
    /// For handlers whose filters the event has passed.
    pub(super) fn of_snapshot(plan: &SharedPlan, event: Event, selected: Vec<usize>) -> Self {
        Self {
            evaluates: false,
            ..Self::of_emit(plan, event, selected)
        }
    }

    pub(super) fn of_emit(plan: &SharedPlan, event: Event, selected: Vec<usize>) -> Self {
        Self {
            plan: Rc::clone(plan),
            event,
            selected,
            waiting: Vec::new(),
            evaluates: true,
            ran: 0,
            failures: Vec::new(),
            fates: Fates::default(),
            attempt: 1,
            repeated: Vec::new(),
            retrying: 0,
        }
    }

    /// The next attempt of a call that failed.
    pub(super) fn next_attempt(&self, number: usize) -> Self {
        Self {
            attempt: self.attempt + 1,
            ..Self::of_snapshot(&self.plan, self.event, vec![number])
        }
    }

    /// The subscribers that have not ended: those that wait, then those that were not begun.
    pub(super) fn unfinished(&self) -> Vec<Id> {
        let waiting = self.waiting.iter().map(|(number, _)| number);
        let all = waiting.chain(&self.selected);
        all.map(|number| self.plan.background[*number]).collect()
    }

    /// The failures in the order of the subscribers.
    pub(super) fn take_failures(&mut self) -> Vec<(String, Cause)> {
        self.failures.sort_by_key(|(number, ..)| *number);
        let failures = self.failures.drain(..);
        failures.map(|(_, label, cause)| (label, cause)).collect()
    }
}

impl Call {
    pub(super) fn new(id: Id) -> Self {
        Self {
            id,
            at: 0,
            inner: None,
            has_yielded: false,
        }
    }
}

impl AsyncEmit {
    pub(super) fn new(event: Event) -> Self {
        Self {
            event,
            chain: None,
            run: None,
            report: Report {
                deferred: Some(0),
                ..Report::default()
            },
            last: Vec::new(),
            is_begun: false,
            refused: false,
            plan: None,
            fates: Fates::default(),
        }
    }
}

impl Model<'_> {
    /// Polls all calls that wait, and begins those that wait for no other. True when all have ended.
    /// With `enters` the emit counts as one more level of nesting.
    pub(super) fn poll_run(&mut self, run: &mut Run, enters: bool) -> bool {
        let entered = usize::from(enters);
        self.depth += entered;
        let mut index = 0;
        while index < run.waiting.len() {
            let (number, mut call) = run.waiting.remove(index);
            let handler = self.subscribers[call.id].handler;
            self.trace.resumed(handler, Place::Background);
            match self.poll_call(&mut call, &mut run.event.value) {
                None => {
                    run.waiting.insert(index, (number, call));
                    index += 1;
                }
                Some(end) => self.end_call(run, number, end),
            }
        }
        self.start_unblocked(run);
        self.depth -= entered;
        run.waiting.is_empty() && run.selected.is_empty()
    }

    fn start_unblocked(&mut self, run: &mut Run) {
        for number in std::mem::take(&mut run.selected) {
            // Those behind it block nothing before them.
            let waiting = run.waiting.iter().map(|(number, _)| *number);
            let there: Vec<_> = waiting.chain(run.selected.iter().copied()).collect();
            if self.dependents(&run.plan, &there).contains(&number) {
                run.selected.push(number);
            } else {
                self.start_call(run, number);
            }
        }
    }

    fn start_call(&mut self, run: &mut Run, number: usize) {
        let id = run.plan.background[number];
        if let Some(fate) = self.before(id) {
            return self.end_with(run, number, fate);
        }
        if let Some(fate) = self.begin(run, number) {
            self.end_with(run, number, self.after(id, fate));
        }
    }

    /// Calls a handler. `None` if it waits, or has ended.
    fn begin(&mut self, run: &mut Run, number: usize) -> Option<Fate> {
        let id = run.plan.background[number];
        let starts = if run.evaluates {
            self.accepts(id, run.event.emitted())
        } else {
            !self.subscribers[id].is_closed
        };
        if !starts {
            return Some(self.skipped(id, run.event.emitted()));
        }
        let limit = self.handler(id).concurrency;
        if limit.is_some_and(|limit| self.subscribers[id].under_way >= limit) {
            // Handlers with a limit end in the poll that begins them, so this is a call inside others, which
            // would wait for itself.
            return Some(Fate::Failed(Cause::WaitsForItself));
        }
        if !self.claim(id) {
            return Some(self.skipped(id, run.event.emitted()));
        }
        if limit.is_some() {
            self.subscribers[id].under_way += 1;
        }
        let event = run.event.emitted();
        let mut call = Call::new(id);
        let end = if self.begin_call(id, event, Some(event.value)) {
            self.poll_call(&mut call, &mut run.event.value)
        } else {
            Some(End::Done)
        };
        if limit.is_some() {
            self.subscribers[id].under_way -= 1;
        }
        match end {
            None => run.waiting.push((number, call)),
            Some(end) => self.end_call(run, number, end),
        }
        None
    }

    /// Goes through the acts up to the next one that waits. Only an awaited handler changes the value.
    pub(super) fn poll_call(&mut self, call: &mut Call, value: &mut i64) -> Option<End> {
        let handler = self.handler(call.id);
        while let Some(act) = handler.acts.get(call.at) {
            match act {
                Act::Add(number) => *value = (*value + number) % 1000,
                Act::Do(op) => self.op(op),
                Act::Yield if !call.has_yielded => {
                    call.has_yielded = true;
                    return None;
                }
                Act::Yield => call.has_yielded = false,
                Act::Await(event) => {
                    let mut inner = call
                        .inner
                        .take()
                        .unwrap_or_else(|| Box::new(AsyncEmit::new(*event)));
                    if !self.poll_emit(&mut inner) {
                        call.inner = Some(inner);
                        return None;
                    }
                    let (value, report) = self.end_emit(*inner);
                    self.trace.reported(value, &report);
                }
            }
            call.at += 1;
        }
        self.trace
            .ended(self.subscribers[call.id].handler, handler.end);
        Some(handler.end)
    }

    /// Drops the pending calls, in the order in which they were begun.
    pub(super) fn cancel_run(&mut self, run: Run) {
        for (_, call) in run.waiting {
            self.cancel_call(call, Place::Background);
        }
    }

    fn cancel_call(&mut self, call: Call, place: Place) {
        if let Some(inner) = call.inner {
            self.cancel_emit(*inner);
        }
        self.trace.cut_off(self.subscribers[call.id].handler, place);
    }

    pub(super) fn cancel_emit(&mut self, mut emit: AsyncEmit) {
        if let Some(call) = emit.chain.and_then(|chain| chain.waiting) {
            // Nothing behind it is reached.
            self.cancel_call(call, Place::Chain);
        }
        let Some(run) = emit.run else { return };
        let (plan, event) = (Rc::clone(&run.plan), run.event);
        self.cancel_run(run);
        let lost = self.after_async(&plan);
        emit.last.retain(|number| !lost.contains(number));
        if !emit.last.is_empty() {
            self.depth += 1;
            self.defer(&plan, event, emit.last, &mut emit.report, &mut emit.fates);
            self.depth -= 1;
        }
    }

    /// True when it is ready.
    pub(super) fn poll_emit(&mut self, emit: &mut AsyncEmit) -> bool {
        let is_ready = if let Some(run) = &mut emit.run {
            self.poll_run(run, true)
        } else if emit.chain.is_some() {
            self.poll_emit_chain(emit)
        } else {
            emit.is_begun || self.begin_emit(emit)
        };
        emit.is_begun = true;
        if let Some(run) = &mut emit.run {
            emit.report.retrying += self.schedule(run);
        }
        if is_ready && !emit.last.is_empty() {
            let run = emit.run.as_ref().expect("what comes last belongs to a run");
            let (plan, event) = (Rc::clone(&run.plan), run.event);
            let last = std::mem::take(&mut emit.last);
            self.depth += 1;
            self.defer(&plan, event, last, &mut emit.report, &mut emit.fates);
            self.depth -= 1;
        }
        is_ready
    }

    fn begin_emit(&mut self, emit: &mut AsyncEmit) -> bool {
        let topic = emit.event.emitted().topic;
        emit.report.outcomes = self.outcomes_without_plan(topic, emit.event.kind);
        let Some(plan) = self.plan(topic, emit.event.kind) else {
            return true;
        };
        emit.plan = Some(Rc::clone(&plan));
        if self.depth >= self.depth_limit {
            emit.refused = true;
            return true;
        }
        emit.chain = Some(ChainRun::new(&plan, emit.event));
        self.poll_emit_chain(emit)
    }

    /// Polls the chain and, when that has ended, begins the background handlers.
    fn poll_emit_chain(&mut self, emit: &mut AsyncEmit) -> bool {
        let mut chain = emit.chain.take().expect("the chain has not ended");
        self.depth += 1;
        let mut is_ready = self.poll_chain(&mut chain, &mut emit.report, &mut emit.fates);
        if is_ready {
            emit.event = chain.event;
            is_ready = self.begin_background(emit, &chain.plan);
        } else {
            emit.chain = Some(chain);
        }
        self.depth -= 1;
        is_ready
    }

    fn begin_background(&mut self, emit: &mut AsyncEmit, plan: &SharedPlan) -> bool {
        if emit.report.stopped_by.is_some() || plan.background.is_empty() {
            return true;
        }
        let at_once = self.deferred_at_once(plan);
        let in_phase = |phase: Phase| -> Vec<usize> {
            let indices = 0..plan.background.len();
            let is_in = |index: &usize| self.handler(plan.background[*index]).phase == phase;
            indices.filter(is_in).collect()
        };
        let mut last = in_phase(Phase::Deferred);
        last.retain(|number| !at_once.contains(number));
        emit.last = last;
        let run = Run::of_emit(plan, emit.event, in_phase(Phase::Async));
        self.defer(plan, emit.event, at_once, &mut emit.report, &mut emit.fates);
        let run = emit.run.insert(run);
        self.poll_run(run, false)
    }

    /// The value, and what became of the event.
    pub(super) fn end_emit(&mut self, mut emit: AsyncEmit) -> (i64, Report) {
        let ran = emit.run.as_ref().map_or(0, |run| run.ran);
        let failures = emit.run.as_ref().map_or(0, |run| run.failures.len());
        let is_unheard = emit.report.is_unheard() && ran + failures == 0;
        if is_unheard && !emit.refused {
            self.unheard(emit.event.emitted().topic);
        }
        if emit.refused {
            let outcomes = emit.plan.map(|plan| self.refused_outcomes(&plan));
            return (emit.event.value, too_deep(outcomes.unwrap_or_default()));
        }
        if let Some(run) = &mut emit.run {
            emit.fates.append(&mut run.fates);
        }
        let mut report = emit.report;
        if let Some(plan) = &emit.plan {
            report.outcomes = self.outcomes(plan, &emit.fates);
        }
        if let Some(run) = &mut emit.run {
            report.ran += ran;
            report.failures.extend(run.take_failures());
        }
        report.finish();
        (emit.event.value, report)
    }
}
