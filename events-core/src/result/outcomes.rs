//! What became of each subscriber of an emit: only the exceptions are recorded, and the rest is derived from them on
//! request.

use std::{cell::Cell, sync::Arc};

use super::{
    failures::Failure,
    subscriber_outcome::{NotReached, SkipReason, SubscriberOutcome},
};
use crate::{
    metadata::{Origin, SubscriberInfo},
    primitives::OptionBox,
};

/// The subscribers of a plan.
#[derive(Debug, Default)]
pub(crate) struct PlanSubscribers {
    /// The sync and awaited ones, in running order.
    pub(crate) chain: Vec<Arc<SubscriberInfo>>,
    /// Those that run later.
    pub(crate) background: Vec<Arc<SubscriberInfo>>,
    pub(crate) muted: Vec<Arc<SubscriberInfo>>,
}

impl PlanSubscribers {
    /// `None` if none is muted.
    pub(crate) fn of_muted(muted: Vec<Arc<SubscriberInfo>>) -> Option<Arc<Self>> {
        let plan = Self {
            muted,
            ..Self::default()
        };
        (!plan.muted.is_empty()).then(|| Arc::new(plan))
    }
}

/// What became of a subscriber, if that does not follow from its kind.
#[derive(Clone, Copy, Debug)]
enum Exception {
    Skipped(SkipReason),
    /// It is deferred, and ran in the emit, since the queue did not accept the event.
    Ran,
}

type Exceptions = Vec<(Arc<SubscriberInfo>, Exception)>;

/// What became of the subscribers for which there is no exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
enum Others {
    /// Those of the chain ran, and the others are in the queue.
    OfSyncEmit,
    /// The async ones ran as well.
    OfAsyncEmit,
    Refused,
    Withheld,
}

/// Why an emit ran no plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotRun {
    /// There was none: there are no subscribers, or only muted ones.
    FoundNone,
    /// Too many emits are nested.
    Refused,
    /// An interceptor withheld the event.
    Withheld,
}

/// The record of an emit. It has no padding, since each result of an emit contains it.
pub(crate) struct Outcomes {
    plan: Option<Arc<PlanSubscribers>>,
    exceptions: OptionBox<Exceptions>,
    others: Others,
}

impl Outcomes {
    /// No record.
    pub(crate) const NONE: Self = Self::OF_SYNC_EMIT;

    /// The empty record of a sync emit.
    pub(crate) const OF_SYNC_EMIT: Self = Self::empty(Others::OfSyncEmit);

    /// The empty record of an async emit.
    pub(crate) const OF_ASYNC_EMIT: Self = Self::empty(Others::OfAsyncEmit);

    const fn empty(others: Others) -> Self {
        Self {
            plan: None,
            exceptions: OptionBox::NONE,
            others,
        }
    }

    pub(crate) fn has_plan(&self) -> bool {
        self.plan.is_some()
    }

    /// The emit ran no plan; `plan` has the subscribers that it did not reach.
    pub(crate) fn set_not_run(&mut self, why: NotRun, plan: Option<Arc<PlanSubscribers>>) {
        match why {
            NotRun::FoundNone => {}
            NotRun::Refused => self.others = Others::Refused,
            NotRun::Withheld => self.others = Others::Withheld,
        }
        self.plan = plan;
    }

    /// A filter has just excluded the event.
    #[cold]
    pub(crate) fn skip(&mut self, subscriber: &Arc<SubscriberInfo>, origin: Option<&Origin>) {
        self.add_skipped(Arc::clone(subscriber), SkipReason::of(subscriber, origin));
    }

    /// The subscriber was skipped.
    #[cold]
    pub(crate) fn add_skipped(&mut self, subscriber: Arc<SubscriberInfo>, reason: SkipReason) {
        let exceptions = self.exceptions.get_or_insert_default();
        exceptions.push((subscriber, Exception::Skipped(reason)));
    }

    /// A subscriber that runs later was skipped; the number is its index among these.
    pub(crate) fn add_skipped_later(&mut self, number: usize, reason: SkipReason) {
        let subscribers = self.plan.as_ref().map(|plan| &plan.background);
        if let Some(subscriber) = subscribers.and_then(|all| all.get(number)).cloned() {
            self.add_skipped(subscriber, reason);
        }
    }

    /// A deferred subscriber ran in the emit.
    #[cold]
    pub(crate) fn add_ran(&mut self, subscriber: Arc<SubscriberInfo>) {
        let exceptions = self.exceptions.get_or_insert_default();
        exceptions.push((subscriber, Exception::Ran));
    }

