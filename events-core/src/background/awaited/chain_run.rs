//! The run of a chain that has awaited handlers, as the first part of a background run.
//!
//! The future of an awaited handler borrows the event exclusively, in the future set of the run. While it is pending, the
//! chain is *suspended*: [`ChainProgress`] has its position, and keeps the plan. When the run is dropped then, the future is
//! dropped before the event, and no handler behind it runs.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Poll, Waker},
};

use super::{awaited_chain::ChainStep, chain_progress::ChainProgress};
use crate::{
    background::{
        background_plan::BackgroundPlan, background_result::FirstPoll,
        background_run::BackgroundRun, future_set::Start, stages::Select,
    },
    context::{CatchSpan, EmitGuard, log, records_spans},
    event::{Event, Family, Visit},
    handler::{BackgroundCall, Step},
    result::{Cause, EmitStats, Failure, FailureList, TooDeep},
};

/// What the visit of the event does: the current step.
struct RunStep<'a, 's> {
    step: usize,
    call: &'s BackgroundCall,
    plan: &'s BackgroundPlan,
    start: Start<'a, 's, BackgroundPlan>,
    failures: &'a FailureList,
    is_traced: bool,
}

/// The result of a step.
enum StepResult {
    /// A stretch of sync handlers has run.
    Ran(EmitStats),
    /// The future of an awaited handler was polled for the first time.
    Polled(FirstPoll),
}

impl<'s, F: Family> Visit<'s, F> for RunStep<'_, 's> {
    type Output = StepResult;

    fn visit<'x: 's>(mut self, event: &'s mut F::Of<'x>) -> StepResult {
        let chain = self.plan.awaited_chain();
        match chain.and_then(|chain| chain.steps.get(self.step)) {
            None => StepResult::Ran(EmitStats::default()),
            Some(ChainStep::Sync(stretch)) => {
                let origin = self.call.origin();
                StepResult::Ran(stretch.run::<F>(event, origin, self.failures, self.is_traced))
            }
            Some(ChainStep::Awaited(handler, _)) => {
                let call = self.call;
                // The panic of a future is caught where that is polled, that of a filter is not.
                let start = AssertUnwindSafe(move || {
                    let event = event; // moved, since the future borrows it for longer than this call
                    handler.start::<F>(event, call)
                });
                let future = catch_unwind(start);
                StepResult::Polled(match future {
                    Ok(Some(future)) => self.start.run(|| future),
                    Ok(None) => FirstPoll::Skipped,
                    Err(payload) => FirstPoll::Ended(Box::new(Err(payload))),
                })
            }
        }
    }
}

impl<E: Event> BackgroundRun<E> {
    /// Whether its chain is suspended at an awaited handler.
    #[inline]
    pub(crate) fn is_in_chain(&self) -> bool {
        !self.chain.is_none()
    }

    /// Runs the chain of the plan, up to the first awaited handler that is pending. The caller has entered the emission.
    pub(crate) fn begin_chain(
        self: Pin<&mut Self>,
        plan: &Arc<BackgroundPlan>,
        failures: &FailureList,
        waker: &Waker,
    ) -> Poll<EmitStats> {
        let progress = ChainProgress {
            plan: Arc::clone(plan),
            step: 0,
            stats: EmitStats::default(),
            span: None,
        };
        let polled = self.run_chain(progress, failures, waker);
        polled.map(|progress| progress.stats)
    }

    /// Polls the awaited handler at which the chain is suspended, and continues behind it. The caller has entered the
    /// emission. Returns the plan with the result of the chain.
    pub(crate) fn resume_chain(
        mut self: Pin<&mut Self>,
        failures: &FailureList,
        waker: &Waker,
    ) -> Poll<Option<(Arc<BackgroundPlan>, EmitStats)>> {
        let this = self.as_mut().project();
        let Some(mut progress) = this.chain.take() else {
            return Poll::Ready(None);
        };
        let entered = progress.span.as_ref().and_then(CatchSpan::enter);
        let polled = this.futures.poll_at(0, waker);
        drop(entered);
        let Poll::Ready(ended) = polled else {
            *this.chain = progress.into();
            return Poll::Pending;
        };
        let plan = Arc::clone(&progress.plan);
        let steps = plan.awaited_chain().map(|chain| &chain.steps);
        if let Some(ChainStep::Awaited(_, subscriber)) =
            steps.and_then(|steps| steps.get(progress.step))
        {
            progress.end(subscriber, ended, failures);
        }
        progress.span = None;
        progress.step += 1;
        let polled = self.run_chain(progress, failures, waker);
        polled.map(|progress| Some((plan, progress.stats)))
    }

