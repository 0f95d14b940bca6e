//! The order of subscribers: `before` and `after` always hold, and where they leave a choice, rank
//! decides. A pure function of its input: the same in every build, on every linker.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use crate::metadata::{Key, Location, SubscriberInfo};

/// Where a subscriber stands when no constraint speaks; lower runs earlier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    priority: Reverse<i32>,
    place: Tiebreak,
}

/// What decides between equal priorities.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tiebreak {
    /// Declared with an attribute: by its place in the source.
    Declared {
        module: &'static str,
        location: Location,
        name: &'static str,
    },
    /// Subscribed at run time: after the declared ones, by order of registration.
    Subscribed(u64),
}

impl Rank {
    pub(crate) fn declared(
        priority: i32,
        module: &'static str,
        location: Location,
        name: &'static str,
    ) -> Self {
        Self {
            priority: Reverse(priority),
            place: Tiebreak::Declared {
                module,
                location,
                name,
            },
        }
    }

    pub(crate) fn subscribed(priority: i32, number: u64) -> Self {
        Self {
            priority: Reverse(priority),
            place: Tiebreak::Subscribed(number),
        }
    }
}

/// When a subscriber's turn is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// In the chain, one after the other.
    Sync,
    /// When the chain is through, for an emitter who waits.
    Async,
    /// When the chain is through, out of the queue.
    Deferred,
}

impl Phase {
    pub(crate) fn of(subscriber: &SubscriberInfo) -> Self {
        match (subscriber.deferred, subscriber.asynchronous) {
            (true, _) => Self::Deferred,
            (false, true) => Self::Async,
            (false, false) => Self::Sync,
        }
    }
}

/// Why subscribers cannot be ordered, by their indices.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum OrderConflict {
    /// Each must run before the next, and the last before the first.
    Cycle(Vec<usize>),
    /// The first must run before the second, and its turn is later.
    Unawaited([usize; 2]),
}

/// Subscribers in their order, by their indices.
#[derive(Debug, Default)]
pub(crate) struct Order {
    pub(crate) indices: Vec<usize>,
    /// Of those that run beside others, who begins when whom has ended: the first before the second.
    pub(crate) dependencies: Vec<(usize, usize)>,
}

/// What sorting needs to know of one subscriber.
#[derive(Clone, Debug)]
pub(crate) struct Position {
    pub(crate) turn: Phase,
    pub(crate) rank: Rank,
    /// What others may call it: the key of its function, its id.
    pub(crate) names: Vec<Key>,
    pub(crate) before: Vec<Key>,
    pub(crate) after: Vec<Key>,
}

/// The indices of `positions` in running order.
///
/// Takes O((n + c) log n) for n subscribers and c constraints. A target that is not here binds
/// nothing.
pub(crate) fn sort(positions: &[&Position]) -> Result<Order, OrderConflict> {
    let is_free = |position: &&Position| position.before.is_empty() && position.after.is_empty();
    if positions.iter().all(is_free) {
        let mut indices: Vec<_> = (0..positions.len()).collect();
        indices.sort_by_key(|&index| &positions[index].rank);
        return Ok(Order {
            indices,
            dependencies: Vec::new(),
        });
    }
    let mut named: HashMap<&Key, Vec<usize>> = HashMap::new();
    for (index, position) in positions.iter().enumerate() {
        for name in &position.names {
            named.entry(name).or_default().push(index);
        }
    }
    let targets = |key| named.get(key).into_iter().flatten().copied();

    let mut dependencies = Vec::new();
    let mut followers = vec![Vec::new(); positions.len()];
    let mut waits_for = vec![0_usize; positions.len()];
    for (index, position) in positions.iter().enumerate() {
        let earlier = position
            .after
            .iter()
            .flat_map(targets)
            .map(|target| (target, index));
        let later = position
            .before
            .iter()
            .flat_map(targets)
            .map(|target| (index, target));
        for (first, second) in earlier.chain(later) {
            if positions[first].turn > positions[second].turn {
                return Err(OrderConflict::Unawaited([first, second]));
            }
            if positions[first].turn != Phase::Sync {
                dependencies.push((first, second));
            }
            followers[first].push(second);
            waits_for[second] += 1;
        }
    }

    let ready = |index: usize| Reverse((&positions[index].rank, index));
    let mut free: BinaryHeap<_> = (0..positions.len())
        .filter(|&index| waits_for[index] == 0)
        .map(ready)
        .collect();
    let mut indices = Vec::with_capacity(positions.len());
    while let Some(Reverse((_, index))) = free.pop() {
        indices.push(index);
        for &follower in &followers[index] {
            waits_for[follower] -= 1;
            if waits_for[follower] == 0 {
                free.push(ready(follower));
            }
        }
    }
    if indices.len() == positions.len() {
        Ok(Order {
            indices,
            dependencies,
        })
    } else {
        Err(OrderConflict::Cycle(cycle(&followers, &waits_for)))
    }
}

