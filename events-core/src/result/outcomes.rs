//! What became of each subscriber of an emit: only the exceptions are recorded, and the rest is derived from them on
//! request.

use std::{cell::Cell, ptr, sync::Arc};

use super::{
    failures::Failure,
    subscriber_outcome::{NotReached, SkipReason, SubscriberOutcome},
};
use crate::{
    metadata::{Origin, SubscriberInfo},
    primitives::OptionBox,
};

/// The subscribers of a plan: the sync and awaited ones in running order, then those that run later. Each with whether it is
/// muted, and so not in the plan.
#[derive(Debug)]
pub(crate) struct PlanSubscribers(Vec<(Arc<SubscriberInfo>, bool)>);

impl PlanSubscribers {
    /// The subscribers of a plan, and the muted ones, each with its index among them all.
    pub(crate) fn new<'p>(
        called: impl Iterator<Item = &'p Arc<SubscriberInfo>>,
        muted: &[(usize, Arc<SubscriberInfo>)],
    ) -> Self {
        let mut all: Vec<_> = called.map(|one| (Arc::clone(one), false)).collect();
        for (index, one) in muted {
            all.insert(*index, (Arc::clone(one), true));
        }
        Self(all)
    }

    /// Muted ones in running order. `None` if there are none.
    pub(crate) fn of_muted(muted: impl Iterator<Item = Arc<SubscriberInfo>>) -> Option<Arc<Self>> {
        let mut all: Vec<_> = muted.map(|one| (one, true)).collect();
        all.sort_by_key(|(one, _)| one.runs_later());
        (!all.is_empty()).then(|| Arc::new(Self(all)))
    }

    fn contains(&self, subscriber: &SubscriberInfo) -> bool {
        self.0.iter().any(|(one, _)| ptr::eq(&**one, subscriber))
    }

    /// The subscriber with this index among those of the background plan.
    fn in_background(&self, number: usize) -> Option<&Arc<SubscriberInfo>> {
        let called = self.0.iter().filter(|(_, is_muted)| !is_muted);
        let mut background = called.map(|(one, _)| one).filter(|one| one.runs_later());
        background.nth(number)
    }
}

/// What became of subscribers, if that does not follow from their kind, and is not a failure of the emit.
type Exceptions = Vec<(Arc<SubscriberInfo>, SubscriberOutcome)>;

/// What few records have.
#[derive(Default)]
struct Rare {
    exceptions: Exceptions,
    /// Those that run after the commit, of an emit in a unit of work.
    held: Option<Arc<PlanSubscribers>>,
}

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
    /// An interceptor or a middleware withheld the event.
    Withheld,
}

/// The record of an emit. It has no padding, since each result of an emit contains it.
pub(crate) struct Outcomes {
    plan: Option<Arc<PlanSubscribers>>,
    rare: OptionBox<Rare>,
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
            rare: OptionBox::NONE,
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

    /// The emit is in a unit of work: these run after its commit.
    #[cold]
    pub(crate) fn set_held(&mut self, held: Option<Arc<PlanSubscribers>>) {
        self.rare.get_or_insert_default().held = held;
    }

    /// A filter has just excluded the event.
    #[cold]
    pub(crate) fn skip(&mut self, subscriber: &Arc<SubscriberInfo>, origin: Option<&Origin>) {
        let reason = SkipReason::of(subscriber, origin);
        self.add(Arc::clone(subscriber), SubscriberOutcome::Skipped(reason));
    }

    /// What became of a subscriber. The first outcome that is added for it counts.
    #[cold]
    pub(crate) fn add(&mut self, subscriber: Arc<SubscriberInfo>, outcome: SubscriberOutcome) {
        let exceptions = &mut self.rare.get_or_insert_default().exceptions;
        exceptions.push((subscriber, outcome));
    }

    /// The same for the subscriber with this index in the background plan.
    pub(crate) fn add_in_background(&mut self, number: usize, outcome: SubscriberOutcome) {
        let plan = self.plan.as_ref();
        if let Some(subscriber) = plan.and_then(|plan| plan.in_background(number)).cloned() {
            self.add(subscriber, outcome);
        }
    }