    /// Runs the chain from a step on.
    fn run_chain(
        mut self: Pin<&mut Self>,
        mut progress: ChainProgress,
        failures: &FailureList,
        waker: &Waker,
    ) -> Poll<ChainProgress> {
        let plan = Arc::clone(&progress.plan);
        let steps = plan.awaited_chain().map_or(&[][..], |chain| &chain.steps);
        let is_traced = records_spans();
        while progress.stats.stopped_by.is_none()
            && let Some(step) = steps.get(progress.step)
        {
            let subscriber = match step {
                ChainStep::Sync(_) => None,
                ChainStep::Awaited(_, subscriber) => Some(subscriber),
            };
            let span = subscriber
                .filter(|_| is_traced)
                .map(|subscriber| log::handler_span(subscriber));
            let entered = span.as_ref().and_then(CatchSpan::enter);
            let this = self.as_mut().project();
            let number = progress.step;
            let result = this
                .futures
                .start_exclusive(&plan, waker, |event, call, plan, start| {
                    event.__lend(RunStep {
                        step: number,
                        call,
                        plan,
                        start,
                        failures,
                        is_traced,
                    })
                });
            drop(entered);
            match result {
                None => break,
                Some(StepResult::Ran(stats)) => {
                    progress.stats.ran += stats.ran;
                    progress.stats.stopped_by = stats.stopped_by;
                    progress.stats.is_unreached |= stats.is_unreached;
                }
                Some(StepResult::Polled(polled)) => {
                    let ended = match polled {
                        FirstPoll::Done => Ok(Step::Done),
                        FirstPoll::Skipped => Ok(Step::Skipped),
                        FirstPoll::Ended(ended) => *ended,
                        FirstPoll::Pending => {
                            progress.span = span;
                            *this.chain = progress.into();
                            return Poll::Pending;
                        }
                    };
                    if let Some(subscriber) = subscriber {
                        progress.end(subscriber, ended, failures);
                    }
                }
            }
            progress.step += 1;
        }
        Poll::Ready(progress)
    }

    /// Ends all handlers that are not complete, each with a failure: resumed with little of the stack left, they could
    /// overflow it. Returns what ran before.
    #[cold]
    pub(crate) fn end_chain(
        mut self: Pin<&mut Self>,
        refusal: &TooDeep,
        failures: &FailureList,
    ) -> EmitStats {
        self.as_mut().clear();
        let Some(mut progress) = self.project().chain.take() else {
            return EmitStats::default();
        };
        for subscriber in progress.unfinished() {
            let cause = Cause::TooDeep(refusal.clone());
            failures.push(Failure::new(Arc::clone(subscriber), cause));
        }
        progress.stats.is_unreached = true;
        progress.stats
    }

    /// [`poll`](Self::poll) for the run of an enqueued event, of which the chain may be suspended.
    pub(in crate::background) fn poll_enqueued(
        mut self: Pin<&mut Self>,
        waker: &Waker,
    ) -> Poll<()> {
        if !self.is_in_chain() {
            return self.poll(waker);
        }
        let guard = EmitGuard::reenter(self.futures.call().info(), self.id());
        let failures = FailureList::new();
        let polled = self.as_mut().resume_chain(&failures, waker);
        let this = self.as_mut().project();
        this.result.add_chain(failures);
        match polled {
            Poll::Pending => {}
            Poll::Ready(None) => return Poll::Ready(()),
            Poll::Ready(Some((plan, stats))) => {
                this.result.ran += stats.ran;
                if stats.stopped_by.is_none() {
                    self.as_mut().begin_selected(&plan, Select::All, waker);
                }
            }
        }
        if let Some(guard) = &guard {
            self.as_mut().store_id(guard);
        }
        if self.is_in_chain() {
            Poll::Pending
        } else {
            self.ready()
        }
    }
}
