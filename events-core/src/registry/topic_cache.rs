//! A cache of fixed size from topic to the plan of its pattern subscribers.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::{ArcSwapOption, Guard};

use crate::{plan::Plan, primitives::drop_catching};

/// So many topics are remembered.
const CAPACITY: usize = 1024;

/// A longer topic is not remembered, but matched each time.
pub(crate) const LONGEST: usize = 256;

/// Who hears the topics that were emitted last.
pub(crate) struct TopicCache {
    places: OnceLock<Table>,
    /// Rises when somebody comes or goes who hears patterns of topics.
    pub(crate) version: AtomicU64,
}

struct Table {
    /// Of this process alone, so that nobody can choose topics that take the place of one another.
    hasher: RandomState,
    heard: Box<[ArcSwapOption<CachedPlan>]>,
}

/// Who hears a topic.
pub(crate) struct CachedPlan {
    pub(crate) topic: Box<str>,
    pub(crate) version: u64,
    pub(crate) plan: Option<Plan>,
}

impl TopicCache {
    pub(crate) const fn new() -> Self {
        Self {
            places: OnceLock::new(),
            version: AtomicU64::new(0),
        }
    }

    /// What is remembered holds no longer. Called under the lock of the writer.
    pub(crate) fn invalidate(&self) {
        self.version.fetch_add(1, Ordering::Release);
        for place in self.places.get().iter().flat_map(|places| &places.heard) {
            drop_catching(place.swap(None));
        }
    }

    pub(crate) fn place(&self, topic: &str) -> &ArcSwapOption<CachedPlan> {
        let places = self.places.get_or_init(|| Table {
            hasher: RandomState::new(),
            heard: (0..CAPACITY).map(|_| ArcSwapOption::empty()).collect(),
        });
        let hash = places.hasher.hash_one(topic);
        let index = usize::try_from(hash % CAPACITY as u64).unwrap_or(0);
        &places.heard[index]
    }
}

/// Who hears a topic, remembered or not.
pub(crate) enum TopicPlan {
    Cached(Guard<Option<Arc<CachedPlan>>>),
    Uncached(Arc<CachedPlan>),
}
