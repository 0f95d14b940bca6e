//! The order of subscribers: `before` and `after` always hold, and where they leave a choice, the rank
//! decides. Receivers (`next` and `stream`) run behind all of them: see [`Position::receiver`].
//!
//! A subscriber with a `before` is moved by it, not its target: it has at least the rank of the target, and so
//! has what must run before it. Else the target would run behind others of lower priority. An `after` moves the
//! subscriber that has it without this: that one runs later.
//!
//! The order is a pure function of the input: it is the same in every build and with every linker.

use std::{cmp::Reverse, collections::HashMap};

use super::{
    constraints::Constraints,
    phases::{Phase, may_precede},
};
use crate::metadata::{Key, Location, OrderTarget, UnitPhase};

/// The rank of a subscriber, which decides where no constraint applies; lower ranks run earlier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// A subscriber with a priority.
    Ordered {
        priority: Reverse<i32>,
        tiebreak: Tiebreak,
    },
    /// A receiver: behind every priority, in order of registration.
    Receiver(u64),
}

/// Decides between equal priorities.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tiebreak {
    /// Declared with an attribute: ordered by module and location in the source.
    Declared {
        module: &'static str,
        location: Location,
        name: &'static str,
    },
    /// Subscribed at run time: after the declared ones, in order of registration.
    Subscribed(u64),
}

impl Rank {
    pub(crate) fn declared(
        priority: i32,
        module: &'static str,
        location: Location,
        name: &'static str,
    ) -> Self {
        Self::Ordered {
            priority: Reverse(priority),
            tiebreak: Tiebreak::Declared {
                module,
                location,
                name,
            },
        }
    }

    pub(crate) fn subscribed(priority: i32, number: u64) -> Self {
        Self::Ordered {
            priority: Reverse(priority),
            tiebreak: Tiebreak::Subscribed(number),
        }
    }

    /// The rank of the same run-time subscriber if it is registered with this number.
    pub(crate) fn with_number(&self, number: u64) -> Self {
        match self {
            Self::Ordered { priority, .. } => Self::subscribed(priority.0, number),
            Self::Receiver(_) => Self::Receiver(number),
        }
    }
}

/// Why subscribers cannot be ordered. Subscribers are given by index.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum OrderConflict {
    /// Each must run before the next, and the last before the first.
    Cycle(Vec<usize>),
    /// The first must run before the second, but its phase comes later.
    Unawaited([usize; 2]),
    /// The first must run before the second, but in a unit of work its phase comes later, or never comes with the other.
    Divided([usize; 2]),
}

/// Subscribers in running order. Subscribers are given by index.
#[derive(Debug, Default)]
pub(crate) struct Order {
    pub(crate) indices: Vec<usize>,
    /// Pairs of background subscribers: the second starts when the first has ended.
    pub(crate) dependencies: Vec<(usize, usize)>,
}

/// What determines the position of one subscriber in the order.
#[derive(Clone, Debug)]
pub(crate) struct Position {
    pub(crate) phase: Phase,
    /// The phase in a unit of work; `None` if the event type determines it.
    pub(crate) unit_phase: Option<UnitPhase>,
    pub(crate) rank: Rank,
    /// The names by which `before` and `after` of other subscribers refer to it: the key of its
    /// function, the path of a declared one as text, its id.
    pub(crate) names: Vec<Key>,
    pub(crate) before: Vec<OrderTarget>,
    pub(crate) after: Vec<OrderTarget>,
}

impl Position {
    /// The position of a receiver: last in the chain.
    ///
    /// No subscriber can be ordered behind it: every other rank is lower, and without a name it is no
    /// target of `after`. Without `before` and `after` it does not run ahead of a constraint, either:
    /// as long as other subscribers are left, one of them has all its predecessors behind it.
    pub(crate) fn receiver(number: u64) -> Self {
        Self {
            phase: Phase::Sync,
            unit_phase: None,
            rank: Rank::Receiver(number),
            names: Vec::new(),
            before: Vec::new(),
            after: Vec::new(),
        }
    }
}

