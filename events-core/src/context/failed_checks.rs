//! Events that fail closed: the failure of a subscriber, unless it is optional, refuses the event.
//!
//! An event is refused while no handler borrows it: when the last sync or awaited handler has ended, so that background
//! handlers receive a refused event, and again at the end of the emit, because of what failed since. All of this is behind
//! [`Event::__FAILS_CLOSED`], so that it is not compiled for other events.

use crate::{
    event::Event,
    result::{FailedCheck, Failure},
};

/// Refuses an event because of these failures, if its type fails closed.
#[inline]
pub(crate) fn refuse<E: Event>(event: &mut E, failures: &[Failure]) {
    if E::__FAILS_CLOSED {
        refuse_for(event, failed_checks(failures));
    }
}

/// Refuses an event for each of these reasons.
pub(crate) fn refuse_for<E: Event>(event: &mut E, reasons: impl IntoIterator<Item = FailedCheck>) {
    for reason in reasons {
        event.__refuse(reason);
    }
}

/// The reasons that these failures are: those of optional subscribers are none.
pub(crate) fn failed_checks(failures: &[Failure]) -> impl Iterator<Item = FailedCheck> {
    failures.iter().filter_map(FailedCheck::of)
}
