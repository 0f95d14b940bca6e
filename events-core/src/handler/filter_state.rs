//! Whether a handler is started: its filters, and the flag that closes it when its subscription ends.

use std::sync::atomic::{AtomicU8, Ordering};

/// Whether a handler has filters, and whether it is closed. A closed handler is not started again, even by
/// an emit whose plan still contains it.
pub(crate) struct FilterState(AtomicU8);

/// The states. Most handlers have no filter: one load shows that, and that they are not closed.
const UNFILTERED: u8 = 0;
const FILTERED: u8 = 1;
const CLOSED: u8 = 2;

impl FilterState {
    pub(crate) fn new(has_filters: bool) -> Self {
        Self(AtomicU8::new(if has_filters {
            FILTERED
        } else {
            UNFILTERED
        }))
    }

    /// Whether the handler is to be started. `passes` evaluates its filters; it is called only if there are
    /// some and the handler is not closed.
    #[inline]
    pub(crate) fn admits(&self, passes: impl FnOnce() -> bool) -> bool {
        match self.0.load(Ordering::Acquire) {
            UNFILTERED => true,
            // A condition is user code and may have unsubscribed the handler.
            FILTERED => passes() && !self.is_closed(),
            _ => false,
        }
    }

    #[inline]
    pub(crate) fn is_closed(&self) -> bool {
        self.0.load(Ordering::Acquire) == CLOSED
    }

    /// From now on the handler is not started.
    pub(crate) fn close(&self) {
        self.0.store(CLOSED, Ordering::Release);
    }
}