    /// The outcome of each subscriber.
    pub(super) fn list<'o>(
        &'o self,
        stopped_by: Option<&Arc<SubscriberInfo>>,
        failures: &[Failure],
    ) -> Vec<(&'o SubscriberInfo, SubscriberOutcome)> {
        let Some(plan) = &self.plan else {
            return Vec::new();
        };
        let exceptions = self.exceptions.get().map_or(&[][..], Vec::as_slice);
        let of_whole = match self.others {
            Others::Refused => Some(NotReached::Refused),
            Others::Withheld => Some(NotReached::Withheld),
            Others::OfSyncEmit | Others::OfAsyncEmit => None,
        };
        let mut is_stopped = false;
        let mut outcome = |subscriber: &Arc<SubscriberInfo>| {
            let is_it = |other: &Arc<SubscriberInfo>| Arc::ptr_eq(subscriber, other);
            if let Some(reason) = of_whole {
                return SubscriberOutcome::NotReached(reason);
            }
            if is_stopped {
                return SubscriberOutcome::NotReached(NotReached::AfterStop);
            }
            if stopped_by.is_some_and(is_it) {
                is_stopped = true;
                return SubscriberOutcome::Stopped;
            }
            let mut failed = failures.iter().rev();
            if let Some(failure) = failed.find(|one| is_it(one.shared_subscriber())) {
                return SubscriberOutcome::Failed(failure.clone());
            }
            let mut exceptions = exceptions.iter();
            match exceptions.find(|(one, _)| is_it(one)) {
                Some((_, Exception::Skipped(reason))) => SubscriberOutcome::Skipped(*reason),
                Some((_, Exception::Ran)) => SubscriberOutcome::Ran,
                None if subscriber.deferred => SubscriberOutcome::Deferred,
                None if subscriber.asynchronous && self.others == Others::OfSyncEmit => {
                    SubscriberOutcome::Deferred
                }
                None => SubscriberOutcome::Ran,
            }
        };
        let reached = plan.chain.iter().chain(&plan.background);
        let mut list: Vec<_> = reached.map(|one| (&**one, outcome(one))).collect();
        let muted = plan.muted.iter();
        list.extend(muted.map(|one| (&**one, SubscriberOutcome::Skipped(SkipReason::Muted))));
        list
    }
}

/// The record of an emit in progress. The plan, which each recorded emit sets, is a cell of its own: the rest is not moved
/// for it.
pub(crate) struct Recording {
    plan: Cell<Option<Arc<PlanSubscribers>>>,
    rest: Cell<(OptionBox<Exceptions>, Others)>,
}

impl Recording {
    /// Continues a record.
    #[inline]
    pub(crate) fn new(outcomes: Outcomes) -> Self {
        Self {
            plan: Cell::new(outcomes.plan),
            rest: Cell::new((outcomes.exceptions, outcomes.others)),
        }
    }

    #[inline]
    pub(crate) fn into_outcomes(self) -> Outcomes {
        let (exceptions, others) = self.rest.into_inner();
        Outcomes {
            plan: self.plan.into_inner(),
            exceptions,
            others,
        }
    }

    /// The emit runs a plan with these subscribers.
    #[inline]
    pub(crate) fn set_plan(&self, plan: &Arc<PlanSubscribers>) {
        self.plan.set(Some(Arc::clone(plan)));
    }

    /// Calls a function with the record.
    #[cold]
    pub(crate) fn change(&self, change: impl FnOnce(&mut Outcomes)) {
        let (exceptions, others) = self.rest.replace((OptionBox::NONE, Others::OfSyncEmit));
        let mut outcomes = Outcomes {
            plan: self.plan.take(),
            exceptions,
            others,
        };
        change(&mut outcomes);
        self.plan.set(outcomes.plan);
        self.rest.set((outcomes.exceptions, outcomes.others));
    }
}

impl SkipReason {
    /// Why a filter has just excluded an event with this origin. If several filters do, one of them.
    pub(crate) fn of(subscriber: &SubscriberInfo, origin: Option<&Origin>) -> Self {
        let is_other = |own: &Origin| Some(own) != origin;
        if subscriber.origin.as_ref().is_some_and(is_other) {
            Self::Origin
        } else if subscriber.is_used_up() {
            Self::UsedUp
        } else if !subscriber.conditional || subscriber.has_ended() {
            // Without a condition, it has no other filter.
            Self::Unsubscribed
        } else {
            Self::Condition
        }
    }
}
