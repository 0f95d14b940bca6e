//! The results of an event's background handlers so far, and the result of the first poll of one.

use std::{mem, sync::Arc, thread};

use super::policies::{CallEnd, NextCall};
use crate::{
    context::{log, panic_hook},
    handler::{BackgroundCall, Step},
    metadata::SubscriberInfo,
    primitives::OptionBox,
    result::{Cause, FailedEmission, Failure, FailureList},
};

/// The results of an event's background handlers so far. Each handler is named by its *number*: its index
/// in the background plan.
pub(crate) struct BackgroundResult {
    /// How many handlers are complete, including those that failed.
    pub(crate) ran: usize,
    /// How many calls of handlers were refused, which is a failure, or are to be made later. Not a `bool`: the compiler
    /// copied the padding behind that in each emit, with loads for which store forwarding failed.
    unreached: usize,
    uncommon: OptionBox<Uncommon>,
}

/// What few events have. The numbers are those of the handlers.
#[derive(Default)]
struct Uncommon {
    failures: Vec<(usize, Failure)>,
    /// The failures after which the call is repeated.
    repeated: Vec<(usize, Failure)>,
    /// The calls that are to be made later, each with the failure after which it is repeated.
    next_calls: Vec<(usize, Option<Cause>, NextCall)>,
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
            uncommon: OptionBox::NONE,
        }
    }

    /// The same, with the failures moved out: each failure is returned once.
    pub(crate) fn take(&mut self) -> Self {
        Self {
            ran: self.ran,
            unreached: self.unreached,
            uncommon: mem::replace(&mut self.uncommon, OptionBox::NONE),
        }
    }

    /// Whether no handler ran or failed.
    #[inline]
    pub(super) fn is_unheard(&self) -> bool {
        self.ran == 0 && self.unreached == 0
    }

    /// The failures in the order of the handlers' numbers, without those after which the call is repeated.
    pub(crate) fn into_failures(mut self) -> impl Iterator<Item = Failure> {
        let mut failures = self.uncommon.take().unwrap_or_default().failures;
        failures.sort_by_key(|(number, _)| *number);
        failures.into_iter().map(|(_, failure)| failure)
    }

    /// The failures that were not taken, in the order in which they occurred, and those after which the call is repeated.
    pub(super) fn failures(&self) -> impl Iterator<Item = &Failure> {
        let uncommon = self.uncommon.get().into_iter();
        let failures =
            uncommon.flat_map(|uncommon| uncommon.failures.iter().chain(&uncommon.repeated));
        failures.map(|(_, failure)| failure)
    }

    /// Whether there are failures, or calls that are to be made later.
    #[inline]
    pub(super) fn is_uncommon(&self) -> bool {
        !self.uncommon.is_none()
    }

    /// Takes the calls that are to be made later, each with its handler's number and the failure after which it is
    /// repeated.
    pub(super) fn take_next_calls(&mut self) -> Vec<(usize, Option<Cause>, NextCall)> {
        if self.uncommon.is_none() {
            return Vec::new();
        }
        mem::take(&mut self.uncommon.get_or_insert_default().next_calls)
    }

    /// Whether there are calls that are to be made later.
    pub(super) fn has_next_calls(&self) -> bool {
        let uncommon = self.uncommon.get();
        uncommon.is_some_and(|uncommon| !uncommon.next_calls.is_empty())
    }

    /// Records the failure after which a call is repeated.
    pub(super) fn add_repeated(&mut self, number: usize, failure: Failure) {
        let uncommon = self.uncommon.get_or_insert_default();
        uncommon.repeated.push((number, failure));
    }

    /// Logs the failures, and returns how many there are, without those after which the call is repeated.
    pub(super) fn record(&mut self) -> usize {
        self.take().into_failures().map(log::failure).count()
    }

    /// Adds the failures of the sync and awaited handlers, which run before the others.
    pub(super) fn add_chain(&mut self, failures: FailureList) {
        if let Some(failures) = failures.into_inner().take() {
            let failures = failures.into_iter().map(|failure| (0, failure));
            self.uncommon
                .get_or_insert_default()
                .failures
                .extend(failures);
        }
    }

    /// Records that a handler is complete. The emission is the innermost one of this thread.
    pub(crate) fn end(
        &mut self,
        number: usize,
        subscriber: &Arc<SubscriberInfo>,
        ended: thread::Result<Step>,
        call: &BackgroundCall,
    ) {
        let cause = match ended {
            Ok(Step::Skipped) => return,
            Ok(Step::Done | Step::Stop) => None,
            Ok(Step::Failed(error)) => match error.downcast::<CallEnd>().map(|end| *end) {
                Err(error) => Some(Cause::of(error)),
                Ok(CallEnd::Failed(cause)) => Some(cause),
                Ok(CallEnd::Repeat(cause, next)) => {
                    return self.add_next(number, Some(cause), next);
                }
                Ok(CallEnd::Debounce(next)) => return self.add_next(number, None, next),
            },
            Err(payload) => Some(Cause::Panic(panic_hook::into_panic(payload))),
        };
        match cause {
            None => self.ran += 1,
            Some(cause) => self.fail(number, subscriber, cause, call.failed_emission()),
        }
    }

    fn add_next(&mut self, number: usize, cause: Option<Cause>, next: NextCall) {
        self.unreached += 1;
        let uncommon = self.uncommon.get_or_insert_default();
        uncommon.next_calls.push((number, cause, next));
    }

    /// Records that a handler failed.
    pub(super) fn fail(
        &mut self,
        number: usize,
        subscriber: &Arc<SubscriberInfo>,
        cause: Cause,
        emission: FailedEmission,
    ) {
        if cause.is_from_call() {
            self.ran += 1;
        } else {
            self.unreached += 1;
        }
        let failure = Failure::new(Arc::clone(subscriber), cause, emission);
        let uncommon = self.uncommon.get_or_insert_default();
        uncommon.failures.push((number, failure));
    }
}
