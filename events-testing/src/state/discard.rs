//! Dropping values of the user that a mock holds: clones of events, closures, the registry of the mock.

use std::{
    cell::Cell,
    mem,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    thread,
};

use events_core::Registry;

thread_local! {
    /// Whether this thread is dropping values here, in an empty registry.
    static IS_DISCARDING: Cell<bool> = const { Cell::new(false) };
}

/// Drops the values while an empty registry is the current one: what their destructors emit reaches no
/// subscriber, and no mock records it. A panic in one destructor leaves the other values alone; the first
/// panic is returned.
pub(crate) fn discard<T>(values: impl IntoIterator<Item = T>) -> thread::Result<()> {
    let mut values = values.into_iter().peekable();
    if values.peek().is_none() {
        return Ok(());
    }
    // A mock that is dropped as one of the values discards what it holds in the same registry.
    let is_outermost = !IS_DISCARDING.replace(true);
    let nowhere = is_outermost.then(Registry::new);
    let entered = nowhere.as_ref().map(Registry::enter);
    let mut result = Ok(());
    for value in values {
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(value)));
        // The payload of another panic is leaked, because its own destructor might panic as well.
        match (dropped, &result) {
            (Ok(()), _) => {}
            (Err(payload), Ok(())) => result = Err(payload),
            (Err(payload), Err(_)) => mem::forget(payload),
        }
    }
    IS_DISCARDING.set(!is_outermost);
    drop(entered);
    result
}

/// Continues the panic of a destructor, unless the thread is already panicking: a second panic would abort
/// the process. The panic hook has printed either.
pub(crate) fn resume(discarded: thread::Result<()>) {
    match discarded {
        Ok(()) => {}
        Err(payload) if thread::panicking() => mem::forget(payload),
        Err(payload) if payload.is::<&'static str>() || payload.is::<String>() => {
            resume_unwind(payload)
        }
        // It is leaked, because its own destructor might panic in the test harness, which drops it.
        Err(payload) => {
            mem::forget(payload);
            let text = "a destructor panicked with a payload that is not a string";
            resume_unwind(Box::new(text))
        }
    }
}
