//! A run through middleware: it calls the handlers of a chain one by one, each through the middleware of the registry,
//! which decides what became of it.
//!
//! The handlers record their results in the run, as ever. Here each result is taken out of it again, passed through the
//! middleware, and recorded as the outcome of that.

use std::{
    cell::{Cell, RefCell},
    thread,
};

use super::{
    chain::Delivery,
    run::{CAPTURES, ChainStats, Run, UNREACHED},
};
use crate::{
    context::{EmissionSource, OwnSubscription, log, panic_hook, records_spans},
    metadata::Origin,
    policy::{CallData, Entries, Middleware, SyncCall, SyncHandler},
    primitives::drop_catching,
    result::{Cause, FailureList, SkipReason, SubscriberOutcome},
};

/// Runs the handlers of a chain that pauses between all of them, each through the middleware. Failures are logged if there
/// is no list for them.
#[cold]
#[inline(never)]
pub(crate) fn run_wrapped<'a>(
    delivery: Delivery<'a>,
    origin: Option<&Origin>,
    failures: Option<&FailureList<'_>>,
    middlewares: Entries<dyn Middleware>,
) -> ChainStats<'a> {
    let captured = FailureList::new();
    let chain = delivery.chain();
    let run = Run::new(delivery, origin, Some(&captured));
    run.skipped.set(CAPTURES);
    let emission = run.emission(OwnSubscription::default());
    let handlers = Handlers {
        run: RefCell::new(run),
        captured: &captured,
        index: Cell::new(0),
    };
    let Some(first) = chain.subscribers().first() else {
        return ChainStats::default();
    };
    let data = CallData::new(first, &emission);
    let mut call = SyncCall::new(data, &middlewares, &handlers);
    let records_spans = records_spans();
    for (index, subscriber) in chain.subscribers().iter().enumerate() {
        handlers.index.set(index);
        let outcome = if records_spans {
            let span = log::handler_span(subscriber);
            span.in_scope(|| call.run(subscriber))
        } else {
            call.run(subscriber)
        };
        if let SubscriberOutcome::Ran = outcome {
            continue;
        }
        let is_last = !handlers
            .run
            .borrow()
            .record_outcome(index, outcome, failures);
        if is_last {
            break;
        }
    }
    drop_catching(middlewares);
    let stats = handlers.run.into_inner().stats();
    stats.of_subscribers(chain.subscribers())
}

/// Calls the handlers of a run one by one, and takes their results out of it.
struct Handlers<'h, 'r> {
    run: RefCell<Run<'r>>,
    captured: &'h FailureList<'h>,
    /// Of the handler that is called next.
    index: Cell<usize>,
}

impl SyncHandler for Handlers<'_, '_> {
    fn call(&self) -> SubscriberOutcome {
        let mut run = self.run.borrow_mut();
        let before = run.skipped.get();
        match run.start_at(self.index.get()) {
            // Every result but that of a handler that plainly ran changes the number.
            Ok(()) if run.skipped.get() == before => SubscriberOutcome::Ran,
            result => self.take_result(&run, before, result),
        }
    }
}

impl Handlers<'_, '_> {
    #[cold]
    #[inline(never)]
    fn take_result(
        &self,
        run: &Run<'_>,
        before: usize,
        result: thread::Result<()>,
    ) -> SubscriberOutcome {
        if let Err(payload) = result {
            let cause = Cause::Panic(panic_hook::into_panic(payload));
            return SubscriberOutcome::Failed(run.failure(self.index.get(), cause));
        }
        run.skipped.set(before);
        if let Some(failure) = self.captured.take_last() {
            return SubscriberOutcome::Failed(failure);
        }
        match run.stopped_by.take() {
            Some(_) => SubscriberOutcome::Stopped,
            None => {
                let subscriber = &run.delivery.chain().subscribers()[self.index.get()];
                SubscriberOutcome::Skipped(SkipReason::of(subscriber, run.origin()))
            }
        }
    }
}

impl Run<'_> {
    /// Records what became of the subscriber with this index. Returns whether the next one is to be called.
    #[cold]
    #[inline(never)]
    fn record_outcome(
        &self,
        index: usize,
        outcome: SubscriberOutcome,
        failures: Option<&FailureList<'_>>,
    ) -> bool {
        let subscriber = &self.delivery.chain().subscribers()[index];
        match outcome {
            SubscriberOutcome::Ran => {}
            SubscriberOutcome::Stopped => {
                self.stop_at(index);
                return false;
            }
            SubscriberOutcome::Skipped(_)
            | SubscriberOutcome::NotReached(_)
            | SubscriberOutcome::Deferred
            | SubscriberOutcome::AfterCommit => {
                self.skipped.set(self.skipped.get() + 1);
                if let Some(failures) = failures {
                    failures.add_outcome(subscriber, outcome);
                }
            }
            SubscriberOutcome::Failed(failure) | SubscriberOutcome::Retrying(failure) => {
                let failure = failure.of_call(subscriber, true);
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
