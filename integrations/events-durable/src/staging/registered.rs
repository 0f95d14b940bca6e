//! Which registries have a store.

use std::{
    error::Error,
    fmt,
    sync::{PoisonError, RwLock},
};

use events_core::{Registry, WeakRegistry, registry};

use crate::event::refuse_commit;

static REGISTERED: RwLock<Vec<WeakRegistry>> = RwLock::new(Vec::new());

/// An event was emitted to a registry that has no store.
#[doc(hidden)]
#[derive(Debug)]
pub struct NotRegistered;

impl fmt::Display for NotRegistered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the event is durable, and nothing stores it: no store is registered with this registry; call \
             `store.register(&registry).await?` before the first emit, and keep the store",
        )
    }
}

impl Error for NotRegistered {}

/// Fails if no store is registered with the current registry.
///
/// # Errors
///
/// See there.
#[doc(hidden)]
pub fn check_registered() -> Result<(), NotRegistered> {
    if is_registered(&registry()) {
        Ok(())
    } else {
        Err(NotRegistered)
    }
}

/// The same for the event of a write, which is not to be committed then.
///
/// # Errors
///
/// As [`check_registered`].
#[doc(hidden)]
pub fn check_registered_for_write() -> Result<(), NotRegistered> {
    let checked = check_registered();
    if let Err(error) = &checked {
        refuse_commit(error.to_string());
    }
    checked
}

/// Whether a registry has a store.
pub(crate) fn is_registered(registry: &Registry) -> bool {
    let all = REGISTERED.read().unwrap_or_else(PoisonError::into_inner);
    let mut all = all.iter().filter_map(WeakRegistry::upgrade);
    all.any(|one| one == *registry)
}

/// Notes that a registry has a store.
pub(crate) fn add_registered(registry: &Registry) {
    let mut all = REGISTERED.write().unwrap_or_else(PoisonError::into_inner);
    all.retain(|one| one.upgrade().is_some());
    all.push(registry.downgrade());
}

/// Takes one note of the registry back.
pub(crate) fn remove_registered(registry: &Registry) {
    let mut all = REGISTERED.write().unwrap_or_else(PoisonError::into_inner);
    let found = all
        .iter()
        .position(|one| one.upgrade().as_ref() == Some(registry));
    if let Some(index) = found {
        all.swap_remove(index);
    }
}
