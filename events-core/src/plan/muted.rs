//! The muted subscribers of a registry: they are in no plan until their last guard is dropped, and keep their place in the
//! order.

use std::collections::BTreeMap;

use super::{entry::SubscriberId, order::Order};

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

impl Order {
    /// Removes subscribers, and returns them, each with its place among all, of which those that run later come last. What
    /// had to wait for one of them waits for what that one had to wait for.
    pub(super) fn leave_out(
        &mut self,
        is_left_out: impl Fn(usize) -> bool,
        runs_later: impl Fn(usize) -> bool,
    ) -> Vec<(usize, usize)> {
        if !self.indices.iter().any(|index| is_left_out(*index)) {
            return Vec::new();
        }
        let mut in_phases = self.indices.clone();
        in_phases.sort_by_key(|index| runs_later(*index));
        let left_out = in_phases.into_iter().enumerate();
        let left_out: Vec<_> = left_out.filter(|(_, index)| is_left_out(*index)).collect();
        self.indices.retain(|index| !is_left_out(*index));
        for &(_, index) in &left_out {
            let of_it = |pair: &mut (usize, usize)| pair.0 == index || pair.1 == index;
            let (later, earlier): (Vec<_>, Vec<_>) = self
                .dependencies
                .extract_if(.., of_it)
                .partition(|(first, _)| *first == index);
            for (first, _) in earlier {
                let joined = later.iter().map(|(_, second)| (first, *second));
                self.dependencies.extend(joined);
            }
        }
        left_out
    }
}

#[cfg(test)]
mod tests {
    use super::Order;

    #[test]
    fn what_is_left_out_still_connects_the_others() {
        let check = |pairs: &[(usize, usize)], left_out: &[usize], expected: &[(usize, usize)]| {
            let mut order = Order {
                indices: (0..4).collect(),
                dependencies: pairs.to_vec(),
            };
            let removed = order.leave_out(|index| left_out.contains(&index), |_| false);
            let places: Vec<_> = left_out.iter().map(|index| (*index, *index)).collect();
            assert_eq!(removed, places);
            order.dependencies.sort_unstable();
            assert_eq!(
                order.dependencies, expected,
                "{pairs:?} without {left_out:?}"
            );
            assert_eq!(order.indices.len(), 4 - left_out.len());
        };
        check(&[(0, 1), (1, 2)], &[1], &[(0, 2)]);
        check(&[(0, 1), (1, 2), (2, 3)], &[1, 2], &[(0, 3)]);
        check(&[(0, 2), (1, 2), (2, 3)], &[2], &[(0, 3), (1, 3)]);
        check(&[(0, 1), (1, 2)], &[0], &[(1, 2)]);
        check(&[(0, 1), (2, 3)], &[1], &[(2, 3)]);
    }
}
