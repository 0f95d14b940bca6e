//! The vetoes of an event before a write: by handlers, and because of failures.

use std::sync::Arc;

use crate::{metadata::SubscriberInfo, result::FailedCheck};

/// The vetoes so far: one pointer, since the event is in each error of an emit.
#[derive(Clone, Default)]
pub(super) struct Vetoes(Option<Box<List>>);

#[derive(Clone, Default)]
struct List {
    reasons: Vec<String>,
    failed: Vec<Arc<SubscriberInfo>>,
}

impl Vetoes {
    pub(super) fn add(&mut self, reason: String) {
        self.0.get_or_insert_default().reasons.push(reason);
    }

    /// Adds the veto that a failure is.
    pub(super) fn add_failed(&mut self, failed: FailedCheck) {
        let list = self.0.get_or_insert_default();
        list.reasons.push(failed.reason);
        list.failed.extend(failed.subscriber);
    }

    pub(super) fn reasons(&self) -> &[String] {
        self.0.as_ref().map_or(&[], |list| &list.reasons)
    }

    pub(super) fn failed(&self) -> &[Arc<SubscriberInfo>] {
        self.0.as_ref().map_or(&[], |list| &list.failed)
    }
}
