//! Workers, flushes and async emits as tasks of a strict executor.
//!
//! A script (`script`) has handlers and steps. `run` carries the steps out: it sends events, spawns and
//! cancels tasks, opens gates and delivers wakes, in any order; then it opens all gates and delivers all
//! wakes. `laws` reads from the journal that the `handlers` write that each event was received once, in
//! order, and that nothing hangs; `reached` reads which situations a script has reached.

pub(crate) mod executor;
pub(crate) mod gates;
mod handlers;
mod laws;
mod reached;
mod run;
mod script;

use std::collections::BTreeMap;

pub(crate) use script::Options;
use script::{Script, generate};

use crate::runs::{self, Case};

impl Case for Script {
    fn problem(&self) -> Option<String> {
        let violations = laws::violations(self, &run::run(self));
        (!violations.is_empty()).then(|| violations.join("\n  "))
    }

    fn smaller(&self) -> impl Iterator<Item = Self> {
        script::smaller(self)
    }

    fn listing(&self) -> String {
        format!("{self:#?}")
    }
}

/// Runs scripts with these options.
pub(crate) fn check(name: &'static str, options: Options) {
    runs::check(name, 0, 1_000, |seed| generate(seed, options));
}

#[test]
fn every_event_is_received_once_and_nothing_hangs() {
    check("scripts", Options::default());
}

#[test]
fn every_event_is_received_once_through_middleware() {
    let options = Options {
        wraps: true,
        ..Options::default()
    };
    check("wrapped scripts", options);
}

/// Fails unless scripts with these options reach each entry, apart from `others`, which none reaches.
fn check_reached(options: Options, others: &[&str]) {
    let mut counts = BTreeMap::<_, usize>::new();
    for seed in 0..300 {
        let script = generate(seed, options);
        for (name, is_reached) in reached::reached(&script, &run::run(&script)) {
            *counts.entry(name).or_default() += usize::from(is_reached);
        }
    }
    for (name, count) in counts {
        if others.contains(&name) {
            assert_eq!(count, 0, "{options:?}: {name}");
        } else {
            assert!(
                count >= 5,
                "{options:?}, only {count} of 300 scripts: {name}"
            );
        }
    }
}

const OF_STALE_WAKES: [&str; 2] = [
    "a stale waker is called",
    "a handler wakes its task and ends",
];

const OF_UNSUBSCRIBING: [&str; 2] = [
    "a handler is unsubscribed while a call of it waits",
    "a handler is unsubscribed while a call of it is under way",
];

/// A situation that no script reaches is not tested.
#[test]
fn scripts_reach_what_they_are_to_reach() {
    let options = Options::default();
    check_reached(options, &[OF_STALE_WAKES, OF_UNSUBSCRIBING].concat());
    check_reached(
        Options {
            stale_wakes: true,
            ..options
        },
        &OF_UNSUBSCRIBING,
    );
    check_reached(
        Options {
            unsubscribes: true,
            ..options
        },
        &OF_STALE_WAKES,
    );
}
