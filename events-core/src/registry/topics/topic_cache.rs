//! A cache of fixed size: the plans of topics that were emitted without an event type, that is the
//! pattern subscribers that match such a topic.
//!
//! The hash of a topic selects its entry; a topic replaces the one that was there. So memory does not grow
//! with the number of topics, and a topic that is emitted again and again is matched once.
//!
//! Invariants:
//! - `version` rises under the writer's lock with every change of the pattern subscribers, and an entry
//!   is valid only while it has the present version;
//! - entries are stored under that lock as well: what is stored has the present version.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::{ArcSwapOption, Guard};

use crate::{plan::Plan, primitives::drop_catching};

/// The number of entries.
const CAPACITY: usize = 1024;

/// The longest topic that is cached, in bytes; a longer one is matched at each emit.
pub(super) const MAX_TOPIC_LEN: usize = 256;

/// The cache; its table is allocated when the first topic is emitted.
pub(crate) struct TopicCache {
    table: OnceLock<Table>,
    /// The number of changes of the pattern subscribers so far.
    pub(super) version: AtomicU64,
}

struct Table {
    /// Seeded at random, so that topics cannot be chosen to collide.
    hasher: RandomState,
    entries: Box<[ArcSwapOption<CachedPlan>]>,
}

/// The plan of a topic, valid for one version of the pattern subscribers.
pub(crate) struct CachedPlan {
    /// Shared with the events that are emitted by it.
    pub(crate) topic: Arc<str>,
    pub(super) version: u64,
    /// `None` if no pattern matches the topic.
    pub(crate) plan: Option<Plan>,
}

impl TopicCache {
    pub(crate) const fn new() -> Self {
        Self {
            table: OnceLock::new(),
            version: AtomicU64::new(0),
        }
    }

    /// Invalidates and drops all entries. Called under the writer's lock.
    pub(in crate::registry) fn invalidate(&self) {
        self.version.fetch_add(1, Ordering::Release);
        for entry in self.table.get().iter().flat_map(|table| &table.entries) {
            drop_catching(entry.swap(None));
        }
    }

    /// The entry of a topic, which another topic may occupy.
    pub(super) fn entry(&self, topic: &str) -> &ArcSwapOption<CachedPlan> {
        let table = self.table.get_or_init(|| Table {
            hasher: RandomState::new(),
            entries: (0..CAPACITY).map(|_| ArcSwapOption::empty()).collect(),
        });
        let hash = table.hasher.hash_one(topic);
        let index = usize::try_from(hash % CAPACITY as u64).unwrap_or(0);
        &table.entries[index]
    }
}

/// The plan of a topic, from the cache or new.
pub(crate) enum TopicPlan {
    Cached(Guard<Option<Arc<CachedPlan>>>),
    Uncached(Arc<CachedPlan>),
}

impl TopicPlan {
    /// The topic, with the plan if there is one.
    pub(crate) fn get(&self) -> Option<&CachedPlan> {
        match self {
            Self::Cached(cached) => cached.as_deref(),
            Self::Uncached(cached) => Some(cached),
        }
    }
}
