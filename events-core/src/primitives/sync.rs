//! Locks, atomics and the lock-free pointer of this crate, behind names that a model checker can replace:
//! `tests/model` compiles the files that use them with primitives of its own.

use std::sync::PoisonError;

pub(crate) use std::sync::{
    Arc, Mutex, MutexGuard, OnceLock,
    atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering},
};

pub(crate) use arc_swap::{ArcSwapOption, Guard};

/// Locks a mutex. Poisoning is ignored: no user code runs under the locks of this crate, so no panic leaves
/// the protected data half changed.
#[inline]
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
