//! Dropping values of the user that a mock holds: clones of events, closures, the registry of the mock.

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    thread,
};

use events_core::Registry;

/// Drops the values while an empty registry is the current one: what their destructors emit reaches no
/// subscriber, and no mock records it. A panic in one destructor leaves the other values alone; the first
/// panic is returned.
pub(crate) fn discard<T>(values: impl IntoIterator<Item = T>) -> thread::Result<()> {
    let mut values = values.into_iter().peekable();
    if values.peek().is_none() {
        return Ok(());
    }
    let nowhere = Registry::new();
    let _entered = nowhere.enter();
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
    result
}

/// Continues the panic of a destructor, unless the thread is already panicking: a second panic would abort
/// the process. The panic hook has printed either.
pub(crate) fn resume(discarded: thread::Result<()>) {
    match discarded {
        Ok(()) => {}
        Err(payload) if thread::panicking() => mem::forget(payload),
        Err(payload) => resume_unwind(payload),
    }
}
