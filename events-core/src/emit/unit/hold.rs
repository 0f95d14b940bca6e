//! What an emit has in its unit until it ends: a place for its event, and room in the queue for the subscribers that run
//! later.

use std::sync::Arc;

use super::{held_emission::HeldEmission, held_job::About, room::Room};
use crate::{
    background::HeldEvent,
    context::EmissionState,
    metadata::Origin,
    plan::EventType,
    queue::{JobContext, Places},
    registry::Registry,
    result::Undelivered,
    unit::{OpenPlace, UnitEnded, end_at_once},
};

/// A place in the unit, and room in the queue. Both are free when this is dropped.
pub(in crate::emit) struct Hold {
    /// `None` if the unit is committed, and runs what it held.
    place: Option<OpenPlace>,
    room: Room,
    /// The parent and the span.
    context: Option<Box<JobContext>>,
}

impl Hold {
    /// Reserves room in the queue. Without a place the event is passed at once to the subscribers that run later.
    pub(in crate::emit) fn reserve(
        place: Option<OpenPlace>,
        registry: &Registry,
        places: Places,
    ) -> Result<Self, Undelivered> {
        let room = Room::reserve(registry, places)?;
        Ok(Self {
            place,
            room,
            context: JobContext::of_enqueued(None, None),
        })
    }

    /// Puts the event at its place. `topic` is that of a named event.
    ///
    /// # Errors
    ///
    /// If the unit has ended meanwhile, or the savepoint of the emit was rolled back.
    pub(in crate::emit) fn fill(
        self,
        event: HeldEvent,
        event_type: EventType,
        (topic, origin, state): (Option<Arc<str>>, Option<Origin>, EmissionState),
        is_received: bool,
    ) -> Result<(), UnitEnded> {
        let held = Box::new(HeldEmission {
            event,
            event_type,
            about: About {
                topic,
                origin,
                state,
                context: self.context,
            },
            room: self.room,
            is_received,
        });
        match self.place {
            Some(place) => place.fill(held),
            None => {
                end_at_once(held);
                Ok(())
            }
        }
    }
}
