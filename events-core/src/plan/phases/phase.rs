//! The phases of an emit, and those of a unit of work: which subscribers cannot be ordered before which.

use std::time::Duration;

use crate::metadata::{SubscriberInfo, UnitPhase};

/// The phase of an emit in which a subscriber runs. It cannot be ordered after one of a later phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// In the chain, one after the other.
    Sync,
    /// After the chain; `emit_async` waits for it.
    Async,
    /// After the chain, always from the queue, when this delay has passed.
    Deferred(Duration),
}

impl Phase {
    pub(crate) fn of(subscriber: &SubscriberInfo) -> Self {
        match (subscriber.deferred, subscriber.asynchronous) {
            (true, _) => Self::Deferred(subscriber.delay.unwrap_or_default()),
            (false, true) => Self::Async,
            (false, false) => Self::Sync,
        }
    }
}

/// When the subscriber runs in a unit of work; `None` if its event type determines that.
pub(crate) fn unit_phase_of(subscriber: &SubscriberInfo) -> Option<UnitPhase> {
    match subscriber.unit_phase {
        None | Some(UnitPhase::AtOnce) if subscriber.runs_later() => Some(UnitPhase::AfterCommit),
        phase => phase,
    }
}

/// Whether a subscriber of that phase of a unit can run before one of another phase. `default` is the phase of the event
/// type; `None` if there may be events of both kinds.
pub(in crate::plan) fn may_precede(
    first: Option<UnitPhase>,
    second: Option<UnitPhase>,
    default: Option<UnitPhase>,
) -> bool {
    let holds_for = |default| {
        let (first, second) = (first.unwrap_or(default), second.unwrap_or(default));
        first == second || first == UnitPhase::AtOnce
    };
    match default {
        Some(default) => holds_for(default),
        None => holds_for(UnitPhase::AtOnce) && holds_for(UnitPhase::AfterCommit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_runs_at_once_precedes_another_phase() {
        use UnitPhase::{AfterCommit as Commit, AfterRollback as Rollback, AtOnce as Once};
        let check = |first, second, default, expected| {
            let actual = may_precede(first, second, default);
            assert_eq!(
                actual, expected,
                "{first:?} before {second:?} of {default:?}"
            );
        };
        for default in [None, Some(Once), Some(Commit)] {
            check(Some(Once), Some(Commit), default, true);
            check(Some(Once), Some(Rollback), default, true);
            check(Some(Once), None, default, true);
            check(None, None, default, true);
            check(None, Some(Commit), default, true);
            check(Some(Commit), Some(Commit), default, true);
            check(Some(Commit), Some(Once), default, false);
            check(Some(Commit), Some(Rollback), default, false);
            check(Some(Rollback), Some(Commit), default, false);
            check(Some(Rollback), None, default, false);
        }
        check(Some(Commit), None, Some(Once), false);
        check(Some(Commit), None, Some(Commit), true);
        check(Some(Commit), None, None, false);
        check(None, Some(Once), Some(Once), true);
        check(None, Some(Once), Some(Commit), false);
        check(None, Some(Rollback), Some(Commit), false);
    }
}
