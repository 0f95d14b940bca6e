//! The run of a chain that has awaited handlers, as the first part of a background run.
//!
//! The future of an awaited handler borrows the event exclusively, in the future set of the run. While it is pending, the
//! chain is *suspended*: [`ChainProgress`] has its position, and keeps the plan. When the run is dropped then, the future is
//! dropped before the event, and no handler behind it runs.

use std::{
    iter,
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
        copies::ChainEvent,
        start_order::Select,
    },
    context::{CatchSpan, EmitGuard, failed_checks, log, records_spans},
    result::{Cause, EmitStats, FailedCheck, FailureList, TooDeep},
};

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

impl<E: ChainEvent> BackgroundRun<E> {
    /// Whether its chain is suspended at an awaited handler.
    #[inline]
    pub(crate) fn is_in_chain(&self) -> bool {
        !self.chain.is_none()
    }

    /// Runs the chain of the plan, up to the first awaited handler that is pending. The caller has entered the emission.
    pub(crate) fn begin_chain(
        self: Pin<&mut Self>,
        plan: &Arc<BackgroundPlan>,
        failures: &FailureList<'_>,
        waker: &Waker,
    ) -> Poll<EmitStats> {
        self.run_chain(plan, 0, EmitStats::default(), Vec::new(), failures, waker)
    }

    /// Polls the awaited handler at which the chain is suspended, and continues behind it. The caller has entered the
    /// emission. Returns the plan with the result of the chain.
    pub(crate) fn resume_chain(
        mut self: Pin<&mut Self>,
        failures: &FailureList<'_>,
        waker: &Waker,
    ) -> Poll<Option<(Arc<BackgroundPlan>, EmitStats)>> {
        let this = self.as_mut().project();
        let Some(suspended) = this.chain.get() else {
            return Poll::Ready(None);
        };
        let entered = suspended.span.as_ref().and_then(CatchSpan::enter);
        let polled = this.futures.poll_at(0, waker);
        drop(entered);
        let Poll::Ready(ended) = polled else {
            return Poll::Pending;
        };
        let Some(ChainProgress {
            plan,
            step,
            mut stats,
            failed_checks,
            ..
        }) = this.chain.take()
        else {
            return Poll::Ready(None);
        };
        let chain = plan.awaited_chain();
        if let Some(ChainStep::Awaited(_, subscriber)) =
            chain.and_then(|chain| chain.steps.get(step))
        {
            let call = self.futures.call();
            record_end(&mut stats, subscriber, ended, failures, call, &plan.policy);
        }
        let polled = self.run_chain(&plan, step + 1, stats, failed_checks, failures, waker);
        polled.map(|stats| Some((plan, stats)))
    }

    /// Runs the chain from a step on. An event that fails closed is refused at its end.
    fn run_chain(
        mut self: Pin<&mut Self>,
        plan: &Arc<BackgroundPlan>,
        first: usize,
        mut stats: EmitStats,
        mut failed: Vec<FailedCheck>,
        failures: &FailureList<'_>,
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
            let mut this = self.as_mut().project();
            let polled = this.futures.as_mut().start_exclusive(
                plan,
                waker,
                |event, call, plan, mut start| {
                    let event = event.erase()?;
                    match plan.awaited_chain()?.steps.get(step)? {
                        ChainStep::Awaited(handler, subscriber) => {
                            let start = &mut start;
                            Some(if plan.policy.is_wrapped() {
                                let middlewares = plan.policy.middlewares();
                                handler.start_wrapped(event, call, start, middlewares, subscriber)
                            } else {
                                handler.start(event, call, start)
                            })
                        }
                        ChainStep::Sync(stretch) => {
                            let of_stretch = stretch.run(event, call.origin(), failures, is_traced);
                            stats.ran += of_stretch.ran;
                            stats.stopped_by = of_stretch.stopped_by;
                            stats.rare |= of_stretch.rare;
                            Some(FirstPoll::Skipped)
                        }
                    }
                },
            );
            drop(entered);
            match (polled.flatten(), part) {
                (Some(FirstPoll::Done), _) => stats.ran += 1,
                (Some(FirstPoll::Skipped), ChainStep::Sync(_)) => {}
                (Some(FirstPoll::Skipped), ChainStep::Awaited(_, subscriber)) => {
                    failures.skip(subscriber, self.futures.call().origin());
                }
                (Some(FirstPoll::Ended(ended)), ChainStep::Awaited(_, subscriber)) => {
                    record_end(
                        &mut stats,
                        subscriber,
                        *ended,
                        failures,
                        this.futures.call(),
                        &plan.policy,
                    );
                }
                (Some(FirstPoll::Pending), _) => {
                    if E::FAILS_CLOSED {
                        failures.with(|failures| failed.extend(failed_checks(failures)));
                    }
                    let progress = ChainProgress {
                        plan: Arc::clone(plan),
                        step,
                        stats,
                        failed_checks: failed,
                        span,
                    };
                    *this.chain = progress.into();
                    return Poll::Pending;
                }
                (Some(FirstPoll::Ended(_)) | None, _) => break,
            }
        }
        self.refuse(failed, failures);
        Poll::Ready(stats)
    }

    /// Refuses an event that fails closed, for these reasons and because of these failures.
    #[inline]
    fn refuse(self: Pin<&mut Self>, mut failed: Vec<FailedCheck>, failures: &FailureList<'_>) {
        if E::FAILS_CLOSED
            && let Some(event) = self.event_mut()
        {
            failures.with(|failures| failed.extend(failed_checks(failures)));
            event.refuse(failed);
        }
    }

    /// Ends all handlers that are not complete, each with a failure: resumed with little of the stack left, they could
    /// overflow it. Returns what ran before.
    #[cold]
    pub(crate) fn end_chain(
        mut self: Pin<&mut Self>,
        refusal: &TooDeep,
        failures: &FailureList<'_>,
    ) -> EmitStats {
        self.as_mut().clear();
        let Some(mut progress) = self.as_mut().project().chain.take() else {
            return EmitStats::default();
        };
        let emission = self.futures.call().failed_emission_outside(self.state());
        for subscriber in progress.unfinished() {
            let cause = Cause::TooDeep(refusal.clone());
            let subscriber = Arc::clone(subscriber);
            failures.push(
                progress
                    .plan
                    .policy
                    .fail(subscriber, cause, emission.clone()),
            );
        }
        progress.stats.set_unreached();
        self.refuse(progress.failed_checks, failures);
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
        let guard = EmitGuard::reenter(self.futures.call().info(), self.state());
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
                    let mut select = Select::All;
                    if plan.has_delayed() {
                        // They are scheduled when this poll has ended.
                        this.result.add_delayed();
                        select = Select::NotDelayed;
                        // It stores the plan.
                        self.as_mut().start(iter::empty(), &plan, true, waker);
                    }
                    self.as_mut().begin_selected(&plan, select, waker);
                }
            }
        }
        if let Some(guard) = &guard {
            self.as_mut().store_state(guard);
        }
        if self.is_in_chain() {
            Poll::Pending
        } else {
            self.ready()
        }
    }
}
