//! The order rule, in its simplest form: of the subscribers that need not wait for another, the one with
//! the lowest rank is next. One that is `before` another has at least the rank of that. Without data structures.

use crate::program::{Name, Phase};

/// Where a subscriber stands among those that no constraint orders: the lowest is first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    /// High priority first.
    pub(super) priority: std::cmp::Reverse<i32>,
    /// Declared subscribers before those of the run time.
    pub(super) at_run_time: bool,
    /// By place in the source, or by order of registration.
    pub(super) number: usize,
}

/// One subscriber, as far as the order is concerned.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) rank: Rank,
    pub(super) phase: Phase,
    pub(super) names: Vec<Name>,
    pub(super) before: Vec<Name>,
    pub(super) after: Vec<Name>,
}

/// Whether the first must run before the second.
pub(super) fn precedes(first: &Placed, second: &Placed) -> bool {
    let names = |names: &[Name], of: &Placed| names.iter().any(|name| of.names.contains(name));
    names(&second.after, first) || names(&first.before, second)
}

/// The rank of the first target of its `before`, and of what else must not run before those that have one.
fn inherited<'a>(one: &Placed, all: &'a [Placed]) -> Option<&'a Rank> {
    let names = |names: &[Name], of: &Placed| names.iter().any(|name| of.names.contains(name));
    let rank_after = |later: &'a Placed| {
        let is_target = names(&one.before, later);
        let own = is_target.then_some(&later.rank);
        let is_later = is_target || names(&later.after, one);
        let further = is_later.then(|| inherited(later, all)).flatten();
        own.into_iter().chain(further).min()
    };
    all.iter().filter_map(rank_after).min()
}

/// The indices of `all` in running order; `None` when no order satisfies all constraints.
///
/// This is the whole rule. Whatever the rule is to be, only this function states it.
pub(super) fn sort(all: &[Placed]) -> Option<Vec<usize>> {
    for first in all {
        for second in all {
            if precedes(first, second) && first.phase > second.phase {
                return None;
            }
        }
    }
    // Without the inherited ranks it shows whether there is an order at all.
    sort_by(all, |one| &one.rank)?;
    sort_by(all, |one| {
        let rank = inherited(one, all).map_or(&one.rank, |rank| rank.min(&one.rank));
        (rank, &one.rank)
    })
}

fn sort_by<'a, R: Ord>(all: &'a [Placed], rank: impl Fn(&'a Placed) -> R) -> Option<Vec<usize>> {
    let mut rest: Vec<usize> = (0..all.len()).collect();
    let mut sorted = Vec::new();
    while !rest.is_empty() {
        let is_free = |index: &&usize| {
            !rest
                .iter()
                .any(|other| precedes(&all[*other], &all[**index]))
        };
        let next = rest
            .iter()
            .filter(is_free)
            .min_by_key(|index| rank(&all[**index]));
        let next = *next?;
        rest.retain(|index| *index != next);
        sorted.push(next);
    }
    Some(sorted)
}
