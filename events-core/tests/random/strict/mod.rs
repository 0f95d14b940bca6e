//! Workers, flushes and async emits as tasks of a strict executor.
//!
//! A script (`script`) has handlers and steps. `run` carries the steps out: it sends events, spawns and
//! cancels tasks, opens gates and delivers wakes, in any order; then it opens all gates and delivers all
//! wakes. `laws` reads from the journal of the handlers (`world`) that each event was received once, in
//! order, and that nothing hangs.

mod executor;
mod gates;
mod laws;
mod run;
mod script;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub(crate) use script::Options;
use script::{Script, generate, shrink};

use crate::runs::{self, seeds};

fn violations(script: &Script) -> Vec<String> {
    let run = || laws::violations(script, &run::run(script));
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| vec![String::from("a panic")])
}

/// Runs scripts, and fails with the smallest one near the first that breaks a law.
pub(crate) fn check(name: &str, first: u64, count: u64, options: Options) {
    for seed in seeds(first, count) {
        runs::begin(name, seed);
        let script = generate(seed, options);
        if !violations(&script).is_empty() {
            let small = shrink(script, |script| !violations(script).is_empty());
            let found = violations(&small).join("\n  ");
            panic!("seed {seed} of {name}:\n  {found}\nof {small:#?}");
        }
    }
    runs::end(name);
}

#[test]
fn every_event_is_received_once_and_nothing_hangs() {
    check("scripts", 0, 1_000, Options::default());
}
