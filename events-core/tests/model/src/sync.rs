//! What `events-core/src/primitives/sync.rs` gives, in the terms of the model checker: a step of each is
//! where it may switch to another thread.

use std::ops::Deref;

pub(crate) use shuttle::sync::{
    Arc, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering},
};

/// `std::sync::OnceLock`: whether it is set is one step, as it is there.
pub(crate) struct OnceLock<T> {
    is_set: AtomicBool,
    value: std::sync::OnceLock<T>,
}

impl<T> OnceLock<T> {
    pub(crate) const fn new() -> Self {
        Self {
            is_set: AtomicBool::new(false),
            value: std::sync::OnceLock::new(),
        }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        let is_set = self.is_set.load(Ordering::Acquire);
        self.value.get().filter(|_| is_set)
    }

    pub(crate) fn set(&self, value: T) -> Result<(), T> {
        self.value.set(value)?;
        self.is_set.store(true, Ordering::Release);
        Ok(())
    }
}

/// `arc_swap::ArcSwapOption`: a pointer that is read and swapped in one step.
pub(crate) struct ArcSwapOption<T>(Mutex<Option<Arc<T>>>);

impl<T> ArcSwapOption<T> {
    pub(crate) const fn const_empty() -> Self {
        Self(Mutex::new(None))
    }

    pub(crate) fn load(&self) -> Guard<Option<Arc<T>>> {
        Guard(self.0.lock().expect("no step panics").clone())
    }

    pub(crate) fn swap(&self, new: Option<Arc<T>>) -> Option<Arc<T>> {
        std::mem::replace(&mut *self.0.lock().expect("no step panics"), new)
    }
}

/// `arc_swap::Guard`.
pub(crate) struct Guard<T>(T);

impl<T> Deref for Guard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Locks a mutex.
#[inline]
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
