//! Finding the plan of an event: in the slot of its type or, for a named event, in the topic cache.
//!
//! `own_topic` is the topic of a named event. For all other events it is the constant `None`, so that the
//! compiler removes the topic cache from their emits.

use std::sync::Arc;

use super::{context::EmitContext, dispatch};
use crate::{
    context::EmitGuard,
    event::Family,
    plan::{Plan, Selection},
    primitives::drop_catching,
    registry::Core,
    result::{NotRun, Outcomes, PlanSubscribers, Recording, TooDeep},
};

impl Core {
    /// Calls `f` with the plan, or that of a part of the subscribers, and the guard of the emit. An error if the emit is
    /// nested too deep; `None` if there is no plan.
    #[inline]
    pub(super) fn with_plan<F: Family, T>(
        &self,
        own_topic: Option<&str>,
        selection: Option<Selection>,
        emit_context: EmitContext<'_>,
        f: impl FnOnce(&Plan, &EmitGuard) -> T,
    ) -> Result<Option<T>, Box<TooDeep>> {
        match own_topic {
            None => {
                dispatch::with_guard(self.slot_with_patterns::<F>(), selection, emit_context, f)
            }
            Some(topic) => self
                .with_topic_plan_of(topic, selection, |plan| {
                    dispatch::guarded(plan, emit_context, |guard| f(plan, guard))
                })
                .transpose(),
        }
    }

    /// Calls `f` with the plan and the guard of the emit of a job from the queue. `None` if there is no plan.
    #[inline]
    pub(super) fn with_job_plan<F: Family, T>(
        &self,
        own_topic: Option<&str>,
        f: impl FnOnce(&Plan, &EmitGuard) -> T,
    ) -> Option<T> {
        match own_topic {
            None => dispatch::with_job_guard(self.slot_with_patterns::<F>(), f),
            Some(topic) => self.with_topic_plan(topic, |plan| dispatch::job_guarded(plan, f))?,
        }
    }

    /// Records that an emit ran no plan.
    #[cold]
    #[inline(never)]
    pub(super) fn record_not_run<F: Family>(
        &self,
        recording: Option<&Recording>,
        own_topic: Option<&str>,
        why: NotRun,
    ) {
        let Some(recording) = recording else {
            return;
        };
        recording.change(|outcomes| match own_topic {
            Some(topic) => self.record_topic_not_run(outcomes, topic, why),
            None => {
                let slot = self.slot_with_patterns::<F>();
                outcomes.set_not_run(why, slot.and_then(|slot| slot.for_record(why)));
            }
        });
    }

    /// Records that an emit ran no plan, unless it has recorded one.
    pub(super) fn record_unless_run<F: Family>(&self, recording: Option<&Recording>, why: NotRun) {
        if let Some(recording) = recording {
            let mut has_plan = false;
            recording.change(|outcomes| has_plan = outcomes.has_plan());
            if !has_plan {
                self.record_not_run::<F>(Some(recording), None, why);
            }
        }
    }

    /// The same of a topic that is emitted without an event type.
    pub(super) fn record_topic_not_run(&self, outcomes: &mut Outcomes, topic: &str, why: NotRun) {
        let of_plan = || self.with_topic_plan(topic, |plan| Arc::clone(plan.subscribers()));
        let mut plan = (why != NotRun::FoundNone).then(of_plan).flatten();
        if plan.is_none() && self.has_patterns() {
            let receivers = self.receivers_of_topic(topic);
            let muted = receivers.into_iter().filter(|one| one.is_muted);
            plan = PlanSubscribers::of_muted(muted.map(|one| one.subscriber));
        }
        outcomes.set_not_run(why, plan);
    }

    /// Calls `f` with the plan of a topic that is emitted without an event type.
    fn with_topic_plan<T>(&self, topic: &str, f: impl FnOnce(&Plan) -> T) -> Option<T> {
        self.with_topic_plan_of(topic, None, f)
    }

    /// The same with the plan of a part of the subscribers.
    pub(super) fn with_topic_plan_of<T>(
        &self,
        topic: &str,
        selection: Option<Selection>,
        f: impl FnOnce(&Plan) -> T,
    ) -> Option<T> {
        let topic_plan = self.has_patterns().then(|| match selection {
            None => Some(self.topic_plan(topic)),
            Some(Selection::Phase(phase)) => Some(self.topic_plan_in_unit(topic, phase)),
            // An event without a type is not stored.
            Some(Selection::Durable(_)) => None,
        })??;
        let plan = topic_plan.get().and_then(|cached| cached.plan.as_ref());
        let result = plan.map(f);
        // The last reader of a plan frees its closures, whose `Drop` may panic.
        drop_catching(topic_plan);
        result
    }
}
