//! The queue: each job runs to its end before the next one begins.

use super::{Job, Model, background::Run, chain::ChainRun, outcomes::Fates};
use crate::program::{Event, Report};

/// How many jobs a flush starts in one poll.
const STARTS_PER_POLL: usize = 64;

impl Model<'_> {
    pub(super) fn flush(&mut self) {
        if self.in_job {
            return self.trace.flushed(0, 0, self.queue.len());
        }
        self.in_job = true;
        let (mut ran, mut failures) = (0, 0);
        self.begin_poll();
        while self.depth < self.depth_limit
            && let Some(job) = self.next_job()
        {
            ran += 1;
            failures += match job {
                Job::Enqueued(event) => self.run_enqueued(event),
                Job::Snapshot(run) => self.run_to_end(run),
            };
        }
        self.in_job = false;
        self.trace.flushed(ran, failures, self.queue.len());
    }

    /// The next job. When there is none, the flush is polled again if calls are to be repeated.
    fn next_job(&mut self) -> Option<Job> {
        if self.starts == STARTS_PER_POLL || self.queue.is_empty() {
            self.begin_poll();
        }
        self.starts += 1;
        self.queue.pop_front()
    }

    /// The flush is polled: calls that are to be repeated are moved into the queue, since their delay is zero.
    fn begin_poll(&mut self) {
        self.starts = 0;
        let scheduled = self.scheduled.drain(..);
        self.queue
            .extend(scheduled.map(|(_, run)| Job::Snapshot(run)));
    }

    fn run_to_end(&mut self, mut run: Run) -> usize {
        loop {
            let is_ready = self.poll_run(&mut run, true);
            self.schedule(&mut run);
            if is_ready {
                return run.failures.len();
            }
            self.begin_poll();
        }
    }

    /// An event out of the queue. Returns how many handlers failed.
    fn run_enqueued(&mut self, event: Event) -> usize {
        let topic = event.emitted().topic;
        let Some(plan) = self.plan(topic, event.kind) else {
            self.unheard(topic);
            return 0;
        };
        let mut report = Report::default();
        let mut fates = Fates::default();
        let mut chain = ChainRun::new(&plan, event);
        let mut run = None;
        let mut is_ready = false;
        while !is_ready {
            self.depth += 1;
            is_ready = self.poll_chain(&mut chain, &mut report, &mut fates);
            if is_ready && report.stopped_by.is_none() && !plan.background.is_empty() {
                let all = (0..plan.background.len()).collect();
                let run = run.insert(Run::of_emit(&plan, chain.event, all));
                self.poll_run(run, false);
                self.schedule(run);
            }
            self.depth -= 1;
            if !is_ready {
                self.begin_poll();
            }
        }
        let is_received =
            |run: &Run| run.ran + run.retrying + run.failures.len() + run.waiting.len() > 0;
        if report.ran == 0 && !run.as_ref().is_some_and(is_received) {
            self.unheard(topic);
        }
        report.failures.len() + run.map_or(0, |run| self.run_to_end_if_waiting(run))
    }

    fn run_to_end_if_waiting(&mut self, run: Run) -> usize {
        if run.waiting.is_empty() && run.selected.is_empty() {
            run.failures.len()
        } else {
            self.begin_poll();
            self.run_to_end(run)
        }
    }
}