/// The indices of `positions` in running order.
///
/// Takes O((n + c) log n) for n subscribers and c constraints. A target of `before` or `after` that no
/// subscriber has as a name is ignored. The error has each conflict: those of phases, then the cycles. `of_event` is the
/// phase of a unit in which the subscribers run that have none; `None` if there may be events of both kinds.
pub(crate) fn sort(
    positions: &[&Position],
    of_event: Option<UnitPhase>,
) -> Result<Order, Vec<OrderConflict>> {
    let is_free = |position: &&Position| position.before.is_empty() && position.after.is_empty();
    if positions.iter().all(is_free) {
        let mut indices: Vec<_> = (0..positions.len()).collect();
        // Those that are subscribed one after the other with one priority are sorted already.
        if !positions.is_sorted_by_key(|position| &position.rank) {
            indices.sort_by_key(|&index| &positions[index].rank);
        }
        return Ok(Order {
            indices,
            dependencies: Vec::new(),
        });
    }
    let mut by_name: HashMap<&Key, Vec<usize>> = HashMap::new();
    for (index, position) in positions.iter().enumerate() {
        for name in &position.names {
            by_name.entry(name).or_default().push(index);
        }
    }
    let targets = |target: &OrderTarget| by_name.get(&target.key).into_iter().flatten().copied();

    let mut conflicts = Vec::new();
    let mut dependencies = Vec::new();
    let mut constraints = Constraints::new(positions.len());
    for (index, position) in positions.iter().enumerate() {
        let earlier = position
            .after
            .iter()
            .flat_map(targets)
            .map(|target| (target, index, false));
        let later = position
            .before
            .iter()
            .flat_map(targets)
            .map(|target| (index, target, true));
        for (first, second, is_before) in earlier.chain(later) {
            let unit_phase = |index: usize| positions[index].unit_phase;
            if positions[first].phase > positions[second].phase {
                conflicts.push(OrderConflict::Unawaited([first, second]));
            } else if !may_precede(unit_phase(first), unit_phase(second), of_event) {
                conflicts.push(OrderConflict::Divided([first, second]));
            }
            if positions[first].phase != Phase::Sync {
                dependencies.push((first, second));
            }
            constraints.add(first, second, is_before);
        }
    }

    let rank = |index: usize| &positions[index].rank;
    let any_order = constraints.sort_by(rank);
    if any_order.len() < positions.len() {
        conflicts.extend(
            constraints
                .cycles(rank)
                .into_iter()
                .map(OrderConflict::Cycle),
        );
        return Err(conflicts);
    }
    if !conflicts.is_empty() {
        return Err(conflicts);
    }
    let mut inherited: Vec<Option<&Rank>> = vec![None; positions.len()];
    for &index in any_order.iter().rev() {
        let ranks = constraints.successors[index].iter().map(|successor| {
            let own = successor.is_before.then(|| rank(successor.index));
            own.into_iter().chain(inherited[successor.index]).min()
        });
        inherited[index] = ranks.flatten().min();
    }
    let indices = constraints.sort_by(|index| {
        let own = rank(index);
        (inherited[index].map_or(own, |rank| rank.min(own)), own)
    });
    Ok(Order {
        indices,
        dependencies,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Subscribers in one line: `name priority <before >after @phase`, separated by commas. A receiver
    /// has the word `receiver` instead of a priority.
    fn check(input: &'static str, expected: Result<&str, &str>) {
        let words: Vec<Vec<&'static str>> = input
            .split(',')
            .map(|item| item.split_whitespace().collect())
            .collect();
        let keys = |words: &[&'static str], sign: char| {
            words
                .iter()
                .filter_map(|word| word.strip_prefix(sign))
                .map(|word| OrderTarget::required(Key::from(word)))
                .collect()
        };
        let positions: Vec<Position> = (0..)
            .zip(&words)
            .map(|(number, words)| match words[1].parse() {
                Err(_) => Position::receiver(number),
                Ok(priority) => Position {
                    unit_phase: words.contains(&"@commit").then_some(UnitPhase::AfterCommit),
                    phase: match words.iter().find_map(|word| word.strip_prefix('@')) {
                        None | Some("commit") => Phase::Sync,
                        Some("deferred") => Phase::Deferred(Duration::ZERO),
                        Some("delayed") => Phase::Deferred(Duration::from_secs(1)),
                        Some(_) => Phase::Async,
                    },
                    rank: Rank::subscribed(priority, number),
                    names: vec![words[0].into()],
                    before: keys(words, '<'),
                    after: keys(words, '>'),
                },
            })
            .collect();
        let names = |indices: Vec<usize>| {
            indices
                .iter()
                .map(|&index| words[index][0])
                .collect::<Vec<_>>()
                .join(" ")
        };
        let actual = sort(
            &positions.iter().collect::<Vec<_>>(),
            Some(UnitPhase::AtOnce),
        )
        .map(|order| names(order.indices))
        .map_err(|conflicts| {
            let text = |conflict| match conflict {
                OrderConflict::Cycle(cycle) => names(cycle),
                OrderConflict::Unawaited(pair) => format!("unawaited {}", names(pair.into())),
                OrderConflict::Divided(pair) => format!("divided {}", names(pair.into())),
            };
            conflicts
                .into_iter()
                .map(text)
                .collect::<Vec<_>>()
                .join(", ")
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
    fn a_subscriber_before_another_has_at_least_its_rank() {
        check("auth 100, charge 0, log 0 <auth", Ok("log auth charge"));
        check("a 0, b 0, c 0 <a", Ok("c a b"));
        check("a 9, b 5, c 0 <b, d 0", Ok("a c b d"));
        check("a 9, b 0 <a, c 1 <a, d 5 <b", Ok("d c b a"));
        check("a 9, b 5, c 0 <d, d 0 <a", Ok("c d a b"));
        check("a 0 <b, b 9, c 0 <b", Ok("a c b"));
        check("a 9, b 5 @async, c 0 <b", Ok("a c b"));
    }

    /// Its own priority moves the one that has the constraint, not its target.
    #[test]
    fn a_subscriber_after_another_does_not_move_it() {
        check("auth 100, charge 0, log 200 >charge", Ok("auth charge log"));
        check("a 9, b 5, c 0, d 9 >c", Ok("a b c d"));
        check("a 0, b 0, c 0 >a", Ok("a b c"));
    }

    /// What must run before that subscriber, through whichever constraint, is moved as well: else the target would
    /// run behind others of lower priority.
    #[test]
    fn the_predecessors_of_a_subscriber_before_another_have_its_rank() {
        check(
            "auth 100, charge 0, prepare 0, log 0 <auth >prepare",
            Ok("prepare log auth charge"),
        );
        check("a 9, b 5, c 0, d 0 >c, e 0 <a >d", Ok("c d e a b"));
    }

    #[test]
    fn receivers_run_last() {
        check("r receiver, a -2147483648, b 0", Ok("b a r"));
        check("r receiver, s receiver, a -2147483648", Ok("a r s"));
        check("r receiver, a -2147483648, b 9 >a", Ok("a b r"));
        check("r receiver, a 0 >b, b 0 >c, c -2147483648", Ok("c b a r"));
        check("r receiver, a -2147483648, b 0 >r, c 0 <r", Ok("b c a r"));
    }

    #[test]
    fn an_unknown_target_is_ignored() {
        check("a 0 >missing, b 1", Ok("b a"));
    }

    #[test]
    fn a_reported_cycle_contains_its_members_only() {
        check("a 0 >c, b 0 >a, c 0 >b, d 0, e 0 >a", Err("a b c"));
        check("a 0 >a", Err("a"));
    }

    /// The order of registration may differ between events, where a pattern was registered earlier for one of them.
    #[test]
    fn a_cycle_is_the_same_for_each_order_of_registration() {
        check("a 9 >b, b 0 >a", Err("a b"));
        check("b 0 >a, a 9 >b", Err("a b"));
        check("c 0 >b, b 1 >a >c, a 2 >b", Err("a b, b c"));
    }

    #[test]
    fn every_conflict_is_reported() {
        check("a 0 >b, b 0 >a, c 0 >d, d 0 >c", Err("a b, c d"));
        check("a 0 >b, b 0 >a >c, c 0 >b", Err("a b, b c"));
        check("a 0 <b >b, b 0 <a >a", Err("a b"));
        check("a 0 >a, b 0 >a", Err("a"));
        check(
            "a 0 >b, b 0 @async, c 0 >b, d 0 >e, e 0 >d",
            Err("unawaited b a, unawaited b c, d e"),
        );
        check("a 0 >b, b 0 @async >a", Err("unawaited b a, a b"));
    }

    #[test]
    fn a_subscriber_cannot_run_after_one_of_a_later_phase() {
        check("a 0 >b, b 0 @async", Err("unawaited b a"));
        check("a 0 >b, b 0 @deferred", Err("unawaited b a"));
        check("a 0 @async >b, b 0 @deferred", Err("unawaited b a"));
        check("a 0 @async >b, b 0", Ok("b a"));
        check("a 0 @async >b, b 0 @async", Ok("b a"));
        check("a 0 @deferred >b, b 0 @async", Ok("b a"));
        check("a 0 @deferred >b, b 0 @deferred", Ok("b a"));
        check("a 0 >b, b 0 @commit", Err("divided b a"));
        check("a 0 @commit >b, b 0", Ok("b a"));
    }

    #[test]
    fn declared_subscribers_sort_by_location_and_run_before_run_time_ones() {
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
