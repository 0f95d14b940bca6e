//! Scheduling an event: it is put into the queue when its time has come, with the context that it was scheduled in.

use std::{any::Any, time::Instant};

use super::{
    super::{
        context::CallSite,
        enqueue::{Enqueued, push_due},
    },
    can_wait::check_can_wait,
    schedule_in_unit::{ScheduleInUnit, schedule_in_unit},
    scheduled::{Scheduled, ScheduledPlace},
};
use crate::{
    event::{OwnedEvent, topic_text},
    metadata::{EmitVerb, Origin, When},
    primitives::drop_catching,
    queue::{DueQueue, JobContext, ScheduledJob, TopicCounts, UnfinishedJob},
    registry::{Core, Registry},
    result::{QueueFull, Undelivered},
    unit::is_in_unit,
};

/// A scheduled event, with its context if it has one.
struct ScheduledEvent<E>(Enqueued<E>);

impl<E: OwnedEvent + Send> ScheduledJob<Core> for ScheduledEvent<E> {
    fn push(self: Box<Self>, queue: &mut DueQueue<'_, Core>) {
        push_due(queue, self.0);
    }

    fn take(self: Box<Self>) -> Option<UnfinishedJob> {
        Some(self.0.into_unfinished())
    }

    fn count_topic(&self, counts: &mut TopicCounts) {
        counts.add(topic_text(&self.0.event));
    }
}

/// Schedules an event, unless the interceptor withholds it. `T` is the type as which a shutdown returns the event: that of
/// the event, or the arguments of a named one.
#[cold]
pub(in crate::emit) fn schedule<E: OwnedEvent + Send, T: Any>(
    registry: &Registry,
    mut event: E,
    origin: Option<Origin>,
    when: When,
    site: CallSite,
) -> Result<Scheduled<T>, QueueFull<T>> {
    const { check_can_wait::<E>() };
    let core = registry.core();
    let origin = origin.or_else(E::__default_origin);
    let due = due(core, when);
    if core.observes_enqueue() {
        if core.withholds(&mut event, origin.as_ref(), site, EmitVerb::Schedule) {
            drop_catching(event);
            return Ok(Scheduled::new(registry, ScheduledPlace::Nowhere, due));
        }
        core.warn_if_enqueued_unscanned();
    }
    let emitted = core.emitted::<E>(&event, site);
    let context = JobContext::of_enqueued(origin, emitted);
    let mut item = Enqueued { event, context };
    if is_in_unit() {
        item = match schedule_in_unit(registry, item, due) {
            ScheduleInUnit::Held(place) => return Ok(Scheduled::new(registry, place, due)),
            ScheduleInUnit::Now(item) => item,
            ScheduleInUnit::Refused(item, why) => {
                return Err(refused_with(item.into_unfinished(), why));
            }
        };
    }
    let job = Box::new(ScheduledEvent(item));
    match core.queue().schedule(due, job, true) {
        Ok(key) => Ok(Scheduled::new(
            registry,
            ScheduledPlace::InSchedule(key),
            due,
        )),
        Err(refused) => {
            let why = refused.kind.undelivered();
            let job = refused.job.take();
            let job = job.expect("an event that was not scheduled is still there");
            Err(refused_with(job, why))
        }
    }
}

/// The error of an event that is not scheduled.
fn refused_with<T: Any>(job: UnfinishedJob, why: Undelivered) -> QueueFull<T> {
    let event = job.event.into_inner().downcast();
    let event = *event.expect("the event has the type of the handle");
    QueueFull::new(event, job.topic, why)
}

fn due(core: &Core, when: When) -> Instant {
    match when {
        When::After(duration) => core.clock().after(duration),
        When::At(time) => core.clock().at_system(time),
    }
}