    /// A middleware around the emission has cut the subscriber off.
    #[cold]
    pub(crate) fn add_cut_off(&mut self, subscriber: Arc<SubscriberInfo>) {
        let exceptions = &mut self.rare.get_or_insert_default().exceptions;
        let outcome = SubscriberOutcome::NotReached(NotReached::CutOff);
        exceptions.push((subscriber, outcome));
    }

    /// The outcome of each subscriber.
    pub(super) fn list<'o>(
        &'o self,
        stopped_by: Option<&Arc<SubscriberInfo>>,
        failures: &[Failure],
    ) -> Vec<(&'o SubscriberInfo, SubscriberOutcome)> {
        let rare = self.rare.get();
        let exceptions = rare.map_or(&[][..], |rare| &rare.exceptions);
        let held = rare.and_then(|rare| rare.held.as_deref());
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
                Some((_, outcome)) => outcome.clone(),
                None if subscriber.deferred => SubscriberOutcome::Deferred,
                None if subscriber.asynchronous && self.others == Others::OfSyncEmit => {
                    SubscriberOutcome::Deferred
                }
                None => SubscriberOutcome::Ran,
            }
        };
        let outcome = |(one, is_muted): &'o (Arc<SubscriberInfo>, bool)| {
            let outcome = if *is_muted {
                SubscriberOutcome::Skipped(SkipReason::Muted)
            } else {
                outcome(one)
            };
            (&**one, outcome)
        };
        let mut list: Vec<_> = match &self.plan {
            None => Vec::new(),
            Some(plan) => plan.0.iter().map(outcome).collect(),
        };
        if let Some(held) = held {
            let of_held = |one| held_outcome(one, of_whole, stopped_by, failures);
            list.retain(|(one, _)| !held.contains(one));
            list.extend(held.0.iter().map(of_held));
        }
        list
    }
}

/// The outcome of a subscriber that runs after the commit. A named event has an info of its own for each of its plans.
fn held_outcome<'o>(
    (subscriber, is_muted): &'o (Arc<SubscriberInfo>, bool),
    of_whole: Option<NotReached>,
    stopped_by: Option<&Arc<SubscriberInfo>>,
    failures: &[Failure],
) -> (&'o SubscriberInfo, SubscriberOutcome) {
    let identity = |one: &SubscriberInfo| (one.name.clone(), one.location, one.pattern.clone());
    let own = identity(subscriber);
    let failed = failures.iter().find(|one| {
        let failed = one.shared_subscriber();
        Arc::ptr_eq(failed, subscriber) || identity(failed) == own
    });
    let outcome = match (of_whole, failed) {
        _ if *is_muted => SubscriberOutcome::Skipped(SkipReason::Muted),
        (Some(reason), _) => SubscriberOutcome::NotReached(reason),
        _ if stopped_by.is_some() => SubscriberOutcome::NotReached(NotReached::AfterStop),
        (_, Some(failure)) => SubscriberOutcome::Failed(failure.clone()),
        _ => SubscriberOutcome::AfterCommit,
    };
    (subscriber, outcome)
}

/// The record of an emit in progress. The plan, which each recorded emit sets, is a cell of its own: the rest is not moved
/// for it.
pub(crate) struct Recording {
    plan: Cell<Option<Arc<PlanSubscribers>>>,
    rest: Cell<(OptionBox<Rare>, Others)>,
}

impl Recording {
    /// Continues a record.
    #[inline]
    pub(crate) fn new(outcomes: Outcomes) -> Self {
        Self {
            plan: Cell::new(outcomes.plan),
            rest: Cell::new((outcomes.rare, outcomes.others)),
        }
    }

    #[inline]
    pub(crate) fn into_outcomes(self) -> Outcomes {
        let (rare, others) = self.rest.into_inner();
        Outcomes {
            plan: self.plan.into_inner(),
            rare,
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
        let (rare, others) = self.rest.replace((OptionBox::NONE, Others::OfSyncEmit));
        let mut outcomes = Outcomes {
            plan: self.plan.take(),
            rare,
            others,
        };
        change(&mut outcomes);
        self.plan.set(outcomes.plan);
        self.rest.set((outcomes.rare, outcomes.others));
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
