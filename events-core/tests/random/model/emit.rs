//! A sync emit: the chain of its sync handlers, and the snapshot for the background handlers.

use super::{Emitted, Id, Job, Model, SharedPlan, background::Run, outcomes::Fates, too_deep};
use crate::program::{Cause, Event, Kind, Report, topic_of};

impl Event {
    pub(super) fn emitted(self) -> Emitted<'static> {
        Emitted {
            topic: topic_of(self.kind),
            // A handler of any event cannot read the fields of an event that borrows.
            seen: (self.kind != Kind::D).then_some(self.value),
            value: self.value,
            origin: self.origin,
        }
    }
}

impl Emitted<'_> {
    pub(super) fn set(&mut self, value: i64) {
        self.value = value;
        self.seen = self.seen.map(|_| value);
    }
}

impl Model<'_> {
    /// The value after the emit, and the report.
    pub(super) fn emit(&mut self, event: Event) -> (i64, Report) {
        let mut emitted = event.emitted();
        let plan = self.plan(emitted.topic, event.kind);
        let mut report = Report {
            deferred: Some(0),
            ..Report::default()
        };
        let mut fates = Fates::default();
        report.outcomes = self.outcomes_without_plan(emitted.topic, event.kind);
        if let Some(plan) = plan {
            if self.depth >= self.depth_limit {
                return (event.value, too_deep(self.refused_outcomes(&plan)));
            }
            self.depth += 1;
            self.chain(&plan, &mut emitted, &mut report, &mut fates);
            if report.stopped_by.is_none() {
                let all = (0..plan.background.len()).collect();
                let event = Event {
                    value: emitted.value,
                    ..event
                };
                self.defer(&plan, event, all, &mut report, &mut fates);
            }
            self.depth -= 1;
            report.outcomes = self.outcomes(&plan, &fates);
        }
        if report.is_unheard() {
            self.unheard(emitted.topic);
        }
        report.finish();
        (emitted.value, report)
    }

    /// Puts a snapshot into the queue for those handlers whose filters the event passes; `numbers` are indices
    /// of `plan.background`.
    pub(super) fn defer(
        &mut self,
        plan: &SharedPlan,
        event: Event,
        numbers: Vec<usize>,
        report: &mut Report,
        fates: &mut Fates,
    ) {
        let passes = |number: &usize| self.accepts(plan.background[*number], event.emitted());
        let (mut selected, skipped): (Vec<_>, Vec<_>) = numbers.into_iter().partition(passes);
        for number in skipped {
            let id = plan.background[number];
            fates.add(id, self.skipped(id, event.emitted()));
        }
        if selected.is_empty() {
            return;
        }
        if self.queue.len() < self.capacity {
            report.deferred = report.deferred.map(|deferred| deferred + selected.len());
            for number in &selected {
                fates.set(plan.background[*number], "deferred");
            }
            let run = Run::of_snapshot(plan, event, selected);
            self.queue.push_back(Job::Snapshot(run));
            return;
        }
        // The queue is full: deferred handlers that are not async run at once, async ones are not reached.
        let unreached = |model: &Self, id: Id| (model.label(id), Cause::Undelivered);
        let is_async = |number: &usize| self.handler(plan.background[*number]).is_async;
        let lost: Vec<_> = selected.extract_if(.., |number| is_async(number)).collect();
        for number in lost {
            fates.set(plan.background[number], "failed");
            report
                .failures
                .push(unreached(self, plan.background[number]));
        }
        let mut run = Run::of_snapshot(plan, event, selected);
        self.poll_run(&mut run, false);
        report.retrying += self.schedule(&mut run);
        fates.append(&mut run.fates);
        for id in run.unfinished() {
            fates.set(id, "failed");
            report.failures.push(unreached(self, id));
        }
        report.ran += run.ran;
        report.failures.extend(run.take_failures());
        self.cancel_run(run);
    }
}
