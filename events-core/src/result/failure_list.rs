//! The failures of an emit, collected while its handlers run, and the record of what became of its subscribers.

use std::{cell::Cell, fmt, slice, sync::Arc};

use super::{
    failures::{Failure, Failures},
    outcomes::{Outcomes, PlanSubscribers, Recording},
    subscriber_outcome::SubscriberOutcome,
    too_deep::TooDeep,
};
use crate::{
    metadata::{Origin, SubscriberInfo},
    primitives::OptionBox,
};

/// Why an emit returned an error.
pub(crate) enum EmitErrorKind {
    Failed(Failures),
    TooDeep(Box<TooDeep>),
}

impl EmitErrorKind {
    /// The error of an emit with these failures, if there are some.
    #[inline]
    pub(crate) fn of(failures: Failures) -> Option<Self> {
        if failures.is_none() {
            None
        } else {
            Some(Self::Failed(failures))
        }
    }

    /// The failures; none if the emit was refused.
    pub(crate) fn failures(&self) -> &[Failure] {
        match self {
            Self::Failed(failures) => failures.as_slice(),
            Self::TooDeep(_) => &[],
        }
    }
}

/// An [`EmitErrorKind`] in the two words of one failure: functions of users return it in their results.
pub(crate) struct SmallErrorKind(SmallKind);

enum SmallKind {
    One(Failure),
    Other(OptionBox<OtherKind>),
}

enum OtherKind {
    Several(Vec<Failure>),
    TooDeep(Box<TooDeep>),
}

impl SmallErrorKind {
    #[inline]
    pub(super) fn new(kind: EmitErrorKind) -> Self {
        Self(match kind {
            EmitErrorKind::Failed(failures) => match failures.into_one() {
                Ok(failure) => SmallKind::One(failure),
                Err(several) => SmallKind::Other(OtherKind::Several(several).into()),
            },
            EmitErrorKind::TooDeep(refusal) => SmallKind::Other(OtherKind::TooDeep(refusal).into()),
        })
    }

    pub(super) fn into_kind(self) -> EmitErrorKind {
        let mut failures = Failures::NONE;
        match self.0 {
            SmallKind::One(failure) => failures.push(failure),
            SmallKind::Other(mut other) => match other.take() {
                Some(OtherKind::TooDeep(refusal)) => return EmitErrorKind::TooDeep(refusal),
                Some(OtherKind::Several(several)) => failures.extend(several),
                None => {}
            },
        }
        EmitErrorKind::Failed(failures)
    }

    /// The failures; none if the emit was refused.
    pub(super) fn failures(&self) -> &[Failure] {
        match &self.0 {
            SmallKind::One(failure) => slice::from_ref(failure),
            SmallKind::Other(other) => match other.get() {
                Some(OtherKind::Several(several)) => several,
                Some(OtherKind::TooDeep(_)) | None => &[],
            },
        }
    }

    /// Why the emit was refused, if it was.
    pub(super) fn too_deep(&self) -> Option<&TooDeep> {
        match &self.0 {
            SmallKind::One(_) => None,
            SmallKind::Other(other) => match other.get()? {
                OtherKind::Several(_) => None,
                OtherKind::TooDeep(refusal) => Some(refusal),
            },
        }
    }
}

impl fmt::Debug for SmallErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.too_deep() {
            None => f.debug_tuple("Failed").field(&self.failures()).finish(),
            Some(refusal) => f.debug_tuple("TooDeep").field(refusal).finish(),
        }
    }
}

/// The failures so far.
pub(crate) struct FailureList<'o> {
    failures: Cell<Failures>,
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
            failures: Cell::new(Failures::NONE),
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

    /// The record, if the emit is recorded.
    #[inline]
    pub(crate) fn recorded_in(&self) -> Option<&'o Recording> {
        self.recording
    }

    /// The emit is in a unit of work: these run after its commit.
    pub(crate) fn set_held(&self, held: Option<Arc<PlanSubscribers>>) {
        self.record(|outcomes| outcomes.set_held(held));
    }

    /// A filter of the subscriber has just excluded the event, which has this origin.
    pub(crate) fn skip(&self, subscriber: &Arc<SubscriberInfo>, origin: Option<&Origin>) {
        self.record(|outcomes| outcomes.skip(subscriber, origin));
    }

    /// What became of a subscriber, if that does not follow from its kind.
    pub(crate) fn add_outcome(&self, subscriber: &Arc<SubscriberInfo>, outcome: SubscriberOutcome) {
        self.record(|outcomes| outcomes.add(Arc::clone(subscriber), outcome));
    }

    #[cold]
    pub(crate) fn push(&self, failure: Failure) {
        let mut failures = self.failures.take();
        failures.push(failure);
        self.failures.set(failures);
    }

    /// Takes the failures out, and returns the last.
    pub(crate) fn take_last(&self) -> Option<Failure> {
        self.failures.take().into_last()
    }

    /// How many failures there are.
    pub(crate) fn len(&self) -> usize {
        self.with(<[_]>::len)
    }

    /// Calls a function with the failures so far.
    pub(crate) fn with<T>(&self, f: impl FnOnce(&[Failure]) -> T) -> T {
        let failures = self.failures.take();
        let result = f(failures.as_slice());
        self.failures.set(failures);
        result
    }

    #[inline]
    pub(crate) fn into_inner(self) -> Failures {
        self.failures.into_inner()
    }
}
