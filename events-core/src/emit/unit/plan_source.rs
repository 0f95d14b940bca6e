//! The plans of an event for the phases of a unit of work, and the room in the queue that they need.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    event::{Family, TopicEvent},
    handler::ErasedEventRef,
    metadata::{SubscriberInfo, UnitPhase},
    plan::{EventType, Plan, Selection, Slot},
    queue::Places,
    registry::Core,
    result::PlanSubscribers,
};

/// The phases after the end of a unit.
const LATER: [UnitPhase; 2] = [UnitPhase::AfterCommit, UnitPhase::AfterRollback];

/// Where the plans of an event are.
#[derive(Clone, Copy)]
pub(in crate::emit) enum PlanSource<'s> {
    /// In the slot of its type.
    Slot(&'s Slot),
    /// A named event has its topic only.
    Topic(&'s Core, &'s str),
}

impl<'s> PlanSource<'s> {
    /// Those of an event of this family, or of a named event. `None` if there are none.
    pub(in crate::emit) fn of<F: Family>(
        core: &'s Core,
        own_topic: Option<&'s str>,
    ) -> Option<Self> {
        match own_topic {
            Some(topic) => Some(Self::Topic(core, topic)),
            None => core.slot_with_patterns::<F>().map(Self::Slot),
        }
    }

    /// Calls `f` with the plan of a phase.
    pub(in crate::emit) fn with_plan<T>(
        self,
        phase: UnitPhase,
        f: impl FnOnce(&Plan) -> T,
    ) -> Option<T> {
        self.with_plan_of(Some(phase.into()), f)
    }

    /// The same, or with `None` the plan of an event that is in no unit.
    pub(super) fn with_plan_of<T>(
        self,
        selection: Option<Selection>,
        f: impl FnOnce(&Plan) -> T,
    ) -> Option<T> {
        match self {
            Self::Slot(slot) => slot.with_plan_of(selection, f),
            Self::Topic(core, topic) => core.with_topic_plan_of(topic, selection, f),
        }
    }

    /// Whether there are subscribers that do not run at once.
    pub(in crate::emit) fn is_divided(self) -> bool {
        match self {
            Self::Slot(slot) => slot.is_divided_in_unit(),
            Self::Topic(..) => LATER
                .into_iter()
                .any(|phase| self.with_plan(phase, |_| ()).is_some()),
        }
    }

    /// What these subscribers need when the unit ends.
    pub(in crate::emit) fn later(self) -> Later {
        let mut later = Later::default();
        for phase in LATER {
            self.with_plan(phase, |plan| later.add(phase, plan));
        }
        later
    }

    /// The subscribers that do not run at once, with the policy of their plan.
    pub(super) fn for_each_later(self, mut f: impl FnMut(&Plan, &Arc<SubscriberInfo>)) {
        for phase in LATER {
            self.with_plan(phase, |plan| {
                plan.all_subscribers().for_each(|one| f(plan, one));
            });
        }
    }

    /// The subscribers that run after the commit, for the record of an emit.
    pub(in crate::emit) fn held(self) -> Option<Arc<PlanSubscribers>> {
        self.with_plan(UnitPhase::AfterCommit, |plan| {
            Arc::clone(plan.subscribers())
        })
    }

    /// The event type, if its slot has subscribers, or if it is a named event.
    pub(super) fn event_type(self, core: &Core) -> Option<EventType> {
        match self {
            Self::Topic(..) => Some(EventType::of::<TopicEvent>()),
            Self::Slot(_) => {
                let family = |phase| self.with_plan(phase, Plan::family);
                core.known_type(LATER.into_iter().find_map(family)?)
            }
        }
    }
}

/// What the subscribers of an event that do not run at once need when the unit ends.
#[derive(Default)]
pub(in crate::emit) struct Later {
    /// Whether there are some.
    pub(super) has_subscribers: bool,
    /// How many run after the commit.
    pub(in crate::emit) after_commit: u32,
    /// The places in the queue that the commit or the rollback needs.
    pub(in crate::emit) places: Places,
}

impl Later {
    fn add(&mut self, phase: UnitPhase, plan: &Plan) {
        self.has_subscribers = true;
        if phase == UnitPhase::AfterCommit {
            let count = plan.all_subscribers().count();
            self.after_commit = u32::try_from(count).unwrap_or(u32::MAX);
        }
        let Some(background) = plan.background() else {
            return;
        };
        let mut is_queued = background.has_awaited(); // the event as a whole
        let mut delays = BTreeSet::new();
        for subscriber in background.subscribers() {
            match subscriber.delay {
                None => is_queued = true,
                Some(delay) => _ = delays.insert(delay),
            }
        }
        self.places.queued |= is_queued;
        self.places.scheduled = self.places.scheduled.max(delays.len());
    }
}

/// The plans of an event of this type, or of a named event.
pub(super) fn source_of<'s>(
    core: &'s Core,
    own_topic: Option<&'s str>,
    event_type: EventType,
) -> Option<PlanSource<'s>> {
    match own_topic {
        Some(topic) => Some(PlanSource::Topic(core, topic)),
        None => core.slot_of(event_type).map(PlanSource::Slot),
    }
}

/// The topic of an event without a type, for which it is emitted.
pub(super) fn own_topic(event: ErasedEventRef<'_>) -> Option<Arc<str>> {
    let named = event.get::<TopicEvent>()?;
    Some(Arc::clone(&named.topic))
}