/// A cycle among those that still wait: each of them waits for another of them, so going back from
/// one to the next must come round.
fn cycle(followers: &[Vec<usize>], waits_for: &[usize]) -> Vec<usize> {
    let stuck = |index: &usize| waits_for[*index] > 0;
    let stuck_before = |index: usize| {
        (0..followers.len())
            .filter(stuck)
            .find(|&earlier| followers[earlier].contains(&index))
    };
    let mut path: Vec<usize> = (0..followers.len())
        .find(|index| stuck(index))
        .into_iter()
        .collect();
    while let Some(earlier) = path.last().copied().and_then(stuck_before) {
        if let Some(start) = path.iter().position(|&seen| seen == earlier) {
            path.drain(..start);
            break;
        }
        path.push(earlier);
    }
    path.reverse();
    // The same circle is always told from the same member on.
    let first = (0..path.len()).min_by_key(|&at| path[at]).unwrap_or(0);
    path.rotate_left(first);
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Subscribers in one line: `name priority <before >after @turn`, separated by commas.
    fn check(input: &'static str, expected: Result<&str, &str>) {
        let words: Vec<Vec<&'static str>> = input
            .split(',')
            .map(|item| item.split_whitespace().collect())
            .collect();
        let keys = |words: &[&'static str], sign: char| {
            words
                .iter()
                .filter_map(|word| word.strip_prefix(sign))
                .map(Key::from)
                .collect()
        };
        let positions: Vec<Position> = (0..)
            .zip(&words)
            .map(|(number, words)| Position {
                turn: match words.iter().find_map(|word| word.strip_prefix('@')) {
                    None => Phase::Sync,
                    Some("deferred") => Phase::Deferred,
                    Some(_) => Phase::Async,
                },
                rank: Rank::subscribed(words[1].parse().expect("a priority"), number),
                names: vec![words[0].into()],
                before: keys(words, '<'),
                after: keys(words, '>'),
            })
            .collect();
        let names = |indices: Vec<usize>| {
            indices
                .iter()
                .map(|&index| words[index][0])
                .collect::<Vec<_>>()
                .join(" ")
        };
        let actual = sort(&positions.iter().collect::<Vec<_>>())
            .map(|order| names(order.indices))
            .map_err(|conflict| match conflict {
                OrderConflict::Cycle(cycle) => names(cycle),
                OrderConflict::Unawaited(pair) => format!("unawaited {}", names(pair.into())),
            });
        assert_eq!(
            actual.as_deref().map_err(String::as_str),
            expected,
            "{input}"
        );
    }

    #[test]
    fn equal_priorities_keep_the_order_of_registration() {
        check("a 0, b 0, c 0", Ok("a b c"));
    }

    #[test]
    fn high_priority_runs_first() {
        check("a -1, b 0, c 7", Ok("c b a"));
    }

    #[test]
    fn before_and_after_outweigh_priority() {
        check("a 9 >b, b 0", Ok("b a"));
        check("a 9, b 0 <a", Ok("b a"));
        check("a 9 >c, b 5, c 0", Ok("b c a"));
    }

    #[test]
    fn a_target_that_is_not_here_binds_nothing() {
        check("a 0 >nobody, b 1", Ok("b a"));
    }

    #[test]
    fn a_cycle_is_told_by_its_members_only() {
        check("a 0 >c, b 0 >a, c 0 >b, d 0, e 0 >a", Err("a b c"));
        check("a 0 >a", Err("a"));
    }

    #[test]
    fn nobody_waits_for_a_subscriber_that_runs_later() {
        check("a 0 >b, b 0 @async", Err("unawaited b a"));
        check("a 0 >b, b 0 @deferred", Err("unawaited b a"));
        check("a 0 @async >b, b 0 @deferred", Err("unawaited b a"));
        check("a 0 @async >b, b 0", Ok("b a"));
        check("a 0 @async >b, b 0 @async", Ok("b a"));
        check("a 0 @deferred >b, b 0 @async", Ok("b a"));
        check("a 0 @deferred >b, b 0 @deferred", Ok("b a"));
    }

    #[test]
    fn declared_subscribers_sort_by_place_and_stand_before_run_time_ones() {
        let at = |module, line, column| {
            Rank::declared(0, module, Location::new("src/lib.rs", line, column), "f")
        };
        let expected = [at("a", 9, 9), at("b", 1, 5), at("b", 1, 6), at("b", 2, 1)];
        let mut ranks = vec![Rank::subscribed(0, 0)];
        ranks.extend(expected.iter().rev().cloned());
        ranks.sort();
        assert_eq!(ranks[..4], expected);
        assert_eq!(ranks[4], Rank::subscribed(0, 0));
    }
}
