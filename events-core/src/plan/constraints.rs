//! The constraints between the subscribers of an event, a topological sort of them, and the cycle that it reports.

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
    pub(super) fn cycles(mut self) -> Vec<Vec<usize>> {
        let mut cycles = Vec::new();
        loop {
            let sorted = self.sort_by(|_| ());
            if sorted.len() == self.successors.len() {
                return cycles;
            }
            let cycle = self.cycle(&sorted);
            for (at, &index) in cycle.iter().enumerate() {
                self.remove(index, cycle[(at + 1) % cycle.len()]);
            }
            cycles.push(cycle);
        }
    }

    /// Removes the constraints that the first runs before the second.
    fn remove(&mut self, first: usize, second: usize) {
        let successors = &mut self.successors[first];
        let before = successors.len();
        successors.retain(|successor| successor.index != second);
        self.predecessor_counts[second] -= before - successors.len();
    }

    /// A cycle among the subscribers that are not in `sorted`: each of them has a predecessor among them, so
    /// following predecessors leads back to a subscriber that was visited before.
    fn cycle(&self, sorted: &[usize]) -> Vec<usize> {
        let mut is_stuck = vec![true; self.successors.len()];
        sorted.iter().for_each(|&index| is_stuck[index] = false);
        let stuck = || (0..is_stuck.len()).filter(|&index| is_stuck[index]);
        let stuck_before = |index: usize| {
            stuck().find(|&earlier| {
                let mut successors = self.successors[earlier].iter();
                successors.any(|successor| successor.index == index)
            })
        };
        let mut path: Vec<usize> = stuck().next().into_iter().collect();
        while let Some(earlier) = path.last().copied().and_then(stuck_before) {
            if let Some(start) = path.iter().position(|&visited| visited == earlier) {
                path.drain(..start);
                break;
            }
            path.push(earlier);
        }
        path.reverse();
        // A cycle always starts with the same member: the one with the lowest index.
        let first = (0..path.len()).min_by_key(|&at| path[at]).unwrap_or(0);
        path.rotate_left(first);
        path
    }
}
