//! The dependencies among the background handlers of one plan: which handler is started only when another
//! is complete.
//!
//! The *number* of a handler is its index in the plan, where a handler stands behind those it depends on.

/// The dependencies among the background handlers of one plan.
pub(super) struct Dependencies {
    /// Pairs of numbers: the second handler is started when the first is complete. Sorted by the second.
    pairs: Box<[(usize, usize)]>,
}

impl Dependencies {
    pub(super) fn new(mut pairs: Vec<(usize, usize)>) -> Self {
        pairs.sort_unstable_by_key(|&(_, second)| second);
        Self {
            pairs: pairs.into(),
        }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The handlers that depend on one of these, directly or through others. Each handler is an index of
    /// the slice and of the result.
    pub(super) fn dependents(&self, of: &[bool]) -> Vec<bool> {
        let mut found = vec![false; of.len()];
        // All pairs that end at `first` come before those that start there.
        for &(first, second) in &self.pairs {
            found[second] |= of[first] || found[first];
        }
        found
    }

    /// Adds the handlers that dependencies among the `candidates` connect, in either direction, with one of
    /// these.
    pub(super) fn add_connected(&self, to: &mut [bool], candidates: &[bool]) {
        let mut is_changed = true;
        while is_changed {
            is_changed = false;
            for &(first, second) in self.pairs.iter().chain(self.pairs.iter().rev()) {
                if to[first] != to[second] && candidates[first] && candidates[second] {
                    (to[first], to[second]) = (true, true);
                    is_changed = true;
                }
            }
        }
    }
}
