//! Whether user code runs on this thread while a function around it owns handlers: such code cannot wait until a
//! handler is dropped, since it may be one of these.
//!
//! A handler, a filter or an event's `Clone` is called inside an emit or a job, which owns the handlers of its plan.
//! An [`OwnsHandlers`] marks destructors, and the hook for events that no subscriber received. Code that receives records
//! and spans is called inside a `TracingCall`.

use std::{cell::Cell, marker::PhantomData};

use super::{current_job::is_in_job, emit_stack::depth};
use crate::primitives::is_in_tracing_call;

thread_local! {
    /// How many marks this thread has.
    static MARKS: Cell<usize> = const { Cell::new(0) };
}

/// Until this is dropped, user code that this thread runs may be inside a function that owns handlers.
pub(crate) struct OwnsHandlers(PhantomData<*const ()>);

impl OwnsHandlers {
    pub(crate) fn enter() -> Self {
        MARKS.set(MARKS.get() + 1);
        Self(PhantomData)
    }

    /// Ends a mark that was passed to [`mem::forget`](std::mem::forget).
    pub(crate) fn leave() {
        MARKS.set(MARKS.get() - 1);
    }
}

impl Drop for OwnsHandlers {
    fn drop(&mut self) {
        Self::leave();
    }
}

/// Whether a function around this one, on this thread, may own handlers.
pub(crate) fn may_own_handlers() -> bool {
    MARKS.get() > 0 || depth() > 0 || is_in_job() || is_in_tracing_call()
}
