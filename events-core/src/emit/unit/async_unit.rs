//! An async emit in a unit of work.

use super::{entered::HoldCopy, plan_source::PlanSource};
use crate::{
    context::{EmissionState, EmitGuard},
    handler::ErasedEventRef,
    metadata::{EventInfo, Origin, UnitPhase},
    registry::Registry,
    result::{EmitStats, Failure},
    unit::{EnteredUnit, UnitHandle, entered_unit},
};

/// The part of an async emit that is in a unit of work.
pub(in crate::emit) struct AsyncUnit {
    unit: UnitHandle,
    holds: Holds,
    /// Of an event that the caller holds, how many subscribers run after the commit.
    later: u32,
}

/// What the emit holds in the unit, at its end.
enum Holds {
    /// The emit has not begun. The thread had entered the unit where the emit was made.
    Unknown,
    /// Nothing: the event has no subscribers that do not run at once.
    Nothing,
    /// A copy of its event.
    Copy(Box<HoldCopy>),
    /// The event itself, by the caller; when the subscribers that run at once have ended, whether one of them has received it.
    Event(Option<bool>),
}

impl AsyncUnit {
    /// That of an emit whose caller holds the event itself.
    pub(in crate::emit) fn moving(unit: &UnitHandle) -> Self {
        Self {
            unit: unit.clone(),
            holds: Holds::Event(None),
            later: 0,
        }
    }

    /// Whether the caller holds the event itself.
    pub(in crate::emit) fn moves(&self) -> bool {
        matches!(self.holds, Holds::Event(_))
    }

    /// Whether a subscriber that runs at once has received the event that the caller holds.
    pub(in crate::emit) fn is_received(&self) -> bool {
        !matches!(self.holds, Holds::Event(Some(false)))
    }

    /// How many subscribers run after the commit, of an event that the caller holds.
    pub(in crate::emit) fn set_later(&mut self, later: u32) {
        self.later = later;
    }

    /// The same, at the end of the emit. A second call returns 0.
    pub(in crate::emit) fn count_later(&mut self, is_received: bool) -> u32 {
        if !matches!(self.holds, Holds::Event(None)) {
            return 0;
        }
        self.holds = Holds::Event(Some(is_received));
        self.later
    }

    /// Whether some of the subscribers do not run at once.
    pub(in crate::emit) fn holds(&self) -> bool {
        !matches!(self.holds, Holds::Nothing | Holds::Unknown)
    }

    /// Enters the unit on this thread, for a poll.
    pub(in crate::emit) fn enter(&self) -> EnteredUnit {
        self.unit.enter()
    }

    /// The unit that this thread has entered.
    pub(in crate::emit) fn entered() -> Option<Self> {
        let unit = UnitHandle::clone(&*entered_unit()?);
        let holds = Holds::Unknown;
        Some(Self {
            unit,
            holds,
            later: 0,
        })
    }

    /// Takes a place in the unit. Returns the phase whose subscribers are called: `None` for all, if the event has no
    /// subscribers that do not run at once, or if the unit was committed.
    #[cold]
    pub(in crate::emit) fn begin<'s>(
        &mut self,
        registry: &Registry,
        source: impl FnOnce() -> Option<PlanSource<'s>>,
    ) -> Option<UnitPhase> {
        if matches!(self.holds, Holds::Unknown) {
            let source = source().filter(|source| source.is_divided());
            let hold = source.and_then(|source| HoldCopy::begin(&self.unit, registry, source));
            self.holds = hold.map_or(Holds::Nothing, |hold| Holds::Copy(Box::new(hold)));
        }
        let is_in_unit = !matches!(self.holds, Holds::Nothing);
        is_in_unit.then_some(UnitPhase::AtOnce)
    }

    /// Holds a copy of the event, if that is to be done here.
    #[cold]
    pub(in crate::emit) fn hold(
        self,
        source: Option<PlanSource<'_>>,
        event: ErasedEventRef<'_>,
        (info, origin, state): (&'static EventInfo, Option<&Origin>, EmissionState),
        stats: &mut EmitStats,
        fail: &mut dyn FnMut(Failure),
    ) {
        if let Holds::Copy(hold) = self.holds
            && let Some(source) = source
            && stats.stopped_by.is_none()
        {
            let _guard = EmitGuard::reenter(info, state);
            hold.hold(source, event, origin, stats, fail);
        }
    }
}
