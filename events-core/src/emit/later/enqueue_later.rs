//! Scheduling an event: it is put into the queue when its time has come, with the context that it was scheduled in.

use std::any::Any;

use super::{
    super::{
        context::CallSite,
        defer::not_scheduled,
        enqueue::{Enqueued, push_due},
    },
    scheduled::Scheduled,
};
use crate::{
    event::{OwnedEvent, topic_text},
    metadata::{EmitVerb, Origin, When},
    primitives::drop_catching,
    queue::{DueQueue, JobContext, ScheduledJob, TopicCounts, UnfinishedJob},
    registry::{Core, Registry},
    result::QueueFull,
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
    let core = registry.core();
    let origin = origin.or_else(E::__default_origin);
    let due = due(core, when);
    if core.observes_enqueue() {
        if core.withholds(&mut event, origin.as_ref(), site, EmitVerb::Schedule) {
            drop_catching(event);
            return Ok(Scheduled::new(registry, None, due));
        }
        core.warn_if_enqueued_unscanned();
    }
    let context = JobContext::of_enqueued(origin);
    let job = Box::new(ScheduledEvent(Enqueued { event, context }));
    match core.queue().schedule(due, job, true) {
        Ok(key) => Ok(Scheduled::new(registry, Some(key), due)),
        Err(refused) => {
            let why = not_scheduled(refused.kind);
            let job = refused.job.take();
            let job = job.expect("an event that was not scheduled is still there");
            let event = job.event.into_inner().downcast();
            let event = *event.expect("the event has the type of the handle");
            Err(QueueFull::new(event, job.topic, why))
        }
    }
}

fn due(core: &Core, when: When) -> std::time::Instant {
    match when {
        When::After(duration) => core.clock().after(duration),
        When::At(time) => core.clock().at_system(time),
    }
}
