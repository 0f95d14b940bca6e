//! Drops values of user types and catches panics of their `Drop`.

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Drops a value and catches a panic of its `Drop`. The payload of that panic is leaked, because
/// dropping it might panic as well.
pub(crate) fn drop_catching<T>(value: T) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
        mem::forget(payload);
    }
}
