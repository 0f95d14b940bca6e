//! The failure sink of a thread: a function that receives each failure which this thread logs, beside the log.
//!
//! A failure is logged only if no caller receives it as a result. The interceptor of a registry, which a test
//! installs, receives the failures of its registry's subscribers in this way. A thread without a sink pays for
//! it only when it logs a failure.

use std::{
    cell::RefCell,
    marker::PhantomData,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
};

use crate::{primitives::drop_catching, result::Failure};

/// Receives the failures that a thread logs.
pub(crate) type FailureSink = Rc<dyn Fn(&Failure)>;

thread_local! {
    static SINK: RefCell<Option<FailureSink>> = const { RefCell::new(None) };
}

/// A guard: until it is dropped, this thread has the sink; afterwards the previous one.
#[must_use = "the sink is set only until this guard is dropped"]
pub(crate) struct SinkGuard {
    previous: Option<FailureSink>,
    /// It belongs to the thread whose sink it sets.
    this_thread: PhantomData<Rc<()>>,
}

/// Sets the sink of this thread.
pub(crate) fn enter_failure_sink(sink: FailureSink) -> SinkGuard {
    SinkGuard {
        previous: replace(Some(sink)),
        this_thread: PhantomData,
    }
}

/// Passes a failure to the sink of this thread, if there is one, and catches a panic of the sink.
pub(super) fn pass(failure: &Failure) {
    let sink = SINK.try_with(|sink| sink.borrow().clone());
    let Some(sink) = sink.ok().flatten() else {
        return;
    };
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| sink(failure))) {
        drop_catching(payload);
    }
    drop_catching(sink);
}

fn replace(sink: Option<FailureSink>) -> Option<FailureSink> {
    SINK.try_with(|current| mem::replace(&mut *current.borrow_mut(), sink))
        .ok()
        .flatten()
}

impl Drop for SinkGuard {
    fn drop(&mut self) {
        drop_catching(replace(self.previous.take()));
    }
}
