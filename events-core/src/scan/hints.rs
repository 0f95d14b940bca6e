//! What a scan reports about registered subscribers although it may be intended.

use std::collections::BTreeSet;

use super::{declarations::Declaration, uncopied::uncopied_events, unmatched::UnmatchedPattern};
use crate::primitives::catch_record;

/// Texts about registered subscribers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hints {
    /// The patterns that match no linked event.
    pub(super) unmatched: Vec<String>,
    /// The subscribers of a pattern that run later, with the linked events that cannot be copied for them.
    pub(super) uncopied: Vec<String>,
}

impl Hints {
    /// Those about the registered subscribers. The scan that registers a subscriber logs them; later scans only report
    /// them. `registered_now` has the addresses of the subscribers that this scan registers.
    pub(super) fn of<'d>(
        registered: impl Iterator<Item = &'d Declaration>,
        registered_now: &BTreeSet<u64>,
    ) -> Self {
        let mut hints = Self::default();
        for declaration in registered {
            let is_new = registered_now.contains(&declaration.subscriber.address());
            let warn = |text: &str| {
                if is_new {
                    catch_record(|| tracing::warn!(target: "events_core", "{text}"));
                }
            };
            if let Some(pattern) = UnmatchedPattern::of(declaration) {
                if pattern.has_suggestion {
                    warn(&pattern.text);
                }
                hints.unmatched.push(pattern.text);
            }
            if let Some(text) = uncopied_events(declaration) {
                warn(&text);
                hints.uncopied.push(text);
            }
        }
        hints
    }
}
