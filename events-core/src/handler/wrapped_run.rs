//! A run through middleware: it calls the handlers of a chain one by one, each through the middleware of the registry,
//! which decides what became of it.
//!
//! The handlers record their results in the run, as ever. Here each result is taken out of it again, passed through the
//! middleware, and recorded as the outcome of that.

use super::{
    chain::Delivery,
    run::{CAPTURES, Run, UNREACHED},
};
use crate::{
    context::{EmissionSource, log, panic_hook, records_spans},
    metadata::Origin,
    policy::{Call, Entries, Middleware, call_through},
    primitives::drop_catching,
    result::{Cause, EmitStats, FailureList, SkipReason, SubscriberOutcome},
};

/// Runs the handlers of a chain that pauses between all of them, each through the middleware. Failures are logged if there
/// is no list for them.
#[cold]
#[inline(never)]
pub(crate) fn run_wrapped(
    delivery: Delivery<'_>,
    origin: Option<&Origin>,
    failures: Option<&FailureList>,
    middlewares: Entries<dyn Middleware>,
) -> EmitStats {
    let captured = FailureList::new();
    let chain = delivery.chain();
    let mut run = Run::new(delivery, origin, Some(&captured));
    run.skipped.set(CAPTURES);
    let emission = run.emission();
    let records_spans = records_spans();
    for (index, subscriber) in chain.subscribers().iter().enumerate() {
        let span = records_spans.then(|| log::handler_span(subscriber));
        let _entered = span.as_ref().and_then(|span| span.enter());
        let call = Call::new(subscriber, &emission);
        let outcome = call_through(&middlewares, call, &mut || run.call_at(index, &captured));
        if !run.record_outcome(index, outcome, failures) {
            break;
        }
    }
    drop_catching(middlewares);
    run.stats()
}

impl Run<'_> {
    /// Calls the handler with this index, and takes its result out of the run.
    fn call_at(&mut self, index: usize, captured: &FailureList) -> SubscriberOutcome {
        let before = self.skipped.get();
        if let Err(payload) = self.start_at(index) {
            let cause = Cause::Panic(panic_hook::into_panic(payload));
            return SubscriberOutcome::Failed(self.failure(index, cause));
        }
        if let Some(failure) = captured.take_last() {
            self.skipped.set(before);
            return SubscriberOutcome::Failed(failure);
        }
        let skipped = self.skipped.replace(before);
        if self.stopped_by.take().is_some() {
            return SubscriberOutcome::Stopped;
        }
        if skipped == before {
            SubscriberOutcome::Ran
        } else {
            SubscriberOutcome::Skipped(SkipReason::Filtered)
        }
    }

    /// Records what became of the subscriber with this index. Returns whether the next one is to be called.
    #[inline]
    fn record_outcome(
        &self,
        index: usize,
        outcome: SubscriberOutcome,
        failures: Option<&FailureList>,
    ) -> bool {
        if let SubscriberOutcome::Ran = outcome {
            return true;
        }
        self.record_other(index, outcome, failures)
    }

    #[cold]
    #[inline(never)]
    fn record_other(
        &self,
        index: usize,
        outcome: SubscriberOutcome,
        failures: Option<&FailureList>,
    ) -> bool {
        match outcome {
            SubscriberOutcome::Ran => {}
            SubscriberOutcome::Stopped => {
                self.stop_at(index);
                return false;
            }
            SubscriberOutcome::Skipped(_)
            | SubscriberOutcome::NotReached(_)
            | SubscriberOutcome::Deferred => self.skipped.set(self.skipped.get() + 1),
            SubscriberOutcome::Failed(failure) | SubscriberOutcome::Retrying(failure) => {
                if !failure.cause().is_from_call() {
                    self.skipped.set((self.skipped.get() + 1) | UNREACHED);
                }
                self.delivery.chain().of().policy.report(&failure);
                match failures {
                    Some(failures) => failures.push(failure),
                    None => log::failure(failure),
                }
            }
        }
        true
    }
}
