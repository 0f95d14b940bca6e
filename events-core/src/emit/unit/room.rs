//! The room that is reserved in the queue for an event that a unit holds. It counts the event as one of its registry.

use std::{mem, sync::atomic::Ordering};

use crate::{
    emit::defer::undelivered,
    primitives::drop_catching,
    queue::{Places, Unreserved},
    registry::{Registry, WeakRegistry},
    result::Undelivered,
};

/// Places that are reserved in the queue of a registry. They are freed when this is dropped.
pub(in crate::emit) struct Room {
    registry: Registry,
    /// Those that are not used yet.
    pub(super) places: Places,
}

impl Room {
    /// Reserves these places.
    pub(super) fn reserve(registry: &Registry, places: Places) -> Result<Self, Undelivered> {
        if places != Places::default() {
            let reserved = registry.core().queue().reserve(places);
            reserved.map_err(|why| match why {
                Unreserved::Queue(kind) => undelivered(&kind),
                Unreserved::Schedule(why) => why,
            })?;
        }
        let registry = registry.clone();
        registry.core().held().fetch_add(1, Ordering::Relaxed);
        Ok(Self { registry, places })
    }

    /// The registry, after the places were freed.
    pub(in crate::emit) fn free(mut self) -> Registry {
        let registry = self.registry.clone();
        registry.core().queue().free(mem::take(&mut self.places));
        registry
    }

    /// The place in the queue is used up. Returns the registry.
    pub(in crate::emit) fn use_queued(mut self) -> Registry {
        self.places.queued = false;
        self.registry.clone()
    }

    /// The registry of the queue.
    pub(in crate::emit) fn registry(&self) -> &Registry {
        &self.registry
    }
}

/// Places that are reserved in the queue of a registry, in a job of that queue: it does not keep the registry alive. They are
/// freed when this is dropped.
pub(super) struct JobRoom {
    registry: WeakRegistry,
    /// Those that are not used yet.
    pub(super) places: Places,
}

impl Room {
    /// The places, for a job in the queue.
    pub(super) fn into_job_room(mut self) -> JobRoom {
        JobRoom {
            registry: self.registry.downgrade(),
            places: mem::take(&mut self.places),
        }
    }
}

impl Drop for JobRoom {
    fn drop(&mut self) {
        if self.places != Places::default()
            && let Some(registry) = self.registry.upgrade()
        {
            registry.core().queue().free(self.places);
            drop_catching(registry);
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.registry.core().held().fetch_sub(1, Ordering::Relaxed);
        if self.places != Places::default() {
            self.registry.core().queue().free(self.places);
        }
    }
}
