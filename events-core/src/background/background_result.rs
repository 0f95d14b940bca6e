//! The results of an event's background handlers so far, and the result of the first poll of one.

use std::{mem, sync::Arc, thread};

use super::{
    policies::{CallEnd, NextCall},
    wrapped::StepOutcome,
};
use crate::{
    context::{log, panic_hook},
    handler::{BackgroundCall, Step},
    metadata::{Origin, SubscriberInfo},
    policy::Policy,
    primitives::OptionBox,
    result::{BoxError, Cause, Failure, FailureList, SkipReason, SubscriberOutcome},
};

/// The results of an event's background handlers so far. Each handler is named by its *number*: its index
/// in the background plan.
pub(crate) struct BackgroundResult {
    /// How many handlers are complete, including those that failed.
    pub(crate) ran: usize,
    /// How many calls of handlers were refused, which is a failure, or are to be made later. Not a `bool`: the compiler
    /// copied the padding behind that in each emit, with loads for which store forwarding failed.
    unreached: u32,
    /// Not 0 if it is recorded what became of handlers that neither ran nor failed.
    records: u32,
    uncommon: OptionBox<Uncommon>,
}

/// What few events have. The numbers are those of the handlers.
#[derive(Default)]
struct Uncommon {
    failures: Vec<(usize, Failure)>,
    /// The failures after which the call is repeated.
    repeated: Vec<(usize, Failure)>,
    /// The calls that are to be made later, each with the failure after which it is repeated.
    next_calls: Vec<(usize, Option<Repeated>, NextCall)>,
    /// Whether the handlers with a delay are to be scheduled.
    has_delayed: bool,
    /// What became of handlers that neither ran nor failed, if that is recorded.
    outcomes: Vec<(usize, SubscriberOutcome)>,
}

/// The failure after which a call is repeated.
pub(super) enum Repeated {
    Cause(Cause),
    /// It is an outcome that middleware has seen.
    Failure(Failure),
}

/// The subscribers of an event whose handlers are not complete.
#[derive(Default)]
pub(crate) struct UnfinishedHandlers {
    /// First those whose handlers are started.
    pub(crate) subscribers: Vec<Arc<SubscriberInfo>>,
    /// How many of them are started.
    started: usize,
    /// Whether a middleware around the emission has not called the handlers yet.
    pub(crate) is_before_all: bool,
}

impl UnfinishedHandlers {
    pub(super) fn new(subscribers: Vec<Arc<SubscriberInfo>>, started: usize) -> Self {
        Self {
            subscribers,
            started,
            is_before_all: false,
        }
    }

    /// Those of an event of which a middleware around the emission has not called the handlers yet.
    pub(crate) fn before_all() -> Self {
        Self {
            is_before_all: true,
            ..Self::default()
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
            records: 0,
            uncommon: OptionBox::NONE,
        }
    }

    /// The same, with the failures moved out: each failure is returned once.
    pub(crate) fn take(&mut self) -> Self {
        Self {
            ran: self.ran,
            unreached: self.unreached,
            records: self.records,
            uncommon: mem::replace(&mut self.uncommon, OptionBox::NONE),
        }
    }

    /// Records from now on what becomes of handlers that neither run nor fail.
    pub(super) fn record_outcomes(&mut self) {
        self.records = 1;
    }

    /// Takes out what became of handlers that neither ran nor failed, and of those whose call is repeated, by their numbers.
    pub(crate) fn take_outcomes(&mut self) -> Vec<(usize, SubscriberOutcome)> {
        let Some(uncommon) = self.uncommon.get_mut() else {
            return Vec::new();
        };
        let mut outcomes = mem::take(&mut uncommon.outcomes);
        let repeated = mem::take(&mut uncommon.repeated).into_iter();
        outcomes.extend(
            repeated.map(|(number, failure)| (number, SubscriberOutcome::Retrying(failure))),
        );
        outcomes
    }

    #[inline]
    pub(super) fn records_outcomes(&self) -> bool {
        self.records > 0
    }

    /// Records what became of a handler that neither ran nor failed.
    #[cold]
    pub(super) fn add_outcome(&mut self, number: usize, outcome: SubscriberOutcome) {
        if self.records_outcomes() {
            let uncommon = self.uncommon.get_or_insert_default();
            uncommon.outcomes.push((number, outcome));
        }
    }

