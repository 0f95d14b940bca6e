//! Event types that share a topic.

use std::collections::BTreeMap;

use super::problem::Problem;
use crate::metadata::EventInfo;

/// A problem for each topic that several event types have.
pub(super) fn duplicate_topics<'e>(events: impl Iterator<Item = &'e EventInfo>) -> Vec<Problem> {
    let mut by_topic: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for event in events {
        by_topic.entry(event.topic()).or_default().push(event);
    }
    by_topic
        .into_iter()
        .filter(|(_, events)| events.len() > 1)
        .map(|(topic, mut events)| {
            events.sort_by_key(|event| (event.module(), event.location()));
            let describe = |event: &&EventInfo| {
                format!(
                    "{}::{} ({})",
                    event.module(),
                    event.name(),
                    event.location()
                )
            };
            Problem::DuplicateTopic {
                topic,
                events: events.iter().map(describe).collect(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Location;

    /// The problems of events that are given as topic, name, file and line, in the module `shop`.
    fn check(events: &[(&'static str, &'static str, &'static str, u32)], expected: &[&str]) {
        let info = |&(topic, name, file, line)| {
            EventInfo::new(topic, name, "shop", Location::new(file, line, 1), "", &[])
        };
        let events: Vec<_> = events.iter().map(info).collect();
        let problems = duplicate_topics(events.iter());
        let texts: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(texts, expected);
    }

    #[test]
    fn event_types_of_one_crate_that_share_a_topic_need_another_topic() {
        check(
            &[
                ("paid", "Paid", "src/lib.rs", 3),
                ("sent", "Sent", "src/lib.rs", 5),
            ],
            &[],
        );
        check(
            &[
                ("paid", "Refunded", "src/lib.rs", 9),
                ("paid", "Paid", "src/lib.rs", 3),
            ],
            &[
                "shop::Paid (src/lib.rs:3) and shop::Refunded (src/lib.rs:9) share the topic `paid`; \
               give all but one another with #[event(topic = \"..\")]",
            ],
        );
        // Two types in the bodies of two functions.
        check(
            &[
                ("paid", "Paid", "src/lib.rs", 3),
                ("paid", "Paid", "src/lib.rs", 9),
            ],
            &[
                "shop::Paid (src/lib.rs:3) and shop::Paid (src/lib.rs:9) share the topic `paid`; \
               give all but one another with #[event(topic = \"..\")]",
            ],
        );
    }

    #[test]
    fn two_versions_of_a_crate_are_one_problem_with_a_remedy_for_the_dependencies() {
        let versions = "the crate `shop` is linked in several versions or copies, which share topics: \
                        shop::Paid (shop-1.0.0/src/lib.rs:3), shop::Paid (shop-2.0.0/src/lib.rs:4)";
        let remedy =
            "make all dependencies use one version of it; `cargo tree --duplicates` lists them";
        let paid = [
            ("paid", "Paid", "shop-1.0.0/src/lib.rs", 3),
            ("paid", "Paid", "shop-2.0.0/src/lib.rs", 4),
        ];
        check(&paid, &[&format!("{versions}; {remedy}")]);
        let sent = [
            ("sent", "Sent", "shop-2.0.0/src/lib.rs", 9),
            ("sent", "Sent", "shop-1.0.0/src/lib.rs", 8),
        ];
        let both = format!(
            "{versions}, shop::Sent (shop-1.0.0/src/lib.rs:8), shop::Sent (shop-2.0.0/src/lib.rs:9); {remedy}"
        );
        check(&[paid, sent].concat(), &[&both]);
        // A third event has the topic as well, which is a problem of its own.
        let third = ("paid", "Refunded", "shop-1.0.0/src/lib.rs", 20);
        let shared = "shop::Paid (shop-1.0.0/src/lib.rs:3) and shop::Refunded (shop-1.0.0/src/lib.rs:20) share the \
                      topic `paid`; give all but one another with #[event(topic = \"..\")]";
        check(
            &[paid[1], third, paid[0]],
            &[&format!("{versions}; {remedy}"), shared],
        );
    }
}
