//! Scheduling an event in a unit of work that is entered: the commit schedules it.
//!
//! The event is in a slot that its handle shares, from the call until it is due, so that the handle takes it back in the unit
//! as in the schedule. Exactly one takes it: the handle, the queue when the event is due, the rollback, or a shutdown. The lock
//! of the slot is the innermost one.

use std::{borrow::Cow, mem, sync::Arc, time::Instant};

use super::{
    super::enqueue::{Enqueued, push_due},
    scheduled::{ScheduledInUnit, ScheduledPlace},
};
use crate::{
    context::log,
    emit::unit::{EnteredEmit, Room},
    event::{OwnedEvent, topic_text},
    primitives::{
        drop_catching,
        sync::{Mutex, lock},
    },
    queue::{DueQueue, Places, ScheduledJob, TopicCounts, UnfinishedJob},
    registry::{Core, Registry, WeakRegistry},
    result::Undelivered,
    time::TimeKey,
    unit::{HeldEnd, HeldItem},
};

/// Room for one event in the schedule.
const SCHEDULED: Places = Places {
    queued: false,
    scheduled: 1,
};

/// An event that is scheduled in a unit, which its handle shares.
struct Slot<E> {
    registry: WeakRegistry,
    state: Mutex<State<E>>,
}

struct State<E> {
    /// `None` once it was taken.
    item: Option<Enqueued<E>>,
    /// Its place in the schedule, until the commit.
    room: Option<Room>,
    /// Where it is in the schedule, after the commit.
    key: Option<TimeKey>,
}

/// An event that the commit schedules.
struct HeldScheduled<E> {
    slot: Arc<Slot<E>>,
    due: Instant,
}

/// An event in the schedule. Dropped, it drops the event.
struct ScheduledSlot<E>(Arc<Slot<E>>);

/// What became of an event that was to be scheduled in a unit.
pub(super) enum ScheduleInUnit<E> {
    /// The commit schedules it.
    Held(ScheduledPlace),
    /// It is to be scheduled now: there is no unit, or that was committed.
    Now(Enqueued<E>),
    Refused(Enqueued<E>, Undelivered),
}

/// Holds an event until the unit that this thread has entered is committed, which schedules it.
#[cold]
pub(super) fn schedule_in_unit<E: OwnedEvent + Send>(
    registry: &Registry,
    item: Enqueued<E>,
    due: Instant,
) -> ScheduleInUnit<E> {
    let Some(entered) = EnteredEmit::of(registry.core()) else {
        return ScheduleInUnit::Now(item);
    };
    let room = match entered.room(SCHEDULED) {
        None => return ScheduleInUnit::Now(item),
        Some(Err(why)) => return ScheduleInUnit::Refused(item, why),
        Some(Ok(room)) => room,
    };
    let slot = Arc::new(Slot {
        registry: registry.downgrade(),
        state: Mutex::new(State {
            item: Some(item),
            room: Some(room),
            key: None,
        }),
    });
    let held = HeldScheduled {
        slot: Arc::clone(&slot),
        due,
    };
    if entered.hold_if_open(held).is_ok() {
        return ScheduleInUnit::Held(ScheduledPlace::OfUnit(slot));
    }
    // It has ended on another thread, since the room was reserved.
    let (item, room) = slot.take();
    drop(room);
    let item = item.expect("nothing else has had the slot");
    match entered.room(SCHEDULED) {
        Some(Err(why)) => ScheduleInUnit::Refused(item, why),
        _ => ScheduleInUnit::Now(item),
    }
}

impl<E> Slot<E> {
    /// Takes the event, and the room that is reserved for it.
    fn take(&self) -> (Option<Enqueued<E>>, Option<Room>) {
        let mut state = lock(&self.state);
        (state.item.take(), state.room.take())
    }

    /// Stores where the event is in the schedule. Returns whether it is still there.
    fn set_key(&self, key: TimeKey) -> bool {
        let mut state = lock(&self.state);
        state.key = Some(key);
        state.item.is_some()
    }
}

impl<E: OwnedEvent + Send> ScheduledInUnit for Slot<E> {
    fn is_scheduled(&self) -> bool {
        lock(&self.state).item.is_some()
    }

    fn cancel(&self) -> Option<UnfinishedJob> {
        let mut state = lock(&self.state);
        let (item, room, key) = (state.item.take(), state.room.take(), state.key.take());
        drop(state);
        drop(room);
        if let Some(registry) = self.registry.upgrade()
            && let Some(key) = key
        {
            drop_catching(registry.core().queue().unschedule(key));
        }
        Some(item?.into_unfinished())
    }
}

impl<E: OwnedEvent + Send> HeldItem for HeldScheduled<E> {
    fn end(self: Box<Self>, end: HeldEnd) {
        let Self { slot, due } = *self;
        match end {
            HeldEnd::RolledBack => {
                if let (Some(item), Some(room)) = slot.take() {
                    item.end_undone(room);
                }
            }
            HeldEnd::Committed => {
                let room = mem::take(&mut lock(&slot.state).room);
                if let Some(room) = room {
                    schedule_at_commit(&slot, room, due);
                }
            }
        }
    }

    fn topic(&self) -> Option<Cow<'static, str>> {
        let state = lock(&self.slot.state);
        Some(topic_text(&state.item.as_ref()?.event))
    }
}

/// Puts the event into the schedule, in its reserved place.
fn schedule_at_commit<E: OwnedEvent + Send>(slot: &Arc<Slot<E>>, room: Room, due: Instant) {
    let job = Box::new(ScheduledSlot(Arc::clone(slot)));
    let queue = room.registry().core().queue();
    match queue.schedule(due, job, false) {
        Ok(key) => {
            if !slot.set_key(key) {
                // It was taken meanwhile.
                drop_catching(queue.unschedule(key));
            }
        }
        Err(refused) => {
            if let (Some(item), _) = slot.take() {
                let refused_event = item.refused(refused.kind.undelivered());
                log::not_enqueued(&refused_event);
                drop_catching(refused_event);
            }
            drop_catching(refused.job);
        }
    }
    drop_catching(room.free());
}

impl<E: OwnedEvent + Send> ScheduledJob<Core> for ScheduledSlot<E> {
    fn push(self: Box<Self>, queue: &mut DueQueue<'_, Core>) {
        if let (Some(item), _) = self.0.take() {
            push_due(queue, item);
        }
    }

    fn take(self: Box<Self>) -> Option<UnfinishedJob> {
        Some(self.0.take().0?.into_unfinished())
    }

    fn count_topic(&self, counts: &mut TopicCounts) {
        if let Some(item) = &lock(&self.0.state).item {
            counts.add(topic_text(&item.event));
        }
    }
}

impl<E> Drop for ScheduledSlot<E> {
    fn drop(&mut self) {
        drop_catching(self.0.take());
    }
}
