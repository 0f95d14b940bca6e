//! Whether a handler is started: its filters, and the flag that closes it when its subscription ends.

use std::{
    mem,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU8, Ordering},
    },
};

use crate::{context::OwnsHandlers, primitives::DropSignal};

/// Whether a handler has filters, and whether it is closed. A closed handler is not started again, even by
/// an emit whose plan still contains it.
///
/// It is the last field of a handler, whose `Drop` calls [`begin_drop`](Self::begin_drop): so the closures are dropped
/// between that and the drop of this.
pub(crate) struct FilterState {
    state: AtomicU8,
    /// Set if a task waits until the handler is dropped.
    dropped: OnceLock<Arc<DropSignal>>,
}

/// The states. Most handlers have no filter: one load shows that, and that they are not closed.
const UNFILTERED: u8 = 0;
const FILTERED: u8 = 1;
const CLOSED: u8 = 2;
/// The closures are being dropped.
const DROPPING: u8 = 3;

impl FilterState {
    pub(crate) fn new(has_filters: bool) -> Self {
        let state = if has_filters { FILTERED } else { UNFILTERED };
        Self {
            state: AtomicU8::new(state),
            dropped: OnceLock::new(),
        }
    }

    /// Whether the handler is to be started. `passes` evaluates its filters; it is called only if there are
    /// some and the handler is not closed.
    #[inline]
    pub(crate) fn admits(&self, passes: impl FnOnce() -> bool) -> bool {
        match self.state.load(Ordering::Acquire) {
            UNFILTERED => true,
            // A condition is user code and may have unsubscribed the handler.
            FILTERED => passes() && !self.is_closed(),
            _ => false,
        }
    }

    #[inline]
    pub(crate) fn is_closed(&self) -> bool {
        self.state.load(Ordering::Acquire) == CLOSED
    }

    /// From now on the handler is not started.
    pub(crate) fn close(&self) {
        self.state.store(CLOSED, Ordering::Release);
    }

    /// The signal that the handler is dropped.
    pub(crate) fn dropped(&self) -> Arc<DropSignal> {
        Arc::clone(self.dropped.get_or_init(Arc::default))
    }
}

impl FilterState {
    /// The closures are dropped next. They are user code, and what drops the handler may own others.
    #[inline(never)]
    pub(crate) fn begin_drop(&mut self) {
        *self.state.get_mut() = DROPPING;
        mem::forget(OwnsHandlers::enter());
    }
}

impl Drop for FilterState {
    fn drop(&mut self) {
        if let Some(dropped) = self.dropped.get() {
            dropped.set(); // calls wakers, which are user code, too
        }
        if *self.state.get_mut() == DROPPING {
            OwnsHandlers::leave();
        }
    }
}
