//! The results of an event's background handlers so far, and the result of the first poll of one.

use std::{mem, sync::Arc, thread};

use super::wrapped::StepOutcome;
use crate::{
    context::{log, panic_hook},
    handler::{BackgroundCall, Step},
    metadata::SubscriberInfo,
    policy::Policy,
    primitives::OptionBox,
    result::{Cause, Failure, FailureList, SubscriberOutcome},
};

/// The results of an event's background handlers so far. Each handler is named by its *number*: its index
/// in the background plan.
pub(crate) struct BackgroundResult {
    /// How many handlers are complete, including those that failed.
    pub(crate) ran: usize,
    /// How many calls of handlers were refused: each is a failure, but did not run. Not a `bool`: the compiler copied the
    /// padding behind that in each emit, with loads for which store forwarding failed.
    unreached: usize,
    /// The failures, with the handlers' numbers.
    failures: OptionBox<Vec<(usize, Failure)>>,
}

/// The subscribers of an event whose handlers are not complete.
#[derive(Default)]
pub(crate) struct UnfinishedHandlers {
    /// First those whose handlers are started.
    pub(crate) subscribers: Vec<Arc<SubscriberInfo>>,
    /// How many of them are started.
    started: usize,
}

impl UnfinishedHandlers {
    pub(super) fn new(subscribers: Vec<Arc<SubscriberInfo>>, started: usize) -> Self {
        Self {
            subscribers,
            started,
        }
    }

    /// The subscribers whose handlers are started, and those whose handlers are not.
    pub(crate) fn split(&self) -> (&[Arc<SubscriberInfo>], &[Arc<SubscriberInfo>]) {
        self.subscribers.split_at(self.started)
    }
}

/// The future of a handler's call.
pub(crate) trait StepFuture: Future<Output = Step> + Send {}

impl<F: Future<Output = Step> + Send> StepFuture for F {}

/// The result of a future's first poll; so small that it is returned in registers.
pub(crate) enum FirstPoll {
    Done,
    Skipped,
    Pending,
    /// Ready in an uncommon way: with another step, or by a panic.
    Ended(Box<thread::Result<Step>>),
}

impl BackgroundResult {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self {
            ran: 0,
            unreached: 0,
            failures: OptionBox::NONE,
        }
    }

    /// The same, with the failures moved out: each failure is returned once.
    pub(crate) fn take(&mut self) -> Self {
        Self {
            ran: self.ran,
            unreached: self.unreached,
            failures: mem::replace(&mut self.failures, OptionBox::NONE),
        }
    }

    /// Whether no handler ran or failed.
    #[inline]
    pub(super) fn is_unheard(&self) -> bool {
        self.ran == 0 && self.unreached == 0
    }

    /// The failures in the order of the handlers' numbers.
    pub(crate) fn into_failures(mut self) -> impl Iterator<Item = Failure> {
        let mut failures = self.failures.take().unwrap_or_default();
        failures.sort_by_key(|(number, _)| *number);
        failures.into_iter().map(|(_, failure)| failure)
    }

    /// The failures that were not taken, in the order in which they occurred.
    pub(super) fn failures(&self) -> impl Iterator<Item = &Failure> {
        let failures = self.failures.get().into_iter().flatten();
        failures.map(|(_, failure)| failure)
    }

    /// Whether there are failures.
    #[inline]
    pub(super) fn has_failures(&self) -> bool {
        !self.failures.is_none()
    }

    /// Logs the failures, and returns how many there are.
    pub(super) fn record(&mut self) -> usize {
        self.take().into_failures().map(log::failure).count()
    }

    /// Adds the failures of the sync and awaited handlers, which run before the others.
    pub(super) fn add_chain(&mut self, failures: FailureList) {
        if let Some(failures) = failures.into_inner().take() {
            let failures = failures.into_iter().map(|failure| (0, failure));
            self.failures.get_or_insert_default().extend(failures);
        }
    }

    /// Records that a handler is complete. The emission is the innermost one of this thread.
    pub(crate) fn end(
        &mut self,
        number: usize,
        subscriber: &Arc<SubscriberInfo>,
        ended: thread::Result<Step>,
        call: &BackgroundCall,
        policy: &Policy,
    ) {
        let cause = match ended {
            Ok(Step::Skipped) => return,
            Ok(Step::Done | Step::Stop) => None,
            Ok(Step::Failed(error)) => match error.downcast::<StepOutcome>() {
                Ok(outcome) => return self.record_outcome(number, outcome.0, policy),
                Err(error) => Some(Cause::of(error)),
            },
            Err(payload) => Some(Cause::Panic(panic_hook::into_panic(payload))),
        };
        match cause {
            None => self.ran += 1,
            Some(cause) => {
                let subscriber = Arc::clone(subscriber);
                self.fail(
                    number,
                    policy.fail(subscriber, cause, call.failed_emission()),
                );
            }
        }
    }

    /// Records what became of a handler that was called through middleware.
    #[cold]
    fn record_outcome(&mut self, number: usize, outcome: SubscriberOutcome, policy: &Policy) {
        match outcome {
            SubscriberOutcome::Ran | SubscriberOutcome::Stopped => self.ran += 1,
            SubscriberOutcome::Skipped(_)
            | SubscriberOutcome::NotReached(_)
            | SubscriberOutcome::Deferred => {}
            SubscriberOutcome::Failed(failure) | SubscriberOutcome::Retrying(failure) => {
                policy.report(&failure);
                self.fail(number, failure);
            }
        }
    }

    /// Records that a handler failed. The failure is reported already.
    pub(super) fn fail(&mut self, number: usize, failure: Failure) {
        if failure.cause().is_from_call() {
            self.ran += 1;
        } else {
            self.unreached += 1;
        }
        self.failures
            .get_or_insert_default()
            .push((number, failure));
    }
}
