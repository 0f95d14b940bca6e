//! Enqueueing an event in a unit of work that is entered: it goes to the queue at the commit.

use std::borrow::Cow;

use crate::{
    background::HeldEvent,
    context::{EmissionState, UNKNOWN_SITE, log},
    emit::{
        enqueue::Enqueued,
        unit::{About, EnteredEmit, Room, end_undone},
    },
    event::{OwnedEvent, topic_text},
    metadata::Origin,
    plan::EventType,
    primitives::drop_catching,
    queue::{JobContext, Places},
    registry::Core,
    result::{QueueFull, Undelivered},
    unit::{HeldEnd, HeldItem},
};

/// Room for one event in the queue.
const QUEUED: Places = Places {
    queued: true,
    scheduled: 0,
};

/// An event that goes to the queue when its unit is committed.
struct HeldEnqueued<E> {
    item: Enqueued<E>,
    /// Its place in the queue.
    room: Room,
}

impl Core {
    /// Holds an event until the unit of work that this thread has entered is committed. If there is none, or it was committed,
    /// the event goes to the queue now; an error if it was rolled back.
    #[cold]
    #[inline(never)]
    pub(in crate::emit) fn enqueue_in_unit<E: OwnedEvent + Send>(
        &self,
        event: E,
        origin: Option<Origin>,
        emitted: Option<EmissionState>,
    ) -> Result<(), QueueFull<E>> {
        let context = JobContext::of_enqueued(origin, emitted);
        let item = Enqueued { event, context };
        let Some(entered) = EnteredEmit::of(self) else {
            return item.push_outlined(self.queue());
        };
        match entered.room(QUEUED) {
            None => item.push_outlined(self.queue()),
            Some(Err(why)) => Err(item.refused(why)),
            Some(Ok(room)) => match entered.hold_if_open(HeldEnqueued { item, room }) {
                Ok(()) => Ok(()),
                Err(HeldEnqueued { item, room }) => {
                    // It has ended on another thread, since the room was reserved.
                    drop(room);
                    match entered.room(QUEUED) {
                        Some(Err(why)) => Err(item.refused(why)),
                        _ => item.push_outlined(self.queue()),
                    }
                }
            },
        }
    }
}

impl<E: OwnedEvent> Enqueued<E> {
    /// The error of an event that does not go to the queue.
    pub(super) fn refused(self, why: Undelivered) -> QueueFull<E> {
        let topic = topic_text(&self.event);
        QueueFull::new(self.event, topic, why)
    }
}

impl<E: OwnedEvent + Send> HeldItem for HeldEnqueued<E> {
    fn end(self: Box<Self>, end: HeldEnd) {
        let Self { item, room } = *self;
        match end {
            HeldEnd::Committed => {
                let registry = room.use_queued();
                if let Err(refused) = item.push_reserved(registry.core().queue()) {
                    log::not_enqueued(&refused);
                    drop_catching(refused);
                }
                drop_catching(registry);
            }
            HeldEnd::RolledBack => item.end_undone(room),
        }
    }

    fn topic(&self) -> Option<Cow<'static, str>> {
        Some(topic_text(&self.item.event))
    }
}

impl<E: OwnedEvent + Send> Enqueued<E> {
    /// Passes the event to the subscribers that run after a rollback.
    pub(super) fn end_undone(self, room: Room) {
        let Self { event, context } = self;
        let EventType { view, lend, .. } = EventType::of::<E>();
        let topic = event.__own_topic().cloned();
        let origin = context.as_ref().and_then(|context| context.origin.clone());
        let emitted = context.as_ref().and_then(|context| context.emitted());
        let state = emitted
            .unwrap_or(EmissionState::new(UNKNOWN_SITE))
            .with_id();
        let event = HeldEvent::new(Box::new(event), view, lend);
        let about = About {
            topic,
            origin,
            state,
            context,
        };
        end_undone(event, EventType::of::<E>(), about, room);
    }
}