    /// A handler is skipped.
    #[cold]
    pub(super) fn skip(
        &mut self,
        number: usize,
        subscriber: &SubscriberInfo,
        origin: Option<&Origin>,
    ) {
        let reason = SkipReason::of(subscriber, origin);
        self.add_outcome(number, SubscriberOutcome::Skipped(reason));
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

    /// How many failures there are that were not taken, without those after which the call is repeated.
    pub(super) fn failed(&self) -> usize {
        let uncommon = self.uncommon.get();
        uncommon.map_or(0, |uncommon| uncommon.failures.len())
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
    pub(super) fn take_next_calls(&mut self) -> Vec<(usize, Option<Repeated>, NextCall)> {
        if self.uncommon.is_none() {
            return Vec::new();
        }
        mem::take(&mut self.uncommon.get_or_insert_default().next_calls)
    }

    /// Whether there are calls that are to be made later.
    pub(super) fn has_next_calls(&self) -> bool {
        let uncommon = self.uncommon.get();
        uncommon.is_some_and(|uncommon| !uncommon.next_calls.is_empty() || uncommon.has_delayed)
    }

    /// The handlers with a delay are to be scheduled.
    #[cold]
    pub(super) fn add_delayed(&mut self) {
        self.uncommon.get_or_insert_default().has_delayed = true;
    }

    /// Whether the handlers with a delay are to be scheduled, which the caller does.
    pub(super) fn take_delayed(&mut self) -> bool {
        let uncommon = self.uncommon.get_mut();
        uncommon.is_some_and(|uncommon| mem::take(&mut uncommon.has_delayed))
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
    pub(super) fn add_chain(&mut self, failures: FailureList<'_>) {
        let failures = failures.into_inner();
        if !failures.is_none() {
            let failures = failures.into_vec().into_iter().map(|failure| (0, failure));
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
        policy: &Policy,
    ) {
        let cause = match ended {
            Ok(Step::Skipped) => return self.skip(number, subscriber, call.origin()),
            Ok(Step::Done | Step::Stop) => None,
            Ok(Step::Failed(error)) => match call_end(error) {
                Ended::Failed(cause) => Some(cause),
                Ended::Call(CallEnd::Failed(cause)) => Some(cause),
                Ended::Call(CallEnd::Repeat(cause, next)) => {
                    return self.add_next(number, Some(Repeated::Cause(cause)), next);
                }
                Ended::Call(CallEnd::Debounce(next)) => return self.add_next(number, None, next),
                Ended::Call(CallEnd::Replaced) => {
                    let outcome = SubscriberOutcome::Skipped(SkipReason::Replaced);
                    return self.add_outcome(number, outcome);
                }
                Ended::Wrapped(outcome) => {
                    return self.record_outcome(number, subscriber, outcome, policy);
                }
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
    fn record_outcome(
        &mut self,
        number: usize,
        subscriber: &Arc<SubscriberInfo>,
        ended: StepOutcome,
        policy: &Policy,
    ) {
        match (ended.outcome, ended.next) {
            (SubscriberOutcome::Ran | SubscriberOutcome::Stopped, _) => self.ran += 1,
            (SubscriberOutcome::Deferred, Some(next)) => self.add_next(number, None, next),
            (SubscriberOutcome::Retrying(failure), Some(next)) => {
                let failure = failure.of_call(subscriber, false);
                self.add_next(number, Some(Repeated::Failure(failure)), next);
            }
            (
                outcome @ (SubscriberOutcome::Skipped(_)
                | SubscriberOutcome::NotReached(_)
                | SubscriberOutcome::Deferred
                | SubscriberOutcome::AfterCommit),
                _,
            ) => self.add_outcome(number, outcome),
            (SubscriberOutcome::Failed(failure) | SubscriberOutcome::Retrying(failure), _) => {
                let failure = failure.of_call(subscriber, true);
                policy.report(&failure);
                self.fail(number, failure);
            }
        }
    }

    fn add_next(&mut self, number: usize, failure: Option<Repeated>, next: NextCall) {
        self.unreached += 1;
        let uncommon = self.uncommon.get_or_insert_default();
        uncommon.next_calls.push((number, failure, next));
    }

    /// Records that a handler failed. The failure is reported already.
    pub(super) fn fail(&mut self, number: usize, failure: Failure) {
        if failure.cause().is_from_call() {
            self.ran += 1;
        } else {
            self.unreached += 1;
        }
        let uncommon = self.uncommon.get_or_insert_default();
        uncommon.failures.push((number, failure));
    }
}

/// How a call has ended in another way than by a plain step.
enum Ended {
    Failed(Cause),
    Call(CallEnd),
    Wrapped(StepOutcome),
}

#[cold]
fn call_end(error: BoxError) -> Ended {
    let error = match error.downcast::<CallEnd>() {
        Ok(end) => return Ended::Call(*end),
        Err(error) => error,
    };
    match error.downcast::<StepOutcome>() {
        Ok(outcome) => Ended::Wrapped(*outcome),
        Err(error) => Ended::Failed(Cause::of(error)),
    }
}
