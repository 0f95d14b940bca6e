//! Event types that share a topic.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use crate::{
    metadata::{EventInfo, Location},
    scan::problem::Problem,
};

/// A problem for each crate that is linked in several versions or copies, one for each name of crates that contain one
/// module twice, and one for each topic that several event types have for another reason.
pub(in crate::scan) fn duplicate_topics<'e>(
    events: impl Iterator<Item = &'e EventInfo>,
) -> Vec<Problem> {
    let mut by_topic: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for event in events {
        by_topic.entry(event.topic()).or_default().push(event);
    }
    let mut copies: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let mut shared = Vec::new();
    for (topic, mut events) in by_topic {
        events.sort_by_key(|event| (event.module(), event.location()));
        let mut different: Vec<&EventInfo> = Vec::new();
        for event in events {
            let mut others = different.iter();
            let found = others.find_map(|other| Some((*other, CopyOf::of(other, event)?)));
            let Some((other, copy)) = found else {
                different.push(event);
                continue;
            };
            let pair = [other, event].map(|event| (event.module(), event.name(), event.location()));
            let of_crate = copies.entry((copy, event.crate_name())).or_default();
            of_crate.extend(pair);
        }
        if different.len() > 1 {
            let events = different.into_iter();
            let events = events.map(|event| (event.module(), event.name(), event.location()));
            let events = events.map(describe).collect();
            shared.push(Problem::DuplicateTopic { topic, events });
        }
    }
    let copies = copies.into_iter().map(|((copy, name), events)| {
        let events = events.into_iter().map(describe).collect();
        match copy {
            CopyOf::Crate => Problem::DuplicateCrate { name, events },
            CopyOf::Module => Problem::DuplicateModule { name, events },
        }
    });
    copies.chain(shared).collect()
}

/// Why two event types have one path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum CopyOf {
    /// They are of two versions or copies of a crate, which are in two folders.
    Crate,
    /// They are one declaration, in a file that is a module of two crates: the library and the binary of a package.
    Module,
}

impl CopyOf {
    /// `None` if they are two declarations of one package. With one path, these are in the bodies of functions of a
    /// file, or in the main files of the library and of the binary.
    fn of(one: &EventInfo, other: &EventInfo) -> Option<Self> {
        let path = |event: &EventInfo| (event.module(), event.name());
        let folder = |event: &EventInfo| Path::new(event.location().file()).parent();
        if path(one) != path(other) {
            return None;
        }
        if one.location() == other.location() {
            return Some(Self::Module);
        }
        (folder(one) != folder(other)).then_some(Self::Crate)
    }
}

/// An event type by its module, name and location.
fn describe((module, name, location): (&str, &str, Location)) -> String {
    format!("{module}::{name} ({location})")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The problems of events that are given as topic, name, file and line, in the module `shop`.
    fn check(events: &[(&'static str, &'static str, &'static str, u32)], expected: &[&str]) {
        let info = |&(topic, name, file, line)| {
            EventInfo::new(
                topic,
                name,
                "shop",
                Location::new(file, line, 1),
                "",
                &[],
                true,
            )
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

    /// The library and the binary of a package have one name.
    #[test]
    fn what_a_library_and_a_binary_of_one_name_both_have_has_a_remedy_of_its_own() {
        let module = "two crates have the name `shop`, such as the library and the binary of a package, and both contain \
                      shop::Paid (src/events.rs:3); declare its module in the library only, and name it by a path of \
                      the library";
        let both = ("paid", "Paid", "src/events.rs", 3);
        check(&[both, both], &[module]);
        let sent = ("sent", "Sent", "src/events.rs", 7);
        let with_sent = module.replace(
            "(src/events.rs:3)",
            "(src/events.rs:3), shop::Sent (src/events.rs:7)",
        );
        check(&[both, sent, sent, both], &[&with_sent]);
        // Each of them declares an event of its own.
        check(
            &[
                ("root", "Root", "src/main.rs", 2),
                ("root", "Root", "src/lib.rs", 3),
            ],
            &[
                "shop::Root (src/lib.rs:3) and shop::Root (src/main.rs:2) share the topic `root`; \
               give all but one another with #[event(topic = \"..\")]",
            ],
        );
    }
}
