//! The values that integrations attach to what lives longer than an emission.

use std::sync::{Arc, Mutex};

use super::by_type::ValuesByType;
use crate::primitives::sync::lock;

/// Values by type, which can be added at any time.
#[derive(Default)]
pub(crate) struct AttachedValues(Mutex<ValuesByType>);

impl AttachedValues {
    /// Adds a value, or replaces that of the same type.
    pub(crate) fn attach<T: Send + Sync + 'static>(&self, value: Arc<T>) {
        let mut added = ValuesByType::new();
        added.insert(value);
        let replaced = lock(&self.0).extend(added);
        drop(replaced);
    }

    pub(crate) fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        lock(&self.0).get()
    }
}
