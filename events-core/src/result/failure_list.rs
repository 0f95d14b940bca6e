//! The failures of an emit, collected while its handlers run, and the record of what became of its subscribers.

use std::{cell::Cell, sync::Arc};

use super::{
    failures::Failure,
    outcomes::{Outcomes, PlanSubscribers, Recording},
    subscriber_outcome::SkipReason,
};
use crate::{
    metadata::{Origin, SubscriberInfo},
    primitives::OptionBox,
};

/// The failures so far; it allocates with the first one.
pub(crate) struct FailureList<'o> {
    failures: Cell<OptionBox<Vec<Failure>>>,
    /// The record, if the emit is recorded.
    recording: Option<&'o Recording>,
}

impl<'o> FailureList<'o> {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self::recording(None)
    }

    /// A list that continues this record, if there is one.
    #[inline]
    pub(crate) const fn recording(recording: Option<&'o Recording>) -> Self {
        Self {
            failures: Cell::new(OptionBox::NONE),
            recording,
        }
    }

    /// This list, if the emit is recorded.
    #[inline]
    pub(crate) fn if_recorded(&self) -> Option<&Self> {
        self.records().then_some(self)
    }

    /// Whether the emit is recorded.
    #[inline]
    pub(crate) fn records(&self) -> bool {
        self.recording.is_some()
    }

    /// Calls a function with the record, if the emit is recorded.
    #[cold]
    fn record(&self, record: impl FnOnce(&mut Outcomes)) {
        if let Some(recording) = self.recording {
            recording.change(record);
        }
    }

    /// The emit runs a plan with these subscribers. Each emit that is recorded calls this.
    #[inline]
    pub(crate) fn set_plan(&self, plan: &Arc<PlanSubscribers>) {
        if let Some(recording) = self.recording {
            recording.set_plan(plan);
        }
    }

    /// A filter of the subscriber has just excluded the event, which has this origin.
    pub(crate) fn skip(&self, subscriber: &Arc<SubscriberInfo>, origin: Option<&Origin>) {
        self.record(|outcomes| outcomes.skip(subscriber, origin));
    }

    /// A subscriber was skipped.
    pub(crate) fn add_skipped(&self, subscriber: &Arc<SubscriberInfo>, reason: SkipReason) {
        self.record(|outcomes| outcomes.add_skipped(Arc::clone(subscriber), reason));
    }

    /// A deferred subscriber ran in the emit.
    pub(crate) fn add_ran(&self, subscriber: Arc<SubscriberInfo>) {
        self.record(|outcomes| outcomes.add_ran(subscriber));
    }

    #[cold]
    pub(crate) fn push(&self, failure: Failure) {
        let mut failures = self.failures.replace(OptionBox::NONE);
        failures.get_or_insert_default().push(failure);
        self.failures.set(failures);
    }

    /// Takes the failures out, and returns the last.
    pub(crate) fn take_last(&self) -> Option<Failure> {
        self.failures.replace(OptionBox::NONE).take()?.pop()
    }

    /// How many failures there are.
    pub(crate) fn len(&self) -> usize {
        self.with(<[_]>::len)
    }

    /// Calls a function with the failures so far.
    pub(crate) fn with<T>(&self, f: impl FnOnce(&[Failure]) -> T) -> T {
        let failures = self.failures.replace(OptionBox::NONE);
        let result = f(failures.get().map_or(&[], Vec::as_slice));
        self.failures.set(failures);
        result
    }

    #[inline]
    pub(crate) fn into_inner(self) -> OptionBox<Vec<Failure>> {
        self.failures.into_inner()
    }
}
