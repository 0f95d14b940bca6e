//! Which of the subscribers of an event an emission calls, if that are not those of an emit outside of a unit of work.

use crate::{metadata::UnitPhase, plan::entry::SubscriberId};

/// A part of the subscribers of an event.
#[derive(Clone, Copy)]
pub(crate) enum Selection {
    /// Those of this phase of a unit of work.
    Phase(UnitPhase),
    /// This durable subscriber alone.
    Durable(SubscriberId),
}

impl From<UnitPhase> for Selection {
    fn from(phase: UnitPhase) -> Self {
        Self::Phase(phase)
    }
}
