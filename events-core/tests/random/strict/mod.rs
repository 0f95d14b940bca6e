//! Workers, flushes and async emits as tasks of a strict executor.
//!
//! A script (`script`) has handlers and steps. `run` carries the steps out: it sends events, spawns and
//! cancels tasks, opens gates and delivers wakes, in any order; then it opens all gates and delivers all
//! wakes. `laws` reads from the journal of the handlers (`world`) that each event was received once, in
//! order, and that nothing hangs.

pub(crate) mod executor;
pub(crate) mod gates;
mod laws;
mod run;
mod script;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub(crate) use script::Options;
use script::{Script, generate, shrink};

use crate::runs::{Runs, seeds};

fn violations(script: &Script) -> Vec<String> {
    let run = || laws::violations(script, &run::run(script));
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| vec![String::from("a panic")])
}

/// Runs scripts, and fails with the smallest one near the first that breaks a law.
pub(crate) fn check(name: &'static str, first: u64, count: u64, options: Options) {
    let runs = Runs::of(name);
    for seed in seeds(first, count) {
        runs.begin(seed);
        let script = generate(seed, options);
        if !violations(&script).is_empty() {
            let small = shrink(script, |script| !violations(script).is_empty());
            let found = violations(&small).join("\n  ");
            panic!("seed {seed} of {name}:\n  {found}\nof {small:#?}");
        }
    }
}

#[test]
fn every_event_is_received_once_and_nothing_hangs() {
    check("scripts", 0, 1_000, Options::default());
}

/// What no script reaches is not tested by any.
#[test]
fn scripts_reach_what_they_are_to_reach() {
    let mut reached = std::collections::BTreeMap::<&str, usize>::new();
    for seed in 0..300 {
        let outcome = run::run(&generate(seed, Options::default()));
        for name in laws::reached(&outcome) {
            *reached.entry(name).or_default() += 1;
        }
    }
    for name in laws::REACHED {
        let count = reached.get(name).copied().unwrap_or_default();
        assert!(count >= 5, "only {count} of 300 scripts: {name}");
    }
}
