//! What became of an event in its tail so far.

use std::{mem, sync::Arc, thread};

use crate::{
    context::{log, panic_hook},
    handler::Step,
    metadata::SubscriberInfo,
    primitives::OptionBox,
    result::{Cause, Failure},
};

/// What became of an event in its tail so far.
pub(crate) struct BackgroundResult {
    /// How many handlers ran to their end, those that failed included.
    pub(crate) ran: usize,
    /// Those that failed, with their numbers.
    failures: OptionBox<Vec<(usize, Failure)>>,
}

impl BackgroundResult {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self {
            ran: 0,
            failures: OptionBox::NONE,
        }
    }

    /// The same; failures are told once.
    pub(crate) fn tell(&mut self) -> Self {
        Self {
            ran: self.ran,
            failures: mem::replace(&mut self.failures, OptionBox::NONE),
        }
    }

    /// The failures in the order of the subscribers.
    pub(crate) fn into_failures(mut self) -> impl Iterator<Item = Failure> {
        let mut failures = self.failures.take().unwrap_or_default();
        failures.sort_by_key(|(number, _)| *number);
        failures.into_iter().map(|(_, failure)| failure)
    }

    /// Logs the failures.
    #[inline]
    pub(crate) fn record(&mut self) {
        if !self.failures.is_none() {
            self.record_some();
        }
    }

    #[cold]
    #[inline(never)]
    fn record_some(&mut self) {
        self.tell().into_failures().for_each(log::failure);
    }

    /// A handler has ended.
    pub(crate) fn end(
        &mut self,
        number: usize,
        subscriber: &Arc<SubscriberInfo>,
        ended: thread::Result<Step>,
    ) {
        let cause = match ended {
            Ok(Step::Skipped) => return,
            Ok(Step::Done | Step::Stop) => None,
            Ok(Step::Failed(error)) => Some(Cause::Error(error)),
            Err(payload) => Some(Cause::Panic(panic_hook::into_panic(payload))),
        };
        self.ran += 1;
        if let Some(cause) = cause {
            let failure = Failure::new(Arc::clone(subscriber), cause);
            self.failures
                .get_or_insert_default()
                .push((number, failure));
        }
    }
}
