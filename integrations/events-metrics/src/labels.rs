//! The labels of topics and subscribers: a bounded number of each.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use events_core::info::SubscriberInfo;

/// The label of what has none of its own.
const OTHER: &str = "other";

pub(crate) struct Labels {
    topics: Bounded,
    subscribers: Bounded,
}

impl Labels {
    pub(crate) fn new(max_topics: usize, max_subscribers: usize) -> Self {
        Self {
            topics: Bounded::new(max_topics),
            subscribers: Bounded::new(max_subscribers),
        }
    }

    pub(crate) fn topic(&self, topic: &str) -> Arc<str> {
        self.topics.label(topic)
    }

    /// The path or id of the subscriber; of a durable one that of the database, which stays if the function is renamed.
    pub(crate) fn subscriber(&self, info: &SubscriberInfo) -> Arc<str> {
        self.subscribers.label(info.durable.unwrap_or(&info.name))
    }
}

/// Texts that have a label of their own: the first ones, up to a number.
struct Bounded {
    max: usize,
    known: Mutex<BTreeSet<Arc<str>>>,
    other: Arc<str>,
}

impl Bounded {
    fn new(max: usize) -> Self {
        Self {
            max,
            known: Mutex::new(BTreeSet::new()),
            other: OTHER.into(),
        }
    }

    fn label(&self, text: &str) -> Arc<str> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(label) = known.get(text) {
            return Arc::clone(label);
        }
        if known.len() >= self.max {
            return Arc::clone(&self.other);
        }
        let label: Arc<str> = text.into();
        known.insert(Arc::clone(&label));
        label
    }
}
