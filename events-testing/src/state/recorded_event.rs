//! A recorded event: what a mock stores of one event when it is emitted.

use std::{
    any::TypeId,
    fmt, mem,
    panic::{AssertUnwindSafe, catch_unwind},
};

use events_core::{
    __testing::{EmitVerb, Intercepted, is_inside, one_line},
    Origin,
    info::Location,
};

use super::{event_clone::EventClone, field_values};

/// An event that was emitted.
pub(crate) struct RecordedEvent {
    /// Its position in the order of emits, from 0.
    pub(crate) number: u64,
    pub(crate) topic: String,
    /// The type id of its family, which is the same for all lifetimes of an event that borrows.
    pub(crate) family: TypeId,
    origin: Option<Origin>,
    verb: EmitVerb,
    pub(crate) delivery: Delivery,
    /// The line that emitted it, unless that is inside events-core.
    location: Option<Location>,
    /// The text of its fields; `None` for events after the first [`MAX_WITH_FIELDS`].
    fields: Option<String>,
    /// A clone of the event from before its subscribers ran.
    pub(crate) clone: EventClone,
}

/// Whether an event was delivered to its subscribers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    Delivered,
    /// It was expected or faked, so its subscribers did not receive it.
    Withheld,
    /// Its type was muted: its subscribers did not receive it, and it does not count.
    Muted,
}

/// The number of events whose fields are recorded, which bounds the cost of a test that emits very many.
const MAX_WITH_FIELDS: u64 = 1000;

impl RecordedEvent {
    /// The record of an event, without its number and its clone; `recorded_before` is the number of events
    /// before it.
    pub(crate) fn new(recorded_before: u64, event: &dyn Intercepted, delivery: Delivery) -> Self {
        let location = event.location();
        Self {
            number: 0,
            topic: event.event().topic().to_owned(),
            family: event.family(),
            origin: event.event().origin().cloned(),
            verb: event.verb(),
            delivery,
            location: (!is_inside(location)).then_some(location),
            fields: (recorded_before < MAX_WITH_FIELDS)
                .then(|| field_values::fields_text(event.event())),
            clone: EventClone::Missing,
        }
    }

    /// Clones the event, if its type allows that. Called while the mock is not locked.
    pub(crate) fn clone_event(&mut self, event: &dyn Intercepted) {
        // A `Clone` that panics must not fail the code that emits; `emitted` reports that the clone is missing.
        let clone = catch_unwind(AssertUnwindSafe(|| event.copy()));
        match clone {
            Ok(Some(clone)) => self.clone = EventClone::Owned(clone),
            Ok(None) => {}
            // The destructor of the payload might panic as well.
            Err(payload) => mem::forget(payload),
        }
    }

    /// Whether its text is that of another event.
    pub(crate) fn reads_like(&self, other: &Self) -> bool {
        let parts = |event: &Self| (event.verb, event.delivery, event.location);
        parts(self) == parts(other)
            && self.topic == other.topic
            && self.fields == other.fields
            && self.origin == other.origin
    }

    /// Whether it counts for assertions and expectations: all but muted events do.
    pub(crate) fn is_counted(&self) -> bool {
        self.delivery != Delivery::Muted
    }
}

/// Two lines: the topic with the fields, then the verb with the location and the origin.
impl fmt::Display for RecordedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { topic, fields, .. } = self;
        f.write_str(&one_line(topic))?;
        if let Some(fields) = fields {
            f.write_str(fields)?;
        }
        let verb = match self.verb {
            EmitVerb::Emit => "emitted",
            EmitVerb::EmitAsync => "emitted and awaited",
            EmitVerb::Enqueue => "enqueued",
            EmitVerb::Schedule => "scheduled",
        };
        write!(f, "\n{verb}")?;
        if let Some(location) = &self.location {
            write!(f, " at {location}")?;
        }
        if let Some(origin) = &self.origin {
            write!(f, " from `{}`", one_line(origin.as_str()))?;
        }
        f.write_str(match self.delivery {
            Delivery::Delivered => "",
            Delivery::Withheld => ", not delivered",
            Delivery::Muted => ", muted",
        })
    }
}
