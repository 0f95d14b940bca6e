//! An event that a unit holds, with what belongs to its emission, and its delivery when the unit ends.
//!
//! Then its emission is entered again: it has the id, the place and the time that it had, and the same parent and origin.
//! Which subscribers there are, and what their filters say, is determined then.

use std::{borrow::Cow, mem, sync::Arc};

use super::{
    held_job::{About, HeldJob},
    plan_source::{PlanSource, source_of},
    room::Room,
};
use crate::{
    background::{ChainEvent, HeldEvent, RunEvent},
    context::{
        EmitGuard, NamedTopicGuard, QueueId, depth, failed_emission, log, with_enough_stack,
    },
    emit::{context::EmitContext, dispatch::run_and_defer_into},
    event::AnyEvent,
    metadata::UnitPhase,
    plan::{EventType, Plan},
    primitives::drop_catching,
    queue::enter_context,
    registry::enter_for_handlers,
    result::{Cause, Undelivered},
    unit::{HeldEnd, HeldItem},
};

/// An event that a unit holds.
pub(super) struct HeldEmission {
    pub(super) event: HeldEvent,
    pub(super) event_type: EventType,
    pub(super) about: About,
    pub(super) room: Room,
    /// Whether a subscriber received it at once.
    pub(super) is_received: bool,
}

/// Stands for the queue of a job: the parent of what a unit emits is that of a job, and no queue has stored it.
static UNIT: u8 = 0;

impl HeldItem for HeldEmission {
    fn end(self: Box<Self>, end: HeldEnd) {
        let registry = self.room.registry().clone();
        {
            let _current = enter_for_handlers(&registry);
            with_enough_stack(|| match end {
                HeldEnd::Committed => self.deliver(UnitPhase::AfterCommit),
                HeldEnd::RolledBack => self.deliver(UnitPhase::AfterRollback),
            });
        }
        // It may be the last handle of the registry.
        drop_catching(registry);
    }

    fn topic(&self) -> Option<Cow<'static, str>> {
        let named = self.about.topic.as_ref();
        let of_type = || self.event_type.info.topic().into();
        Some(named.map_or_else(of_type, |topic| topic.to_string().into()))
    }
}

/// Passes an event that was held in another form to the subscribers that run after a rollback.
#[cold]
pub(in crate::emit) fn end_undone(
    event: HeldEvent,
    event_type: EventType,
    about: About,
    room: Room,
) {
    let held = HeldEmission {
        event,
        event_type,
        about,
        room,
        is_received: true,
    };
    Box::new(held).end(HeldEnd::RolledBack);
}

impl HeldEmission {
    /// Passes the event to the subscribers of that phase.
    fn deliver(self, phase: UnitPhase) {
        let registry = self.room.registry().clone();
        let core = registry.core();
        let topic = self.about.topic.clone();
        let source = source_of(core, topic.as_deref(), self.event_type);
        let has_awaited = |plan: &Plan| plan.background().is_some_and(|plan| plan.has_awaited());
        let awaits = source.and_then(|source| source.with_plan(phase, has_awaited));
        if awaits == Some(true) {
            self.enqueue(phase);
        } else {
            self.run(source, phase);
        }
        drop_catching(registry);
    }

    /// Runs the subscribers on this thread, and queues those that run later.
    fn run(mut self, source: Option<PlanSource<'_>>, phase: UnitPhase) {
        let registry = self.room.registry().clone();
        let core = registry.core();
        let _sink = core.pass_failures();
        let origin = self.about.origin.as_ref();
        let topic = self.about.topic.as_deref();
        let topic = topic.unwrap_or_else(|| self.event_type.info.topic());
        let named = self.about.topic.as_ref();
        let _topic = named.map(|topic| NamedTopicGuard::enter(depth(), topic));
        let entered = enter_context(self.about.context.as_deref(), QueueId::of(&UNIT));
        let span = log::emit_span(topic, origin);
        let in_span = span.enter();
        let emit_context = EmitContext {
            info: self.event_type.info,
            origin,
            emit_limits: core.emit_limits(),
            queue: core.queue(),
            site: self.about.state.site,
        };
        let mut is_received = self.is_received || phase == UnitPhase::AfterRollback;
        let (event, places) = (&mut self.event, &mut self.room.places);
        let state = self.about.state;
        let ran = source.and_then(|source| {
            source.with_plan(phase, |plan| {
                let _guard = EmitGuard::try_reenter(emit_context.info, state)?;
                if let Some(mut event) = event.erase() {
                    let stats = run_and_defer_into(places, plan, &mut event, emit_context, None);
                    is_received |= !stats.is_unheard();
                }
                Ok(())
            })
        });
        if let Some(Err(refusal)) = ran {
            log::refusal(&refusal);
            is_received = true;
        }
        if !is_received {
            let show = &mut |event: &dyn AnyEvent| core.emit_limits().report_unheard(event);
            self.event.show(origin, show);
        }
        drop(in_span);
        // The destructor of the event runs as the handlers do.
        drop(self.event);
        drop(entered);
    }

    /// Puts the event as a whole into the queue, since subscribers of that phase are awaited.
    fn enqueue(self, phase: UnitPhase) {
        let Self {
            event,
            event_type,
            about,
            mut room,
            ..
        } = self;
        let registry = room.registry().clone();
        let core = registry.core();
        let is_reserved = mem::take(&mut room.places.queued);
        let job = HeldJob {
            event,
            event_type,
            about,
            phase,
            room: room.into_job_room(),
        };
        if let Err(refused) = job.push(core.queue(), is_reserved) {
            let (job, why) = *refused;
            let _sink = core.pass_failures();
            let about = &job.about;
            let _entered = enter_context(about.context.as_deref(), QueueId::of(&UNIT));
            let _guard = EmitGuard::reenter(event_type.info, about.state);
            let fail = |plan: &Plan| fail_each(plan, why, about);
            let source = source_of(core, about.topic.as_deref(), event_type);
            source.and_then(|source| source.with_plan(phase, fail));
        }
    }
}

/// Logs a failure of each subscriber, since the event does not reach them.
fn fail_each(plan: &Plan, why: Undelivered, about: &About) {
    for subscriber in plan.all_subscribers() {
        let topic = subscriber.topic.clone();
        let emission = failed_emission(topic, about.origin.as_ref());
        let cause = Cause::Undelivered(why);
        log::failure(plan.policy().fail(Arc::clone(subscriber), cause, emission));
    }
}
