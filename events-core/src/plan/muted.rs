//! The muted subscribers of a registry: they are in no plan until their last guard is dropped.

use std::collections::BTreeMap;

use super::entry::SubscriberId;

/// The muted subscribers, each with the number of its guards.
#[derive(Debug, Default)]
pub(crate) struct Muted(BTreeMap<SubscriberId, usize>);

impl Muted {
    pub(crate) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn contains(&self, id: SubscriberId) -> bool {
        self.0.contains_key(&id)
    }

    /// Counts a guard of these subscribers.
    pub(crate) fn add(&mut self, ids: &[SubscriberId]) {
        for id in ids {
            *self.0.entry(*id).or_default() += 1;
        }
    }

    /// A guard of these subscribers is dropped.
    pub(crate) fn remove(&mut self, ids: &[SubscriberId]) {
        for id in ids {
            if let Some(guards) = self.0.get_mut(id) {
                *guards -= 1;
                if *guards == 0 {
                    self.0.remove(id);
                }
            }
        }
    }
}
