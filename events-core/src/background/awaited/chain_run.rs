//! The run of a chain that has awaited handlers, as the first part of a background run.
//!
//! The future of an awaited handler borrows the event exclusively, in the future set of the run. While it is pending, the
//! chain is *suspended*: [`ChainProgress`] has its position, and keeps the plan. When the run is dropped then, the future is
//! dropped before the event, and no handler behind it runs.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Poll, Waker},
};

use super::{
    awaited_chain::ChainStep,
    chain_progress::{ChainProgress, record_end},
};
use crate::{
    background::{
        background_plan::BackgroundPlan,
        background_result::{FirstPoll, UnfinishedHandlers},
        background_run::BackgroundRun,
        future_set::Start,
        stages::Select,
    },
    context::{CatchSpan, EmitGuard, log, records_spans},
    event::{Event, Family, Visit},
    handler::BackgroundCall,
    result::{Cause, EmitStats, Failure, FailureList, TooDeep},
};

/// What the visit of the event does: the current step. It polls the future of an awaited handler for the first time, or it
/// runs a stretch of sync handlers, adds to the stats, and returns [`FirstPoll::Skipped`].
struct RunStep<'a, 's> {
    step: &'s ChainStep<BackgroundPlan>,
    call: &'s BackgroundCall,
    start: Start<'a, 's, BackgroundPlan>,
    stats: &'a mut EmitStats,
    failures: &'a FailureList,
    is_traced: bool,
}

impl<'s, F: Family> Visit<'s, F> for RunStep<'_, 's> {
    type Output = FirstPoll;

    #[inline]
    fn visit<'x: 's>(mut self, event: &'s mut F::Of<'x>) -> FirstPoll {
        match self.step {
            ChainStep::Sync(stretch) => {
                let origin = self.call.origin();
                let stats = stretch.run::<F>(event, origin, self.failures, self.is_traced);
                self.stats.ran += stats.ran;
                self.stats.stopped_by = stats.stopped_by;
                self.stats.is_unreached |= stats.is_unreached;
                FirstPoll::Skipped
            }
            ChainStep::Awaited(handler, _) => handler.start::<F>(event, self.call, &mut self.start),
        }
    }
}

impl<E> BackgroundRun<E> {
    /// The subscribers whose handlers are not complete.
    #[cold]
    pub(crate) fn unfinished(&self) -> UnfinishedHandlers {
        if let Some(progress) = self.chain.get() {
            return UnfinishedHandlers::new(progress.unfinished().cloned().collect(), 1);
        }
        let Some(plan) = self.futures.keep_alive() else {
            return UnfinishedHandlers::default();
        };
        let pending = (0..self.futures.len()).map(|index| self.futures.number(index));
        let numbers = pending.chain(self.not_started.iter().copied());
        let subscriber = |number: usize| Arc::clone(&plan.subscribers()[number]);
        UnfinishedHandlers::new(numbers.map(subscriber).collect(), self.futures.len())
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
        self.run_chain(plan, 0, EmitStats::default(), failures, waker)
    }

    /// Polls the awaited handler at which the chain is suspended, and continues behind it. The caller has entered the
    /// emission. Returns the plan with the result of the chain.
    pub(crate) fn resume_chain(
        mut self: Pin<&mut Self>,
        failures: &FailureList,
        waker: &Waker,
    ) -> Poll<Option<(Arc<BackgroundPlan>, EmitStats)>> {
        let this = self.as_mut().project();
        let Some(progress) = this.chain.take() else {
            return Poll::Ready(None);
        };
        let entered = progress.span.as_ref().and_then(CatchSpan::enter);
        let polled = this.futures.poll_at(0, waker);
        drop(entered);
        let Poll::Ready(ended) = polled else {
            *this.chain = progress.into();
            return Poll::Pending;
        };
        let ChainProgress {
            plan,
            step,
            mut stats,
            ..
        } = progress;
        let chain = plan.awaited_chain();
        if let Some(ChainStep::Awaited(_, subscriber)) =
            chain.and_then(|chain| chain.steps.get(step))
        {
            record_end(&mut stats, subscriber, ended, failures);
        }
        let polled = self.run_chain(&plan, step + 1, stats, failures, waker);
        polled.map(|stats| Some((plan, stats)))
    }

    /// Runs the chain from a step on.
    fn run_chain(
        mut self: Pin<&mut Self>,
        plan: &Arc<BackgroundPlan>,
        first: usize,
        mut stats: EmitStats,
        failures: &FailureList,
        waker: &Waker,
    ) -> Poll<EmitStats> {
        let Some(chain) = plan.awaited_chain() else {
            return Poll::Ready(stats);
        };
        let is_traced = records_spans();
        for (step, part) in chain.steps.iter().enumerate().skip(first) {
            if stats.stopped_by.is_some() {
                break;
            }
            let span = match part {
                ChainStep::Awaited(_, subscriber) if is_traced => {
                    Some(log::handler_span(subscriber))
                }
                _ => None,
            };
            let entered = span.as_ref().and_then(CatchSpan::enter);
            let this = self.as_mut().project();
            let polled = this
                .futures
                .start_exclusive(plan, waker, |event, call, plan, start| {
                    let step = plan.awaited_chain()?.steps.get(step)?;
                    Some(event.__lend(RunStep {
                        step,
                        call,
                        start,
                        stats: &mut stats,
                        failures,
                        is_traced,
                    }))
                });
            drop(entered);
            match (polled.flatten(), part) {
                (Some(FirstPoll::Done), _) => stats.ran += 1,
                (Some(FirstPoll::Skipped), _) => {}
                (Some(FirstPoll::Ended(ended)), ChainStep::Awaited(_, subscriber)) => {
                    record_end(&mut stats, subscriber, *ended, failures);
                }
                (Some(FirstPoll::Pending), _) => {
                    let progress = ChainProgress {
                        plan: Arc::clone(plan),
                        step,
                        stats,
                        span,
                    };
                    *this.chain = progress.into();
                    return Poll::Pending;
                }
                (Some(FirstPoll::Ended(_)) | None, _) => break,
            }
        }
        Poll::Ready(stats)
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
