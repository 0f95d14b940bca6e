//! The vetoes of an event before a write: by handlers, and because of failures.

use std::sync::Arc;

use crate::{metadata::SubscriberInfo, result::FailedCheck};

/// The vetoes so far.
#[derive(Clone, Default)]
pub(super) struct Vetoes {
    pub(super) reasons: Vec<String>,
    pub(super) failed: Vec<Arc<SubscriberInfo>>,
}

impl Vetoes {
    /// Adds the veto that a failure is.
    pub(super) fn add(&mut self, failed: FailedCheck) {
        self.reasons.push(failed.reason);
        self.failed.extend(failed.subscriber);
    }
}
