//! The constraints between the subscribers of an event, a topological sort of them, and their cycles.

use std::{cmp::Reverse, collections::BinaryHeap};

/// Which subscribers must run before which.
pub(super) struct Constraints {
    /// By index of the earlier one.
    pub(super) successors: Vec<Vec<Successor>>,
    predecessor_counts: Vec<usize>,
}

/// One that must run later.
pub(super) struct Successor {
    pub(super) index: usize,
    /// Whether it is the target of a `before`; else the earlier one is the target of its `after`.
    pub(super) is_before: bool,
}

impl Constraints {
    pub(super) fn new(subscribers: usize) -> Self {
        Self {
            successors: (0..subscribers).map(|_| Vec::new()).collect(),
            predecessor_counts: vec![0; subscribers],
        }
    }

    pub(super) fn add(&mut self, first: usize, second: usize, is_before: bool) {
        self.successors[first].push(Successor {
            index: second,
            is_before,
        });
        self.predecessor_counts[second] += 1;
    }

    /// The subscribers in an order that satisfies the constraints: of those whose predecessors are in it already,
    /// the one with the lowest rank is next. Without those that are on a cycle or have a predecessor on one.
    pub(super) fn sort_by<R: Ord>(&self, rank: impl Fn(usize) -> R) -> Vec<usize> {
        let mut predecessor_counts = self.predecessor_counts.clone();
        let by_rank = |index: usize| Reverse((rank(index), index));
        let mut ready: BinaryHeap<_> = (0..self.successors.len())
            .filter(|&index| predecessor_counts[index] == 0)
            .map(by_rank)
            .collect();
        let mut indices = Vec::with_capacity(self.successors.len());
        while let Some(Reverse((_, index))) = ready.pop() {
            indices.push(index);
            for successor in &self.successors[index] {
                predecessor_counts[successor.index] -= 1;
                if predecessor_counts[successor.index] == 0 {
                    ready.push(by_rank(successor.index));
                }
            }
        }
        indices
    }

    /// Cycles of which no two have a constraint in common; every other cycle has one in common with one of these.
    /// Each starts with its member of lowest rank, so the same constraints lead to the same cycles, in whichever order
    /// the subscribers are.
    ///
    /// This is a depth-first search that follows each constraint once. A subscriber that leaves the path has no
    /// constraint left, except those of cycles that were found and those to subscribers that have left it before.
    pub(super) fn cycles<R: Ord>(self, rank: impl Fn(usize) -> R) -> Vec<Vec<usize>> {
        let by_rank = |&index: &usize| (rank(index), index);
        let remaining = self.successors.into_iter().map(|successors| {
            let mut indices: Vec<_> = successors.iter().map(|successor| successor.index).collect();
            indices.sort_by_key(|index| Reverse(by_rank(index)));
            indices.dedup();
            indices
        });
        let mut remaining: Vec<Vec<usize>> = remaining.collect();
        let mut starts: Vec<usize> = (0..remaining.len()).collect();
        starts.sort_by_key(by_rank);

        let mut cycles = Vec::new();
        let mut path: Vec<usize> = Vec::new();
        let mut places: Vec<Option<usize>> = vec![None; remaining.len()];
        for start in starts {
            let mut next = Some(start);
            loop {
                if let Some(index) = next {
                    places[index] = Some(path.len());
                    path.push(index);
                }
                let Some(&last) = path.last() else {
                    break;
                };
                next = remaining[last].pop();
                let Some(index) = next else {
                    places[last] = None;
                    path.pop();
                    continue;
                };
                if let Some(place) = places[index] {
                    let mut cycle = path[place..].to_vec();
                    for index in path.drain(place + 1..) {
                        places[index] = None;
                    }
                    let lowest = (0..cycle.len()).min_by_key(|&at| by_rank(&cycle[at]));
                    cycle.rotate_left(lowest.unwrap_or(0));
                    cycles.push(cycle);
                    next = None;
                }
            }
        }
        cycles
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn of(subscribers: usize, pairs: impl IntoIterator<Item = (usize, usize)>) -> Constraints {
        let mut constraints = Constraints::new(subscribers);
        for (first, second) in pairs {
            constraints.add(first, second, false);
        }
        constraints
    }

    /// The constraints of a cycle.
    fn pairs(cycle: &[usize]) -> impl Iterator<Item = (usize, usize)> {
        let next = cycle.iter().cycle().skip(1);
        cycle.iter().copied().zip(next.copied())
    }

    #[test]
    fn cycles_share_no_constraint_and_leave_no_cycle() {
        let mut random = 1_u64;
        let mut below = |limit: usize| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            usize::try_from(random >> 40).expect("24 bits") % limit
        };
        for subscribers in 1..200 {
            let count = below(4 * subscribers);
            let mut all: BTreeSet<_> = (0..count)
                .map(|_| (below(subscribers), below(subscribers)))
                .collect();
            let cycles = of(subscribers, all.iter().copied()).cycles(|index| index);
            for pair in cycles.iter().flat_map(|cycle| pairs(cycle)) {
                assert!(all.remove(&pair), "{pair:?} in {cycles:?}");
            }
            let sorted = of(subscribers, all).sort_by(|index| index);
            assert_eq!(
                sorted.len(),
                subscribers,
                "a cycle is left beside {cycles:?}"
            );
        }
    }

    /// A search that begins anew after each cycle would take minutes.
    #[test]
    fn many_cycles_are_found_in_one_search() {
        // Groups in which each subscriber runs before each other, and the number of cycles.
        for (groups, members, expected) in [(50_000, 2, 50_000), (1, 500, 124_750)] {
            let starts = (0..groups).map(|group| group * members);
            let pairs = starts.flat_map(|start| {
                let group = start..start + members;
                let seconds = group.clone();
                let all = group.flat_map(move |one| seconds.clone().map(move |other| (one, other)));
                all.filter(|(one, other)| one != other)
            });
            let cycles = of(groups * members, pairs).cycles(|index| index);
            assert_eq!(cycles.len(), expected, "{groups} groups of {members}");
        }
        let ring = of(
            50_000,
            (0..50_000).map(|index| (index, (index + 1) % 50_000)),
        );
        assert_eq!(ring.cycles(|index| index).len(), 1);
    }
}
