//! Dropping values of user types without letting a panic escape.

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Drops a value of the user's; where that panics, the second payload is leaked, for its own
/// `Drop` might panic again.
pub(crate) fn drop_catching<T>(value: T) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
        mem::forget(payload);
    }
}
