//! The dependencies among the background handlers of one plan: which handler is started only when another
//! is complete.
//!
//! The *number* of a handler is its index in the plan, where a handler stands behind those it depends on.

/// The dependencies among the background handlers of one plan.
pub(in crate::background) struct Dependencies {
    /// Pairs of numbers: the second handler is started when the first is complete. Sorted by the second.
    pairs: Box<[(usize, usize)]>,
}

impl Dependencies {
    pub(in crate::background) fn new(mut pairs: Vec<(usize, usize)>) -> Self {
        pairs.sort_unstable_by_key(|&(_, second)| second);
        Self {
            pairs: pairs.into(),
        }
    }

    #[inline]
    pub(in crate::background) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The handlers that depend on one of these, directly or through others. Each handler is an index of
    /// the slice and of the result.
    pub(in crate::background) fn dependents(&self, of: &[bool]) -> Vec<bool> {
        let mut walk = self.walk(of.len());
        let is_dependent = |(number, is_one): (usize, &bool)| {
            let depends = walk.depends(number);
            walk.set_incomplete(number, *is_one);
            depends
        };
        of.iter().enumerate().map(is_dependent).collect()
    }

    /// A walk along the handlers, of which there are so many.
    pub(in crate::background) fn walk(&self, handlers: usize) -> Walk<'_> {
        Walk {
            pairs: &self.pairs,
            blocks: vec![false; handlers],
        }
    }

    /// Adds the handlers that dependencies among the `candidates` connect, in either direction, with one of
    /// these.
    pub(in crate::background) fn add_connected(&self, to: &mut [bool], candidates: &[bool]) {
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

/// A walk along the handlers in their order. For each it finds whether the handler depends on an incomplete one,
/// directly or through others.
pub(in crate::background) struct Walk<'d> {
    /// The pairs that end at a handler which was not visited yet.
    pairs: &'d [(usize, usize)],
    /// Which of the visited handlers are incomplete or depend on an incomplete one.
    blocks: Vec<bool>,
}

impl Walk<'_> {
    /// Whether the next handler depends on an incomplete one.
    pub(in crate::background) fn depends(&mut self, number: usize) -> bool {
        let of_others = self.pairs.iter().position(|&(_, second)| second > number);
        let (pairs, rest) = self.pairs.split_at(of_others.unwrap_or(self.pairs.len()));
        self.pairs = rest;
        let depends = pairs.iter().any(|&(first, _)| self.blocks[first]);
        self.blocks[number] = depends;
        depends
    }

    /// Records whether the handler that was visited last is incomplete.
    pub(in crate::background) fn set_incomplete(&mut self, number: usize, is_incomplete: bool) {
        self.blocks[number] |= is_incomplete;
    }
}
