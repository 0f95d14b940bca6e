//! The vetoes of an event before a write: by handlers, and because of failures.

use crate::result::FailedCheck;

/// The vetoes so far: one pointer, since the event is in each error of an emit.
#[derive(Clone, Default)]
pub(super) struct Vetoes(Option<Box<List>>);

#[derive(Clone, Default)]
struct List {
    /// Those of handlers, then one for each of `failed`.
    reasons: Vec<String>,
    failed: Vec<FailedCheck>,
}

impl Vetoes {
    pub(super) fn add(&mut self, reason: String) {
        let list = self.0.get_or_insert_default();
        let index = list.reasons.len() - list.failed.len();
        list.reasons.insert(index, reason);
    }

    /// Adds the veto that a failure is.
    pub(super) fn add_failed(&mut self, failed: FailedCheck) {
        let list = self.0.get_or_insert_default();
        list.reasons.push(failed.reason.clone());
        list.failed.push(failed);
    }

    pub(super) fn reasons(&self) -> &[String] {
        self.0.as_ref().map_or(&[], |list| &list.reasons)
    }

    pub(super) fn failed(&self) -> &[FailedCheck] {
        self.0.as_ref().map_or(&[], |list| &list.failed)
    }
}
