//! The progress of a chain that has awaited handlers.

use std::{sync::Arc, thread};

use crate::{
    background::{background_plan::BackgroundPlan, wrapped::StepOutcome},
    context::{CatchSpan, panic_hook},
    handler::{BackgroundCall, Step},
    metadata::SubscriberInfo,
    policy::Policy,
    result::{Cause, EmitStats, FailedCheck, FailureList, SubscriberOutcome},
};

/// A chain that is suspended at an awaited handler.
pub(in crate::background) struct ChainProgress {
    pub(super) plan: Arc<BackgroundPlan>,
    /// The index of the step whose future is pending.
    pub(super) step: usize,
    pub(in crate::background) stats: EmitStats,
    /// Why the event is refused at the end of the chain, if it fails closed.
    pub(in crate::background) failed_checks: Vec<FailedCheck>,
    /// The span of the pending handler, if spans are recorded.
    pub(super) span: Option<CatchSpan>,
}

impl ChainProgress {
    /// The subscribers whose handlers are not complete: first that of the pending handler, then those of the rest of the
    /// chain, and the background ones.
    pub(in crate::background) fn unfinished(&self) -> impl Iterator<Item = &Arc<SubscriberInfo>> {
        let chain = self.plan.awaited_chain().into_iter();
        let of_chain = chain.flat_map(|chain| chain.subscribers_from(self.step));
        of_chain.chain(self.plan.subscribers())
    }
}

/// Records that an awaited handler is complete. The emission is the innermost one of this thread.
pub(super) fn record_end(
    stats: &mut EmitStats,
    subscriber: &Arc<SubscriberInfo>,
    ended: thread::Result<Step>,
    failures: &FailureList<'_>,
    call: &BackgroundCall,
    policy: &Policy,
) {
    let cause = match ended {
        Ok(Step::Skipped) => return failures.skip(subscriber, call.origin()),
        Ok(Step::Done) => None,
        Ok(Step::Stop) => {
            stats.stopped_by = Some(Arc::clone(subscriber));
            None
        }
        Ok(Step::Failed(error)) => match error.downcast::<StepOutcome>() {
            Ok(ended) => {
                return record_outcome(stats, subscriber, ended.outcome, failures, policy);
            }
            Err(error) => Some(Cause::of(error)),
        },
        Err(payload) => Some(Cause::Panic(panic_hook::into_panic(payload))),
    };
    if cause.as_ref().is_none_or(Cause::is_from_call) {
        stats.ran += 1;
    } else {
        stats.set_unreached();
    }
    if let Some(cause) = cause {
        failures.push(policy.fail(Arc::clone(subscriber), cause, call.failed_emission()));
    }
}

/// Records what became of an awaited handler that was called through middleware.
#[cold]
fn record_outcome(
    stats: &mut EmitStats,
    subscriber: &Arc<SubscriberInfo>,
    outcome: SubscriberOutcome,
    failures: &FailureList<'_>,
    policy: &Policy,
) {
    match outcome {
        SubscriberOutcome::Skipped(_)
        | SubscriberOutcome::NotReached(_)
        | SubscriberOutcome::Deferred
        | SubscriberOutcome::AfterCommit => failures.add_outcome(subscriber, outcome),
        SubscriberOutcome::Ran => stats.ran += 1,
        SubscriberOutcome::Stopped => {
            stats.ran += 1;
            stats.stopped_by = Some(Arc::clone(subscriber));
        }
        SubscriberOutcome::Failed(failure) | SubscriberOutcome::Retrying(failure) => {
            let failure = failure.of_call(subscriber, true);
            if failure.cause().is_from_call() {
                stats.ran += 1;
            } else {
                stats.set_unreached();
            }
            policy.report(&failure);
            failures.push(failure);
        }
    }
}
