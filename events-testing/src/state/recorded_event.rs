//! One event as a mock has seen it: names and places, and those values that can be written down.

use std::{
    any::{Any, TypeId},
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

use events_core::{
    __testing::{Intercepted, Way, is_inside},
    Location, Origin,
};

use super::field_values as values;

/// An event that was emitted.
pub(crate) struct Seen {
    /// They are numbered in the order in which they are emitted.
    pub(crate) number: u64,
    pub(crate) topic: String,
    /// What tells its type from others.
    pub(crate) family: TypeId,
    pub(crate) origin: Option<Origin>,
    pub(crate) way: Way,
    pub(crate) fate: Fate,
    /// Where it was emitted, if that is in the user's code.
    pub(crate) location: Option<Location>,
    /// Its fields and their values, in words; none when there were many events before.
    fields: Option<String>,
    /// The event as it was emitted, when it can be copied.
    pub(crate) copy: Option<Box<dyn Any + Send>>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Its subscribers were given it.
    Delivered,
    /// It was expected or faked, and kept from them.
    Kept,
    /// Its type was muted; it does not count.
    Muted,
}

/// Of so many events the values are written down; of further ones the report tells names alone.
const DESCRIBED: u64 = 1000;

impl Seen {
    /// Still without its number; `described` is how many came before it.
    pub(crate) fn new(described: u64, event: &dyn Intercepted, fate: Fate) -> Self {
        let location = event.location();
        Self {
            number: 0,
            topic: event.event().topic().to_owned(),
            family: event.family(),
            origin: event.event().origin().cloned(),
            way: event.way(),
            fate,
            location: (!is_inside(location)).then_some(location),
            fields: (described < DESCRIBED).then(|| values::describe(event.event())),
            // A `Clone` that panics is nothing to the emitter.
            copy: catch_unwind(AssertUnwindSafe(|| event.copy())).unwrap_or(None),
        }
    }

    /// Whether it counts.
    pub(crate) fn counts(&self) -> bool {
        self.fate != Fate::Muted
    }
}

/// What was emitted, on one line, and where, on another.
impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { topic, fields, .. } = self;
        f.write_str(topic)?;
        if let Some(fields) = fields {
            f.write_str(fields)?;
        }
        let verb = match self.way {
            Way::Emit => "emitted",
            Way::EmitAsync => "emitted and awaited",
            Way::Enqueue => "enqueued",
        };
        write!(f, "\n{verb}")?;
        if let Some(location) = &self.location {
            write!(f, " at {location}")?;
        }
        if let Some(origin) = &self.origin {
            write!(f, " from `{origin}`")?;
        }
        f.write_str(match self.fate {
            Fate::Delivered => "",
            Fate::Kept => ", not delivered",
            Fate::Muted => ", muted",
        })
    }
}
